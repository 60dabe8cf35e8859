"""Pregnancy and after: weeks, expected day, columns, windows, referral and what contradicts each other."""

from datetime import date, timedelta
from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.functions import days_between, months_after
from jiandang_desktop.forms.validator import check, compute, proposals

LMP = "2026-01-05"
WOMAN = {"sex": "2", "birth_date": "1997-08-15"}


def day(number: int) -> str:
    """The day of the pregnancy whose last period began on ``LMP``."""
    return (date.fromisoformat(LMP) + timedelta(days=number)).isoformat()


def rules(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


def uncomputed(form: Any, answers: Any, context: Any) -> set[str]:
    """Rules about answers as they arrive from elsewhere, with nothing worked out by this program."""
    return {item.rule_id for item in check(form, answers, context)}


# -- first visit


@pytest.mark.parametrize(
    ("lmp", "expected"),
    [("2026-01-05", "2026-10-12"), ("2025-05-26", "2026-03-02"), ("2024-02-29", "2024-12-05")],
)
def test_expected_day_is_280_days_after_the_last_period(
    lmp: str, expected: str, forms: FormCatalog, make_context: Any
) -> None:
    """D52."""
    form = forms.current("antenatal_first_visit")
    assert compute(form, {"last_menstrual_period": lmp}, make_context())["expected_delivery_date"] == expected


def test_the_hand_rule_agrees_within_three_days() -> None:
    """D52: month + 9 and day + 7 is a cross-check of the 280 days on every day of a leap year and a common one."""
    for number in range(731):
        start = (date(2024, 1, 1) + timedelta(days=number)).isoformat()
        by_hand = date.fromisoformat(str(months_after(start, 9))) + timedelta(days=7)
        assert abs(float(days_between(start, by_hand.isoformat()) or 0) - 280) <= 3


def test_an_expected_day_from_ultrasound_stays(forms: FormCatalog, make_context: Any) -> None:
    """Marked as corrected it isn't worked out, the weeks count back from it, and no rule compares it."""
    form, context = forms.current("antenatal_first_visit"), make_context(**WOMAN)
    answers = {
        "record_date": day(70),
        "last_menstrual_period": LMP,
        "edd_corrected_by_ultrasound": True,
        "expected_delivery_date": day(280 + 21),
    }
    filled = compute(form, answers, context)
    assert filled["expected_delivery_date"] == day(301)
    assert (filled["gestational_weeks"], filled["gestational_days"]) == (7, 0)
    assert not rules(form, answers, context) & {"edd_tolerance", "edd_hand_rule", "weeks_match_lmp"}


def test_without_a_last_period_the_expected_day_counts(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("antenatal_first_visit"), make_context(**WOMAN)
    answers = {"record_date": day(85), "lmp_unknown": True, "expected_delivery_date": day(280)}
    filled = compute(form, answers, context)
    assert (filled["gestational_weeks"], filled["gestational_days"]) == (12, 1)
    missing = {item.field_id for item in check(form, filled, context) if item.rule_id == "required"}
    assert "last_menstrual_period" not in missing
    both = {**filled, "last_menstrual_period": LMP}
    refused = {item.field_id for item in check(form, both, context) if item.rule_id == "not_applicable"}
    assert "last_menstrual_period" in refused
    asked = {item.field_id for item in check(form, {}, context) if item.rule_id == "required"}
    assert "last_menstrual_period" in asked


@pytest.mark.parametrize(
    ("number", "weeks", "days", "is_late"),
    [(69, 9, 6, False), (70, 10, 0, False), (90, 12, 6, False), (91, 13, 0, True)],
)
def test_weeks_and_early_booking(
    number: int, weeks: int, days: int, is_late: bool, forms: FormCatalog, make_context: Any
) -> None:
    """Completed weeks from the last period; up to 12 weeks and 6 days (day 90) it is an early booking (MT05)."""
    form, context = forms.current("antenatal_first_visit"), make_context(**WOMAN)
    answers = {"record_date": day(number), "last_menstrual_period": LMP}
    filled = compute(form, answers, context)
    assert (filled["gestational_weeks"], filled["gestational_days"]) == (weeks, days)
    assert ("early_booking" in rules(form, answers, context)) is is_late


@pytest.mark.parametrize(
    ("off", "found"),
    [(0, set()), (3, set()), (-3, set()), (4, {"edd_hand_rule"}), (-7, {"edd_hand_rule"}), (8, {"edd_tolerance"})],
)
def test_an_expected_day_that_arrives_is_compared(
    off: int, found: set[str], forms: FormCatalog, make_context: Any
) -> None:
    """MT04 and edd_tolerance: seven days are let pass, three without a question."""
    form = forms.current("antenatal_first_visit")
    answers = {"last_menstrual_period": LMP, "expected_delivery_date": day(280 + off)}
    assert uncomputed(form, answers, make_context(**WOMAN)) & {"edd_hand_rule", "edd_tolerance"} == found


@pytest.mark.parametrize(("weeks", "wrong"), [(10, False), (11, False), (9, False), (12, True), (8, True)])
def test_weeks_that_arrive_are_compared(weeks: int, wrong: bool, forms: FormCatalog, make_context: Any) -> None:
    """MT03: more than a week from what the last period says."""
    form = forms.current("antenatal_first_visit")
    answers = {"record_date": day(76), "last_menstrual_period": LMP, "gestational_weeks": weeks}
    assert ("weeks_match_lmp" in uncomputed(form, answers, make_context(**WOMAN))) is wrong


@pytest.mark.parametrize(
    ("gravidity", "vaginal", "cesarean", "abortions", "found"),
    [
        (1, 0, 0, 0, set()),
        (3, 1, 1, 0, set()),
        (2, 1, 1, 0, {"parity"}),
        (2, 1, 0, 1, {"pregnancies_counted"}),
        (3, 1, 0, 1, set()),
    ],
)
def test_births_and_abortions_fit_the_pregnancies(
    gravidity: int,
    vaginal: int,
    cesarean: int,
    abortions: int,
    found: set[str],
    forms: FormCatalog,
    make_context: Any,
) -> None:
    """MT09: the number of pregnancies includes this one."""
    form = forms.current("antenatal_first_visit")
    answers = {
        "gravidity": gravidity,
        "parity_vaginal": vaginal,
        "parity_cesarean": cesarean,
        "spontaneous_abortions": abortions,
        "induced_abortions": 0,
    }
    assert rules(form, answers, make_context(**WOMAN)) & {"parity", "pregnancies_counted"} == found


@pytest.mark.parametrize(
    "form_id", ["antenatal_first_visit", "antenatal_visits_2_5", "postpartum_visit", "postpartum_42d_check"]
)
def test_no_man_has_them(form_id: str, forms: FormCatalog, make_context: Any) -> None:
    """MT01."""
    form = forms.current(form_id)
    assert "not_a_man" in rules(form, {}, make_context(sex="1"))
    assert "not_a_man" not in rules(form, {}, make_context(sex="2"))


@pytest.mark.parametrize(
    ("birth", "age", "odd"),
    [("2011-03-17", 14, True), ("2011-03-16", 15, False), ("1975-03-17", 50, False), ("1975-03-16", 51, True)],
)
def test_age_of_the_pregnant(birth: str, age: int, odd: bool, forms: FormCatalog, make_context: Any) -> None:
    """MT02: under 15 and over 50 are asked about."""
    form, context = forms.current("antenatal_first_visit"), make_context(sex="2", birth_date=birth)
    answers = {"record_date": "2026-03-16"}
    assert compute(form, answers, context)["age"] == age
    assert ("age_of_pregnancy" in rules(form, answers, context)) is odd


@pytest.mark.parametrize(
    ("number", "following"), [(70, 112), (105, 119), (130, 147), (150, 196), (250, 264), (262, 269)]
)
def test_the_next_visit_is_proposed_for_the_next_window(
    number: int, following: int, forms: FormCatalog, make_context: Any
) -> None:
    """The opening of the next window (weeks 16, 21, 28, 37), not within two weeks; weekly from week 37."""
    form = forms.current("antenatal_first_visit")
    answers = {"record_date": day(number), "last_menstrual_period": LMP}
    filled = compute(form, answers, make_context(**WOMAN))
    assert proposals(form, {**filled, "referral": "1"}, make_context(**WOMAN))["next_visit_date"] == day(following)
    assert proposals(form, {**filled, "referral": "2"}, make_context(**WOMAN))["next_visit_date"] == day(number + 14)


def test_what_the_personal_information_knows_is_proposed(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("antenatal_first_visit")
    known = {"blood_type_abo": "3", "blood_type_rh": "1", "past_diseases": [{"disease": "2"}, {"disease": "4"}]}
    taken = proposals(form, {}, make_context(records={"personal_info": known}))
    assert (taken["blood_type_abo"], taken["blood_type_rh"], taken["past_history"]) == ("O型", "阴性", ["2", "5"])
    unknown = {"blood_type_abo": "5", "blood_type_rh": "3", "past_diseases": [{"disease": "1"}]}
    taken = proposals(form, {}, make_context(records={"personal_info": unknown}))
    assert taken["past_history"] == ["1"]
    assert "blood_type_abo" not in taken
    assert "past_history" not in proposals(form, {}, make_context())


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({}, False),
        ({"systolic_bp": 140}, True),
        ({"urine_protein": "±"}, True),
        ({"urine_protein": "1+"}, True),
        ({"urine_protein": "－"}, False),
        ({"urine_protein": "阴性"}, False),
        ({"hbsag": "阳性"}, True),
        ({"hemoglobin": 109}, True),
        ({"past_history": ["7"]}, True),
        ({"syphilis_serology": "2"}, True),
    ],
)
def test_nothing_abnormal_is_questioned(more: Any, asked: bool, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("antenatal_first_visit")
    answers = {"overall_assessment": "1", "systolic_bp": 118, "diastolic_bp": 76, "past_history": ["1"], **more}
    assert ("assessment_abnormal" in rules(form, answers, make_context(**WOMAN))) is asked
    assert "assessment_abnormal" not in rules(form, {**answers, "overall_assessment": "2"}, make_context(**WOMAN))


# -- visits 2 to 5

FIRST = {"record_date": day(70), "last_menstrual_period": LMP, "expected_delivery_date": day(280)}


@pytest.mark.parametrize(
    ("number", "column", "outside"),
    [
        (111, None, {"v2", "v3", "v4", "v5"}),
        (112, "v2", {"v3", "v4", "v5"}),
        (146, "v2", {"v3", "v4", "v5"}),
        (147, "v3", {"v2", "v4", "v5"}),
        (174, "v3", {"v2", "v4", "v5"}),
        (175, None, {"v2", "v3", "v4", "v5"}),
        (196, "v4", {"v2", "v3", "v5"}),
        (258, "v4", {"v2", "v3", "v5"}),
        (259, "v5", {"v2", "v3", "v4"}),
        (286, "v5", {"v2", "v3", "v4"}),
        (287, None, {"v2", "v3", "v4", "v5"}),
    ],
)
def test_columns_and_their_weeks(
    number: int, column: str | None, outside: set[str], forms: FormCatalog, make_context: Any
) -> None:
    """Weeks 16-20, 21-24, 28-36, 37-40; between them the doctor chooses the column and is asked (D51)."""
    form, context = forms.current("antenatal_visits_2_5"), make_context(records={"antenatal_first_visit": FIRST})
    filled = compute(form, {"visit_date": day(number)}, context)
    assert filled["gestational_weeks"] == number // 7
    assert proposals(form, filled, context).get("visit_no") == column
    for chosen in ("v2", "v3", "v4", "v5"):
        assert ("window" in rules(form, {**filled, "visit_no": chosen}, context)) is (chosen in outside)


def test_weeks_of_a_visit_follow_a_corrected_expected_day(forms: FormCatalog, make_context: Any) -> None:
    """The anchor is the expected day less 280 where ultrasound corrected it; another pregnancy gives nothing."""
    form = forms.current("antenatal_visits_2_5")
    corrected = {**FIRST, "edd_corrected_by_ultrasound": True, "expected_delivery_date": day(294)}
    context = make_context(records={"antenatal_first_visit": corrected})
    assert compute(form, {"visit_date": day(126)}, context)["gestational_weeks"] == 16
    unknown = {"record_date": day(70), "lmp_unknown": True, "expected_delivery_date": day(280)}
    context = make_context(records={"antenatal_first_visit": unknown})
    assert compute(form, {"visit_date": day(127)}, context)["gestational_days"] == 1
    assert "gestational_weeks" not in compute(form, {"visit_date": day(400)}, context)
    assert compute(form, {"visit_date": day(400), "gestational_weeks": 20}, context)["gestational_weeks"] == 20
    assert "gestational_weeks" not in compute(form, {"visit_date": day(126)}, make_context())


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({}, False),
        ({"systolic_bp": 140}, True),
        ({"diastolic_bp": 90}, True),
        ({"systolic_bp": 139, "diastolic_bp": 89}, False),
        ({"urine_protein": "＋"}, True),
        ({"systolic_bp": 150, "referral": "2"}, False),
        ({"systolic_bp": 150, "classification": "2"}, False),
    ],
)
def test_raised_pressure_or_protein_isnt_nothing(more: Any, asked: bool, forms: FormCatalog, make_context: Any) -> None:
    """MT10."""
    form = forms.current("antenatal_visits_2_5")
    answers = {"systolic_bp": 110, "diastolic_bp": 70, "urine_protein": "－", "classification": "1", "referral": "1"}
    assert ("abnormal_classified" in rules(form, {**answers, **more}, make_context(**WOMAN))) is asked


