"""Who belongs to a programme: proposed by the records, decided by people (R6.1).

A decision is a record of the form ``programme_membership``, one for each stay: closing a stay changes the record that
opened it, or makes one where a special form or the age opened it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, StationId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.care import DuePerson, MemberQuery
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.programmes.duties import Membership, MembershipState
from jiandang_desktop.programmes.person import MEMBERSHIP
from jiandang_desktop.services import records
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import checked_day
from jiandang_desktop.services.due_words import membership_reason, programme_title
from jiandang_desktop.services.known import keepers, known_resident
from jiandang_desktop.services.records import Filed
from jiandang_desktop.services.registry import LEFT

_NONE: frozenset[str] = frozenset()
_ENROLLED, _REFUSED, _CLOSED = "1", "2", "3"
"""Codes of programme_membership.decision."""


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    """A programme and how many people stand how to it on a day."""

    id: str
    title: str
    people: Mapping[MembershipState, int]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a list of a programme's members."""

    person: DuePerson
    state: MembershipState
    since: str
    opened_on: str
    why: str


def programmes(desk: Desk, day: str | None = None, station_id: StationId | None = None) -> list[ProgrammeFigures]:
    """The programmes that people belong to, with their figures on a day (NOT_ALLOWED, DAY_INVALID, NO_SUCH_STATION)."""
    desk.require(Right.READ_RECORDS)
    day = checked_day(desk, day)
    with desk.vault.read() as reader:
        counted = reader.count_members(day, keepers(desk, reader, station_id))
    people: dict[str, Counter[MembershipState]] = {}
    for (programme, state), count in counted.items():
        people.setdefault(programme, Counter())[state] += count
    shown = [each.id for each in desk.bench.programmes if each.kind == "population"]
    return [ProgrammeFigures(each, programme_title(desk.bench, each), people.get(each, Counter())) for each in shown]


def members(
    desk: Desk,
    programme: str,
    state: MembershipState = MembershipState.OPEN,
    day: str | None = None,
    *,
    station_id: StationId | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Member]:
    """Who stands so to a programme on a day, in walking order.

    Problems: NOT_ALLOWED, DAY_INVALID, NO_SUCH_PROGRAMME, NO_SUCH_STATION.
    """
    desk.require(Right.READ_RECORDS)
    _known(desk, programme)
    day = checked_day(desk, day)
    with desk.vault.read() as reader:
        query = MemberQuery(day, programme, state, keepers(desk, reader, station_id))
        rows = reader.members_of(query, limit=limit, offset=offset)
    return [
        Member(person, each.state, each.since, each.opened_on, membership_reason(desk.bench, each))
        for person, each in rows
    ]


def enrol(
    desk: Desk,
    resident_id: SubjectId,
    programme: str,
    day: str | None = None,
    facts: Answers | None = None,
    confirmed: frozenset[str] = _NONE,
) -> Filed:
    """Take somebody into a programme, proposed or not; ``facts``: other answers of the form (diagnosis, last period …).

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NO_SUCH_PROGRAMME, DAY_INVALID, MEMBERSHIP_OPEN where a stay is open,
    MEMBERSHIP_LEFT of somebody who died or moved away, KEPT_ELSEWHERE, ANSWERS_INVALID, ANSWERS_UNSURE.
    """
    desk.require(Right.WRITE_RECORDS)
    day = checked_day(desk, day)
    with desk.vault.read() as reader:
        row = known_resident(reader, resident_id)
        if row.status in LEFT:
            raise Problem("MEMBERSHIP_LEFT", name=row.name)
        standing = _stays(desk, reader, resident_id, programme)
    # A stay that ends later than the new one begins would run beside it.
    beside = _open_after(standing, day)
    if beside is not None:
        title = programme_title(desk.bench, programme)
        raise Problem("MEMBERSHIP_OPEN", name=row.name, programme=title, since=beside.since)
    return _decide(desk, resident_id, {**(facts or {}), **_decision(programme, _ENROLLED, day)}, confirmed)


def refuse(
    desk: Desk,
    resident_id: SubjectId,
    programme: str,
    reason: str,
    day: str | None = None,
    words: str = "",
    confirmed: frozenset[str] = _NONE,
) -> Filed:
    """Not for now, with the reason (a code of the form); asked again from next 1 January (rules 3.9).

    Also ends a stay that the age opened, and puts off a screening. Problems: as ``enrol``; ANSWERS_INVALID for an
    unknown reason; MEMBERSHIP_BY_RECORD where a record opened the stay: that one is closed.
    """
    desk.require(Right.WRITE_RECORDS)
    day = checked_day(desk, day)
    with desk.vault.read() as reader:
        current = _standing(_stays(desk, reader, resident_id, programme, "population", "screening"), day)
    if current is not None and current.state is MembershipState.OPEN and current.record_id is not None:
        raise Problem("MEMBERSHIP_BY_RECORD", programme=programme_title(desk.bench, programme))
    answers = {**_decision(programme, _REFUSED, day), **_reason("refusal_reason", reason, words)}
    return _decide(desk, resident_id, answers, confirmed)


