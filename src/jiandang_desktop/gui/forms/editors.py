"""One editor per kind of question, all with the same few methods, and the choice of the right one."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCompleter, QWidget

from jiandang_desktop.forms.definition import Field, FieldType
from jiandang_desktop.gui.forms.entry_line import EntryLine, EntryText, Wish

Words = Callable[..., str]
"""Words of ``resources/texts/form_window.toml`` by dotted key."""

LINE_HEIGHT = 40
_SEVERAL_LINES = 96


class Host(Protocol):
    """Who hears what an editor tells: the sheet, or the table whose cell it is."""

    def editor_changed(self, editor: "Editor") -> None:
        """The person's hand changed the answer."""

    def editor_moved(self, editor: "Editor", step: int) -> None:
        """Out of the editor: on (+1) or back (-1)."""

    def editor_climbed(self, editor: "Editor", step: int) -> None:
        """Out of the editor with the arrows: down (+1) or up (-1)."""

    def editor_entered(self, editor: "Editor") -> None:
        """The focus came into the editor."""

    def editor_left(self, editor: "Editor") -> None:
        """The focus went out of one of its lines."""

    def editor_wished(self, editor: "Editor", wish: Wish) -> None:
        """One of the form's own keys."""

    def editor_resized(self, editor: "Editor") -> None:
        """It needs another height."""


class _Nobody:
    """Hears an editor before it has a host."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_told: None


_NOBODY: Any = _Nobody()


class Editor(QWidget):
    """Where one question is answered; its ``host`` hears of it.

    ``raw`` gives what is typed, uncleaned, by answer key; an empty question gives nothing.
    """

    host: Host = _NOBODY
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

    # What the lines tell

    def line_moved(self, line: QWidget, step: int) -> None:
        """Go to the next line of the editor, or out of it."""
        if not self._step(line, step):
            self.host.editor_moved(self, step)

    def line_climbed(self, line: QWidget, step: int) -> None:
        """The same with the arrows."""
        if not self._step(line, step):
            self.host.editor_climbed(self, step)

    def line_entered(self) -> None:
        """The person is here."""
        self.host.editor_entered(self)

    def line_left(self) -> None:
        """The person went on: show what was understood."""
        self.tidy()
        self.host.editor_left(self)

    def line_wished(self, wish: Wish) -> None:
        """One of the form's own keys."""
        self.host.editor_wished(self, wish)

    def line_suggested(self, place: int) -> None:
        """Take one of the suggested answers."""
        if place < len(self.field.suggestions):
            self.show_answers({self.field.id: self.field.suggestions[place]})
            self.tell_changed()

    def tell_changed(self) -> None:
        """The person's hand changed the answer."""
        self.host.editor_changed(self)

    def _step(self, line: QWidget, step: int) -> bool:
        stops = [stop for stop in self.stops() if stop.isEnabled()]
        place = stops.index(line) + step if line in stops else -1
        if not 0 <= place < len(stops):
            return False
        stops[place].setFocus(Qt.FocusReason.TabFocusReason)
        return True


class LineEditor(Editor):
    """Words, numbers, codes, dates: a line that shows what the validator understood after the person went on."""

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        digits = field.type in _IN_DIGITS
        self.line = EntryLine(self, self, digits=digits)
        self.line.setAccessibleName(field.label)
        self.natural_width = _WIDTHS.get(field.type, 0)
        if field.type is FieldType.DATE:
            self.line.setPlaceholderText(words(f"date.{field.precision}"))
        self.line.textEdited.connect(self.tell_changed)

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


class TextEditor(Editor):
    """Words on several lines."""

    wide = True

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        self.text = EntryText(self, self)
        self.text.setAccessibleName(field.label)
        self._showing = False
        self.text.textChanged.connect(self._edited)

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
            self.tell_changed()


class CodeTableEditor(LineEditor):
    """One of many options (民族, 职业, 疫苗): type the code, or part of the word and choose.

    Codes that aren't printed on paper aren't shown either.
    """

    natural_width = 260

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        self.natural_width = 260
        self.line.setPlaceholderText(words("code_table.hint"))
        self._choices = [(option.code, option.label) for option in field.options if option.selectable]
        self._completer: QCompleter | None = None

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        text = self.line.text().strip()
        return {self.field.id: self._code(text)} if text else {}

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here."""
        code = answers.get(self.field.id, "")
        option = self.field.option(str(code))
        self.line.setText(self._told(str(code), option.label) if option else str(code))

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

    def line_entered(self) -> None:
        """Offer the table's words, made when first needed: a form of a hundred questions opens faster."""
        super().line_entered()
        if self._completer is None:
            words = QStringListModel([self._told(code, label) for code, label in self._choices], self)
            self._completer = QCompleter(words, self)
            self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self._completer.setMaxVisibleItems(10)
            self._completer.activated.connect(self._picked)
            self.line.setCompleter(self._completer)

    def _told(self, code: str, label: str) -> str:
        return f"{code} {label}" if self.field.printed_codes else label

    def _picked(self, _text: str) -> None:
        self.tell_changed()


_IN_DIGITS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE})
_WIDTHS = {FieldType.INTEGER: 112, FieldType.DECIMAL: 112, FieldType.DATE: 168, FieldType.SIGNATURE: 200}
_MANY = 12
"""More options than this of a code table are found by typing, not shown side by side."""
TOO_MANY = 20
"""The same for a question's own options, which one wants to see as long as it can be."""


def in_words(field: Field, value: object) -> str:
    """A stored value as the line shows it."""
    if value is None:
        return ""
    if isinstance(value, float) and field.decimals:
        return f"{value:.{field.decimals}f}" if round(value, field.decimals) == value else f"{value:g}"
    return str(value)


def is_found_by_typing(field: Field) -> bool:
    """Whether a question has too many options to show them side by side."""
    one = field.type is not FieldType.MULTI_CHOICE
    return one and len(field.options) > (_MANY if field.code_table else TOO_MANY)


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
    if is_found_by_typing(field):
        return CodeTableEditor(field, words, parent)
    if field.options:
        return ChoiceEditor(field, words, parent)
    return TextEditor(field, words, parent) if field.multiline else LineEditor(field, words, parent)
