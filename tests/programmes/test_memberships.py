"""Who belongs where: proposals and what denies them, refusals, closings, leaving, coming back, being lost."""

from typing import Any

import pytest

from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.programme import Programmes

from .people import MAN, Book, duties, holding, is_member, last, owed, resident, states, the_duty, window


@pytest.mark.parametrize(
    ("programme", "code", "reason"),
    [
        ("hypertension", "2", "past_disease"),
        ("diabetes2", "3", "past_disease_diabetes"),
        ("copd", "5", "past_disease"),
        ("psychosis", "8", "past_disease"),
    ],
)
def test_past_history_proposes(programmes: Programmes, programme: str, code: str, reason: str) -> None:
    """个人基本信息表 既往史: from the day of the diagnosis, at the earliest when the file was opened."""
    book = Book()
    rows = [{"disease": code, "diagnosed_on": "2015-06-01"}, {"disease": "13", "disease_text": "胃炎"}]
    book.add("personal_info", "", past_diseases=rows)
    row = holding(programmes.care(MAN, book.records), programme, "2026-01-01")
    assert row is not None
    assert (row.state.value, row.since, row.reason) == ("proposed", "2020-01-05", reason)
    assert row.record_id == book.records[0].record_id
    assert owed(programmes.care(MAN, book.records), programme, "2026-01-01") == set()


def test_adults_only(programmes: Programmes) -> None:
    """服务对象 35 and over: proposed from the 35th birthday."""
    book = Book()
    book.add("personal_info", "", past_diseases=[{"disease": "2"}])
    care = programmes.care(resident("1995-06-01"), book.records)
    assert states(care, "hypertension") == [("proposed", "2030-06-01")]


@pytest.mark.parametrize(
    ("form_id", "answers", "programme", "reason"),
    [
        ("encounter_record", {"assessment": "1.原发性高血压2级 2.上感"}, "hypertension", "written_diagnosis"),
        ("encounter_record", {"assessment": "无头晕，高血压无并发症"}, "hypertension", "written_diagnosis"),
        ("encounter_record", {"assessment": "I10"}, "hypertension", "written_diagnosis"),
        ("encounter_record", {"assessment": "非酒精性脂肪肝、高血压"}, "hypertension", "written_diagnosis"),
        ("encounter_record", {"assessment": "未规律服药的高血压"}, "hypertension", "written_diagnosis"),
        ("encounter_record", {"assessment": "无症状高血压"}, "hypertension", "written_diagnosis"),
        ("encounter_record", {"assessment": "2型糖尿病"}, "diabetes2", "written_diagnosis"),
        ("encounter_record", {"assessment": "非胰岛素依赖型糖尿病"}, "diabetes2", "written_diagnosis"),
        ("encounter_record", {"assessment": "II型糖尿病"}, "diabetes2", "written_diagnosis"),
        ("encounter_record", {"assessment": "T2DM"}, "diabetes2", "written_diagnosis"),
        ("encounter_record", {"assessment": "E11.9"}, "diabetes2", "written_diagnosis"),
        ("encounter_record", {"assessment": "慢性阻塞性肺疾病急性加重"}, "copd", "written_diagnosis"),
        ("encounter_record", {"assessment": "AECOPD"}, "copd", "written_diagnosis"),
        ("encounter_record", {"assessment": "精神分裂症"}, "psychosis", "written_diagnosis"),
        ("encounter_record", {"assessment": "精神发育迟滞伴发精神障碍"}, "psychosis", "written_diagnosis"),
        ("encounter_record", {"assessment": "继发性肺结核"}, "tuberculosis", "tb_written"),
        ("physical_exam", {"abnormality_3": "高血压"}, "hypertension", "written_diagnosis"),
        ("physical_exam", {"hospital_stays": [{"reason": "高血压脑病"}]}, "hypertension", "written_diagnosis"),
        ("physical_exam", {"vascular": ["4"], "vascular.4": "高血压"}, "hypertension", "written_diagnosis"),
        ("physical_exam", {"other_systems": "2", "other_systems.2": "2型糖尿病"}, "diabetes2", "written_diagnosis"),
        ("physical_exam", {"home_beds": [{"reason": "慢阻肺"}]}, "copd", "written_diagnosis"),
        ("physical_exam", {"kidney": ["2"]}, "diabetes2", "exam_problem"),
        ("two_way_referral", {"diagnosis": "高血压病"}, "hypertension", "hospital_diagnosis"),
        ("two_way_referral", {"diagnosis": "继发性肺结核"}, "tuberculosis", "hospital_diagnosis"),
        ("infectious_disease_report_card", {"disease": "B1302"}, "tuberculosis", "report_card"),
    ],
)
def test_a_diagnosis_without_programme_is_found(
    programmes: Programmes, form_id: str, answers: dict[str, Any], programme: str, reason: str
) -> None:
    """First-time finding in examinations, encounters, slips and cards."""
    book = Book()
    book.add(form_id, "2026-03-02", **answers)
    row = holding(programmes.care(MAN, book.records), programme, "2026-03-02")
    assert row is not None
    assert (row.state.value, row.since, row.reason) == ("proposed", "2026-03-02", reason)


