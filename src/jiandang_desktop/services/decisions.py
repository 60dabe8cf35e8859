"""What waits at the township for a person: parallel changes of one record, changes of somebody whom another village
keeps, what the archivist put aside at intake, and what goes back to be corrected. Every decision is a revision or a
word on one, and goes down (R9.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, Revision, RevisionId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check_values, normalise, refuse
from jiandang_desktop.ports.vault import HeldRow, Reader, RecordRow, UnitOfWork, Verdict
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import send_verdict
from jiandang_desktop.services.keeping import keeper, write_own
from jiandang_desktop.services.merging import (
    Comparison,
    Question,
    chosen,
    compare_heads,
    compare_record,
    finisher,
    label,
    of_field,
    question,
    write_merge,
)
from jiandang_desktop.services.placing import close_conflict, enter, held_ancestors, place_waiting, settle
from jiandang_desktop.services.registry import INNER, ISSUED
from jiandang_desktop.services.sorting import BESIDE, FOREIGN

QUARANTINED = "quarantined"
"""Reason of a case that can't be placed yet; ``Case.fault`` says why."""
_PUT_ASIDE = "put_aside"
"""Reason of a case that is in the archive, and that the archivist chose to look at later."""
_ABOUT = {"resident", "household"}
_STAYS = ISSUED | {"status_reason", "status_date"}
"""What no earlier state brings back: what the program fills in, and the state of the folder with its reason."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to decide: a record with parallel changes (``parallel``), a change that isn't taken by itself, one that
    was put aside (``put_aside``) or that can't be placed (``quarantined``)."""

    record_id: RecordId
    revision_id: RevisionId
    """For a change that isn't taken yet or was put aside, itself; else the revision that counts as current."""
    reason: str
    form_title: str
    who: str
    station: str
    """Name of the station that sent it."""
    made_at: str
    fault: str = ""
    """Why it can't be placed (terms: intake_reason)."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the states that lie beside each other."""

    revision: Revision
    station: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case laid open: sides in columns, questions in rows, those that wait first."""

    case: Case
    form: Form | None
    """None where this program doesn't know it."""
    sides: tuple[Side, ...]
    questions: tuple[Question, ...]


