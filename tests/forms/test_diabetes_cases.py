"""Type 2 diabetes follow-up: classes, low glucose, next visits, referrals (decisions D01 to D05, D07, D08)."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import FormContext, check, compute, offers, proposals

VISIT: dict[str, Any] = {
    "visit_date": "2026-11-20",
    "systolic_bp": 130,
    "diastolic_bp": 80,
    "fasting_glucose": 6.5,
    "medication_adherence": "1",
    "adverse_drug_reaction": "1",
    "hypoglycemia": "1",
}
CLASS_RULES = {"class_1", "class_2", "class_3", "class_4"}


@pytest.fixture
def form(forms: FormCatalog) -> Form:
    return forms.current("type2_diabetes_followup")


def rules(form: Form, answers: dict[str, Any], context: FormContext) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"fasting_glucose": 6.9}, "1"),
        ({"fasting_glucose": 7.0}, "2"),
        ({"fasting_glucose": 7}, "2"),
        ({"fasting_glucose": 4.0}, "1"),
        ({"fasting_glucose": 3.9}, "3"),
        ({"fasting_glucose": 16.7}, "2"),
        ({"hypoglycemia": "2"}, "3"),
        ({"hypoglycemia": "3", "fasting_glucose": 9.0}, "3"),
        ({"adverse_drug_reaction": "2", "fasting_glucose": 9.0}, "3"),
        ({"adverse_drug_reaction": "2", "new_complication": True}, "4"),
        ({"new_complication": True, "fasting_glucose": 3.0}, "4"),
        ({"new_complication": False}, "1"),
        ({"medication_adherence": "3", "fasting_glucose": 3.8}, "1"),
        ({"medication_adherence": "3", "fasting_glucose": 3.8, "insulin_type": "甘精胰岛素"}, "3"),
        ({"fasting_glucose": None}, None),
        ({"hypoglycemia": None}, None),
        ({"hypoglycemia": None, "fasting_glucose": 3.5}, "3"),
        ({"adverse_drug_reaction": None}, None),
    ],
)
def test_class_is_proposed(more: dict[str, Any], expected: str | None, form: Form, make_context: Any) -> None:
    """Below 7.0 controlled; reaction 3; complication 4; severest first. At 3.9 or with a low-glucose reaction a
    treated patient is proposed 3 (D08). What isn't answered yet leaves the class open."""
    answers = {key: value for key, value in {**VISIT, **more}.items() if value is not None}
    assert proposals(form, answers, make_context()).get("visit_classification") == expected
    if expected:
        assert not rules(form, {**answers, "visit_classification": expected}, make_context()) & CLASS_RULES


@pytest.mark.parametrize(
    ("more", "typed", "found"),
    [
        ({"fasting_glucose": 7.0}, "1", {"class_1"}),
        ({"fasting_glucose": 6.9}, "1", set()),
        ({"fasting_glucose": 6.9}, "2", {"class_2"}),
        ({"fasting_glucose": 4.0}, "2", {"class_2"}),
        ({"fasting_glucose": 3.9}, "2", {"low_glucose"}),
        ({"fasting_glucose": 3.9}, "1", {"low_glucose"}),
        ({"fasting_glucose": 3.9}, "3", set()),
        ({"hypoglycemia": "2"}, "1", {"hypoglycemia_class"}),
        ({"hypoglycemia": "2"}, "3", set()),
        ({}, "3", {"reaction_stated"}),
        ({"adverse_drug_reaction": "2"}, "1", {"class_3"}),
        ({"adverse_drug_reaction": "2"}, "4", {"complication_stated"}),
        ({"new_complication": True}, "3", {"class_4", "reaction_stated"}),
        ({"new_complication": True, "adverse_drug_reaction": "2"}, "3", {"class_4"}),
    ],
)
def test_class_is_checked(more: dict[str, Any], typed: str, found: set[str], form: Form, make_context: Any) -> None:
    """Quality rules DM01 (silent at 3.9 and below) and DM09; a reaction takes 3 or 4 (D02)."""
    about = CLASS_RULES | {"low_glucose", "hypoglycemia_class", "reaction_stated", "complication_stated"}
    assert rules(form, {**VISIT, **more, "visit_classification": typed}, make_context()) & about == found


