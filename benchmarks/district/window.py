"""``python -m benchmarks.district.window FOLDER``: one more village's first bundle, taken in at the real window.

FOLDER is a kept district (``python -m benchmarks.district --keep FOLDER``); nothing in it changes. A clock of the
window's own event loop ticks all the while: the longest time between two ticks is how long nobody could click.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.district.processes import memory
from benchmarks.district.villages import DOCTOR, PASSWORD
from benchmarks.district.year import DAYS, MonthClock

BAR = 0.2
"""Seconds in which the window has to answer."""
TICK = 5
"""Milliseconds."""
BEFORE = "before"
"""The step until somebody is signed in, which isn't judged."""


@dataclass(slots=True)
class Gaps:
    """The longest time between two ticks of the window's loop, in seconds."""

    wall: float = 0.0
    longest: float = 0.0
    """As far as this program worked in it: what it would have been with the machine to itself."""
    own: float = 0.0
    """What of the longest the window's own thread worked."""


def main() -> int:
    """Measure; 1 if the window didn't answer in time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.district.window", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    return int(measure(folder / "township", folder / "sticks" / "late"))


def measure(township: Path, stick: Path) -> bool:
    """Take what is on the stick in at a copy of the township; True if the window didn't answer in time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from jiandang_desktop.bootstrap import resources_folder
    from jiandang_desktop.gui.garbage import GarbageCollector
    from jiandang_desktop.gui.tasks import TaskRunner
    from jiandang_desktop.gui.theme import apply_theme

    with tempfile.TemporaryDirectory(dir=township.parent) as scratch:
        place, bundles = Path(scratch) / "township", Path(scratch) / "stick"
        shutil.copytree(township, place)
        bundles.mkdir()
        for path in stick.glob("*submission*.jdb"):
            shutil.copy(path, bundles)
        running = QApplication.instance()
        app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
        apply_theme(app, resources_folder())
        tasks = TaskRunner()
        collector = GarbageCollector(app, lambda: tasks.busy)
        over = _take_in(place, bundles, tasks)
        collector.stop()
    now, most = memory()
    print(f"window: memory {now:.0f} MiB, at most {most:.0f}; load {os.getloadavg()[0]:.1f}")
    return over


def _take_in(place: Path, stick: Path, tasks: Any) -> bool:
    from PySide6.QtTest import QTest

    from jiandang_desktop.bootstrap import make_workbench
    from jiandang_desktop.gui.main_window import MainWindow
    from jiandang_desktop.gui.pages.intake import IntakePage
    from jiandang_desktop.gui.session import Session
    from jiandang_desktop.services import sign_in

    bench = make_workbench(clock=MonthClock(DAYS[-1]))
    bugs: list[BaseException] = []
    tasks.bug_met.connect(lambda _owner, error: bugs.append(error))
    session = Session(bench, place, tasks)
    window = MainWindow(session)
    window.resize(1366, 768)
    window.show()
    QTest.qWaitForWindowExposed(window)
    clock = _LoopClock()
    clock.until(BEFORE, lambda: not tasks.busy)
    tasks.run(session, lambda _progress: sign_in.sign_in(bench, place, DOCTOR, PASSWORD), session.enter)
    clock.until(BEFORE, lambda: window.workplace is not None and not tasks.busy)
    workplace = window.workplace
    if workplace is None:
        raise AssertionError("nobody is signed in")
    workplace.show_page("intake")
    clock.until("open the page", lambda: not tasks.busy)
    page = workplace.page("intake")
    if not isinstance(page, IntakePage):
        raise TypeError("the page is another")
    page.read((stick,))
    clock.until("look at the stick, preview", lambda: not tasks.busy)
    page.archive_all()
    clock.until("take it in", lambda: not tasks.busy)
    workplace.show_page("residents")
    clock.until("list of residents", lambda: not tasks.busy)
    if bugs:
        raise bugs[0]
    if not list(stick.glob("*receipt*")):
        raise AssertionError("nothing was taken in")
    session.leave()
    clock.until("sign out", lambda: not tasks.busy)
    tasks.stop()
    window.close()
    return clock.say()


class _LoopClock:
    """Ticks in the window's event loop."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._step = BEFORE
        self._steps: dict[str, tuple[Gaps, float]] = {BEFORE: (Gaps(), 0.0)}
        self._last = _now()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def until(self, step: str, true: Callable[[], bool]) -> None:
        """Let the event loop run until the step is over."""
        from PySide6.QtTest import QTest

        began = time.perf_counter()
        self._step = step
        gaps, before = self._steps.get(step, (Gaps(), 0.0))
        self._steps[step] = (gaps, before)
        while True:
            QTest.qWait(4 * TICK)
            if true():
                break
        QTest.qWait(4 * TICK)
        self._steps[step] = (gaps, before + time.perf_counter() - began)

    def say(self) -> bool:
        """Print every step; True if one had a gap above the bar."""
        del self._steps[BEFORE]
        for step, (gaps, seconds) in self._steps.items():
            print(
                f"window: {step:28}{seconds:6.1f} s, longest without an answer {gaps.longest * 1000:4.0f} ms of work"
                f" (the window itself {gaps.own * 1000:.0f}), {gaps.wall * 1000:.0f} ms by the clock,"
                f" bar {BAR * 1000:.0f}{'  OVER' if gaps.longest > BAR else ''}"
            )
        return any(gaps.longest > BAR for gaps, _ in self._steps.values())

    def _tick(self) -> None:
        now = _now()
        wall, program, own = (later - before for later, before in zip(now, self._last, strict=True))
        self._last = now
        gaps = self._steps[self._step][0]
        gaps.wall = max(gaps.wall, wall)
        if min(wall, program) > gaps.longest:
            gaps.longest, gaps.own = min(wall, program), own


def _now() -> tuple[float, float, float]:
    """The time, this program's processor time, this thread's."""
    return time.perf_counter(), time.process_time(), time.thread_time()


if __name__ == "__main__":
    sys.exit(main())
