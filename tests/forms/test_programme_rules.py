"""What can't be of a programme is said at the field, and nothing typed is lost: age, days, two stays at once."""

import dataclasses
from dataclasses import replace
from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Severity
from jiandang_desktop.forms.validator import check, is_required, variables

WOMAN = {"sex": "2", "birth_date": "1996-03-08"}


def found(forms: FormCatalog, form_id: str, context: Any, **answers: Any) -> dict[str, tuple[str, Severity]]:
    """Rule → field and severity of everything found."""
    form = forms.current(form_id)
    return {item.rule_id: (item.field_id, item.severity) for item in check(form, answers, context)}


FOLLOWED_UP = [
    ("hypertension_followup", "hypertension"),
    ("type2_diabetes_followup", "diabetes2"),
    ("copd_followup", "copd"),
    ("psychosis_followup", "psychosis"),
]
"""Follow-ups of illnesses that a diagnosis goes before, and their programmes."""


def in_programme(context: Any, programme: str, **row: str) -> Any:
    known = {"state": "open", "since": "2026-05-01", "opened_on": "2026-05-01", "anchor": "", **row}
    return replace(context, programmes={programme: known})


@pytest.mark.parametrize(
    ("form_id", "programme"),
    [*FOLLOWED_UP, ("psychosis_followup_2018", "psychosis"), ("tb_followup", "tuberculosis")],
)
@pytest.mark.parametrize(("day", "told"), [("2026-04-30", True), ("2026-05-01", False), ("2026-05-02", False)])
def test_followed_up_before_enrolment(
    forms: FormCatalog, make_context: Any, form_id: str, programme: str, day: str, told: bool
) -> None:
    context = in_programme(make_context(), programme)
    findings = found(forms, form_id, context, visit_date=day)
    assert (findings.get("after_enrolment") == ("visit_date", Severity.WARN)) is told
    assert "after_enrolment" not in found(forms, form_id, make_context(), visit_date=day)


@pytest.mark.parametrize(
    ("form_id", "code"), [("hypertension_followup", "2"), ("type2_diabetes_followup", "3"), ("copd_followup", "5")]
)
@pytest.mark.parametrize(
    ("diagnosed", "told"), [("2026-05-02", True), ("2026-05-01", False), ("2026-05", False), ("2026-06", True)]
)
def test_followed_up_before_the_diagnosis(
    forms: FormCatalog, make_context: Any, form_id: str, code: str, diagnosed: str, told: bool
) -> None:
    """A month is compared as a month; other illnesses don't matter."""
    past = [{"disease": "13", "diagnosed_on": "2026-12-01"}, {"disease": code, "diagnosed_on": diagnosed}]
    context = make_context(records={"personal_info": {"past_diseases": past}})
    assert ("after_diagnosis" in found(forms, form_id, context, visit_date="2026-05-01")) is told


@pytest.mark.parametrize(("form_id", "programme"), FOLLOWED_UP)
@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({}, True),
        ({"elderly_65": "open"}, True),
        ({"self": "proposed"}, False),
        ({"self": "open"}, False),
        (None, False),
    ],
)
def test_followed_up_without_any_diagnosis(
    forms: FormCatalog, make_context: Any, form_id: str, programme: str, known: dict[str, str] | None, told: bool
) -> None:
    """Asked at the day of the visit where nothing says that the person has the illness."""
    states = known and {(programme if key == "self" else key): {"state": state} for key, state in known.items()}
    context = dataclasses.replace(make_context(), programmes=known if known is None else states or {})
    findings = found(forms, form_id, context, visit_date="2026-05-01")
    assert findings.get("known_illness") == (("visit_date", Severity.WARN) if told else None)


def test_psychosis_before_the_diagnosis(forms: FormCatalog, make_context: Any) -> None:
    context = make_context(records={"psychosis_info_supplement": {"diagnosis_date": "2026-05-02"}})
    assert "after_diagnosis" in found(forms, "psychosis_followup", context, visit_date="2026-05-01")
    assert "after_diagnosis" not in found(forms, "psychosis_followup", context, visit_date="2026-05-02")


