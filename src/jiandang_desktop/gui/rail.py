"""The rail at the left: the pages in words, one of them chosen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QVBoxLayout, QWidget

from jiandang_desktop.gui.kit import PlainButton
from jiandang_desktop.gui.theme import MEDIUM, SMALL

_WIDTH = 176


class Rail(QFrame):
    """Buttons for the pages that exist; ``page_chosen(name)``."""

    page_chosen = Signal(str)

    def __init__(
        self, title: str, pages: tuple[tuple[str, str], ...], foot: str, parent: QWidget | None = None
    ) -> None:
        """``pages`` are (name, words); ``foot`` says where and who."""
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH)
        heading = QLabel(title)
        heading.setObjectName("rail_title")
        self._buttons = QButtonGroup(self)
        self._buttons.setExclusive(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, MEDIUM, 12, MEDIUM)
        layout.setSpacing(SMALL)
        layout.addWidget(heading)
        layout.addSpacing(SMALL)
        self._by_name: dict[str, PlainButton] = {}
        for name, words in pages:
            button = PlainButton(words, f"rail_{name}")
            button.setCheckable(True)
            self._buttons.addButton(button)
            self._by_name[name] = button
            layout.addWidget(button)
        self._buttons.buttonClicked.connect(self._clicked)
        layout.addStretch(1)
        self.foot = QLabel(foot)
        self.foot.setObjectName("rail_foot")
        self.foot.setWordWrap(True)
        layout.addWidget(self.foot)

    def show_chosen(self, name: str) -> None:
        """Mark a page as the one that is shown; a page of no button leaves the mark where it is."""
        button = self._by_name.get(name)
        if button is not None:
            button.setChecked(True)

    def _clicked(self, button: PlainButton) -> None:
        self.page_chosen.emit(button.objectName().removeprefix("rail_"))