@pytest.mark.parametrize(
    "words",
    [
        "无高血压",
        "否认高血压、糖尿病史",
        "排除高血压",
        "高血压前期",
        "高血压家族史",
        "门静脉高压",
        "妊娠期高血压",
        "继发性高血压",
        "白大衣高血压",
        "父亲患高血压",
        "不考虑高血压",
        "非糖尿病",
        "1型糖尿病",
        "I型糖尿病",
        "糖尿病（1型）",
        "胰岛素依赖型糖尿病",
        "未见肺结核",
        "陈旧性肺结核",
        "疑似肺结核",
        "肺结核病史",
        "FI101",
        "无咳嗽、慢阻肺病史",
    ],
)
def test_words_that_mean_something_else(programmes: Programmes, words: str) -> None:
    book = Book()
    book.add("encounter_record", "2026-03-02", assessment=words)
    care = programmes.care(MAN, book.records)
    found = [row.programme for row in care.memberships if row.state.value == "proposed" and row.since == "2026-03-02"]
    assert found == []


def test_confirmed_refused_asked_again(programmes: Programmes) -> None:
    """rules 3.9: who refuses is asked again from 1 January; who is confirmed is in from that day."""
    book = Book()
    book.add("personal_info", "", past_diseases=[{"disease": "2"}])
    book.decide("hypertension", "2", "2025-12-31", refusal_reason="declined")
    care = programmes.care(MAN, book.records)
    assert states(care, "hypertension") == [
        ("proposed", "2020-01-05"),
        ("refused", "2025-12-31"),
        ("proposed", "2026-01-01"),
    ]
    assert holding(care, "hypertension", "2026-05-01").reason == "asked_again"  # type: ignore[union-attr]
    book.decide("hypertension", "1", "2026-05-02")
    care = programmes.care(MAN, book.records)
    assert states(care, "hypertension")[-1] == ("open", "2026-05-02")
    assert owed(care, "hypertension", "2026-05-02") == {"first", "exam"}


def test_refusing_while_enrolled_ends_what_is_due(programmes: Programmes) -> None:
    book = Book()
    book.pressure("2026-03-02", "2")
    book.decide("hypertension", "2", "2026-03-05", refusal_reason="declined")
    care = programmes.care(MAN, book.records)
    assert [state for state, _ in states(care, "hypertension")] == ["open", "refused", "proposed"]
    recall = the_duty(care, "hypertension", "recall")
    assert [recall.state(day).value for day in ("2026-03-04", "2026-03-05")] == ["due", "lapsed"]
    book.pressure("2026-06-02")
    assert states(programmes.care(MAN, book.records), "hypertension")[-1] == ("open", "2026-06-02")


def test_closing_and_coming_back(programmes: Programmes) -> None:
    """结案: nothing is due from that day; a later visit or decision begins a new stay with its own first days."""
    book = Book()
    book.pressure("2026-01-10")
    book.decide("hypertension", "3", "2026-02-10", closing_reason="moved")
    care = programmes.care(MAN, book.records)
    closed = holding(care, "hypertension", "2026-02-10")
    assert closed is not None
    assert (closed.state.value, closed.opened_on, closed.reason) == ("closed", "2026-01-10", "moved")
    assert owed(care, "hypertension", "2026-12-31") == set()
    book.decide("hypertension", "1", "2026-09-01")
    care = programmes.care(MAN, book.records)
    assert states(care, "hypertension")[-1] == ("open", "2026-09-01")
    assert window(duties(care, "hypertension", "first")[-1]) == ("2026-09-01", "2026-09-15", "2026-09-15")


def test_an_excluded_diagnosis_is_not_proposed_again_by_the_same_record(programmes: Programmes) -> None:
    """诊断排除: what was known before stays decided; a new diagnosis asks anew."""
    book = Book()
    book.add("encounter_record", "2026-01-10", assessment="高血压")
    book.decide("hypertension", "3", "2026-02-10", enrolled_on="2026-01-10", closing_reason="excluded")
    care = programmes.care(MAN, book.records)
    assert states(care, "hypertension")[-1] == ("closed", "2026-02-10")
    book.add("encounter_record", "2027-01-10", assessment="高血压")
    assert states(programmes.care(MAN, book.records), "hypertension")[-1] == ("proposed", "2027-01-10")


