"""Tuberculosis: 72 hours, failed visits, phases, next visits, missed doses, closing (decisions D29, D50, D83)."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check, compute, offers, proposals

HOME: dict[str, Any] = {"notice_received_at": "2026-08-03", "visit_date": "2026-08-05", "supervisor": "2"}
VISIT: dict[str, Any] = {
    "visit_date": "2026-08-31",
    "treatment_month": 1,
    "phase": "intensive",
    "supervisor": "2",
    "regimen_usage": "1",
    "missed_doses": 0,
    "adverse_drug_reaction": "1",
    "complications": "1",
}


@pytest.fixture
def home(forms: FormCatalog) -> Form:
    return forms.current("tb_first_home_visit")


@pytest.fixture
def followup(forms: FormCatalog) -> Form:
    return forms.current("tb_followup")


def rules(form: Form, answers: dict[str, Any], context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


def missing(form: Form, answers: dict[str, Any], context: Any) -> set[str]:
    found = check(form, compute(form, answers, context), context)
    return {item.field_id for item in found if item.rule_id == "required"}


def tried(*attempts: str) -> dict[str, Any]:
    """Failed attempts written as day and half-day."""
    rows = [attempt.split() for attempt in attempts]
    return {
        "failed_attempts": [{"attempted_on": day, "half_day": half, "attempt_method": "home"} for day, half in rows]
    }


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"visit_date": "2026-08-03"}, set()),
        ({"visit_date": "2026-08-06"}, set()),
        ({"visit_date": "2026-08-07"}, {"timely"}),
        ({"visit_date": "2026-08-02"}, {"notice_before_visit"}),
        ({"visit_date": "2026-08-07", **tried("2026-08-04 am")}, {"timely"}),
        ({"visit_date": "2026-08-07", **tried("2026-08-04 am", "2026-08-04 am")}, {"timely"}),
        ({"visit_date": "2026-08-09", **tried("2026-08-04 am", "2026-08-07 am")}, {"timely"}),
        ({"visit_date": "2026-08-07", **tried("2026-08-04 am", "2026-08-04 pm")}, {"two_failed"}),
        ({"visit_date": "2026-08-07", **tried("2026-08-03 am", "2026-08-06 am")}, {"two_failed"}),
        ({"visit_date": "2026-08-05", **tried("2026-08-02 pm")}, {"attempts_between"}),
        ({"visit_date": "2026-08-05", **tried("2026-08-06 am")}, {"attempts_between"}),
        ({"visit_date": "2026-08-05", **tried("2026-08-05 am")}, set()),
    ],
)
def test_first_visit_within_three_days(more: dict[str, Any], found: set[str], home: Form, make_context: Any) -> None:
    """D29: day of the notice + 3. D83: only two failures on different half-days inside it excuse, and are reported."""
    about = {"timely", "two_failed", "notice_before_visit", "attempts_between"}
    assert rules(home, {**HOME, **more}, make_context()) & about == found


@pytest.mark.parametrize(
    ("supervisor", "following", "late"),
    [("1", "2026-09-05", "2026-09-06"), ("2", "2026-08-15", "2026-08-16"), ("3", "2026-08-15", "2026-08-16")],
)
def test_visit_after_the_first(supervisor: str, following: str, late: str, home: Form, make_context: Any) -> None:
    """Staff supervise: a calendar month; anybody else: ten days in the intensive phase."""
    answers = {**HOME, "supervisor": supervisor}
    assert proposals(home, answers, make_context())["next_visit_date"] == following
    assert "next_visit_in_time" not in rules(home, {**answers, "next_visit_date": following}, make_context())
    assert "next_visit_in_time" in rules(home, {**answers, "next_visit_date": late}, make_context())


def test_what_was_not_understood_is_taught_again(home: Form, make_context: Any) -> None:
    assert "teach_until_known" in rules(home, {**HOME, "edu_contacts": "2"}, make_context())
    assert "teach_until_known" not in rules(home, {**HOME, "edu_contacts": "1"}, make_context())


def test_one_record_for_each_notice(home: Form, make_context: Any) -> None:
    """A person who falls ill again has a second notice and a second first visit."""
    assert "same_notice" in rules(home, HOME, make_context(previous={"notice_received_at": "2026-08-03"}))
    assert "same_notice" not in rules(home, HOME, make_context(previous={"notice_received_at": "2024-01-10"}))


def test_symptom_codes_of_the_two_forms_differ(home: Form, followup: Form) -> None:
    """From code 6 on the follow-up's codes lie one higher: 6 is joint pain there."""
    first, later = home.field("symptoms"), followup.field("symptoms")
    assert first
    assert later
    for code in range(6, 10):
        ours, theirs = first.option(str(code)), later.option(str(code + 1))
        assert ours
        assert theirs
        assert ours.label == theirs.label
    assert all(item.source.partition(".")[2] != "symptoms" for item in followup.fields())


