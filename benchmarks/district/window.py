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

from benchmarks.district.processes import memory
from benchmarks.district.villages import DOCTOR, PASSWORD
from benchmarks.district.year import DAYS, MonthClock

BAR = 0.2
"""Seconds in which the window has to answer."""
TICK = 5
"""Milliseconds."""


@dataclass(slots=True)
class Gaps:
    """The longest time between two ticks, in seconds, and what of it the window's thread worked itself."""

    longest: float = 0.0
    worked: float = 0.0
    over: int = 0
    """Times above the bar."""


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
    from jiandang_desktop.gui.theme import apply_theme

    with tempfile.TemporaryDirectory(dir=township.parent) as scratch:
        place, bundles = Path(scratch) / "township", Path(scratch) / "stick"
        shutil.copytree(township, place)
        bundles.mkdir()
        for path in stick.glob("*submission*.jdb"):
            shutil.copy(path, bundles)
        app = QApplication.instance() or QApplication(sys.argv[:1])
        apply_theme(app, resources_folder())  # type: ignore[arg-type]
        collector = GarbageCollector(app)
        over = _take_in(place, bundles)
        collector.stop()
    now, most = memory()
    print(f"window: memory {now:.0f} MiB, at most {most:.0f}; load {os.getloadavg()[0]:.1f}")
    return over


def _take_in(place: Path, stick: Path) -> bool:
    from PySide6.QtTest import QTest

    from jiandang_desktop.bootstrap import make_workbench
    from jiandang_desktop.gui.main_window import MainWindow
    from jiandang_desktop.gui.pages.intake import IntakePage
    from jiandang_desktop.gui.session import Session
    from jiandang_desktop.gui.tasks import TaskRunner
    from jiandang_desktop.services import sign_in

    bench, tasks = make_workbench(clock=MonthClock(DAYS[-1])), TaskRunner()
    bugs: list[BaseException] = []
    tasks.bug_met.connect(lambda _owner, error: bugs.append(error))
    session = Session(bench, place, tasks)
    window = MainWindow(session)
    window.resize(1366, 768)
    window.show()
    QTest.qWaitForWindowExposed(window)
    clock = _LoopClock()
    clock.until("sign in", lambda: not tasks.busy)
    tasks.run(session, lambda _progress: sign_in.sign_in(bench, place, DOCTOR, PASSWORD), session.enter)
    clock.until("sign in", lambda: window.workplace is not None and not tasks.busy)
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

        self._step = ""
        self._steps: dict[str, tuple[Gaps, float]] = {}
        self._last = (time.perf_counter(), time.thread_time())
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
        for step, (gaps, seconds) in self._steps.items():
            print(
                f"window: {step:28}{seconds:6.1f} s, longest without an answer {gaps.longest * 1000:5.0f} ms"
                f" ({gaps.worked * 1000:.0f} of it the window's own work), bar {BAR * 1000:.0f}"
                + (f"  OVER {gaps.over} times" if gaps.over else "")
            )
        return any(gaps.over for gaps, _ in self._steps.values())

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        (wall, worked), self._last = (now[0] - self._last[0], now[1] - self._last[1]), now
        if not self._step:
            return
        gaps = self._steps[self._step][0]
        gaps.over += wall > BAR
        if wall > gaps.longest:
            gaps.longest, gaps.worked = wall, worked


if __name__ == "__main__":
    sys.exit(main())
