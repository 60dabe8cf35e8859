"""Artificial households as folders, and answers that fill forms to the brim."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from jiandang_desktop.demo.people import GeneratedHousehold, GeneratedResident, Village, load_words
from jiandang_desktop.demo.records import records_for
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.findings import FormContext
from jiandang_desktop.forms.sheets import arrange
from jiandang_desktop.forms.validator import compute
from jiandang_desktop.printing import FilledForm, FolderDocument, MemberPart

from .conftest import RESOURCES

TODAY = date(2026, 11, 24)
STATION = {"name": "河湾嘎查卫生室", "village_name": "河湾嘎查", "township_name": "云杉镇"}


def folders(catalog: FormCatalog, residents: int) -> Iterator[FolderDocument]:
    """One folder for each household of a small village."""
    for household in Village.load(RESOURCES, 7, TODAY).generate(residents=residents):
        members = tuple(member_part(catalog, household, member) for member in household.members)
        head = {**household.answers, "head_name": str(members[0].resident["name"])}
        yield FolderDocument(head, members, STATION, "白玉梅", "2026-11-25T09:30:00")


def member_part(catalog: FormCatalog, household: GeneratedHousehold, member: GeneratedResident) -> MemberPart:
    resident = {
        **member.answers,
        "record_code": f"152223108201{member.number:05d}",
        "record_code_short": f"201-{member.number:05d}",
    }
    context = FormContext(TODAY.isoformat(), resident, household.answers, STATION)
    by_form: dict[str, list[dict[str, Any]]] = {"archive_cover": [{}]}
    for record in records_for(member, load_words(RESOURCES), TODAY):
        by_form.setdefault(record.form_id, []).append(dict(record.answers))
    forms: list[FilledForm] = []
    for form_id, found in by_form.items():
        form = catalog.current(form_id)
        forms += sheets(form, [compute(form, answers, context) for answers in found])
    return MemberPart(resident, tuple(forms), f"JD1-{member.number:016x}")


def sheets(form: Form, found: list[dict[str, Any]]) -> list[FilledForm]:
    placed = [tuple(one for one in part if one) for part in arrange(form, found, lambda answers: answers)]
    return [FilledForm(form, part[0], part if form.is_sheet else ()) for part in placed]


def brimful(form: Form, column: str = "") -> dict[str, Any]:
    """An answer for every field: each option with its words, each text a word that occurs only once.

    ``column`` is the column of the sheet that the visit is for; only what is asked there is answered.
    """
    column = column or (form.columns[0].id if form.columns else "")
    answers: dict[str, Any] = {}
    for number, item in enumerate(form.fields(), 1):
        if item.applies_to and column not in item.applies_to:
            continue
        options = item.options_in(column)
        mark = f"答{number:03d}"
        match item.type.value:
            case "table":
                rows = [{"row": row.id} for row in item.fixed_rows] or [{} for _ in range(item.printed_rows + 1)]
                for index, row in enumerate(rows):
                    row |= {column.id: _cell(column, f"{mark}行{index}列{column.id[0]}") for column in item.columns}
                answers[item.id] = rows
            case "choice":
                answers[item.id] = options[-1].code
            case "multi_choice":
                answers[item.id] = [option.code for option in options]
            case "integer":
                answers[item.id] = 60 + number
            case "decimal":
                answers[item.id] = round(number + 0.5, 1)
            case "bool":
                answers[item.id] = True
            case "date":
                answers[item.id] = f"2025-{number % 12 + 1:02d}" + ("" if item.precision == "month" else "-17")
            case _:
                answers[item.id] = mark
        for option in options:
            if option.has_text and item.text_key(option.code) == f"{item.id}.{option.code}":
                answers[f"{item.id}.{option.code}"] = f"注{number:03d}项{option.code}"
    if form.column_field:
        answers[form.column_field] = column
    if form.field("archive_no_short"):
        answers["archive_no_short"] = "201-00018"
    if form.field("archive_no"):
        answers["archive_no"] = "15222310820100018"
    return answers


def _cell(column: Any, mark: str) -> Any:
    match column.type.value:
        case "choice":
            return column.options[-1].code
        case "integer" | "decimal":
            return 7
        case "date":
            return "2024-05" if column.precision == "month" else "2024-05-06"
        case _:
            return mark
