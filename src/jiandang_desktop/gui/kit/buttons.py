"""Buttons: one primary action per screen, the rest plain; keys are shown in the words."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget


class PlainButton(QPushButton):
    """An ordinary button. Enter presses it, as it does everywhere else."""

    kind = "plain"

    def __init__(self, text: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setProperty("kind", self.kind)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses the button that has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


class PrimaryButton(PlainButton):
    """The one thing to do on this screen."""

    kind = "primary"

    def step_back(self, *, behind: bool) -> None:
        """Look like any other button while something else is the one thing to do."""
        self.setProperty("kind", PlainButton.kind if behind else self.kind)
        self.style().unpolish(self)
        self.style().polish(self)


class MenuButton(PlainButton):
    """One of several things to do, chosen from a menu below the button."""

    def __init__(self, text: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(f"{text} \N{BLACK DOWN-POINTING SMALL TRIANGLE}", name, parent)
        self.menu_below = QMenu(self)
        self.menu_below.setObjectName(f"{name}_menu")
        self.clicked.connect(self._open)

    def clear(self) -> None:
        """Take every entry away."""
        self.menu_below.clear()

    def part(self) -> None:
        """A line between what was offered and what comes."""
        if not self.menu_below.isEmpty():
            self.menu_below.addSeparator()

    def offer(self, text: str, name: str, slot: Callable[[], None]) -> None:
        """Add an entry."""
        entry = self.menu_below.addAction(text)
        entry.setObjectName(name)
        entry.triggered.connect(lambda _checked=False: slot())

    def _open(self) -> None:
        self.menu_below.popup(self.mapToGlobal(QPoint(0, self.height())))
        entries = self.menu_below.actions()
        if entries:
            self.menu_below.setActiveAction(entries[0])


class PrimaryMenuButton(MenuButton):
    """The one thing to do on this screen, where there are several ways to do it."""

    kind = "primary"


class LinkButton(PlainButton):
    """A quiet way elsewhere, shown as text."""

    kind = "link"
