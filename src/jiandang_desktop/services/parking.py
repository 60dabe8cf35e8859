"""Bundles that can't be taken yet: kept whole in the archive folder, listed, taken as soon as they fit (B09–B13).

A bundle whose predecessors are missing is genuine and waits for them; one from a station that isn't registered here
waits unopened for its enrolment. What a parked bundle holds may be released by a person before the missing piece comes;
the sender's stream doesn't move by that, so that nothing is ever skipped.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import BundleRow, Reader, UnitOfWork, Verdict
from jiandang_desktop.services import bundle_rows
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.freshness import check_header, taken_mark
from jiandang_desktop.services.keys import own_identities, trusted
from jiandang_desktop.services.sorting import Kind, Sorter

PARKED = "parked"
"""State of a bundle that was kept and not taken; also the kind of the entry that tells its sender so."""

SUBMISSIONS = frozenset({"submission"})
"""Kinds of bundles that come from below."""

GAP, UNKNOWN = "gap", "unknown_sender"
_REFUSED = "refused"
"""In a parked bundle's summary: why it can't be taken any more."""
_MOST_UNKNOWN = 64
"""Bundles of strangers that are kept: a stick must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A bundle that waits. ``missing``: the entries before it that are not here; None for an unknown sender."""

    bundle: BundleRow
    sender_name: str
    reason: str
    missing: tuple[int, int] | None
    released: int
    """Records that a person released from it."""


def park(desk: Desk, data: bytes, problem: Problem) -> tuple[BundleRow, bool]:
    """Keep a bundle that was refused with ``problem``, if it is one that may wait; else the problem is raised again.

    The flag says whether it is new here; a parked one again changes nothing.
    """
    if problem.code == "BUNDLE_GAP":
        # Everything but its place in the stream is checked: what waits must be whole and genuine.
        with desk.vault.read() as reader:
            verified = _open(desk, reader, data)
        return _keep(desk, data, verified.header, verified.digest, GAP)
    if problem.code == "BUNDLE_SENDER":
        header = stranger(desk, data, problem)
        return _keep(desk, data, header, hashlib.sha256(data).hexdigest(), UNKNOWN)
    raise problem


def waiting(desk: Desk) -> list[Parked]:
    """What waits, by sender and number (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        return parked(reader)


def parked(reader: Reader) -> list[Parked]:
    """What waits, by sender and number."""
    names = {row.id: row.name for row in reader.stations()}
    rows = [row for row in reader.bundles("in") if row.state == PARKED]
    found = []
    reached: dict[tuple[str, str], int] = {}
    for row in sorted(rows, key=_place):
        piece = (row.stream, row.generation)
        after = reached.get(piece) or _taken(reader, row)
        missing = (after + 1, row.first - 1) if row.peer in names and row.first > after + 1 else None
        reached[piece] = max(after, row.last)
        found.append(
            Parked(
                bundle=row,
                sender_name=names.get(StationId(row.peer), ""),
                reason=str(row.summary["reason"]),
                missing=missing,
                released=int(row.summary.get("released", 0)),
            )
        )
    return found


def release(desk: Desk, digest: str) -> int:
    """Put what can be placed of a parked bundle into the archive before the missing piece comes; a person decides that.

    What rests on the missing piece stays in the bundle, which stays parked, and the gap stays named: the sender's
    stream moves only when everything is here. Returns how many records were placed.
    Problems: NOT_ALLOWED, NOT_PARKED, BUNDLE_….
    """
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        row = reader.bundle(digest)
        data = desk.vault.read_bundle(digest) if row and row.state == PARKED and row.summary["reason"] == GAP else None
        if row is None or data is None:
            raise Problem("NOT_PARKED")
        verified = _open(desk, reader, data)
        sorter = Sorter(desk, reader, StationId(row.peer))
        items = [sorter.sort(entry) for entry in verified.entries]
    placed = [item.revision for item in items if item.revision and item.kind in (Kind.NEW, Kind.CHANGED)]
    with desk.vault.work("release_parked") as work:
        for revision in placed:
            work.adopt_revision(revision, bundle_digest=digest)
            work.set_verdict(revision.id, Verdict.ARCHIVED, "")
        released = int(row.summary.get("released", 0)) + len(placed)
        work.put_bundle(replace(row, summary={**row.summary, "released": released}))
        work.note(bundle=digest, released=len(placed))
        work.commit()
    desk.read_forms()
    return len(placed)


def due(desk: Desk, reader: Reader, peer: str | None = None) -> Iterator[BundleRow]:
    """Parked bundles that fit now: of a station known here, at the place that its stream has reached."""
    known = {row.id for row in reader.stations() if row.relation == "child" and not row.revoked}
    rows = [row for row in reader.bundles("in", peer) if row.state == PARKED and row.peer in known]
    rows = [row for row in rows if _REFUSED not in row.summary]
    for row in sorted(rows, key=_place):
        with suppress(Problem):
            header = bundles.read_header(desk.vault.read_bundle_start(row.digest, bundles.MAX_HEAD))
            check_header(reader, header, f"{header.sender}/up", SUBMISSIONS)
            yield row


def give_up(desk: Desk, row: BundleRow, problem: Problem) -> None:
    """What the sender wrote instead was taken: the bundle stays for a person to release, and isn't tried again."""
    with desk.vault.work("park_bundle") as work:
        work.put_bundle(replace(row, summary={**row.summary, _REFUSED: problem.code}))
        work.note(bundle=row.digest, station=row.peer, reason=problem.code)
        work.commit()


def _taken(reader: Reader, row: BundleRow) -> int:
    mark = reader.mark(row.stream, "taken", row.generation) or taken_mark(reader, row.stream)
    return mark.number


def _place(row: BundleRow) -> tuple[str, str, int, int]:
    return row.peer, row.generation, row.first, row.last


def stranger(desk: Desk, data: bytes, problem: Problem) -> Header:
    """The header of a whole bundle for us from a station that nobody knows here; else ``problem`` or BUNDLE_….

    A station or key known here that doesn't fit its bundle is refused, not parked.
    """
    header = bundles.read_unopened(data)
    with desk.vault.read() as reader:
        stations = reader.stations()
        strange = sum(1 for row in reader.bundles("in") if row.state == PARKED and row.summary["reason"] == UNKNOWN)
    if any(header.sender == row.id or header.sender_key == row.key_id for row in stations):
        raise problem
    if header.kind not in SUBMISSIONS:
        raise Problem("BUNDLE_KIND")
    if desk.station.id not in header.recipients:
        raise Problem("BUNDLE_RECIPIENT")
    if strange >= _MOST_UNKNOWN:
        raise problem
    return header


def _open(desk: Desk, reader: Reader, data: bytes) -> bundles.VerifiedBundle:
    """A genuine bundle for us from below, whatever is missing before it (BUNDLE_…)."""
    return bundles.open_sealed(
        data, trust=trusted(reader, "child"), own=own_identities(reader), own_station=desk.station.id
    )


def _keep(desk: Desk, data: bytes, header: Header, digest: str, reason: str) -> tuple[BundleRow, bool]:
    with desk.vault.read() as reader:
        known = reader.bundle(digest)
    if known is not None:
        return known, False
    desk.vault.store_bundle(digest, data)
    row = bundle_rows.come(header, digest, PARKED, {"reason": reason, "received": desk.today()})
    with desk.vault.work("park_bundle") as work:
        work.put_bundle(row)
        if reason == GAP:
            _tell_sender(desk, work, row)
        work.note(bundle=digest, station=header.sender, reason=reason)
        work.commit()
    return row, True


def _tell_sender(desk: Desk, work: UnitOfWork, row: BundleRow) -> None:
    """An entry of the stream that goes down: your bundle is here, and what is missing before it."""
    body = {
        "after": _taken(work, row),
        "bundle": row.digest,
        "first": row.first,
        "generation": row.generation,
        "head": row.head,
        "last": row.last,
        "stream": row.stream,
    }
    work.append_entry(desk.station.down_stream(row.peer), PARKED, canonical.encode(body))
