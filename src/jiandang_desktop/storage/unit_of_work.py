"""A unit of work: one transaction, ended by one audit entry and one durable commit."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from jiandang_desktop.domain.labels import later_by, went_back
from jiandang_desktop.domain.records import Revision, RevisionId, StationId
from jiandang_desktop.domain.staff import StaffMember
from jiandang_desktop.ports.vault import (
    LATEST_SAVE,
    BundleRow,
    DraftRow,
    HeldRow,
    Mark,
    OwnKeys,
    PrintRow,
    StationKey,
    StationRow,
    Verdict,
)
from jiandang_desktop.storage import audit_log, journal
from jiandang_desktop.storage.audit_log import AuditEntry
from jiandang_desktop.storage.bodies import dump, pack
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.journal import REVISION, Appender
from jiandang_desktop.storage.projecting import Projecting
from jiandang_desktop.storage.projection_rows import Projector, Stored
from jiandang_desktop.storage.reading import SqlReader
from jiandang_desktop.storage.record_queries import revision_key

_STEP = timedelta(minutes=10)
"""The latest time isn't written with every save."""


class SqlUnitOfWork(SqlReader):
    """``ports.vault.UnitOfWork``; the vault begins it and ends it."""

    def __init__(
        self,
        connection: Connection,
        projector: Projector,
        *,
        action: str,
        staff_id: str,
        now: Callable[[], str],
        committed: Callable[[int, str], None],
    ) -> None:
        super().__init__(connection)
        self._action = action
        self._staff_id = staff_id
        self._now = now
        self._committed = committed
        self._appender = Appender(connection)
        self._projecting = Projecting(connection, projector, lambda: now()[:10])
        self._subject_id = ""
        self._detail: dict[str, Any] = {}
        self._only_drafts: bool | None = None

    def settle(self) -> None:
        """Write the projections that were put off, before they are read."""
        self._projecting.settle()

    def settle_care(self) -> None:
        """Write those of duties and memberships too."""
        self._projecting.settle_care()

    def commit(self) -> None:
        """See ``ports.vault.UnitOfWork.commit``. Drafts alone leave no audit entry: they aren't records yet."""
        self._projecting.settle_care()
        if self._only_drafts and not self._detail:
            self._connection.execute("COMMIT")
            return
        now = self._now()
        self._keep_latest(now)
        entry = AuditEntry(now, self._staff_id, self._action, self._subject_id, self._detail, self._appender.moved)
        number, own_hash = audit_log.append(self._connection, entry)
        self._connection.execute("COMMIT")
        self._committed(number, own_hash)

    def _keep_latest(self, now: str) -> None:
        """The latest time that was ever saved under; what is saved under an earlier one is marked in the audit log."""
        latest = self.setting(LATEST_SAVE, "")
        if went_back(now, latest):
            self._detail["date_doubtful"] = True
        elif later_by(now, latest) > _STEP:
            self.set_setting(LATEST_SAVE, now)

    def note(self, *, subject_id: str = "", **detail: Any) -> None:
        """See ``ports.vault.UnitOfWork.note``."""
        self._subject_id = subject_id or self._subject_id
        self._detail |= detail

    def add_own_revision(self, revision: Revision, *, stream: str | None) -> int:
        """See ``ports.vault.UnitOfWork.add_own_revision``."""
        place, _ = self._store(revision, "", self._next_upward(stream))
        number = 0 if stream is None else self._appender.append(stream, REVISION, revision.body, place)
        self._note_subject(revision)
        return number

    def add_foreign_revision(self, revision: Revision, *, bundle_digest: str, stream: str) -> bool:
        """See ``ports.vault.UnitOfWork.add_foreign_revision``."""
        place, new = self._store(revision, bundle_digest, 0)
        self._appender.append(self._branch(stream), REVISION, revision.body, place)
        return new

    def adopt_revision(self, revision: Revision, *, bundle_digest: str) -> None:
        """See ``ports.vault.UnitOfWork.adopt_revision``."""
        self._store(revision, bundle_digest, 0)
        self._note_subject(revision)

    def append_entry(self, stream: str, kind: str, body: bytes) -> int:
        """See ``ports.vault.UnitOfWork.append_entry``."""
        self._only_drafts = False
        return self._appender.append(self._branch(stream), kind, body, None)

    def follow(self, stream: str, generation: str, base: tuple[str, int] | None = None) -> None:
        """See ``ports.vault.UnitOfWork.follow``."""
        self._only_drafts = False
        found = base and (self._branch(stream, base[0]), base[1])
        self._followed[stream] = journal.begin(self._connection, stream, generation, found)

    def save_draft(self, draft: DraftRow) -> None:
        """See ``ports.vault.UnitOfWork.save_draft``."""
        self._only_drafts = self._only_drafts is not False
        self._connection.execute(
            "INSERT OR REPLACE INTO drafts (id, staff_id, form_id, subject_id, record_id, answers, place, saved_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.id,
                draft.staff_id,
                draft.form_id,
                draft.subject_id,
                draft.record_id or "",
                dump(dict(draft.answers)),
                draft.place,
                draft.saved_at,
            ),
        )

    def drop_draft(self, draft_id: str) -> None:
        """Forget a draft; no trouble if it isn't there."""
        self._only_drafts = self._only_drafts is not False
        self._connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))

    def set_setting(self, name: str, value: Any) -> None:
        """Set or replace a setting."""
        self._put("settings", name=name, value=dump(value))

    def put_staff(self, member: StaffMember) -> None:
        """Insert or replace a person of the roster."""
        roles = dump(sorted(role.value for role in member.roles))
        self._put("staff", id=member.id, name=member.name, roles=roles, disabled=int(member.disabled))

    def put_station(self, station: StationRow) -> None:
        """Insert or replace a station."""
        self._put(
            "stations",
            id=station.id,
            name=station.name,
            level=station.level,
            division_code=station.division_code,
            key_id=station.key_id,
            signing_public=station.signing_public,
            recipient=station.recipient,
            certificate=station.certificate,
            relation=station.relation,
            revoked=int(station.revoked),
            revoked_reason=station.revoked_reason,
        )

    def rename_station(self, station_id: StationId, new_id: StationId) -> None:
        """A station goes under another id from now on."""
        self._only_drafts = False
        self._connection.execute("UPDATE stations SET id = ? WHERE id = ?", (new_id, station_id))

    def put_station_key(self, key: StationKey) -> None:
        """Insert or replace a station's signing key."""
        self._put(
            "station_keys",
            key_id=key.key_id,
            station_id=key.station_id,
            signing_public=key.signing_public,
            ended=key.ended,
            reason=key.reason,
            ended_on=key.ended_on,
            generation=key.generation,
            number=key.number,
        )

    def add_own_keys(self, keys: OwnKeys) -> None:
        """Keys that are used from now on; older ones stay for reading."""
        self._put("own_keys", key_id=keys.key_id, signing_seed=keys.signing_seed, identity_secret=keys.identity_secret)

    def set_mark(self, mark: Mark) -> None:
        """Insert or replace a mark."""
        self._put(
            "marks",
            stream=self._branch(mark.stream),
            name=mark.name,
            generation=mark.generation,
            number=mark.number,
            hash=mark.hash,
        )

    def put_bundle(self, bundle: BundleRow, *, receipt: bytes | None = None) -> None:
        """Insert a bundle or change what is known of it; a receipt once stored stays."""
        self._only_drafts = False
        self._connection.execute(
            "INSERT INTO bundles (digest, direction, kind, peer, stream, generation, first, last, head, file_name,"
            " made_at, state, summary, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET state = excluded.state, summary = excluded.summary,"
            " file_name = excluded.file_name, receipt = coalesce(excluded.receipt, receipt)",
            (
                bundle.digest,
                bundle.direction,
                bundle.kind,
                bundle.peer,
                bundle.stream,
                bundle.generation,
                bundle.first,
                bundle.last,
                bundle.head,
                bundle.file_name,
                bundle.made_at,
                bundle.state,
                dump(dict(bundle.summary)),
                receipt,
            ),
        )

    def put_held(self, row: HeldRow) -> None:
        """Insert a held revision or change what is known of it."""
        self._only_drafts = False
        self._connection.execute(
            "INSERT INTO held (revision_id, station_id, outcome, reason, bundle_digest, body) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (revision_id) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason",
            (row.revision_id, row.station_id, row.outcome.value, row.reason, row.bundle_digest, pack(row.body)),
        )
        self._connection.execute(
            "INSERT OR IGNORE INTO held_from (revision_id, station_id) VALUES (?, ?)", (row.revision_id, row.station_id)
        )

    def add_print(self, row: PrintRow) -> None:
        """Write down what was printed of a household."""
        self._only_drafts = False
        place = self._connection.execute(
            "INSERT INTO prints (job, household_id, mode, at, staff_id, staff_name, pages)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.job, row.household_id, row.mode, row.at, row.staff_id, row.staff_name, row.pages),
        ).lastrowid
        self._connection.executemany(
            "INSERT INTO printed_sheets (print, number, sheet, subject_id, form_id, content, records, first, numbers,"
            " pages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    place,
                    number,
                    each.sheet,
                    each.subject_id,
                    each.form_id,
                    each.content,
                    dump(dict(each.records)),
                    each.first,
                    each.numbers,
                    each.pages,
                )
                for number, each in enumerate(row.sheets, 1)
            ],
        )

    def set_verdict(self, revision_id: RevisionId, verdict: Verdict, reason: str, words: str = "") -> None:
        """What the archive said of a revision; the last word counts."""
        key = revision_key(revision_id)
        self._put("verdicts", revision_id=key, verdict=verdict.value, reason=reason, words=words)

    def forget_verdicts(self, revision_ids: Sequence[RevisionId]) -> None:
        """See ``ports.vault.UnitOfWork.forget_verdicts``."""
        self._only_drafts = False
        rows = [(revision_key(revision_id),) for revision_id in revision_ids]
        self._connection.executemany("DELETE FROM verdicts WHERE revision_id = ?", rows)

    def _put(self, table: str, **values: Any) -> None:
        self._only_drafts = False
        marks = ", ".join("?" * len(values))
        sql = f"INSERT OR REPLACE INTO {table} ({', '.join(values)}) VALUES ({marks})"  # noqa: S608 - our own names
        self._connection.execute(sql, tuple(values.values()))

    def _store(self, revision: Revision, bundle_digest: str, number: int) -> tuple[int, bool]:
        """Place of the revision, and whether it is new here."""
        self._only_drafts = False
        key = bytes.fromhex(revision.id)
        row = self._connection.execute("SELECT place FROM revisions WHERE id = ?", (key,)).fetchone()
        if row is not None:
            return row[0], False
        place = self._connection.execute(
            "INSERT INTO revisions (id, record_id, form_id, form_version, subject_id, station_id, bundle_digest,"
            " number, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                revision.record_id,
                revision.form_id,
                revision.form_version,
                revision.subject_id,
                revision.station_id,
                bundle_digest,
                number,
                pack(revision.body),
            ),
        ).lastrowid
        for parent in revision.parents:
            self._connection.execute(
                "INSERT OR IGNORE INTO revision_parents (parent, child) VALUES (?, ?)", (bytes.fromhex(parent), place)
            )
        self._projecting.take(_stored(place, revision))
        return place, True

    def _next_upward(self, stream: str | None) -> int:
        """The number that an own revision gets in the upward stream, 0 for another stream."""
        if stream is None or not stream.endswith("/up"):
            return 0
        last = self._appender.moved.get(stream) or self.stream_head(stream)
        return last.number + 1

    def _note_subject(self, revision: Revision) -> None:
        self._subject_id = self._subject_id or revision.subject_id
        # Later revisions of the same unit of work are counted, not listed.
        self._detail["revisions"] = self._detail.get("revisions", 0) + 1
        self._detail.setdefault("record", revision.record_id)


def _stored(place: int, revision: Revision) -> Stored:
    raw = {
        "answers": revision.answers,
        "complete": revision.complete,
        "form": revision.form_id,
        "form_version": revision.form_version,
        "made_at": revision.made_at,
        "parents": revision.parents,
        "record": revision.record_id,
        "station": revision.station_id,
        "subject": revision.subject_id,
    }
    return Stored(place, revision.id, raw)
