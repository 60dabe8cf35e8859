"""Inputs outside forms: a search box and labelled rows."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from jiandang_desktop.gui.theme import TIGHT

LONGEST = 200
_PAUSE_MS = 120
"""Typing faster than this asks once."""


def line_edit(name: str, hint: str = "", *, secret: bool = False) -> QLineEdit:
    """A one-line input with an object name; ``secret`` hides what is typed."""
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setPlaceholderText(hint)
    edit.setMaxLength(LONGEST)
    if secret:
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
    return edit


class LabelledRow(QWidget):
    """A label above its input, with room for one sentence below: what is wrong, or a hint."""

    def __init__(self, label: str, field: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._hint = hint
        title = QLabel(label)
        title.setProperty("kind", "label")
        title.setBuddy(field)
        self.note = QLabel(hint)
        self.note.setWordWrap(True)
        self.note.setProperty("kind", "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(title)
        layout.addWidget(field)
        layout.addWidget(self.note)
        self.note.setVisible(bool(hint))

    def complain(self, sentence: str) -> None:
        """Show what is wrong here; '' goes back to the hint."""
        self.note.setText(sentence or self._hint)
        self.note.setProperty("kind", "wrong" if sentence else "hint")
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.setVisible(bool(self.note.text()))


class SearchBox(QLineEdit):
    """Find as one types. ``searched`` comes after a short pause, ``chosen`` with Enter."""

    searched = Signal(str)
    chosen = Signal(str)
    moved_down = Signal()
    left = Signal()

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "search")
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self.setMaxLength(LONGEST)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textChanged.connect(self._typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Down goes into the list, Enter chooses, Esc empties and leaves; empty, it leaves Esc to what it is in."""
        key = event.key()
        if key == Qt.Key.Key_Down:
            self.moved_down.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pause.stop()
            self.chosen.emit(self.text().strip())
        elif key == Qt.Key.Key_Escape:
            is_empty = not self.text()
            self.clear()
            self.left.emit()
            event.setAccepted(not is_empty)
        else:
            super().keyPressEvent(event)

    def _typed(self, _text: str) -> None:
        self._pause.start()

    def _ask(self) -> None:
        self.searched.emit(self.text().strip())
