"""jiandang record …: put, get, list, history, diff."""

import argparse
from collections.abc import Mapping
from typing import Any

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, SubjectId
from jiandang_desktop.ports.vault import RecordRow
from jiandang_desktop.services import records


def record_put(session: Session, arguments: argparse.Namespace) -> Outcome:
    """File answers from a JSON file; ``--draft`` keeps them without filing."""
    answers = session.answers(arguments.ANSWERS)
    subject, record_id = SubjectId(arguments.SUBJECT), RecordId(arguments.record) if arguments.record else None
    if arguments.draft:
        entry = records.open_entry(session.desk, arguments.FORM, subject, record_id)
        saved_at = records.keep_draft(session.desk, entry, answers, "")
        return Outcome({"draft": True, "saved_at": saved_at}, (session.words("record.draft", title=entry.form.title),))
    filed = confirming(
        session,
        arguments,
        lambda confirmed: records.put_record(session.desk, arguments.FORM, subject, answers, record_id, confirmed),
    )
    data = {"record": shapes.record(filed.record), "first_record_complete": filed.first_record_complete}
    title = session.bench.form_title(filed.record.form_id)
    return Outcome(data, (session.words("record.filed", title=title, id=filed.record.record_id),))


def record_get(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The current state of a record."""
    row = records.get_record(session.desk, RecordId(arguments.RECORD))
    lines = tuple(f"{label}: {words}" for label, words in _in_words(session, row))
    return Outcome({"record": shapes.record(row)}, (_line(session, row), *lines))


def record_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A subject's records."""
    rows = records.list_records(session.desk, SubjectId(arguments.SUBJECT), arguments.form)
    lines = tuple(_line(session, row) for row in rows) or (session.words("record.none"),)
    return Outcome(shapes.listed("records", [shapes.record(row) for row in rows]), lines)


def record_history(session: Session, arguments: argparse.Namespace) -> Outcome:
    """All revisions, oldest first."""
    revisions = records.history(session.desk, RecordId(arguments.RECORD))
    lines = tuple(
        session.words("record.revision", id=item.id[:12], author=item.author_name, at=item.made_at)
        for item in revisions
    )
    return Outcome(shapes.listed("revisions", [shapes.revision(item) for item in revisions]), lines)


def record_diff(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What changed between two revisions (the last two where none are named)."""
    revisions = records.history(session.desk, RecordId(arguments.RECORD))
    older, newer = _pair(revisions, arguments)
    changes = _changes(older.answers, newer.answers)
    lines = tuple(f"{field}: {before!r} -> {after!r}" for field, before, after in changes)
    data = {
        "from": older.id,
        "to": newer.id,
        "changes": [{"field": field, "before": before, "after": after} for field, before, after in changes],
    }
    return Outcome(data, lines or (session.words("record.same"),))


def _pair(revisions: list[Revision], arguments: argparse.Namespace) -> tuple[Revision, Revision]:
    older = _named(revisions, arguments.older) if arguments.older else revisions[max(len(revisions) - 2, 0)]
    newer = _named(revisions, arguments.newer) if arguments.newer else revisions[-1]
    return older, newer


def _named(revisions: list[Revision], prefix: str) -> Revision:
    found = [item for item in revisions if item.id.startswith(prefix)]
    if len(found) != 1:
        raise Problem("NO_SUCH_REVISION", id=prefix)
    return found[0]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (field, before.get(field), after.get(field))
        for field in sorted({*before, *after})
        if before.get(field) != after.get(field)
    ]


def _in_words(session: Session, row: RecordRow) -> list[tuple[str, str]]:
    return records.answers_in_words(session.desk.forms.edition(row.form_id, row.form_version), row.answers)


def _line(session: Session, row: RecordRow) -> str:
    state = session.bench.text("terms", f"verdict.{row.verdict or 'none'}")
    return session.words(
        "record.line", id=row.record_id, title=session.bench.form_title(row.form_id), date=row.event_date, state=state
    )
