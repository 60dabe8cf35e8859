"""Buttons: one primary action per screen, the rest plain; keys are shown in the words."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget


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


class LinkButton(PlainButton):
    """A quiet way elsewhere, shown as text."""

    kind = "link"
