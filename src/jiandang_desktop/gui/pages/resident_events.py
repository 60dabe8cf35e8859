"""变动: what changed about somebody or in somebody's life, from a short menu; each leads to the one sheet it needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.forms.functions import age_at
from jiandang_desktop.gui.kit import (
    Dialog,
    LabelledRow,
    MenuButton,
    PlainButton,
    PrimaryButton,
    Tone,
    line_edit,
    quiet_label,
)
from jiandang_desktop.gui.rehouse_dialog import RehouseDialog
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import life_events
from jiandang_desktop.services.closing import CLOSURE, DEAD
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registry import ACTIVE

_ENDS = {"death": "1", "moved_away": "2", "lost": "3", "ended": ""}
"""What the menu calls an end, and the reason that stands on the closing form then; '' leaves it to the person."""
_GROWN_UP = 18
"""Years from which nobody asks for the mother any more."""
_CHANGED = Changes(registry=True, records=True, submissions=True)


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be done here: change the registration, write down events, move to another village of the township,
    leave the area."""

    edit: bool
    events: bool
    move: bool
    leave: bool


class EventMenu(MenuButton):
    """``edit_wanted``, ``move_wanted``, ``leave_wanted``, ``sheet_wanted(form, resident, start)``,
    ``child_wanted(mother)``; ``told(sentence)`` when something was done."""

    edit_wanted = Signal()
    move_wanted = Signal()
    leave_wanted = Signal()
    sheet_wanted = Signal(str, str, object)
    child_wanted = Signal(str)
    told = Signal(str)
    unlinked = Signal(str, object)
    """A mother's link was taken away: the sentence, and what takes that back."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session.bench.text("form_window", "event.title"), "resident_event", parent)
        self._session = session

    def show_resident(
        self,
        resident: ResidentRow,
        offers: Offers,
        members: Sequence[ResidentRow] = (),
        mother: ResidentRow | None = None,
    ) -> None:
        """Offer what can happen to this person now: the dead can only turn out to be alive.

        A child is linked with one of the household's women (``members``) here, too, or no longer with its ``mother``.
        """
        self.clear()
        if offers.edit:
            self._offer("edit", self.edit_wanted.emit)
        if offers.events:
            self._offer_family(resident, members, mother)
        self.part()
        if offers.move:
            self.offer(self._session.bench.text("decisions", "do.move"), "event_move", self.move_wanted.emit)
        if offers.leave and resident.status != DEAD:
            self.offer(self._session.bench.text("handover", "leave.button"), "event_leave", self.leave_wanted.emit)
        if offers.events and resident.status != DEAD:
            self.part()
            for key, reason in _ENDS.items():
                start = {"closure_reason": reason} if reason else {}
                self._offer(key, partial(self.sheet_wanted.emit, CLOSURE, resident.id, start))
        self.setEnabled(not self.menu_below.isEmpty())

    def _offer_family(self, resident: ResidentRow, members: Sequence[ResidentRow], mother: ResidentRow | None) -> None:
        """Back, a birth, another household, whose child it is."""
        self.part()
        today = self._session.bench.clock.today().isoformat()
        if resident.status != ACTIVE:
            self._offer("not_dead" if resident.status == DEAD else "returned", partial(self._ask_back, resident))
        elif life_events.could_bear(resident, today):
            self._offer("birth", partial(self.child_wanted.emit, resident.id))
        if resident.status != ACTIVE:
            return
        self._offer("rehouse", partial(self._rehouse, resident))
        self.part()
        say = self._session.bench.text
        if (age_at(resident.birth_date, today) or 0) < _GROWN_UP:
            for woman in life_events.likely_mothers(resident, members):
                text = say("form_window", "event.mother", name=woman.name)
                self.offer(text, f"event_mother_{woman.id}", partial(self._link, resident, woman))
        if mother is not None:
            text = say("form_window", "event.not_mother", name=mother.name)
            self.offer(text, "event_not_mother", partial(self._unlink, resident, mother))

    def _offer(self, key: str, slot: Callable[[], None]) -> None:
        self.offer(self._session.bench.text("form_window", f"event.{key}"), f"event_{key}", slot)

    def _rehouse(self, resident: ResidentRow) -> None:
        RehouseDialog(self._session, resident, self.told.emit, self.window()).open()

    def _link(self, child: ResidentRow, mother: ResidentRow) -> None:
        def work(desk: Desk) -> ResidentRow:
            return life_events.link_mother(desk, child.id, mother.id)

        told = self._session.bench.text("form_window", "event.linked", child=child.name, mother=mother.name)
        self._session.ask(self, work, lambda _row: self.told.emit(told), changes=_CHANGED, holding=(self,))

    def _unlink(self, child: ResidentRow, mother: ResidentRow) -> None:
        def work(desk: Desk) -> ResidentRow:
            return life_events.link_mother(desk, child.id, None)

        told = self._session.bench.text("form_window", "event.unlinked", child=child.name, mother=mother.name)
        back = partial(self._link, child, mother)
        self._session.ask(self, work, lambda _row: self.unlinked.emit(told, back), changes=_CHANGED, holding=(self,))

    def _ask_back(self, resident: ResidentRow) -> None:
        ReturnDialog(self._session, resident, self.told.emit, self.window()).open()


class ReturnDialog(Dialog):
    """Since when somebody is back, and why; ``done(sentence)`` is called when the record is open again."""

    def __init__(
        self, session: Session, resident: ResidentRow, done: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("return", session.text("title"), parent)
        self.setFixedWidth(560)
        self._session = session
        self._resident = resident
        self._told = done
        self._sure: frozenset[str] = frozenset()
        say = self.words
        self.day = line_edit("return_day")
        self.day.setText(session.bench.clock.today().isoformat())
        self.reason = line_edit("return_reason", say("event.reason_hint"))
        self.rows = {
            "status_date": LabelledRow(say("event.day"), self.day),
            "status_reason": LabelledRow(say("event.reason"), self.reason),
        }
        self.go = PrimaryButton(say("event.reopen"), "return_go")
        stay = PlainButton(say("event.cancel"), "return_cancel")
        status = session.bench.tables["record_status"].label(resident.status)
        ended = say("resident.ended", status=status, day=str(resident.answers.get("status_date", "")))
        who = quiet_label(say("event.reopen_who", name=resident.name, ended=ended))
        self.lay_out(say("event.reopen_title"), who, *self.rows.values(), go=self.go, close=stay)
        self.go.clicked.connect(self._go)
        for edit in (self.day, self.reason):
            edit.textEdited.connect(lambda _text: self._changed())
        self.reason.setFocus()

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    def _changed(self) -> None:
        self._sure = frozenset()
        self.go.setText(self.words("event.reopen"))
        self.message.hide()
        for each in self.rows.values():
            each.complain("")

    def _go(self) -> None:
        who, reason, day, sure = self._resident.id, self.reason.text(), self.day.text().strip(), self._sure

        def work(desk: Desk) -> ResidentRow:
            return life_events.returned(desk, who, reason, day, sure)

        self._session.ask(self, work, self._done, changes=_CHANGED, failed=self._refused, holding=(self.go,))

    def _done(self, row: ResidentRow) -> None:
        self._told(self.words("event.reopened", name=row.name))
        self.accept()

    def _refused(self, problem: Problem) -> None:
        self._changed()
        findings = [item for item in problem.findings if isinstance(item, Finding)]
        for finding in findings:
            if finding.field_id in self.rows:
                self.rows[finding.field_id].complain(finding.message)
        if problem.code == "ANSWERS_UNSURE":
            self._sure = frozenset(finding.key for finding in findings)
            self.go.setText(self.words("event.reopen_sure"))
        elif not findings:
            self.message.say(self._session.sentence(problem), Tone.WRONG)
