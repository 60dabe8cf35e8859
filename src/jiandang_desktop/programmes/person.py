"""What is known of one resident: registry answers and records, put in order once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.programmes.days import is_day
from jiandang_desktop.programmes.definition import Number
from jiandang_desktop.programmes.duties import NEVER, RESIDENT_FIELDS, Filed

MEMBERSHIP = FormId("programme_membership")
ATTEMPT = FormId("contact_attempt")

_GONE = {"3": "died", "4": "moved", "9": "record_closed"}
"""Status of the record → why nothing is due any more (codes/record_status)."""
_LOST = "2"
_REFUSES = "2"


class Person:
    """A resident's facts, as programmes ask for them."""

    def __init__(self, answers: Mapping[str, Any], filed: Sequence[Filed], settings: Mapping[str, Any]) -> None:
        self.answers = {name: answers[name] for name in RESIDENT_FIELDS if name in answers}
        self.settings = settings
        self.birth = _day_of(answers, "birth_date")
        self.filed_on = _day_of(answers, "filing_date") or self.birth
        self._records: dict[FormId, list[Filed]] = {}
        for record in filed:
            self._records.setdefault(record.form_id, []).append(record)
        for records in self._records.values():
            if len(records) > 1:
                records.sort(key=self.day_of)
        self.forms = self._records.keys()

    def records(self, form_id: FormId) -> Sequence[Filed]:
        """The records of a form by day, those of one day in the order in which they came."""
        return self._records.get(form_id, ())

    def records_of(self, forms: Sequence[FormId]) -> list[Filed]:
        """The records of several forms, in the same order."""
        if len(forms) == 1:
            return list(self.records(forms[0]))
        return sorted((record for form_id in forms for record in self.records(form_id)), key=self.day_of)

    def decisions(self, programme: str) -> Iterator[Filed]:
        """What people decided about a programme."""
        return (record for record in self.records(MEMBERSHIP) if record.answers.get("programme") == programme)

    def refusals(self, programme: str) -> Iterator[str]:
        """The days on which people decided that a programme isn't needed for now."""
        return (self.day_of(record) for record in self.decisions(programme) if record.answers.get("decision") == "2")

    def day_of(self, record: Filed) -> str:
        """A record's day; one without is as old as the file."""
        return record.event_date if is_day(record.event_date) else self.filed_on

    def number(self, value: Number) -> int:
        """A number, or that of the setting so called."""
        return int(self.settings[value]) if isinstance(value, str) else value

    def limit(self, value: Number | float) -> float:
        """A value, or that of the setting so called."""
        return float(self.settings[value]) if isinstance(value, str) else value

    def reaches(self, answers: Mapping[str, Any], limits: Mapping[str, Number | float]) -> bool:
        """Whether one of the answers is at its limit or above."""
        return any(
            (found := _number_at(answers, name)) is not None and found >= self.limit(limit)
            for name, limit in limits.items()
        )

    def stays_below(self, answers: Mapping[str, Any], limits: Mapping[str, Number | float]) -> bool:
        """Whether one of the answers is at its limit or below."""
        return any(
            (found := _number_at(answers, name)) is not None and found <= self.limit(limit)
            for name, limit in limits.items()
        )

    @property
    def left(self) -> tuple[str, str]:
        """Day and reason of the end of the file, (NEVER, '') while it goes on."""
        reason = _GONE.get(str(self.answers.get("status", "")))
        return (_day_of(self.answers, "status_date") or self.filed_on, reason) if reason else (NEVER, "")

    @property
    def lost_on(self) -> str:
        """From when the registry says that nobody knows where the person is; '' otherwise."""
        return (_day_of(self.answers, "status_date") or self.filed_on) if self.answers.get("status") == _LOST else ""

    @property
    def refused_on(self) -> str:
        """The day on which the person didn't agree to a health record; '' if that isn't so."""
        refuses = self.answers.get("consent") == _REFUSES
        return (_day_of(self.answers, "consent_date") or self.filed_on) if refuses else ""


def _number_at(answers: Mapping[str, Any], name: str) -> float | None:
    value = answers.get(name)
    return value if type(value) in (int, float) else None


def answered_day(answers: Mapping[str, Any], field: str) -> str:
    """The day answered in a field, '' where there is none that exists."""
    return _day_of(answers, field)


def _day_of(answers: Mapping[str, Any], field: str) -> str:
    day = answers.get(field)
    return day if isinstance(day, str) and is_day(day) else ""
