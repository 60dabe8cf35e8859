"""What is asked about records, their revisions and drafts."""

import json
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId, Revision, RevisionId, StationId, SubjectId
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.ports.vault import DraftRow, RecordRow, Verdict
from jiandang_desktop.storage.bodies import load, parse, unpack
from jiandang_desktop.storage.connection import Connection

_RECORD = (
    "SELECT r.heads, r.event_date, v.number, coalesce(d.verdict, ''), coalesce(d.reason, ''), coalesce(d.words, ''),"
    " v.body"
    " FROM records r CROSS JOIN revisions v ON v.place = r.current LEFT JOIN verdicts d ON d.revision_id = v.id"
)
_BATCH = 500
_DRAFT = "SELECT id, staff_id, form_id, subject_id, record_id, answers, place, saved_at FROM drafts"


class RecordQueries:
    """Part of ``ports.vault.Reader``."""

    _connection: Connection

    def record(self, record_id: RecordId) -> RecordRow | None:
        """A record by id."""
        return next(iter(self._records("WHERE r.record_id = ?", (record_id,))), None)

    def records_of(self, subject_id: SubjectId, form_id: FormId | None = None) -> list[RecordRow]:
        """See ``ports.vault.Reader.records_of``."""
        # As a union of two indexed searches: the optimizer would read all records for an IN with a sub-select.
        condition = "WHERE r.subject_id IN (SELECT ? UNION SELECT id FROM residents WHERE merged_into = ?)"
        values = [subject_id, subject_id]
        if form_id is not None:
            condition += " AND r.form_id = ?"
            values.append(SubjectId(form_id))
        return self._records(condition + " ORDER BY r.form_id, r.event_date DESC, r.record_id", values)

    def records_of_form(self, form_id: FormId, since: str = "") -> list[RecordRow]:
        """See ``ports.vault.Reader.records_of_form``."""
        condition = "WHERE r.form_id = ? AND r.event_date >= ? ORDER BY r.event_date DESC, r.record_id"
        return self._records(condition, (form_id, since))

    def parallel_records(self, *, limit: int = 1000) -> list[RecordRow]:
        """See ``ports.vault.Reader.parallel_records``."""
        return self._records("WHERE instr(r.heads, ',') > 0 ORDER BY r.record_id LIMIT ?", (limit,))

    def records_by_verdict(self, verdict: Verdict, *, limit: int = 100) -> list[RecordRow]:
        """See ``ports.vault.Reader.records_by_verdict``."""
        rows = self._connection.execute(
            "SELECT r.heads, r.event_date, v.number, d.verdict, d.reason, d.words, v.body FROM verdicts d"
            " CROSS JOIN revisions v ON v.id = d.revision_id CROSS JOIN records r ON r.current = v.place"
            " WHERE d.verdict = ? ORDER BY v.number DESC, v.place DESC LIMIT ?",
            (verdict.value, limit),
        )
        return [_record(row) for row in rows]

    def revision(self, revision_id: RevisionId) -> Revision | None:
        """A stored revision by id."""
        key = revision_key(revision_id)
        row = self._connection.execute("SELECT body FROM revisions WHERE id = ?", (key,)).fetchone()
        return _revision(row[0]) if row else None

    def revision_bodies(self) -> Iterator[tuple[RevisionId, bytes]]:
        """See ``ports.vault.Reader.revision_bodies``."""
        after, rows = 0, [(0, b"", b"")]
        while rows:
            rows = self._connection.execute(
                "SELECT place, id, body FROM revisions WHERE place > ? ORDER BY place LIMIT ?", (after, _BATCH)
            ).fetchall()
            yield from ((RevisionId(revision_id.hex()), unpack(body)) for _, revision_id, body in rows)
            after = rows[-1][0] if rows else after

    def revision_body(self, revision_id: RevisionId) -> bytes | None:
        """See ``ports.vault.Reader.revision_body``."""
        key = revision_key(revision_id)
        row = self._connection.execute("SELECT body FROM revisions WHERE id = ?", (key,)).fetchone()
        return unpack(row[0]) if row else None

    def history(self, record_id: RecordId) -> list[Revision]:
        """See ``ports.vault.Reader.history``."""
        rows = self._connection.execute("SELECT body FROM revisions WHERE record_id = ? ORDER BY place", (record_id,))
        found = {revision.id: revision for revision in (_revision(body) for (body,) in rows)}
        sorter = TopologicalSorter(
            {each.id: [parent for parent in each.parents if parent in found] for each in found.values()}
        )
        return [found[revision_id] for revision_id in sorter.static_order()]

    def verdicts(self) -> list[tuple[RevisionId, str, str, str]]:
        """See ``ports.vault.Reader.verdicts``."""
        rows = self._connection.execute("SELECT revision_id, verdict, reason, words FROM verdicts ORDER BY revision_id")
        return [(RevisionId(revision_id.hex()), *told) for revision_id, *told in rows]

    def verdict(self, revision_id: RevisionId) -> str:
        """See ``ports.vault.Reader.verdict``."""
        key = revision_key(revision_id)
        row = self._connection.execute("SELECT verdict FROM verdicts WHERE revision_id = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def drafts(self, staff_id: StaffId | None = None) -> list[DraftRow]:
        """Drafts of one person or of everybody, the newest first."""
        rows = self._connection.execute(
            _DRAFT + " WHERE ? IS NULL OR staff_id = ? ORDER BY rowid DESC", (staff_id, staff_id)
        )
        return [_draft(row) for row in rows]

    def draft(
        self, staff_id: StaffId, form_id: FormId, subject_id: SubjectId, record_id: RecordId | None
    ) -> DraftRow | None:
        """The one draft of a person for a form of a subject."""
        row = self._connection.execute(
            _DRAFT + " WHERE staff_id = ? AND form_id = ? AND subject_id = ? AND record_id = ?",
            (staff_id, form_id, subject_id, record_id or ""),
        ).fetchone()
        return _draft(row) if row else None

    def _records(self, condition: str, values: Iterable[Any]) -> list[RecordRow]:
        rows = self._connection.execute(f"{_RECORD} {condition}", tuple(values))
        return [_record(row) for row in rows]


def revision_key(revision_id: str) -> bytes:
    """How a revision's id is stored; nothing that isn't an id can be found."""
    try:
        return bytes.fromhex(revision_id)
    except ValueError:
        return b""


def _record(row: tuple[Any, ...]) -> RecordRow:
    heads, event_date, number, verdict, reason, words, body = row
    raw = parse(body)
    all_heads = tuple(map(RevisionId, json.loads(heads)))
    return RecordRow(
        record_id=RecordId(raw["record"]),
        form_id=FormId(raw["form"]),
        form_version=raw["form_version"],
        subject_id=SubjectId(raw["subject"]),
        revision_id=all_heads[0],
        heads=all_heads,
        complete=raw["complete"],
        event_date=event_date,
        answers=raw["answers"],
        author_name=raw["author_name"],
        station_id=StationId(raw["station"]),
        made_at=raw["made_at"],
        number=number,
        verdict=verdict,
        verdict_reason=reason,
        verdict_words=words,
    )


def _revision(stored: bytes) -> Revision:
    return Revision.from_parsed(parse(stored), unpack(stored))


def _draft(row: tuple[Any, ...]) -> DraftRow:
    draft_id, staff_id, form_id, subject_id, record_id, answers, place, saved_at = row
    return DraftRow(draft_id, staff_id, form_id, subject_id, record_id or None, load(answers), place, saved_at)
