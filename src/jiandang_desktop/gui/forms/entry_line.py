"""The lines that answers are typed into: Enter and the arrows walk through the form, F4 takes an offered value over."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

_NO_CUT = 1 << 30
"""QLineEdit would cut what is pasted at 32,767 characters without a word; too long is for the validator to say."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Steps(QObject):
    """What a line tells its editor: steps out of it, the focus coming and going, and three wishes."""

    moved = Signal(int)
    entered = Signal()
    left = Signal()
    took_over = Signal()
    row_removed = Signal()
    suggestion_wanted = Signal(int)

    def follow(self, event: QKeyEvent, *, arrows: bool) -> bool:
        """Whether the key was one of the form's own."""
        key, held = event.key(), event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        if key in _ENTER and not control:
            self.moved.emit(-1 if shift else 1)
        elif arrows and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not held & ~Qt.KeyboardModifier.KeypadModifier:
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_F4:
            self.took_over.emit()
        elif control and key == Qt.Key.Key_Delete:
            self.row_removed.emit()
        elif control and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.suggestion_wanted.emit(key - Qt.Key.Key_1)
        else:
            return False
        event.accept()
        return True


class EntryLine(QLineEdit):
    """One line. ``digits`` switches the input method off, so that 拼音 never gets between the keys and a number."""

    def __init__(self, parent: QWidget, *, digits: bool = False) -> None:
        super().__init__(parent)
        self.setFont(parent.font())  # a style sheet keeps fonts from being inherited
        self.steps = Steps(self)
        self.setMaxLength(_NO_CUT)
        if digits:
            self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers | Qt.InputMethodHint.ImhNoPredictiveText)
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk, or type."""
        if not self.steps.follow(event, arrows=True):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab walks like Enter."""
        self.steps.moved.emit(1 if forwards else -1)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person is here."""
        super().focusInEvent(event)
        self.steps.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person went on."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.steps.left.emit()


class EntryText(QPlainTextEdit):
    """Several lines. Enter goes on like everywhere; Ctrl+Enter begins a new line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFont(parent.font())
        self.steps = Steps(self)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk, begin a line, or type."""
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.insertPlainText("\n")
        elif not self.steps.follow(event, arrows=False):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab walks like Enter."""
        self.steps.moved.emit(1 if forwards else -1)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person is here."""
        super().focusInEvent(event)
        self.steps.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person went on."""
        super().focusOutEvent(event)
        self.steps.left.emit()
