"""Risk of a pregnancy in colours: the catalogue's conditions, the highest colour, purple beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from jiandang_desktop.domain.code_tables import CodeTable
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, proposals

WOMAN = {"sex": "2", "birth_date": "1997-08-15"}
SOUND = {
    "record_date": "2026-03-16",
    "last_menstrual_period": "2026-01-05",
    "expected_delivery_date": "2026-10-12",
    "bmi": 22.0,
    "hemoglobin": 124,
    "platelet": 226,
    "parity_cesarean": 0,
    "spontaneous_abortions": 0,
    "induced_abortions": 0,
    "fetal_deaths": 0,
    "stillbirths": 0,
    "neonatal_deaths": 0,
    "birth_defect_children": 0,
    "syphilis_serology": "1",
    "hiv_antibody": "1",
}
TICKED = (
    "yellow_basic",
    "yellow_comorbidity",
    "yellow_complication",
    "orange_basic",
    "orange_comorbidity",
    "orange_complication",
    "red_comorbidity",
    "red_complication",
    "purple_disease",
)


def row(code: str, color: str) -> dict[str, str]:
    return {"item_code": code, "item_text": "条目", "color": color}


def rules(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


def test_the_conditions_are_the_catalogues(
    forms: FormCatalog, tables: Mapping[str, CodeTable], reference: Path
) -> None:
    """Every condition with its number and words under its colour; those not seen in the source say so."""
    raw = yaml.safe_load((reference / "forms" / "maternal_risk_grading.yaml").read_text(encoding="utf-8"))
    form = forms.current("maternal_risk_grading")
    for color in ("green", "yellow", "orange", "red", "purple"):
        entries = raw["catalogue"][color]
        fields = [item for item in form.fields() if item.options and item.id.startswith(f"{color}_")]
        found = [(option.code, option.label) for item in fields for option in item.options]
        assert found == [(entry["code"], entry["item_zh"]) for entry in entries]
        unsure = [
            entry.code for item in fields if item.code_table for entry in tables[item.code_table].entries if entry.note
        ]
        assert unsure == [entry["code"] for entry in entries if not entry["checked"]]


@pytest.mark.parametrize(
    ("rows", "color", "purple"),
    [
        ([], "green", False),
        ([row("Y1.1", "yellow")], "yellow", False),
        ([row("Y1.1", "yellow"), row("O1.2", "orange")], "orange", False),
        ([row("R2.2", "red"), row("Y1.1", "yellow"), row("O1.2", "orange")], "red", False),
        ([row("P", "purple")], "green", True),
        ([row("P", "purple"), row("Y1.6", "yellow")], "yellow", True),
    ],
)
def test_the_highest_colour_counts_and_purple_beside_it(
    rows: list[dict[str, str]], color: str, purple: bool, forms: FormCatalog, make_context: Any
) -> None:
    """The note of the source: several levels at once take the highest; purple is recorded separately."""
    form, context = forms.current("maternal_risk_grading"), make_context(**WOMAN)
    answers: dict[str, Any] = {"risk_factors": rows} if rows else {}
    offered = proposals(form, compute(form, answers, context), context)
    assert (offered["risk_color"], offered["purple_infectious"]) == (color, purple)
    for typed in ("green", "yellow", "orange", "red"):
        wrong = bool(rows) and typed != color
        assert ("highest" in rules(form, {**answers, "risk_color": typed}, context)) is wrong
    if rows:
        assert "purple_agrees" in rules(form, {**answers, "purple_infectious": not purple}, context)
        assert "purple_agrees" not in rules(form, {**answers, "purple_infectious": purple}, context)


def test_ticked_conditions_are_the_risk_factors(forms: FormCatalog, make_context: Any) -> None:
    """The rows of the table come from the ticks, with what was written behind 其他."""
    form, context = forms.current("maternal_risk_grading"), make_context(**WOMAN)
    answers = {"orange_comorbidity": ["O2.2.1", "O2.12"], "orange_other": "静脉血栓", "yellow_basic": ["Y1.6"]}
    filled = compute(form, answers, context)
    assert filled["risk_factors"] == [
        {"item_code": "Y1.6", "item_text": "瘢痕子宫", "color": "yellow"},
        {"item_code": "O2.2.1", "item_text": "哮喘", "color": "orange"},
        {"item_code": "O2.12", "item_text": "其他：静脉血栓", "color": "orange"},
    ]
    assert proposals(form, answers, context)["risk_color"] == "orange"
    missing = {
        item.field_id for item in check(form, {"orange_comorbidity": ["O2.12"]}, context) if item.rule_id == "required"
    }
    assert "orange_other" in missing
    assert "green_alone" in rules(form, {**answers, "green_condition": ["G"]}, context)
    assert "green_alone" not in rules(form, {"green_condition": ["G"], "purple_disease": ["P"]}, context)


@pytest.mark.parametrize(
    ("color", "purple", "needed"),
    [("green", False, False), ("green", True, True), ("yellow", False, True), ("red", False, True)],
)
def test_a_colour_needs_its_reason(
    color: str, purple: bool, needed: bool, forms: FormCatalog, make_context: Any
) -> None:
    form = forms.current("maternal_risk_grading")
    answers = {"risk_color": color, "purple_infectious": purple}
    missing = {item.field_id for item in check(form, answers, make_context(**WOMAN)) if item.rule_id == "required"}
    assert ("risk_factors" in missing) is needed


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ({}, []),
        ({"bmi": 18.4}, ["Y1.2"]),
        ({"bmi": 18.5}, []),
        ({"bmi": 25.0}, []),
        ({"bmi": 25.1}, ["Y1.2"]),
        ({"bmi": 28.0}, ["O1.2"]),
        ({"hemoglobin": 110}, []),
        ({"hemoglobin": 109}, ["Y2.6.2"]),
        ({"hemoglobin": 60}, ["Y2.6.2"]),
        ({"hemoglobin": 59}, ["O2.6.2"]),
        ({"hemoglobin": 41}, ["O2.6.2"]),
        ({"hemoglobin": 40}, ["R1.6"]),
        ({"platelet": 101}, []),
        ({"platelet": 100}, ["Y2.6.1"]),
        ({"platelet": 50}, ["Y2.6.1"]),
        ({"platelet": 49}, ["O2.6.1"]),
        ({"platelet": 30}, ["O2.6.1"]),
        ({"platelet": 29}, ["R1.6"]),
        ({"spontaneous_abortions": 2, "induced_abortions": 1}, ["Y1.5"]),
        ({"spontaneous_abortions": 1, "induced_abortions": 1}, []),
        ({"stillbirths": 1}, ["Y1.5"]),
        ({"parity_cesarean": 1}, ["Y1.6"]),
        ({"parity_cesarean": 2}, ["Y1.6", "O3.5"]),
        ({"hiv_antibody": "2"}, ["P"]),
    ],
)
def test_what_the_first_visit_shows_is_proposed(
    measured: dict[str, Any], expected: list[str], forms: FormCatalog, make_context: Any
) -> None:
    """D53: where limits meet, the lower bound is the lighter colour's; the limits are those of each condition."""
    form = forms.current("maternal_risk_grading")
    context = make_context(records={"antenatal_first_visit": {**SOUND, **measured}}, **WOMAN)
    offered = proposals(form, {"assessment_date": "2026-04-01"}, context)
    assert [code for name in TICKED for code in offered.get(name, [])] == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("2008-04-02", ["Y1.1"]),
        ("2007-04-02", ["Y1.1"]),
        ("2007-04-01", []),
        ("1991-04-02", []),
        ("1991-04-01", ["Y1.1"]),
        ("1986-04-02", ["Y1.1"]),
        ("1986-04-01", ["O1.1"]),
    ],
)
def test_age_is_proposed(birth: str, expected: list[str], forms: FormCatalog, make_context: Any) -> None:
    """18 and under, 35 and over: yellow; from 40: orange. Known without any other form."""
    form = forms.current("maternal_risk_grading")
    offered = proposals(form, {"assessment_date": "2026-04-01"}, make_context(sex="2", birth_date=birth))
    assert [code for name in TICKED for code in offered.get(name, [])] == expected


