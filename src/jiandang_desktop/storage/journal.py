"""The journal in the database: numbered streams, each entry's hash naming all before it.

An entry that is a stored revision holds no body of its own: its line is made again from the revision.

A peer's stream may have **branches**: a station that was restored goes on from an earlier entry as a new generation,
and what it had written before stays. The first generation is kept under the stream's own name, a later one under
``<stream>#<generation>`` with the entry that it goes on from. Own streams have none: what was lost here isn't here.
"""

from collections.abc import Iterator

from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line
from jiandang_desktop.ports.vault import StreamHead
from jiandang_desktop.storage.bodies import pack, unpack
from jiandang_desktop.storage.connection import Connection

REVISION = "revision"
"""Kind of an entry whose body is a revision's."""

_BATCH = 500


def stream_place(connection: Connection, branch: str) -> int | None:
    """Where a branch is kept, None where nothing was ever appended."""
    row = connection.execute("SELECT place FROM streams WHERE name = ?", (branch,)).fetchone()
    return row[0] if row else None


def branches(connection: Connection, stream: str) -> list[tuple[str, str]]:
    """Name and generation of each branch of a stream, in the order that they began."""
    rows = connection.execute(
        "SELECT name, generation FROM streams WHERE name = ? OR (name > ? AND name < ?) ORDER BY place",
        (stream, f"{stream}#", f"{stream}$"),
    )
    return [(name, generation) for name, generation in rows]


def branch_of(connection: Connection, stream: str, generation: str | None) -> str | None:
    """The branch that a generation wrote, None where there is none yet; the newest one where none is named."""
    found = branches(connection, stream)
    if generation is None:
        return found[-1][0] if found else stream
    return next((name for name, known in found if known in ("", generation)), None)


def begin(connection: Connection, stream: str, generation: str, base: tuple[str, int] | None) -> str:
    """The branch of a generation, begun after entry ``base`` (branch and number) where it is new."""
    name = branch_of(connection, stream, generation)
    if name is None:
        name = f"{stream}#{generation}" if branches(connection, stream) else stream
        place, number = (stream_place(connection, base[0]), base[1]) if base and base[1] else (None, 0)
        connection.execute(
            "INSERT INTO streams (name, generation, base, base_number) VALUES (?, ?, ?, ?)",
            (name, generation, place, number),
        )
    connection.execute("UPDATE streams SET generation = ? WHERE name = ? AND generation = ''", (generation, name))
    return name


def generations(connection: Connection, stream: str) -> dict[str, tuple[str, int] | None]:
    """See ``ports.vault.Reader.generations``."""
    known = branches(connection, stream)
    of = dict(known)
    found: dict[str, tuple[str, int] | None] = {}
    for name, generation in known:
        base = _base(connection, name)
        if generation:
            found[generation] = (of[base[0]], base[1]) if base else None
    return found


def head(connection: Connection, branch: str) -> StreamHead:
    """Number and hash of the last entry."""
    row = connection.execute(
        "SELECT number, hash FROM journal WHERE stream = (SELECT place FROM streams WHERE name = ?)"
        " ORDER BY number DESC LIMIT 1",
        (branch,),
    ).fetchone()
    if row is not None:
        return StreamHead(row[0], row[1].hex())
    base = _base(connection, branch)
    return StreamHead(base[1], hash_at(connection, *base)) if base else StreamHead(0, NO_HASH)


def hash_at(connection: Connection, branch: str, number: int) -> str:
    """Hash of one entry; 64 zeros for number 0 (LookupError for an entry that isn't there)."""
    if number == 0:
        return NO_HASH
    row = connection.execute(
        "SELECT hash FROM journal WHERE stream = (SELECT place FROM streams WHERE name = ?) AND number = ?",
        (branch, number),
    ).fetchone()
    if row is not None:
        return str(row[0].hex())
    base = _base(connection, branch)
    if base is None or number > base[1]:
        raise LookupError(f"no entry {number}")
    return hash_at(connection, base[0], number)


def _base(connection: Connection, branch: str) -> tuple[str, int] | None:
    """Branch and number of the entry that a branch goes on from."""
    row = connection.execute(
        "SELECT b.name, s.base_number FROM streams s JOIN streams b ON b.place = s.base WHERE s.name = ?", (branch,)
    ).fetchone()
    return (row[0], row[1]) if row else None


def lines(connection: Connection, branch: str, after: int) -> Iterator[tuple[int, bytes]]:
    """Lines of a branch with a number above ``after``, in order, but for those that it goes on from.

    Read in portions, so that a caller may write in between.
    """
    place = stream_place(connection, branch)
    if place is None:
        return
    stream = branch.partition("#")[0]
    base = _base(connection, branch)
    after = max(after, base[1] if base else 0)
    previous = hash_at(connection, branch, after) if after <= head(connection, branch).number else NO_HASH
    while True:
        rows = connection.execute(
            "SELECT j.number, j.kind, j.hash, j.body, r.body FROM journal j LEFT JOIN revisions r"
            " ON r.place = j.revision WHERE j.stream = ? AND j.number > ? ORDER BY j.number LIMIT ?",
            (place, after, _BATCH),
        ).fetchall()
        if not rows:
            return
        for number, kind, own_hash, body, revision_body in rows:
            stored = body if revision_body is None else revision_body
            yield number, entry_line(stream, number, previous, kind, unpack(stored))
            previous, after = own_hash.hex(), number


class Appender:
    """Appends to branches within one transaction and remembers which heads moved."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._places: dict[str, int] = {}
        self.moved: dict[str, StreamHead] = {}

    def append(self, branch: str, kind: str, body: bytes, revision: int | None) -> int:
        """Append an entry; ``revision`` is the place of the stored revision whose body this is. Returns its number."""
        last = self.moved.get(branch) or head(self._connection, branch)
        number = last.number + 1
        own_hash = entry_hash(entry_line(branch.partition("#")[0], number, last.hash, kind, body))
        self._connection.execute(
            "INSERT INTO journal (stream, number, kind, hash, revision, body) VALUES (?, ?, ?, ?, ?, ?)",
            (
                self._place(branch),
                number,
                kind,
                bytes.fromhex(own_hash),
                revision,
                pack(body) if revision is None else None,
            ),
        )
        self.moved[branch] = StreamHead(number, own_hash)
        return number

    def _place(self, branch: str) -> int:
        place = self._places.get(branch) or stream_place(self._connection, branch)
        if place is None:
            place = int(self._connection.execute("INSERT INTO streams (name) VALUES (?)", (branch,)).lastrowid)
        self._places[branch] = place
        return place
