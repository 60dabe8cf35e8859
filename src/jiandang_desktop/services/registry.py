"""Households and residents: register, change, move, close (R2).

Registry data are records like any other: the forms ``household`` and ``resident``, one record per subject, the
record's id being the subject's. Every change is a revision.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jiandang_desktop.domain import names
from jiandang_desktop.domain.identity import IdentityReading
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.record_codes import RecordCodeScheme
from jiandang_desktop.domain.records import Answers, FormId, RecordId, RevisionId, StationId, SubjectId, new_id
from jiandang_desktop.domain.search_terms import SEPARATOR, fold_query
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.validator import (
    Finding,
    FormContext,
    check,
    check_values,
    compute,
    normalise,
    refuse,
    require_valid,
)
from jiandang_desktop.ports.vault import HouseholdRow, Reader, ResidentFilter, ResidentRow, UnitOfWork
from jiandang_desktop.services.desk import Desk, form_for, station_answers
from jiandang_desktop.services.identity_findings import identity_findings
from jiandang_desktop.services.keeping import write_own
from jiandang_desktop.services.known import known_household, known_resident
from jiandang_desktop.services.workbench import Workbench

REGISTRY_FORMS = frozenset({"resident", "household"})
"""The forms that registration itself is."""

HEAD = "02"
"""GB/T 4761 code of the head of the household."""

ISSUED = frozenset(
    {
        "record_code",
        "record_code_scheme",
        "card_token",
        "cards",
        "household_id",
        "household_since",
        "household_reason",
        "household_code",
        "mother_id",
        "status",
        "status.9",
        "status_reason",
        "status_date",
        "keeping_station",
        "keeping_name",
        "merged_into",
        "distinct_from",
        "transferred_from",
        "transferred_on",
    }
)
"""What the program fills in, or what has a step of its own; nobody types it."""

_EVENTS = {"status", "status.9", "status_reason", "status_date", "household_since", "household_reason"}
INNER = ISSUED - {"record_code", "keeping_name", *_EVENTS}
"""What says nothing to a person: marks and ids that the program fills in."""

_MOST_HITS = 500
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody already registered who may be the same person."""

    resident: ResidentRow
    reason: str
    """``same_number``, ``same_name_birth`` or ``sounds_alike``."""


@dataclass(frozen=True, slots=True)
class HouseholdSheet:
    """A household with everybody in it."""

    household: HouseholdRow
    members: tuple[ResidentRow, ...]
    forms: tuple[Form, ...]
    """What can be filled in about the household itself."""


@dataclass(frozen=True, slots=True)
class IdentityNotes:
    """What a window says of an identity number as soon as it is typed."""

    findings: tuple[Finding, ...]
    hint: str
    """Neither wrong nor doubtful, but worth knowing; '' if nothing is."""
    offers: Mapping[str, str]
    """Kind of document, sex and birth date that the number tells, to be taken over."""


def read_identity(bench: Workbench, id_type: str, id_no: str, today: str) -> IdentityReading:
    """What an identity number says of its owner, with every finding (codes/id_documents)."""
    return bench.id_documents.read(id_type, id_no, today)


