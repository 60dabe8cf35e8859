"""Send to a station below what it hasn't taken: changes made here, decisions, receipts again (R9.3)."""

from dataclasses import dataclass
from pathlib import Path

from jiandang_desktop import bundles
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.medium import Place
from jiandang_desktop.ports.vault import BundleRow, StationRow
from jiandang_desktop.services import bundle_rows, downward
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.work import Progress, silent


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What waits here for a station below."""

    station: StationRow
    entries: int


def waiting(desk: Desk) -> list[Dispatch]:
    """Stations below and how many entries wait for each (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        return [
            Dispatch(row, downward.waiting(desk, reader, row.id))
            for row in reader.stations()
            if row.relation == "child" and not row.revoked
        ]


def send_all(desk: Desk, place: Place, progress: Progress = silent) -> list[Path]:
    """``send`` for every station below for which something waits; what was written before a failure stays written.

    ``progress`` counts stations. Problems: NOT_ALLOWED, NOTHING_TO_SEND, MEDIUM_….
    """
    due = [each.station.id for each in waiting(desk) if each.entries]
    if not due:
        raise Problem("NOTHING_TO_SEND")
    paths = []
    for done, station_id in enumerate(due):
        progress(done, len(due))
        paths.append(send(desk, station_id, place)[0])
    return paths


def send(desk: Desk, station_id: StationId, place: Place) -> tuple[Path, BundleRow]:
    """Seal what waits for a station, write it to ``place`` and read it back.

    Problems: NOT_ALLOWED, NO_SUCH_STATION, SEND_KEY_ENDED, NOTHING_TO_SEND, MEDIUM_….
    """
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        station = downward.child(reader, station_id)
        if station.revoked:
            raise Problem("SEND_KEY_ENDED", name=station.name, key=station.key_id)
        if downward.waiting(desk, reader, station_id) == 0:
            raise Problem("NOTHING_TO_SEND")
        sealed = downward.seal_down(desk, reader, station_id, "downward")
    path = desk.bench.medium.write_file(place, bundles.file_name(sealed.header), sealed.data)
    header = sealed.header
    row = bundle_rows.written(sealed, path.name)
    with desk.vault.work("send_down") as work:
        work.put_bundle(row)
        work.note(bundle=sealed.digest, station=station_id, first=header.first, last=header.last)
        work.commit()
    return path, row
