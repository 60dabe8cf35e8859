"""What a restore lost at the other end of a stream, and how it comes back.

Whoever goes on as a new generation lacks what it wrote and took since its backup. What its other generations wrote is
kept here as branches of its stream and goes back in our own. How much it still has of ours it says in its next bundle,
and a village sends the rest again once a person has decided so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from jiandang_desktop.bundles import Header
from jiandang_desktop.domain.chain import read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import MalformedRevision, Revision, RevisionId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Mark, Reader, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import REVISION, append_revision
from jiandang_desktop.services.freshness import is_replaced, newest_generation
from jiandang_desktop.services.generations import Followed, taken_of

_ASKED = "asked_again"
"""Setting: how far the station above has our stream since it was restored, and how far it had confirmed it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What the station above says that it lacks of our stream, though it had confirmed it."""

    first: int
    last: int


def give_back(work: UnitOfWork, followed: Followed, header: Header, ours: str) -> list[RevisionId]:
    """Put into our stream what other generations of a peer wrote into theirs, and its newest or this one lacks.

    Looked at when a generation was first heard of, and whenever something of an older one still turns up: which of two
    that were begun from one backup goes on, only the peer knows. It doesn't matter who wrote a revision: what the peer
    once sent and lost, nobody else may have any more.
    """
    if followed.newest and not followed.new:
        return []
    lost = _lost(work, header.stream, newest_generation(work, header.stream) or header.generation)
    if not is_replaced(work, header.generation):
        lost += _lost(work, header.stream, header.generation)
    return append_missing(work, ours, lost)


def append_missing(work: UnitOfWork, stream: str, revisions: Iterable[Revision]) -> list[RevisionId]:
    """Append those of the revisions that aren't in an own stream yet."""
    written = {revision.id for _, revision in _written(work, stream)}
    appended = []
    for revision in revisions:
        if revision.id not in written:
            append_revision(work, stream, revision)
            written.add(revision.id)
            appended.append(revision.id)
    return appended


def written_by_all(reader: Reader, stream: str) -> list[Revision]:
    """Every revision that any generation wrote into a peer's stream, in order."""
    return [revision for each in reader.generations(stream) for _, revision in _written(reader, stream, each)]


def note_asked(desk: Desk, work: UnitOfWork, header: Header, followed: Followed) -> None:
    """The station above was restored: keep in mind from where on it lacks our stream, for a person to decide."""
    if not (followed.new and followed.newest):
        return
    own = desk.station.up_stream
    number, _ = taken_of(work, header, own)
    received = work.mark(own, "received")
    if received is not None and number < received.number:
        work.set_setting(_ASKED, {"number": number, "last": received.number})


def missing_above(reader: Reader) -> Missing | None:
    """What the station above lacks since it was restored, None where nothing."""
    asked = reader.setting(_ASKED)
    return Missing(asked["number"] + 1, asked["last"]) if asked else None


def send_again(desk: Desk) -> Missing:
    """Take the station above at its word: what it lost goes again with the next bundle (NOT_ALLOWED, NOTHING_ASKED).

    Until the new receipt nothing of it counts as archived.
    """
    desk.require(Right.EXPORT)
    with desk.vault.work("send_again") as work:
        missing = missing_above(work)
        if missing is None:
            raise Problem("NOTHING_ASKED")
        stream, number = desk.station.up_stream, missing.first - 1
        work.set_mark(Mark(stream, "received", desk.station.generation, number, work.stream_hash(stream, number)))
        work.forget_verdicts(work.stream_revision_ids(stream, missing.first, missing.last))
        for row in work.bundles("out"):
            if row.stream == stream and row.last > number:
                work.put_bundle(replace(row, state="written"))
        work.set_setting(_ASKED, None)
        work.note(first=missing.first, last=missing.last)
        work.commit()
    return missing


def _lost(reader: Reader, stream: str, generation: str) -> list[Revision]:
    """The revisions in a peer's stream that one of its generations neither goes on from nor wrote itself."""
    known = reader.generations(stream)
    reached = _reached(known, generation)
    has = {revision.id for _, revision in _written(reader, stream, generation)}
    lost: list[Revision] = []
    for each in known:
        for number, revision in _written(reader, stream, each):
            if number <= reached.get(each, 0):
                has.add(revision.id)
            else:
                lost.append(revision)
    return [revision for revision in lost if revision.id not in has]


def _reached(known: Mapping[str, tuple[str, int] | None], generation: str) -> dict[str, int]:
    """How far a generation goes on from each of those before it: the last number that it shares with them."""
    reached: dict[str, int] = {}
    base = known[generation]
    while base is not None:
        # A generation begins after its base: what it shares with that one can't reach further than what follows does.
        reached[base[0]] = min([base[1], *reached.values()])
        base = known[base[0]]
    return reached


def _written(reader: Reader, stream: str, generation: str | None = None) -> Iterator[tuple[int, Revision]]:
    """The revisions, with their numbers, that a generation wrote into a stream itself; stored here or waiting."""
    for number, line in reader.stream_lines(stream, 0, generation):
        entry = read_entry(line)
        if entry.kind == REVISION:
            try:
                yield number, Revision.from_parsed(entry.body, entry.body_bytes)
            except MalformedRevision as error:
                raise Problem("BUNDLE_ENTRIES") from error
