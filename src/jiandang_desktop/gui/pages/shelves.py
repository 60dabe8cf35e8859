"""档案袋 at the township: where each household's paper bag stands, who has it out, which are lost."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QStackedWidget, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.kit import (
    Card,
    DataTable,
    EmptyState,
    Page,
    PlainButton,
    PrimaryButton,
    SearchBox,
    SectionTitle,
    Tone,
    quiet_label,
    row,
)
from jiandang_desktop.gui.kit.inputs import line_edit
from jiandang_desktop.gui.models.rows import WINDOW, Column, WindowedRows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.services import shelves
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.shelves import Bag, Movement

_TONES = {"unplaced": Tone.PLAIN, "placed": Tone.CONFIRMED, "lent": Tone.DUE, "overdue": Tone.WRONG, "lost": Tone.WRONG}
_LOAN = timedelta(days=30)
_MOVEMENTS = 4


class ShelvesPage(Page):
    """Bags by household at the left, the one under the cursor at the right. ``list_wanted``: print the shelf list."""

    list_wanted = Signal()
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("shelves", session.bench.text("handover", "shelves.title"), parent)
        self._session = session
        self._say = partial(session.bench.text, "handover")
        self._chosen: Bag | None = None
        self._keep = SubjectId("")
        say = self._say
        self.print_button = PlainButton(say("shelves.print"), "shelves_print")
        self.add_action(self.print_button)
        self.search = SearchBox("shelves_search", say("shelves.search"))
        self.search.setMinimumWidth(360)
        self.buttons = QButtonGroup(self)
        self.all, self.out = self._filter("all"), self._filter("out")
        self.all.setChecked(True)
        self.model = WindowedRows(self._columns(), self)
        self.table = DataTable("shelves_table", self.model)
        self.table.set_widths(100, 110, 0, 100, 170)
        self.nothing = EmptyState("shelves_empty", say("shelves.empty_title"), say("shelves.empty_text"))
        self.none_out = EmptyState("shelves_none_out", say("shelves.none_out_title"), say("shelves.none_out_text"))
        self.stack = QStackedWidget()
        for page in (self.table, self.nothing, self.none_out):
            self.stack.addWidget(page)
        self.card = self._build_card()
        self.body.addLayout(row(self.search, self.all, self.out, None))
        sides = row(self.stack, self.card, spacing=MEDIUM)
        sides.setStretch(0, 1)
        self.body.addLayout(sides, 1)
        self._connect()

    def _filter(self, name: str) -> PlainButton:
        button = PlainButton(self._say(f"shelves.{name}"), f"shelves_{name}")
        button.setProperty("kind", "filter")
        button.setCheckable(True)
        self.buttons.addButton(button)
        return button

    def _build_card(self) -> Card:
        say = self._say
        card = Card("shelves_card")
        card.setFixedWidth(352)
        self.head = SectionTitle("", "shelves_head")
        self.address = quiet_label(name="shelves_address")
        self.state = QLabel()
        self.state.setObjectName("shelves_state")
        self.state.setWordWrap(True)
        self.cabinet = line_edit("shelves_cabinet", say("shelves.cabinet"))
        self.shelf = line_edit("shelves_shelf", say("shelves.shelf"))
        self.number = line_edit("shelves_number", say("shelves.number"))
        self.save_place = PlainButton(say("shelves.save_place"), "shelves_place")
        self.to = line_edit("shelves_to", say("shelves.to"))
        self.until = line_edit("shelves_until", say("shelves.until"))
        self.reason = line_edit("shelves_reason", say("shelves.reason"))
        self.lend = PrimaryButton(say("shelves.lend"), "shelves_lend")
        self.back = PrimaryButton(say("shelves.back"), "shelves_back")
        self.note = line_edit("shelves_note", say("shelves.note"))
        self.lose = PlainButton(say("shelves.lose"), "shelves_lose")
        self.movements = quiet_label(name="shelves_movements")
        self.place_box = self._box(
            SectionTitle(say("shelves.where")), row(self.cabinet, self.shelf, self.number, self.save_place)
        )
        self.lend_box = self._box(
            SectionTitle(say("shelves.lending")), self.to, self.reason, row(self.until, self.lend)
        )
        self.lose_box = self._box(row(self.note, self.lose))
        for item in (self.head, self.address, self.state, self.back, self.place_box, self.lend_box, self.lose_box):
            card.body.addWidget(item)
        self.past = SectionTitle(say("shelves.history"))
        card.body.addWidget(self.past)
        card.body.addWidget(self.movements)
        card.body.addStretch(1)
        return card

    def _box(self, *items: object) -> QWidget:
        card = Card()
        card.setProperty("kind", "")
        card.body.setContentsMargins(0, SMALL, 0, 0)
        for item in items:
            if isinstance(item, QWidget):
                card.body.addWidget(item)
            else:
                card.body.addLayout(item)  # type: ignore[arg-type]
        return card

    def _connect(self) -> None:
        self.setFocusProxy(self.search)
        self.search.searched.connect(self._search)
        self.search.moved_down.connect(self.table.enter)
        self.table.left_top.connect(self.search.setFocus)
        self.table.row_changed.connect(self._cursor_moved)
        self.model.window_wanted.connect(self._fetch)
        self.buttons.buttonClicked.connect(self._filter_clicked)
        self.print_button.clicked.connect(self.list_wanted)
        self.save_place.clicked.connect(self._place)
        self.lend.clicked.connect(self._lend)
        self.back.clicked.connect(self._back)
        self.lose.clicked.connect(self._lose)
        for edit in (self.to, self.until, self.reason):
            edit.returnPressed.connect(self._lend)
        for edit in (self.cabinet, self.shelf, self.number):
            edit.returnPressed.connect(self._place)

    def _columns(self) -> tuple[Column[Bag], ...]:
        say = self._say
        return (
            Column(say("shelves.code"), lambda bag: str(bag.household.answers.get("household_code", ""))),
            Column(say("shelves.head"), lambda bag: bag.household.head_name),
            Column(say("shelves.address"), lambda bag: bag.household.address),
            Column(say("shelves.place"), lambda bag: bag.place),
            Column(say("shelves.state"), partial(self._state_words, short=True), lambda bag: _TONES[bag.state]),
        )

    def _state_words(self, bag: Bag, *, short: bool = False) -> str:
        desk = self._session.desk
        return shelves.state_words(desk, bag, short=short) if desk is not None else ""

    def refresh(self) -> None:
        """Read the list again; the cursor stays with the household."""
        if self._chosen is not None:
            self._keep = self._chosen.household.id
        text = self.search.text().strip()
        if self.out.isChecked():
            self._session.ask(self, shelves.out, self._show_all)
        elif text:
            self._session.ask(self, lambda desk: shelves.find(desk, text), self._show_all)
        else:
            self._session.ask(self, lambda desk: (shelves.count(desk), shelves.bags(desk, limit=WINDOW)), self._show)

    def _show_all(self, found: list[Bag]) -> None:
        self._show((len(found), found))

    def _show(self, found: tuple[int, list[Bag]]) -> None:
        total, first = found
        before = self.table.chosen_row() if total == self.model.rowCount() else -1
        self.model.show_list(total, first)
        empty = self.none_out if self.out.isChecked() else self.nothing
        self.stack.setCurrentWidget(self.table if total or self.search.text().strip() else empty)
        other = before if before >= len(first) else 0 if first else -1
        place = next((at for at, bag in enumerate(first) if bag.household.id == self._keep), other)
        self.table.choose_row(place)
        if not first:
            self._show_bag(None)
        self.shown.emit()

    def _fetch(self, offset: int, ticket: int) -> None:
        def come(rows: list[Bag]) -> None:
            self.model.put_window(offset, ticket, rows)
            if self._chosen is None:
                self._cursor_moved(self.table.chosen_row())

        self._session.ask(self, lambda desk: shelves.bags(desk, limit=WINDOW, offset=offset), come)

    def _search(self, text: str) -> None:
        if text:
            self.all.setChecked(True)
        self.refresh()

    def _filter_clicked(self, _button: object) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.refresh()

    def _cursor_moved(self, place: int) -> None:
        bag = self.model.row(place) if place >= 0 else None
        self._show_bag(bag)
        if bag is not None:
            household_id = bag.household.id
            self._session.ask(
                self, lambda desk: (household_id, shelves.history(desk, household_id)), self._show_movements
            )

    def _show_bag(self, bag: Bag | None) -> None:
        self._chosen = bag
        state = bag.state if bag is not None else ""
        self.head.setText(bag.household.head_name or "—" if bag is not None else "")
        self.address.setText(bag.household.address if bag is not None else self._say("shelves.choose"))
        self.state.setText(self._state_words(bag) if bag is not None else "")
        may = self._may_write()
        self.place_box.setVisible(may and state in ("unplaced", "placed", "lost"))
        self.lend_box.setVisible(may and state == "placed")
        self.back.setVisible(may and state in ("lent", "overdue"))
        self.lose_box.setVisible(may and state in ("placed", "lent", "overdue"))
        self.past.setVisible(False)
        self.movements.setVisible(False)
        if bag is None:
            return
        for edit, name in ((self.cabinet, "cabinet"), (self.shelf, "shelf"), (self.number, "number")):
            edit.setText(str(bag.answers.get(name, "")))
        for edit in (self.to, self.reason, self.note):
            edit.clear()
        self.until.setText((self._session.bench.clock.today() + _LOAN).isoformat())

    def _may_write(self) -> bool:
        desk = self._session.desk
        return desk is not None and desk.may(Right.WRITE_RECORDS)

    def _show_movements(self, found: tuple[SubjectId, list[Movement]]) -> None:
        household_id, movements = found
        if self._chosen is None or self._chosen.household.id != household_id:
            return
        lines = [
            self._say(
                "shelves.movement",
                day=each.at[:10],
                event=self._session.bench.text("terms", f"bag_event.{each.event}"),
                detail=_detail(each),
                person=each.person,
            )
            for each in movements[:_MOVEMENTS]
        ]
        self.movements.setText("\n".join(line.rstrip() for line in lines))
        self.past.setVisible(bool(lines))
        self.movements.setVisible(bool(lines))

    # What can be done with a bag

    def _place(self) -> None:
        cabinet, shelf, number = (edit.text().strip() for edit in (self.cabinet, self.shelf, self.number))
        self._change(lambda desk, household: shelves.place(desk, household, cabinet, shelf, number))

    def _lend(self) -> None:
        to, until, reason = self.to.text(), self.until.text().strip(), self.reason.text()
        self._change(lambda desk, household: shelves.lend(desk, household, to, until, reason))

    def _back(self) -> None:
        self._change(shelves.bring_back)

    def _lose(self) -> None:
        note = self.note.text()
        self._change(lambda desk, household: shelves.lose(desk, household, note))

    def _change(self, change: Callable[[Desk, SubjectId], Bag]) -> None:
        bag = self._chosen
        if bag is None:
            return
        self.message.hide()
        self._session.ask(
            self,
            lambda desk: change(desk, bag.household.id),
            lambda _bag: self.table.setFocus(),
            changes=Changes(records=True),
            failed=self._refused,
            holding=(self.save_place, self.lend, self.back, self.lose),
        )

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)


def _detail(movement: Movement) -> str:
    """Who has the bag, how it was lost, or where it was put."""
    answers = movement.answers
    told = answers.get("lent_to") or answers.get("lost_note")
    return str(told or "-".join(str(answers[name]) for name in ("cabinet", "shelf", "number") if answers.get(name)))
