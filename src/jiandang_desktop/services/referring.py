"""From a visit to the referral that it owes: what speaks for one, and the slip with what is known filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check
from jiandang_desktop.ports.vault import Reader, RecordRow
from jiandang_desktop.programmes.slips import REFERRAL, SlipSource, sentence
from jiandang_desktop.services import records
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.keeping import kept_elsewhere
from jiandang_desktop.services.records import Entry

_COMMA = "\N{FULLWIDTH COMMA}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a visit asks for a referral. ``reasons`` are the sentences of the rules that do."""

    visit: RecordRow
    urgent: bool
    written: bool
    """The visit itself says that it refers."""
    reasons: tuple[str, ...]
    slip: RecordId | None
    """The referral that went out on that day or later."""


def proposal(desk: Desk, visit_id: RecordId) -> Proposal | None:
    """What a visit says of a referral, by the rules of its form; None where it asks for none.

    Problems: NOT_ALLOWED, NO_SUCH_RECORD.
    """
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        visit = _visit(reader, visit_id)
        source = desk.bench.slips.sources.get(visit.form_id)
        if source is None or kept_elsewhere(desk, reader, visit.subject_id):
            return None
        form = desk.forms.edition(visit.form_id, visit.form_version)
        context = records.form_context(desk, reader, form, visit.subject_id, visit)
        found = [one for one in check(form, source.silent(visit.answers), context) if one.rule_id in source.rules]
        written = bool(source.reason and visit.answers.get(source.reason))
        if not found and not written:
            return None
        since = [row for row in reader.records_of(visit.subject_id, REFERRAL) if row.event_date >= visit.event_date]
    return Proposal(
        visit=visit,
        urgent=any(one.rule_id in source.urgent for one in found),
        written=written,
        reasons=tuple(one.message for one in found),
        slip=since[-1].record_id if since else None,
    )


def begin(desk: Desk, visit_id: RecordId) -> Entry:
    """Begin a referral after a visit: a draft in which all that is known stands; what is in one already stays.

    Problems: NOT_ALLOWED, NO_SUCH_RECORD, NO_REFERRAL_FROM, KEPT_ELSEWHERE.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.read() as reader:
        visit = _visit(reader, visit_id)
        source = desk.bench.slips.sources.get(visit.form_id)
        if source is None:
            raise Problem("NO_REFERRAL_FROM", form=desk.bench.form_title(visit.form_id))
        taken = _taken(desk, source, desk.forms.edition(visit.form_id, visit.form_version), visit.answers)
    entry = records.open_entry(desk, REFERRAL, visit.subject_id)
    sections = desk.bench.slips.referral.out
    out = {item.id for part in entry.form.sections if part.id in sections for item in part.fields}
    begun = {**taken, **entry.answers}
    answers = {**begun, **records.filled_in(begun, entry, out)}
    records.keep_draft(desk, entry, answers, entry.place)
    return records.open_entry(desk, REFERRAL, visit.subject_id)


def _visit(reader: Reader, visit_id: RecordId) -> RecordRow:
    row = reader.record(visit_id)
    if row is None:
        raise Problem("NO_SUCH_RECORD", id=visit_id)
    return row


def _taken(desk: Desk, source: SlipSource, form: Form, answers: Answers) -> dict[str, Any]:
    """What the slip takes from the visit's answers."""
    found = {
        name: sentence(pieces, lambda field: _words(desk, form, field, answers), _COMMA)
        for name, pieces in source.fill.items()
    }
    institution, _, department = str(answers.get(source.to, "")).strip().partition(" ")
    kind = desk.bench.slips.referral
    found[kind.to] = institution
    found[kind.department] = str(answers.get(source.department, "")) or department.strip()
    return {name: value for name, value in found.items() if value}


def _words(desk: Desk, form: Form, name: str, answers: Answers) -> str:
    """An answer in words; the rows of a table one after another, each in a sentence of its own."""
    item, value = form.of_answers(answers).field(name), answers.get(name)
    if item is None or value is None:
        return ""
    template = desk.bench.slips.rows.get(name)
    if template is None or not isinstance(value, list):
        return records.in_words(item, value, answers)
    columns = {column.id: column for column in item.columns}

    def told_of(row: Mapping[str, Any]) -> str:
        cells = {key: records.in_words(columns[key], row[key], row) for key in columns if key in row}
        return sentence((template,), lambda column: cells.get(column, ""), "")

    told = map(told_of, value)
    return "\N{IDEOGRAPHIC COMMA}".join(words for words in told if words)
