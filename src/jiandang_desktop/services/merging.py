"""Parallel revisions of one record, compared field by field with what both began from.

What only one side changed is taken from that side; what both changed to different values is open and waits for a
person. A table is compared as a whole, and the words behind an option belong to its question. What the program works
out (an age, a body mass index) is worked out anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, Revision, RevisionId, SubjectId
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.validator import check, compute
from jiandang_desktop.ports.vault import Reader, RecordRow, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.keeping import write_own
from jiandang_desktop.services.records import answers_in_words, form_context
from jiandang_desktop.services.registry import registry_context

Finish = Callable[[dict[str, Any]], tuple[dict[str, Any], frozenset[str]]]
"""Answers with what the program works out, and the keys of the faults in them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the rule makes of parallel revisions. ``answers`` leaves open questions as the first head has them."""

    form: Form
    heads: tuple[Revision, ...]
    answers: Answers
    open: tuple[str, ...]
    """Questions that a person decides, in the form's order."""
    merged: tuple[str, ...]
    """Questions that differ and were decided by the rule."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question in which the sides differ."""

    field: str
    label: str
    words: tuple[str, ...]
    """The answer of each side in words, '' where it is empty."""
    open: bool
    """Whether a person decides; else the rule did."""
    outcome: str
    """What the rule made of it, in words; for an open one what counts now."""


def question(form: Form, states: Sequence[Answers], field: str, outcome: Answers, *, is_open: bool) -> Question:
    """One question of several states in words."""

    def words(answers: Answers) -> str:
        found = answers_in_words(form, of_field(answers, field))
        return found[0][1] if found else ""

    return Question(field, label(form, field), tuple(words(state) for state in states), is_open, words(outcome))


def compare(form: Form, revisions: Iterable[Revision], heads: Sequence[RevisionId], finish: Finish) -> Comparison:
    """Compare the heads of a record; ``revisions`` is its whole history."""
    known = {revision.id: revision for revision in revisions}
    sides = tuple(known[head] for head in heads)
    answers, past = _groups(sides[0].answers), _with_ancestors(known, [sides[0].id])
    open_, merged = set[str](), set[str]()
    for side in sides[1:]:
        other, others_past = _groups(side.answers), _with_ancestors(known, [side.id])
        bases = [_groups(known[base].answers) for base in _nearest(known, past & others_past)] or [{}]
        for name in answers.keys() | other.keys():
            mine, theirs = answers.get(name, {}), other.get(name, {})
            if mine == theirs:
                continue
            if all(base.get(name, {}) == mine for base in bases):
                answers[name] = theirs
                merged.add(name)
            elif all(base.get(name, {}) == theirs for base in bases):
                merged.add(name)
            else:
                open_.add(name)
        past |= others_past
    return _finished(form, sides, answers, open_, merged - open_, finish)


def compare_heads(
    desk: Desk, reader: Reader, revisions: Mapping[RevisionId, Revision], heads: Sequence[RevisionId]
) -> Comparison | None:
    """Compare the heads of one record by the newest edition that one of them was filled in with.

    None where a head isn't among ``revisions`` or was written by a newer program.
    """
    sides = [revisions[head] for head in heads if head in revisions]
    if not sides or len(sides) < len(heads):
        return None
    first = sides[0]
    try:
        form = desk.forms.edition(first.form_id, max(side.form_version for side in sides))
    except Problem:
        return None
    finish = finisher(desk, reader, form, first.subject_id, reader.record(first.record_id))
    return compare(form, revisions.values(), heads, finish)