def close(
    desk: Desk,
    resident_id: SubjectId,
    programme: str,
    reason: str,
    day: str | None = None,
    words: str = "",
    facts: Answers | None = None,
    confirmed: frozenset[str] = _NONE,
) -> Filed:
    """End a stay, with the reason (a code of the form).

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NO_SUCH_PROGRAMME, DAY_INVALID, MEMBERSHIP_NOT_OPEN, KEPT_ELSEWHERE,
    ANSWERS_INVALID (an unknown reason, a day before the stay began), ANSWERS_UNSURE.
    """
    desk.require(Right.WRITE_RECORDS)
    day = checked_day(desk, day)
    with desk.vault.read() as reader:
        stay = _open_after(_stays(desk, reader, resident_id, programme), day)
        record = reader.record(stay.record_id) if stay is not None and stay.record_id is not None else None
    if stay is None:
        raise Problem("MEMBERSHIP_NOT_OPEN", programme=programme_title(desk.bench, programme))
    own = record if record is not None and record.form_id == MEMBERSHIP else None
    answers = {
        **(own.answers if own else {}),
        **(facts or {}),
        **_decision(programme, _CLOSED, day),
        "enrolled_on": stay.opened_on,
        **_reason("closing_reason", reason, words),
    }
    return _decide(desk, resident_id, answers, confirmed, own.record_id if own else None)


def reopen(desk: Desk, resident_id: SubjectId, programme: str, confirmed: frozenset[str] = _NONE) -> Filed:
    """Take back the last closing: the stay goes on as if it hadn't been closed.

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NO_SUCH_PROGRAMME, MEMBERSHIP_NOT_CLOSED where the last stay wasn't closed
    by a person's decision, KEPT_ELSEWHERE, ANSWERS_INVALID, ANSWERS_UNSURE.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.read() as reader:
        last = next(iter(reversed(_stays(desk, reader, resident_id, programme))), None)
        record = reader.record(last.record_id) if last is not None and last.record_id is not None else None
    if last is None or last.state is not MembershipState.CLOSED or record is None or record.form_id != MEMBERSHIP:
        raise Problem("MEMBERSHIP_NOT_CLOSED", programme=programme_title(desk.bench, programme))
    closing = {name for name in record.answers if name.startswith(("closing_reason", "enrolled_on"))}
    kept = {name: value for name, value in record.answers.items() if name not in closing}
    return _decide(
        desk, resident_id, {**kept, **_decision(programme, _ENROLLED, last.opened_on)}, confirmed, record.record_id
    )


def _decide(
    desk: Desk,
    resident_id: SubjectId,
    answers: Answers,
    confirmed: frozenset[str],
    record_id: RecordId | None = None,
) -> Filed:
    entry = records.open_entry(desk, MEMBERSHIP, resident_id, record_id)
    signed = {"doctor_signature": desk.staff.name, **answers}
    return records.file_record(desk, entry, signed, confirmed)


def _decision(programme: str, decision: str, day: str) -> dict[str, str]:
    return {"programme": programme, "decision": decision, "decision_date": day}


def _reason(field: str, reason: str, words: str) -> dict[str, str]:
    return {field: reason} | ({f"{field}.{reason}": words} if words else {})


def _stays(desk: Desk, reader: Reader, resident_id: SubjectId, programme: str, *kinds: str) -> list[Membership]:
    """How it stood over time with one programme, oldest first (NO_SUCH_PROGRAMME, NO_SUCH_RESIDENT)."""
    _known(desk, programme, *kinds)
    found = reader.care_of(resident_id)
    if found is None:
        raise Problem("NO_SUCH_RESIDENT", id=resident_id)
    return sorted((each for each in found[1].memberships if each.programme == programme), key=lambda each: each.since)


def _standing(rows: list[Membership], day: str) -> Membership | None:
    return next((each for each in rows if each.holds(day)), None)


def _open_after(rows: list[Membership], day: str) -> Membership | None:
    """The stay that is open on a day, or that a record opens later; one to come by age is none yet."""
    stays = (each for each in rows if each.state is MembershipState.OPEN and day < each.until)
    return next((each for each in stays if each.since <= day or each.record_id is not None), None)


def _known(desk: Desk, programme: str, *kinds: str) -> None:
    """Refuse what is no programme of one of these kinds, one with members where none is named (NO_SUCH_PROGRAMME)."""
    known = desk.bench.programmes.get(programme)
    if known is None or known.kind not in (kinds or ("population",)):
        raise Problem("NO_SUCH_PROGRAMME", programme=programme)