def likely_twins(
    desk: Desk, *, name: str, birth_date: str, id_no: str, except_id: SubjectId | None = None
) -> list[Twin]:
    """Who may be the same person, most certain first (R2.6)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return _twins(desk, reader, name, birth_date, id_no, except_id)


def add_household(desk: Desk, answers: Answers) -> HouseholdRow:
    """Register a household without members (NOT_ALLOWED, ANSWERS_INVALID)."""
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("add_household") as work:
        household_id = add_household_in(desk, work, answers)
        work.commit()
    return _household(desk, household_id)


def add_household_in(desk: Desk, work: UnitOfWork, answers: Answers) -> SubjectId:
    """``add_household`` inside a unit of work that the caller commits."""
    household_id = SubjectId(new_id())
    typed = {field: value for field, value in answers.items() if field != "household_code"}
    cleaned = dict(require_valid(form_for(desk, "household"), typed, registry_context(desk)))
    cleaned["household_code"] = _next_household_code(desk, work)
    _write(desk, work, "household", household_id, cleaned, ())
    return household_id


def number_households(desk: Desk, household_ids: Iterable[SubjectId]) -> int:
    """Number those of the station's own households that were registered before households had numbers; how many.

    Where nothing can be written they stay without.
    """
    with desk.vault.read() as reader:
        found = [reader.household(household_id) for household_id in household_ids]
    rows = [row for row in found if row and row.station_id == desk.station.id and not row.answers.get("household_code")]
    if not rows or desk.vault.read_only_reason or not desk.may(Right.WRITE_RECORDS):
        return 0
    with desk.vault.work("number_households") as work:
        for row in rows:
            answers = {**row.answers, "household_code": _next_household_code(desk, work)}
            _write(desk, work, "household", row.id, answers, _seen(work, row.id))
        work.note(households=len(rows))
        work.commit()
    return len(rows)


def _next_household_code(desk: Desk, work: UnitOfWork) -> str:
    """The village's segment and a serial: ``203-0012``. Stations of one village number from shares of their own."""
    share_from, share_to = desk.station.serial_share
    first, last = 10_000 * share_from // 100 + 1, min(10_000 * share_to // 100, 9_999)
    serial = max(int(work.setting("household_serial", 0)) + 1, first)
    left_out = int(work.setting("households_left_out", 0))
    if left_out:
        # Once, after a restore or a lost computer.
        serial = min(serial + left_out, max(serial, last - 1))
        work.set_setting("households_left_out", 0)
    if serial > last:
        raise Problem("BLOCK_USED_UP", first=first, last=last)
    work.set_setting("household_serial", serial)
    segment = desk.station.village_segment or desk.station.division_code[-3:]
    return f"{segment}-{serial:04d}"


def edit_household(desk: Desk, household_id: SubjectId, changes: Mapping[str, Any]) -> HouseholdRow:
    """Change a household's data; None takes an answer away (NOT_ALLOWED, NO_SUCH_HOUSEHOLD, ANSWERS_INVALID).

    Problem: FIELD_NOT_YOURS (household number).
    """
    desk.require(Right.WRITE_RECORDS)
    if "household_code" in changes:
        raise Problem("FIELD_NOT_YOURS", field="household_code")
    row = _household(desk, household_id)
    form = form_for(desk, "household")
    cleaned = require_valid(form, _changed(row.answers, changes), registry_context(desk))
    with desk.vault.work("edit_household") as work:
        _write(desk, work, "household", household_id, cleaned, _seen(work, household_id))
        work.commit()
    return _household(desk, household_id)


def add_resident(
    desk: Desk, household_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE
) -> ResidentRow:
    """Register a resident in a household and issue the record code and the card token.

    Problems: NOT_ALLOWED, NO_SUCH_HOUSEHOLD, ANSWERS_INVALID, ANSWERS_UNSURE, RESIDENT_SAME_NUMBER,
    RESIDENT_LIKE_ANOTHER (unless ``twin`` is among ``confirmed``), NO_VILLAGE_SEGMENT, BLOCK_USED_UP.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("add_resident") as work:
        resident_id = add_resident_in(desk, work, household_id, answers, confirmed)
        work.commit()
    return _resident(desk, resident_id)


def add_resident_in(
    desk: Desk, work: UnitOfWork, household_id: SubjectId, answers: Answers, confirmed: frozenset[str] = _NONE
) -> SubjectId:
    """``add_resident`` inside a unit of work that the caller commits (registering a whole household)."""
    household = known_household(work, household_id)
    prefilled = {**resident_defaults(desk, household), **answers, "household_id": household_id}
    cleaned = _checked_resident(desk, work, prefilled, confirmed, None)
    cleaned["record_code"] = _next_code(desk, work)
    cleaned["record_code_scheme"] = desk.scheme.id
    cleaned["card_token"] = new_token()
    resident_id = SubjectId(new_id())
    _write(desk, work, "resident", resident_id, cleaned, ())
    return resident_id


def edit_resident(
    desk: Desk, resident_id: SubjectId, changes: Mapping[str, Any], confirmed: frozenset[str] = _NONE
) -> ResidentRow:
    """Change a resident's data; None takes an answer away.

    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, FIELD_NOT_YOURS (record code, token), ANSWERS_INVALID, ANSWERS_UNSURE,
    RESIDENT_SAME_NUMBER, RESIDENT_LIKE_ANOTHER.
    """
    desk.require(Right.WRITE_RECORDS)
    for fixed in sorted(ISSUED & changes.keys()):
        raise Problem("FIELD_NOT_YOURS", field=fixed)
    with desk.vault.work("edit_resident") as work:
        change_resident_in(desk, work, resident_id, _with_number(changes), confirmed)
        work.commit()
    return _resident(desk, resident_id)


TOKEN_DIGITS = 24
"""Length of a card's token."""

