"""The one way to do work off the window's thread.

Three lanes, each a plain thread with a plain queue: ``VAULT`` owns the open vault (SQLCipher serves one thread),
``COMPUTING`` lays out pages and opens bundles, ``DEVICES`` waits for sticks and readers. Work is a plain function; no
Qt object is touched in a lane, and what it returns comes back on the window's thread. There ``done`` is called if
the widget that asked still lives.
"""

import socket
import threading
from collections.abc import Callable
from enum import StrEnum
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.held import Held
from jiandang_desktop.services.work import Cancelled, Progress

Work = Callable[[Progress], Any]
NOTHING = Changes()
_PATIENCE = 3.0
"""Seconds that the end of the program waits for a device."""


class Lane(StrEnum):
    """Which thread does a work."""

    VAULT = "vault"
    COMPUTING = "computing"
    DEVICES = "devices"


class Task:
    """A work under way, as the one who asked for it holds it. Everything but ``cancel`` is the runner's."""

    def __init__(self, owner: QObject, work: Work, changes: Changes) -> None:
        self.owner = owner
        self.work = work
        self.changes = changes
        self.done: Callable[[Any], None] | None = None
        self.failed: Callable[[Problem], None] | None = None
        self.stopped: Callable[[], None] | None = None
        self.advanced: Callable[[int, int], None] | None = None
        self.held: Held | None = None
        self.background = False
        self.finished = False
        self._wish_to_stop = threading.Event()

    def cancel(self) -> None:
        """Stop at the next step; nothing half done is left."""
        self._wish_to_stop.set()

    def check(self) -> None:
        """Raise Cancelled where the person wants to stop; called in the lane."""
        if self._wish_to_stop.is_set():
            raise Cancelled


class TaskRunner(QObject):
    """Runs work in its lane and brings results home.

    Signals: ``changed(Changes)`` after work that changed the vault; ``problem_met(owner, Problem)`` and
    ``bug_met(owner, exception)`` where nobody else takes them; ``busy_changed(bool)``;
    ``idle`` when the last work ended.
    """

    changed = Signal(object)
    problem_met = Signal(object, object)
    bug_met = Signal(object, object)
    busy_changed = Signal(bool)
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._results: SimpleQueue[tuple[str, Task, Any]] = SimpleQueue()
        self._queues: dict[Lane, SimpleQueue[Task | None]] = {}
        self._threads: list[threading.Thread] = []
        self._under_way: set[Task] = set()
        self._ended = False
        self._bell, self._ear = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._rung)

    @property
    def busy(self) -> bool:
        """Whether any work is under way."""
        return bool(self._under_way)

    def run(
        self,
        owner: QObject,
        work: Work,
        done: Callable[[Any], None] | None = None,
        *,
        lane: Lane = Lane.VAULT,
        changes: Changes = NOTHING,
        failed: Callable[[Problem], None] | None = None,
        stopped: Callable[[], None] | None = None,
        advanced: Callable[[int, int], None] | None = None,
        holding: tuple[QWidget, ...] = (),
        background: bool = False,
    ) -> Task:
        """Do ``work(progress)`` in its lane.

        ``holding`` are widgets that stay disabled meanwhile, so that a second click does nothing; the focus comes back
        to them unless somebody moved it. ``advanced`` gets (done, total). Without ``failed`` a Problem goes to
        ``problem_met``. ``background`` work (a look at what is plugged in) doesn't make the window busy: nobody waits
        for it, and closing doesn't either.
        """
        task = Task(owner, work, changes)
        task.done, task.failed, task.stopped, task.advanced = done, failed, stopped, advanced
        task.held = Held(holding) if holding else None
        task.background = background
        if not background:
            self._under_way.add(task)
            if len(self._under_way) == 1:
                self.busy_changed.emit(True)
        self._queue(lane).put(task)
        return task

    def cancel_all(self) -> None:
        """Ask everything under way to stop at its next step."""
        for task in self._under_way:
            task.cancel()

    @property
    def ended(self) -> bool:
        """Whether ``stop`` was called; nothing may be run after it."""
        return self._ended

    def stop(self) -> None:
        """Ask everything to stop, wait for the lanes, close. Results that come after this are dropped.

        A stick that hangs holds its lane only; that one isn't waited for long.
        """
        self._ended = True
        self.cancel_all()
        for queue in self._queues.values():
            queue.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE if thread.name == _lane_name(Lane.DEVICES) else None)
        self._queues.clear()
        self._threads.clear()
        self._notifier.setEnabled(False)
        self._under_way.clear()
        self._bell.close()
        self._ear.close()

    def _queue(self, lane: Lane) -> "SimpleQueue[Task | None]":
        if lane not in self._queues:
            queue: SimpleQueue[Task | None] = SimpleQueue()
            self._queues[lane] = queue
            arguments = (queue, self._results, self._bell)
            thread = threading.Thread(target=_work_off, args=arguments, name=_lane_name(lane), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self._queues[lane]

    def _rung(self) -> None:
        try:
            self._ear.recv(4096)
        except (BlockingIOError, OSError):
            return
        while not self._results.empty():
            kind, task, value = self._results.get()
            if kind == "progress":
                _call(task.owner, task.advanced, *value)
            else:
                self._finish(kind, task, value)

    def _finish(self, kind: str, task: Task, value: Any) -> None:
        task.finished = True
        self._under_way.discard(task)
        held = task.held
        if held is not None:
            held.release()
        # Screens first hear that something changed; what the asker does next (open a page, say so) comes on top.
        if kind == "done":
            if task.changes != NOTHING:
                self.changed.emit(task.changes)
            _call(task.owner, task.done, value)
        elif kind == "cancelled":
            _call(task.owner, task.stopped)
        elif kind == "problem" and task.failed is not None:
            _call(task.owner, task.failed, value)
        elif isValid(task.owner):
            (self.problem_met if kind == "problem" else self.bug_met).emit(task.owner, value)
        else:
            (self.problem_met if kind == "problem" else self.bug_met).emit(None, value)
        if held is not None:
            held.refocus()
        # Let go of what the work holds here: the lane may drop the task last, and must not drop a widget with it.
        task.work, task.owner = _nothing, self
        task.done = task.failed = task.stopped = task.advanced = None
        task.held = None
        if not self._under_way and not task.background:
            self.busy_changed.emit(False)
            self.idle.emit()


def _lane_name(lane: Lane) -> str:
    return f"lane-{lane.value}"


def _nothing(_progress: Progress) -> None:
    """The work of a task that is over."""


def _call(owner: QObject, function: Callable[..., None] | None, *values: Any) -> None:
    """Call back if the one who asked still lives."""
    if function is not None and isValid(owner):
        function(*values)


def _work_off(
    queue: "SimpleQueue[Task | None]", results: "SimpleQueue[tuple[str, Task, Any]]", bell: socket.socket
) -> None:
    """A lane: one work after another until None comes. Touches no Qt object."""

    def send(kind: str, task: Task, value: Any) -> None:
        results.put((kind, task, value))
        try:
            bell.send(b"!")
        except OSError:
            return  # a full socket has rung already; a closed one has nobody listening

    while (task := queue.get()) is not None:
        current = task

        def progress(done: int, total: int, current: Task = current) -> None:
            current.check()
            send("progress", current, (done, total))

        try:
            current.check()
            send("done", current, current.work(progress))
        except Cancelled:
            send("cancelled", current, None)
        except Problem as problem:
            send("problem", current, problem)
        except Exception as error:  # noqa: BLE001 - a bug in a work must not end its lane
            send("bug", current, error)
        # Nothing of the last work may live on in this thread: its results belong to the window.
        del task, current, progress
