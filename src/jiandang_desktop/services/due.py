"""The worklist of any day: what is due for whom, where, and why (R6.2).

What is due was worked out when the records were saved (``programmes.duties``); here it is only asked for a day.
"""

# ruff: noqa: ARG001 - bodies follow
from collections.abc import Mapping
from dataclasses import dataclass

from jiandang_desktop.domain.records import FormId, RecordId, StationId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.printing import Page
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.programmes.duties import DutyState, MembershipState
from jiandang_desktop.services.desk import Desk

WITHIN = 6
"""Days that the week's list looks ahead beyond its own day."""


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
class DuePerson:
    """Whom a line is about, as a list shows one."""

    id: SubjectId
    name: str
    sex: str
    birth_date: str
    phone: str
    village_group: str
    address: str
    household_id: str
    relation_to_head: str
    doctor: str
    status: str
    station_id: StationId


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
    opens: str
    target: str
    closes: str
    days: int
    """Days from the worklist's day to ``closes``; negative where it passed."""
    called_by: RecordId | None
    """The visit before, the referral; shown beside the form."""
    attempts: int
    last_attempt: str
    proposal: bool = False
    """The records say that the person belongs to the programme; to be confirmed or refused."""


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
    """The worklist of a day, today without one: as of that day, past or to come (NOT_ALLOWED, DATE_INVALID).

    A village sees the people it keeps, a township those of all its villages. Nobody who died or moved away is in it.
    """
    desk.require(Right.READ_RECORDS)
    raise NotImplementedError


def choices(desk: Desk) -> Choices:
    """What a worklist can be filtered by (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    raise NotImplementedError


def of_resident(desk: Desk, resident_id: SubjectId, day: str | None = None) -> ResidentCare:
    """What is due for one resident and why (NOT_ALLOWED, NO_SUCH_RESIDENT, DATE_INVALID); the view is logged."""
    desk.require(Right.READ_RECORDS)
    raise NotImplementedError


def round_pages(
    desk: Desk, day: str | None = None, where: DueFilter = EVERYTHING, *, within: int = WITHIN
) -> list[Page]:
    """The round list on paper: by address, with phone, what, why and room for the result (NOT_ALLOWED, GLYPH_MISSING).

    Lines of the bands asked for; without any: overdue, this week's and lost ones.
    """
    desk.require(Right.PRINT)
    raise NotImplementedError
