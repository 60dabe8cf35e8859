"""Facts in the records that make somebody a likely member of a programme."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.records import RecordId
from jiandang_desktop.programmes.days import birthday
from jiandang_desktop.programmes.definition import Programme, Proposal
from jiandang_desktop.programmes.duties import Filed
from jiandang_desktop.programmes.person import Person, answered_day

_CLAUSES = re.compile(r"[,;.\s\uff0c\u3002\uff1b]+")
"""What parts clauses; a list within one (an enumeration comma) is denied as a whole."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One of them: since when, why, and the record that says so."""

    day: str
    reason: str
    record_id: RecordId


def facts(programme: Programme, person: Person) -> Iterator[Fact]:
    """Everything that speaks for membership."""
    grown = birthday(person.birth, programme.min_age) if person.birth and programme.min_age else ""
    for proposal in programme.proposals:
        if proposal.at_least:
            yield from _measured(proposal, person, grown)
            continue
        for record in person.records_of((proposal.form_id, *proposal.also)):
            day = _day_of(programme, proposal, record, person)
            if day:
                yield Fact(max(day, person.day_of(record), grown), proposal.reason, record.record_id)


def _measured(proposal: Proposal, person: Person, grown: str) -> Iterator[Fact]:
    """The days on which a value was reached for the last of so many days running."""
    row: list[str] = []
    for record in person.records_of((proposal.form_id, *proposal.also)):
        day = person.day_of(record)
        if not person.reaches(record.answers, proposal.at_least):
            if not any(name in record.answers for name in proposal.at_least):
                continue
            row = []
        elif day not in row:
            row.append(day)
            if len(row) >= proposal.times:
                yield Fact(max(day, grown), proposal.reason, record.record_id)


def _day_of(programme: Programme, proposal: Proposal, record: Filed, person: Person) -> str:
    """The day from which the record says it, '' where it doesn't."""
    if proposal.any_record:
        return person.day_of(record)
    if proposal.in_words:
        return person.day_of(record) if _says(programme, record) else ""
    value = record.answers.get(proposal.answer)
    if proposal.column:
        for row in value if isinstance(value, list) else ():
            if row.get(proposal.column) in proposal.codes:
                since = answered_day(row, proposal.since) if proposal.since else ""
                return since or person.day_of(record)
        return ""
    codes = value if isinstance(value, list) else [value]
    return person.day_of(record) if not proposal.codes.isdisjoint(codes) else ""


def _says(programme: Programme, record: Filed) -> bool:
    """Whether a record has the programme's words, in a clause that doesn't deny them before."""
    written, free_text = programme.written, programme.free_text
    if written is None or free_text is None:
        return False
    texts = _texts(free_text.fields.get(record.form_id, ()), record.answers)
    clauses = (clause for text in texts if written.search(text) for clause in _CLAUSES.split(text))
    return any(
        free_text.denied.search(clause, 0, found.start()) is None
        for clause in clauses
        for found in written.finditer(clause)
    )


def _texts(fields: tuple[str, ...], answers: Mapping[str, Any]) -> Iterator[str]:
    for name in fields:
        value = answers.get(name)
        if isinstance(value, str):
            yield value
            continue
        table, _, column = name.partition(".")
        rows = answers.get(table)
        if column and isinstance(rows, list):
            yield from (str(row.get(column, "")) for row in rows if isinstance(row, Mapping))
