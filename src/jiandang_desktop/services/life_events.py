"""What happens in people's lives and what it does to their records: birth, another household, death, leaving, coming
back (R2.1, R2.7).

Each event is one unit of work that writes all that belongs together: the registry, and the form ``record_closure``
where a record ends. Nothing is erased: an end is followed by a return, and both stay in the record's history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Severity
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.forms.functions import age_at, not_after
from jiandang_desktop.forms.validator import normalise, refuse, require_valid
from jiandang_desktop.ports.vault import HouseholdRow, Reader, ResidentRow, UnitOfWork
from jiandang_desktop.services import drafts
from jiandang_desktop.services.closing import CLOSURE, DEAD, OTHER, refuse_second_end
from jiandang_desktop.services.desk import Desk, form_for
from jiandang_desktop.services.keeping import require_kept_here
from jiandang_desktop.services.known import known_household, known_resident
from jiandang_desktop.services.records import Filed, entry_in, file_in, put_record
from jiandang_desktop.services.registry import (
    ACTIVE,
    HEAD,
    LEFT,
    add_household_in,
    add_resident_in,
    change_resident_in,
    resident_defaults,
)

FEMALE = "2"
_NONE: frozenset[str] = frozenset()
_TWIN = frozenset({"twin"})
_BORN, MARRIED, SPLIT = "1", "2", "3"
"""Reasons for coming into a household (form ``resident``, household_reason)."""
_MOTHERS = (14, 50)
"""Ages in completed years between which a birth isn't asked about [project]."""


@dataclass(frozen=True, slots=True)
class Newborn:
    """What a newborn's registration begins with; anything of it may be typed over."""

    household: HouseholdRow
    answers: Mapping[str, Any]
    relations: Mapping[str, str]
    """By the child's sex: what it is to the head of the household, where that follows from the mother."""


def newborn(desk: Desk, mother_id: SubjectId) -> Newborn:
    """The sheet for a woman's newborn child: her household, no number yet, she speaks for the child.

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NO_SUCH_HOUSEHOLD, MOTHER_NOT_FEMALE.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.read() as reader:
        mother = _mother(reader, mother_id)
        household = _home(reader, mother)
    relations = {sex: _relation(desk, mother, sex) for sex in ("1", FEMALE)}
    known = {sex: code for sex, code in relations.items() if code}
    return Newborn(household, {**resident_defaults(desk, household), **_from_mother(mother)}, known)


def birth(desk: Desk, mother_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE) -> ResidentRow:
    """Register a newborn in the mother's household, linked with her; its number may come later.

    Where ``relation_to_head`` is missing it follows from the mother's (codes/family_relation).
    Problems: as ``newborn``, and as ``registry.add_resident``; ANSWERS_INVALID for a birth before the mother's or after
    her death, ANSWERS_UNSURE for a mother of an unusual age.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("birth") as work:
        mother = _mother(work, mother_id)
        typed = {**_from_mother(mother), **answers}
        typed |= {"mother_id": mother.id, "household_since": typed.get("birth_date"), "household_reason": _BORN}
        typed.setdefault("relation_to_head", _relation(desk, mother, str(typed.get("sex", ""))))
        refuse(_of_mother(desk, mother, str(typed.get("birth_date", ""))), confirmed)
        known = {key: value for key, value in typed.items() if value is not None}
        child_id = add_resident_in(desk, work, _home(work, mother).id, known, confirmed)
        work.note(subject_id=child_id, mother=mother.id)
        work.commit()
    return _resident(desk, child_id)


def link_mother(
    desk: Desk, child_id: SubjectId, mother_id: SubjectId | None, confirmed: frozenset[str] = _NONE
) -> ResidentRow:
    """Link a child that is registered already with its mother, or take the link away (None).

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, MOTHER_NOT_FEMALE, MOTHER_ROUND_ABOUT; ANSWERS_INVALID and ANSWERS_UNSURE
    as ``birth``.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("link_mother") as work:
        child = known_resident(work, child_id)
        mother = _mother(work, mother_id) if mother_id else None
        if mother is not None:
            line = [mother.id, *(each.id for each in _mothers_above(work, mother))]
            if child.id in line:
                raise Problem("MOTHER_ROUND_ABOUT")
            refuse(_of_mother(desk, mother, child.birth_date), confirmed)
        change_resident_in(desk, work, child.id, {"mother_id": mother.id if mother else None}, confirmed)
        work.note(subject_id=child.id)
        work.commit()
    return _resident(desk, child_id)


def death(desk: Desk, resident_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE) -> Filed:
    """Somebody died; ``answers`` of the form ``record_closure``: death_date, death_cause …

    Problems: as ``records.put_record``; ALREADY_CLOSED.
    """
    return _close(desk, resident_id, "1", "death_date", answers, confirmed)


def moved_away(desk: Desk, resident_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE) -> Filed:
    """Somebody left the area: move_out_date, destination_address, handover_date … (as ``death``)."""
    return _close(desk, resident_id, "2", "move_out_date", answers, confirmed)


def moved_away_in(
    desk: Desk, work: UnitOfWork, resident_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE
) -> RecordId:
    """``moved_away`` inside a unit of work of a caller who has the right and commits (a household leaves)."""
    require_kept_here(desk, work, resident_id)
    entry = entry_in(desk, work, CLOSURE, resident_id)
    typed = _closure(desk, "2", "move_out_date", answers)
    record_id = file_in(desk, work, entry, require_valid(entry.form, typed, entry.context, confirmed))
    drafts.drop_in(desk, work, entry.draft_place)
    return record_id


def lost(desk: Desk, resident_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE) -> Filed:
    """Somebody can't be found: lost_date, lost_reason … (as ``death``)."""
    return _close(desk, resident_id, "3", "lost_date", answers, confirmed)


