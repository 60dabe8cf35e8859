"""The task runner: lanes, callbacks, failures, stopping, and owners that have gone."""

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QListWidget, QPushButton, QVBoxLayout, QWidget
from shiboken6 import delete

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.garbage import GarbageCollector
from jiandang_desktop.gui.tasks import Lane, TaskRunner


@pytest.fixture
def runner(qtbot):
    made = TaskRunner()
    yield made
    made.stop()


@pytest.fixture
def owner(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def idle(qtbot, runner):
    qtbot.waitUntil(lambda: not runner.busy, timeout=10_000)


def test_work_runs_off_the_windows_thread_and_done_on_it(qtbot, runner, owner):
    ran, done = [], []
    runner.run(
        owner, lambda _p: ran.append(threading.get_ident()) or 7, lambda v: done.append((v, QThread.currentThread()))
    )
    idle(qtbot, runner)
    assert ran != [threading.get_ident()]
    assert done == [(7, owner.thread())]


def test_one_lane_keeps_the_order_and_its_thread(qtbot, runner, owner):
    seen = []
    for number in range(50):
        runner.run(owner, lambda _p, n=number: seen.append((n, threading.get_ident())))
    idle(qtbot, runner)
    assert [number for number, _ in seen] == list(range(50))
    assert len({thread for _, thread in seen}) == 1


def test_a_hanging_device_does_not_stop_the_vault(qtbot, runner, owner):
    let_go, done = threading.Event(), []
    runner.run(owner, lambda _p: let_go.wait(20), lane=Lane.DEVICES)
    runner.run(owner, lambda _p: "saved", done.append)
    qtbot.waitUntil(lambda: done == ["saved"], timeout=5_000)
    let_go.set()
    idle(qtbot, runner)


def test_changed_is_told_before_done(qtbot, runner, owner):
    told = []
    runner.changed.connect(told.append)
    runner.run(owner, lambda _p: 1, lambda _v: told.append("done"), changes=Changes(records=True))
    runner.run(owner, lambda _p: 1, lambda _v: told.append("read"))
    idle(qtbot, runner)
    assert told == [Changes(records=True), "done", "read"]


def test_a_problem_goes_to_failed_or_to_the_window(qtbot, runner, owner):
    own, everybodys = [], []
    runner.problem_met.connect(lambda who, problem: everybodys.append((who, problem.code)))

    def refuse(_progress):
        raise Problem("NOTHING_TO_SUBMIT")

    runner.run(owner, refuse, failed=lambda problem: own.append(problem.code))
    runner.run(owner, refuse)
    idle(qtbot, runner)
    assert own == ["NOTHING_TO_SUBMIT"]
    assert everybodys == [(owner, "NOTHING_TO_SUBMIT")]


def test_a_bug_is_told_and_the_lane_goes_on(qtbot, runner, owner):
    bugs, done = [], []
    runner.bug_met.connect(lambda _who, error: bugs.append(type(error)))
    runner.run(owner, lambda _p: 1 // 0, failed=lambda _p: done.append("not this"))
    runner.run(owner, lambda _p: "still here", done.append)
    idle(qtbot, runner)
    assert bugs == [ZeroDivisionError]
    assert done == ["still here"]


def test_progress_arrives_and_cancel_stops_at_the_next_step(qtbot, runner, owner):
    steps, ends = [], []
    go_on = threading.Event()

    def long(progress):
        for number in range(1000):
            progress(number, 1000)
            if number == 3:
                go_on.wait(20)

    task = runner.run(
        owner,
        long,
        lambda _v: ends.append("done"),
        advanced=lambda done, total: steps.append((done, total)),
        stopped=lambda: ends.append("stopped"),
    )
    qtbot.waitUntil(lambda: (3, 1000) in steps, timeout=5_000)
    task.cancel()
    go_on.set()
    idle(qtbot, runner)
    assert ends == ["stopped"]
    assert steps == [(n, 1000) for n in range(4)]


def test_held_widgets_are_disabled_meanwhile_so_a_double_click_does_it_once(qtbot, runner, owner):
    button = QPushButton("save", owner)
    runs = []
    button.clicked.connect(lambda: runner.run(owner, lambda _p: runs.append(1), holding=(button,)))
    button.click()
    button.click()
    assert not button.isEnabled()
    idle(qtbot, runner)
    assert runs == [1]
    assert button.isEnabled()


def test_nothing_is_called_back_on_a_widget_that_has_gone(qtbot, runner):
    gone = QWidget()
    go_on, called = threading.Event(), []
    runner.run(gone, lambda _p: go_on.wait(20), called.append, failed=called.append, holding=(gone,))
    delete(gone)
    go_on.set()
    idle(qtbot, runner)
    assert called == []


def test_many_owners_come_and_go_while_work_is_under_way(qtbot, runner):
    """300 widgets that are destroyed before their work ends: no crash, nothing called."""
    called = []
    for _ in range(300):
        widget = QWidget()
        runner.run(
            widget, lambda progress: progress(1, 2), lambda _v: called.append(1), advanced=lambda *_v: called.append(2)
        )
        delete(widget)
    idle(qtbot, runner)
    assert called == []


def test_stop_ends_the_lanes_and_waits(qtbot, owner):
    others = set(threading.enumerate())
    runner = TaskRunner()
    began = threading.Event()

    def endless(progress):
        began.set()
        while True:
            progress(0, 1)

    runner.run(owner, endless)
    assert began.wait(10)
    runner.stop()
    mine = set(threading.enumerate()) - others
    assert not [thread for thread in mine if thread.name.startswith("lane-vault") and thread.is_alive()]


def test_garbage_is_collected_by_the_window_only(qtbot):
    collector = GarbageCollector()
    try:
        assert not gc.isenabled()
        ring = []
        ring.append(ring)
        del ring
        collector.collect()
    finally:
        collector.stop()
    assert gc.isenabled()


def test_what_has_grown_old_is_collected_when_the_work_is_over(qtbot):
    """Looking through all of a bundle on its way in would keep the window from answering."""
    busy = [True]
    collector = GarbageCollector(busy=lambda: busy[0])
    try:
        ring = Ring()
        ring.itself = ring
        gone = weakref.ref(ring)
        for _ in range(gc.get_threshold()[2] + 1):
            gc.collect(1)
        del ring
        collector.collect()
        assert gone() is not None
        busy[0] = False
        collector.collect()
        assert gone() is None
    finally:
        collector.stop()


class Ring:
    """Holds itself."""

    itself: "Ring"


def test_the_focus_comes_back_to_what_was_held(qtbot, runner, owner):
    """Qt would push a disabled button's focus on; where it can't have it back, the list around it gets it."""
    first, second, page = QPushButton("1"), QPushButton("2"), QWidget()
    around = QListWidget()
    inside = QVBoxLayout(page)
    inside.addWidget(around)
    inside.addWidget(first)
    page.setFocusProxy(around)
    layout = QVBoxLayout(owner)
    layout.addWidget(page)
    layout.addWidget(second)
    owner.show()
    owner.activateWindow()
    qtbot.waitUntil(owner.isActiveWindow)
    first.setFocus()
    runner.run(owner, lambda _p: None, holding=(first,))
    assert owner.focusWidget() is not first
    idle(qtbot, runner)
    assert owner.focusWidget() is first
    runner.run(owner, lambda _p: None, lambda _v: first.setEnabled(False), holding=(first,))
    idle(qtbot, runner)
    assert owner.focusWidget() is around
    first.setEnabled(True)
    first.setFocus()
    runner.run(owner, lambda _p: None, lambda _v: around.setFocus(), holding=(first,))
    idle(qtbot, runner)
    assert owner.focusWidget() is around