def test_no_visit_after_delivery(forms: FormCatalog, make_context: Any) -> None:
    """MT08; a delivery before the pregnancy began is another one."""
    form = forms.current("antenatal_visits_2_5")
    for delivery, wrong in ((day(250), True), (day(260), False), ("2023-06-01", False)):
        records = {"antenatal_first_visit": FIRST, "postpartum_visit": {"delivery_date": delivery}}
        assert ("before_delivery" in rules(form, {"visit_date": day(260)}, make_context(records=records))) is wrong


@pytest.mark.parametrize(
    ("form_id", "dated"),
    [
        ("antenatal_first_visit", "record_date"),
        ("antenatal_visits_2_5", "visit_date"),
        ("postpartum_visit", "visit_date"),
    ],
)
def test_a_referral_names_reason_and_place_and_is_followed_up(
    form_id: str, dated: str, forms: FormCatalog, make_context: Any
) -> None:
    """Chapter on pregnant women: what became of a referral is learnt within two weeks."""
    form, context = forms.current(form_id), make_context(**WOMAN)
    answers = {dated: "2026-05-01", "referral": "2", "next_visit_date": "2026-05-16"}
    found = {(item.rule_id, item.field_id) for item in check(form, answers, context)}
    assert ("required", "referral_reason") in found
    assert ("required", "referral_institution_dept") in found
    assert ("referral_followed_up", "next_visit_date") in found
    assert "referral_followed_up" not in rules(form, {**answers, "next_visit_date": "2026-05-15"}, context)
    without = {**answers, "referral": "1", "referral_reason": "水肿"}
    refused = {item.field_id for item in check(form, without, context) if item.rule_id == "not_applicable"}
    assert refused == {"referral_reason"}


