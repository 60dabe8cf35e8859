"""Who came to an activity: found as one types, or written down by name; printed as the list behind the form."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.kit import Card, DataTable, PlainButton, SearchBox, SectionTitle, Tone, quiet_label, row
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.top_bar import FoundPopup
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import activities, cards, search
from jiandang_desktop.services.activities import Activity, Participant
from jiandang_desktop.services.desk import Desk

_FOUND = 6
_WIDTH = 400


class AttendanceCard(Card):
    """``told(sentence, tone)`` for what went wrong; ``print_wanted(record)``; ``shown`` when the list is there."""

    told = Signal(str, object)
    print_wanted = Signal(object)
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("attendance_card", parent)
        self._session = session
        self._say = partial(session.bench.text, "referrals")
        self._record: RecordId | None = None
        self._asked = ""
        self.setFixedWidth(_WIDTH)
        self.head = SectionTitle("", "attendance_head")
        self.head.setWordWrap(True)
        self.about = quiet_label(name="attendance_about")
        self.search = SearchBox("attendance_search", self._say("attendance.search"))
        self.popup = FoundPopup(self)
        self.popup.setObjectName("attendance_popup")
        self.model = Rows(
            (
                Column[Participant](self._say("attendance.name"), lambda one: one.name),
                Column[Participant](
                    self._say("attendance.code"),
                    lambda one: one.archive_no or self._say("attendance.no_folder"),
                ),
            ),
            self,
        )
        self.table = DataTable("attendance_table", self.model)
        self.table.set_widths(0, 190)
        self.strike_button = PlainButton(self._say("attendance.strike"), "attendance_strike")
        self.print_button = PlainButton(self._say("attendance.print"), "attendance_print")
        for item in (self.head, self.about, self.search):
            self.body.addWidget(item)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row(self.strike_button, None, self.print_button))
        self.search.searched.connect(self._look)
        self.search.chosen.connect(self._choose)
        self.search.moved_down.connect(self.popup.enter)
        self.search.left.connect(self.popup.hide)
        self.popup.chosen.connect(self._came)
        self.strike_button.clicked.connect(self._strike)
        self.print_button.clicked.connect(lambda: self.print_wanted.emit(self._record))
        self.hide()

    def show_record(self, record_id: RecordId | None) -> None:
        """Show who came to an activity; None: there is none to show."""
        self._record = record_id
        self.popup.hide()
        self.setVisible(record_id is not None)
        if record_id is not None:
            self._session.ask(self, lambda desk: activities.show(desk, record_id), self._show, failed=self._refused)

    def _show(self, found: Activity) -> None:
        if found.record.record_id != self._record:
            return
        self.head.setText(found.theme)
        signed = len(found.participants)
        self.about.setText(self._say("attendance.about", count=found.count, signed=signed))
        self.model.show_rows(found.participants)
        desk = self._session.desk
        may = desk is not None and desk.may(Right.WRITE_RECORDS)
        self.search.setEnabled(may)
        self.strike_button.setEnabled(may and signed > 0)
        self.table.choose_row(signed - 1)
        self.shown.emit()

    def _look(self, text: str) -> None:
        self._asked = text
        if not text:
            self.popup.hide()
            return
        self._session.ask(self, lambda desk: (text, search.find(desk, text, limit=_FOUND)), self._found)

    def _found(self, found: tuple[str, list[ResidentRow]]) -> None:
        text, people = found
        if text != self._asked:
            return
        session, today = self._session, self._session.bench.clock.today()
        lines = []
        for one in people:
            parts = (one.name, sex_words(session, one.sex), age_words(session, one.birth_date, today), one.address)
            lines.append((one.id, "　".join(part for part in parts if part)))
        self.popup.show_lines(lines, self._say("attendance.nobody", name=text), self.search)

    def _choose(self, text: str) -> None:
        """Enter: the first one found, whose card was scanned, or, where nobody is, the name as it is written."""
        if cards.token_in(text):
            token = cards.token_in(text)
            self._session.ask(
                self,
                lambda desk: cards.by_token(desk, token),
                lambda person: self._came(person.id),
                failed=self._refused,
            )
        elif text and text == self._asked and self.popup.first():
            self._came(self.popup.first())
        elif text and text == self._asked:
            self._write(lambda desk, record: activities.sign_in(desk, record, names=[text]))

    def _came(self, resident_id: str) -> None:
        self._write(lambda desk, record: activities.sign_in(desk, record, [SubjectId(resident_id)]))

    def _strike(self) -> None:
        place = self.table.chosen_row()
        if place >= 0:
            self._write(lambda desk, record: activities.strike(desk, record, place))

    def _write(self, change: Callable[[Desk, RecordId], Activity]) -> None:
        record_id = self._record
        if record_id is None:
            return
        self._asked = ""
        self.search.clear()
        self.popup.hide()
        self._session.ask(
            self,
            lambda desk: change(desk, record_id),
            changes=Changes(records=True, submissions=True),
            failed=self._refused,
            holding=(self.strike_button,),
        )
        self.search.setFocus()

    def _refused(self, problem: Problem) -> None:
        self.told.emit(self._session.sentence(problem), Tone.WRONG)
