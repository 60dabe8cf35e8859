"""What is wrong in a definition file is refused with its line and a cure."""

from typing import Any

import pytest

from jiandang_desktop.forms.definition import FieldType, Form, Required
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.loader import read_form
from jiandang_desktop.forms.validator import FormContext, check, compute

HEAD = 'id = "sheet"\nversion = 1\ntitle = "表"\n[[section]]\nid = "one"\ntitle = "一"\n'
SEX = '[[section.field]]\nid = "sex"\nlabel = "性别"\ntype = "choice"\n'
SEX += 'options = [\n  {code = "1", label = "男"},\n  {code = "2", label = "女"},\n]\n'
WEIGHT = '[[section.field]]\nid = "weight"\nlabel = "体重"\ntype = "decimal"\ndecimals = 1\n'


def read(text: str, tables: Any = None) -> Form:
    return read_form(text, "sheet.toml", tables or {}, strict=True)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('id = "sheet"\nversion =\n', 2, "not TOML"),
        ('id = "sheet"\ntitle = "表"\n', 0, "version is missing"),
        ('id = "Sheet 1"\nversion = 1\ntitle = "表"\n', 1, "id is"),
        (HEAD + WEIGHT + 'colour = "red"\n', 12, "unknown key colour"),
        (HEAD + WEIGHT + "min = 5\nmax = 3\n", 12, "bounds out of order"),
        (HEAD + WEIGHT.replace('decimal"', 'number"'), 10, "type is 'number'"),
        (HEAD + WEIGHT + WEIGHT, 13, "id weight is taken"),
        (HEAD + WEIGHT + 'required = "maybe"\n', 12, "required is"),
        (HEAD + WEIGHT + 'required = "when"\n', 12, "required when?"),
        (HEAD + WEIGHT + 'required_when = "wieght > 3"\n', 12, "no field wieght"),
        (HEAD + WEIGHT + 'required_when = "weight >"\n', 12, "not CEL"),
        (HEAD + WEIGHT + 'required_when = "weight + 1 > 2"\n', 12, "types don't fit"),
        (HEAD + WEIGHT + 'computed = "weight * 2.0"\n', 12, "circle"),
        (HEAD + WEIGHT + 'pattern = "("\n', 12, "pattern"),
        (HEAD + WEIGHT + 'code_table = "colours"\n', 12, "no code table"),
        (HEAD + SEX + "required_when = \"sex == '3'\"\n", 15, "sex is never 3"),
        (HEAD + SEX + 'required_when = "sex == 1"\n', 15, "sex is never 1"),
        (HEAD + SEX.replace('code = "2"', 'code = "1"'), 11, "two options"),
        (HEAD + SEX.replace('label = "女"', 'name = "女"'), 11, "label is missing"),
        (
            HEAD + WEIGHT + '[[rule]]\nid = "r"\ncheck = "true"\nmessage = "。"\nfields = ["x"]\norigin = "p"\n',
            16,
            "no field x",
        ),
        (HEAD + WEIGHT + '[[rule]]\nid = "r"\nmessage = "。"\nfields = ["weight"]\n', 12, "without check"),
        (HEAD + WEIGHT + 'source = "resident.name"\n' + 'applies_to = ["m3"]\n', 13, "no sheet column m3"),
        (HEAD + '[[section.field]]\nid = "this"\nlabel = "x"\ntype = "text"\n', 8, "id this is taken"),
        ('date_field = "day"\n' + HEAD, 1, "names no field"),
    ],
)
def test_fault_names_line_and_cure(text: str, line: int, says: str) -> None:
    with pytest.raises(DefinitionFault) as raised:
        read(text)
    assert says in raised.value.text
    assert raised.value.line == line
    assert raised.value.file == "sheet.toml"
    assert raised.value.cure


def test_a_whole_small_form_is_read() -> None:
    """Columns of a sheet, options that differ by column, scores, fixed rows, table columns."""
    form = read(
        HEAD.replace('title = "表"', 'title = "表"\ncolumn_field = "month"')
        + '[[section.field]]\nid = "month"\nlabel = "月龄"\ntype = "choice"\n'
        + 'options = [{code = "m3", label = "3月"}, {code = "m6", label = "6月"}]\nrequired = true\n'
        + '[[section.field]]\nid = "eyes"\nlabel = "眼睛"\ntype = "choice"\napplies_to = ["m6"]\nrequired = true\n'
        + '[section.field.options_by_column]\nm3 = [{code = "1", label = "好"}]\n'
        + 'm6 = [{code = "1", label = "好"}, {code = "2", label = "差"}]\n'
        + '[[section.field]]\nid = "meals"\nlabel = "进餐"\ntype = "choice"\n'
        + 'options = [{code = "1", label = "能", score = 0}, {code = "2", label = "不能", score = 5}]\n'
        + '[[section.field]]\nid = "total"\nlabel = "总分"\ntype = "integer"\n'
        + 'computed = "scores.meals + 1.0"\nderived = true\n'
        + '[[section.field]]\nid = "teeth"\nlabel = "牙"\ntype = "table"\n'
        + 'fixed_rows = [{id = "upper", label = "上", when = "meals == \'2\'"}]\n'
        + '[[section.field.column]]\nid = "count"\nlabel = "颗"\ntype = "integer"\nmin = 0\nmax = 32\n'
        + '[[column]]\nid = "m3"\ntitle = "3月龄"\n[[column]]\nid = "m6"\ntitle = "6月龄"\n'
    )
    eyes = form.field("eyes")
    assert eyes is not None
    assert [len(eyes.options_in(column)) for column in ("m3", "m6", "")] == [1, 2, 2]
    context = FormContext(today="2026-11-22")
    assert compute(form, {"meals": "2"}, context)["total"] == 6
    assert [item.rule_id for item in check(form, {"month": "m6"}, context)] == ["required"]
    assert check(form, {"month": "m3"}, context) == ()
    assert [item.rule_id for item in check(form, {"month": "m3", "eyes": "2"}, context)] == ["not_applicable"]
    rows = [{"row": "upper", "count": 40}, {"row": "lower", "count": 3}]
    found = check(form, {"month": "m3", "teeth": rows}, context)
    assert {(item.rule_id, item.field_id, item.row) for item in found} == {
        ("bounds", "teeth.count", 0),
        ("row_unknown", "teeth", 1),
    }


def test_computed_fields_are_worked_out_in_order() -> None:
    """A computed field may read another that stands after it."""
    second = '[[section.field]]\nid = "second"\nlabel = "b"\ntype = "decimal"\ncomputed = "third * 2.0"\n'
    third = '[[section.field]]\nid = "third"\nlabel = "c"\ntype = "decimal"\ncomputed = "weight + 1.0"\n'
    form = read(HEAD + WEIGHT + second + third)
    assert form.computing == ("third", "second")
    assert compute(form, {"weight": 4}, FormContext(today="2026-11-22")) == {"weight": 4, "third": 5, "second": 10}


def test_defaults_are_plain() -> None:
    form = read(HEAD + WEIGHT)
    weight = form.field("weight")
    assert weight is not None
    assert (weight.type, weight.required, weight.max_length) == (FieldType.DECIMAL, Required.NO, 500)
