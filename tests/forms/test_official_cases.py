"""Cases that the service specification and the decisions of the catalogue settle."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, proposals

VISIT = {
    "visit_date": "2026-11-20",
    "systolic_bp": 138,
    "diastolic_bp": 86,
    "adverse_drug_reaction": "1",
    "medication_adherence": "1",
}


def rules(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


@pytest.mark.parametrize(
    ("height", "weight", "bmi"), [(170, 65, 22.49), (165.5, 70.2, 25.63), (160, 64, 25), (150, 45, 20)]
)
def test_bmi_of_the_examination(
    height: float, weight: float, bmi: float, forms: FormCatalog, make_context: Any
) -> None:
    """Weight by height in metres squared, two decimals; nothing while one of them is missing."""
    form = forms.current("physical_exam")
    assert compute(form, {"height": height, "weight": weight}, make_context())["bmi"] == bmi
    assert "bmi" not in compute(form, {"height": height, "bmi": 99}, make_context())


def test_bmi_of_a_follow_up_takes_the_height_of_the_last_examination(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("hypertension_followup")
    context = make_context(records={"physical_exam": {"height": 170}})
    assert compute(form, {"weight": 65}, context)["bmi"] == 22.5
    assert compute(form, {"weight": 65, "bmi": 22.4}, make_context())["bmi"] == 22.4


@pytest.mark.parametrize(
    ("birth", "systolic", "diastolic", "more", "expected"),
    [
        ("1970-01-01", 139, 89, {}, "1"),
        ("1970-01-01", 140, 89, {}, "2"),
        ("1970-01-01", 139, 90, {}, "2"),
        ("1961-11-20", 149, 89, {}, "1"),
        ("1961-11-21", 149, 89, {}, "2"),
        ("1950-01-01", 150, 80, {}, "2"),
        ("1950-01-01", 140, 90, {}, "2"),
        ("1970-01-01", 130, 80, {"adverse_drug_reaction": "2"}, "3"),
        ("1970-01-01", 130, 80, {"adverse_drug_reaction": "2", "new_complication": True}, "4"),
        ("1970-01-01", 170, 100, {"new_complication": True}, "4"),
    ],
)
def test_class_of_a_hypertension_visit(
    birth: str,
    systolic: int,
    diastolic: int,
    more: dict[str, Any],
    expected: str,
    forms: FormCatalog,
    make_context: Any,
) -> None:
    """140/90, from the 65th birthday on the visit date 150/90 (D09); reaction 3; complication 4; severest first."""
    form, context = forms.current("hypertension_followup"), make_context(birth_date=birth)
    answers = {**VISIT, "systolic_bp": systolic, "diastolic_bp": diastolic, **more}
    assert proposals(form, answers, context)["visit_classification"] == expected
    speaking = {"class_1", "class_2", "class_3", "class_4"}
    for typed in ("1", "2", "3", "4"):
        found = rules(form, {**answers, "visit_classification": typed}, context) & speaking
        assert not (found and typed == expected)


def test_reaction_with_complication_may_be_class_3_or_4(forms: FormCatalog, make_context: Any) -> None:
    """D02: the reaction's rule takes 3 and 4; a new complication demands 4."""
    form, context = forms.current("hypertension_followup"), make_context()
    reaction = {**VISIT, "adverse_drug_reaction": "2"}
    assert "class_3" in rules(form, {**reaction, "visit_classification": "1"}, context)
    assert "class_3" not in rules(form, {**reaction, "visit_classification": "3"}, context)
    assert "class_3" not in rules(form, {**reaction, "visit_classification": "4"}, context)
    both = {**reaction, "new_complication": True, "visit_classification": "3"}
    assert "class_4" in rules(form, both, context)


@pytest.mark.parametrize(
    ("more", "following"),
    [
        ({"visit_classification": "1"}, "2027-02-18"),
        ({"visit_classification": "1", "visit_date": "2026-02-01"}, "2026-05-01"),
        ({"visit_classification": "2"}, "2026-12-04"),
        ({"visit_classification": "4"}, "2026-12-04"),
        ({"visit_classification": "1", "emergency_signs": ["chest"]}, "2026-12-04"),
        ({"visit_classification": "2", "systolic_bp": 180}, "2026-12-04"),
    ],
)
def test_next_visit_is_proposed(more: Any, following: str, forms: FormCatalog, make_context: Any) -> None:
    """D01: 90 days, never beyond three calendar months; after class 2, 3, 4 or an emergency 14 days."""
    form = forms.current("hypertension_followup")
    assert proposals(form, {**VISIT, **more}, make_context())["next_visit_date"] == following


@pytest.mark.parametrize(
    ("previous", "typed", "owed"),
    [
        ({}, "2", False),
        ({"visit_classification": "1"}, "2", False),
        ({"visit_classification": "3"}, "2", True),
        ({}, "4", True),
    ],
)
def test_when_a_referral_is_owed(previous: Any, typed: str, owed: bool, forms: FormCatalog, make_context: Any) -> None:
    """D03 and D04: class 4 always; 2 or 3 directly after 2, 3 or 4."""
    form, context = forms.current("hypertension_followup"), make_context(previous=previous)
    assert ("referral_owed" in rules(form, {**VISIT, "visit_classification": typed}, context)) is owed
    referred = {**VISIT, "visit_classification": typed, "referral_reason": "控制不满意"}
    assert "referral_owed" not in rules(form, referred, context)