@pytest.mark.parametrize(
    ("more", "following"),
    [
        ({"visit_classification": "1"}, "2027-02-18"),
        ({"visit_classification": "1", "visit_date": "2026-02-01"}, "2026-05-01"),
        ({"visit_classification": "1", "visit_date": "2025-11-30"}, "2026-02-28"),
        ({"visit_classification": "2"}, "2026-12-04"),
        ({"visit_classification": "3"}, "2026-12-04"),
        ({"visit_classification": "4"}, "2026-12-04"),
        ({"visit_classification": "1", "emergency_signs": ["fever"]}, "2026-12-04"),
        ({"visit_classification": "1", "fasting_glucose": 3.9}, "2026-12-04"),
        ({"visit_classification": "1", "fasting_glucose": 4.0}, "2027-02-18"),
        ({"visit_classification": "1", "diastolic_bp": 110}, "2026-12-04"),
    ],
)
def test_next_visit_is_proposed(more: dict[str, Any], following: str, form: Form, make_context: Any) -> None:
    """D01: 90 days, never beyond three calendar months (D11); after class 2, 3, 4 or an emergency 14 days."""
    assert proposals(form, {**VISIT, **more}, make_context())["next_visit_date"] == following


@pytest.mark.parametrize(
    ("more", "next_visit", "found"),
    [
        ({"visit_classification": "1"}, "2027-02-20", set()),
        ({"visit_classification": "1"}, "2027-02-21", {"next_visit_three_months"}),
        ({"visit_classification": "2"}, "2026-12-04", set()),
        ({"visit_classification": "2"}, "2026-12-05", {"next_visit_two_weeks"}),
        ({"visit_classification": "1", "systolic_bp": 180}, "2026-12-05", {"next_visit_two_weeks"}),
        ({"visit_classification": "1"}, "2026-11-20", {"next_visit_after"}),
    ],
)
def test_next_visit_is_checked(
    more: dict[str, Any], next_visit: str, found: set[str], form: Form, make_context: Any
) -> None:
    answers = {**VISIT, **more, "next_visit_date": next_visit}
    assert {rule for rule in rules(form, answers, make_context()) if rule.startswith("next_visit")} == found


@pytest.mark.parametrize(
    ("more", "urgent"),
    [
        ({"fasting_glucose": 16.6}, False),
        ({"fasting_glucose": 16.7}, True),
        ({"fasting_glucose": 4.0}, False),
        ({"fasting_glucose": 3.9}, True),
        ({"systolic_bp": 179, "diastolic_bp": 109}, False),
        ({"systolic_bp": 180}, True),
        ({"diastolic_bp": 110}, True),
        ({"emergency_signs": ["acetone"]}, True),
        ({"fasting_glucose": 3.9, "referral_reason": "低血糖"}, False),
    ],
)
def test_emergency_asks_for_a_referral(more: dict[str, Any], urgent: bool, form: Form, make_context: Any) -> None:
    """Quality rule DM04: 16.7 and 3.9 themselves count."""
    assert ("emergency" in rules(form, {**VISIT, **more}, make_context())) is urgent


@pytest.mark.parametrize(
    ("previous", "typed", "owed"),
    [
        ({}, "2", False),
        ({"visit_classification": "1"}, "3", False),
        ({"visit_classification": "2"}, "2", True),
        ({"visit_classification": "4"}, "3", True),
        ({"visit_classification": "2"}, "1", False),
        ({}, "4", True),
    ],
)
def test_when_a_referral_is_owed(previous: Any, typed: str, owed: bool, form: Form, make_context: Any) -> None:
    """D03 and D04: class 4 always; 2 or 3 directly after 2, 3 or 4."""
    context = make_context(previous=previous)
    assert ("referral_owed" in rules(form, {**VISIT, "visit_classification": typed}, context)) is owed


