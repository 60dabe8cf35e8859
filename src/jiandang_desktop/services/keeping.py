"""Which station keeps a resident's or household's records, and whom a change has to reach.

A village keeps whom it registered, until the station above moves them; the township holds a copy of everybody and may
correct, and its changes go down to the keeper.
"""

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Revision, StationId, SubjectId
from jiandang_desktop.ports.vault import Reader, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import send_down


def keeper(reader: Reader, subject_id: SubjectId) -> StationId | None:
    """The station that keeps a resident or household; None for an unknown one (and for stations themselves)."""
    found = reader.resident(subject_id) or reader.household(subject_id)
    return found.station_id if found is not None else None


def require_kept_here(desk: Desk, reader: Reader, subject_id: SubjectId) -> None:
    """Refuse a village's change of somebody whom another station keeps (KEPT_ELSEWHERE)."""
    station = keeper(reader, subject_id)
    if desk.station.level != "village" or station in (None, desk.station.id):
        return
    names = {row.id: row.name for row in reader.stations()}
    raise Problem("KEPT_ELSEWHERE", station=names.get(station, desk.station.parent_name))


def write_own(desk: Desk, work: UnitOfWork, revision: Revision) -> None:
    """Append a revision made here: to the stream that goes up, and to that of the keeper below (KEPT_ELSEWHERE)."""
    require_kept_here(desk, work, revision.subject_id)
    before = keeper(work, revision.subject_id)
    work.add_own_revision(revision, stream=desk.station.up_stream)
    below = {row.id for row in work.stations() if row.relation == "child" and not row.revoked}
    now = keeper(work, revision.subject_id)
    send_down(desk, work, revision, {station for station in (before, now) if station in below and station is not None})
