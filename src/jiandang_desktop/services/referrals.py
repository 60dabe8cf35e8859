"""Referrals and requests for a consultation, from the slip that goes out to the answer that came home (R7).

One record, whose first part the village writes and whose answer the township writes on the same record: up with the
submission, down with what goes home. How far it is follows from its answers, from what the receipts said, and from
what the neighbour has taken; nothing else is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, RevisionId, StationId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Reader, RecordRow, ResidentRow, Verdict
from jiandang_desktop.programmes.duties import Duty, DutyState
from jiandang_desktop.programmes.slips import SlipKind
from jiandang_desktop.services import records
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.keeping import keeper_name
from jiandang_desktop.services.records import Entry
from jiandang_desktop.services.registry import LEFT

_FRESH = timedelta(days=14)
"""An answer is news for so long."""
_LISTED = timedelta(days=730)
"""Slips that went out earlier are listed only where everything is asked for."""


class SlipState(StrEnum):
    """How far a slip is."""

    ISSUED = "issued"
    RECEIVED = "received"
    """The township has it in its archive."""
    ACCEPTED = "accepted"
    """The institution it was sent to has seen the patient."""
    ANSWERED = "answered"
    """The answer is written at the township; the village hasn't said that it has it."""
    HOME = "home"
    TRACKED = "tracked"
    """No slip came back; what became of the patient was learnt otherwise."""
    ENDED = "ended"
    """The resident died or left before an answer came."""


OPEN = frozenset({SlipState.ISSUED, SlipState.RECEIVED, SlipState.ACCEPTED})
"""States in which an answer is waited for."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One referral or request. Days are ISO."""

    kind: SlipKind
    record: RecordRow
    answers: Answers
    resident: ResidentRow
    state: SlipState
    asked_on: str
    answer_by: str
    """The last day on which an answer is in time, as the programmes say; '' where nobody waits any more."""
    overdue: bool
    sender: str
    to: str
    about: str
    result: str
    answered_on: str
    days_late: int
    """Whole days since ``answer_by``; 0 where the slip isn't overdue."""

    @property
    def can_be_accepted(self) -> bool:
        """Whether it is still to be said that the patient was seen."""
        return bool(self.kind.accepted_on) and self.state in (SlipState.ISSUED, SlipState.RECEIVED)

    @property
    def waits(self) -> bool:
        """Whether an answer is waited for."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is to do. ``fresh``: answers written within the last two weeks, and here."""

    waiting: int
    overdue: int
    fresh: int


def listing(desk: Desk, kind: str = "", *, everything: bool = False) -> list[Slip]:
    """Slips: those that wait first, the longest waiting on top, then the others, newest first.

    A village sees those of the people it keeps. ``everything``: those of more than two years ago too.
    Problems: NOT_ALLOWED.
    """
    desk.require(Right.READ_RECORDS)
    since = "" if everything else (desk.bench.clock.today() - _LISTED).isoformat()
    with desk.vault.read() as reader:
        view = _View(desk, reader)
        found = [
            slip
            for one in desk.bench.slips.kinds
            if kind in ("", one.id)
            for row in reader.records_of_form(one.form_id, since)
            if (slip := view.slip(one, row)) is not None and _is_ours(desk, slip)
        ]
    waiting = sorted((slip for slip in found if slip.waits), key=lambda slip: slip.asked_on)
    return waiting + sorted((slip for slip in found if not slip.waits), key=lambda slip: slip.asked_on, reverse=True)


def _is_ours(desk: Desk, slip: Slip) -> bool:
    return desk.station.level != "village" or slip.resident.station_id == desk.station.id


def counts(desk: Desk) -> Counts:
    """How many wait, how many of them too long, how many answers are new (NOT_ALLOWED)."""
    found = listing(desk)
    recent = (desk.bench.clock.today() - _FRESH).isoformat()
    return Counts(
        waiting=sum(slip.waits for slip in found),
        overdue=sum(slip.overdue for slip in found),
        fresh=sum(slip.state is SlipState.HOME and slip.answered_on >= recent for slip in found),
    )


def among(desk: Desk, reader: Reader, rows: Sequence[RecordRow]) -> dict[RecordId, Slip]:
    """Those of some records that are slips, by record; the caller asked for the right."""
    view = _View(desk, reader)
    kinds = ((desk.bench.slips.kind_of(row.form_id), row) for row in rows)
    slips = (view.slip(kind, row) for kind, row in kinds if kind is not None)
    return {slip.record.record_id: slip for slip in slips if slip is not None}