@pytest.mark.parametrize(("status", "reason"), [("3", "died"), ("4", "moved"), ("9", "record_closed")])
def test_nothing_is_due_once_the_file_ended(programmes: Programmes, status: str, reason: str) -> None:
    """record_closure stop_due: everything lapses on that day; before it stood as it stood."""
    book = Book()
    book.pressure("2026-03-02", "2")
    book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02")
    person = resident("1950-05-20", status=status, status_date="2026-03-10")
    care = programmes.care(person, book.records)
    assert {duty.state("2026-03-10") for duty in care.duties} <= {DutyState.LAPSED, DutyState.DONE}
    assert owed(care, "hypertension", "2026-03-09") == {"recall", "exam"}
    assert owed(care, "elderly_65", "2026-03-09") == {"annual", "tcm"}
    assert owed(care, "referral", "2026-03-09") == {"answer"}
    for programme in ("hypertension", "elderly_65"):
        row = holding(care, programme, "2026-03-10")
        assert row is not None
        assert (row.state.value, row.reason) == ("closed", reason)


def test_a_visit_after_death_opens_nothing(programmes: Programmes) -> None:
    """Bad input: nothing is lost, nothing becomes due."""
    book = Book()
    book.pressure("2026-03-12", "2")
    care = programmes.care({**MAN, "status": "3", "status_date": "2026-03-10"}, book.records)
    assert owed(care, "hypertension", "2026-04-01") == set()


def test_who_refused_a_file_is_asked_next_year(programmes: Programmes) -> None:
    """不同意的也登记，下一年再问."""
    person = resident("1950-05-20", consent="2", consent_date="2026-03-01", filing_date="2026-03-01")
    care = programmes.care(person, [])
    assert states(care, "elderly_65")[-2:] == [("refused", "2026-03-01"), ("proposed", "2027-01-01")]
    assert owed(care, "elderly_65", "2026-12-31") == set()
    assert owed(care, "screening_bp", "2026-12-31") == set()


def test_children_and_the_elderly_may_refuse_too(programmes: Programmes) -> None:
    book = Book()
    book.decide("elderly_65", "2", "2026-03-01", refusal_reason="elsewhere")
    person = resident("1950-05-20")
    care = programmes.care(person, book.records)
    assert owed(care, "elderly_65", "2026-02-28") == {"annual", "tcm"}
    assert owed(care, "elderly_65", "2026-03-01") == set()
    book.decide("elderly_65", "1", "2026-06-01")
    care = programmes.care(person, book.records)
    assert is_member(care, "elderly_65", "2026-06-01")
    assert owed(care, "elderly_65", "2026-06-01") == {"annual", "tcm"}


# -- lost


def test_three_attempts_on_three_days_within_ninety(programmes: Programmes) -> None:
    """rules 3.9 lost (practice): counted by day, until somebody meets the person."""
    book = Book()
    book.pressure("2026-01-10")
    for day in ("2026-04-12", "2026-04-12", "2026-05-01"):
        book.tried(day)
    care = programmes.care(MAN, book.records)
    assert last(care, "hypertension").state("2026-05-01") is DutyState.OVERDUE
    book.tried("2026-05-20")
    duty = last(programmes.care(MAN, book.records), "hypertension")
    assert (duty.lost_on, duty.attempts, duty.last_attempt) == ("2026-05-20", 4, "2026-05-20")
    assert [duty.state(day).value for day in ("2026-05-19", "2026-05-20", "2026-12-31")] == ["overdue", "lost", "lost"]
    book.tried("2026-06-01", "5")
    duty = last(programmes.care(MAN, book.records), "hypertension")
    assert (duty.found_on, duty.state("2026-06-01")) == ("2026-06-01", DutyState.OVERDUE)
    book.pressure("2026-06-10")
    care = programmes.care(MAN, book.records)
    assert duties(care, "hypertension", "routine")[0].done_on == "2026-06-10"
    assert last(care, "hypertension").state("2026-06-11") is DutyState.UPCOMING


def test_attempts_further_apart_are_none(programmes: Programmes) -> None:
    book = Book()
    book.pressure("2026-01-10")
    for day in ("2026-04-12", "2026-06-01", "2026-07-12"):
        book.tried(day)
    assert last(programmes.care(MAN, book.records), "hypertension").lost_on == ""


