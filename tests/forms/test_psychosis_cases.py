"""Class, next visit and warnings of the psychosis forms: D12 to D15, rules 3.6, quality rules PS02 to PS07."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, proposals

WELL = {
    "visit_date": "2026-11-20",
    "visit_method": "2",
    "danger_level": "0",
    "insight": "1",
    "sleep": "1",
    "diet": "1",
    "self_care": "1",
    "housework": "2",
    "work": "2",
    "learning": "2",
    "social": "2",
    "dangerous_behavior": ["7"],
    "lock_between_visits": "1",
    "hospitalization": "0",
    "lab_test": "1",
    "medication_adherence": "1",
    "adverse_drug_reaction": "1",
    "treatment_effect": "2",
    "referral": "1",
    "medications": [{"drug_name": "利培酮片", "frequency_unit": "day", "times": 2, "dose_each": 2}],
    "rehabilitation": ["1"],
    "visit_classification": "3",
    "next_visit_date": "2027-02-20",
    "doctor_signature": "王医生",
}
CLASSES = {"class_unstable", "class_danger", "class_basic", "class_stable", "class_reason"}


def found(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "3"),
        ({"danger_level": "1"}, "2"),
        ({"danger_level": "2"}, "2"),
        ({"danger_level": "3"}, "1"),
        ({"danger_level": "4"}, "1"),
        ({"danger_level": "5"}, "1"),
        ({"insight": "3"}, "1"),
        ({"insight": "2"}, "3"),
        ({"insight": "2", "current_symptoms": ["3"]}, "2"),
        ({"insight": "1", "current_symptoms": ["3"]}, "3"),
        ({"self_care": "3"}, "2"),
        ({"housework": "3"}, "2"),
        ({"work": "3"}, "2"),
        ({"work": "9"}, "3"),
        ({"learning": "3"}, "2"),
        ({"social": "3"}, "2"),
        ({"sleep": "3", "diet": "3"}, "3"),
        ({"marked_psychotic_symptoms": True}, "1"),
        ({"severe_drug_reaction": True}, "1"),
        ({"severe_physical_disease": True}, "1"),
        ({"marked_psychotic_symptoms": False, "severe_drug_reaction": False}, "3"),
        ({"danger_level": "1", "severe_physical_disease": True}, "1"),
    ],
)
def test_class_of_a_visit(more: Any, expected: str, forms: FormCatalog, make_context: Any) -> None:
    """D13 (empty judgement = no), D14 (border of 2 and 3), class_order: 1 first, then 3, otherwise 2."""
    form, context = forms.current("psychosis_followup"), make_context()
    answers = {**WELL, **more}
    assert proposals(form, answers, context)["visit_classification"] == expected
    assert not found(form, {**answers, "visit_classification": expected}, context) & CLASSES
    for typed in {"1", "2", "3"} - {expected}:
        assert found(form, {**answers, "visit_classification": typed}, context) & CLASSES


@pytest.mark.parametrize("missing", ["danger_level", "insight", "self_care", "social"])
def test_no_class_while_an_item_is_missing(missing: str, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("psychosis_followup")
    answers = {key: value for key, value in WELL.items() if key != missing}
    assert "visit_classification" not in proposals(form, answers, make_context())


def test_danger_alone_decides_what_the_rest_cant_change(forms: FormCatalog, make_context: Any) -> None:
    """Level 3 makes class 1 with nothing else answered; level 1 still waits for the insight."""
    form = forms.current("psychosis_followup")
    assert proposals(form, {"danger_level": "3"}, make_context())["visit_classification"] == "1"
    assert "visit_classification" not in proposals(form, {"danger_level": "1"}, make_context())
    assert proposals(form, {"danger_level": "1", "insight": "1"}, make_context())["visit_classification"] == "2"


@pytest.mark.parametrize(
    ("typed", "before", "date", "following"),
    [
        ("1", "", "2026-11-20", "2026-12-04"),
        ("1", "2", "2026-11-20", "2026-12-04"),
        ("2", "", "2026-11-20", "2026-12-04"),
        ("2", "1", "2026-11-20", "2026-12-04"),
        ("2", "3", "2026-11-20", "2026-12-04"),
        ("2", "2", "2026-11-20", "2026-12-20"),
        ("2", "2", "2026-01-31", "2026-02-28"),
        ("3", "2", "2026-11-20", "2027-02-20"),
        ("3", "", "2025-11-30", "2026-02-28"),
    ],
)
def test_next_visit(typed: str, before: str, date: str, following: str, forms: FormCatalog, make_context: Any) -> None:
    """D15 and D11: 14 days; class 2 directly after 2 one calendar month; class 3 three calendar months."""
    form = forms.current("psychosis_followup")
    context = make_context(previous={"visit_date": "2025-10-01", "visit_classification": before} if before else {})
    answers = {**WELL, "visit_date": date, "visit_classification": typed}
    assert proposals(form, answers, context)["next_visit_date"] == following
    late = {"next_visit_two_weeks", "next_visit_one_month", "next_visit_three_months"}
    assert not found(form, {**answers, "next_visit_date": following}, context) & late
    beyond = "2027-03-15"
    assert found(form, {**answers, "next_visit_date": beyond}, context) & late


def test_a_visit_that_wasnt_made_may_stay_blank(forms: FormCatalog, make_context: Any) -> None:
    """skip_on_lost and PS06: lost with its reason, dead with date and reason; the rest isn't asked for."""
    form, context = forms.current("psychosis_followup"), make_context()
    frame = {"visit_date": "2026-11-20", "visit_method": "3", "doctor_signature": "王医生"}
    missing = {item.field_id for item in check(form, compute(form, frame, context), context)}
    assert {"danger_level", "insight", "medication_adherence", "visit_classification", "next_visit_date"} <= missing
    lost = {**frame, "loss_reason": "1", "next_visit_date": "2026-12-20"}
    assert found(form, lost, context) == set()
    assert "visit_classification" not in proposals(form, lost, context)
    dead = {**frame, "death_date": "2026-11-10", "death_reason": "1", "death_physical_disease": "3"}
    assert found(form, dead, context) == set()
    assert "next_visit_date" not in proposals(form, {**dead, "visit_classification": "1"}, context)
    for gap in ("death_date", "death_reason", "death_physical_disease"):
        rest = {key: value for key, value in dead.items() if key != gap}
        assert "required" in found(form, rest, context)