def test_the_latest_haemoglobin_counts(forms: FormCatalog, make_context: Any) -> None:
    """That of a later visit of this pregnancy; a first visit of an earlier pregnancy says nothing."""
    form = forms.current("maternal_risk_grading")
    later = {"visit_date": "2026-06-15", "hemoglobin": 101}
    answers = {"assessment_date": "2026-06-20"}
    context = make_context(records={"antenatal_first_visit": SOUND, "antenatal_visits_2_5": later}, **WOMAN)
    assert proposals(form, answers, context)["yellow_comorbidity"] == ["Y2.6.2"]
    before = {**later, "visit_date": "2023-06-15"}
    context = make_context(records={"antenatal_first_visit": SOUND, "antenatal_visits_2_5": before}, **WOMAN)
    assert "yellow_comorbidity" not in proposals(form, answers, context)
    past = {**SOUND, "record_date": "2024-03-16", "bmi": 31.0}
    context = make_context(records={"antenatal_first_visit": past}, **WOMAN)
    assert "orange_basic" not in proposals(form, answers, context)


def test_weeks_until_delivery(forms: FormCatalog, make_context: Any) -> None:
    """Worked out from the first visit; not asked once the child is born."""
    form, answers = forms.current("maternal_risk_grading"), {"assessment_date": "2026-08-04"}
    context = make_context(records={"antenatal_first_visit": SOUND}, **WOMAN)
    assert compute(form, answers, context)["gestational_weeks"] == 30
    missing = {item.field_id for item in check(form, answers, make_context(**WOMAN)) if item.rule_id == "required"}
    assert "gestational_weeks" in missing
    records = {"antenatal_first_visit": SOUND, "postpartum_visit": {"delivery_date": "2026-08-01"}}
    context = make_context(records=records, **WOMAN)
    filled = compute(form, answers, context)
    assert "gestational_weeks" not in filled
    missing = {item.field_id for item in check(form, filled, context) if item.rule_id == "required"}
    assert "gestational_weeks" not in missing


@pytest.mark.parametrize(
    ("color", "words"),
    [("green", ["常规"]), ("yellow", ["二级"]), ("orange", ["3日内", "专案"]), ("red", ["24小时内", "三级", "专案"])],
)
def test_each_colour_says_what_it_demands(color: str, words: list[str], forms: FormCatalog, make_context: Any) -> None:
    """care_level, report and special_case of the source."""
    form, context = forms.current("maternal_risk_grading"), make_context(**WOMAN)
    told = compute(form, {"risk_color": color}, context)["care_advice"]
    assert all(word in told for word in words)
    told = compute(form, {"risk_color": color, "purple_infectious": True}, context)["care_advice"]
    assert "传染病" in told
