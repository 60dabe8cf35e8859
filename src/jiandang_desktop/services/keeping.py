"""Which station keeps a resident's or household's records, and whom a change has to reach.

A village keeps whom it registered, until the station above moves them; the township holds a copy of everybody and may
correct, and its changes go down to the keeper.
"""

from collections.abc import Collection, Iterator

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, StationId, SubjectId
from jiandang_desktop.ports.vault import Reader, ResidentFilter, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import send_down

_EVERYBODY = 10_000_000


def keeper(reader: Reader, subject_id: SubjectId) -> StationId | None:
    """The station that keeps a resident or household; None for an unknown one (and for stations themselves)."""
    found = reader.resident(subject_id) or reader.household(subject_id)
    return found.station_id if found is not None else None


def kept_by(reader: Reader, stations: Collection[str]) -> Iterator[SubjectId]:
    """Whom these stations keep: households, then residents and folders that were merged into one, whoever keeps it."""
    offset = 0
    while page := reader.households(limit=1000, offset=offset):
        yield from (row.id for row in page if row.station_id in stations)
        offset += len(page)
    for station in sorted(stations):
        where = ResidentFilter(station_id=station, merged=True)
        yield from (row.id for row in reader.residents(where, limit=_EVERYBODY))


def require_kept_here(desk: Desk, reader: Reader, subject_id: SubjectId) -> None:
    """Refuse a village's change of somebody whom another station keeps (KEPT_ELSEWHERE)."""
    elsewhere = kept_elsewhere(desk, reader, subject_id)
    if elsewhere:
        raise Problem("KEPT_ELSEWHERE", station=elsewhere)


def _require_home_here(desk: Desk, reader: Reader, revision: Revision) -> None:
    home = SubjectId(str(revision.answers.get("household_id", "")))
    known = reader.resident(revision.subject_id)
    if home and (known is None or known.household_id != home):
        require_kept_here(desk, reader, home)


def kept_elsewhere(desk: Desk, reader: Reader, subject_id: SubjectId) -> str:
    """The name of the other station that keeps somebody this village may only read about; '' where it may write."""
    away = desk.station.level == "village" and keeper(reader, subject_id) not in (None, desk.station.id)
    return keeper_name(desk, reader, subject_id) if away else ""


def keeper_name(desk: Desk, reader: Reader, subject_id: SubjectId) -> str:
    """What the station that keeps somebody is called: as known here, as said at the move, else the one above."""
    found = reader.resident(subject_id) or reader.household(subject_id)
    if found is None:
        return desk.station.name
    names = {row.id: row.name for row in reader.stations()}
    return names.get(found.station_id) or str(found.answers.get("keeping_name") or desk.station.parent_name)


def write_own(desk: Desk, work: UnitOfWork, revision: Revision) -> None:
    """Append a revision made here: to the stream that goes up, and to those of its keepers below.

    KEPT_ELSEWHERE where another station keeps the subject, or the household that somebody would be put into.
    """
    require_kept_here(desk, work, revision.subject_id)
    _require_home_here(desk, work, revision)
    before = keeper(work, revision.subject_id)
    work.add_own_revision(revision, stream=desk.station.up_stream)
    reach_keepers(desk, work, revision, before)


def reach_keepers(
    desk: Desk, work: UnitOfWork, revision: Revision, before: StationId | None, sender: StationId | None = None
) -> None:
    """Send a revision that was just stored to whoever keeps its subject, and to the keeper ``before`` it.

    A station that keeps the subject only since this revision (a move, a conflict that was decided for it, a merge of
    folders) gets everything that was ever written about it. ``sender`` brought the revision and needs no copy;
    ``before`` is None for a subject that is new here.
    """
    now = keeper(work, revision.subject_id)
    send_to_keepers(desk, work, revision, {before} - {sender, now})
    if before is not None and now not in (None, before):
        _send_history(desk, work, revision.subject_id, now)
    else:
        send_to_keepers(desk, work, revision, {now} - {sender})


def send_to_keepers(desk: Desk, work: UnitOfWork, revision: Revision, stations: Collection[StationId | None]) -> None:
    """Send a revision to those of the stations that are below this one.

    For one whose keys ended it waits in the stream, which nobody seals until the station has new ones.
    """
    below = {row.id for row in work.stations() if row.relation == "child"}
    send_down(desk, work, revision, below & {station for station in stations if station is not None})


def _send_history(desk: Desk, work: UnitOfWork, subject_id: SubjectId, station: StationId) -> None:
    """Send everything ever written about a subject to the station that keeps it from now on.

    The subject's own data come before what was filed about it, parents before children.
    """
    records = dict.fromkeys([RecordId(subject_id), *(row.record_id for row in work.records_of(subject_id))])
    for record_id in records:
        for revision in work.history(record_id):
            send_to_keepers(desk, work, revision, {station})
