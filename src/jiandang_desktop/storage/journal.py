"""The journal in the database: numbered streams, each entry's hash naming all before it.

An entry that is a stored revision holds no body of its own: its line is made again from the revision.
"""

from collections.abc import Iterator

from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line
from jiandang_desktop.ports.vault import StreamHead
from jiandang_desktop.storage.bodies import pack, unpack
from jiandang_desktop.storage.connection import Connection

REVISION = "revision"
"""Kind of an entry whose body is a revision's."""

_BATCH = 500


def stream_place(connection: Connection, stream: str) -> int | None:
    """Where a stream is kept, None where nothing was ever appended."""
    row = connection.execute("SELECT place FROM streams WHERE name = ?", (stream,)).fetchone()
    return row[0] if row else None


def head(connection: Connection, stream: str) -> StreamHead:
    """Number and hash of the last entry."""
    row = connection.execute(
        "SELECT number, hash FROM journal WHERE stream = (SELECT place FROM streams WHERE name = ?)"
        " ORDER BY number DESC LIMIT 1",
        (stream,),
    ).fetchone()
    return StreamHead(row[0], row[1].hex()) if row else StreamHead(0, NO_HASH)


def hash_at(connection: Connection, stream: str, number: int) -> str:
    """Hash of one entry; 64 zeros for number 0 (LookupError for an entry that isn't there)."""
    if number == 0:
        return NO_HASH
    row = connection.execute(
        "SELECT hash FROM journal WHERE stream = (SELECT place FROM streams WHERE name = ?) AND number = ?",
        (stream, number),
    ).fetchone()
    if row is None:
        raise LookupError(f"no entry {number}")
    return str(row[0].hex())


def lines(connection: Connection, stream: str, after: int) -> Iterator[tuple[int, bytes]]:
    """Lines with a number above ``after``, in order; read in portions, so that a caller may write in between."""
    place = stream_place(connection, stream)
    if place is None:
        return
    previous = hash_at(connection, stream, after) if after <= head(connection, stream).number else NO_HASH
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
    """Appends to streams within one transaction and remembers which heads moved."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._places: dict[str, int] = {}
        self.moved: dict[str, StreamHead] = {}

    def append(self, stream: str, kind: str, body: bytes, revision: int | None) -> int:
        """Append an entry; ``revision`` is the place of the stored revision whose body this is. Returns its number."""
        last = self.moved.get(stream) or head(self._connection, stream)
        number = last.number + 1
        own_hash = entry_hash(entry_line(stream, number, last.hash, kind, body))
        self._connection.execute(
            "INSERT INTO journal (stream, number, kind, hash, revision, body) VALUES (?, ?, ?, ?, ?, ?)",
            (
                self._place(stream),
                number,
                kind,
                bytes.fromhex(own_hash),
                revision,
                pack(body) if revision is None else None,
            ),
        )
        self.moved[stream] = StreamHead(number, own_hash)
        return number

    def _place(self, stream: str) -> int:
        place = self._places.get(stream) or stream_place(self._connection, stream)
        if place is None:
            place = int(self._connection.execute("INSERT INTO streams (name) VALUES (?)", (stream,)).lastrowid)
        self._places[stream] = place
        return place