@pytest.mark.parametrize(("month", "phase"), [(1, "intensive"), (2, "intensive"), (3, "continuation")])
def test_phase_is_proposed(month: int, phase: str, followup: Form, make_context: Any) -> None:
    """D50: intensive in months 1 and 2."""
    assert proposals(followup, {"treatment_month": month}, make_context())["phase"] == phase
    early = {**VISIT, "treatment_month": month, "phase": "continuation"}
    assert ("phase_of_month" in rules(followup, early, make_context())) is (month < 3)


def test_treatment_is_taken_over(followup: Form, make_context: Any) -> None:
    """From the visit before, at the first visit from the home visit; the month is counted from that one."""
    began = {"visit_date": "2026-08-05", "supervisor": "2", "regimen": "2HRZE/4HR", "dosage_form": ["1"]}
    context = make_context(records={"tb_first_home_visit": began})
    assert offers(followup, context)["regimen"] == "2HRZE/4HR"
    assert offers(followup, context)["dosage_form"] == ["1"]
    later = make_context(records={"tb_first_home_visit": began}, previous={"regimen": "4HR", "supervisor": "1"})
    assert offers(followup, later)["regimen"] == "4HR"
    assert offers(followup, later)["supervisor"] == "1"
    for day, month in (("2026-08-15", 1), ("2026-09-04", 1), ("2026-09-05", 2), ("2027-01-05", 6)):
        assert proposals(followup, {"visit_date": day}, context)["treatment_month"] == month


@pytest.mark.parametrize(
    ("more", "following"),
    [
        ({}, "2026-09-10"),
        ({"supervisor": "1"}, "2026-09-30"),
        ({"phase": "continuation"}, "2026-09-30"),
        ({"supervisor": "3"}, "2026-09-10"),
        ({"supervisor": "4", "phase": "continuation"}, "2026-09-30"),
        ({"supervisor": "1", "adverse_drug_reaction": "2"}, "2026-09-14"),
        ({"phase": "continuation", "complications": "2"}, "2026-09-14"),
        ({"phase": "continuation", "referral_reason": "漏服药"}, "2026-09-14"),
        ({"adverse_drug_reaction": "2"}, "2026-09-10"),
        ({"stop_date": "2026-08-30"}, None),
    ],
)
def test_next_visit_is_proposed(more: dict[str, Any], following: str | None, followup: Form, make_context: Any) -> None:
    """Ten days or a calendar month (its last day where the day doesn't exist); two weeks after a referral."""
    assert proposals(followup, {**VISIT, **more}, make_context()).get("next_visit_date") == following


