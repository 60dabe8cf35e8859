"""The tab of one part of the folder: its records and drafts with their states, and the forms to add."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import DataTable, EmptyState, MenuButton, PlainButton, Tone
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.ports.vault import RecordRow
from jiandang_desktop.services.resident_folder import ResidentFolder
from jiandang_desktop.services.station_folder import StationFolder

_TONES = {
    "archived": Tone.CONFIRMED,
    "returned": Tone.WRONG,
    "quarantined": Tone.WRONG,
    "draft": Tone.DUE,
    "held": Tone.DUE,
}
_BUTTONS = 3
"""More forms than these are offered in a menu."""
_REASONED = frozenset({"returned", "held", "quarantined"})


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a list: a record, a record with a draft over it, or a draft alone."""

    form_id: FormId
    title: str
    date: str
    state: str
    state_words: str
    author: str
    reason: str
    record: RecordRow | None

    @property
    def record_id(self) -> RecordId | None:
        """The record behind the line, if it was filed."""
        return self.record.record_id if self.record else None

    @property
    def tone(self) -> Tone:
        """The colour of the state; green only for what the township confirmed."""
        return _TONES.get(self.state, Tone.PLAIN)


def record_lines(
    folder: ResidentFolder | StationFolder, forms: Mapping[FormId, Form], words: Words, reasons: Words
) -> list[RecordLine]:
    """Everything of a folder, drafts first, then newest first."""
    drafted = {draft.record_id for draft in folder.drafts if draft.record_id}
    lines = [
        RecordLine(
            draft.form_id,
            forms[draft.form_id].title,
            draft.saved_at[:10],
            "draft",
            words("resident.state.draft"),
            "",
            "",
            None,
        )
        for draft in folder.drafts
        if draft.record_id is None and draft.form_id in forms
    ]
    filed = sorted(zip(folder.records, folder.states, strict=True), key=lambda pair: pair[0].event_date, reverse=True)
    for record, state in filed:
        title = forms[record.form_id].title if record.form_id in forms else record.form_id
        shown = "draft" if record.record_id in drafted else state
        lines.append(_filed(record, title, state, shown, words, reasons, folder.told.get(record.record_id, "")))
    return lines


def registry_lines(
    folder: ResidentFolder, forms: Mapping[FormId, Form], words: Words, reasons: Words
) -> list[RecordLine]:
    """The registration of the person and of the household; they are opened and printed elsewhere."""
    return [
        _filed(record, forms[record.form_id].title, state, state, words, reasons)
        for record, state in zip(folder.registry, folder.registry_states, strict=True)
    ]


def _filed(
    record: RecordRow, title: str, state: str, shown: str, words: Words, reasons: Words, told: str = ""
) -> RecordLine:
    """``told``: what is to be said of it where it has no reason to wait or come back."""
    code = record.verdict_reason if state in _REASONED else ""
    reason = record.verdict_words if code and record.verdict_words else reasons(code) if code else ""
    said = words(f"resident.state.{shown}")
    why = reason or told
    return RecordLine(record.form_id, title, record.event_date, shown, said, record.author_name, why, record)


def line_columns(words: Words) -> list[Column[RecordLine]]:
    """Columns of a list of records."""
    return [
        Column(words("resident.column.date"), lambda line: line.date),
        Column(words("resident.column.form"), lambda line: line.title),
        Column(words("resident.column.state"), lambda line: line.state_words, tone=lambda line: line.tone),
        Column(words("resident.column.author"), lambda line: line.author),
        Column(words("resident.column.reason"), lambda line: line.reason),
    ]


