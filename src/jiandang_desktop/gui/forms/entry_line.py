"""The lines that answers are typed into: Enter and the arrows walk through the form, F4 takes an offered value over."""

from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QStyle, QStyleOptionFrame, QWidget

_NO_CUT = 1 << 30
"""QLineEdit would cut what is pasted at 32,767 characters without a word; too long is for the validator to say."""

_TEXT_INSET = 2
"""Pixels that QLineEdit leaves at both ends inside of its contents."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Wish(Enum):
    """What a key asks for beside going on: a value taken over, something done with a table's rows."""

    TAKE_OVER = auto()
    TAKE_EARLIER = auto()
    ADD_ROW = auto()
    REMOVE_ROW = auto()
    LEAVE = auto()


class Ear(Protocol):
    """Who hears what a line tells. Plain calls, not signals: connecting a thousand of them takes longer than a form
    may take to open.
    """

    def line_moved(self, line: QWidget, step: int) -> None:
        """Enter, Tab (+1) or the way back (-1)."""

    def line_climbed(self, line: QWidget, step: int) -> None:
        """Arrow down (+1) or up (-1)."""

    def line_entered(self) -> None:
        """The focus came."""

    def line_left(self) -> None:
        """The focus went."""

    def line_wished(self, wish: Wish) -> None:
        """One of the form's own keys."""

    def line_suggested(self, place: int) -> None:
        """Ctrl and a digit: the suggestion at this place, from 0."""


def _follow(line: "EntryLine | EntryText", event: QKeyEvent, *, several_lines: bool) -> bool:
    """Whether the key was one of the form's own."""
    key, held, ear = event.key(), event.modifiers(), line.ear
    shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
    control = bool(held & Qt.KeyboardModifier.ControlModifier)
    plain = not held & ~Qt.KeyboardModifier.KeypadModifier
    if key in _ENTER and not control:
        ear.line_moved(line, -1 if shift else 1)
    elif key in _ENTER and not several_lines:
        ear.line_wished(Wish.LEAVE)
    elif plain and not several_lines and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        ear.line_climbed(line, -1 if key == Qt.Key.Key_Up else 1)
    elif key == Qt.Key.Key_F4 and not control:
        ear.line_wished(Wish.TAKE_EARLIER if shift else Wish.TAKE_OVER)
    elif control and key == Qt.Key.Key_Delete:
        ear.line_wished(Wish.REMOVE_ROW)
    elif plain and key == Qt.Key.Key_Insert:
        ear.line_wished(Wish.ADD_ROW)
    elif control and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        ear.line_suggested(key - Qt.Key.Key_1)
    else:
        return False
    event.accept()
    return True


class EntryLine(QLineEdit):
    """One line; of what doesn't fit the beginning and an ellipsis are seen while nobody types here, the whole in the
    tool tip. ``digits`` switches the input method off, so that 拼音 never gets between the keys and a number.
    """

    def __init__(self, parent: QWidget, ear: Ear, *, digits: bool = False) -> None:
        super().__init__(parent)
        self.setFont(parent.font())  # a style sheet keeps fonts from being inherited
        self.ear = ear
        self.setMaxLength(_NO_CUT)
        if digits:
            self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers | Qt.InputMethodHint.ImhNoPredictiveText)
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def shown(self) -> str:
        """What can be seen of the text while nobody types here."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self._room().width())

    def event(self, event: QEvent) -> bool:
        """The whole text, where it is cut."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip("" if self.shown() == self.text() else self.text())
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Never cut without a sign."""
        shown = self.text() if self.hasFocus() else self.shown()
        if shown == self.text():
            super().paintEvent(event)
            return
        painter, frame = QPainter(self), QStyleOptionFrame()
        self.initStyleOption(frame)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, frame, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self._room(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)

    def _room(self) -> QRect:
        frame = QStyleOptionFrame()
        self.initStyleOption(frame)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, frame, self)
        return inside.adjusted(_TEXT_INSET, 0, -_TEXT_INSET, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk, or type."""
        if not _follow(self, event, several_lines=False):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab walks like Enter."""
        self.ear.line_moved(self, 1 if forwards else -1)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person is here."""
        super().focusInEvent(event)
        self.ear.line_entered()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person went on."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.ear.line_left()


class EntryText(QPlainTextEdit):
    """Several lines. Enter goes on like everywhere; Ctrl+Enter begins a new line."""

    def __init__(self, parent: QWidget, ear: Ear) -> None:
        super().__init__(parent)
        self.setFont(parent.font())
        self.ear = ear
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk, begin a line, or type."""
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.insertPlainText("\n")
        elif not _follow(self, event, several_lines=True):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab walks like Enter."""
        self.ear.line_moved(self, 1 if forwards else -1)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person is here."""
        super().focusInEvent(event)
        self.ear.line_entered()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that the person went on."""
        super().focusOutEvent(event)
        self.ear.line_left()
