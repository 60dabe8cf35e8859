"""Household folders and single forms on paper (R8): collected here, laid out in ``printing``."""

from collections.abc import Sequence
from typing import Any

from jiandang_desktop import printing
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.sheets import arrange
from jiandang_desktop.forms.validator import compute
from jiandang_desktop.ports.vault import HouseholdRow, Reader, RecordRow, ResidentRow
from jiandang_desktop.printing import BagLabel, FilledForm, FolderDocument, MemberPart, Page, PaperContext
from jiandang_desktop.services import growth, trends
from jiandang_desktop.services.desk import Desk, form_for, station_answers
from jiandang_desktop.services.known import known_household, known_resident
from jiandang_desktop.services.records import form_context
from jiandang_desktop.services.registry import number_households


def document(desk: Desk, household_id: SubjectId) -> FolderDocument:
    """Everything of a household's folder as plain data (NOT_ALLOWED, NO_SUCH_HOUSEHOLD)."""
    desk.require(Right.PRINT)
    with desk.vault.read() as reader:
        household = known_household(reader, household_id)
        members = tuple(_member(desk, reader, row) for row in reader.members(household_id))
        sheets = _household_forms(desk, reader, household_id)
    number = next((sheet.answers["household_id"] for sheet in sheets if "household_id" in sheet.answers), "")
    return FolderDocument(
        household={**household.answers, "head_name": household.head_name, "household_id": number},
        members=members,
        forms=sheets,
        station=station_answers(desk),
        printed_by=desk.staff.name,
        printed_at=desk.now_label(),
    )


def record_pages(desk: Desk, record_id: RecordId) -> list[Page]:
    """One record's form; a visit sheet holds its neighbours (NOT_ALLOWED, NO_SUCH_RECORD, GLYPH_MISSING)."""
    desk.require(Right.PRINT)
    with desk.vault.read() as reader:
        record = reader.record(record_id)
        if record is None:
            raise Problem("NO_SUCH_RECORD", id=record_id)
        resident = reader.resident(record.subject_id)
        form = desk.forms.edition(record.form_id, record.form_version)
        sheets = _sheets(desk, reader, form, record.subject_id, reader.records_of(record.subject_id, form.id))
        sheet = next(part for part, rows in sheets if record_id in {row.record_id for row in rows})
        measured = growth.sheet(desk, reader, resident) if resident and form.id == growth.CHART else None
        sheet = FilledForm(form, measured) if measured else sheet
    return printing.layout_form(sheet, _paper_context(desk, resident), desk.bench.paper)


def blank_pages(desk: Desk, form_id: str, resident_id: SubjectId | None = None) -> list[Page]:
    """An empty form, with the resident's head where one is named (NOT_ALLOWED, NO_SUCH_FORM, NO_SUCH_RESIDENT).

    The growth chart is never empty: it shows what was measured.
    """
    desk.require(Right.PRINT)
    form = form_for(desk, form_id)
    answers: dict[str, Any] = {}
    resident = None
    if resident_id is not None:
        with desk.vault.read() as reader:
            resident = reader.resident(resident_id)
            head = compute(form, {}, form_context(desk, reader, form, resident_id, None))
            measured = growth.sheet(desk, reader, resident) if resident and form.id == growth.CHART else None
        derived = {item.id for item in form.fields() if item.derived}
        answers = measured or {field: value for field, value in head.items() if field in derived}
    return printing.layout_form(FilledForm(form, answers), _paper_context(desk, resident), desk.bench.paper)


def note_pages(desk: Desk, form_id: str) -> list[Page]:
    """How a form is filled in, for its back (NOT_ALLOWED, NO_SUCH_FORM); no page where there is nothing to say."""
    desk.require(Right.PRINT)
    return printing.layout_notes(form_for(desk, form_id), _paper_context(desk, None), desk.bench.paper)


def card_pages(desk: Desk, resident_ids: Sequence[SubjectId]) -> list[Page]:
    """Information cards, several to a sheet, fronts and backs (NOT_ALLOWED, NO_SUCH_RESIDENT, GLYPH_MISSING)."""
    desk.require(Right.PRINT)
    form = form_for(desk, "health_record_card")
    cards = []
    with desk.vault.read() as reader:
        for resident_id in resident_ids:
            row = known_resident(reader, resident_id)
            cards.append((_current(desk, reader, form, row), str(row.answers.get("card_token", ""))))
    return printing.layout_cards(cards, _paper_context(desk, None), desk.bench.paper)


def label_pages(desk: Desk, household_ids: Sequence[SubjectId]) -> list[Page]:
    """Labels for these households' bags, ten to a sheet (NOT_ALLOWED, NO_SUCH_HOUSEHOLD, GLYPH_MISSING)."""
    desk.require(Right.PRINT)
    number_households(desk, household_ids)
    station = station_answers(desk)
    labels = []
    with desk.vault.read() as reader:
        for household_id in household_ids:
            row = known_household(reader, household_id)
            code = str(row.answers.get("household_code", ""))
            labels.append(
                BagLabel(
                    code,
                    row.head_name,
                    row.address,
                    row.village_group,
                    row.members,
                    str(station["village_name"]),
                    str(station["name"]),
                )
            )
    labels.sort(key=lambda label: label.code)
    return printing.layout_labels(labels, _paper_context(desk, None), desk.bench.paper)


