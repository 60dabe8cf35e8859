"""Newborn visit and children's checks: the service specification of 2017, decisions D11, D21, D22, D28, D45."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, check_values, compute, proposals


def found(form: Any, answers: Any, context: Any) -> set[str]:
    """Ids of the findings, rules and required fields."""
    filled = compute(form, answers, context)
    return {item.field_id if item.rule_id == "required" else item.rule_id for item in check(form, filled, context)}


# -- columns by age --------------------------------------------------------------------------------------------------

BORN = "2025-01-31"
WINDOWS = [
    ("child_check_1_8m", "2025-02-27", None),
    ("child_check_1_8m", "2025-02-28", "m1"),
    ("child_check_1_8m", "2025-04-29", "m1"),
    ("child_check_1_8m", "2025-04-30", "m3"),
    ("child_check_1_8m", "2025-07-30", "m3"),
    ("child_check_1_8m", "2025-07-31", "m6"),
    ("child_check_1_8m", "2025-09-29", "m6"),
    ("child_check_1_8m", "2025-09-30", "m8"),
    ("child_check_1_8m", "2026-01-30", "m8"),
    ("child_check_1_8m", "2026-01-31", None),
    ("child_check_12_30m", "2026-01-30", None),
    ("child_check_12_30m", "2026-01-31", "m12"),
    ("child_check_12_30m", "2026-07-31", "m18"),
    ("child_check_12_30m", "2027-01-30", "m18"),
    ("child_check_12_30m", "2027-01-31", "m24"),
    ("child_check_12_30m", "2028-01-30", "m30"),
    ("child_check_12_30m", "2028-01-31", None),
    ("child_check_3_6y", "2028-01-31", "y3"),
    ("child_check_3_6y", "2029-01-30", "y3"),
    ("child_check_3_6y", "2029-01-31", "y4"),
    ("child_check_3_6y", "2031-01-31", "y6"),
    ("child_check_3_6y", "2032-01-30", "y6"),
    ("child_check_3_6y", "2032-01-31", None),
    ("child_tcm_6_18m", "2025-07-30", None),
    ("child_tcm_6_18m", "2025-07-31", "m6"),
    ("child_tcm_6_18m", "2026-12-31", "m18"),
    ("child_tcm_24_36m", "2027-01-31", "m24"),
    ("child_tcm_24_36m", "2028-01-31", "m36"),
]


@pytest.mark.parametrize(("form_id", "day", "column"), WINDOWS)
def test_the_column_follows_from_the_age(
    form_id: str, day: str, column: str | None, forms: FormCatalog, make_context: Any
) -> None:
    """A check belongs to the last window that is open (D21): full month from day 28 (D45), months by D11."""
    form, context = forms.current(form_id), make_context(today=day, birth_date=BORN)
    assert proposals(form, {}, context).get("check_age") == column
    later = make_context(today="2033-01-01", birth_date=BORN)
    assert proposals(form, {"visit_date": day}, later).get("check_age") == column
    for one in form.columns:
        wrong = "age_of_column" in found(form, {"check_age": one.id, "visit_date": day}, later)
        assert wrong is (one.id != column)


@pytest.mark.parametrize(
    ("form_id", "column", "day", "following"),
    [
        ("child_check_1_8m", "m1", "2025-03-01", "2025-04-30"),
        ("child_check_1_8m", "m3", "2025-05-01", "2025-07-31"),
        ("child_check_1_8m", "m6", "2025-08-01", "2025-09-30"),
        ("child_check_1_8m", "m8", "2025-10-01", "2026-01-31"),
        ("child_check_1_8m", "m8", "2026-02-10", None),
        ("child_check_12_30m", "m30", "2027-08-01", "2028-01-31"),
        ("child_check_3_6y", "y3", "2028-02-01", "2029-01-31"),
        ("child_check_3_6y", "y6", "2031-02-01", None),
        ("child_tcm_6_18m", "m18", "2026-08-01", "2027-01-31"),
        ("child_tcm_24_36m", "m36", "2028-02-01", None),
    ],
)
def test_the_next_check_is_proposed_for_the_day_its_window_opens(
    form_id: str, column: str, day: str, following: str | None, forms: FormCatalog, make_context: Any
) -> None:
    form, context = forms.current(form_id), make_context(today="2033-01-01", birth_date=BORN)
    taken = proposals(form, {"check_age": column, "visit_date": day}, context)
    assert taken.get("next_visit_date") == following


def test_a_check_on_the_day_before_birth_or_after_today_is_refused(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("child_check_1_8m"), make_context(today="2025-06-01", birth_date=BORN)
    assert "visit_after_birth" in found(form, {"visit_date": "2025-01-30"}, context)
    assert "visit_not_future" in found(form, {"visit_date": "2025-06-02"}, context)
    assert not {"visit_after_birth", "visit_not_future"} & found(form, {"visit_date": "2025-06-01"}, context)
    same_day = {"visit_date": "2025-05-01", "next_visit_date": "2025-05-01"}
    assert "next_visit_after" in found(form, same_day, context)


# -- what each column asks -------------------------------------------------------------------------------------------


def test_each_column_has_its_own_questions_and_options(forms: FormCatalog, make_context: Any) -> None:
    """complexion has three options at one and three months and two later; the same number means another thing."""
    form, context = forms.current("child_check_1_8m"), make_context(birth_date=BORN)
    yellow = {"check_age": "m3", "visit_date": "2025-05-01", "complexion": "2"}
    assert not {"option", "text_missing"} & found(form, yellow, context)
    other = {**yellow, "check_age": "m6", "visit_date": "2025-08-01"}
    assert "text_missing" in found(form, other, context)
    assert not {"text_missing", "unknown_field"} & found(form, {**other, "complexion.2": "苍白"}, context)
    assert "unknown_field" in found(form, {**yellow, "complexion.2": "苍白"}, context)
    assert "option" in found(form, {**other, "complexion": "3"}, context)
    assert "not_applicable" in found(form, {**yellow, "teeth_count": 2}, context)
    assert "teeth_count" in found(form, other, context)
    assert [item.rule_id for item in check_values(form, {**other, "complexion": "3"})] == ["option"]


@pytest.mark.parametrize(
    ("column", "day", "previous", "asked"),
    [
        ("m6", "2025-08-01", {}, False),
        ("m8", "2025-10-01", {}, True),
        ("m8", "2025-10-01", {"check_age": "m3"}, True),
        ("m8", "2025-10-01", {"check_age": "m6", "hemoglobin": 118}, False),
    ],
)
def test_haemoglobin_once_between_six_and_eight_months(
    column: str, day: str, previous: Any, asked: bool, forms: FormCatalog, make_context: Any
) -> None:
    """D22: asked at eight months only if there is none since six."""
    form, context = forms.current("child_check_1_8m"), make_context(birth_date=BORN, previous=previous)
    assert ("hemoglobin" in found(form, {"check_age": column, "visit_date": day}, context)) is asked


@pytest.mark.parametrize(("column", "asked"), [("m12", False), ("m18", True), ("m24", False), ("m30", True)])
def test_haemoglobin_at_18_and_30_months(column: str, asked: bool, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("child_check_12_30m")
    assert ("hemoglobin" in found(form, {"check_age": column}, make_context(birth_date=BORN))) is asked


@pytest.mark.parametrize(
    ("form_id", "column", "day", "value", "low"),
    [
        ("child_check_1_8m", "m6", "2025-08-01", 110, False),
        ("child_check_1_8m", "m6", "2025-08-01", 109, True),
        ("child_check_12_30m", "m18", "2026-08-01", 109, True),
        ("child_check_3_6y", "y4", "2030-01-30", 109, True),
        ("child_check_3_6y", "y5", "2030-01-31", 109, False),
    ],
)
def test_anaemia_under_five_years(
    form_id: str, column: str, day: str, value: int, low: bool, forms: FormCatalog, make_context: Any
) -> None:
    """Under 110 g/L from 6 to 59 months; a referral answers the warning."""
    form, context = forms.current(form_id), make_context(today="2033-01-01", birth_date=BORN)
    answers = {"check_age": column, "visit_date": day, "hemoglobin": value, "referral": "1"}
    assert ("anemia_under_5y" in found(form, answers, context)) is low
    assert "anemia_under_5y" not in found(form, {**answers, "referral": "2"}, context)


@pytest.mark.parametrize("form_id", ["child_check_1_8m", "child_check_12_30m", "child_check_3_6y"])
def test_a_warning_sign_of_development_asks_for_a_referral(form_id: str, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current(form_id)
    column = form.columns[1].id
    signs = {"check_age": column, "development_warning": ["4"], "referral": "1"}
    assert "developmental_warning" in found(form, signs, make_context())
    assert "developmental_warning" not in found(form, {**signs, "referral": "2"}, make_context())
    assert "developmental_warning" not in found(form, {"check_age": column, "referral": "1"}, make_context())


def test_a_referral_names_its_reason_and_place(forms: FormCatalog, make_context: Any) -> None:
    """The reason behind 有 is the form's own line, asked once."""
    for form_id in ("newborn_visit", "child_check_1_8m", "child_check_12_30m", "child_check_3_6y"):
        form = forms.current(form_id)
        assert {"referral_reason", "referral_institution_dept"} <= found(form, {"referral": "2"}, make_context())
        written = {"referral": "2", "referral_reason": "贫血", "referral_institution_dept": "儿保科"}
        assert not {"referral_reason", "text_missing", "unknown_field"} & found(form, written, make_context())
        assert "not_applicable" in found(form, {**written, "referral": "1"}, make_context())