def ended(desk: Desk, resident_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE) -> Filed:
    """A record ends otherwise: closure_reason 4, 6 or 9, closure_date (as ``death``)."""
    return _close(desk, resident_id, str(answers.get("closure_reason", "")), "closure_date", answers, confirmed)


def returned(
    desk: Desk, resident_id: SubjectId, reason: str, day: str, confirmed: frozenset[str] = _NONE
) -> ResidentRow:
    """Open a record again: the person came back, was found, or the end was a mistake.

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NOT_CLOSED; ANSWERS_INVALID (no reason, a day in the future);
    ANSWERS_UNSURE where the register says that the person is dead, or ``day`` is before the end.
    """
    desk.require(Right.WRITE_RECORDS)
    day = _day(desk, day)
    with desk.vault.work("returned") as work:
        row = known_resident(work, resident_id)
        if row.status == ACTIVE:
            raise Problem("NOT_CLOSED", name=row.name)
        refuse(_of_return(desk, row, reason.strip(), day), confirmed)
        changes = {"status": ACTIVE, "status_reason": reason.strip(), "status_date": day, f"status.{OTHER}": None}
        change_resident_in(desk, work, resident_id, changes, confirmed | _TWIN)
        work.note(subject_id=resident_id)
        work.commit()
    return _resident(desk, resident_id)


