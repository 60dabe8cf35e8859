"""A resident at a glance: what is due, the last values and where they go, the family, what happened (screens: 概览).

Which questions make a value and how a record is put in a few words is data: ``resources/overview.toml``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.ports.vault import Reader, RecordRow, ResidentRow
from jiandang_desktop.services import activities, due
from jiandang_desktop.services.closing import CLOSURE
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import ResidentCare
from jiandang_desktop.services.known import known_resident
from jiandang_desktop.services.life_events import children_of, mother_of
from jiandang_desktop.services.life_history import LifeEvent, life_history_in
from jiandang_desktop.services.records import in_words
from jiandang_desktop.services.registry import REGISTRY_FORMS
from jiandang_desktop.services.trends import values_by_day

ATTENDED = "attended"
"""Kind of the event that somebody came to an activity."""
_GAP = "\N{IDEOGRAPHIC SPACE}"
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Measure:
    """The last value of one kind, and those before it."""

    id: str
    label: str
    unit: str
    value: str
    day: str
    change: float | None
    """By how much it differs from the one before, of the first of its numbers; None where it is the first."""
    points: tuple[float, ...]
    """The first of its numbers on each day, oldest first."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the overview shows beside the folder itself."""

    resident_id: SubjectId
    care: ResidentCare
    measures: tuple[Measure, ...]
    summaries: Mapping[RecordId, str]
    """The records in a few words; a record that says nothing in short has ''."""
    short_titles: Mapping[FormId, str]
    offered: tuple[FormId, ...]
    """Forms that can be filled in for anybody, in the order in which they are offered."""
    mother: ResidentRow | None
    children: tuple[ResidentRow, ...]
    events: tuple[LifeEvent, ...]


def look(desk: Desk, resident_id: SubjectId) -> Overview:
    """A resident at a glance, today (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    desk.require(Right.READ_RECORDS)
    raw = _read(desk.bench.resources / "overview.toml")
    told = {FormId(each["form"]): each for each in raw["record"]}
    care = due.of_resident(desk, resident_id)
    with desk.vault.read() as reader:
        row = known_resident(reader, resident_id)
        rows = [each for each in reader.records_of(row.id) if each.form_id not in REGISTRY_FORMS]
        return Overview(
            resident_id=row.id,
            care=care,
            measures=tuple(filter(None, (_measure(each, rows) for each in raw["measure"]))),
            summaries={each.record_id: _summary(desk, told.get(each.form_id, {}), each) for each in rows},
            short_titles={form: each["short"] for form, each in told.items()},
            offered=tuple(map(FormId, raw["offer"]["forms"])),
            mother=mother_of(reader, row),
            children=children_of(reader, row),
            events=_events(reader, row.id, rows) + _attended(desk, reader, row),
        )


def _events(reader: Reader, resident_id: SubjectId, rows: Sequence[RecordRow]) -> tuple[LifeEvent, ...]:
    """Newest first, without the ends that a closing form among the records tells already."""
    told = {row.event_date for row in rows if row.form_id == CLOSURE}
    events = life_history_in(reader, resident_id)
    return tuple(each for each in reversed(events) if not (each.kind.startswith("status_") and each.day in told))


def _attended(desk: Desk, reader: Reader, row: ResidentRow) -> tuple[LifeEvent, ...]:
    """Health education that the person signed in at."""
    return tuple(LifeEvent(each.day, ATTENDED, each.theme, "") for each in activities.attended(desk, reader, row))


def _measure(raw: Mapping[str, Any], rows: Sequence[RecordRow]) -> Measure | None:
    in_order = sorted(rows, key=lambda row: (row.event_date, row.number, row.record_id))
    first, *others = (values_by_day(fields, in_order) for fields in raw["parts"])
    if not first:
        return None
    days = sorted(first)
    last = days[-1]
    numbers = [first[last], *(part[last] for part in others if last in part)]
    change = first[last] - first[days[-2]] if len(days) > 1 else None
    words = "/".join(f"{number:g}" for number in numbers)
    points = tuple(first[day] for day in days)
    return Measure(raw["id"], raw["label"], raw["unit"], words, last, change, points)


def _summary(desk: Desk, raw: Mapping[str, Any], row: RecordRow) -> str:
    """The sentences of the form of which every question is answered."""
    sentences = raw.get("say", ())
    if not sentences:
        return ""
    form = desk.forms.edition(row.form_id, row.form_version).of_answers(row.answers)
    found = (_said(sentence, form, row.answers) for sentence in sentences)
    return _GAP.join(each for each in found if each)


def _said(sentence: str, form: Form, answers: Mapping[str, Any]) -> str:
    names = _SLOT.findall(sentence)
    if not all(answers.get(name) not in (None, "", []) for name in names):
        return ""

    def words(name: str) -> str:
        item = form.field(name)
        found = in_words(item, answers[name], answers) if item is not None else str(answers[name])
        return " ".join(found.split())

    return _SLOT.sub(lambda found: words(found[1]), sentence)


@cache
def _read(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