@pytest.mark.parametrize(
    "form_id",
    [
        "newborn_visit",
        "child_check_1_8m",
        "child_check_12_30m",
        "child_check_3_6y",
        "child_tcm_6_18m",
        "child_tcm_24_36m",
    ],
)
def test_a_childs_sheet_in_an_adults_folder(forms: FormCatalog, make_context: Any, form_id: str) -> None:
    """Refused from the 7th birthday on, taken the day before."""
    context = make_context(birth_date="2019-05-01")
    adult = found(forms, form_id, context, visit_date="2026-05-01")
    assert adult["children_only"] == ("visit_date", Severity.ERROR)
    assert "children_only" not in found(forms, form_id, context, visit_date="2026-04-30")


def test_two_pregnancies_at_once(forms: FormCatalog, make_context: Any) -> None:
    """At the first check it is asked, at the registration of the pregnancy it is refused."""
    context = in_programme(make_context(**WOMAN), "maternal", anchor="2026-01-05")
    first = found(forms, "antenatal_first_visit", context, last_menstrual_period="2026-07-01")
    assert first["one_pregnancy"] == ("last_menstrual_period", Severity.WARN)
    same = found(forms, "antenatal_first_visit", context, last_menstrual_period="2026-01-20")
    assert "one_pregnancy" not in same
    decided = found(forms, "programme_membership", context, programme="maternal", decision="1", lmp_date="2026-07-01")
    assert decided["one_pregnancy"] == ("lmp_date", Severity.ERROR)
    assert "already_open" not in decided
    closed = in_programme(make_context(**WOMAN), "maternal", anchor="2026-01-05", state="closed")
    assert "one_pregnancy" not in found(
        forms, "programme_membership", closed, programme="maternal", decision="1", lmp_date="2026-07-01"
    )


@pytest.mark.parametrize(
    ("programme", "person", "rule", "severity"),
    [
        ("child_0_6", {"birth_date": "2019-05-01"}, "child_only", Severity.ERROR),
        ("child_0_6", {"birth_date": "2019-05-02"}, "", Severity.ERROR),
        ("elderly_65", {"birth_date": "1962-01-01"}, "elderly_only", Severity.WARN),
        ("elderly_65", {"birth_date": "1961-12-31"}, "", Severity.WARN),
        ("hypertension", {"birth_date": "1991-05-02"}, "adults_only", Severity.WARN),
        ("hypertension", {"birth_date": "1991-05-01"}, "", Severity.WARN),
        ("maternal", {"sex": "1"}, "women_only", Severity.ERROR),
        ("maternal", WOMAN, "", Severity.ERROR),
    ],
)
def test_whom_a_programme_is_for(
    forms: FormCatalog, make_context: Any, programme: str, person: dict[str, Any], rule: str, severity: Severity
) -> None:
    """服务对象, with the days at the edges."""
    more = {"lmp_date": "2026-03-01"} if programme == "maternal" else {}
    answers = {"programme": programme, "decision": "1", "decision_date": "2026-05-01", **more}
    findings = found(forms, "programme_membership", make_context(**person), **answers)
    kinds = {"child_only", "elderly_only", "adults_only", "women_only"}
    assert {key: value for key, value in findings.items() if key in kinds} == (
        {rule: ("programme", severity)} if rule else {}
    )


def test_enrolled_twice_and_closed_without_being_in(forms: FormCatalog, make_context: Any) -> None:
    context = in_programme(make_context(), "hypertension")
    again = found(forms, "programme_membership", context, programme="hypertension", decision="1")
    assert again["already_open"] == ("programme", Severity.WARN)
    other = found(forms, "programme_membership", context, programme="copd", decision="1")
    assert "already_open" not in other
    proposed = in_programme(make_context(), "hypertension", state="proposed")
    closing = found(forms, "programme_membership", proposed, programme="hypertension", decision="3")
    assert closing["open_to_close"] == ("decision", Severity.WARN)


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({"diagnosis_date": "2026-05-02"}, "diagnosed_before"),
        ({"notice_date": "2026-05-02"}, "noticed_before"),
        ({"enrolled_on": "2026-05-02"}, "enrolled_before_closing"),
        ({"lmp_date": "2026-05-02"}, "pregnancy_order"),
        ({"lmp_date": "2025-01-01", "delivery_date": "2026-04-01"}, "pregnancy_order"),
        ({"delivery_date": "2026-12-01"}, "delivery_not_future"),
    ],
)
def test_days_in_order(forms: FormCatalog, make_context: Any, answers: dict[str, Any], rule: str) -> None:
    findings = found(forms, "programme_membership", make_context(), decision_date="2026-05-01", **answers)
    assert findings[rule][1] is Severity.ERROR


