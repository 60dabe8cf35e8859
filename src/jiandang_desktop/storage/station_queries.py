"""What is asked about the station: settings, staff, peers, streams, bundles, the audit log."""

from collections.abc import Iterator
from typing import Any

from jiandang_desktop.domain.records import RevisionId, StationId
from jiandang_desktop.domain.staff import Role, StaffId, StaffMember
from jiandang_desktop.ports.vault import (
    AuditRow,
    BundleRow,
    HeldRow,
    Mark,
    OwnKeys,
    StationKey,
    StationRow,
    StreamHead,
    Verdict,
)
from jiandang_desktop.storage import audit_log, journal
from jiandang_desktop.storage.bodies import load, unpack
from jiandang_desktop.storage.connection import Connection

_STATION = (
    "SELECT id, name, level, division_code, key_id, signing_public, recipient, certificate, relation, revoked,"
    " revoked_reason FROM stations"
)
_BUNDLE = (
    "SELECT digest, direction, kind, peer, stream, generation, first, last, head, file_name, made_at, state, summary"
    " FROM bundles"
)
_HELD = "SELECT revision_id, station_id, outcome, reason, bundle_digest, body FROM held"
_COUNTED = ("residents", "households", "records", "revisions", "drafts", "journal", "audit")


class StationQueries:
    """Part of ``ports.vault.Reader``."""

    _connection: Connection
    _followed: dict[str, str]
    """Branch of each stream that this unit of work follows."""

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting's value."""
        row = self._connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return load(row[0]) if row else default

    def staff(self) -> list[StaffMember]:
        """Everybody of the station, by name."""
        rows = self._connection.execute("SELECT id, name, roles, disabled FROM staff ORDER BY name, id")
        return [_member(row) for row in rows]

    def staff_member(self, staff_id: StaffId) -> StaffMember | None:
        """A person by id."""
        rows = self._connection.execute("SELECT id, name, roles, disabled FROM staff WHERE id = ?", (staff_id,))
        return next(map(_member, rows), None)

    def _branch(self, stream: str, generation: str | None = None) -> str:
        """Where a generation's entries of a stream are kept; the newest one's unless one is named or followed."""
        if generation is None and stream in self._followed:
            return self._followed[stream]
        return journal.branch_of(self._connection, stream, generation) or f"{stream}#{generation}"

    def streams(self) -> list[tuple[str, str]]:
        """See ``ports.vault.Reader.streams``."""
        rows = self._connection.execute("SELECT name, generation FROM streams ORDER BY place")
        return [(name.partition("#")[0], generation) for name, generation in rows]

    def generations(self, stream: str) -> dict[str, tuple[str, int] | None]:
        """See ``ports.vault.Reader.generations``."""
        return journal.generations(self._connection, stream)

    def stream_head(self, stream: str, generation: str | None = None) -> StreamHead:
        """How far a stream goes."""
        return journal.head(self._connection, self._branch(stream, generation))

    def stream_lines(self, stream: str, after: int = 0, generation: str | None = None) -> Iterator[tuple[int, bytes]]:
        """See ``ports.vault.Reader.stream_lines``."""
        return journal.lines(self._connection, self._branch(stream, generation), after)

    def stream_hash(self, stream: str, number: int, generation: str | None = None) -> str:
        """Hash of one entry (LookupError for an entry that isn't there)."""
        return journal.hash_at(self._connection, self._branch(stream, generation), number)

    def stream_revision_ids(self, stream: str, first: int, last: int) -> list[RevisionId]:
        """Ids of the stored revisions among the entries ``first`` to ``last``, in order."""
        rows = self._connection.execute(
            "SELECT r.id FROM journal j JOIN revisions r ON r.place = j.revision"
            " WHERE j.stream = (SELECT place FROM streams WHERE name = ?) AND j.number BETWEEN ? AND ?"
            " ORDER BY j.number",
            (self._branch(stream), first, last),
        )
        return [RevisionId(revision_id.hex()) for (revision_id,) in rows]

    def count_by_form(self, stream: str, after: int) -> dict[str, int]:
        """See ``ports.vault.Reader.count_by_form``."""
        rows = self._connection.execute(
            "SELECT r.form_id, count(*) FROM journal j JOIN revisions r ON r.place = j.revision"
            " WHERE j.stream = (SELECT place FROM streams WHERE name = ?) AND j.number > ?"
            " GROUP BY r.form_id ORDER BY r.form_id",
            (self._branch(stream), after),
        )
        return dict(rows.fetchall())

    def mark(self, stream: str, name: str, generation: str | None = None) -> Mark | None:
        """How far somebody came in a stream."""
        row = self._connection.execute(
            "SELECT name, generation, number, hash FROM marks WHERE stream = ? AND name = ?",
            (self._branch(stream, generation), name),
        ).fetchone()
        return Mark(stream, *row) if row else None

    def stations(self) -> list[StationRow]:
        """Every station this one knows, in the order of the divisions."""
        return [_station(row) for row in self._connection.execute(_STATION + " ORDER BY division_code, name, id")]

    def station_by_key(self, key_id: str) -> StationRow | None:
        """The station that signs with this key."""
        return next(map(_station, self._connection.execute(_STATION + " WHERE key_id = ?", (key_id,))), None)

    def station_keys(self) -> list[StationKey]:
        """See ``ports.vault.Reader.station_keys``."""
        rows = self._connection.execute(
            "SELECT key_id, station_id, signing_public, ended, reason, ended_on, generation, number FROM station_keys"
            " ORDER BY station_id, key_id"
        )
        return [StationKey(*row) for row in rows]

    def own_keys(self) -> list[OwnKeys]:
        """Newest first."""
        rows = self._connection.execute(
            "SELECT signing_seed, identity_secret, key_id FROM own_keys ORDER BY place DESC"
        )
        return [OwnKeys(*row) for row in rows]

    def bundles(self, direction: str | None = None, peer: str | None = None) -> list[BundleRow]:
        """See ``ports.vault.Reader.bundles``."""
        rows = self._connection.execute(
            _BUNDLE + " WHERE (? IS NULL OR direction = ?) AND (? IS NULL OR peer = ?) ORDER BY place DESC",
            (direction, direction, peer, peer),
        )
        return [_bundle(row) for row in rows]

    def bundle(self, digest: str) -> BundleRow | None:
        """A bundle by the digest of its file."""
        return next(map(_bundle, self._connection.execute(_BUNDLE + " WHERE digest = ?", (digest,))), None)

    def receipt_for(self, digest: str) -> bytes | None:
        """See ``ports.vault.Reader.receipt_for``."""
        row = self._connection.execute("SELECT receipt FROM bundles WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    def held(self, outcome: Verdict | None = None) -> list[HeldRow]:
        """What waits, in the order it came."""
        value = outcome.value if outcome else None
        rows = self._connection.execute(_HELD + " WHERE ? IS NULL OR outcome = ? ORDER BY place", (value, value))
        return [_held(row) for row in rows]

    def held_revision(self, revision_id: RevisionId) -> HeldRow | None:
        """What waits, or waited, under this id."""
        rows = self._connection.execute(_HELD + " WHERE revision_id = ?", (revision_id,))
        return next(map(_held, rows), None)

    def held_from(self, revision_id: RevisionId) -> list[StationId]:
        """See ``ports.vault.Reader.held_from``."""
        rows = self._connection.execute(
            "SELECT station_id FROM held_from WHERE revision_id = ? ORDER BY station_id", (revision_id,)
        )
        return [StationId(station_id) for (station_id,) in rows]

    def audit_facts(self, *, after: int = 0, limit: int = 1000) -> list[tuple[Any, ...]]:
        """See ``ports.vault.Reader.audit_facts``."""
        return audit_log.facts(self._connection, after, limit)

    def audit_rows(self, *, after: int = 0, limit: int = 1000) -> list[AuditRow]:
        """Entries with a number above ``after``, oldest first."""
        return audit_log.rows(self._connection, after, limit)

    def counts(self) -> dict[str, int]:
        """Residents, households, records, revisions, drafts, journal and audit entries, by these names."""
        return {
            table: self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in _COUNTED
        }


def _member(row: tuple[Any, ...]) -> StaffMember:
    staff_id, name, roles, disabled = row
    return StaffMember(StaffId(staff_id), name, frozenset(map(Role, load(roles))), bool(disabled))


def _station(row: tuple[Any, ...]) -> StationRow:
    return StationRow(*[*row[:9], bool(row[9]), row[10]])


def _held(row: tuple[Any, ...]) -> HeldRow:
    return HeldRow(row[0], row[1], Verdict(row[2]), row[3], row[4], unpack(row[5]))


def _bundle(row: tuple[Any, ...]) -> BundleRow:
    return BundleRow(*[*row[:12], load(row[12])])
