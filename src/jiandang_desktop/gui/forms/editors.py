"""One editor per kind of question, all with the same few methods, and the choice of the right one."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCompleter, QWidget

from jiandang_desktop.forms.definition import Field, FieldType
from jiandang_desktop.gui.forms.entry_line import EntryLine, EntryText

Words = Callable[..., str]
"""Words of ``resources/texts/form_window.toml`` by dotted key."""

LINE_HEIGHT = 40
_SEVERAL_LINES = 96


class Editor(QWidget):
    """Where one question is answered.

    ``raw`` gives what is typed, uncleaned, by answer key; an empty question gives nothing. Signals: ``changed`` by
    the person's hand, ``moved`` (+1 on, -1 back) out of the editor, ``entered``, ``left``, ``took_over`` (F4) and
    ``resized`` where it needs another height.
    """

    changed = Signal()
    moved = Signal(int)
    entered = Signal()
    left = Signal()
    took_over = Signal()
    resized = Signal()

    wide = False
    """Whether it takes the sheet's whole width."""
    natural_width = 0
    """Width that is enough, in pixels; 0: the more the better."""

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFont(parent.font())
        self.field = field
        self.words = words
        self.setObjectName(f"editor_{field.id}")
        self.row_removed: Callable[[], None] | None = None
        """A table's row listens here for Ctrl+Delete."""

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        raise NotImplementedError

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here, without ``changed``."""
        raise NotImplementedError

    def stops(self) -> list[QWidget]:
        """The widgets that the keys visit, in order."""
        raise NotImplementedError

    def height_for(self, width: int) -> int:  # noqa: ARG002 - most editors are as high as a line
        """Height needed at a width."""
        return LINE_HEIGHT

    def ask(self, field: Field) -> None:
        """The same question as another column of the sheet asks it."""
        self.field = field

    def tidy(self) -> None:
        """Show what was understood once the person has gone on."""

    def lock(self, *, locked: bool) -> None:
        """Show only, because the program works the value out."""
        for stop in self.stops():
            stop.setProperty("locked", locked)
            stop.setEnabled(not locked)

    def come_in(self, *, backwards: bool = False) -> None:
        """Take the focus."""
        stops = self.stops()
        stops[-1 if backwards else 0].setFocus(Qt.FocusReason.TabFocusReason)

    def listen(self, line: EntryLine | EntryText) -> None:
        """Hear what one of the own lines tells."""
        line.setAccessibleName(self.field.label)
        line.steps.moved.connect(lambda step: self._step(line, step))
        line.steps.entered.connect(self.entered)
        line.steps.left.connect(self._gone)
        line.steps.took_over.connect(self.took_over)
        line.steps.row_removed.connect(self._remove_row)
        line.steps.suggestion_wanted.connect(self._suggest)

    def _step(self, line: QWidget, step: int) -> None:
        stops = [stop for stop in self.stops() if stop.isEnabled()]
        place = stops.index(line) + step if line in stops else -1
        if 0 <= place < len(stops):
            stops[place].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.moved.emit(step)

    def _gone(self) -> None:
        self.tidy()
        self.left.emit()

    def _remove_row(self) -> None:
        if self.row_removed is not None:
            self.row_removed()

    def _suggest(self, place: int) -> None:
        if place < len(self.field.suggestions):
            self.show_answers({self.field.id: self.field.suggestions[place]})
            self.changed.emit()


class LineEditor(Editor):
    """Words, numbers, codes, dates: a line that shows what the validator understood after the person went on."""

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        digits = field.type in _IN_DIGITS
        self.line = EntryLine(self, digits=digits)
        self.natural_width = _WIDTHS.get(field.type, 0)
        if field.type is FieldType.DATE:
            self.line.setPlaceholderText(words(f"date.{field.precision}"))
        self.line.textEdited.connect(self._edited)
        self.listen(self.line)

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        text = self.line.text()
        return {self.field.id: text} if text.strip() else {}

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here."""
        shown = in_words(self.field, answers.get(self.field.id))
        if shown != self.line.text():
            self.line.setText(shown)
            if not self.line.hasFocus():
                self.line.setCursorPosition(0)  # a long name shows its beginning

    def stops(self) -> list[QWidget]:
        """The widgets that the keys visit."""
        return [self.line]

    def tidy(self) -> None:
        """Show the beginning."""
        self.line.setCursorPosition(0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The line fills the editor."""
        super().resizeEvent(event)
        self.line.setGeometry(0, 0, self.width(), LINE_HEIGHT)

    def _edited(self, _text: str) -> None:
        self.changed.emit()


class TextEditor(Editor):
    """Words on several lines."""

    wide = True

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        self.text = EntryText(self)
        self._showing = False
        self.text.textChanged.connect(self._edited)
        self.listen(self.text)

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        text = self.text.toPlainText()
        return {self.field.id: text} if text.strip() else {}

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here."""
        shown = str(answers.get(self.field.id, ""))
        if shown != self.text.toPlainText():
            self._showing = True
            self.text.setPlainText(shown)
            self._showing = False

    def stops(self) -> list[QWidget]:
        """The widgets that the keys visit."""
        return [self.text]

    def height_for(self, width: int) -> int:  # noqa: ARG002
        """Height needed at a width."""
        return _SEVERAL_LINES

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The text fills the editor."""
        super().resizeEvent(event)
        self.text.setGeometry(0, 0, self.width(), self.height())

    def _edited(self) -> None:
        if not self._showing:
            self.changed.emit()


class CodeTableEditor(LineEditor):
    """A code out of a long table (民族, 职业): type the code, or part of the word and choose."""

    natural_width = 260

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        self.natural_width = 260
        self.line.setPlaceholderText(words("code_table.hint"))
        self._choices = [(option.code, option.label) for option in field.options if option.selectable]
        self._completer: QCompleter | None = None
        self.line.steps.entered.connect(self._offer_words)

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        text = self.line.text().strip()
        return {self.field.id: self._code(text)} if text else {}

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here."""
        code = answers.get(self.field.id, "")
        option = self.field.option(str(code))
        self.line.setText(f"{code} {option.label}" if option else str(code))

    def tidy(self) -> None:
        """Show what was understood."""
        self.show_answers(self.raw())

    def _code(self, text: str) -> str:
        """The code meant: by code, by whole word, by the only word that contains it; else the text as it is."""
        first = text.split(maxsplit=1)[0]
        exact = [code for code, label in self._choices if first == code or text == label]
        near = [code for code, label in self._choices if text in label]
        if exact:
            return exact[0]
        return near[0] if len(near) == 1 else text

    def _offer_words(self) -> None:
        # Built when first needed: a form of a hundred questions opens faster.
        if self._completer is None:
            words = QStringListModel([f"{code} {label}" for code, label in self._choices], self)
            self._completer = QCompleter(words, self)
            self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self._completer.setMaxVisibleItems(10)
            self._completer.activated.connect(self._picked)
            self.line.setCompleter(self._completer)

    def _picked(self, _text: str) -> None:
        self.changed.emit()


_IN_DIGITS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE})
_WIDTHS = {FieldType.INTEGER: 112, FieldType.DECIMAL: 112, FieldType.DATE: 168, FieldType.SIGNATURE: 200}
_MANY = 12
"""More options than this of a code table are found by typing, not shown side by side."""


def in_words(field: Field, value: object) -> str:
    """A stored value as the line shows it."""
    if value is None:
        return ""
    if isinstance(value, float) and field.decimals:
        return f"{value:.{field.decimals}f}" if round(value, field.decimals) == value else f"{value:g}"
    return str(value)


def make_editor(field: Field, words: Words, parent: QWidget) -> Editor:
    """The editor for a question."""
    from jiandang_desktop.gui.forms.choices import BoolEditor, ChoiceEditor
    from jiandang_desktop.gui.forms.tables import TableEditor

    if field.type is FieldType.TABLE:
        return TableEditor(field, words, parent)
    if field.type is FieldType.BOOL:
        return BoolEditor(field, words, parent)
    if field.type is FieldType.MULTI_CHOICE:
        return ChoiceEditor(field, words, parent)
    if field.options and field.code_table and len(field.options) > _MANY:
        return CodeTableEditor(field, words, parent)
    if field.options:
        return ChoiceEditor(field, words, parent)
    return TextEditor(field, words, parent) if field.multiline else LineEditor(field, words, parent)