def finisher(desk: Desk, reader: Reader, form: Form, subject_id: SubjectId, record: RecordRow | None) -> Finish:
    """How answers of this record are worked out and checked."""

    def finish(answers: dict[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
        try:
            context = registry_context(desk)
            if form.role != "registry":
                context = form_context(desk, reader, form, subject_id, record)
        except Problem:
            return answers, frozenset()
        whole = compute(form, answers, context)
        faults = check(form, whole, context)
        return whole, frozenset(each.key for each in faults if each.severity is Severity.ERROR)

    return finish


def chosen(comparison: Comparison, choices: Mapping[str, Mapping[str, Any]], finish: Finish) -> dict[str, Any]:
    """The merged answers with a person's choices: for each question its answers (``{}`` takes it away).

    CONFLICT_OPEN where a question is left open.
    """
    left = [field for field in comparison.open if field not in choices]
    if left:
        raise Problem("CONFLICT_OPEN", fields="\N{IDEOGRAPHIC COMMA}".join(label(comparison.form, f) for f in left))
    groups = _groups(comparison.answers) | {field: dict(value) for field, value in choices.items()}
    return finish(_answers(groups))[0]


def of_field(answers: Answers, field: str) -> dict[str, Any]:
    """A question's answer together with the words behind its options."""
    return _groups(answers).get(field, {})


def label(form: Form, field: str) -> str:
    """What a question is called; its key where the form doesn't know it."""
    item = form.field(field)
    return item.label if item is not None else field


def _finished(
    form: Form,
    sides: tuple[Revision, ...],
    groups: dict[str, dict[str, Any]],
    open_: set[str],
    merged: set[str],
    finish: Finish,
) -> Comparison:
    worked_out = {item.id for item in form.fields() if item.derived or item.computed}
    kept = {name: group for name, group in groups.items() if name not in open_ & worked_out}
    answers, faults = finish(_answers(kept))
    # What can't be worked out was typed, and stays a question.
    open_ = {name for name in open_ if name not in worked_out or name not in answers}
    known_faults = {fault for side in sides for fault in finish(dict(side.answers))[1]}
    if not open_ and faults - known_faults:
        # Each side is sound and both together aren't: nothing is settled by rule.
        open_, merged = merged - worked_out, set()
    order = {item.id: place for place, item in enumerate(form.fields())}

    def in_order(names: set[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=lambda name: (order.get(name, len(order)), name)))

    whole = answers if not open_ else {**_answers({name: groups.get(name, {}) for name in open_}), **answers}
    return Comparison(form, sides, whole, in_order(open_), in_order(merged - worked_out))


def _groups(answers: Answers) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in answers.items():
        found.setdefault(key.partition(".")[0], {})[key] = value
    return found


def _answers(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {key: value for group in groups.values() for key, value in group.items()}


def _with_ancestors(known: Mapping[RevisionId, Revision], start: Iterable[RevisionId]) -> set[RevisionId]:
    seen: set[RevisionId] = set()
    waiting = list(start)
    while waiting:
        revision_id = waiting.pop()
        if revision_id in known and revision_id not in seen:
            seen.add(revision_id)
            waiting += known[revision_id].parents
    return seen


def _nearest(known: Mapping[RevisionId, Revision], common: set[RevisionId]) -> set[RevisionId]:
    """Those of the common ancestors from which no other common one follows."""
    older = {parent for revision_id in common for parent in known[revision_id].parents}
    return common - older


def merge_by_rule(desk: Desk, work: UnitOfWork, record_id: RecordId) -> Revision | None:
    """Join the heads of a record where nobody changed the same question; None where a person has to decide."""
    comparison = compare_record(desk, work, record_id)
    if comparison is None or comparison.open:
        return None
    return write_merge(desk, work, comparison, comparison.answers)


def compare_record(desk: Desk, reader: Reader, record_id: RecordId) -> Comparison | None:
    """The heads of a record side by side, the one that counts as current first; None where there is only one."""
    record = reader.record(record_id)
    if record is None or len(record.heads) < 2:
        return None
    return compare_heads(desk, reader, {each.id: each for each in reader.history(record_id)}, record.heads)


def write_merge(desk: Desk, work: UnitOfWork, comparison: Comparison, answers: Answers) -> Revision:
    """A revision that follows all heads; it goes to whoever keeps the record."""
    first = comparison.heads[0]
    revision = desk.revision(
        comparison.form,
        record_id=first.record_id,
        subject_id=first.subject_id,
        parents=tuple(head.id for head in comparison.heads),
        answers=answers,
        complete=all(head.complete for head in comparison.heads),
    )
    write_own(desk, work, revision)
    return revision
