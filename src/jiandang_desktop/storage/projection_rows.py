"""Projections as pure functions of revisions: the rows that lists and searches read.

The same functions serve a single save, the rebuilding of everything and the check, so the three can't disagree.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jiandang_desktop.domain.addresses import address_order
from jiandang_desktop.domain.names import search_form
from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.domain.search_terms import SEPARATOR, terms
from jiandang_desktop.programmes.first_record import FirstRecord
from jiandang_desktop.storage.care_rows import CARE_COLUMNS, CareRules, NoRules, Row

RESIDENT, HOUSEHOLD = "resident", "household"
"""The registry forms: one record per subject, the record's id being the subject's."""
KEEPING_STATION = "keeping_station"
"""The answer that names the station which keeps somebody who moved."""
MERGED_INTO = "merged_into"
"""The answer that names the resident whose folder took this one in."""
MOTHER = "mother_id"
"""The answer that names a resident's mother, by which her children are found."""

FROM_REVISIONS = {
    "records": "record_id, form_id, subject_id, current, heads, complete, event_date",
    "residents": "place, id, household_id, name, folded_name, sex, birth_date, id_type, id_no, phone, record_code,"
    " card_token, relation_to_head, village_group, address, status, station_id, established, last_number, merged_into,"
    " doctor, address_order",
    "households": "place, id, address, village_group, door, phone, station_id, address_order",
    "search_terms": "term, resident",
    "record_codes": "digits, code, resident",
    "card_tokens": "token, resident",
}
"""The projection tables that are made from the revisions alone, and their columns."""

COLUMNS = {**FROM_REVISIONS, **CARE_COLUMNS}
"""All projection tables and their columns."""


def insert_sql(table: str, clause: str = "INSERT") -> str:
    """The statement that writes a whole row of a projection table."""
    columns = COLUMNS[table]
    marks = ", ".join("?" * (columns.count(",") + 1))
    return f"{clause} INTO {table} ({columns}) VALUES ({marks})"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored revision as projections need it. ``raw`` is its parsed body."""

    place: int
    id: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a registry record began: place and station of its first revision."""

    place: int
    station_id: str