def test_no_symptoms_is_an_empty_answer(forms: FormCatalog, make_context: Any) -> None:
    """D12: nothing ticked is stored as no symptoms and never demanded."""
    assert found(forms.current("psychosis_followup"), WELL, make_context()) == set()


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"danger_level": "3", "visit_classification": "1"}, "referral_owed"),
        ({"danger_level": "4", "visit_classification": "1", "referral": "2"}, "danger_event"),
        ({"dangerous_behavior": ["5"], "dangerous_behavior.5": "1"}, "danger_event"),
        ({"dangerous_behavior": ["1"], "dangerous_behavior.1": "2"}, "danger_behavior"),
        ({"medication_adherence": "3"}, "adherence_without_drugs"),
        ({"medication_adherence": "4"}, "adherence_without_drugs"),
        ({"medications": []}, "adherence_with_drugs"),
        ({"adverse_drug_reaction": "9"}, "reaction_of_drugs"),
        ({"severe_drug_reaction": True}, "severe_reaction_stated"),
        ({"discharge_date": "2026-11-01"}, "discharge_stated"),
        ({"loss_reason": "1"}, "no_class_when_lost"),
        ({"death_date": "2026-11-21", "death_reason": "4"}, "death_before_visit"),
        ({"death_date": "1949-11-21", "death_reason": "4"}, "death_after_birth"),
        ({"next_visit_date": "2026-11-20"}, "next_visit_after"),
        ({"visit_date": "2026-11-23"}, "visit_not_future"),
    ],
)
def test_what_is_asked_about(more: Any, rule: str, forms: FormCatalog, make_context: Any) -> None:
    """PS02, PS06, PS07 and plain sense."""
    form, context = forms.current("psychosis_followup"), make_context()
    assert rule not in found(form, WELL, context)
    answers = {key: value for key, value in {**WELL, **more}.items() if value != []}
    assert rule in found(form, answers, context)


def test_counts_follow_the_behaviours(forms: FormCatalog, make_context: Any) -> None:
    """A number of times stands behind each behaviour but 无, which stands alone."""
    form, context = forms.current("psychosis_followup"), make_context()
    assert "text_missing" in found(form, {**WELL, "dangerous_behavior": ["2"]}, context)
    words = {**WELL, "dangerous_behavior": ["2"], "dangerous_behavior.2": "两次"}
    assert "number_after_option" in found(form, words, context)
    assert "exclusive" in found(form, {**WELL, "dangerous_behavior": ["2", "7"], "dangerous_behavior.2": "1"}, context)


