"""Move a resident or a household to another village of the township (R9.6).

The township changes who keeps the record; the old village gets the change and may only read from then on; the new
village gets everything that was ever written. A late change of the old village waits at the township for a person.
"""

from dataclasses import dataclass

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, StationId, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.validator import require_valid
from jiandang_desktop.ports.vault import HouseholdRow, StationRow, UnitOfWork
from jiandang_desktop.services import succession
from jiandang_desktop.services.desk import Desk, form_for
from jiandang_desktop.services.downward import child, waiting
from jiandang_desktop.services.known import known_household, known_resident
from jiandang_desktop.services.registry import HEAD, registry_context, revise_registry, write_registry


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move led to."""

    station: StationRow
    residents: tuple[SubjectId, ...]
    household: SubjectId
    revisions: int
    """How many were put on their way to the new village."""


def move_household(desk: Desk, household_id: SubjectId, station_id: StationId, address: Answers | None = None) -> Moved:
    """Move a household with everybody in it; ``address`` holds new answers of the household's registry form.

    Problems: NOT_ALLOWED, NO_SUCH_HOUSEHOLD, NO_SUCH_STATION, MOVE_TO_CLOSED, KEPT_THERE, ANSWERS_INVALID.
    """
    desk.require(Right.INTAKE)
    with desk.vault.work("move_household") as work:
        station = _target(work, station_id)
        household = known_household(work, household_id)
        if household.station_id == station.id:
            raise Problem("KEPT_THERE", station=station.name)
        members = [row for row in work.members(household_id) if row.station_id == household.station_id]
        people = [row.id for row in members] + [each.id for row in members for each in work.merged_into(row.id)]
        already, kept = waiting(desk, work, station.id), _kept(station)
        revise_registry(desk, work, household_id, {**kept, **(address or {})})
        home = known_household(work, household_id)
        lives = {"current_address": home.address, "village_group": home.village_group or None} if address else {}
        for resident_id in people:
            revise_registry(desk, work, resident_id, {**kept, **lives})
        sent = waiting(desk, work, station.id) - already
        work.note(subject_id=household_id, station=station.id)
        work.commit()
    return Moved(station, tuple(people), household_id, sent)


def move_resident(
    desk: Desk,
    resident_id: SubjectId,
    station_id: StationId,
    *,
    household_id: SubjectId | None = None,
    address: Answers | None = None,
    relation: str = HEAD,
) -> Moved:
    """Move one person, into a household that the new village keeps or into a new one at ``address``.

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NO_SUCH_HOUSEHOLD, NO_SUCH_STATION, MOVE_TO_CLOSED, KEPT_THERE,
    HOUSEHOLD_ELSEWHERE, ANSWERS_INVALID.
    """
    desk.require(Right.INTAKE)
    with desk.vault.work("move_to_village") as work:
        station = _target(work, station_id)
        row = known_resident(work, resident_id)
        if row.station_id == station.id:
            raise Problem("KEPT_THERE", station=station.name)
        home = _home(desk, work, station, household_id, address)
        people = [resident_id, *(each.id for each in work.merged_into(resident_id))]
        already = waiting(desk, work, station.id)
        lives = {
            "household_id": home.id,
            "relation_to_head": relation,
            "current_address": home.address,
            "village_group": home.village_group or None,
        }
        for person in people:
            revise_registry(desk, work, person, {**_kept(station), **lives})
        sent = waiting(desk, work, station.id) - already
        work.note(subject_id=resident_id, station=station.id)
        work.commit()
    return Moved(station, tuple(people), home.id, sent)


def _home(
    desk: Desk, work: UnitOfWork, station: StationRow, household_id: SubjectId | None, address: Answers | None
) -> HouseholdRow:
    if household_id is not None:
        found = known_household(work, household_id)
        if found.station_id != station.id:
            raise Problem("HOUSEHOLD_ELSEWHERE", station=station.name)
        return found
    new = SubjectId(new_id())
    answers = require_valid(form_for(desk, "household"), {**(address or {}), **_kept(station)}, registry_context(desk))
    write_registry(desk, work, "household", new, answers)
    return known_household(work, new)


def _kept(station: StationRow) -> dict[str, str]:
    return {"keeping_station": station.id, "keeping_name": station.name}


def _target(work: UnitOfWork, station_id: StationId) -> StationRow:
    station = child(work, station_id)
    if station.revoked:
        raise Problem("NO_SUCH_STATION", id=station_id)
    heir = succession.known(work).heir(station_id)
    if heir != station_id:
        names = {row.id: row.name for row in work.stations()}
        raise Problem("MOVE_TO_CLOSED", station=station.name, successor=names.get(StationId(heir), ""))
    return station
