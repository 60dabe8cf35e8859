"""Register a household as it comes: its members and their first papers, in one transaction (journey 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.validator import require_valid
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.records import entry_in, file_in
from jiandang_desktop.services.registry import add_household_in, add_resident_in


@dataclass(frozen=True, slots=True)
class NewMember:
    """A resident's registry answers and the filled forms, in the order in which they are to be filed."""

    answers: Mapping[str, Any]
    records: Sequence[tuple[str, Mapping[str, Any]]] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """The new household and its members."""

    household_id: SubjectId
    resident_ids: tuple[SubjectId, ...]
    records: int


def register_household(desk: Desk, answers: Mapping[str, Any], members: Sequence[NewMember]) -> Registered:
    """All of a household or nothing of it.

    Problems: NOT_ALLOWED, ANSWERS_INVALID, ANSWERS_UNSURE, RESIDENT_SAME_NUMBER, RESIDENT_LIKE_ANOTHER,
    BLOCK_USED_UP.
    """
    desk.require(Right.WRITE_RECORDS)
    filed = 0
    residents = []
    with desk.vault.work("register_household") as work:
        household_id = add_household_in(desk, work, answers)
        for member in members:
            resident_id = add_resident_in(desk, work, household_id, member.answers)
            residents.append(resident_id)
            for form_id, record in member.records:
                entry = entry_in(desk, work, form_id, resident_id)
                file_in(desk, work, entry, require_valid(entry.form, record, entry.context))
                filed += 1
        work.note(subject_id=household_id, members=len(residents), records=filed)
        work.commit()
    return Registered(household_id, tuple(residents), filed)
