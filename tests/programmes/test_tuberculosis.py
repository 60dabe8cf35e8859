"""Tuberculosis: 72 hours by date, supervision, reactions, two failed attempts, the end of treatment."""

from typing import Any

import pytest

from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.programme import Programmes

from .people import MAN, Book, duties, last, states, the_duty, window


def home(book: Book, day: str, supervisor: str = "2", notice: str = "2026-03-02", **answers: Any) -> None:
    book.add("tb_first_home_visit", day, notice_received_at=notice, supervisor=supervisor, **answers)


def follow_up(book: Book, day: str, supervisor: str = "2", phase: str = "intensive", **answers: Any) -> None:
    known = {"adverse_drug_reaction": "1", "complications": "1", **answers}
    book.add("tb_followup", day, supervisor=supervisor, phase=phase, **known)


def test_first_home_visit_within_three_days(programmes: Programmes) -> None:
    """D29: 72 hours by date, day of the notice + 3."""
    book = Book()
    book.decide("tuberculosis", "1", "2026-03-02", notice_date="2026-03-02")
    first = the_duty(programmes.care(MAN, book.records), "tuberculosis", "first_home")
    assert window(first) == ("2026-03-02", "2026-03-02", "2026-03-05")
    assert [first.state(day).value for day in ("2026-03-05", "2026-03-06")] == ["due", "overdue"]
    home(book, "2026-03-04")
    care = programmes.care(MAN, book.records)
    assert the_duty(care, "tuberculosis", "first_home").done_on == "2026-03-04"


@pytest.mark.parametrize(
    ("clause", "supervisor", "phase", "more", "expected"),
    [
        ("家属督导 强化期 10天", "2", "intensive", {}, ("routine", "tb_ten_days", "2026-04-20")),
        ("自服药 强化期 10天", "3", "intensive", {}, ("routine", "tb_ten_days", "2026-04-20")),
        ("家属督导 继续期 每月", "2", "continuation", {}, ("routine", "tb_monthly", "2026-05-10")),
        ("医生督导 每月", "1", "intensive", {}, ("routine", "tb_monthly", "2026-05-10")),
        ("不良反应 2周", "1", "intensive", {"adverse_drug_reaction": "2"}, ("recall", "tb_abnormal", "2026-04-24")),
        ("漏服1周 2周", "1", "continuation", {"missed_doses": 7}, ("recall", "tb_abnormal", "2026-04-24")),
        ("漏服不到1周", "1", "continuation", {"missed_doses": 6}, ("routine", "tb_monthly", "2026-05-10")),
        (
            "间歇用药漏服1周 2周",
            "1",
            "continuation",
            {"missed_doses": 3, "regimen_usage": "2"},
            ("recall", "tb_abnormal", "2026-04-24"),
        ),
        ("并发症 2周", "2", "continuation", {"complications": "2"}, ("recall", "tb_abnormal", "2026-04-24")),
        ("漏服1周转诊 2周", "1", "intensive", {"referral_reason": "漏服"}, ("recall", "tb_abnormal", "2026-04-24")),
        ("强化期 stays 10 days", "2", "intensive", {"complications": "2"}, ("recall", "tb_abnormal", "2026-04-20")),
    ],
)
def test_next_visit(
    programmes: Programmes,
    clause: str,
    supervisor: str,
    phase: str,
    more: dict[str, Any],
    expected: tuple[str, str, str],
) -> None:
    book = Book()
    home(book, "2026-03-03")
    follow_up(book, "2026-04-10", supervisor, phase, **more)
    duty = last(programmes.care(MAN, book.records), "tuberculosis")
    assert (duty.id, duty.reason, duty.closes) == expected, clause


@pytest.mark.parametrize(("supervisor", "closes"), [("1", "2026-04-03"), ("2", "2026-03-13"), ("4", "2026-03-13")])
def test_the_first_visit_begins_the_intensive_phase(programmes: Programmes, supervisor: str, closes: str) -> None:
    """D50."""
    book = Book()
    home(book, "2026-03-03", supervisor)
    assert last(programmes.care(MAN, book.records), "tuberculosis").closes == closes


def test_one_month_from_the_last_of_january(programmes: Programmes) -> None:
    """D11, D50: one calendar month."""
    book = Book()
    follow_up(book, "2026-01-31", "1")
    assert last(programmes.care(MAN, book.records), "tuberculosis").closes == "2026-02-28"


def test_two_half_days_in_vain(programmes: Programmes) -> None:
    """D83: two failed attempts on different half-days within 72 hours; the same half-day counts once."""
    book = Book()
    book.decide("tuberculosis", "1", "2026-03-02", notice_date="2026-03-02")
    book.tried("2026-03-03", half_day="am")
    book.tried("2026-03-03", half_day="am")
    care = programmes.care(MAN, book.records)
    assert the_duty(care, "tuberculosis", "first_home").state("2026-03-04") is DutyState.DUE
    book.tried("2026-03-03", half_day="pm")
    care = programmes.care(MAN, book.records)
    assert the_duty(care, "tuberculosis", "first_home").state("2026-03-03") is DutyState.LOST


def test_end_of_treatment(programmes: Programmes) -> None:
    """结案评估: the stay ends, what the hospital says is asked for within two weeks, a later call reopens nothing."""
    book = Book()
    home(book, "2026-03-03")
    follow_up(book, "2026-08-20", phase="continuation", stop_date="2026-08-18", stop_reason="1")
    care = programmes.care(MAN, book.records)
    assert states(care, "tuberculosis") == [("open", "2026-03-02"), ("closed", "2026-08-20")]
    outcome = the_duty(care, "tuberculosis", "outcome")
    assert window(outcome) == ("2026-08-20", "2026-09-03", "2026-09-03")
    assert outcome.state("2026-09-04") is DutyState.OVERDUE
    follow_up(book, "2026-09-01", phase="continuation", visit_method="3")
    care = programmes.care(MAN, book.records)
    assert the_duty(care, "tuberculosis", "outcome").done_on == "2026-09-01"
    assert states(care, "tuberculosis")[-1] == ("closed", "2026-08-20")


@pytest.mark.parametrize("reason", ["2", "3"])
def test_death_and_loss_ask_nothing_more(programmes: Programmes, reason: str) -> None:
    """停止治疗原因 2死亡 3丢失."""
    book = Book()
    home(book, "2026-03-03")
    follow_up(book, "2026-08-20", stop_date="2026-08-18", stop_reason=reason)
    care = programmes.care(MAN, book.records)
    assert duties(care, "tuberculosis", "outcome") == []
    assert {duty.state("2026-08-20") for duty in duties(care, "tuberculosis")} <= {DutyState.DONE, DutyState.LAPSED}


def test_a_second_notice_opens_a_second_stay(programmes: Programmes) -> None:
    """Relapse."""
    book = Book()
    home(book, "2026-03-03")
    follow_up(book, "2026-08-20", stop_date="2026-08-18", stop_reason="1")
    home(book, "2027-05-04", notice="2027-05-03")
    care = programmes.care(MAN, book.records)
    assert states(care, "tuberculosis")[-1] == ("open", "2027-05-03")
    assert [duty.done_on for duty in duties(care, "tuberculosis", "first_home")] == ["2026-03-03", "2027-05-04"]
    assert last(care, "tuberculosis").reason == "tb_ten_days"
