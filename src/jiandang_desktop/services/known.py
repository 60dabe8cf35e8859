"""What an id must name: one that names nothing is a mistake to be said, not an empty answer."""

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.ports.rows import HouseholdRow, ResidentRow
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.services.desk import Desk


def known_resident(reader: Reader, resident_id: SubjectId) -> ResidentRow:
    """A resident's row (NO_SUCH_RESIDENT)."""
    row = reader.resident(resident_id)
    if row is None:
        raise Problem("NO_SUCH_RESIDENT", id=resident_id)
    return row


def known_household(reader: Reader, household_id: SubjectId) -> HouseholdRow:
    """A household's row (NO_SUCH_HOUSEHOLD)."""
    row = reader.household(household_id)
    if row is None:
        raise Problem("NO_SUCH_HOUSEHOLD", id=household_id)
    return row


def known_station(desk: Desk, reader: Reader, station_id: StationId) -> None:
    """This station or one that it knows (NO_SUCH_STATION)."""
    if station_id != desk.station.id and all(row.id != station_id for row in reader.stations()):
        raise Problem("NO_SUCH_STATION", id=station_id)


def known_subject(desk: Desk, reader: Reader, subject_id: SubjectId) -> None:
    """Something that forms are filled in about: a resident, a household, a station (NO_SUCH_RESIDENT)."""
    if reader.resident(subject_id) is not None or reader.household(subject_id) is not None:
        return
    try:
        known_station(desk, reader, StationId(subject_id))
    except Problem as problem:
        raise Problem("NO_SUCH_RESIDENT", id=subject_id) from problem


def keepers(desk: Desk, reader: Reader, station_id: StationId | None) -> StationId | None:
    """Whose residents are meant: a village's are always its own, a township's those of one village or all (None).

    Problems: NO_SUCH_STATION, a village that asks for another one's too.
    """
    if desk.station.level != "village":
        if station_id is not None:
            known_station(desk, reader, station_id)
        return station_id
    if station_id not in (None, desk.station.id):
        raise Problem("NO_SUCH_STATION", id=station_id)
    return StationId(desk.station.id)
