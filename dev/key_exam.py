"""Key a whole examination form in from paper and time it: key events at the real window, no mouse, nothing set.

    python dev/key_exam.py [FORM] [--show]

Opens the window on a new vault with the person of the form's example, keys the example in question by question, files
it with F2 and compares what is stored with what was meant. ``--show`` uses the screen instead of the offscreen one.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if "--show" not in sys.argv:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from tests.gui.example_desk import PASSWORD, PERSON, make_example_desk  # noqa: E402
from tests.gui.keying import Keys, key_in  # noqa: E402

from jiandang_desktop.demo.examples import load_example  # noqa: E402
from jiandang_desktop.forms.validator import compute, normalise  # noqa: E402
from jiandang_desktop.gui.forms.form_page import FormPage  # noqa: E402
from jiandang_desktop.gui.garbage import GarbageCollector  # noqa: E402
from jiandang_desktop.gui.main_window import MainWindow  # noqa: E402
from jiandang_desktop.gui.session import Session  # noqa: E402
from jiandang_desktop.gui.tasks import TaskRunner  # noqa: E402
from jiandang_desktop.gui.theme import apply_theme  # noqa: E402
from jiandang_desktop.services import sign_in  # noqa: E402
from jiandang_desktop.services.records import Filed  # noqa: E402


@dataclass(frozen=True)
class Keyed:
    """What keying a form took, and what came of it."""

    keystrokes: int
    seconds: float
    questions: int
    stored: Mapping[str, Any]
    wanted: Mapping[str, Any]
    longest: float
    """The longest that one key press took, in seconds."""


def key_form(form_id: str, folder: Path) -> Keyed:
    """Key a form's example in and file it, in a new vault in ``folder``."""
    made = make_example_desk(folder / "vault")
    bench = made.desk.bench
    example = load_example(bench.resources, form_id)
    if example is None:
        raise SystemExit(f"no example of {form_id}")
    subject = made.subject(form_id, example)
    made.desk.vault.close()
    tasks = TaskRunner()
    bugs: list[BaseException] = []
    tasks.bug_met.connect(lambda _owner, error: bugs.append(error))
    session = Session(bench, folder / "vault", tasks)
    window = MainWindow(session)
    window.resize(1366, 768)
    window.show()
    QTest.qWaitForWindowExposed(window)
    window.activateWindow()
    _until(window.isActiveWindow)
    work = session.folder
    tasks.run(session, lambda _progress: sign_in.sign_in(bench, work, PERSON, PASSWORD), session.enter)
    _until(lambda: window.workplace is not None and not tasks.busy)
    workplace = window.workplace
    if workplace is None:
        raise AssertionError("nobody is signed in")
    window.activateWindow()
    _until(window.isActiveWindow)
    workplace.open_form(form_id, subject, None)
    page = workplace.page("form")
    if not isinstance(page, FormPage):
        raise TypeError("the form's page is another")
    _until(lambda: page.panel is not None and page.panel.place() != "" and not tasks.busy)
    filed: list[Filed] = []
    page.filed.connect(filed.append)
    panel, entry = page.panel, page.entry
    if panel is None or entry is None:
        raise AssertionError("the form didn't open")
    wanted = compute(entry.form, normalise(entry.form, example.visits[0]), entry.context)
    keys = _TimedKeys()
    began = time.perf_counter()
    questions = key_in(panel, keys, wanted)
    keys.press(Qt.Key.Key_F2)
    _until(lambda: bool(filed or page.confirm.isVisible() or page.message.isVisible()))
    if page.confirm.isVisible():
        keys.press(Qt.Key.Key_Space)  # all checked
        _until(lambda: bool(filed))
    seconds = time.perf_counter() - began
    _until(lambda: not tasks.busy)
    if bugs:
        raise bugs[0]
    stored = filed[0].record.answers if filed else {}
    session.leave()
    _until(lambda: not tasks.busy)
    tasks.stop()
    window.close()
    window.deleteLater()
    return Keyed(keys.count, seconds, questions, stored, wanted, keys.longest)


class _TimedKeys(Keys):
    """Notes the key that took longest."""

    longest = 0.0

    def press(self, *args: Any, **kwargs: Any) -> None:
        began = time.thread_time()
        super().press(*args, **kwargs)
        self.longest = max(self.longest, time.thread_time() - began)


def _until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        QTest.qWait(5)
        if true():
            return
    raise TimeoutError


def main() -> int:
    """Key the form in and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("form", nargs="?", default="physical_exam")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if isinstance(app, QApplication):
        apply_theme(app, ROOT / "resources")
    GarbageCollector(app)
    with tempfile.TemporaryDirectory() as folder:
        keyed = key_form(arguments.form, Path(folder))
    same = keyed.stored == keyed.wanted
    print(f"{arguments.form}: {keyed.questions} questions, {len(keyed.stored)} answers stored")
    print(f"{keyed.keystrokes} keystrokes in {keyed.seconds:.1f} s, the slowest {keyed.longest * 1000:.0f} ms")
    print("stored as meant" if same else "NOT stored as meant")
    for name in sorted({*keyed.stored, *keyed.wanted}) if not same else ():
        if keyed.stored.get(name) != keyed.wanted.get(name):
            print(f"  {name}: {keyed.stored.get(name)!r} instead of {keyed.wanted.get(name)!r}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