class Projector:
    """Makes rows; what takes time to load is loaded when the first row needs it."""

    def __init__(
        self,
        load_pinyin: Callable[[], Pinyin],
        load_first_record: Callable[[], FirstRecord],
        date_field: Callable[[FormId, int], str],
        load_rules: Callable[[], CareRules] = NoRules,
        rules_mark: Callable[[], str] = str,
    ) -> None:
        self._load_rules = load_rules
        self.rules_mark = rules_mark
        self._load_pinyin = load_pinyin
        self._load_first_record = load_first_record
        self._date_field = date_field
        self._date_fields: dict[tuple[str, int], str] = {}

    @cached_property
    def _pinyin(self) -> Pinyin:
        return self._load_pinyin()

    @cached_property
    def _first_record(self) -> FirstRecord:
        return self._load_first_record()

    @cached_property
    def rules(self) -> CareRules:
        """The programmes."""
        return self._load_rules()

    def record(self, current: Stored, heads: Iterable[str]) -> Row:
        """The row of a record whose current revision is ``current``."""
        raw = current.raw
        others = sorted(head for head in heads if head != current.id)
        return (
            raw["record"],
            raw["form"],
            raw["subject"],
            current.place,
            f'["{current.id}"]' if not others else json.dumps([current.id, *others]),
            int(raw["complete"]),
            self.event_date(raw),
        )

    def event_date(self, raw: Mapping[str, Any]) -> str:
        """The answer to the form's date field, else the date on which the revision was made."""
        edition = (raw["form"], raw["form_version"])
        if edition not in self._date_fields:
            self._date_fields[edition] = self._date_field(*edition)
        said = raw["answers"].get(self._date_fields[edition])
        return said if isinstance(said, str) and said else raw["made_at"][:10]

    def resident(self, current: Stored, origin: Origin, *, established: bool, last_number: int) -> Row:
        """The row of a resident."""
        answers, text = current.raw["answers"], _text
        return (
            origin.place,
            current.raw["subject"],
            text(answers, "household_id"),
            text(answers, "name"),
            search_form(text(answers, "name")),
            text(answers, "sex"),
            text(answers, "birth_date"),
            text(answers, "id_type"),
            text(answers, "id_no"),
            text(answers, "phone"),
            text(answers, "record_code"),
            text(answers, "card_token"),
            text(answers, "relation_to_head"),
            text(answers, "village_group"),
            text(answers, "current_address"),
            text(answers, "status"),
            text(answers, KEEPING_STATION) or origin.station_id,
            int(established),
            last_number,
            text(answers, MERGED_INTO),
            text(answers, "responsible_doctor"),
            address_order(text(answers, "village_group"), text(answers, "current_address")),
        )

    def household(self, current: Stored, origin: Origin) -> Row:
        """The row of a household."""
        answers = current.raw["answers"]
        told = (_text(answers, name) for name in ("address", "village_group", "door", "phone"))
        station = _text(answers, KEEPING_STATION) or origin.station_id
        order = address_order(_text(answers, "village_group"), _text(answers, "address"))
        return (origin.place, current.raw["subject"], *told, station, order)

    def terms(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """What a resident is found by."""
        return terms(
            _text(answers, "name"),
            _text(answers, "former_names"),
            [_text(answers, "id_no"), *_text(answers, "former_id_nos").split(SEPARATOR)],
            _text(answers, "phone"),
            codes_of(answers),
            [_text(answers, "card_token"), _text(answers, MOTHER)],
            self._pinyin,
        )

    def needed(self, answers: Mapping[str, Any]) -> tuple[FormId, ...]:
        """The forms that this resident's first record needs."""
        return self._first_record.needed(answers)


def codes_of(answers: Mapping[str, Any]) -> list[str]:
    """Current and former record codes of a resident."""
    listed = [_text(answers, "record_code"), *_text(answers, "former_codes").split(SEPARATOR)]
    return [code for code in listed if code]


def token_of(answers: Mapping[str, Any]) -> str:
    """The token on a resident's card, ''."""
    return _text(answers, "card_token")


def is_established(needed: tuple[FormId, ...], filed: Iterable[str]) -> bool:
    """Whether a first record is complete: something is needed, and all of it is filed."""
    return bool(needed) and set(needed) <= set(filed)


Body = Mapping[str, Any]


def choose_current(heads: Iterable[str], body_of: Callable[[str], Body | None]) -> str:
    """Which of several parallel revisions counts as current.

    The one that knows of most decisions about who keeps the record: a village that hadn't heard of a move can't undo
    it. Then the one with most ancestors, then the smallest id.
    """

    def rank(head: str) -> tuple[int, int, str]:
        past = _with_ancestors(head, body_of)
        return (-_decisions(past), -len(past), head)

    return min(heads, key=rank)


def _with_ancestors(start: str, body_of: Callable[[str], Body | None]) -> dict[str, Body]:
    found: dict[str, Body] = {}
    waiting = [start]
    while waiting:
        revision_id = waiting.pop()
        body = body_of(revision_id) if revision_id not in found else None
        if body is not None:
            found[revision_id] = body
            waiting += body["parents"]
    return found


def _decisions(past: Mapping[str, Body]) -> int:
    """How many revisions changed who keeps the record."""
    return sum(
        any(parent in past and _kept(past[parent]) != _kept(body) for parent in body["parents"])
        for body in past.values()
    )


def _kept(body: Body) -> tuple[Any, ...]:
    return tuple(body["answers"].get(name) for name in (KEEPING_STATION, MERGED_INTO))


def _text(answers: Mapping[str, Any], name: str) -> str:
    value = answers.get(name, "")
    return value if isinstance(value, str) else ""
