"""Sheets whose columns have a meaning: each column prints what it asks, and nothing else."""

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.printing import FilledForm, FontBook, PaperContext, Text, layout_form

from .conftest import ReadBack


def column_texts(catalog: FormCatalog, fonts: FontBook, context: PaperContext, form_id: str, visits=()) -> list[str]:
    """The words in each of the sheet's columns, from top to bottom."""
    form = catalog.current(form_id)
    page = layout_form(FilledForm(form, visits[0] if visits else {}, tuple(visits)), context, fonts)[0]
    texts = [op for op in page.ops if isinstance(op, Text) and op.y < 800]
    heads = [next(op for op in texts if op.text == column.title) for column in form.columns]
    middle = [head.x for head in heads]
    half = (middle[1] - middle[0]) / 2
    found = []
    for x in middle:
        own = [op for op in texts if x - half < op.x < x + half and op.y >= heads[0].y]
        found.append("".join(op.text for op in sorted(own, key=lambda op: (round(op.y), op.x))).replace(" ", ""))
    return found


def test_each_column_prints_its_own_options_and_a_dash_for_what_it_does_not_ask(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext
) -> None:
    full_month, third, sixth, eighth = column_texts(catalog, fonts, context, "child_check_1_8m")
    assert "1红润2黄染3其他" in full_month
    assert "1红润2其他" in sixth
    assert "出牙数" not in third
    assert "1通过2未通过" in sixth
    assert "1通过2未通过" not in eighth
    assert "1对很大声音没有反应" in third
    assert "1听到声音无应答" in eighth
    assert [column.count("—") for column in (full_month, third, sixth, eighth)] == [5, 2, 1, 3]


def test_a_visit_stands_in_its_own_column_and_a_number_before_its_unit(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext
) -> None:
    """The only visit is at six months; the other columns stay to be written in."""
    visit = {
        "check_age": "m6",
        "visit_date": "2026-03-04",
        "weight_level": "3",
        "complexion": "2",
        "complexion.2": "苍白",
        "development_warning": ["2"],
        "illness_between_visits": ["3"],
        "illness_between_visits.3": "2",
    }
    first, _, sixth, _ = column_texts(catalog, fonts, context, "child_check_1_8m", (visit,))
    assert "2026年3月4日" in sixth
    assert "年月日" in first
    assert "上中下√" in sixth
    assert "苍白" in sixth
    assert "2不会伸手抓物√" in sixth
    assert "腹泻2次" in sixth
    assert "√" not in first


def test_two_checks_in_one_column_take_two_sheets(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """The second is a sheet of its own; ``arrange`` says which visits lie together."""
    from jiandang_desktop.forms.sheets import arrange

    form = catalog.current("child_tcm_6_18m")
    visits = [{"check_age": "m12", "visit_date": day} for day in ("2026-01-05", "2026-02-06")]
    assert arrange(form, visits, lambda one: one) == [[None, visits[0], None], [None, visits[1], None]]


def test_notes_name_the_column(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """What the table has no place for says which month it belongs to."""
    form = catalog.current("antenatal_visits_2_5")
    answers = {"visit_no": "v3", "is_urging": True}
    text = read_back(layout_form(FilledForm(form, answers, (answers,)), context, fonts))
    assert "附记：第3次" in text


@pytest.mark.parametrize("form_id", ["child_check_1_8m", "child_check_12_30m", "child_check_3_6y"])
def test_several_choices_have_room_for_all(
    form_id: str, catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    form = catalog.current(form_id)
    answers = {"check_age": form.columns[1].id, "guidance": ["1", "2", "3", "4", "5", "6"], "guidance.6": "按摩"}
    text = read_back(layout_form(FilledForm(form, answers, (answers,)), context, fonts))
    assert "1/2/3/4/5/6" in text
