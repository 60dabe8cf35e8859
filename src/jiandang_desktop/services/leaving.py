"""People leave the area: their folders go to a station that no bundle of ours reaches otherwise (R9.6, R9.7).

The receiving station gives its card, as for a handover, and two people compare it. The records here end as moved away
(form ``record_closure``), and one file of kind ``transfer`` holds everything ever written about one person or a whole
household. It can be written again as often as wanted. Where the other side has no such program, the printed folder
goes (printing.folder).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Sealed, StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.forms.validator import refuse
from jiandang_desktop.ports.medium import Place
from jiandang_desktop.ports.vault import Reader, ResidentRow
from jiandang_desktop.services import bundle_rows, life_events
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.handover_packet import ENDS, REVISION, Item, Tally
from jiandang_desktop.services.handover_state import over_stream
from jiandang_desktop.services.keeping import kept_elsewhere, require_kept_here
from jiandang_desktop.services.keys import own_card, own_keys, refuse_ended
from jiandang_desktop.services.known import known_resident
from jiandang_desktop.services.registry import ACTIVE

TRANSFER = "transfer"
"""Kind of the bundle, and of its first entry."""
MOVED = "2"
"""Code of 迁出 among the reasons for which a record ends (codes/closing_reasons)."""


_ASKED = ("ANSWERS_INVALID", "ANSWERS_UNSURE")
_Person = TypeVar("_Person")
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Sent:
    """The file that was written, read back and compared, and what it holds."""

    path: Path
    names: tuple[str, ...]
    items: tuple[Item, ...]


def leaving_together(desk: Desk, household_id: SubjectId) -> tuple[ResidentRow, ...]:
    """Whom a household that leaves takes along: everybody kept here whose record is open.

    Where none is any more: those who left last, on one day, so that their file can be written again.
    Problems: NOT_ALLOWED, NO_SUCH_HOUSEHOLD.
    """
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        if reader.household(household_id) is None:
            raise Problem("NO_SUCH_HOUSEHOLD", id=household_id)
        here = [row for row in reader.members(household_id) if not kept_elsewhere(desk, reader, row.id)]
    living = [row for row in here if row.status == ACTIVE]
    gone = [row for row in here if row.status == _moved(desk)]
    last = max((_left_on(row) for row in gone), default="")
    return tuple(living or (row for row in gone if _left_on(row) == last))


def send(
    desk: Desk,
    people: Sequence[SubjectId],
    to: StationCard,
    closure: Answers,
    place: Place,
    confirmed: frozenset[str] = frozenset(),
) -> Sent:
    """End people's records as moved away and write their folders for the station of ``to``, whose card was compared.

    ``closure`` answers ``record_closure`` for all of them: move_out_date, destination_address …; whose record has ended
    so already isn't asked again: a file that could not be written, or was lost, is written again. All or nobody.
    Problems: NOT_ALLOWED, NOBODY_LEAVES, NO_SUCH_RESIDENT, KEPT_ELSEWHERE, HANDOVER_TO_SELF,
    HANDOVER_KEY_ENDED, ALREADY_CLOSED, ANSWERS_INVALID, ANSWERS_UNSURE, MEDIUM_….
    """
    desk.require(Right.EXPORT)
    desk.require(Right.WRITE_RECORDS)
    if to.station == desk.station.id:
        raise Problem("HANDOVER_TO_SELF")
    if not people:
        raise Problem("NOBODY_LEAVES")
    told = {"destination_institution": to.name, "handover_date": desk.today(), **closure}
    with desk.vault.work("moved_away") as work:
        refuse_ended(work, to)
        rows = [known_resident(work, resident_id) for resident_id in people]
        for row in rows:
            require_kept_here(desk, work, row.id)
        staying = [(row.name, row.id) for row in rows if row.status != _moved(desk)]
        for_each(staying, lambda who: life_events.moved_away_in(desk, work, who, told, confirmed))
        if staying:
            work.commit()
    with desk.vault.read() as reader:
        sealed, items = _sealed(desk, reader, people, to)
    path = desk.bench.medium.write_file(place, bundles.file_name(sealed.header), sealed.data)
    with desk.vault.work("transfer_out") as work:
        work.put_bundle(bundle_rows.written(sealed, path.name))
        for resident_id in people:
            work.note(subject_id=resident_id, station=to.station, bundle=sealed.digest)
        work.commit()
    return Sent(path, tuple(row.name for row in rows), items)


def for_each(people: Sequence[tuple[str, _Person]], do: Callable[[_Person], _Done]) -> list[_Done]:
    """Do the same for each of several people, who come with their names.

    What is to be corrected or confirmed of any of them is said of all at once, by name, where they are several
    (ANSWERS_INVALID, ANSWERS_UNSURE); the unit of work must then be left.
    """
    done: list[_Done] = []
    found: list[Finding] = []
    for name, person in people:
        try:
            done.append(do(person))
        except Problem as problem:
            findings = [each for each in problem.findings if isinstance(each, Finding)]
            if len(people) == 1 or problem.code not in _ASKED or not findings:
                raise
            found += [replace(each, message=f"{name}\N{FULLWIDTH COLON}{each.message}") for each in findings]
    refuse(tuple(found))
    return done


def _sealed(
    desk: Desk, reader: Reader, people: Sequence[SubjectId], to: StationCard
) -> tuple[Sealed, tuple[Item, ...]]:
    """Each file is a generation of its own of the stream to that station: it needs none before it."""
    stream, previous = over_stream(desk.station.id, to.station), NO_HASH
    lines: list[bytes] = []
    tally = Tally(reader.revision_body)
    for kind, body in _entries(desk, reader, people, tally):
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


def _entries(desk: Desk, reader: Reader, people: Sequence[SubjectId], tally: Tally) -> Iterator[tuple[str, bytes]]:
    rows = [known_resident(reader, resident_id) for resident_id in people]
    head = {
        "left_on": max(_left_on(row) for row in rows),
        "made_at": desk.now_label(),
        "made_by": desk.staff.name,
        "residents": [[row.id, *(each.id for each in reader.merged_into(row.id))] for row in rows],
    }
    yield TRANSFER, canonical.encode(head)
    records = dict.fromkeys(
        record_id
        for row in rows
        for record_id in (RecordId(row.id), *(each.record_id for each in reader.records_of(row.id)))
    )
    for record_id in records:
        for revision in reader.history(record_id):
            tally.add(REVISION, canonical.decode(revision.body), revision.body)
            yield REVISION, revision.body
    yield ENDS, canonical.encode({"items": [item.as_object() for item in tally.items()]})


def _left_on(row: ResidentRow) -> str:
    return str(row.answers.get("status_date", ""))


def _moved(desk: Desk) -> str:
    return str(desk.bench.tables["closing_reasons"].mapped(MOVED, "record_status"))