def write_pdf(desk: Desk, laid_out: Sequence[Page], title: str) -> bytes:
    """Pages as a PDF."""
    return printing.write_pdf(laid_out, desk.bench.paper, title)


def note_printed(desk: Desk, what: str, subject_id: SubjectId, count: int) -> None:
    """Write down that something was printed or saved as PDF."""
    desk.vault.log("print", subject_id=subject_id, what=what, pages=count)


def _household_forms(desk: Desk, reader: Reader, household_id: SubjectId) -> tuple[FilledForm, ...]:
    """What was filed about the household itself, in the official order."""
    forms: list[FilledForm] = []
    for form in desk.forms.all():
        if form.role == "record" and form.subject == "household":
            rows = reader.records_of(household_id, form.id)
            forms += [sheet for sheet, _ in _sheets(desk, reader, form, household_id, rows)]
    return tuple(forms)


def _member(desk: Desk, reader: Reader, resident: ResidentRow) -> MemberPart:
    forms: list[FilledForm] = []
    for form in desk.forms.all():
        if form.role != "record" or form.subject != "resident":
            continue
        rows = reader.records_of(resident.id, form.id)
        if form.id == growth.CHART:
            measured = growth.sheet(desk, reader, resident)
            forms += [FilledForm(form, measured, (), f"{resident.id}/{form.id}")] if measured else []
        elif rows:
            forms += [sheet for sheet, _ in _sheets(desk, reader, form, resident.id, rows)]
        elif form.id in _ALWAYS:
            forms.append(_current(desk, reader, form, resident))
    return MemberPart(
        resident={**resident.answers, "record_code_short": desk.short_code(resident)},
        forms=tuple(forms),
        card_token=str(resident.answers.get("card_token", "")),
        trends=trends.gather(desk, reader, resident.id),
        id=resident.id,
    )


_ALWAYS = frozenset({FormId("archive_cover"), FormId("health_record_card")})
"""Forms that follow from the registry and are in every folder."""


def _current(desk: Desk, reader: Reader, form: Form, resident: ResidentRow) -> FilledForm:
    rows = reader.records_of(resident.id, form.id)
    answers = rows[0].answers if rows else {}
    computed = compute(form, answers, form_context(desk, reader, form, resident.id, None))
    registry = reader.record(RecordId(resident.id))
    records = {row.record_id: row.revision_id for row in (*rows[:1], registry) if row is not None}
    return FilledForm(form, computed, (), f"{resident.id}/{form.id}", records)


def _sheets(
    desk: Desk, reader: Reader, form: Form, subject_id: SubjectId, rows: Sequence[RecordRow]
) -> list[tuple[FilledForm, list[RecordRow]]]:
    """Records as printed sheets, oldest first: one each, or several visits to a sheet."""
    oldest_first = sorted(rows, key=lambda row: (row.event_date, row.number, row.record_id))
    sheets: list[tuple[FilledForm, list[RecordRow]]] = []
    for placed in arrange(form, oldest_first, lambda row: row.answers):
        part = [row for row in placed if row is not None]
        edition = desk.forms.edition(form.id, part[0].form_version)
        columns = tuple(_with_head(desk, reader, edition, subject_id, row) for row in part)
        filled = FilledForm(
            edition,
            columns[0],
            columns if form.is_sheet else (),
            _sheet_name(form, subject_id, part[0], len(sheets)),
            {row.record_id: row.revision_id for row in part},
        )
        sheets.append((filled, part))
    return sheets


def _sheet_name(form: Form, subject_id: SubjectId, first: RecordRow, place: int) -> str:
    """What a sheet is called in every print: visits share sheets by their order, others have one each."""
    if form.is_sheet:
        return f"{subject_id}/{form.id}/{place + 1}"
    return f"{subject_id}/{form.id}/{first.record_id}" if form.repeats else f"{subject_id}/{form.id}"


def _with_head(desk: Desk, reader: Reader, form: Form, subject_id: SubjectId, row: RecordRow) -> dict[str, Any]:
    """The stored answers; where they lack the printed head (name, code), it is filled in."""
    head = compute(form, {}, form_context(desk, reader, form, subject_id, row))
    derived = {item.id: head[item.id] for item in form.fields() if item.derived and item.id in head}
    return {**derived, **row.answers}


def _paper_context(desk: Desk, resident: ResidentRow | None) -> PaperContext:
    return PaperContext(
        name=resident.name if resident else "",
        short_code=desk.short_code(resident) if resident else "",
        station=desk.station.name,
        printed_by=desk.staff.name,
        printed_at=desk.now_label(),
    )


def household_of(desk: Desk, resident_id: SubjectId) -> HouseholdRow:
    """The household whose folder a resident's papers lie in (NO_SUCH_RESIDENT, NO_SUCH_HOUSEHOLD)."""
    with desk.vault.read() as reader:
        resident = known_resident(reader, resident_id)
        household = reader.household(SubjectId(resident.household_id))
    if household is None:
        raise Problem("NO_SUCH_HOUSEHOLD", id=resident.household_id)
    return household
