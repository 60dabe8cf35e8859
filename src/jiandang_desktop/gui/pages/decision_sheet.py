"""One thing to decide, laid open: the states in columns, only the questions in which they differ, what comes of it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from jiandang_desktop.gui.kit import (
    Card,
    DataTable,
    PlainButton,
    PrimaryButton,
    SectionTitle,
    Tone,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.services.decisions import QUARANTINED, Sheet
from jiandang_desktop.services.duplicates import Pair
from jiandang_desktop.services.merging import Question


class DecisionSheet(Card):
    """``resolve_wanted(sheet, choices)``, ``adopt_wanted(sheet)``, ``return_wanted(sheet, words)``,
    ``same_wanted(pair, fields of the second)``, ``two_wanted(pair)``."""

    resolve_wanted = Signal(object, object)
    adopt_wanted = Signal(object)
    return_wanted = Signal(object, str)
    same_wanted = Signal(object, object)
    two_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("decision_sheet", parent)
        self._session = session
        self.sheet: Sheet | None = None
        self.pair: Pair | None = None
        self.choices: dict[str, Any] = {}
        """By field: the place of the side that was picked, or what was written."""
        self._titles: tuple[str, ...] = ()
        self.heading = SectionTitle("", "decision_heading")
        self.note = quiet_label(name="decision_note")
        self.model = Rows((), self)
        self.table = DataTable("decision_questions", self.model)
        self.pick = QHBoxLayout()
        self.pick.setSpacing(SMALL)
        self._picks: list[PlainButton] = []
        self.written = line_edit("decision_written", self.words("do.write_hint"))
        self.write = PlainButton(self.words("do.write"), "decision_write")
        self.reply = line_edit("decision_words", self.words("do.return_hint"))
        self.back = PlainButton(self.words("do.return"), "decision_return")
        self.other = PlainButton(self.words("do.two"), "decision_two")
        self.left = quiet_label(name="decision_left")
        self.left.setWordWrap(False)
        self.main = PrimaryButton("", "decision_main")
        self._lay_out()
        self.show_nothing()

    def _lay_out(self) -> None:
        self.body.addWidget(self.heading)
        self.body.addWidget(self.note)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(self.pick)
        self.body.addLayout(row(self.written, self.write))
        self.body.addLayout(row(self.reply, self.back))
        self.body.addLayout(row(self.left, None, self.other, self.main))
        self.table.row_changed.connect(self._question_chosen)
        self.write.clicked.connect(self._write)
        self.written.returnPressed.connect(self._write)
        self.back.clicked.connect(self._send_back)
        self.reply.textChanged.connect(self._replying)
        self.other.clicked.connect(self._two)
        self.main.clicked.connect(self._decide)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def show_nothing(self) -> None:
        """Nothing is chosen."""
        self.sheet = self.pair = None
        self._show("", self.words("choose"), (), ())

    def show_case(self, sheet: Sheet) -> None:
        """Parallel changes, or a change that isn't taken by itself."""
        self.sheet, self.pair = sheet, None
        titles = tuple(_side_title(side.station, side.revision) for side in sheet.sides)
        case = sheet.case
        why = self._session.bench.text("terms", f"intake_reason.{case.fault}") if case.fault else ""
        note = self.words("sheet.mixed" if case.reason == "parallel" else f"sheet.{case.reason}", why=why)
        heading = self.words("sheet.heading", who=case.who or self.words("list.nobody"), form=case.form_title)
        self._show(heading, note, titles, sheet.questions)

    def show_pair(self, pair: Pair, questions: tuple[Question, ...]) -> None:
        """Two folders that may be one person's."""
        self.sheet, self.pair = None, pair
        titles = tuple(
            f"{row_.name} {station}" for row_, station in zip((pair.first, pair.second), pair.keepers, strict=True)
        )
        heading = self.words("sheet.heading", who=pair.first.name, form=self.words("list.pair"))
        self._show(heading, self.words("sheet.pair"), titles, questions)

    def _show(self, heading: str, note: str, titles: tuple[str, ...], questions: tuple[Question, ...]) -> None:
        self.choices = {}
        self._titles = titles
        self.heading.setText(heading)
        self.note.setText(note)
        self.reply.clear()
        self.written.clear()
        self.model = Rows(self._columns(titles), self)
        self.table.setModel(self.model)
        self.table.selectionModel().currentChanged.connect(self._moved)
        self.table.set_widths(132, *(0 for _ in titles), *((124,) if self._joins else ()))
        self._make_picks(titles)
        self.model.show_rows(questions)
        parallel = self.sheet is not None and self.sheet.case.reason == "parallel"
        foreign = self.sheet is not None and not parallel
        for widget, on in (
            (self.table, bool(titles)),
            (self.reply, foreign),
            (self.back, foreign),
            (self.other, self.pair is not None),
            (self.main, bool(titles) and not self._unplaced),
        ):
            widget.setVisible(on)
        if titles:
            self.main.setText(self.words(self._main_words()))
        self.back.setEnabled(False)
        self._question_chosen(-1)
        if self._deciding and questions:
            self.table.choose_row(0)
        self._say_left()

    @property
    def _unplaced(self) -> bool:
        return self.sheet is not None and self.sheet.case.reason == QUARANTINED

    def _main_words(self) -> str:
        """What the one button does."""
        if self.sheet is None:
            return "do.same"
        return {"parallel": "do.resolve", "put_aside": "do.archive"}.get(self.sheet.case.reason, "do.adopt")

    @property
    def _joins(self) -> bool:
        """Whether something comes of several states that isn't simply one of them."""
        aside = self.sheet is not None and self.sheet.case.reason == "put_aside"
        return not aside and len(self._titles) > 1

    @property
    def _deciding(self) -> bool:
        """Whether single questions are decided here."""
        return self.pair is not None or (self.sheet is not None and self.sheet.case.reason == "parallel")

    def _columns(self, titles: tuple[str, ...]) -> tuple[Column[Question], ...]:
        empty = self.words("sheet.empty")

        def of_side(place: int) -> Column[Question]:
            return Column(titles[place], lambda each: each.words[place] or empty)

        columns = [Column[Question](self.words("columns.label"), lambda each: each.label)]
        columns += [of_side(place) for place in range(len(titles))]
        if self._joins:
            title = self.words("columns.outcome" if self._deciding else "columns.adopted")
            columns.append(Column(title, self._outcome, self._tone))
        return tuple(columns)

    def _outcome(self, each: Question) -> str:
        choice = self.choices.get(each.field)
        if isinstance(choice, int):
            return self._take_words(choice)
        if choice is not None:
            return str(choice.get(each.field, self.words("sheet.empty")))
        if self.pair is not None:
            return self._take_words(0) if each.open else ""
        if each.open:
            return self.words("sheet.open" if self._deciding else "sheet.open_after")
        taken = [place for place, words in enumerate(each.words) if words == each.outcome]
        if not self._deciding:
            return self._take_words(taken[0]) if taken else self.words("sheet.by_rule")
        return self.words(("sheet.first", "sheet.second")[taken[0]] if taken and taken[0] < 2 else "sheet.by_rule")

    def _tone(self, each: Question) -> Tone:
        waits = each.open and each.field not in self.choices and self.pair is None
        return Tone.DUE if waits else Tone.CONFIRMED if each.field in self.choices else Tone.PLAIN

    def _take_words(self, place: int) -> str:
        if len(self._titles) == 2:
            return self.words("do.take_second" if place else "do.take_first")
        return self.words("do.take", station=self._titles[place].split(" ", 1)[0])

    def _make_picks(self, titles: tuple[str, ...]) -> None:
        while self.pick.count():
            self.pick.takeAt(0)
        for button in self._picks:
            button.hide()
            button.deleteLater()
        self._picks = []
        for place in range(len(titles) if self._deciding else 0):
            button = PlainButton(self._take_words(place), f"decision_take_{place}")
            button.clicked.connect(self._picked)
            self._picks.append(button)
            self.pick.addWidget(button)
        self.pick.addStretch(1)

    def _moved(self, current: Any, _previous: Any) -> None:
        self._question_chosen(current.row())

    def _question_chosen(self, place: int) -> None:
        each = self.model.row(place)
        may = self._deciding and each is not None and each.open
        for button in self._picks:
            button.setVisible(self._deciding)
            button.setEnabled(may)
        writable = may and self.pair is None and self._is_line(each)
        for widget in (self.written, self.write):
            widget.setVisible(self._deciding and self.pair is None)
            widget.setEnabled(writable)

    def _is_line(self, each: Question) -> bool:
        """Whether the answer is one line of words, a number or a date; choices and tables are taken from a side."""
        form = self.sheet.form if self.sheet is not None else None
        item = form.field(each.field) if form is not None else None
        return item is not None and not item.options and not item.columns

    def _picked(self) -> None:
        button = self.sender()
        each = self.model.row(self.table.chosen_row())
        if isinstance(button, PlainButton) and each is not None:
            self._choose(each, int(button.objectName().rpartition("_")[2]))

    def _write(self) -> None:
        each = self.model.row(self.table.chosen_row())
        if each is not None and each.open and self._is_line(each):
            typed = self.written.text().strip()
            self._choose(each, {each.field: typed} if typed else {})
            self.written.clear()

    def _choose(self, each: Question, choice: int | Mapping[str, Any]) -> None:
        self.choices[each.field] = choice
        place = self.table.chosen_row()
        last = self.model.columnCount() - 1
        self.model.dataChanged.emit(self.model.index(place, last), self.model.index(place, last))
        self._say_left()
        following = [n for n in range(place + 1, self.model.rowCount()) if self._waits(self.model.row(n))]
        if following:
            self.table.choose_row(following[0])
        self.table.setFocus()

    def _waits(self, each: Question | None) -> bool:
        return each is not None and each.open and each.field not in self.choices

    def _say_left(self) -> None:
        waiting = sum(self._waits(self.model.row(place)) for place in range(self.model.rowCount()))
        parallel = self._deciding and self.pair is None
        self.left.setText(
            "" if not parallel else self.words("sheet.left", count=waiting) if waiting else self.words("sheet.ready")
        )
        self.main.setEnabled(not parallel or waiting == 0)

    def _replying(self, text: str) -> None:
        self.back.setEnabled(bool(text.strip()))

    def _send_back(self) -> None:
        if self.sheet is not None:
            self.return_wanted.emit(self.sheet, self.reply.text())

    def _two(self) -> None:
        if self.pair is not None:
            self.two_wanted.emit(self.pair)

    def _decide(self) -> None:
        if self.pair is not None:
            self.same_wanted.emit(self.pair, [field for field, place in self.choices.items() if place == 1])
        elif self.sheet is not None and self.sheet.case.reason == "parallel":
            sides = self.sheet.sides
            choices = {
                field: sides[choice].revision.id if isinstance(choice, int) else choice
                for field, choice in self.choices.items()
            }
            self.resolve_wanted.emit(self.sheet, choices)
        elif self.sheet is not None:
            self.adopt_wanted.emit(self.sheet)


def _side_title(station: str, revision: Any) -> str:
    return f"{station} {revision.author_name} {revision.made_at[5:10]}"
