"""今日工作: what is due and what was left lying, one band of it at a time; Enter opens the right form."""

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QStackedWidget, QWidget

from jiandang_desktop.domain.records import StationId
from jiandang_desktop.gui.kit import DataTable, EmptyState, LinkButton, Page, PlainButton, row
from jiandang_desktop.gui.models.rows import WINDOW, Rows, WindowedRows
from jiandang_desktop.gui.pages.referral_notice import ReferralNotice
from jiandang_desktop.gui.pages.worklist_rows import (
    draft_columns,
    due_columns,
    incomplete_columns,
    returned_columns,
)
from jiandang_desktop.gui.pages.worklist_side import WorkSide
from jiandang_desktop.gui.pages.worklist_submission import SubmissionCard
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.ports.vault import RecordRow, ResidentRow
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.services import due, due_forms, worklist
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import Choices, DueFilter, DueLine, Worklist
from jiandang_desktop.services.due_forms import Opening
from jiandang_desktop.services.worklist import DraftLine, ReturnedLine, TodayWork

DRAFTS, RETURNED, INCOMPLETE = "drafts", "returned", "incomplete"
BANDS = (Band.OVERDUE, Band.WEEK, RETURNED, DRAFTS, Band.LOST, Band.YEAR, Band.FOUND, INCOMPLETE)
"""In the order of the day: what comes first is shown first."""
_ALWAYS = (Band.OVERDUE, Band.WEEK)
METHOD = "visit_method"
"""The question after the way of a visit, in every form that asks it."""