def test_a_meeting_between_begins_anew(programmes: Programmes) -> None:
    """Met for another service: the row of attempts is broken."""
    book = Book()
    book.pressure("2026-01-10")
    book.tried("2026-04-12")
    book.tried("2026-04-20")
    book.add("physical_exam", "2026-04-25")
    book.tried("2026-05-02")
    duty = last(programmes.care(MAN, book.records), "hypertension")
    assert (duty.lost_on, duty.attempts) == ("", 1)


def test_attempts_for_another_programme_do_not_count(programmes: Programmes) -> None:
    book = Book()
    book.pressure("2026-01-10")
    for day in ("2026-04-12", "2026-04-20", "2026-05-02"):
        book.tried(day, for_programmes=["copd"])
    assert last(programmes.care(MAN, book.records), "hypertension").lost_on == ""


def test_the_registry_says_lost(programmes: Programmes) -> None:
    """Status 2 失访: everything stays and is shown as lost; what isn't open yet can't be lost."""
    book = Book()
    book.pressure("2026-01-10")
    care = programmes.care({**MAN, "status": "2", "status_date": "2026-02-01"}, book.records)
    assert last(care, "hypertension").state("2026-03-01") is DutyState.UPCOMING
    assert last(care, "hypertension").state("2026-04-10") is DutyState.LOST
    assert the_duty(care, "hypertension", "exam").state("2026-01-31") is DutyState.DUE
    assert the_duty(care, "hypertension", "exam").state("2026-02-01") is DutyState.LOST


# -- referral and consultation


@pytest.mark.parametrize(
    ("form_id", "begun", "ended", "programme"),
    [
        ("two_way_referral", "referral_date", "return_date", "referral"),
        ("two_way_referral", "referral_date", "tracked_date", "referral"),
        ("consultation_record", "requested_date", "consultation_date", "consultation"),
    ],
)
def test_an_answer_is_awaited(programmes: Programmes, form_id: str, begun: str, ended: str, programme: str) -> None:
    """2周内随访转诊情况: asked for from the 7th day (practice), overdue after the 14th, done by the answer."""
    book = Book()
    book.add(form_id, "2026-03-02", **{begun: "2026-03-02"})
    duty = the_duty(programmes.care(MAN, book.records), programme, "answer")
    days = ("2026-03-08", "2026-03-09", "2026-03-16", "2026-03-17")
    assert [duty.state(day).value for day in days] == ["upcoming", "due", "due", "overdue"]
    answered = Book()
    answered.add(form_id, "2026-03-02", **{begun: "2026-03-02", ended: "2026-03-20"})
    duty = the_duty(programmes.care(MAN, answered.records), programme, "answer")
    assert [duty.state(day).value for day in ("2026-03-19", "2026-03-20")] == ["overdue", "done"]


def test_a_suspected_tuberculosis_is_asked_for_within_a_week(programmes: Programmes) -> None:
    """推介转诊: 1周内电话随访."""
    book = Book()
    book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02", initial_impression="疑似肺结核")
    duty = the_duty(programmes.care(MAN, book.records), "referral", "answer")
    assert (duty.closes, duty.reason) == ("2026-03-09", "tb_suspect_unanswered")


def test_two_slips_of_one_day_wait_for_both(programmes: Programmes) -> None:
    """To two hospitals at once."""
    book = Book()
    book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02", return_date="2026-03-05")
    second = book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02")
    duty = the_duty(programmes.care(MAN, book.records), "referral", "answer")
    assert (duty.done_on, duty.called_by) == ("", second.record_id)


@pytest.mark.parametrize("order", [("疑似肺结核", "高血压3级"), ("高血压3级", "疑似肺结核")])
def test_of_two_slips_that_wait_the_pressing_one_is_shown(programmes: Programmes, order: tuple[str, str]) -> None:
    """A suspect of tuberculosis is asked about within a week, whatever else was sent out that day."""
    book = Book()
    slips = {words: book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02") for words in order}
    for words, slip in slips.items():
        slip.answers["initial_impression"] = words  # type: ignore[index]
    duty = the_duty(programmes.care(MAN, book.records), "referral", "answer")
    assert (duty.closes, duty.called_by) == ("2026-03-09", slips["疑似肺结核"].record_id)
    slips["疑似肺结核"].answers["tracked_date"] = "2026-03-05"  # type: ignore[index]
    duty = the_duty(programmes.care(MAN, book.records), "referral", "answer")
    assert (duty.closes, duty.called_by, duty.done_on) == ("2026-03-16", slips["高血压3级"].record_id, "")


def test_a_slip_that_only_came_back_awaits_nothing(programmes: Programmes) -> None:
    book = Book()
    book.add("two_way_referral", "2026-03-02", return_date="2026-03-02")
    assert duties(programmes.care(MAN, book.records), "referral") == []
