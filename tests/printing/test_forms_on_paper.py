"""Forms on paper: nothing that was answered is missing, and the official pages hold."""

from typing import Any

import pytest

from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.forms.paper import layout_of
from jiandang_desktop.printing import FilledForm, FontBook, PaperContext, Text, layout_form
from jiandang_desktop.printing.answers import words_of

from .conftest import RESOURCES, ReadBack
from .samples import brimful

SHIPPED = FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))
FORMS = [str(form.id) for form in SHIPPED.all() if form.role == "record"]
PAGES = {
    "physical_exam": 4,
    "elderly_tcm_constitution": 2,
    "child_growth_chart": 2,
    "two_way_referral": 2,
    "archive_transfer_list": 2,
}
"""Pages of the official form where it isn't one."""


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("form_id", "column"),
    [(form_id, column.id) for form_id in FORMS for column in SHIPPED.current(form_id).columns]
    + [(form_id, "") for form_id in FORMS if not SHIPPED.current(form_id).columns],
)
def test_every_answer_is_on_paper(
    form_id: str, column: str, catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """A form in which every question, option text and table row is answered prints all of it."""
    form = catalog.current(form_id)
    answers = brimful(form, column)
    text = read_back(layout_form(FilledForm(form, answers), context, fonts))
    missing = [told for told in told_texts(form, answers, fonts) if squeezed(told) not in text]
    assert not missing


def told_texts(form: Form, answers: dict[str, Any], fonts: FontBook) -> list[str]:
    """What must be found: words of texts, numbers and dates; the words behind options; each cell of each row."""
    layout, found = layout_of(form), []
    for item in form.fields():
        if item.id not in answers or item.id in layout.omit or item.id == layout.code or item.id == "archive_no_short":
            continue
        if item.columns:
            found += [cell for row in answers[item.id] for cell in row_texts(item, row, fonts)]
        elif item.options:
            found += [str(value) for key, value in answers.items() if key.startswith(f"{item.id}.")]
        elif item.type.value != "bool":
            found.append(words_of(item, answers[item.id], fonts.words))
    return found


def row_texts(table: Field, row: dict[str, Any], fonts: FontBook) -> list[str]:
    return [words_of(column, row[column.id], fonts.words) for column in table.columns if not column.options]


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("state", ["blank", "full"])
def test_a_form_has_its_official_number_of_pages(
    form_id: str, state: str, catalog: FormCatalog, fonts: FontBook, context: PaperContext
) -> None:
    """One page each, the examination four, empty as well as with everything answered."""
    form = catalog.current(form_id)
    pages = layout_form(FilledForm(form, brimful(form) if state == "full" else {}), context, fonts)
    assert len(pages) == PAGES.get(form_id, 1)


@pytest.mark.parametrize("form_id", FORMS)
def test_labels_and_options_are_on_the_blank_form(
    form_id: str, catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """The blank form shows its sections' questions and the numbers and words of the options printed on it."""
    form = catalog.current(form_id)
    layout = layout_of(form)
    text = read_back(layout_form(FilledForm(form, {}), context, fonts))
    whole = {slot.path[0] for slot in layout.slots() if slot.mode in ("", "options", "choices", "list", "stacked")}
    for item in form.fields():
        if item.options and item.printed_codes and item.id in whole and not item.practice_addition:
            for option in item.options:
                assert squeezed(option.code + option.label) in text


def test_the_head_is_filled_in_on_a_blank_form(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """For home visits: name and short code stand on the empty form."""
    text = read_back(layout_form(FilledForm(catalog.current("personal_info"), {}), context, fonts))
    assert "乌云其木格" in text
    assert "编号201-00018" in text


def test_codes_stand_in_the_boxes(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Chosen codes are written in the boxes joined by strokes; more than the form has boxes for are added."""
    form = catalog.current("physical_exam")
    answers = {"symptoms": [str(code) for code in range(2, 14)]}
    text = read_back(layout_form(FilledForm(form, answers), context, fonts))
    assert "(12/13)" in text
    assert "2/3/4/5/6/7/8/9/10/11" in text


def test_a_visit_sheet_leaves_unused_columns_empty(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Two visits on a sheet for four: both readings are there and two columns ask for a date."""
    form = catalog.current("hypertension_followup")
    visits = tuple({"visit_date": f"2026-0{month}-01", "systolic_bp": 140 + month} for month in (3, 6))
    text = read_back(layout_form(FilledForm(form, visits[0], visits), context, fonts))
    assert "2026年3月1日" in text
    assert "2026年6月1日" in text
    assert "143" in text
    assert "146" in text
    assert text.count("随访日期2026年3月1日2026年6月1日年月日年月日") == 1


def test_long_text_is_never_cut(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Text far longer than its cell, even than a page, goes on over following pages."""
    form = catalog.current("encounter_record")
    long = "".join(f"第{number}句头晕，" for number in range(800))
    pages = layout_form(FilledForm(form, {"subjective": long, "plan": "复查"}), context, fonts)
    between = (op.text for page in pages for op in page.ops if isinstance(op, Text) and 70 < op.y < 800)
    text = "".join(between)
    assert len(pages) > 2
    assert long in text
    assert "复查" in read_back(pages)


def test_line_breaks_in_an_answer_stay(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Answers of several lines are printed as lines; in a ruled blank they become one."""
    form = catalog.current("encounter_record")
    text = read_back(layout_form(FilledForm(form, {"plan": "休息\n\n多饮水\t复查"}), context, fonts))
    assert "休息多饮水复查" in text


def test_what_the_form_has_no_place_for_is_noted_below(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Practice additions are written under the table, with their words."""
    form = catalog.current("hypertension_followup")
    answers = {"emergency_signs": ["vomiting", "other"], "emergency_signs.other": "视物模糊"}
    text = read_back(layout_form(FilledForm(form, answers, (answers,)), context, fonts))
    assert "附记：第1次危急症状体征：恶心呕吐、超出本机构处理能力的其他情况（视物模糊）" in text


@pytest.mark.parametrize(
    ("answers", "out", "back"),
    [
        ({}, True, True),
        ({"patient_name": "王小满", "home_address": "3组"}, True, True),
        ({"referral_date": "2026-11-24", "initial_impression": "高血压"}, True, False),
        ({"return_date": "2026-11-28", "diagnosis": "高血压"}, False, True),
        ({"referral_date": "2026-11-24", "return_date": "2026-11-28"}, True, True),
    ],
    ids=["blank", "head only", "slip out", "slip back", "both"],
)
def test_a_paper_that_is_torn_is_printed_as_far_as_it_is_begun(
    answers: dict[str, Any],
    out: bool,
    back: bool,
    catalog: FormCatalog,
    fonts: FontBook,
    context: PaperContext,
    read_back: ReadBack,
) -> None:
    """The patient takes one half along; the other doesn't exist before he is sent back."""
    form = catalog.current("two_way_referral")
    pages = layout_form(FilledForm(form, answers), context, fonts)
    text = read_back(pages)
    assert len(pages) == out + back
    assert ("双向转诊（转出）单" in text) is out
    assert ("双向转诊（回转）单" in text) is back