def test_counts_behind_illnesses_are_numbers(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("child_check_1_8m")
    ill = {"illness_between_visits": ["2"]}
    assert "text_missing" in found(form, ill, make_context())
    assert "number_after_option" in found(form, {**ill, "illness_between_visits.2": "两"}, make_context())
    counted = found(form, {**ill, "illness_between_visits.2": "2"}, make_context())
    assert not {"text_missing", "number_after_option"} & counted


@pytest.mark.parametrize(
    ("form_id", "field", "records", "previous", "value", "shrunk"),
    [
        ("child_check_1_8m", "length", {"newborn_visit": {"birth_length": 50}}, {}, 48.9, True),
        ("child_check_1_8m", "length", {"newborn_visit": {"birth_length": 50}}, {}, 49, False),
        ("child_check_1_8m", "length", {"newborn_visit": {"birth_length": 50}}, {"length": 55}, 53, True),
        ("child_check_1_8m", "length", {}, {}, 48.9, False),
        ("child_check_12_30m", "length_height", {"child_check_1_8m": {"length": 70}}, {}, 68.5, True),
        ("child_check_12_30m", "length_height", {}, {"length_height": 86}, 85, False),
        ("child_check_3_6y", "height", {"child_check_12_30m": {"length_height": 90}}, {}, 88, True),
    ],
)
def test_a_child_does_not_shrink(
    form_id: str,
    field: str,
    records: Any,
    previous: Any,
    value: float,
    shrunk: bool,
    forms: FormCatalog,
    make_context: Any,
) -> None:
    """More than 1 cm less than the time before, on this sheet or the one before it."""
    form, context = forms.current(form_id), make_context(records=records, previous=previous)
    assert bool({"length_not_less", "height_not_less"} & found(form, {field: value}, context)) is shrunk


def test_a_head_does_not_shrink(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("child_check_1_8m"), make_context(previous={"head_circumference": 40})
    assert "head_not_less" in found(form, {"head_circumference": 39.4}, context)
    assert "head_not_less" not in found(form, {"head_circumference": 39.5}, context)


@pytest.mark.parametrize(
    ("levels", "evaluation", "rules"),
    [
        (("2", "2", "2"), ["1"], set()),
        (("3", "2", "2"), ["1"], {"underweight"}),
        (("3", "2", "2"), ["2"], set()),
        (("3", "3", "2"), ["2", "4"], set()),
        (("3", "3", "2"), ["2"], {"stunting"}),
        (("2", "2", "2"), ["3"], {"wasting"}),
        (("2", "2", "1"), ["1"], {"overweight"}),
        (("2", "2", "1"), ["5"], set()),
        (("2", "2", "2"), ["5"], set()),
        (("2", "2", "3"), ["3", "5"], {"overweight_not_thin"}),
    ],
)
def test_evaluation_agrees_with_the_levels(
    levels: tuple[str, str, str], evaluation: list[str], rules: set[str], forms: FormCatalog, make_context: Any
) -> None:
    """WS/T 423: below -2 SD low weight, stunting, wasting; overweight begins at +1 SD, inside the middle level."""
    names = ("weight_level", "height_level", "weight_for_height_level")
    answers = {**dict(zip(names, levels, strict=True)), "growth_evaluation": evaluation}
    speaking = {"underweight", "stunting", "wasting", "overweight", "overweight_not_thin"}
    assert found(forms.current("child_check_3_6y"), answers, make_context()) & speaking == rules


def test_teeth_and_sight(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("child_check_3_6y")
    assert "caries_within_teeth" in found(form, {"teeth_count": 20, "caries_count": 21}, make_context())
    assert "caries_within_teeth" not in found(form, {"teeth_count": 20, "caries_count": 20}, make_context())
    assert "vision_one_notation" in found(form, {"vision_left": 0.8, "vision_right": 5.0}, make_context())
    assert "vision_one_notation" not in found(form, {"vision_left": 4.9, "vision_right": 5.0}, make_context())


# -- newborn visit ---------------------------------------------------------------------------------------------------

BABY = {"birth_date": "2026-11-01", "sex": "2", "id_no": None}


@pytest.mark.parametrize(
    ("discharge", "day", "previous", "late"),
    [
        ("2026-11-04", "2026-11-04", {}, False),
        ("2026-11-04", "2026-11-11", {}, False),
        ("2026-11-04", "2026-11-12", {}, True),
        ("2026-11-04", "2026-11-03", {}, True),
        (None, "2026-11-03", {}, True),
        (None, "2026-11-04", {}, False),
        (None, "2026-11-15", {}, False),
        (None, "2026-11-16", {}, True),
        ("2026-11-04", "2026-11-20", {"visit_date": "2026-11-08"}, False),
    ],
)
def test_a_newborn_is_visited_within_a_week_of_discharge(
    discharge: str | None, day: str, previous: Any, late: bool, forms: FormCatalog, make_context: Any
) -> None:
    """Specification; unknown discharge: day 3 to 14 (D28). Further visits of a newborn at risk have no such limit."""
    form, context = forms.current("newborn_visit"), make_context(previous=previous, **BABY)
    answers = {"visit_date": day, **({"hospital_discharge_date": discharge} if discharge else {})}
    assert ("visit_timely" in found(form, answers, context)) is late


@pytest.mark.parametrize(
    ("answers", "rules"),
    [
        ({}, {"apgar_given"}),
        ({"apgar_unknown": True}, set()),
        ({"apgar_unknown": False}, {"apgar_given"}),
        ({"apgar_5min": 10}, set()),
        ({"apgar_unknown": True, "apgar_5min": 10}, {"apgar_pair"}),
        ({"apgar_unknown": False, "apgar_1min": 9}, set()),
    ],
)
def test_either_scores_or_unknown(answers: Any, rules: set[str], forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("newborn_visit")
    assert found(form, answers, make_context(**BABY)) & {"apgar_pair", "apgar_given"} == rules


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({"birth_weight": 2.49}, "low_birth_weight"),
        ({"birth_weight": 2.5}, ""),
        ({"gestational_weeks": 36}, "preterm"),
        ({"gestational_weeks": 37}, ""),
        ({"birth_mode": ["4", "5"]}, "multiple_birth"),
        ({"malformation": "2"}, "birth_defect"),
    ],
)
def test_newborns_at_risk_are_visited_again_before_the_full_month(
    answers: Any, rule: str, forms: FormCatalog, make_context: Any
) -> None:
    """Under 2500 g, under 37 weeks, twins, birth defects: further visits as needed; no day is proposed for them."""
    form, context = forms.current("newborn_visit"), make_context(**BABY)
    usual = {"birth_weight": 3.2, "gestational_weeks": 39, "birth_mode": ["1"], "malformation": "1"}
    answers = {**usual, **answers, "birth_date": "2026-11-01", "visit_date": "2026-11-08"}
    risks = {"low_birth_weight", "preterm", "multiple_birth", "birth_defect"}
    expected = {rule} - {""}
    assert found(form, {**answers, "next_visit_date": "2026-11-29"}, context) & risks == expected
    assert found(form, {**answers, "next_visit_date": "2026-11-15"}, context) & risks == set()
    assert proposals(form, answers, context).get("next_visit_date") == (None if rule else "2026-11-29")


def test_what_a_newborn_visit_reminds_of(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("newborn_visit"), make_context(**BABY)
    assert "remind_disease_screening" in found(form, {"disease_screening": ["1"]}, context)
    assert "remind_disease_screening" not in found(form, {"disease_screening": ["2"]}, context)
    assert "hearing_failed" in found(form, {"hearing_screening": "2", "referral": "1"}, context)
    assert "jaundice_stated" in found(form, {"complexion": "2", "jaundice_site": ["1"]}, context)
    assert "jaundice_severe" in found(form, {"jaundice_site": ["2", "5"], "referral": "1"}, context)
    assert "discharge_after_birth" in found(form, {"hospital_discharge_date": "2026-10-31"}, context)
    assert "parents_born_before" in found(form, {"mother_birth_date": "2026-11-02"}, context)
    assert "mother_age" in found(form, {"mother_birth_date": "2013-01-01"}, context)


def test_identity_comes_from_the_register(forms: FormCatalog, make_context: Any) -> None:
    filled = compute(forms.current("newborn_visit"), {"sex": "1"}, make_context(**BABY))
    assert (filled["sex"], filled["birth_date"], filled["home_address"]) == ("2", "2026-11-01", "一组3号")
    assert "id_no" not in filled