def test_a_decision_in_the_future_or_after_death(forms: FormCatalog, make_context: Any) -> None:
    """As for every dated form: refused, or asked."""
    answers = {"programme": "hypertension", "decision": "1"}
    future = found(forms, "programme_membership", make_context(), decision_date="2026-11-23", **answers)
    assert future["date_future"] == ("decision_date", Severity.ERROR)
    dead = make_context(status="3", status_date="2026-04-30")
    late = found(forms, "programme_membership", dead, decision_date="2026-05-01", **answers)
    assert late["date_after_death"] == ("decision_date", Severity.WARN)


def test_limits_are_the_banners(forms: FormCatalog, make_context: Any) -> None:
    """D09 the default: 150/90 from 65; a banner may keep 140/90 for everybody."""
    visit = {"visit_date": "2026-05-01", "systolic_bp": 145, "diastolic_bp": 80, "visit_classification": "1"}
    context = make_context(birth_date="1950-03-01")
    assert "class_1" not in found(forms, "hypertension_followup", context, **visit)
    strict = replace(context, settings={"hypertension_elderly_systolic": 140})
    assert found(forms, "hypertension_followup", strict, **visit)["class_1"][1] is Severity.ERROR
    late = {**visit, "next_visit_date": "2026-06-15"}
    monthly = replace(context, settings={"routine_latest_months": 1})
    assert "next_visit_three_months" in found(forms, "hypertension_followup", monthly, **late)
    assert "next_visit_three_months" not in found(forms, "hypertension_followup", context, **late)


@pytest.mark.parametrize(("rule", "asked"), [("year_end", True), ("day_of_service", False)])
def test_the_elderlys_questions_go_by_the_same_age_rule(
    forms: FormCatalog, make_context: Any, rule: str, asked: bool
) -> None:
    """D48: 65 in December, examined in May."""
    context = replace(make_context(birth_date="1961-12-01"), settings={"elderly_age_rule": rule})
    form = forms.current("physical_exam")
    item = form.field("elderly_health_self_rating")
    assert item is not None
    assert is_required(item, variables(form, {"exam_date": "2026-05-04"}, context)) is asked
    constitution = found(forms, "elderly_tcm_constitution", context, fill_date="2026-05-04")
    assert ("age" in constitution) is not asked


@pytest.mark.parametrize(
    ("form_id", "answers", "told"),
    [
        ("hypertension_followup", {"systolic_bp": 139, "diastolic_bp": 89}, False),
        ("hypertension_followup", {"systolic_bp": 140, "diastolic_bp": 80}, True),
        ("hypertension_followup", {"systolic_bp": 120, "diastolic_bp": 90}, True),
        ("hypertension_followup", {"systolic_bp": 150, "diastolic_bp": 95, "emergency_signs": ["pregnancy"]}, False),
        ("hypertension_followup", {"systolic_bp": 150, "diastolic_bp": 95, "emergency_signs": ["eye"]}, True),
        ("type2_diabetes_followup", {"fasting_glucose": 6.9}, False),
        ("type2_diabetes_followup", {"fasting_glucose": 7.0}, True),
        ("type2_diabetes_followup", {"fasting_glucose": 7.0, "emergency_signs": ["pregnancy"]}, False),
    ],
)
def test_high_values_in_pregnancy_are_an_emergency(
    forms: FormCatalog, make_context: Any, form_id: str, answers: dict[str, Any], told: bool
) -> None:
    """D06: 140/90 and above is high in pregnancy and lactation, known from a maternal file that isn't closed."""
    told_of = ("emergency_signs", Severity.WARN)
    pregnant = in_programme(make_context(**WOMAN), "maternal")
    assert (found(forms, form_id, pregnant, **answers).get("pregnancy_emergency") == told_of) is told
    for other in (in_programme(make_context(**WOMAN), "maternal", state="closed"), make_context(**WOMAN)):
        assert "pregnancy_emergency" not in found(forms, form_id, other, **answers)
    assert "pregnancy_emergency" not in found(forms, form_id, replace(pregnant, programmes={}), **answers)