BEGUN = {
    "enrolment_date": "2026-03-10",
    "guardian_name": "包秀兰",
    "guardian_relation": "母子",
    "guardian_address": "一组3号",
    "guardian_phone": "13900000037",
    "village_committee_contact": "胡日查 13900000038",
    "household_type": "2",
    "employment": "3",
    "informed_consent": "1",
    "consent_signature": "包秀兰",
    "consent_date": "2026-03-10",
    "first_onset_date": "2003",
    "past_symptoms": ["1"],
    "lock_history": "1",
    "outpatient_treatment": "1",
    "hospitalization_count": 0,
    "diagnosis": "精神分裂症",
    "diagnosis_hospital": "云杉市精神卫生中心",
    "diagnosis_date": "2003-05",
    "last_treatment_effect": "2",
    "dangerous_behavior": ["7"],
    "economic_status": "2",
    "record_date": "2026-03-10",
    "doctor_signature": "王医生",
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"outpatient_treatment": "2"}, {"required"}),
        ({"hospitalization_count": 1}, {"required"}),
        ({"hospitalization_count": 1, "first_antipsychotic_date": "2005"}, set()),
        ({"first_antipsychotic_date": "2005"}, {"untreated"}),
        ({"first_onset_date": "2003-06"}, {"onset_before_diagnosis"}),
        ({"first_onset_date": "2003-05-31"}, set()),
        ({"first_onset_date": "1949"}, {"onset_after_birth"}),
        ({"diagnosis_date": "2026-03-11"}, {"diagnosis_before_record", "enrolled_after_diagnosis"}),
        ({"informed_consent": "0"}, {"consent_no"}),
    ],
)
def test_supplement(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """date_order as far as the less precise date tells; consent_no keeps the record and asks for the report."""
    assert found(forms.current("psychosis_info_supplement"), {**BEGUN, **more}, make_context()) == expected


NEW = {
    "visit_object",
    "referral_success",
    "referral_institution",
    "referral_dept",
    "referral_contact",
    "referral_phone",
    "specialist_contacted",
    "specialist_name",
    "specialist_phone",
    "specialist_result",
    "notify_joint",
    "police_name",
    "police_phone",
    "community_name",
    "community_phone",
    "long_acting",
}
"""Questions that the sheet of 2018 adds."""


def test_the_sheet_of_2018_differs_only_where_the_catalogue_says_so(forms: FormCatalog, reference: Path) -> None:
    """version_2018: added questions, two words of the reason for loss, doses by meals; every other code is the same."""
    old, new = forms.current("psychosis_followup"), forms.current("psychosis_followup_2018")
    raw = yaml.safe_load((reference / "forms" / "psychosis_followup.yaml").read_text(encoding="utf-8"))["version_2018"]
    assert new.spec == raw["spec"]
    assert {field.id for field in new.fields()} - {field.id for field in old.fields()} == NEW
    assert {field.id for field in old.fields()} - {field.id for field in new.fields()} == {"referral_institution_dept"}
    for field in old.fields():
        other = new.field(field.id)
        if other is not None and field.id != "medications":
            codes = [(option.code, option.label) for option in field.options]
            theirs = [(option.code, option.label) for option in other.options]
            changed = {("1", "外出务工"), ("4", "连续3次未访到")} if field.id == "loss_reason" else set()
            assert set(theirs) - set(codes) == changed
            assert [code for code, _ in codes] == [code for code, _ in theirs]
    object_field, told = new.field("visit_object"), raw["differences"][0]
    assert object_field
    assert object_field.label == told["label_zh"]
    assert [(option.code, option.label) for option in object_field.options] == [
        (option["code"], option["label_zh"]) for option in told["options"]
    ]


WELL_2018 = {
    **{key: value for key, value in WELL.items() if key != "medications"},
    "visit_object": ["1"],
    "medications": [{"drug_name": "利培酮片", "morning": 2, "evening": 2}],
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"medications": [{"drug_name": "利培酮片"}]}, {"a_meal_has_a_dose"}),
        ({"medications": []}, {"adherence_with_drugs"}),
        ({"medications": [], "long_acting": [{"drug_name": "针", "every_weeks": 4, "dose_each": 100}]}, set()),
        ({"visit_object": []}, {"required"}),
        ({"danger_level": "3", "visit_classification": "1", "referral": "2"}, {"required", "joint", "event"}),
    ],
)
def test_the_sheet_of_2018(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """Doses by meals or a depot drug; whom one spoke with; class and next visit as on the sheet of 2017."""
    form, context = forms.current("psychosis_followup_2018"), make_context()
    answers = {key: value for key, value in {**WELL_2018, **more}.items() if value != []}
    if "danger_level" in more:
        answers["next_visit_date"] = "2026-12-04"
    names = {"joint": "joint_departments", "event": "danger_event"}
    assert found(form, answers, context) == {names.get(rule, rule) for rule in expected}
    assert proposals(form, answers, context)["visit_classification"] == answers["visit_classification"]
