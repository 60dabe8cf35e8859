"""The ``[paper]`` table: mistakes are named, and a form without hints gets an orderly table."""

from dataclasses import replace

import pytest

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Field, FieldType, Form, Option, Section
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.paper import derive_layout, parse_paper
from jiandang_desktop.printing import FilledForm, FontBook, PaperContext, Text, layout_form

from .conftest import ReadBack


def small_form() -> Form:
    fields = (
        Field("name", "姓名", FieldType.TEXT),
        Field("archive_no_short", "编号", FieldType.CODE),
        Field("left", "血压 左侧", FieldType.INTEGER, unit="mmHg"),
        Field("right", "血压 右侧", FieldType.INTEGER, unit="mmHg"),
        Field("height", "身高", FieldType.DECIMAL, unit="cm", decimals=1),
        Field("weight", "体重", FieldType.DECIMAL, unit="kg", decimals=1),
        Field("smokes", "吸烟", FieldType.CHOICE, options=(Option("1", "从不"), Option("2", "吸", has_text=True))),
        Field(
            "drugs",
            "用药",
            FieldType.TABLE,
            columns=(Field("drug", "药名", FieldType.TEXT), Field("dose", "用量", FieldType.TEXT)),
            printed_rows=2,
        ),
    )
    return Form(FormId("small"), 1, "小表", (Section("visit", "随访", fields),))


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"layout": "round"}, "round"),
        ({"omit": ["wieght"]}, "wieght"),
        ({"part": [{"rows": [["体重", "{wieght}"]]}]}, "wieght"),
        ({"part": [{"rows": [["体重", "{weight:big}"]]}]}, "big"),
        ({"part": [{"section": "vist", "rows": []}]}, "vist"),
        ({"part": [{"rows": [{"cells": ["体重", "{weight}"], "widths": [1]}]}]}, "2 cells"),
        ({"part": [{"rows": [{"cells": ["体重"], "hight": 3}]}]}, "hight"),
        ({"table": {"drgus": {}}}, "drgus"),
    ],
)
def test_a_mistake_in_the_hints_is_named(raw: dict[str, object], named: str) -> None:
    """File, what is wrong and a cure."""
    with pytest.raises(DefinitionFault) as caught:
        parse_paper(raw, small_form())
    assert named in str(caught.value)
    assert caught.value.file == "small.toml"
    assert caught.value.cure


def test_a_form_without_hints_prints_all_its_questions(
    fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Labels with a common first word share a merged cell, short questions share a row, tables become rows."""
    form = small_form()
    layout = derive_layout(form)
    rows = [row for part in layout.parts for row in part.rows]
    assert [cell.continues for cell in rows[1].cells] == [True, False, False]
    assert [len(row.cells) for row in rows] == [3, 3, 4, 2, 2]
    answers = {
        "left": 121,
        "right": 118,
        "height": 165.5,
        "weight": 61.25,
        "smokes": "2",
        "smokes.2": "旱烟",
        "drugs": [{"drug": "氨氯地平", "dose": "5mg"}, {"drug": "缬沙坦", "dose": "80mg"}, {"drug": "他汀"}],
    }
    text = read_back(layout_form(FilledForm(form, answers), context, fonts))
    for told in ("121mmHg", "118mmHg", "165.5cm", "61.25kg", "旱烟", "氨氯地平", "缬沙坦", "他汀", "小表", "随访"):
        assert told in text


def test_rows_printed_for_their_codes(catalog: FormCatalog, fonts: FontBook, context: PaperContext) -> None:
    """The vaccination card prints a row for each dose of today's programme; older vaccines come after them."""
    form = catalog.current("vaccination_card")
    rows = [{"vaccine_and_dose": "mr_1", "batch_no": "旧苗"}, {"vaccine_and_dose": "hepb_2", "batch_no": "乙二"}]
    (page,) = layout_form(FilledForm(form, {"doses": rows}), context, fonts)
    told = {op.text: op.y for op in page.ops if isinstance(op, Text)}
    assert told["乙二"] < told["百白破疫苗"] < told["其他疫苗"] < told["旧苗"]
    assert sum(isinstance(op, Text) and op.text == "乙肝疫苗" for op in page.ops) == 1
    assert abs(told["麻风疫苗"] - told["旧苗"]) < 1


def test_options_are_ticked_by_the_beginning_of_their_code(
    fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    """Each with its box; those that share a word stand behind it in brackets; words behind an option are printed."""
    words = (("A1", "霍乱"), ("B11", "肝炎 甲型"), ("B12", "肝炎 乙型"), ("B2", "炭疽 肺炭疽"))
    options = (*(Option(code, label) for code, label in words), Option("O", "别的", has_text=True))
    field = Field("ill", "病名", FieldType.CODE, options=options)
    form = Form(FormId("card"), 1, "小卡", (Section("one", "病", (field,)),))
    rows = [["甲", "{ill.A:boxed}"], ["乙", "{ill.B:boxed}"], ["其他", "{ill.O:boxed}"]]
    form = replace(form, paper=parse_paper({"part": [{"rows": rows}]}, form))
    text = read_back(layout_form(FilledForm(form, {"ill": "B12"}), context, fonts))
    assert "甲霍乱乙肝炎（甲型√乙型）肺炭疽其他别的" in text
    text = read_back(layout_form(FilledForm(form, {"ill": "O", "ill.O": "某种热"}), context, fonts))
    assert "√别的某种热" in text
    assert "附记" not in text
