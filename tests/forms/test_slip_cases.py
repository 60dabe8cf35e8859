"""Consultations, referrals and health education: which parts are due, and dates in their order.

Sources: filling notes of the sheets (same institution on one row; the slip back follows the slip out); RF01, RF03.
"""

from dataclasses import replace
from typing import Any

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, offers, proposals

from .conftest import RESOURCES

BACK_ONLY = ("return_date", "diagnosis", "main_results", "treatment_and_advice")


def missing(form: Any, answers: Any, context: Any) -> set[str]:
    found = check(form, compute(form, answers, context), context)
    return {item.field_id for item in found if item.rule_id.startswith("required")}


def rules(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


def fields_of(form: Any, *sections: str) -> set[str]:
    return {item.id for part in form.sections if part.id in sections for item in part.fields}


def test_a_new_referral_demands_the_slip_out_and_not_yet_the_slip_back(forms: FormCatalog, make_context: Any) -> None:
    """RF01: impression and institution are due; the slip back doesn't exist on that day."""
    form, context = forms.current("two_way_referral"), make_context()
    owed = missing(form, {}, context)
    assert {"initial_impression", "to_institution", "referral_date", "present_illness"} <= owed
    assert not owed & fields_of(form, "referral_back_stub", "referral_back")


@pytest.mark.parametrize("begun", BACK_ONLY)
def test_a_slip_back_once_begun_is_due_as_a_whole(begun: str, forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("two_way_referral"), make_context()
    answers = {begun: "2026-11-20" if begun == "return_date" else "好转"}
    owed = missing(form, answers, context)
    assert {"record_no", "returning_doctor", "back_date", *BACK_ONLY} - {begun} <= owed
    assert not owed & fields_of(form, "referral_out_stub", "referral_out"), "a slip back alone can be filed"


def test_both_slips_are_due_when_both_are_begun(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("two_way_referral"), make_context()
    owed = missing(form, {"referral_date": "2026-11-02", "diagnosis": "肺炎"}, context)
    assert {"initial_impression", "main_results"} <= owed


def test_the_example_split_in_two_can_be_filed_in_two_steps(forms: FormCatalog) -> None:
    """The slip out first, the whole later; and the slip back by itself."""
    form = forms.current("two_way_referral")
    example = load_example(RESOURCES, form.id)
    assert example
    (whole,), (context,) = example.visits, example.contexts()
    back = fields_of(form, "referral_back_stub", "referral_back")
    for part in (
        {key: value for key, value in whole.items() if key not in back},
        {key: value for key, value in whole.items() if key in back},
        whole,
    ):
        assert check(form, compute(form, part, context), context) == ()


def test_age_is_full_years_on_the_day_of_each_slip(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("two_way_referral"), make_context(birth_date="1950-11-10")
    found = compute(form, {"referral_date": "2026-11-09", "return_date": "2026-11-10"}, context)
    assert (found["age"], found["age_out"], found["age_back_stub"]) == (75, 75, 76)
    assert not {"age", "age_out", "age_back_stub"} & compute(form, {}, context).keys()


def test_the_slip_repeats_what_its_stub_says(forms: FormCatalog, make_context: Any) -> None:
    """Names and sexes are the resident's; addressee, doctor and day are proposed from the stub."""
    form, context = forms.current("two_way_referral"), make_context()
    found = compute(form, {}, context)
    names = ("patient_name", "patient_name_out", "patient_name_back_stub", "patient_name_back")
    assert {found[name] for name in names} == {context.resident["name"]}
    stub = {"to_institution": "旗医院", "referring_doctor": "王医生", "referral_date": "2026-11-02"}
    offered = proposals(form, stub, context)
    assert offered["addressee_institution"] == "旗医院"
    assert offered["referring_doctor_out"] == "王医生"
    assert offered["sign_date"] == offered["out_date"] == "2026-11-02"
    assert "out_to_one_institution" in rules(form, {**stub, "addressee_institution": "镇卫生院"}, context)


@pytest.mark.parametrize(
    ("out", "back", "found"),
    [
        ("2026-11-02", "2026-11-02", set()),
        ("2026-11-02", "2026-11-01", {"back_after_out"}),
        ("2026-11-23", None, {"referral_not_future"}),
        ("1950-02-28", None, {"referral_after_birth"}),
        ("2026-11-02", "2026-11-23", {"return_not_future"}),
        (None, "2026-11-02", set()),
    ],
)
def test_days_of_a_referral_in_order(
    out: str | None, back: str | None, found: set[str], forms: FormCatalog, make_context: Any
) -> None:
    form = forms.current("two_way_referral")
    answers = {key: day for key, day in (("referral_date", out), ("return_date", back)) if day}
    speaking = {"back_after_out", "referral_not_future", "referral_after_birth", "return_not_future"}
    assert rules(form, answers, make_context()) & speaking == found


@pytest.mark.parametrize(
    ("past", "words"),
    [
        ([{"disease": "1"}], "无"),
        ([{"disease": "2"}, {"disease": "7"}], "高血压、脑卒中"),
        ([{"disease": "6", "disease_text": "胃癌"}, {"disease": "13", "disease_text": "痛风"}], "胃癌、痛风"),
    ],
)
def test_past_history_is_proposed(past: Any, words: str, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("two_way_referral")
    context = make_context(records={"personal_info": {"past_diseases": past}})
    assert proposals(form, {}, context)["past_history"] == words
    assert "past_history" not in proposals(form, {}, make_context())


def test_an_institution_has_one_row_in_a_consultation(forms: FormCatalog, make_context: Any) -> None:
    """Filling note: the name once, its doctors on the same row."""
    form, context = forms.current("consultation_record"), make_context()
    one, other = ({"institution": name, "doctor_signature_1": "甲"} for name in ("镇卫生院", "旗医院"))
    assert "same_institution_one_row" not in rules(form, {"consultants": [one, other]}, context)
    assert "same_institution_one_row" in rules(form, {"consultants": [one, other, one]}, context)
    assert "same_institution_one_row" not in rules(form, {"consultants": [{}, {}]}, context)


def test_a_consultation_needs_opinion_and_doctors(forms: FormCatalog, make_context: Any) -> None:
    """RF03; a row names its institution and at least one doctor."""
    form, context = forms.current("consultation_record"), make_context()
    assert {"reason", "opinion", "consultants", "responsible_doctor"} <= missing(form, {}, context)
    owed = missing(form, {"consultants": [{"doctor_signature_2": "乙"}]}, context)
    assert {"consultants.institution", "consultants.doctor_signature_1"} <= owed
    assert "consultation_not_future" in rules(form, {"consultation_date": "2026-11-23"}, context)
    assert "consultation_after_filing" in rules(form, {"consultation_date": "2026-01-04"}, context)
    assert "consultation_after_filing" not in rules(form, {"consultation_date": "2026-01-05"}, context)


@pytest.mark.parametrize(
    ("held", "filled", "found"),
    [
        ("2026-11-20", "2026-11-20", set()),
        ("2026-11-20", "2026-11-19", {"filled_after_activity"}),
        ("2026-11-22", "2026-11-23", {"fill_not_future"}),
        ("2026-11-23", "2026-11-23", {"activity_not_future", "fill_not_future"}),
    ],
)
def test_days_of_an_activity_in_order(
    held: str, filled: str, found: set[str], forms: FormCatalog, make_context: Any
) -> None:
    """Held, written down, today."""
    form = forms.current("health_education_activity")
    speaking = {"filled_after_activity", "activity_not_future", "fill_not_future"}
    assert rules(form, {"activity_time": held, "fill_date": filled}, make_context()) & speaking == found


def test_an_activity_offers_what_the_station_knows(forms: FormCatalog, make_context: Any) -> None:
    """A form about the station: organiser, speaker and writer are known, the place is where it was last time."""
    form = forms.current("health_education_activity")
    assert form.subject == "station"
    known = offers(form, make_context(previous={"place": "村委会", "person_in_charge": "李站长"}))
    assert known["organizer"] == "某村卫生室"
    assert known["filled_by"] == "王医生"
    assert (known["place"], known["person_in_charge"]) == ("村委会", "李站长")


def test_a_request_waits_for_its_opinion_and_names_whom_it_asks(forms: FormCatalog, make_context: Any) -> None:
    """Asked first, answered later: what the answer holds is due once it is begun, and as a whole."""
    form, context = forms.current("consultation_record"), make_context()
    later = {"opinion", "consultants", "consultation_date"}
    asked = {"reason": "血压高", "requested_from": "镇卫生院", "requested_date": "2026-11-20"}
    assert not later & missing(form, asked, context)
    assert later - {"opinion"} <= missing(form, {**asked, "opinion": "加药"}, context)
    assert "requested_from" in missing(form, {"requested_date": "2026-11-20"}, context)
    assert "requested_in_order" in rules(form, {**asked, "consultation_date": "2026-11-19"}, context)
    assert "requested_in_order" not in rules(form, {**asked, "consultation_date": "2026-11-20"}, context)


@pytest.mark.parametrize("field", ["accepted", "tracked"])
@pytest.mark.parametrize(
    ("day", "wrong"), [("2026-11-01", True), ("2026-11-02", False), ("2026-11-22", False), ("2026-11-23", True)]
)
def test_what_happens_between_the_slips_lies_between_their_days(
    field: str, day: str, wrong: bool, forms: FormCatalog, make_context: Any
) -> None:
    """Seen, or asked after: from the day of the slip out to today (2026-11-22)."""
    form = forms.current("two_way_referral")
    answers = {"referral_date": "2026-11-02", f"{field}_date": day}
    assert (f"{field}_in_order" in rules(form, answers, make_context())) is wrong
    other = "accepted_by" if field == "accepted" else "tracked_result"
    assert other in missing(form, answers, make_context())


def test_the_answering_side_is_known_from_the_slip(forms: FormCatalog, make_context: Any) -> None:
    """Back to whoever sent, signed by whoever answers; a village proposes no signature of a hospital."""
    form = forms.current("two_way_referral")
    slip = {"sender_institution": "某村卫生室", "referring_doctor": "王医生", "to_institution": "镇卫生院"}
    above = proposals(form, slip, replace(make_context(), station={"level": "township", "doctor": "李建国"}))
    assert (above["back_to_institution"], above["back_to_doctor"]) == ("某村卫生室", "王医生")
    assert (above["returning_institution"], above["returning_doctor_stub"]) == ("镇卫生院", "李建国")
    assert above["return_date"] == above["accepted_date"] == "2026-11-22"
    below = proposals(form, slip, replace(make_context(), station={"level": "village", "doctor": "王医生"}))
    assert not {"returning_doctor_stub", "return_date", "accepted_date", "accepted_by"} & below.keys()


def test_who_signed_in_is_counted(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("health_education_activity"), make_context()
    people = [{"name": "甲", "archive_no": "15012520020100001"}, {"name": "乙"}, {"name": "丙"}]
    assert proposals(form, {"participants": people}, context)["audience_count"] == 3
    assert "signed_in_counted" in rules(form, {"participants": people, "audience_count": 2}, context)
    assert "signed_in_counted" not in rules(form, {"participants": people, "audience_count": 3}, context)
    assert "signed_in_once" not in rules(form, {"participants": people}, context)
    assert "signed_in_once" in rules(form, {"participants": [people[0], people[0]]}, context)