ACTIVE = "1"
"""Status of a record in use (codes/record_status)."""

LEFT = frozenset({"3", "4", "9"})
"""Record states of people who don't live in the household any more."""


def new_token() -> str:
    """What a card carries: random digits, 80 bits of them, nothing about anybody.

    Digits alone, so that a scanner's keys mean the same under every input method and with Caps Lock on.
    """
    return f"{secrets.randbelow(10**TOKEN_DIGITS):0{TOKEN_DIGITS}d}"


def show_resident(desk: Desk, resident_id: SubjectId) -> ResidentRow:
    """One resident's registry data (NOT_ALLOWED, NO_SUCH_RESIDENT); the view is logged."""
    desk.require(Right.READ_RECORDS)
    row = _resident(desk, resident_id)
    desk.vault.log("view_resident", subject_id=resident_id)
    return row


def open_household(desk: Desk, household_id: SubjectId) -> HouseholdSheet:
    """A household and its members, head first (NOT_ALLOWED, NO_SUCH_HOUSEHOLD)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        household = known_household(reader, household_id)
        members = tuple(reader.members(household_id))
    forms = tuple(form for form in desk.forms.all() if form.subject == "household" and form.role == "record")
    return HouseholdSheet(household, members, forms)


def is_household(desk: Desk, subject_id: SubjectId) -> bool:
    """Whether this is a household's id (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return reader.household(subject_id) is not None


def list_households(desk: Desk, *, limit: int = 200, offset: int = 0) -> list[HouseholdRow]:
    """Households by group and address (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return reader.households(limit=limit, offset=offset)


def find_households(
    desk: Desk, text: str, *, station_id: StationId | None = None, limit: int = 50
) -> list[HouseholdRow]:
    """Households kept by a station (None: by any) by address or by whoever lives there; all where ``text`` is empty.

    Problem: NOT_ALLOWED.
    """
    desk.require(Right.READ_RECORDS)
    words, query = text.strip(), fold_query(text)
    with desk.vault.read() as reader:
        hits = reader.find_residents(query, ResidentFilter(station_id=station_id), limit=_MOST_HITS) if query else []
        homes = {row.household_id for row in hits}
        found = (
            row
            for row in reader.households(limit=-1)
            if station_id in (None, row.station_id) and (not words or words in row.address or row.id in homes)
        )
        return list(islice(found, limit))


def registry_context(desk: Desk, resident: Mapping[str, Any] | None = None) -> FormContext:
    """What a registry form may refer to."""
    return FormContext(
        today=desk.today(),
        resident=resident or {},
        household={},
        station=station_answers(desk),
        previous={},
        records={},
    )


def resident_defaults(desk: Desk, household: HouseholdRow) -> dict[str, Any]:
    """What a new member's registration begins with; anything of it may be typed over."""
    station = station_answers(desk)
    defaults = {
        "id_type": "01",
        "status": ACTIVE,
        "filing_date": desk.today(),
        "filing_person": desk.staff.name,
        "responsible_doctor": desk.staff.name,
        "filing_institution": station["name"],
        "township_name": station["township_name"],
        "village_name": station["village_name"],
        "current_address": household.address,
        "registered_address": household.address,
        "village_group": household.village_group,
        "phone": household.phone,
    }
    return {field: value for field, value in defaults.items() if value}


def _checked_resident(
    desk: Desk,
    reader: Reader,
    answers: Mapping[str, Any],
    confirmed: frozenset[str],
    resident_id: SubjectId | None,
    *,
    new_number: bool = True,
) -> dict[str, Any]:
    cleaned, findings = _judged(desk, answers)
    refuse(findings, confirmed)
    twins = _twins(desk, reader, cleaned["name"], cleaned.get("birth_date", ""), cleaned.get("id_no", ""), resident_id)
    _refuse_twins([twin for twin in twins if new_number or twin.reason != "same_number"], confirmed)
    return cleaned