def show(desk: Desk, record_id: RecordId) -> Slip:
    """One slip (NOT_ALLOWED, NO_SUCH_SLIP); the view is logged."""
    slip = _shown(desk, record_id)
    desk.vault.log("view_record", subject_id=slip.record.subject_id, record=record_id)
    return slip


def accept(desk: Desk, record_id: RecordId, day: str = "", by: str = "") -> Slip:
    """The patient has been seen: on ``day`` (today) by ``by`` (who is signed in).

    Problems: NOT_ALLOWED, NO_SUCH_SLIP, SLIP_ANSWERED, ANSWERS_INVALID for a day that can't be.
    """
    slip = _shown(desk, record_id)
    kind = slip.kind
    if not kind.accepted_on:
        raise Problem("NO_SUCH_SLIP")
    if kind.is_answered(slip.answers):
        raise Problem("SLIP_ANSWERED")
    said = {kind.accepted_on: day or desk.today(), kind.accepted_by: by or desk.staff.name}
    records.change_record(desk, record_id, said)
    return _shown(desk, record_id)


def track(desk: Desk, record_id: RecordId, result: str, day: str = "") -> Slip:
    """What became of the patient was learnt by telephone or at a visit, on ``day`` (today).

    Problems: NOT_ALLOWED, NO_SUCH_SLIP, SLIP_ANSWERED, ANSWERS_INVALID.
    """
    slip = _shown(desk, record_id)
    kind = slip.kind
    if not kind.tracked:
        raise Problem("NO_SUCH_SLIP")
    if kind.is_answered(slip.answers):
        raise Problem("SLIP_ANSWERED")
    records.change_record(desk, record_id, {kind.tracked_on: day or desk.today(), kind.tracked: result})
    return _shown(desk, record_id)


def begin_answer(desk: Desk, record_id: RecordId) -> Entry:
    """Begin the answer: a draft of the record in which all that is known of its second part stands.

    Problems: NOT_ALLOWED, NO_SUCH_SLIP.
    """
    slip = _shown(desk, record_id)
    entry = records.open_entry(desk, slip.kind.form_id, slip.record.subject_id, record_id)
    known = records.filled_in(entry.answers, entry, _answer_fields(slip.kind, entry))
    records.keep_draft(desk, entry, {**entry.answers, **known}, entry.place)
    return records.open_entry(desk, slip.kind.form_id, slip.record.subject_id, record_id)


def answer(
    desk: Desk, record_id: RecordId, answers: Mapping[str, Any], confirmed: frozenset[str] = frozenset()
) -> Slip:
    """Write the answer on the slip: the questions of its second part. What is known is filled in beside them.

    Problems: NOT_ALLOWED, NO_SUCH_SLIP, ANSWERS_INVALID, ANSWERS_UNSURE, RECORD_CHANGED.
    """
    slip = _shown(desk, record_id)
    kind = slip.kind
    entry = records.open_entry(desk, kind.form_id, slip.record.subject_id, record_id)
    known = records.filled_in({**slip.record.answers, **answers}, entry, _answer_fields(kind, entry))
    records.change_record(desk, record_id, {**known, **answers}, confirmed)
    return _shown(desk, record_id)


def _answer_fields(kind: SlipKind, entry: Entry) -> set[str]:
    return {item.id for part in entry.form.sections if part.id not in kind.out for item in part.fields}


def state_words(desk: Desk, slip: Slip, *, short: bool = False) -> str:
    """How far a slip is, in words; of one that waits until when an answer is in time. ``short``: for a list."""
    if short:
        return desk.bench.text("terms", f"slip_short.{'overdue' if slip.overdue else slip.state}", days=slip.days_late)
    words = desk.bench.text("terms", f"slip_state.{slip.state}")
    if not slip.waits or not slip.answer_by:
        return words
    return words + desk.bench.text("terms", f"slip_wait.{'overdue' if slip.overdue else 'waiting'}", day=slip.answer_by)


def told(desk: Desk, slip: Slip) -> tuple[tuple[str, str], ...]:
    """Labels and answers that somebody reads who looks at a slip; the other side's first."""
    form = desk.forms.edition(slip.record.form_id, slip.record.form_version)
    later = (*slip.kind.answered, slip.kind.tracked)
    wanted = [name for name in slip.kind.shown if name in slip.answers]
    halves = ([name for name in wanted if name in later], [name for name in wanted if name not in later])
    said = (records.answers_in_words(form, {name: slip.answers[name] for name in half}) for half in halves)
    return tuple(pair for pairs in said for pair in pairs)


def _shown(desk: Desk, record_id: RecordId) -> Slip:
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        row = reader.record(record_id)
        kind = desk.bench.slips.kind_of(row.form_id) if row is not None else None
        slip = _View(desk, reader).slip(kind, row) if row is not None and kind is not None else None
    if slip is None:
        raise Problem("NO_SUCH_SLIP")
    return slip


