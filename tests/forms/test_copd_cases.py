"""COPD follow-up (provisional): what is computed, what is asked about, what is taken from the same day's sheets."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check, compute, offers, proposals

VISIT: dict[str, Any] = {"visit_date": "2026-11-20", "adverse_drug_reaction": "1", "visit_classification": "1"}


@pytest.fixture
def form(forms: FormCatalog) -> Form:
    return forms.current("copd_followup")


def rules(form: Form, answers: dict[str, Any], context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


@pytest.mark.parametrize(
    ("fev1", "fvc", "ratio", "found"),
    [
        (1.52, 2.68, 56.7, set()),
        (2.09, 2.99, 69.9, set()),
        (2.1, 3.0, 70.0, {"airflow_limitation"}),
        (2.4, 3.0, 80.0, {"airflow_limitation"}),
        (3.1, 3.0, 103.3, {"airflow_limitation", "volumes_order"}),
    ],
)
def test_lung_function(fev1: float, fvc: float, ratio: float, found: set[str], form: Form, make_context: Any) -> None:
    """Airflow is limited below 70 %; what is blown out in a second can't exceed the whole."""
    answers = compute(form, {**VISIT, "fev1": fev1, "fvc": fvc}, make_context())
    assert answers["fev1_fvc"] == ratio
    assert rules(form, answers, make_context()) & {"airflow_limitation", "volumes_order"} == found


def test_nothing_is_said_without_lung_function(form: Form, make_context: Any) -> None:
    assert "fev1_fvc" not in compute(form, {"fev1": 1.5}, make_context())
    assert not rules(form, VISIT, make_context()) & {"airflow_limitation", "volumes_order"}


def test_body_mass_index_takes_the_height_typed_or_the_last_known(form: Form, make_context: Any) -> None:
    known = make_context(records={"physical_exam": {"height": 160.0}})
    assert compute(form, {"weight": 64.0, "height": 170.0}, known)["bmi"] == 22.1
    assert compute(form, {"weight": 64.0}, known)["bmi"] == 25.0
    assert "bmi" not in compute(form, {"weight": 64.0}, make_context())
    assert offers(form, known)["height"] == 160.0


@pytest.mark.parametrize(
    ("grade", "day", "following", "late"),
    [
        ("1", "2026-11-20", "2027-02-18", "2027-02-21"),
        ("1", "2026-02-01", "2026-05-01", "2026-05-02"),
        ("2", "2026-11-20", "2026-12-04", "2026-12-05"),
        ("3", "2026-11-20", "2026-12-04", "2026-12-05"),
        ("4", "2026-11-20", "2026-12-04", "2026-12-05"),
    ],
)
def test_next_visit(grade: str, day: str, following: str, late: str, form: Form, make_context: Any) -> None:
    """D01 counts for COPD too; recalls within two weeks are a default of the schedule."""
    answers = {**VISIT, "visit_date": day, "visit_classification": grade}
    assert proposals(form, answers, make_context())["next_visit_date"] == following

    def about_next_visit(proposed: str) -> set[str]:
        found = rules(form, {**answers, "next_visit_date": proposed}, make_context())
        return {rule for rule in found if rule.startswith("next_visit")}

    assert about_next_visit(following) == set()
    assert about_next_visit(late) == {"next_visit_three_months" if grade == "1" else "next_visit_two_weeks"}
    assert "next_visit_after" in about_next_visit(day)


def test_only_a_reaction_lets_the_program_propose_a_class(form: Form, make_context: Any) -> None:
    """The borders of the other classes aren't known: a person decides."""
    assert proposals(form, {"adverse_drug_reaction": "2"}, make_context())["visit_classification"] == "3"
    assert "visit_classification" not in proposals(form, {"adverse_drug_reaction": "1"}, make_context())
    reaction = {**VISIT, "adverse_drug_reaction": "2"}
    assert "class_3" in rules(form, reaction, make_context())
    assert "class_3" not in rules(form, {**reaction, "visit_classification": "4"}, make_context())
    assert "reaction_stated" in rules(form, {**VISIT, "visit_classification": "3"}, make_context())


@pytest.mark.parametrize("other", ["hypertension_followup", "type2_diabetes_followup"])
def test_what_the_same_day_s_sheet_says_is_offered(other: str, form: Form, make_context: Any) -> None:
    """Filling notes: what stands on the other sheet needn't be asked twice. It may be one form or the other."""
    said = {"visit_date": "2026-11-20", "smoking_current": 8, "exercise_times_current": 3, "compliance_behavior": "2"}
    context = make_context(records={other: said})
    found = proposals(form, {"visit_date": "2026-11-20"}, context)
    assert {key: found[key] for key in said} == said | {"visit_date": found["visit_date"]}
    assert "smoking_current" not in proposals(form, {"visit_date": "2026-11-19"}, context)


def test_the_form_says_that_it_is_provisional(form: Form) -> None:
    """Not seen in the national print: low confidence, and every sheet carries a note."""
    assert form.confidence == "low"
    assert form.open_questions
    unsure = {item.id for item in form.fields() if item.confidence == "low"}
    assert {"symptoms", "comorbidities", "vaccination_history", "visit_classification", "lip_cyanosis"} <= unsure
