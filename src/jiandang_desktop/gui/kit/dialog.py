"""The one dialog of the program: a title, what is asked, a message, and at the right the one thing to do."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QLayout, QWidget

from jiandang_desktop.gui.kit.buttons import PlainButton, PrimaryButton
from jiandang_desktop.gui.kit.surfaces import MessageBar, SectionTitle, column, row
from jiandang_desktop.gui.theme import LARGE, MEDIUM


class Dialog(QDialog):
    """A question on a sheet of its own; gone when it is closed. ``message`` says what is wrong or was done."""

    def __init__(self, name: str, window_title: str, parent: QWidget | None = None, *, width: int = 640) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(window_title)
        self.setMinimumWidth(width)
        self.message = MessageBar(f"{name}_message")

    def lay_out(self, title: str, *items: QWidget | QLayout, go: PrimaryButton, close: PlainButton) -> None:
        """Everything below one another; ``close`` leaves the dialog and changes nothing."""
        buttons = row(None, close, go)
        self.setLayout(column(SectionTitle(title), *items, self.message, buttons, spacing=MEDIUM, margins=LARGE))
        close.clicked.connect(self.reject)

    def event(self, event: QEvent) -> bool:
        """As high as what is shown now needs; sentences take as many lines as they need at this width."""
        if event.type() is not QEvent.Type.LayoutRequest:
            return super().event(event)
        done = super().event(event)
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        return done
