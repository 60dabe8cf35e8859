"""Surfaces: pages, cards, titles, empty places that teach, message bars, the strip at the bottom."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from jiandang_desktop.gui.kit.badges import Tone
from jiandang_desktop.gui.kit.buttons import PlainButton, PrimaryButton
from jiandang_desktop.gui.kit.labels import ElidedLabel
from jiandang_desktop.gui.theme import LARGE, MEDIUM, SMALL


def column(*items: QWidget | QLayout, spacing: int = SMALL, margins: int = 0) -> QVBoxLayout:
    """Items below one another."""
    layout = QVBoxLayout()
    _fill(layout, items, spacing, margins)
    return layout


def row(*items: QWidget | QLayout | None, spacing: int = SMALL, margins: int = 0) -> QHBoxLayout:
    """Items beside one another; None takes the free room."""
    layout = QHBoxLayout()
    _fill(layout, items, spacing, margins)
    return layout


def _fill(
    layout: QVBoxLayout | QHBoxLayout, items: tuple[QWidget | QLayout | None, ...], spacing: int, margins: int
) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margins, margins, margins, margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


def scrolled(tab: QWidget) -> QVBoxLayout:
    """The layout of a tab whose cards may need more room than the window has."""
    inside = QWidget()
    inside.setObjectName("scrolled")
    layout = column(spacing=MEDIUM)
    layout.setContentsMargins(0, MEDIUM, 0, 0)
    inside.setLayout(layout)
    scrolling = QScrollArea()
    scrolling.setWidgetResizable(True)
    scrolling.setWidget(inside)
    tab.setLayout(column(scrolling))
    return layout


def quiet_label(text: str = "", name: str = "") -> QLabel:
    """A sentence that explains, in the quiet colour."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setProperty("kind", "quiet")
    return label


class SectionTitle(ElidedLabel):
    """The title of a part of a page."""

    def __init__(self, text: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, name, parent)
        self.setProperty("kind", "section")


class Card(QFrame):
    """A white surface; ``body`` is its layout."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        self.body.setSpacing(SMALL)


class Page(QWidget):
    """A page of the window: a title line with its actions at the right, then ``body``."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.title = QLabel(title)
        self.title.setProperty("kind", "title")
        self.subtitle = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.subtitle.setProperty("kind", "quiet")
        self.heading = row(self.title, self.subtitle, None, spacing=MEDIUM)
        self.message = MessageBar(f"{name}_message")
        self.body = QVBoxLayout()
        self.body.setSpacing(MEDIUM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        layout.setSpacing(MEDIUM)
        layout.addLayout(self.heading)
        layout.addWidget(self.message)
        layout.addLayout(self.body, 1)

    def add_action(self, button: QWidget) -> None:
        """Put a button at the right end of the title line."""
        self.heading.addWidget(button)


class EmptyState(QFrame):
    """What this place is for and the one thing to do first."""

    def __init__(self, name: str, title: str, sentence: str, action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "empty")
        self.title = QLabel(title)
        self.title.setProperty("kind", "section")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = quiet_label(sentence)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setFixedWidth(480)
        self.button = PrimaryButton(action, f"{name}_action")
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        layout.setSpacing(MEDIUM)
        layout.addStretch(2)
        layout.addWidget(self.title)
        # Rows, not alignment: an aligned label that wraps is given too little height.
        layout.addLayout(row(None, self.sentence, None))
        layout.addLayout(row(None, self.button, None))
        layout.addStretch(3)
        self.button.setVisible(bool(action))


class MessageBar(QFrame):
    """One sentence at the top of a page, with what to do next; hidden until something is said."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "message")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.action = PlainButton("", f"{name}_action")
        self.action.clicked.connect(self._act)
        self._do: Callable[[], None] | None = None
        self.button = PlainButton("×", f"{name}_close")
        self.button.setProperty("kind", "close")
        self.button.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.action)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(
        self, sentence: str, tone: Tone = Tone.PLAIN, action: str = "", do: Callable[[], None] | None = None
    ) -> None:
        """Show a sentence, perhaps with the one thing to do next."""
        self.text.setText(sentence)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self._do = do
        self.setProperty("tone", tone.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    def _act(self) -> None:
        if self._do is not None:
            self._do()


class StatusStrip(QFrame):
    """The line at the bottom of the window: short facts from left to right."""

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_strip")
        self.setProperty("kind", "strip")
        self._labels: dict[str, ElidedLabel] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(LARGE, 2, LARGE, 2)
        layout.setSpacing(LARGE)
        for name in names:
            self._labels[name] = ElidedLabel(name=f"strip_{name}")
            layout.addWidget(self._labels[name])
        layout.insertStretch(max(len(names) - 1, 0), 1)

    def say(self, name: str, sentence: str) -> None:
        """Say one of the facts."""
        self._labels[name].setText(sentence)