# -- after delivery


@pytest.mark.parametrize(
    ("discharge", "visit", "found"),
    [
        ("2026-10-12", "2026-10-12", set()),
        ("2026-10-12", "2026-10-19", set()),
        ("2026-10-12", "2026-10-20", {"timely"}),
        ("2026-10-12", "2026-10-11", {"visit_after_discharge"}),
        (None, "2026-10-11", {"timely_without_discharge"}),
        (None, "2026-10-12", set()),
        (None, "2026-10-23", set()),
        (None, "2026-10-24", {"timely_without_discharge"}),
        ("2026-10-08", "2026-10-12", {"discharge_after_delivery"}),
    ],
)
def test_window_of_the_home_visit(
    discharge: str | None, visit: str, found: set[str], forms: FormCatalog, make_context: Any
) -> None:
    """MT07, D28: seven days from discharge, without one day 3 to 14 after delivery."""
    form, context = forms.current("postpartum_visit"), make_context(**WOMAN)
    answers = {"visit_date": visit, "delivery_date": "2026-10-09"} | (
        {"hospital_discharge_date": discharge} if discharge else {}
    )
    spoken = {"timely", "timely_without_discharge", "visit_after_discharge", "discharge_after_delivery"}
    assert rules(form, answers, context) & spoken == found
    assert "required" not in {
        item.rule_id for item in check(form, answers, context) if item.field_id == "hospital_discharge_date"
    }


