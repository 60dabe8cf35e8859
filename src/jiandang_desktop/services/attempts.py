"""Tried in vain: somebody wasn't at home, the telephone rang unanswered (R6.2).

An attempt is a record of the form ``contact_attempt``. Attempts on several days make somebody lost for a programme as
its rule says, until somebody is met or reached.
"""

from collections.abc import Collection
from dataclasses import dataclass

from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import RecordRow
from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.person import ATTEMPT
from jiandang_desktop.services import records
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import checked_day

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt."""

    record_id: RecordId
    lost: tuple[str, ...]
    """Programmes for which the person counts as lost on that day."""


def add(
    desk: Desk,
    resident_id: SubjectId,
    method: str,
    result: str,
    day: str | None = None,
    *,
    half_day: str = "",
    programmes: Collection[str] = (),
    note: str = "",
    confirmed: frozenset[str] = _NONE,
) -> Attempt:
    """Write an attempt down: ``method`` and ``result`` are codes of the form, without ``programmes`` it counts for all.

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, DAY_INVALID, KEPT_ELSEWHERE, ANSWERS_INVALID, ANSWERS_UNSURE.
    """
    desk.require(Right.WRITE_RECORDS)
    day = checked_day(desk, day)
    entry = records.open_entry(desk, ATTEMPT, resident_id)
    told = {"half_day": half_day, "for_programmes": sorted(programmes), "note": note}
    answers = {
        **{name: value for name, value in told.items() if value},
        "attempt_date": day,
        "method": method,
        "result": result,
        "doctor_signature": desk.staff.name,
    }
    filed = records.file_record(desk, entry, answers, confirmed)
    with desk.vault.read() as reader:
        found = reader.care_of(resident_id)
    lost = {each.programme for each in (found[1].duties if found else ()) if each.state(day) is DutyState.LOST}
    return Attempt(filed.record.record_id, tuple(sorted(lost)))


def in_words(desk: Desk, row: RecordRow) -> str:
    """How it was tried, what came of it, and the note."""
    form = desk.forms.edition(row.form_id, row.form_version)
    told = (form.field(name) for name in ("method", "result", "note"))
    words = [
        records.in_words(item, row.answers[item.id], row.answers)
        for item in told
        if item is not None and item.id in row.answers
    ]
    return "\N{IDEOGRAPHIC SPACE}".join(words)


def history(desk: Desk, resident_id: SubjectId) -> list[RecordRow]:
    """A resident's attempts, newest first (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    return records.list_records(desk, resident_id, ATTEMPT)
