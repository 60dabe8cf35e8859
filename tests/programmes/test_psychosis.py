"""Severe mental disorders: stability → next visit (分类干预, D15), visits in vain, death."""

import pytest

from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.programme import Programmes

from .people import MAN, Book, duties, last, states, window


@pytest.mark.parametrize(
    ("clause", "kinds", "expected"),
    [
        ("不稳定", ["1"], ("recall", "unstable", "2026-05-24")),
        ("基本稳定, first", ["2"], ("recall", "fairly_stable", "2026-05-24")),
        ("D15 class 2 again: specialist, one month", ["2", "2"], ("routine", "fairly_stable_again", "2026-06-10")),
        ("D15 class 3 after 2: three months", ["2", "3"], ("routine", "stable", "2026-08-10")),
        ("稳定", ["3"], ("routine", "stable", "2026-08-10")),
        ("D15 only directly after", ["2", "1", "2"], ("recall", "fairly_stable", "2026-05-24")),
        ("unstable always two weeks", ["2", "1"], ("recall", "unstable", "2026-05-24")),
    ],
)
@pytest.mark.parametrize("form_id", ["psychosis_followup", "psychosis_followup_2018"])
def test_next_visit(
    programmes: Programmes, form_id: str, clause: str, kinds: list[str], expected: tuple[str, str, str]
) -> None:
    book = Book()
    for number, kind in enumerate(reversed(kinds)):
        book.add(form_id, f"2026-0{5 - number}-10", visit_classification=kind)
    duty = last(programmes.care(MAN, book.records), "psychosis")
    assert (duty.id, duty.reason, duty.closes) == expected, clause
    assert duty.form_id == form_id, "a county that uses the sheet of 2018 goes on with it"


def test_three_months_end_with_the_month(programmes: Programmes) -> None:
    """D11."""
    book = Book()
    book.add("psychosis_followup", "2025-11-30", visit_classification="3")
    assert window(last(programmes.care(MAN, book.records), "psychosis")) == ("2026-02-21", "2026-02-28", "2026-02-28")


def test_enrolment_opens_and_the_first_visit_follows(programmes: Programmes) -> None:
    """D77 纳入管理日期; rules 3.9."""
    book = Book()
    book.add("psychosis_info_supplement", "2026-03-05", enrolment_date="2026-03-02", informed_consent="1")
    care = programmes.care(MAN, book.records)
    assert states(care, "psychosis") == [("open", "2026-03-02")]
    assert window(last(care, "psychosis")) == ("2026-03-02", "2026-03-16", "2026-03-16")


def test_without_consent_somebody_is_only_proposed(programmes: Programmes) -> None:
    """知情同意 0: the sheet is kept, nothing is due."""
    book = Book()
    book.add("psychosis_info_supplement", "2026-03-05", enrolment_date="2026-03-02", informed_consent="0")
    care = programmes.care(MAN, book.records)
    assert states(care, "psychosis") == [("proposed", "2026-03-05")]
    assert duties(care, "psychosis") == []


def test_a_visit_in_vain_fulfils_nothing(programmes: Programmes) -> None:
    """若失访，原因: the visit is still owed, on the day written; the person counts as lost until met."""
    book = Book()
    book.add("psychosis_followup", "2026-03-10", visit_classification="2")
    book.add("psychosis_followup", "2026-03-20", loss_reason="1", next_visit_date="2026-03-27")
    care = programmes.care(MAN, book.records)
    before, again = duties(care, "psychosis", "recall")
    assert (before.done_on, before.lapses) == ("", "2026-03-20")
    assert window(again) == ("2026-03-20", "2026-03-27", "2026-04-03")
    assert again.state("2026-04-10") is DutyState.LOST
    book.add("psychosis_followup", "2026-04-11", visit_classification="2")
    care = programmes.care(MAN, book.records)
    assert duties(care, "psychosis", "recall")[1].done_on == "2026-04-11"
    assert last(care, "psychosis").reason == "fairly_stable", "the visit directly before had no class"
    assert last(care, "psychosis").state("2026-04-20") is DutyState.DUE


def test_death_ends_it(programmes: Programmes) -> None:
    """如死亡，日期: even before the registry knows."""
    book = Book()
    book.add("psychosis_followup", "2026-03-10", visit_classification="1")
    book.add("psychosis_followup", "2026-03-20", death_date="2026-03-15", death_reason="1")
    care = programmes.care(MAN, book.records)
    assert states(care, "psychosis") == [("open", "2026-03-10"), ("closed", "2026-03-15")]
    assert last(care, "psychosis").state("2026-03-14") is DutyState.DUE
    assert {duty.state("2026-03-15") for duty in duties(care, "psychosis")} == {DutyState.LAPSED}