def move_household(
    desk: Desk,
    resident_id: SubjectId,
    household_id: SubjectId | None,
    relation: str,
    *,
    new: Answers | None = None,
    day: str = "",
    reason: str = MARRIED,
    confirmed: frozenset[str] = _NONE,
) -> ResidentRow:
    """Put somebody into another household, or into a ``new`` one; the history keeps the old one.

    ``reason`` is a code of the registry's 迁入本户原因, ``day`` '' means today.
    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NO_SUCH_HOUSEHOLD, SAME_HOUSEHOLD, ANSWERS_INVALID, KEPT_ELSEWHERE.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("move_resident") as work:
        row = known_resident(work, resident_id)
        home = known_household(work, household_id or add_household_in(desk, work, new or {}))
        if home.id == row.household_id:
            raise Problem("SAME_HOUSEHOLD", name=row.name)
        changes = {
            "household_id": home.id,
            "household_since": _day(desk, day) or desk.today(),
            "household_reason": reason,
            "relation_to_head": relation,
            "village_group": home.village_group or None,
            "current_address": home.address or None,
        }
        change_resident_in(desk, work, resident_id, changes, confirmed | _TWIN)
        work.note(subject_id=resident_id, household=home.id)
        work.commit()
    return _resident(desk, resident_id)


def lacks_head(desk: Desk, household_id: SubjectId) -> bool:
    """Whether people live in a household and none of them is its head: somebody has to say who is (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return headless(reader.members(household_id))


def headless(members: Iterable[ResidentRow]) -> bool:
    """``lacks_head`` for the people of a household that were read already."""
    living = [row for row in members if row.status not in LEFT]
    return bool(living) and all(row.relation_to_head != HEAD for row in living)


def likely_mothers(child: ResidentRow, members: Iterable[ResidentRow]) -> list[ResidentRow]:
    """Which women of a household may be somebody's mother by their age; none where the mother is linked already."""
    if child.answers.get("mother_id"):
        return []
    return [row for row in members if row.id != child.id and could_bear(row, child.birth_date)]


def could_bear(resident: ResidentRow, day: str) -> bool:
    """Whether somebody is a woman of an age, on ``day``, at which a birth isn't asked about."""
    age = age_at(resident.birth_date, day)
    return resident.sex == FEMALE and age is not None and _MOTHERS[0] <= age <= _MOTHERS[1]


def _close(
    desk: Desk, resident_id: SubjectId, reason: str, day_field: str, answers: Answers, confirmed: frozenset[str]
) -> Filed:
    desk.require(Right.WRITE_RECORDS)
    status = desk.bench.tables["closing_reasons"].mapped(reason, "record_status")
    with desk.vault.read() as reader:
        # Before the form's own questions: whoever is asked to confirm a date must not be refused after it.
        refuse_second_end(desk, known_resident(reader, resident_id), status)
    return put_record(desk, CLOSURE, resident_id, _closure(desk, reason, day_field, answers), confirmed=confirmed)


def _closure(desk: Desk, reason: str, day_field: str, answers: Answers) -> dict[str, Any]:
    """The answers of the form for an end of this reason on the day of ``day_field``."""
    day = answers.get(day_field) or answers.get("closure_date")
    told = {"recorder": desk.staff.name, **answers, "closure_reason": reason, "closure_date": day, day_field: day}
    return {key: value for key, value in told.items() if value is not None}


def _from_mother(mother: ResidentRow) -> dict[str, Any]:
    """What a newborn shares with its mother."""
    shared = ("ethnicity", "residence_type", "phone", "registered_address", "responsible_doctor")
    own = {key: mother.answers[key] for key in shared if key in mother.answers}
    speaks = {"consent_by": "2", "guardian_name": mother.name}
    return {**own, "id_type": "99D", "no_id_reason": "1", "filing_source": "1", **speaks}


def _relation(desk: Desk, mother: ResidentRow, sex: str) -> str | None:
    key = "her_daughter" if sex == FEMALE else "her_son"
    return desk.bench.tables["family_relation"].mapped(mother.relation_to_head, key)


def _of_mother(desk: Desk, mother: ResidentRow, birth_date: str) -> tuple[Finding, ...]:
    """Whether a child born on this day can be hers."""
    if not_after(mother.birth_date, birth_date) is False:
        return (_finding(desk, "birth_date", Severity.ERROR, "before_mother", birth=mother.birth_date),)
    died = str(mother.answers.get("status_date", "")) if mother.status == DEAD else ""
    if died and not_after(birth_date, died) is False:
        return (_finding(desk, "birth_date", Severity.ERROR, "after_mothers_death", day=died),)
    age = age_at(mother.birth_date, birth_date)
    if age is not None and not could_bear(mother, birth_date):
        return (_finding(desk, "birth_date", Severity.WARN, "mothers_age", age=int(age), name=mother.name),)
    return ()


def _of_return(desk: Desk, row: ResidentRow, reason: str, day: str) -> tuple[Finding, ...]:
    ended_on = str(row.answers.get("status_date", ""))
    found = []
    if not reason:
        found.append(_finding(desk, "status_reason", Severity.ERROR, "no_reason"))
    if not day or not_after(day, desk.today()) is not True:
        found.append(_finding(desk, "status_date", Severity.ERROR, "day_of_return"))
    elif row.status == DEAD:
        found.append(_finding(desk, "status_date", Severity.WARN, "was_dead", name=row.name, day=ended_on))
    elif not_after(ended_on, day) is False:
        found.append(_finding(desk, "status_date", Severity.WARN, "before_end", day=ended_on))
    return tuple(found)


def _day(desk: Desk, typed: str) -> str:
    """A day as people type it (20261124); what is none stays as it is, to be refused."""
    return str(normalise(form_for(desk, "resident"), {"status_date": typed}).get("status_date", ""))


def _finding(desk: Desk, field: str, severity: Severity, key: str, **values: object) -> Finding:
    return Finding(field, severity, desk.bench.text("registry", f"life_event.{key}", **values), key)


def _mothers_above(reader: Reader, row: ResidentRow) -> list[ResidentRow]:
    """Mother, grandmother … as far as they are linked; a circle ends where it closes."""
    found: dict[SubjectId, ResidentRow] = {}
    up = mother_of(reader, row)
    while up is not None and up.id not in found:
        found[up.id] = up
        up = mother_of(reader, up)
    return list(found.values())


def mother_of(reader: Reader, row: ResidentRow) -> ResidentRow | None:
    """The linked mother, or the folder that took hers in; None where no link or no such folder is here."""
    mother_id = str(row.answers.get("mother_id", ""))
    found = reader.resident(SubjectId(mother_id)) if mother_id else None
    return (reader.resident(SubjectId(found.merged_into)) or found) if found and found.merged_into else found


def children_of(reader: Reader, row: ResidentRow) -> tuple[ResidentRow, ...]:
    """A woman's linked children, oldest first."""
    ids = [row.id, *(each.id for each in reader.merged_into(row.id))]
    found = {each.id: each for mother in ids for each in reader.find_residents(mother, limit=50)}
    own = (each for each in found.values() if each.answers.get("mother_id") in ids)
    return tuple(sorted(own, key=lambda each: (each.birth_date, each.name)))


def _mother(reader: Reader, mother_id: SubjectId) -> ResidentRow:
    row = known_resident(reader, mother_id)
    if row.sex != FEMALE:
        raise Problem("MOTHER_NOT_FEMALE", name=row.name)
    return row


def _home(reader: Reader, row: ResidentRow) -> HouseholdRow:
    return known_household(reader, SubjectId(row.household_id))


def _resident(desk: Desk, resident_id: SubjectId) -> ResidentRow:
    with desk.vault.read() as reader:
        return known_resident(reader, resident_id)
