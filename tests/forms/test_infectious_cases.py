"""The infectious disease report card: deadlines, classes, who must be named, the list of diseases."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute

CARD = {
    "report_type": "1",
    "phone": "13900000052",
    "patient_belongs_to": "1",
    "current_address": "一组3号",
    "occupation": "11",
    "case_class_1": "2",
    "onset_date": "2026-11-18",
    "diagnosis_time": "2026-11-20 09",
    "disease": "B06",
    "reporting_unit": "某村卫生室",
    "reporting_unit_phone": "13900000001",
    "reporter": "王医生",
    "report_date": "2026-11-20",
}


def found(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


@pytest.mark.parametrize(
    ("disease", "klass", "hours"),
    [
        ("A01", "A", 2),
        ("A02", "A", 2),
        ("B01", "B", 2),
        ("B1101", "B", 2),
        ("B1102", "B", 24),
        ("B27", "B", 24),
        ("B06", "B", 24),
        ("C11", "C", 24),
        ("O", "O", 24),
    ],
)
def test_class_and_deadline(disease: str, klass: str, hours: int, forms: FormCatalog, make_context: Any) -> None:
    """Class A, SARS and pulmonary anthrax 2 hours (and a telephone call first), everything else 24."""
    form, context = forms.current("infectious_disease_report_card"), make_context()
    answers = {**CARD, "disease": disease, **({"disease.O": "某种热"} if disease == "O" else {})}
    computed = compute(form, answers, context)
    assert (computed["disease_class"], computed["deadline_hours"]) == (klass, hours)
    assert found(form, answers, context) == ({"phone_first"} if hours == 2 else set())


@pytest.mark.parametrize(
    ("disease", "diagnosis", "report", "late"),
    [
        ("B06", "2026-11-20 09", "2026-11-21", set()),
        ("B06", "2026-11-20 23", "2026-11-21", set()),
        ("B06", "2026-11-20 09", "2026-11-22", {"deadline_a_day"}),
        ("A01", "2026-11-20 21", "2026-11-20", set()),
        ("A01", "2026-11-20 21", "2026-11-21", {"deadline_two_hours"}),
        ("A01", "2026-11-20 22", "2026-11-21", set()),
        ("A01", "2026-11-20 23", "2026-11-22", {"deadline_two_hours"}),
        ("B1101", "2026-11-20 09", "2026-11-21", {"deadline_two_hours"}),
    ],
)
def test_late_reports(
    disease: str, diagnosis: str, report: str, late: set[str], forms: FormCatalog, make_context: Any
) -> None:
    """The card has the hour of the diagnosis and the day of the report: late is what no hour of that day would save."""
    form = forms.current("infectious_disease_report_card")
    answers = {**CARD, "disease": disease, "diagnosis_time": diagnosis, "report_date": report}
    assert found(form, answers, make_context()) - {"phone_first"} == late


@pytest.mark.parametrize(
    ("birth", "asked"), [("2011-11-18", False), ("2011-11-19", True), ("2025-01-01", True), ("1950-01-01", False)]
)
def test_a_parent_is_named_up_to_14(birth: str, asked: bool, forms: FormCatalog, make_context: Any) -> None:
    """child_parent: 14 completed years or fewer when the illness began."""
    form = forms.current("infectious_disease_report_card")
    findings = check(form, compute(form, CARD, make_context(birth_date=birth)), make_context(birth_date=birth))
    assert ("parent_name" in {item.field_id for item in findings if item.rule_id == "required"}) is asked


@pytest.mark.parametrize("disease", ["B0302", "B0303", "B24"])
def test_acute_or_chronic(disease: str, forms: FormCatalog, make_context: Any) -> None:
    """Asked for hepatitis B, hepatitis C and schistosomiasis, empty for all others."""
    form, context = forms.current("infectious_disease_report_card"), make_context()
    assert found(form, {**CARD, "disease": disease}, context) == {"required"}
    assert found(form, {**CARD, "disease": disease, "case_class_2": "0"}, context) == set()
    assert found(form, {**CARD, "case_class_2": "1"}, context) == {"not_applicable"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"diagnosis_time": "2026-11-20"}, {"pattern"}),
        ({"diagnosis_time": "2026-11-20 24"}, {"pattern"}),
        ({"diagnosis_time": "2026-11-31 09"}, {"pattern", "diagnosis_before_report"}),
        ({"onset_date": "2026-11-21"}, {"onset_before_diagnosis"}),
        ({"onset_date": "2026-11-20"}, set()),
        ({"report_date": "2026-11-19"}, {"diagnosis_before_report"}),
        ({"report_date": "2026-11-23"}, {"report_not_future", "deadline_a_day"}),
        ({"death_date": "2026-11-17"}, {"death_after_onset"}),
        ({"death_date": "2026-11-18"}, set()),
        ({"report_type": "2"}, {"required"}),
        ({"report_type": "2", "corrected_disease": "风疹"}, set()),
        ({"corrected_disease": "风疹"}, {"not_applicable"}),
        ({"disease": "B18"}, {"tetanus_newborn"}),
    ],
)
def test_what_is_refused_or_asked_about(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """Order of the dates, the hour of the diagnosis, corrections."""
    form = forms.current("infectious_disease_report_card")
    assert found(form, {**CARD, **more}, make_context()) == expected


def test_every_disease_of_the_catalogue_can_be_chosen(tables: Any, reference: Path) -> None:
    """Names, classes and types in the catalogue's order, and one entry for what is reported beside the list."""
    raw = yaml.safe_load((reference / "forms" / "infectious_disease_report_card.yaml").read_text(encoding="utf-8"))
    listed = [
        (item["class"], " ".join(filter(None, (item["name_zh"], kind))))
        for item in raw["diseases"]
        for kind in item.get("subtypes", [""])
    ]
    entries = tables["infectious_diseases"].entries
    assert [(entry.group, entry.label) for entry in entries if entry.group != "O"] == listed
    assert all(entry.code.startswith(entry.group) for entry in entries)