def test_body_mass_index_takes_the_height_of_the_last_examination(form: Form, make_context: Any) -> None:
    context = make_context(records={"physical_exam": {"height": 160.0, "bmi": 24.0}})
    assert compute(form, {"weight": 64.0}, context)["bmi"] == 25.0
    assert compute(form, {"weight": 57.98}, context)["bmi"] == 22.6
    assert "bmi" not in compute(form, {"weight": 64.0}, make_context())
    missing = {item.field_id for item in check(form, VISIT, context) if item.rule_id == "required"}
    assert "weight" in missing
    lean = make_context(records={"physical_exam": {"height": 160.0, "bmi": 23.9}})
    assert "weight" not in {item.field_id for item in check(form, VISIT, lean) if item.rule_id == "required"}


def test_side_of_the_foot_pulse_and_date_of_the_blood_test(form: Form, make_context: Any) -> None:
    def found(**more: Any) -> set[tuple[str, str]]:
        return {(item.field_id, item.rule_id) for item in check(form, {**VISIT, **more}, make_context())}

    assert ("dorsalis_pedis_side", "required") in found(dorsalis_pedis="3")
    assert ("dorsalis_pedis_side", "not_applicable") in found(dorsalis_pedis="1", dorsalis_pedis_side="2")
    assert ("dorsalis_pedis", "foot_pulse") in found(dorsalis_pedis="2", dorsalis_pedis_side="2")
    assert ("dorsalis_pedis", "foot_pulse") not in found(dorsalis_pedis="2", signs_other="查足")
    assert ("hba1c_date", "required") in found(hba1c=6.5)
    assert ("hba1c_date", "hba1c_date_range") in found(hba1c=6.5, hba1c_date="2026-11-21")
    assert ("hba1c_date", "hba1c_date_range") not in found(hba1c=6.5, hba1c_date="2026-11-20")


def test_insulin_has_kind_and_use(form: Form, make_context: Any) -> None:
    """Quality rule DM08."""
    assert "insulin_named" in rules(form, {**VISIT, "insulin_usage": "8单位"}, make_context())
    missing = check(form, {**VISIT, "insulin_type": "甘精胰岛素"}, make_context())
    assert ("insulin_usage", "required") in {(item.field_id, item.rule_id) for item in missing}


def test_drugs_without_the_disease_on_record(form: Form, make_context: Any) -> None:
    """Quality rule DM10; nothing is said where there is no basic information yet."""
    treated = {**VISIT, "medications": [{"drug_name": "二甲双胍", "times_per_day": 2, "dose_each": "0.5g"}]}
    past: dict[str, Any] = {"past_diseases": [{"disease": "2"}]}
    assert "disease_on_record" in rules(form, treated, make_context(records={"personal_info": past}))
    assert "disease_on_record" not in rules(form, VISIT, make_context(records={"personal_info": past}))
    past["past_diseases"].append({"disease": "3"})
    assert "disease_on_record" not in rules(form, treated, make_context(records={"personal_info": past}))
    assert "disease_on_record" not in rules(form, treated, make_context())


def test_same_day_hypertension_visit_is_offered_and_compared(form: Form, make_context: Any) -> None:
    """Quality rule DM11: one measuring for both sheets."""
    same = {"visit_date": "2026-11-20", "systolic_bp": 144, "diastolic_bp": 86, "weight": 70.0, "smoking_current": 5}
    context = make_context(records={"hypertension_followup": same})
    found = proposals(form, {"visit_date": "2026-11-20"}, context)
    assert (found["systolic_bp"], found["weight"], found["smoking_current"]) == (144, 70.0, 5)
    assert "systolic_bp" not in proposals(form, {"visit_date": "2026-11-21"}, context)
    assert "systolic_bp" not in proposals(form, {"visit_date": "2026-11-20"}, make_context())
    assert "same_day_hypertension" in rules(form, VISIT, context)
    agreeing = {**VISIT, "systolic_bp": 144, "diastolic_bp": 86}
    assert "same_day_hypertension" not in rules(form, agreeing, context)
    assert "same_day_hypertension" in rules(form, {**agreeing, "weight": 71.0}, context)
    assert "same_day_hypertension" not in rules(form, {**VISIT, "visit_date": "2026-11-21"}, context)


def test_medicines_and_goals_of_the_visit_before_are_offered(form: Form, make_context: Any) -> None:
    before = {"weight_target": 60.0, "staple_target": 300, "insulin_type": "甘精胰岛素", "medications": [{"a": 1}]}
    found = offers(form, make_context(previous=before))
    assert {key: found[key] for key in before} == before
