"""Open the window: theme, lanes, the first start or the sign-in."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QApplication

from jiandang_desktop.gui.garbage import GarbageCollector
from jiandang_desktop.gui.main_window import MainWindow
from jiandang_desktop.gui.problems import show_bug
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import TaskRunner
from jiandang_desktop.gui.theme import apply_theme
from jiandang_desktop.services.workbench import Workbench


def run_window(make_workbench: Callable[[], Workbench], default_vault: Path, arguments: Sequence[str]) -> int:
    """Show the window until it is closed; returns the exit code. ``--vault DIR`` chooses another vault."""
    folder = _vault_folder(arguments, default_vault)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("the window needs a QApplication")
    bench = make_workbench()
    apply_theme(app, bench.resources)
    tasks = TaskRunner()
    garbage = GarbageCollector(app, lambda: tasks.busy)
    session = Session(bench, folder, tasks)
    window = MainWindow(session)
    sys.excepthook = _hook(session, window)
    window.resize(1366, 768)
    window.showMaximized()
    code = app.exec()
    sys.excepthook = sys.__excepthook__
    tasks.stop()
    garbage.stop()
    return int(code)


def _vault_folder(arguments: Sequence[str], default: Path) -> Path:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--vault", type=Path, default=default)
    found: Path = parser.parse_known_args(list(arguments))[0].vault
    return found


def _hook(
    session: Session, window: MainWindow
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """What happens to an exception in a slot: shown once, without its values, and the window goes on."""

    def shown(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        show_bug(window, error, session.text)

    return shown
