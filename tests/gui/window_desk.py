"""A main window on a vault, for the window's tests: the same objects that the program makes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.gui.main_window import MainWindow
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import TaskRunner
from jiandang_desktop.services import stations
from jiandang_desktop.services.desk import Desk

from .form_desk import dress

PASSWORD = "correct horse"
DOCTOR = "李卫东"


@dataclass
class Shown:
    """A window and the ways to work it."""

    qtbot: Any
    session: Session
    window: MainWindow
    bugs: list[BaseException] = field(default_factory=list)

    def settle(self) -> None:
        """Until nothing is under way; a bug in a work fails the test."""
        self.qtbot.waitUntil(lambda: not self.session.tasks.busy, timeout=20_000)
        assert self.bugs == []

    def find(self, name: str) -> Any:
        found = self.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        button = self.find(name)
        assert button.isEnabled(), name
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def choose(self, button: str, entry: str) -> None:
        """Take an entry of a button's menu."""
        self.click(button)
        menu = self.find(button).menu_below
        next(each for each in menu.actions() if each.objectName() == entry).trigger()
        menu.hide()
        self.settle()

    def type(self, name: str, text: str) -> None:
        edit: QLineEdit = self.find(name)
        edit.setFocus()
        edit.clear()
        edit.insert(text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=5_000)
        target = self.window.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)
        self.settle()

    def ask(self, work: Any) -> Any:
        """Do something at the desk, in the vault's lane."""
        found: list[Any] = []
        self.session.ask(self.session, work, found.append, failed=found.append)
        self.settle()
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    def page(self) -> QWidget:
        workplace = self.window.workplace
        assert workplace is not None
        return workplace.stack.currentWidget()


def show_window(qtbot, folder: Path, *, station: stations.NewStation | None = None) -> Shown:
    """The window on ``folder``; with ``station`` the vault is made first and its person signed in."""
    dress()
    bench = make_workbench()
    tasks = TaskRunner()
    session = Session(bench, folder, tasks)
    if station is not None:
        made: list[stations.StationCreated] = []
        tasks.run(session, lambda _p: stations.create_station(bench, folder, station), made.append)
        qtbot.waitUntil(lambda: bool(made), timeout=20_000)
    window = MainWindow(session)
    qtbot.addWidget(window)
    shown = Shown(qtbot, session, window)
    tasks.bug_met.connect(lambda _owner, error: shown.bugs.append(error))
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
    if station is not None:
        shown.settle()
        session.enter(made[0].desk)
    shown.settle()
    return shown


def village() -> stations.NewStation:
    return stations.NewStation("village", "和平村卫生室", "150102001201", DOCTOR, PASSWORD)


def township() -> stations.NewStation:
    return stations.NewStation("township", "海东路卫生院", "150102001", "赵主任", PASSWORD)


def close(shown: Shown) -> None:
    """Lock and end the lanes."""
    shown.session.leave()
    shown.qtbot.waitUntil(lambda: not shown.session.tasks.busy, timeout=20_000)
    shown.session.tasks.stop()


def desk_of(shown: Shown) -> Desk:
    assert shown.session.desk is not None
    return shown.session.desk