class RecordsTab(QWidget):
    """``opened(RecordLine)``, ``printed(RecordLine)``, ``history_wanted(RecordLine)``; ``new_wanted(form)`` and
    ``blank_wanted(form)``. ``with_history``: whether there is a place that shows how a record came to be;
    ``refer_from``: forms after which a referral can be written, ``refer_wanted(RecordLine)``."""

    opened = Signal(object)
    printed = Signal(object)
    history_wanted = Signal(object)
    refer_wanted = Signal(object)
    line_changed = Signal(object)
    """The line under the cursor, None for none."""
    new_wanted = Signal(str)
    blank_wanted = Signal(str)

    def __init__(
        self,
        group: str,
        words: Words,
        parent: QWidget | None = None,
        *,
        with_history: bool = True,
        refer_from: Collection[FormId] = (),
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"tab_{group}")
        self._group = group
        self._words = words
        self.model: Rows = Rows(line_columns(words), self)
        self.table = DataTable(f"records_{group}", self.model)
        self.table.set_widths(120, 0, 110, 120, 180)
        self.empty = EmptyState(f"empty_{group}", words("resident.nothing_title"), words("resident.nothing_sentence"))
        self.empty.sentence.setFixedWidth(480)
        self._forms = QHBoxLayout()
        self._forms.setSpacing(SMALL)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SMALL)
        wishes = [("open", self._open), ("history", self._history), ("print_record", self._print)]
        wishes += [("refer", self._refer)] if refer_from else []
        self._refer_from = refer_from
        self._actions = [self._action(key, slot) for key, slot in wishes if with_history or key != "history"]
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.setSpacing(MEDIUM)
        self._top = QVBoxLayout()
        layout.addLayout(self._top)
        layout.addLayout(self._forms)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addLayout(self._buttons)
        self.table.row_chosen.connect(lambda _place: self._open())
        self.table.row_changed.connect(self._choice_changed)

    def _action(self, key: str, slot: Callable[[], None]) -> PlainButton:
        button = PlainButton(self._words(f"resident.{key}"), f"{key}_{self._group}")
        button.clicked.connect(slot)
        self._buttons.addWidget(button)
        return button

    def add_top(self, widget: QWidget) -> None:
        """Put something above the records."""
        self._top.addWidget(widget)

    def show_lines(self, lines: Sequence[RecordLine], forms: Sequence[Form]) -> None:
        """Show these records, and offer these forms."""
        self.model.show_rows(lines)
        self.table.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        for action in self._actions:
            action.setVisible(bool(lines))
        if self._refer_from:
            self._actions[-1].setVisible(bool(lines) and any(form.id in self._refer_from for form in forms))
        self._offer(lines, forms)
        if lines:
            self.table.choose_row(0)

    def _offer(self, lines: Sequence[RecordLine], forms: Sequence[Form]) -> None:
        while (item := self._forms.takeAt(0)) is not None:
            button = item.widget()
            if button is not None:
                button.hide()
                button.deleteLater()
        wanted = []
        for form in forms:
            states = [line.state for line in lines if line.form_id == form.id]
            if form.repeats or not states:
                key = "carry_on" if "draft" in states else "new"
                wanted.append((form, self._words(f"resident.{key}", form=form.title)))
        if len(wanted) <= _BUTTONS:
            for form, text in wanted:
                button = PlainButton(text, f"new_{form.id}")
                button.clicked.connect(lambda _=False, form_id=form.id: self.new_wanted.emit(form_id))
                self._forms.addWidget(button)
        else:
            self._forms.addWidget(self._menu("new_some", f"new_{self._group}", wanted, self.new_wanted))
        if forms:
            self._forms.addStretch(1)
            self._forms.addWidget(self._blanks(forms))

    def _blanks(self, forms: Sequence[Form]) -> QWidget:
        if len(forms) > 1:
            titles = [(form, form.title) for form in forms]
            return self._menu("print_blank", f"blank_{self._group}", titles, self.blank_wanted, "blank_")
        blank = PlainButton(self._words("resident.print_blank"), f"blank_{forms[0].id}")
        blank.clicked.connect(lambda _=False, form_id=forms[0].id: self.blank_wanted.emit(form_id))
        return blank

    def _menu(
        self, key: str, name: str, entries: Sequence[tuple[Form, str]], wanted: SignalInstance, prefix: str = "new_"
    ) -> MenuButton:
        button = MenuButton(self._words(f"resident.{key}"), name)
        for form, text in entries:
            button.offer(text, f"{prefix}{form.id}", partial(wanted.emit, form.id))
        return button

    def _line(self) -> RecordLine | None:
        line = self.model.row(self.table.chosen_row())
        return line if isinstance(line, RecordLine) else None

    def _choice_changed(self, place: int) -> None:
        line = self.model.row(place)
        self.line_changed.emit(line)
        for action in self._actions[1:]:
            action.setEnabled(line is not None and line.record is not None)
        if self._refer_from:
            self._actions[-1].setEnabled(line is not None and line.record is not None and self._can_refer(line))

    def _open(self) -> None:
        line = self._line()
        if line is not None:
            self.opened.emit(line)

    def _history(self) -> None:
        line = self._line()
        if line is not None and line.record is not None:
            self.history_wanted.emit(line)

    def _can_refer(self, line: RecordLine) -> bool:
        return line.form_id in self._refer_from

    def _refer(self) -> None:
        line = self._line()
        if line is not None and line.record is not None and self._can_refer(line):
            self.refer_wanted.emit(line)

    def _print(self) -> None:
        line = self._line()
        if line is not None and line.record is not None:
            self.printed.emit(line)