def _judged(desk: Desk, answers: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Clean answers and everything found in them, the identity number's own findings too."""
    form = form_for(desk, "resident")
    id_type, number = str(answers.get("id_type", "01")), str(answers.get("id_no", ""))
    reading = desk.bench.id_documents.read(id_type, number, desk.today()) if number else None
    if reading is not None:
        answers = _from_number(answers, reading)
    context = registry_context(desk)
    cleaned, findings = _with_clean_name(desk, compute(form, normalise(form, answers), context))
    findings += check(form, cleaned, context)
    if reading is not None:
        findings += identity_findings(desk.bench, reading, cleaned)
    return cleaned, findings


def _with_clean_name(desk: Desk, answers: dict[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The name as R2.5 wants it: one kind of middle dot, no invisible characters, 2 to 50 characters."""
    name = answers.get("name")
    if not isinstance(name, str):
        return answers, ()
    try:
        return {**answers, "name": names.clean_name(name)}, ()
    except ValueError:
        return answers, (Finding("name", Severity.ERROR, desk.bench.text("registry", "name"), "name"),)


def _checked_change(
    desk: Desk, work: UnitOfWork, row: ResidentRow, changes: Mapping[str, Any], confirmed: frozenset[str]
) -> dict[str, Any]:
    """Only what the change brings is questioned: what was confirmed before stays confirmed."""
    answers = _changed(row.answers, changes)
    if not changes.keys() & {"name", "birth_date"}:
        confirmed |= {"twin"}
    new_number = "id_no" in changes
    try:
        return _checked_resident(desk, work, answers, confirmed, row.id, new_number=new_number)
    except Problem as problem:
        if problem.code != "ANSWERS_UNSURE":
            raise
    standing = {finding.key for finding in _judged(desk, row.answers)[1]}
    return _checked_resident(desk, work, answers, confirmed | standing, row.id, new_number=new_number)


def _from_number(answers: Mapping[str, Any], reading: IdentityReading) -> Mapping[str, Any]:
    """Sex and birth date from the number where nobody typed them; typed ones are never overwritten."""
    taken = {"sex": reading.sex, "birth_date": reading.birth_date}
    missing = {field: value for field, value in taken.items() if value and not answers.get(field)}
    former = str(answers.get("former_id_nos", ""))
    if reading.alias and reading.alias not in former.split(SEPARATOR):
        missing["former_id_nos"] = SEPARATOR.join(filter(None, (former, reading.alias)))  # decision D36
    return {**answers, **missing, "id_no": reading.number}


def identity_notes(desk: Desk, answers: Mapping[str, Any]) -> IdentityNotes:
    """What the identity number typed so far says, while the rest is still being typed."""
    id_type, number = str(answers.get("id_type", "01")), str(answers.get("id_no", ""))
    reading = desk.bench.id_documents.read(id_type, number, desk.today())
    offers = {"id_type": reading.proposed_kind, "sex": reading.sex, "birth_date": reading.birth_date}
    return IdentityNotes(
        findings=identity_findings(desk.bench, reading, answers),
        hint="".join(hint.message for hint in reading.hints),
        offers={field: value for field, value in offers.items() if value},
    )


def _refuse_twins(twins: list[Twin], confirmed: frozenset[str]) -> None:
    for twin in twins:
        if twin.reason == "same_number":
            raise Problem("RESIDENT_SAME_NUMBER", code=twin.resident.record_code)
    certain = [twin for twin in twins if twin.reason == "same_name_birth"]
    if certain and "twin" not in confirmed:
        raise Problem("RESIDENT_LIKE_ANOTHER", code=certain[0].resident.record_code)


def _twins(
    desk: Desk, reader: Reader, name: str, birth_date: str, id_no: str, except_id: SubjectId | None
) -> list[Twin]:
    found: dict[SubjectId, Twin] = {}
    if id_no:
        for row in reader.residents_by_id_no(id_no):
            found[row.id] = Twin(row, "same_number")
    folded = names.search_form(name)
    for row in reader.residents_by_name(folded):
        if birth_date and row.birth_date == birth_date:
            found.setdefault(row.id, Twin(row, "same_name_birth"))
    for sound in desk.bench.pinyin.readings(name) if birth_date else ():
        for row in reader.find_residents(sound, limit=50):
            if row.birth_date == birth_date and len(row.name) == len(name):
                found.setdefault(row.id, Twin(row, "sounds_alike"))
    if except_id is not None:
        found.pop(except_id, None)
    return list(found.values())


def _next_code(desk: Desk, reader: Reader) -> str:
    """The next record code of the station's block (NO_VILLAGE_SEGMENT, BLOCK_USED_UP)."""
    scheme: RecordCodeScheme = desk.scheme
    if not desk.station.village_segment:
        raise Problem("NO_VILLAGE_SEGMENT")  # a township or banner: codes are the villages'
    prefix = scheme.prefix(desk.station.division_code, desk.station.village_segment)
    first, last = desk.serial_block
    highest = max(reader.highest_serial(prefix, first, last) or 0, reader.setting("serials_above", 0))
    serial = scheme.next_serial(highest or None, (first, last))
    return scheme.code(prefix, serial)


def change_resident_in(
    desk: Desk,
    work: UnitOfWork,
    resident_id: SubjectId,
    changes: Mapping[str, Any],
    confirmed: frozenset[str] = _NONE,
) -> None:
    """Change a resident's data in a unit of work that the caller commits; what the change brings is judged.

    Problems: NO_SUCH_RESIDENT, ANSWERS_INVALID, ANSWERS_UNSURE, RESIDENT_SAME_NUMBER, RESIDENT_LIKE_ANOTHER,
    KEPT_ELSEWHERE.
    """
    row = known_resident(work, resident_id)
    cleaned = _checked_change(desk, work, row, changes, confirmed)
    _write(desk, work, "resident", resident_id, cleaned, _seen(work, resident_id))


def _with_number(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who got a number at last has no reason any more to be without one."""
    return {"no_id_reason": None, **changes} if changes.get("id_no") else changes


def revise_in(desk: Desk, work: UnitOfWork, row: ResidentRow, changes: Mapping[str, Any]) -> None:
    """Change what the program itself keeps about a resident, in a unit of work that the caller commits.

    Nothing that a person typed changes, so nothing is judged again.
    """
    _write(desk, work, "resident", row.id, _changed(row.answers, changes), _seen(work, row.id))


def revise_registry(desk: Desk, work: UnitOfWork, subject_id: SubjectId, changes: Mapping[str, Any]) -> None:
    """Change what the program itself fills in about somebody; nobody is asked about twins.

    Problems: NO_SUCH_RESIDENT, ANSWERS_INVALID (a value that can't be stored), KEPT_ELSEWHERE.
    """
    resident = work.resident(subject_id)
    row = resident or work.household(subject_id)
    if row is None:
        raise Problem("NO_SUCH_RESIDENT", id=subject_id)
    form = form_for(desk, "resident" if resident is not None else "household")
    answers = compute(form, _changed(row.answers, changes), registry_context(desk))
    refuse(check_values(form, answers))
    _write(desk, work, form.id, subject_id, answers, _seen(work, subject_id))


def write_registry(desk: Desk, work: UnitOfWork, form_id: str, subject_id: SubjectId, answers: Answers) -> None:
    """The first revision of a registry record, its answers checked by the caller."""
    _write(desk, work, form_id, subject_id, answers, ())


def _changed(answers: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**answers, **changes}
    return {field: value for field, value in merged.items() if value is not None}


def _write(
    desk: Desk,
    work: UnitOfWork,
    form_id: str,
    subject_id: SubjectId,
    answers: Answers,
    parents: tuple[RevisionId, ...],
) -> None:
    revision = desk.revision(
        desk.forms.current(FormId(form_id)),
        record_id=RecordId(subject_id),
        subject_id=subject_id,
        parents=parents,
        answers=answers,
        complete=True,
    )
    write_own(desk, work, revision)
    work.note(subject_id=subject_id, form=form_id)


def _seen(reader: Reader, subject_id: SubjectId) -> tuple[RevisionId, ...]:
    """What a person sees of the record now. Another head beside it was not seen, and stays one."""
    record = reader.record(RecordId(subject_id))
    return (record.revision_id,) if record is not None else ()


def _resident(desk: Desk, resident_id: SubjectId) -> ResidentRow:
    with desk.vault.read() as reader:
        return known_resident(reader, resident_id)


def _household(desk: Desk, household_id: SubjectId) -> HouseholdRow:
    with desk.vault.read() as reader:
        return known_household(reader, household_id)
