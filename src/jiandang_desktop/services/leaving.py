"""Somebody leaves the area: the folder goes to a station that no bundle of ours reaches otherwise (R9.6, R9.7).

The receiving station gives its card, as for a handover, and two people compare it. The record here ends as moved away
(form ``record_closure``), and one file of kind ``transfer`` holds everything ever written about the person. It can be
written again as often as wanted. Where the other side has no such program, the printed folder goes (printing.folder).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Sealed, StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.medium import Place
from jiandang_desktop.ports.vault import Reader, ResidentRow
from jiandang_desktop.services import bundle_rows, life_events
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.handover_packet import ENDS, REVISION, Item, Tally
from jiandang_desktop.services.handover_state import over_stream
from jiandang_desktop.services.keeping import require_kept_here
from jiandang_desktop.services.keys import own_card, own_keys

TRANSFER = "transfer"
"""Kind of the bundle, and of its first entry."""
MOVED = "2"
"""Code of 迁出 among the reasons for which a record ends (codes/closing_reasons)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The file that was written, read back and compared, and what it holds."""

    path: Path
    name: str
    items: tuple[Item, ...]


def send(
    desk: Desk,
    resident_id: SubjectId,
    to: StationCard,
    closure: Answers,
    place: Place,
    confirmed: frozenset[str] = frozenset(),
) -> Sent:
    """End somebody's record as moved away and write the folder for the station of ``to``, whose card was compared.

    ``closure`` answers ``record_closure``: move_out_date, destination_address …; where the record has ended so already
    it isn't asked again: a file that could not be written, or was lost, is written again.
    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, KEPT_ELSEWHERE, HANDOVER_TO_SELF, ALREADY_CLOSED, ANSWERS_INVALID,
    ANSWERS_UNSURE, MEDIUM_….
    """
    desk.require(Right.EXPORT)
    desk.require(Right.WRITE_RECORDS)
    if to.station == desk.station.id:
        raise Problem("HANDOVER_TO_SELF")
    told = {"destination_institution": to.name, "handover_date": desk.today(), **closure}
    with desk.vault.read() as reader:
        row = _resident(reader, resident_id)
        require_kept_here(desk, reader, resident_id)
    if row.status != _moved(desk):
        life_events.moved_away(desk, resident_id, told, confirmed)
    with desk.vault.read() as reader:
        sealed, items = _sealed(desk, reader, resident_id, to)
    path = desk.bench.medium.write_file(place, bundles.file_name(sealed.header), sealed.data)
    with desk.vault.work("transfer_out") as work:
        work.put_bundle(bundle_rows.written(sealed, path.name))
        work.note(subject_id=resident_id, station=to.station, bundle=sealed.digest)
        work.commit()
    return Sent(path, row.name, items)


def _sealed(desk: Desk, reader: Reader, resident_id: SubjectId, to: StationCard) -> tuple[Sealed, tuple[Item, ...]]:
    """Each file is a generation of its own of the stream to that station: it needs none before it."""
    stream, previous = over_stream(desk.station.id, to.station), NO_HASH
    lines: list[bytes] = []
    tally = Tally(reader.revision_body)
    for kind, body in _entries(desk, reader, resident_id, tally):
        line = entry_line(stream, len(lines) + 1, previous, kind, body)
        previous = entry_hash(line)
        lines.append(line)
    above = desk.station.up_stream
    sealed = bundles.seal(
        kind=TRANSFER,
        sender=desk.station.id,
        signing=own_keys(reader, above).signing,
        recipients=[(to.station, to.recipient)],
        stream=stream,
        generation=new_id(),
        first=1,
        lines=lines,
        made_at=desk.now_label(),
        introduces=own_card(desk, reader, above),
    )
    return sealed, tally.items()


def _entries(desk: Desk, reader: Reader, resident_id: SubjectId, tally: Tally) -> Iterator[tuple[str, bytes]]:
    row = _resident(reader, resident_id)
    head = {
        "left_on": str(row.answers.get("status_date", "")),
        "made_at": desk.now_label(),
        "made_by": desk.staff.name,
        "resident": row.id,
    }
    yield TRANSFER, canonical.encode(head)
    records = dict.fromkeys([RecordId(row.id), *(each.record_id for each in reader.records_of(row.id))])
    for record_id in records:
        for revision in reader.history(record_id):
            tally.add(REVISION, canonical.decode(revision.body), revision.body)
            yield REVISION, revision.body
    yield ENDS, canonical.encode({"items": [item.as_object() for item in tally.items()]})


def _moved(desk: Desk) -> str:
    return str(desk.bench.tables["closing_reasons"].mapped(MOVED, "record_status"))


def _resident(reader: Reader, resident_id: SubjectId) -> ResidentRow:
    row = reader.resident(resident_id)
    if row is None:
        raise Problem("NO_SUCH_RESIDENT", id=resident_id)
    return row