def waiting(desk: Desk) -> list[Case]:
    """What waits for a decision: parallel changes, then what isn't taken by itself or was put aside (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        names = _station_names(desk, reader)
        cases = [_parallel_case(desk, reader, row, names) for row in reader.parallel_records()]
        for row in reader.held(Verdict.HELD):
            if row.reason not in BESIDE:
                cases.append(_held_case(desk, reader, row, names))
    return cases


def unplaced(desk: Desk) -> list[Case]:
    """What came and can't be placed yet: it takes its place by itself once what it lacks is here, or goes back
    (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        names = _station_names(desk, reader)
        return [_held_case(desk, reader, row, names) for row in reader.held(Verdict.QUARANTINED)]


def show(desk: Desk, case_id: str) -> Sheet:
    """A case by its record or its revision (NOT_ALLOWED, NO_SUCH_CASE); the view is logged."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        sheet = _sheet(desk, reader, case_id)
    desk.vault.log("view_conflict", subject_id=sheet.sides[0].revision.subject_id, record=sheet.case.record_id)
    return sheet


def resolve(desk: Desk, record_id: RecordId, choices: Mapping[str, RevisionId | Mapping[str, Any]]) -> RecordRow:
    """Join parallel changes: for each open question the side that is right, or its answers written anew.

    The joined state follows all of them, so nothing is lost from the history; it goes to whoever keeps the record.
    Problems: NOT_ALLOWED, NO_SUCH_CASE, CONFLICT_OPEN, CONFLICT_CHOICE, ANSWERS_INVALID.
    """
    desk.require(Right.INTAKE)
    with desk.vault.work("resolve_conflict") as work:
        comparison = compare_record(desk, work, record_id)
        if comparison is None:
            raise Problem("NO_SUCH_CASE", id=record_id)
        picked = {field: _picked(comparison, field, choice) for field, choice in choices.items()}
        first = comparison.heads[0]
        finish = finisher(desk, work, comparison.form, first.subject_id, work.record(record_id))
        answers = chosen(comparison, picked, finish)
        refuse(check_values(comparison.form, answers))
        merged = write_merge(desk, work, comparison, answers)
        close_conflict(desk, work, record_id)
        for head in comparison.heads:
            if work.verdict(head.id) in ("", Verdict.HELD) and head.station_id != desk.station.id:
                send_verdict(desk, work, head.station_id, head.id, Verdict.ARCHIVED, "decided", "")
        work.note(subject_id=merged.subject_id, record=record_id)
        work.commit()
        return _record(work, record_id)


def adopt(desk: Desk, revision_id: RevisionId) -> Case | None:
    """Take a change that isn't taken by itself, with what it builds on; it goes on to whoever keeps the record.

    What was put aside is in the archive already: from now on it counts as archived.
    Returns the conflict where it lies beside a later state and the rule can't join them, else None.
    Problems: NOT_ALLOWED, NO_SUCH_CASE, CASE_INCOMPLETE.
    """
    desk.require(Right.INTAKE)
    with desk.vault.work("adopt_revision") as work:
        row = _held(work, revision_id)
        _require_parents(work, row)
        came = [_take(desk, work, each) for each in (*held_ancestors(work, row), row)]
        place_waiting(desk, work, came)
        work.note(subject_id=came[-1].subject_id, revision=revision_id)
        work.commit()
        record = work.record(came[-1].record_id)
        if record is None or len(record.heads) < 2:
            return None
        return _parallel_case(desk, work, record, _station_names(desk, work))


def send_back(desk: Desk, revision_id: RevisionId, words: str) -> None:
    """Send a state back to be corrected, with what to correct; what is in the archive stays as it is until then.

    Problems: NOT_ALLOWED, REASON_MISSING, NO_SUCH_REVISION.
    """
    desk.require(Right.INTAKE)
    if not words.strip():
        raise Problem("REASON_MISSING")
    with desk.vault.work("send_back") as work:
        row = work.held_revision(revision_id)
        revision = work.revision(revision_id)
        if revision is not None:
            station = keeper(work, revision.subject_id) or revision.station_id
            send_verdict(desk, work, station, revision_id, Verdict.RETURNED, "sent_back", words.strip())
            if row is not None:
                work.put_held(replace(row, outcome=Verdict.RETURNED, reason="sent_back"))
        elif row is not None and row.outcome in (Verdict.HELD, Verdict.QUARANTINED):
            revision = Revision.read(row.body)
            settle(desk, work, row, Verdict.RETURNED, "sent_back", words.strip())
        else:
            raise Problem("NO_SUCH_REVISION", id=revision_id)
        work.note(subject_id=revision.subject_id, revision=revision_id)
        work.commit()


def undo(desk: Desk, record_id: RecordId, to: RevisionId) -> RecordRow:
    """Give a record the state again that an earlier revision had: a new revision, which goes down like any other.

    Who keeps a resident, and what only the program fills in, stays as it is now.
    Problems: NOT_ALLOWED, NO_SUCH_RECORD, NO_SUCH_REVISION.
    """
    desk.require(Right.INTAKE)
    with desk.vault.work("undo_merge") as work:
        record = _record(work, record_id)
        earlier = work.revision(to)
        if earlier is None or earlier.record_id != record_id:
            raise Problem("NO_SUCH_REVISION", id=to)
        revision = desk.revision(
            desk.forms.edition(earlier.form_id, earlier.form_version),
            record_id=record_id,
            subject_id=record.subject_id,
            parents=record.heads,
            answers=_restored(record, earlier),
            complete=earlier.complete,
        )
        write_own(desk, work, revision)
        close_conflict(desk, work, record_id)
        work.note(subject_id=record.subject_id, record=record_id, restored=to)
        work.commit()
        return _record(work, record_id)


def _restored(record: RecordRow, earlier: Revision) -> Answers:
    if record.form_id not in _ABOUT:
        return earlier.answers

    def stays(field: str) -> bool:
        return field.partition(".")[0] in _STAYS

    kept = {field: value for field, value in record.answers.items() if stays(field)}
    return {**{field: value for field, value in earlier.answers.items() if not stays(field)}, **kept}


def _picked(comparison: Comparison, field: str, choice: RevisionId | Mapping[str, Any]) -> Mapping[str, Any]:
    """A question's answers: those of the side that was chosen, or as they were written."""
    if isinstance(choice, str):
        sides = [head for head in comparison.heads if head.id.startswith(choice)]
        if len(sides) != 1:
            raise Problem("CONFLICT_CHOICE", field=label(comparison.form, field))
        return of_field(sides[0].answers, field)
    if any(key.partition(".")[0] != field for key in choice):
        raise Problem("CONFLICT_CHOICE", field=label(comparison.form, field))
    return normalise(comparison.form, choice)


def _sheet(desk: Desk, reader: Reader, case_id: str) -> Sheet:
    names = _station_names(desk, reader)
    row = reader.held_revision(RevisionId(case_id))
    if row is not None and row.outcome is Verdict.QUARANTINED:
        return _unplaced_sheet(desk, reader, row, names)
    if row is not None and row.outcome is Verdict.HELD and row.reason not in BESIDE:
        return _held_sheet(desk, reader, row, names)
    record = reader.record(RecordId(case_id))
    comparison = compare_record(desk, reader, record.record_id) if record is not None else None
    if record is None or comparison is None:
        raise Problem("NO_SUCH_CASE", id=case_id)
    return _laid_open(_parallel_case(desk, reader, record, names), comparison, names)


def _held_sheet(desk: Desk, reader: Reader, row: HeldRow, names: Mapping[str, str]) -> Sheet:
    """What waits beside the record as it is, or as it was before; a record of its own stands alone."""
    case = _held_case(desk, reader, row, names)
    revision = Revision.read(row.body)
    known = {each.id: each for each in reader.history(revision.record_id)}
    known |= {each.id: each for each in (Revision.read(held.body) for held in held_ancestors(reader, row))}
    known[revision.id] = revision
    record = reader.record(revision.record_id)
    current = record.revision_id if record is not None else None
    before = list(revision.parents[:1]) if current == revision.id else [current] if current else []
    heads = (*before, revision.id)
    comparison = compare_heads(desk, reader, known, heads)
    if comparison is None:
        raise Problem("NO_SUCH_CASE", id=row.revision_id)
    return _laid_open(case, comparison, names)


def _unplaced_sheet(desk: Desk, reader: Reader, row: HeldRow, names: Mapping[str, str]) -> Sheet:
    """What can't be placed, alone; by its keys where the form isn't known here."""
    revision = Revision.read(row.body)
    side = Side(revision, names.get(revision.station_id, revision.station_id), revision.answers)
    try:
        form: Form | None = desk.forms.edition(revision.form_id, revision.form_version)
    except Problem:
        form = None
    questions = tuple(
        question(form, [revision.answers], field, revision.answers, is_open=False)
        if form is not None
        else Question(field, field, (str(revision.answers.get(field, "")),), open=False, outcome="")
        for field in _asked(form, revision.answers)
        if field not in INNER
    )
    return Sheet(_held_case(desk, reader, row, names), form, (side,), questions)


def _asked(form: Form | None, answers: Answers) -> list[str]:
    """The questions that are answered, in the form's order."""
    order = {item.id: place for place, item in enumerate(form.fields())} if form is not None else {}
    fields = dict.fromkeys(key.partition(".")[0] for key in answers)
    return sorted(fields, key=lambda field: order.get(field, len(order)))


def _laid_open(case: Case, comparison: Comparison, names: Mapping[str, str]) -> Sheet:
    form = comparison.form
    sides = tuple(Side(head, names.get(head.station_id, head.station_id), head.answers) for head in comparison.heads)
    if len(sides) == 1:
        differing = [(field, False) for field in _asked(form, sides[0].answers)]
    else:
        differing = [(field, True) for field in comparison.open] + [(field, False) for field in comparison.merged]
    differing = [(field, is_open) for field, is_open in differing if is_open or field not in INNER]
    states = [side.answers for side in sides]
    questions = tuple(
        question(form, states, field, comparison.answers, is_open=is_open) for field, is_open in differing
    )
    return Sheet(case, form, sides, questions)


def _parallel_case(desk: Desk, reader: Reader, row: RecordRow, names: Mapping[str, str]) -> Case:
    others = [reader.revision(head) for head in row.heads]
    stations = {names.get(each.station_id, "") for each in others if each is not None} - {desk.station.name}
    return Case(
        record_id=row.record_id,
        revision_id=row.revision_id,
        reason="parallel",
        form_title=desk.bench.form_title(row.form_id),
        who=_who(reader, row.subject_id),
        station="\N{IDEOGRAPHIC COMMA}".join(sorted(stations)),
        made_at=row.made_at,
    )


def _held_case(desk: Desk, reader: Reader, row: HeldRow, names: Mapping[str, str]) -> Case:
    revision = Revision.read(row.body)
    waits = row.outcome is Verdict.QUARANTINED
    return Case(
        record_id=revision.record_id,
        revision_id=revision.id,
        reason=QUARANTINED if waits else row.reason if row.reason in FOREIGN else _PUT_ASIDE,
        form_title=desk.bench.form_title(revision.form_id),
        who=_who(reader, revision.subject_id) or _named(revision),
        station=names.get(row.station_id, row.station_id),
        made_at=revision.made_at,
        fault=row.reason if waits else "",
    )


def _who(reader: Reader, subject_id: SubjectId) -> str:
    resident = reader.resident(subject_id)
    if resident is not None:
        return resident.name
    household = reader.household(subject_id)
    return (household.head_name or household.address) if household is not None else ""


def _named(revision: Revision) -> str:
    """Whom a change that isn't taken yet would register."""
    return str(revision.answers.get("name") or revision.answers.get("address") or "")


def _station_names(desk: Desk, reader: Reader) -> dict[str, str]:
    return {str(desk.station.id): desk.station.name, **{str(row.id): row.name for row in reader.stations()}}


def _take(desk: Desk, work: UnitOfWork, row: HeldRow) -> Revision:
    """Archive what waited: what was put aside is stored already."""
    stored = work.revision(row.revision_id)
    if stored is None:
        return enter(desk, work, row, Verdict.ARCHIVED, "decided")
    settle(desk, work, row, Verdict.ARCHIVED, "decided")
    return stored


def _held(work: UnitOfWork, revision_id: RevisionId) -> HeldRow:
    row = work.held_revision(revision_id)
    if row is None or row.outcome is not Verdict.HELD or row.reason in BESIDE:
        raise Problem("NO_SUCH_CASE", id=revision_id)
    return row


def _require_parents(work: UnitOfWork, row: HeldRow) -> None:
    """Nothing enters the archive before what it builds on (CASE_INCOMPLETE)."""
    waiting = held_ancestors(work, row)
    there = {each.revision_id for each in waiting}
    for each in (*waiting, row):
        for parent in Revision.read(each.body).parents:
            if parent not in there and work.revision(parent) is None:
                raise Problem("CASE_INCOMPLETE")


def _record(reader: Reader, record_id: RecordId) -> RecordRow:
    record = reader.record(record_id)
    if record is None:
        raise Problem("NO_SUCH_RECORD", id=record_id)
    return record
