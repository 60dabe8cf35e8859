"""The worklist of any day: what is due for whom, where, and why (R6.2).

What is due was worked out when the records were saved (``programmes.duties``); here it is only asked for a day.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, StationId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.functions import days_between
from jiandang_desktop.ports.care import DuePerson, DueQuery, DueRow
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.programmes.bands import Band, band_of
from jiandang_desktop.programmes.days import days_after
from jiandang_desktop.programmes.duties import Duty, DutyState, Membership, MembershipState
from jiandang_desktop.programmes.person import MEMBERSHIP
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due_words import (
    duty_reason,
    duty_words,
    membership_reason,
    programme_title,
    proposal_words,
)
from jiandang_desktop.services.known import keepers, known_household, known_resident
from jiandang_desktop.services.workbench import Workbench

WITHIN = 6
"""Days that the week's list looks ahead beyond its own day."""
_FURTHEST = 366


@dataclass(frozen=True, slots=True)
class DueFilter:
    """What a worklist shows; None and an empty set mean no restriction."""

    bands: frozenset[Band] = frozenset()
    programmes: frozenset[str] = frozenset()
    village_group: str | None = None
    doctor: str | None = None
    """Name of the responsible doctor in the registry."""
    station_id: StationId | None = None
    """At a township: one village's."""
    resident_id: SubjectId | None = None
    household_id: str | None = None


@dataclass(frozen=True, slots=True)
class DueLine:
    """One service to be given to somebody, or one question to be answered (``proposal``)."""

    person: DuePerson
    band: Band
    state: DutyState
    programme: str
    programme_title: str
    id: str
    """The duty's id within its programme; '' for a proposal."""
    what: str
    """The service in words."""
    why: str
    """Why it is due, in words."""
    form_id: FormId
    """The form to open; for a proposal that of the membership."""
    column: str
    known_from: str
    """The day of what called for it: the visit before, the opening."""
    opens: str
    target: str
    closes: str
    """'' for a proposal."""
    days: int
    """Days from the worklist's day to ``closes``; negative where it passed."""
    called_by: RecordId | None
    """The visit before, the referral; shown beside the form."""
    attempts: int
    last_attempt: str
    also: tuple[str, ...] = ()
    """Other programmes that the same sheet of the year serves."""
    proposal: bool = False
    """The records say that the person belongs to the programme; to be confirmed or refused."""

    @property
    def can_be_put_off(self) -> bool:
        """Whether somebody may say, with a reason, that it isn't needed this year: all that was found, not owed."""
        return self.band is Band.FOUND