class WorklistPage(Page):
    """``entry_wanted(form, subject, record, start, question)``, with the answers that a new sheet begins with;
    ``list_wanted(filter)`` for paper; the rest says where to go."""

    entry_wanted = Signal(str, str, object, object, str)
    resident_wanted = Signal(str)
    page_wanted = Signal(str)
    list_wanted = Signal(object)
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(
            "worklist", session.text("worklist.title" if _is_village(session) else "worklist.title_above"), parent
        )
        self._session = session
        self._band: str = ""
        self._ticket = 0
        self._others: TodayWork | None = None
        self._visit: tuple[str, str, str] | None = None
        """Household, day and way of the visit that was written down last."""
        self._village = _is_village(session)
        self._build_actions()
        self.submission = SubmissionCard(session)
        self.submission.page_wanted.connect(self.page_wanted)
        self.body.addWidget(self.submission)
        self.submission.setVisible(self._village)
        self.slips = ReferralNotice(session)
        self.slips.opened.connect(lambda: self.page_wanted.emit("referrals"))
        self.body.addWidget(self.slips)
        self.body.addLayout(self._build_bands())
        self.body.addWidget(self._build_lists(), 1)
        self._connect()

    # Building

    def _build_actions(self) -> None:
        say = self._session.text
        self.programme = QComboBox()
        self.group = QComboBox()
        self.doctor = QComboBox()
        self.station = QComboBox()
        for box, name in (
            (self.station, "station"),
            (self.programme, "programme"),
            (self.group, "group"),
            (self.doctor, "doctor"),
        ):
            box.setObjectName(f"worklist_{name}")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.addItem(say(f"worklist.any_{name}"), "")
            box.hide()
            self.add_action(box)
        self.print_button = PlainButton(say("worklist.print"), "worklist_print")
        self.add_action(self.print_button)

    def _build_bands(self) -> Any:
        self.bands: dict[str, PlainButton] = {}
        self._buttons = QButtonGroup(self)
        for name in BANDS:
            button = PlainButton("", f"band_{name}")
            button.setProperty("kind", "filter")
            button.setCheckable(True)
            button.installEventFilter(self)
            self._buttons.addButton(button)
            self.bands[name] = button
        self.slips_link = LinkButton(self._session.bench.text("referrals", "open"), "worklist_referrals")
        self.slips_link.clicked.connect(lambda: self.page_wanted.emit("referrals"))
        if not self._village:
            self.slips_link.hide()  # it is in the rail there
        return row(*self.bands.values(), None, self.slips_link, spacing=SMALL)

    def _build_lists(self) -> QWidget:
        session = self._session
        self.due_rows = WindowedRows(due_columns(session, one_village=self._village), self)
        self.due_rows.window_wanted.connect(self._fetch)
        self.due_table = DataTable("due_table", self.due_rows)
        self.due_table.set_widths(116, 92, 136 if self._village else 172, 0, 124, 124)
        self.tables: dict[str, DataTable] = {
            RETURNED: self._table(RETURNED, returned_columns(session), (110, 220, 0)),
            DRAFTS: self._table(DRAFTS, draft_columns(session), (110, 0, 130)),
            INCOMPLETE: self._table(INCOMPLETE, incomplete_columns(session), (120, 110, 0, 130)),
        }
        self.side = WorkSide(session, fills_in=self._village)
        self.side.setFixedWidth(320)
        self.nothing = EmptyState("worklist_empty", "", "", session.text("worklist.empty_action"))
        self.lists = QStackedWidget()
        for widget in (self.due_table, *self.tables.values(), self.nothing):
            self.lists.addWidget(widget)
        whole = QWidget()
        whole.setLayout(row(self.lists, self.side, spacing=MEDIUM))
        return whole

    def _table(self, name: str, columns: Any, widths: tuple[int, ...]) -> DataTable:
        table = DataTable(f"worklist_{name}", Rows(columns, self))
        table.set_widths(*widths)
        table.row_chosen.connect(lambda place: self._open_other(name, place))
        table.left_top.connect(self._to_bands)
        return table

    def _connect(self) -> None:
        self._buttons.buttonClicked.connect(self._band_clicked)
        for box in (self.programme, self.group, self.doctor, self.station):
            box.activated.connect(self._filtered)
        self.print_button.clicked.connect(self._print)
        self.due_table.row_chosen.connect(self._open_due)
        self.due_table.row_changed.connect(self._cursor_moved)
        self.due_table.left_top.connect(self._to_bands)
        self.due_table.installEventFilter(self)
        self.nothing.button.clicked.connect(lambda: self.page_wanted.emit("residents"))
        side = self.side
        side.open_wanted.connect(self._open_line)
        side.refuse_wanted.connect(self._refuse)
        side.attempt_wanted.connect(self._attempt)
        side.resident_wanted.connect(self.resident_wanted)

    # What is listed

    def refresh(self) -> None:
        """Ask again what there is to do, with the same band and filters."""
        self.slips.refresh()
        self._ticket += 1
        ticket, band, where = self._ticket, self._band, self._where()

        def look(desk: Desk) -> tuple[int, TodayWork | None, Worklist, Choices]:
            others = worklist.today(desk) if self._village else None
            chosen = band or _first_band(desk, where, others)
            asked = DueFilter(frozenset({Band(chosen)} if chosen in list(Band) else ()), *where)
            return ticket, others, due.worklist(desk, where=asked, limit=WINDOW), due.choices(desk)

        self._session.ask(self, look, self._show)

    def _where(self) -> tuple[Any, ...]:
        """The filters behind the band, in the order of ``DueFilter``."""
        programme, group = self.programme.currentData(), self.group.currentData()
        doctor, station = self.doctor.currentData(), self.station.currentData()
        chosen = frozenset({str(programme)} if programme else ())
        return chosen, group or None, doctor or None, StationId(station) if station else None

    def _show(self, found: tuple[int, TodayWork | None, Worklist, Choices]) -> None:
        ticket, others, listed, choices = found
        if ticket != self._ticket:
            return  # asked again meanwhile
        self._others = others
        counts = {**_counts_due(listed), **_counts_of(others)}
        self._band = self._band or _first(counts)
        self._show_bands(counts)
        self._show_choices(choices)
        if others is not None:
            self.submission.show_work(others)
            for name, table in self.tables.items():
                _rows(table).show_rows(_of(others, name))
        before = self._line()
        if self._band in list(Band):
            self.due_rows.show_list(listed.total, listed.lines)
        self._show_list(counts, listed)
        if self._band in list(Band) and listed.lines:
            self._put_cursor(listed.lines, before)
        self.shown.emit()

    def _show_bands(self, counts: dict[str, int]) -> None:
        for name, button in self.bands.items():
            button.setText(self._session.text(f"worklist.band_{name}", count=f"{counts.get(name, 0):,}"))
            button.setChecked(name == self._band)
            button.setVisible(bool(counts.get(name)) or name in _ALWAYS or name == self._band)

    def _show_choices(self, choices: Choices) -> None:
        _fill(self.programme, choices.programmes)
        _fill(self.group, [(group, self._group_words(group)) for group in choices.village_groups])
        _fill(self.doctor, [(doctor, doctor) for doctor in choices.doctors] if len(choices.doctors) > 1 else [])
        _fill(self.station, choices.stations if len(choices.stations) > 1 else [])

    def _group_words(self, group: str) -> str:
        return self._session.text("residents.group_words", group=group) if group.isdigit() else group

    def _show_list(self, counts: dict[str, int], listed: Worklist) -> None:
        band, say = self._band, self._session.text
        is_due = band in list(Band)
        before, had_focus = self.lists.currentWidget(), self.lists.isAncestorOf(self.window().focusWidget() or self)
        if not counts.get(band):
            self.nothing.title.setText(say(f"worklist.none_{band}" if any(counts.values()) else "worklist.empty_title"))
            self.nothing.sentence.setText(say("worklist.empty_text"))
            self.nothing.button.setVisible(not any(counts.values()))
            self.lists.setCurrentWidget(self.nothing)
        else:
            self.lists.setCurrentWidget(self.due_table if is_due else self.tables[band])
        if had_focus and self.lists.currentWidget() is not before:
            self.setFocus()
        self.side.setVisible(is_due and bool(counts.get(band)))
        self.print_button.setVisible(is_due and bool(counts.get(band)))
        self.subtitle.setText(self._how_many(listed))

    def _how_many(self, listed: Worklist) -> str:
        """How many people a band of services concerns; that a long list is cut."""
        say, others = self._session.text, self._others
        if self._band in list(Band):
            people = listed.counts[Band(self._band)].people
            return say("worklist.people", count=f"{people:,}") if people else ""
        cut = self._band == INCOMPLETE and others is not None and others.incomplete_total > len(others.incomplete)
        return say("worklist.first_ones", shown=len(others.incomplete)) if cut and others is not None else ""

    def _put_cursor(self, lines: tuple[DueLine, ...], before: DueLine | None) -> None:
        """On the same line; else on the next of the household just visited; else on the first."""
        place = next((n for n, line in enumerate(lines) if before and _same(line, before)), None)
        if place is None and before is not None:
            house = before.person.household_id
            place = next((n for n, line in enumerate(lines) if house and line.person.household_id == house), None)
        self.due_table.choose_row(place or 0)

    def _fetch(self, offset: int, ticket: int) -> None:
        asked = DueFilter(frozenset({Band(self._band)}), *self._where())

        def look(desk: Desk) -> tuple[int, int, tuple[DueLine, ...]]:
            return offset, ticket, due.worklist(desk, where=asked, limit=WINDOW, offset=offset).lines

        self._session.ask(self, look, self._fetched)

    def _fetched(self, window: tuple[int, int, tuple[DueLine, ...]]) -> None:
        self.due_rows.put_window(*window)

    def visited(self, record: RecordRow) -> None:
        """Somebody was visited: who is done next in the same household was visited the same day in the same way."""
        form = self._session.forms.current(record.form_id)
        line = self._line()
        house = line.person.household_id if line is not None and line.person.id == record.subject_id else ""
        method = form.field(METHOD)
        option = method.option(str(record.answers.get(METHOD, ""))) if method is not None else None
        self._visit = (house, record.event_date, option.label if option else "") if house else None

    # What one does with it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """F8 in the list: tried, not at home. Down in the bands leads into the list."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Down and watched in self.bands.values():
            self.setFocus()
            return True
        if event.key() == Qt.Key.Key_F8 and watched is self.due_table:
            line = self._line()
            if line is not None and not line.proposal and self._village:
                self._attempt(line)
                return True
        return super().eventFilter(watched, event)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Into the list that is shown; where there is none, to what can be done instead."""
        shown = self.lists.currentWidget()
        if isinstance(shown, DataTable):
            shown.enter()
        elif not self.nothing.button.isHidden():
            self.nothing.button.setFocus(reason)
        else:
            self.bands[self._band].setFocus(reason)

    def _band_clicked(self, button: PlainButton) -> None:
        self.choose_band(button.objectName().removeprefix("band_"))
        self.refresh()

    def choose_band(self, name: str) -> None:
        """Show this one of ``BANDS`` from the next refresh on."""
        self._band = name
        self.due_table.clearSelection()
        self.due_table.setCurrentIndex(QModelIndex())

    def _filtered(self, _place: int) -> None:
        self.refresh()

    def _to_bands(self) -> None:
        self.bands[self._band].setFocus()

    def _line(self) -> DueLine | None:
        place = self.due_table.chosen_row()
        found = self.due_rows.row(place) if place >= 0 else None
        return found if isinstance(found, DueLine) else None

    def _cursor_moved(self, _place: int) -> None:
        line = self._line()
        if line is None:
            self.side.clear()
        else:
            self.side.show_line(line)

    def _open_due(self, place: int) -> None:
        line = self.due_rows.row(place)
        if isinstance(line, DueLine):
            self._open_line(line)

    def _open_line(self, line: DueLine) -> None:
        if not self._village:
            self.resident_wanted.emit(line.person.id)  # the villages fill in; here one looks
            return
        self._open_as(line, due_forms.doing(self._session.forms, line, self._today()))

    def _refuse(self, line: DueLine) -> None:
        self._open_as(line, due_forms.refusing(line, self._today()))

    def _open_as(self, line: DueLine, opening: Opening) -> None:
        start = {**self._same_visit(line, opening), **opening.start}
        slip = self._session.bench.slips.kind_of(opening.form_id) if opening.record_id is not None else None
        at = slip.answer_at(asking=self._village) if slip is not None else ""
        self.entry_wanted.emit(opening.form_id, line.person.id, opening.record_id, start, at)

    def _today(self) -> str:
        return self._session.bench.clock.today().isoformat()

    def _same_visit(self, line: DueLine, opening: Opening) -> dict[str, str]:
        """Day and way of the visit that the household is getting, where the form asks for them in the same words."""
        if self._visit is None or self._visit[0] != line.person.household_id or opening.record_id is not None:
            return {}
        _, day, way = self._visit
        form = self._session.forms.current(opening.form_id)
        method = form.field(METHOD)
        codes = [option.code for option in method.options if option.label == way] if method is not None else []
        return {form.date_field: day, **({METHOD: codes[0]} if codes else {})}

    def _attempt(self, line: DueLine) -> None:
        self._open_as(line, due_forms.trying(line, self._today()))

    def _open_other(self, name: str, place: int) -> None:
        line = _rows(self.tables[name]).row(place)
        if isinstance(line, DraftLine):
            self.entry_wanted.emit(line.draft.form_id, line.draft.subject_id, line.draft.record_id, {}, "")
        elif isinstance(line, ReturnedLine):
            self.entry_wanted.emit(line.record.form_id, line.record.subject_id, line.record.record_id, {}, "")
        elif isinstance(line, ResidentRow):
            self.resident_wanted.emit(line.id)

    def _print(self) -> None:
        self.list_wanted.emit(DueFilter(frozenset({Band(self._band)}), *self._where()))


def _is_village(session: Session) -> bool:
    return session.desk is None or session.desk.station.level == "village"


def _first_band(desk: Desk, where: tuple[Any, ...], others: TodayWork | None) -> str:
    listed = due.worklist(desk, where=DueFilter(frozenset(), *where), limit=0)
    return _first({**_counts_due(listed), **_counts_of(others)})


def _counts_due(listed: Worklist) -> dict[str, int]:
    return {str(band): count.duties for band, count in listed.counts.items()}


def _first(counts: dict[str, int]) -> str:
    return next((name for name in BANDS if counts.get(name)), Band.OVERDUE)


def _counts_of(others: TodayWork | None) -> dict[str, int]:
    if others is None:
        return {}
    return {
        RETURNED: len(others.returned),
        DRAFTS: len(others.drafts),
        INCOMPLETE: others.incomplete_total,
    }


def _of(others: TodayWork, band: str) -> tuple[Any, ...]:
    return {RETURNED: others.returned, DRAFTS: others.drafts, INCOMPLETE: others.incomplete}[band]


def _same(one: DueLine, other: DueLine) -> bool:
    return (one.person.id, one.programme, one.id) == (other.person.id, other.programme, other.id)


def _fill(box: QComboBox, choices: Any) -> None:
    """Offer what occurs; what was chosen stays chosen. A box without a choice isn't shown."""
    chosen = box.currentData()
    while box.count() > 1:
        box.removeItem(1)
    for value, words in choices:
        box.addItem(words, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    box.setVisible(box.count() > 1)


def _rows(table: DataTable) -> Rows:
    model = table.model()
    if not isinstance(model, Rows):
        raise TypeError("this list is shown whole")
    return model