@pytest.mark.parametrize(("temperature", "warned"), [(37.9, False), (38.0, True)])
def test_fever_after_delivery(temperature: float, warned: bool, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("postpartum_visit")
    assert ("fever" in rules(form, {"temperature": temperature}, make_context(**WOMAN))) is warned


def test_the_visit_after_the_home_visit_is_on_day_42(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("postpartum_visit"), make_context(**WOMAN)
    answers = {"visit_date": "2026-10-16", "delivery_date": "2026-10-09", "referral": "1"}
    assert proposals(form, answers, context)["next_visit_date"] == "2026-11-20"
    assert proposals(form, {**answers, "referral": "2"}, context)["next_visit_date"] == "2026-10-30"
    assert "next_visit_date" not in proposals(form, {**answers, "visit_date": "2026-12-01"}, context)


@pytest.mark.parametrize(
    ("visit", "outside"), [("2026-11-19", True), ("2026-11-20", False), ("2026-12-04", False), ("2026-12-05", True)]
)
def test_window_of_the_check_on_day_42(visit: str, outside: bool, forms: FormCatalog, make_context: Any) -> None:
    """The specification names the day; 42 to 56 is practice."""
    form = forms.current("postpartum_42d_check")
    answers = {"visit_date": visit, "delivery_date": "2026-10-09"}
    assert ("window" in rules(form, answers, make_context(**WOMAN))) is outside
    same_day = {"visit_date": "2026-10-09", "delivery_date": "2026-10-09"}
    assert "visit_after_delivery" in rules(form, same_day, make_context(**WOMAN))


def test_who_hasnt_recovered_is_referred(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("postpartum_42d_check"), make_context(**WOMAN)
    assert "not_recovered" in rules(form, {"classification": "2", "handling": "1"}, context)
    assert "not_recovered" not in rules(form, {"classification": "2", "handling": "2"}, context)
    sound = {"breasts": "1", "lochia": "1", "uterus": "1", "wound": "1", "systolic_bp": 118, "diastolic_bp": 74}
    assert proposals(form, sound, context)["classification"] == "1"
    assert proposals(form, {**sound, "classification": "1"}, context)["handling"] == "1"
    assert proposals(form, {**sound, "classification": "2"}, context)["handling"] == "2"
    assert "classification" not in proposals(form, {**sound, "uterus": "2"}, context)
    missing = {item.field_id for item in check(form, {"handling": "2"}, context) if item.rule_id == "required"}
    assert {"referral_reason", "referral_institution_dept"} <= missing