@pytest.mark.parametrize(("systolic", "diastolic", "urgent"), [(179, 109, False), (180, 90, True), (150, 110, True)])
def test_emergency_asks_for_a_referral(
    systolic: int, diastolic: int, urgent: bool, forms: FormCatalog, make_context: Any
) -> None:
    form = forms.current("hypertension_followup")
    answers = {**VISIT, "systolic_bp": systolic, "diastolic_bp": diastolic, "visit_classification": "2"}
    assert ("emergency" in rules(form, answers, make_context())) is urgent


@pytest.mark.parametrize(("birth", "elderly"), [("1961-12-31", True), ("1962-01-01", False)])
def test_elderly_items(birth: str, elderly: bool, forms: FormCatalog, make_context: Any) -> None:
    """D48: 65 on 31 December of the year of the examination; younger people leave the four items empty."""
    form, context = forms.current("physical_exam"), make_context(birth_date=birth)
    answers = {"exam_date": "2026-03-01"}
    missing = {item.field_id for item in check(form, answers, context) if item.rule_id == "required"}
    assert ("elderly_emotion_screen" in missing) is elderly
    filled = {**answers, "elderly_emotion_screen": "1"}
    refused = {item.field_id for item in check(form, filled, context) if item.rule_id == "not_applicable"}
    assert ("elderly_emotion_screen" in refused) is not elderly


def test_items_of_men_and_women(forms: FormCatalog, make_context: Any) -> None:
    """D24: gynaecology and smear are for women, prostate for men, breast for both."""
    form = forms.current("physical_exam")
    answers = {"gyn_cervix": "1", "cervical_smear": "1", "breast": ["1"], "rectal_exam": "4"}
    man, woman = make_context(sex="1"), make_context(sex="2")
    assert {item.field_id for item in check(form, answers, man) if item.rule_id == "not_applicable"} == {
        "gyn_cervix",
        "cervical_smear",
    }
    assert not [item for item in check(form, answers, woman) if item.rule_id == "not_applicable"]
    assert "prostate_of_men" in rules(form, answers, woman)
    assert "prostate_of_men" not in rules(form, answers, man)


def test_what_a_population_needs_is_asked_for(forms: FormCatalog, make_context: Any) -> None:
    """Profiles: a diabetic needs the foot pulse and glucose, a healthy adult neither."""
    form = forms.current("physical_exam")
    diabetic = make_context(birth_date="1980-01-01", records={"personal_info": {"past_diseases": [{"disease": "3"}]}})
    asked = {item.field_id for item in check(form, {"exam_date": "2026-11-20"}, diabetic) if item.rule_id == "profile"}
    assert {"dorsalis_pedis_pulse", "fasting_glucose_mmol"} <= asked
    healthy = make_context(birth_date="1980-01-01", records={"personal_info": {"past_diseases": [{"disease": "1"}]}})
    assert "profile" not in rules(form, {"exam_date": "2026-11-20"}, healthy)


def test_no_abnormality_with_abnormal_items_is_asked_about(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("physical_exam"), make_context()
    assert "evaluation_abnormal" in rules(form, {"evaluation": "1", "leg_edema": "3"}, context)
    assert "evaluation_abnormal" not in rules(form, {"evaluation": "2", "leg_edema": "3"}, context)
    assert "evaluation_abnormal" not in rules(form, {"evaluation": "1", "leg_edema": "1"}, context)
    assert "evaluation_positive_screen" in rules(form, {"evaluation": "1", "elderly_cognition_screen": "2"}, context)


def test_card_shows_the_diseases_of_the_personal_information(forms: FormCatalog, make_context: Any) -> None:
    """Card boxes 2, 3, 4, 5, 7 from diseases 2, 3, 7, 4, 12; the others go to 其他疾病 by name."""
    form = forms.current("health_record_card")
    past = [{"disease": "2"}, {"disease": "7"}, {"disease": "9"}, {"disease": "6", "disease_text": "胃癌"}]
    known = {"past_diseases": past, "drug_allergy": ["2", "5"], "drug_allergy.5": "头孢", "blood_type_rh": "2"}
    context = make_context(records={"personal_info": known})
    taken = proposals(form, {}, context)
    assert taken["chronic_diseases"] == ["2", "4", "8"]
    assert taken["chronic_diseases.8"] == "结核病、胃癌"
    assert taken["allergy"] == "青霉素、头孢"
    assert "map_chronic" in rules(form, {"chronic_diseases": ["2"]}, context)
    assert "map_chronic" not in rules(form, {"chronic_diseases": ["2", "4", "6", "8"]}, context)
    assert compute(form, {}, context)["rh"] == "2"


def test_one_examination_a_year(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("physical_exam")
    assert "cycle" in rules(form, {"exam_date": "2026-11-20"}, make_context(previous={"exam_date": "2026-02-01"}))
    assert "cycle" not in rules(form, {"exam_date": "2026-11-20"}, make_context(previous={"exam_date": "2025-12-31"}))
    assert "cycle" not in rules(form, {"exam_date": "2026-11-20"}, make_context())


def test_registry_asks_for_number_or_reason_and_consent(forms: FormCatalog, make_context: Any) -> None:
    """R2.3, R2.4: a number or why there is none; consent with its date and who gave it."""
    form, context = forms.current("resident"), make_context()
    missing = {item.field_id for item in check(form, {}, context) if item.rule_id == "required"}
    assert {"name", "sex", "birth_date", "id_no", "no_id_reason", "consent"} <= missing
    partial = {"no_id_reason": "1", "consent": "1", "consent_by": "2"}
    missing = {item.field_id for item in check(form, partial, context) if item.rule_id == "required"}
    assert "id_no" not in missing
    assert {"consent_date", "guardian_name"} <= missing
