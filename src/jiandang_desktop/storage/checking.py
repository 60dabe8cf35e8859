"""The full check: every page, hash, chain and projection is read and compared.

Faults are codes with a detail that names the place and never a person: ``pages``, ``revision``, ``journal``,
``audit``, ``head``, ``projection``, ``archive``, ``read_only``.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from jiandang_desktop.domain.chain import NO_HASH, BrokenChain, entry_hash, entry_line
from jiandang_desktop.storage import audit_log
from jiandang_desktop.storage.archive_folder import ArchiveFolder
from jiandang_desktop.storage.bodies import load, unpack
from jiandang_desktop.storage.care_rows import Row
from jiandang_desktop.storage.caring import Caring
from jiandang_desktop.storage.connection import Connection, DriverError
from jiandang_desktop.storage.expected import expected_rows
from jiandang_desktop.storage.head_file import Head
from jiandang_desktop.storage.journal import hash_at
from jiandang_desktop.storage.projection_rows import COLUMNS, Projector

Fault = tuple[str, str]

_MOST = 100
"""Faults of one kind that are listed; a broken file needs restoring, not a longer list."""


def find_faults(
    connection: Connection, projector: Projector, head: Head | None, archive: ArchiveFolder
) -> Iterator[Fault]:
    """Everything that is wrong with an open vault whose write-ahead log was folded in."""
    parts = (
        ("pages", _pages(connection)),
        ("revision", _revisions(connection)),
        ("journal", _journal(connection)),
        ("audit", _audit(connection)),
        ("head", _head(connection, head)),
        ("projection", _projections(connection, projector)),
        ("archive", _archive(connection, archive)),
    )
    for code, details in parts:
        yield from _listed(code, details)


_KEPT = (
    "SELECT id FROM revisions ORDER BY id",
    "SELECT name, number, journal.hash FROM journal JOIN streams ON streams.place = stream ORDER BY name, number",
    "SELECT stream, name, generation, number, hash FROM marks ORDER BY stream, name",
    "SELECT digest, direction, state FROM bundles ORDER BY digest, direction",
    "SELECT revision_id, outcome, reason FROM held ORDER BY revision_id",
    "SELECT revision_id, verdict, reason, words FROM verdicts ORDER BY revision_id",
    "SELECT place, job, household_id, mode, at, staff_id, staff_name, pages FROM prints ORDER BY place",
    "SELECT print, number, sheet, content, records, first, numbers, pages FROM printed_sheets ORDER BY print, number",
)


def content_sum(connection: Connection) -> str:
    """See ``ports.vault.CheckReport.content``; what can't be read counts as nothing and is found as a fault."""
    found = hashlib.sha256()
    for number, query in enumerate(_KEPT):
        try:
            for row in connection.execute(query):
                found.update(f"{number} {row!r}\n".encode())
        except DriverError:
            continue
    return found.hexdigest()


def _listed(code: str, details: Iterator[str]) -> Iterator[Fault]:
    try:
        for count, detail in enumerate(details):
            if count == _MOST:
                return
            yield code, detail
    except (DriverError, ValueError, TypeError, KeyError, BrokenChain) as error:
        # What can't even be read is a fault of that part; the other parts are still looked at.
        yield code, type(error).__name__


def _pages(connection: Connection) -> Iterator[str]:
    for pragma in ("cipher_integrity_check", "integrity_check"):
        for (line,) in connection.execute(f"PRAGMA {pragma}"):
            if line != "ok":
                yield str(line)


def _revisions(connection: Connection) -> Iterator[str]:
    """Each body is what its id says, and its columns are what its body says."""
    rows = connection.execute(
        "SELECT place, id, record_id, form_id, form_version, subject_id, station_id, body FROM revisions ORDER BY place"
    )
    parents = _parents(connection)
    for place, revision_id, *columns, stored in rows:
        body = unpack(stored)
        raw = load(body)
        said = [raw[name] for name in ("record", "form", "form_version", "subject", "station")]
        known = parents.pop(place, set())
        if hashlib.sha256(body).digest() != revision_id or said != columns or known != set(raw["parents"]):
            yield str(place)
    yield from (f"parents of {place}" for place in parents)