@pytest.mark.parametrize(
    ("more", "next_visit", "found"),
    [
        ({}, "2026-09-10", set()),
        ({}, "2026-09-11", {"next_visit_in_time"}),
        ({"supervisor": "1"}, "2026-10-01", {"next_visit_in_time"}),
        ({"supervisor": "1", "complications": "2"}, "2026-09-14", set()),
        ({"supervisor": "1", "complications": "2"}, "2026-09-15", {"next_visit_after_referral"}),
        ({}, "2026-08-31", {"next_visit_after"}),
        ({"stop_reason": "1"}, "2026-12-31", set()),
    ],
)
def test_next_visit_is_checked(
    more: dict[str, Any], next_visit: str, found: set[str], followup: Form, make_context: Any
) -> None:
    answers = {**VISIT, **more, "next_visit_date": next_visit}
    assert {rule for rule in rules(followup, answers, make_context()) if rule.startswith("next_visit")} == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, set()),
        ({"missed_doses": 6}, {"missed_some"}),
        ({"missed_doses": 6, "handling": "查明原因"}, set()),
        ({"missed_doses": 7}, {"missed_week"}),
        ({"missed_doses": 7, "handling": "查明原因"}, {"missed_week"}),
        ({"missed_doses": 7, "referral_reason": "漏服药"}, set()),
        ({"missed_doses": 2, "regimen_usage": "2"}, {"missed_some"}),
        ({"missed_doses": 3, "regimen_usage": "2"}, {"missed_week"}),
        ({"adverse_drug_reaction": "2"}, {"reaction_refer"}),
        ({"complications": "2"}, {"reaction_refer"}),
        ({"complications": "2", "referral_reason": "并发症"}, set()),
    ],
)
def test_missed_doses_and_reactions(more: dict[str, Any], found: set[str], followup: Form, make_context: Any) -> None:
    """Quality rule TB05: a week missed, a reaction or a complication is referred; less than a week is looked into."""
    about = {"missed_some", "missed_week", "reaction_refer"}
    assert rules(followup, {**VISIT, **more}, make_context()) & about == found


def test_result_of_a_referral_is_asked_after_two_weeks(followup: Form, make_context: Any) -> None:
    """It can't be known on the day of the referral."""
    answers = {**VISIT, "referral_reason": "药物不良反应"}
    assert "referral_result" not in missing(followup, answers, make_context(today="2026-09-13"))
    assert "referral_result" in missing(followup, answers, make_context(today="2026-09-14"))
    assert "referral_result" not in missing(followup, VISIT, make_context(today="2026-09-14"))


CLOSING = {
    "stop_date",
    "stop_reason",
    "visits_expected",
    "visits_done",
    "doses_expected",
    "doses_taken",
    "medication_rate",
    "assessor_signature",
}


@pytest.mark.parametrize("said", [{"stop_date": "2026-08-30"}, {"stop_reason": "3"}])
def test_stopping_asks_for_the_closing_evaluation(said: dict[str, Any], followup: Form, make_context: Any) -> None:
    """Quality rule TB04; before that a next visit is asked for instead."""
    asked = missing(followup, {**VISIT, **said}, make_context())
    assert asked >= CLOSING - set(said)
    assert "next_visit_date" not in asked
    asked = missing(followup, VISIT, make_context())
    assert "next_visit_date" in asked
    assert not asked & CLOSING


@pytest.mark.parametrize(
    ("expected", "taken", "rate", "found"),
    [
        (180, 178, 98.9, set()),
        (180, 162, 90.0, set()),
        (180, 161, 89.4, {"warn_range"}),
        (400, 385, 96.3, set()),
        (180, 181, 100.0, {"doses_order"}),
        (180, 0, 0.0, {"warn_range"}),
    ],
)
def test_share_of_the_doses_taken(
    expected: int, taken: int, rate: float, found: set[str], followup: Form, make_context: Any
) -> None:
    """Rounded half up; below 90 % one is asked; more than were due is asked about, not refused."""
    answers = compute(followup, {**VISIT, "doses_expected": expected, "doses_taken": taken}, make_context())
    assert answers["medication_rate"] == rate
    about = [item for item in check(followup, answers, make_context()) if item.field_id in ("medication_rate",)]
    assert bool(about) is ("warn_range" in found)
    assert ("doses_order" in rules(followup, answers, make_context())) is ("doses_order" in found)
    assert "medication_rate" not in compute(followup, {"doses_taken": 5}, make_context())


def test_fewer_visits_were_due_than_made(followup: Form, make_context: Any) -> None:
    answers = {**VISIT, "visits_expected": 10, "visits_done": 11}
    assert "visits_order" in rules(followup, answers, make_context())
    assert "visits_order" not in rules(followup, {**answers, "visits_done": 10}, make_context())