class _View:
    """Slips out of one view of the vault; who and what they are about is read once for all of a person's."""

    def __init__(self, desk: Desk, reader: Reader) -> None:
        self._desk = desk
        self._reader = reader
        self._residents: dict[SubjectId, ResidentRow | None] = {}
        self._duties: dict[SubjectId, Sequence[Duty]] = {}

    def slip(self, kind: SlipKind, row: RecordRow) -> Slip | None:
        """A record as a slip; None for one that never waited for an answer."""
        answers = self._of_all_heads(row)
        asked_on = str(answers.get(kind.asked_on, ""))
        resident = self._resident(row.subject_id)
        if not asked_on or resident is None:
            return None
        state = self._state(kind, row, answers)
        if state in OPEN and resident.status in LEFT:
            state = SlipState.ENDED
        duty = self._duty(kind, row, resident) if state in OPEN else None
        clock = self._desk.bench.clock
        overdue = duty is not None and duty.state(clock.today().isoformat()) is DutyState.OVERDUE
        return Slip(
            kind=kind,
            record=row,
            answers=answers,
            resident=resident,
            state=state,
            asked_on=asked_on,
            answer_by=duty.closes if duty is not None else "",
            overdue=overdue,
            days_late=(clock.today() - date.fromisoformat(duty.closes)).days if duty is not None and overdue else 0,
            sender=str(answers.get(kind.sender, "")) or keeper_name(self._desk, self._reader, row.subject_id),
            to=str(answers.get(kind.to, "")),
            about=str(answers.get(kind.about, "")),
            result=str(answers.get(kind.result) or answers.get(kind.tracked, "")),
            answered_on=str(answers.get(kind.answered_on, "")),
        )

    def _resident(self, subject_id: SubjectId) -> ResidentRow | None:
        """The person, or whoever took the folder in."""
        if subject_id not in self._residents:
            row = self._reader.resident(subject_id)
            if row is not None and row.merged_into:
                row = self._reader.resident(SubjectId(row.merged_into))
            self._residents[subject_id] = row
        return self._residents[subject_id]

    def _duty(self, kind: SlipKind, row: RecordRow, resident: ResidentRow) -> Duty | None:
        """The duty to see to the answer, as the programmes know it (``programmes.processes``; RF02, rules 4.1)."""
        if resident.id not in self._duties:
            found = self._reader.care_of(resident.id)
            self._duties[resident.id] = found[1].duties if found is not None else ()
        duties = self._duties[resident.id]
        return next((duty for duty in duties if duty.called_by == row.record_id and duty.programme == kind.id), None)

    def _state(self, kind: SlipKind, row: RecordRow, answers: Answers) -> SlipState:
        if kind.is_answered(answers):
            return SlipState.ANSWERED if self._outgoing.intersection(row.heads) else SlipState.HOME
        if answers.get(kind.tracked):
            return SlipState.TRACKED
        if answers.get(kind.accepted_on):
            return SlipState.ACCEPTED
        return SlipState.RECEIVED if self._has_arrived(row) else SlipState.ISSUED

    def _has_arrived(self, row: RecordRow) -> bool:
        """Whether the station above the one that wrote the slip has it: by a receipt, or because that one is here."""
        station = self._desk.station
        if row.verdict == Verdict.ARCHIVED or (station.level != "village" and row.station_id != station.id):
            return True
        history = self._reader.history(row.record_id)
        if station.level != "village":
            return history[0].station_id != station.id
        return any(self._reader.verdict(revision.id) == Verdict.ARCHIVED for revision in history)

    def _of_all_heads(self, row: RecordRow) -> Answers:
        """What any of the states that lie side by side says: an answer counts before the two are joined."""
        if len(row.heads) == 1:
            return row.answers
        others = (self._reader.revision(head) for head in row.heads[1:])
        beside = {key: value for each in others if each is not None for key, value in each.answers.items()}
        return {**beside, **row.answers}

    @cached_property
    def _outgoing(self) -> frozenset[RevisionId]:
        """What waits here for stations below, or is on its way: they haven't said to have it."""
        found: set[RevisionId] = set()
        for station in self._reader.stations():
            if station.relation == "child":
                stream = self._desk.station.down_stream(StationId(station.id))
                taken = self._reader.mark(stream, "received")
                after = taken.number if taken else 0
                last = self._reader.stream_head(stream).number
                found.update(self._reader.stream_revision_ids(stream, after + 1, last))
        return frozenset(found)