def _parents(connection: Connection) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for parent, child in connection.execute("SELECT parent, child FROM revision_parents"):
        found.setdefault(child, set()).add(parent.hex())
    return found


def _journal(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT s.name, s.generation, j.number, j.kind, j.hash, coalesce(j.body, r.body), r.number FROM streams s"
        " JOIN journal j ON j.stream = s.place LEFT JOIN revisions r ON r.place = j.revision"
        " ORDER BY j.stream, j.number"
    )
    bases = _bases(connection)
    at, number, previous = "", 0, NO_HASH
    for stream, generation, said_number, kind, said_hash, stored, revision_number in rows:
        if stream != at:
            at, (number, previous) = stream, bases.get(stream, (0, NO_HASH))
        number += 1
        line = entry_line(stream.partition("#")[0], said_number, previous, kind, unpack(stored))
        previous = said_hash.hex()
        # A revision knows its number in this station's own stream upward; a peer's stream may hold it again.
        own_up = not generation and stream.endswith("/up")
        wrong_number = own_up and bool(revision_number) and revision_number != said_number
        if said_number != number or entry_hash(line) != previous or wrong_number:
            yield f"{stream} {said_number}"
        number = said_number


def _bases(connection: Connection) -> dict[str, tuple[int, str]]:
    """Number and hash of the entry that each branch goes on from."""
    rows = connection.execute(
        "SELECT s.name, b.name, s.base_number FROM streams s JOIN streams b ON b.place = s.base ORDER BY s.place"
    ).fetchall()
    return {name: (number, hash_at(connection, base, number)) for name, base, number in rows}


def _audit(connection: Connection) -> Iterator[str]:
    """The chain of the log, and the journal heads that it names, up to each stream's end."""
    heads: dict[str, tuple[int, str]] = {}
    number, previous = 0, NO_HASH
    rows = connection.execute(
        "SELECT number, at, staff_id, action, subject_id, detail, heads, hash FROM audit ORDER BY number"
    )
    for *facts, said in rows:
        number += 1
        if facts[0] != number or audit_log.entry_hash(tuple(facts), previous) != said.hex():
            yield str(facts[0])
        number, previous = facts[0], said.hex()
        heads |= {stream: (at, own) for stream, (at, own) in load(facts[6]).items()}
    rows = connection.execute(
        "SELECT s.name, j.number, j.hash FROM streams s JOIN journal j ON j.stream = s.place"
        " AND j.number = (SELECT max(number) FROM journal WHERE stream = s.place)"
    )
    stored = {stream: (at, own.hex()) for stream, at, own in rows}
    for stream in sorted(heads.keys() | stored.keys()):
        if heads.get(stream) != stored.get(stream):
            yield stream


def _head(connection: Connection, head: Head | None) -> Iterator[str]:
    if head is None or audit_log.last(connection) != (head.number, head.hash):
        yield str(head.number if head else 0)


@dataclass
class _Tally:
    """Count and order-free sum of rows: tells two sets of rows apart without keeping either."""

    rows: int = 0
    total: int = 0

    def add(self, row: Row) -> None:
        # Keyed anew in each process, so nobody can prepare rows whose sum agrees; and quick at six million terms.
        self.rows += 1
        self.total += hash(row)


def _projections(connection: Connection, projector: Projector) -> Iterator[str]:
    expected = {table: _Tally() for table in COLUMNS}
    for table, row in chain(expected_rows(connection, projector), Caring(connection, projector).expected_rows()):
        expected[table].add(row)
    for table, columns in COLUMNS.items():
        stored = _Tally()
        rows: Iterable[Row] = connection.execute(f"SELECT {columns} FROM {table}")  # noqa: S608 - our own names
        for row in rows:
            stored.add(row)
        if stored != expected[table]:
            yield table


def _archive(connection: Connection, archive: ArchiveFolder) -> Iterator[str]:
    for (digest,) in connection.execute("SELECT digest FROM bundles WHERE direction = 'in' ORDER BY place"):
        if archive.fault(digest):
            yield digest