@dataclass(frozen=True, slots=True)
class BandCount:
    """How much stands in a band."""

    duties: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of a day's worklist."""

    day: str
    until: str
    """The last day that counts as this week."""
    lines: tuple[DueLine, ...]
    """By village, address, person."""
    total: int
    """Lines on all pages together."""
    counts: Mapping[Band, BandCount]
    """Of every band under the same filter, ``bands`` not counted; all bands are there."""
    programmes: Mapping[str, int]
    """Lines of the bands shown by programme; programmes without any are left out."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a worklist can be filtered by: values that occur."""

    programmes: tuple[tuple[str, str], ...]
    """Id and title."""
    village_groups: tuple[str, ...]
    doctors: tuple[str, ...]
    stations: tuple[tuple[StationId, str], ...]


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A resident's stay in a programme, in words."""

    programme: str
    programme_title: str
    state: MembershipState
    since: str
    opened_on: str
    anchor: str
    why: str
    record_id: RecordId | None


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty of one resident on a day, done and lapsed ones too."""

    programme: str
    programme_title: str
    id: str
    what: str
    why: str
    state: DutyState
    band: Band | None
    form_id: FormId
    column: str
    known_from: str
    opens: str
    target: str
    closes: str
    lapses: str
    done_on: str
    done_by: RecordId | None
    called_by: RecordId | None
    attempts: int
    last_attempt: str


@dataclass(frozen=True, slots=True)
class ResidentCare:
    """All that the programmes say of one resident on a day."""

    person: DuePerson
    day: str
    memberships: tuple[MembershipLine, ...]
    duties: tuple[DutyLine, ...]
    """Open ones first, the most pressing on top; then upcoming, done and lapsed ones, newest first."""


EVERYTHING = DueFilter()


def worklist(
    desk: Desk,
    day: str | None = None,
    where: DueFilter = EVERYTHING,
    *,
    within: int = WITHIN,
    limit: int = 200,
    offset: int = 0,
) -> Worklist:
    """The worklist of a day, today without one: as of that day, past or to come.

    A village sees the people it keeps, a township those of all its villages. Nobody who died or moved away is in it.
    Problems: NOT_ALLOWED, DAY_INVALID, WITHIN_INVALID; NO_SUCH_PROGRAMME, NO_SUCH_STATION, NO_SUCH_RESIDENT,
    NO_SUCH_HOUSEHOLD of what the filter names: an empty list must mean that nothing is due.
    """
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        query = _query(desk, reader, day, where, within)
        rows, counts = reader.due_and_counts(query, limit=limit, offset=offset)
    shown = where.bands or frozenset(Band)
    by_band = Counter[Band]()
    by_programme = Counter[str]()
    for (band, programme), lines in counts.lines.items():
        by_band[band] += lines
        if band in shown:
            by_programme[programme] += lines
    return Worklist(
        day=query.day,
        until=query.until,
        lines=tuple(_line(desk.bench, query.day, row) for row in rows),
        total=by_programme.total(),
        counts={band: BandCount(by_band[band], counts.people[band]) for band in Band},
        programmes=dict(by_programme),
    )


def choices(desk: Desk) -> Choices:
    """What a worklist can be filtered by (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        below = [(row.id, row.name) for row in reader.stations() if row.relation == "child"]
        return Choices(
            programmes=tuple((each.id, programme_title(desk.bench, each.id)) for each in desk.bench.programmes),
            village_groups=tuple(reader.village_groups()),
            doctors=tuple(reader.doctors()),
            stations=tuple(below),
        )


def of_resident(desk: Desk, resident_id: SubjectId, day: str | None = None) -> ResidentCare:
    """What is due for one resident and why (NOT_ALLOWED, NO_SUCH_RESIDENT, DAY_INVALID); the view is logged.

    Only what was known by that day.
    """
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        query = _query(desk, reader, day, DueFilter(resident_id=resident_id), WITHIN)
        found = reader.care_of(resident_id)
    if found is None:
        raise Problem("NO_SUCH_RESIDENT", id=resident_id)
    person, care = found
    desk.vault.log("view_due", subject_id=resident_id)
    duties = [_duty_line(desk.bench, query, duty) for duty in care.duties if duty.known_from <= query.day]
    members = [_membership_line(desk.bench, each) for each in care.memberships if each.holds(query.day)]
    return ResidentCare(person, query.day, tuple(members), tuple(sorted(duties, key=_pressing)))


def checked_day(desk: Desk, day: str | None) -> str:
    """A day that exists, today where none is given (DAY_INVALID)."""
    day = desk.today() if day is None else day
    if days_between(day, day) is None:
        raise Problem("DAY_INVALID", day=day)
    return day


def _query(desk: Desk, reader: Reader, day: str | None, where: DueFilter, within: int) -> DueQuery:
    day = checked_day(desk, day)
    if not 0 <= within <= _FURTHEST:
        raise Problem("WITHIN_INVALID", days=within)
    for programme in sorted(where.programmes):
        if desk.bench.programmes.get(programme) is None:
            raise Problem("NO_SUCH_PROGRAMME", programme=programme)
    if where.resident_id is not None:
        known_resident(reader, where.resident_id)
    if where.household_id is not None:
        known_household(reader, SubjectId(where.household_id))
    return DueQuery(
        day=day,
        until=days_after(day, within),
        findings=frozenset(each.id for each in desk.bench.programmes if each.kind == "screening"),
        bands=where.bands,
        programmes=where.programmes,
        village_group=where.village_group,
        doctor=where.doctor,
        station_id=keepers(desk, reader, where.station_id),
        resident_id=where.resident_id,
        household_id=where.household_id,
    )


def _line(bench: Workbench, day: str, row: DueRow) -> DueLine:
    if row.duty is None:
        return _proposal(bench, day, row)
    duty = row.duty.on(day)
    return DueLine(
        person=row.person,
        band=row.band,
        state=duty.state(day),
        programme=duty.programme,
        programme_title=programme_title(bench, duty.programme),
        id=duty.id,
        what=duty_words(bench, duty),
        why=duty_reason(bench, duty, row.also),
        form_id=duty.form_id,
        column=duty.column,
        known_from=duty.known_from,
        opens=duty.opens,
        target=duty.target,
        closes=duty.closes,
        days=_days(day, duty.closes),
        called_by=duty.called_by,
        attempts=duty.attempts,
        last_attempt=duty.last_attempt,
        also=row.also,
    )


def _proposal(bench: Workbench, day: str, row: DueRow) -> DueLine:
    asked = row.proposal
    if asked is None:
        raise AssertionError("a line is about a duty or a membership")
    return DueLine(
        person=row.person,
        band=row.band,
        state=DutyState.DUE,
        programme=asked.programme,
        programme_title=programme_title(bench, asked.programme),
        id="",
        what=proposal_words(bench, asked),
        why=membership_reason(bench, asked),
        form_id=MEMBERSHIP,
        column="",
        known_from=asked.since,
        opens=asked.since,
        target=day,
        closes="",
        days=0,
        called_by=asked.record_id,
        attempts=0,
        last_attempt="",
        proposal=True,
    )


def _duty_line(bench: Workbench, query: DueQuery, duty: Duty) -> DutyLine:
    shown = duty.on(query.day)
    return DutyLine(
        programme=duty.programme,
        programme_title=programme_title(bench, duty.programme),
        id=duty.id,
        what=duty_words(bench, duty),
        why=duty_reason(bench, duty),
        state=duty.state(query.day),
        band=band_of(duty, query.day, query.until, query.findings),
        form_id=duty.form_id,
        column=duty.column,
        known_from=duty.known_from,
        opens=shown.opens,
        target=shown.target,
        closes=shown.closes,
        lapses=duty.lapses,
        done_on=duty.done_on,
        done_by=duty.done_by,
        called_by=duty.called_by,
        attempts=duty.attempts,
        last_attempt=duty.last_attempt,
    )


def _membership_line(bench: Workbench, each: Membership) -> MembershipLine:
    return MembershipLine(
        programme=each.programme,
        programme_title=programme_title(bench, each.programme),
        state=each.state,
        since=each.since,
        opened_on=each.opened_on,
        anchor=each.anchor,
        why=membership_reason(bench, each),
        record_id=each.record_id,
    )


_PRESSING = {state: number for number, state in enumerate((DutyState.OVERDUE, DutyState.DUE, DutyState.LOST))}


def _pressing(line: DutyLine) -> tuple[int, int, str, str]:
    """Open ones by the end of their window; upcoming ones by their beginning; what is over, newest first."""
    if line.state in _PRESSING:
        return 0, _PRESSING[line.state], line.closes, line.what
    if line.state is DutyState.UPCOMING:
        return 1, 0, line.opens, line.what
    return 2, -date.fromisoformat(line.done_on or line.closes).toordinal(), line.programme, line.id


def _days(day: str, closes: str) -> int:
    return int(days_between(day, closes) or 0)
