"""The township's board: which village has submitted in which period, who is late, what is missing in between (R9.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.schedules import Schedule, day_of
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import BundleRow, Reader, StationRow
from jiandang_desktop.services import succession
from jiandang_desktop.services.clock import doubt
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.freshness import taken_mark
from jiandang_desktop.services.parking import PARKED, UNKNOWN, Parked, parked
from jiandang_desktop.services.schedule import schedule_of

PERIODS = 6
_OLD = timedelta(days=62)
"""A bundle's own date counts unless it lies after its arrival, or this long before: then the clock was wrong."""


class State(StrEnum):
    """What a village did for one due date."""

    RECEIVED = "received"
    LATE = "late"
    """Received after the due date."""
    MISSING = "missing"
    DUE = "due"
    """Not there yet, and still in time."""
    BEFORE = "before"
    """Before the village was registered."""


@dataclass(frozen=True, slots=True)
class Period:
    """One due date of a village; ``day``: when its first bundle came."""

    due: date
    state: State
    day: date | None


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One village: its periods, the present one first, and the holes in its numbering."""

    station: StationRow
    schedule: Schedule
    periods: tuple[Period, ...]
    taken: int
    last_bundle: BundleRow | None
    missing: tuple[tuple[int, int], ...]
    parked: int

    @property
    def late(self) -> bool:
        """Whether somebody should telephone about the present period."""
        return self.periods[0].state is State.MISSING


@dataclass(frozen=True, slots=True)
class Board:
    """Every village, and whether this computer's date can be believed."""

    lines: tuple[BoardLine, ...]
    strangers: int
    """Parked bundles of stations that aren't registered."""
    doubtful: bool


def board(desk: Desk) -> Board:
    """The villages below that still submit: one that was handed over has a successor (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    today = desk.bench.clock.today()
    with desk.vault.read() as reader:
        came = [row for row in reader.bundles("in") if row.kind == "submission"]
        waits = parked(reader)
        closed = succession.known(reader).named
        doubtful = doubt(desk, reader) is not None
        lines = tuple(
            _line(reader, station, [row for row in came if row.peer == station.id], waits, today)
            for station in reader.stations()
            if station.relation == "child" and not station.revoked and station.id not in closed
        )
    strangers = sum(1 for item in waits if item.reason == UNKNOWN)
    return Board(lines, strangers, doubtful)


def _line(
    reader: Reader, station: StationRow, came: Sequence[BundleRow], waits: Sequence[Parked], today: date
) -> BoardLine:
    schedule = schedule_of(reader, StationId(station.id))
    mine = [item for item in waits if item.bundle.peer == station.id]
    return BoardLine(
        station=station,
        schedule=schedule,
        periods=tuple(_periods(schedule, station, came, today)),
        taken=taken_mark(reader, f"{station.id}/up").number,
        last_bundle=next((row for row in came if row.state != PARKED), None),
        missing=tuple(item.missing for item in mine if item.missing is not None),
        parked=len(mine),
    )


def _periods(schedule: Schedule, station: StationRow, came: Sequence[BundleRow], today: date) -> list[Period]:
    first: dict[int, date] = {}
    for row in came:
        arrived = _received(row)
        if arrived is None:
            continue
        number = schedule.nearest(_made(row, arrived))
        first[number] = min(arrived, first.get(number, arrived))
    since = _registered(station)
    present = schedule.nearest(today)
    return [
        _period(schedule, number, first.get(number), since, today) for number in range(present, present - PERIODS, -1)
    ]


def _period(schedule: Schedule, number: int, day: date | None, since: date | None, today: date) -> Period:
    due = schedule.due(number)
    before = since is not None and due < since
    if day is not None:
        return Period(due, State.LATE if day > due and not before else State.RECEIVED, day)
    if before:
        return Period(due, State.BEFORE, None)
    return Period(due, State.DUE if due >= today else State.MISSING, None)


def _received(row: BundleRow) -> date | None:
    """By this computer's calendar; bundles of earlier programs have only their own date."""
    return day_of(str(row.summary.get("received", row.made_at)))


def _made(row: BundleRow, arrived: date) -> date:
    made = day_of(row.made_at)
    return made if made is not None and made <= arrived <= made + _OLD else arrived


def _registered(station: StationRow) -> date | None:
    """The date on the certificate that the station was given here."""
    try:
        return day_of(str(canonical.decode(station.certificate.split(b"\n")[1])["made_at"]))
    except (IndexError, KeyError, TypeError, canonical.NotCanonical):
        return None
