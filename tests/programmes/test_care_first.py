"""What programmes say of a resident: memberships and duties, with the clause that each case comes from."""

from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.programmes.duties import Care, Duty, DutyState, Filed, MembershipState
from jiandang_desktop.programmes.programme import Programmes

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
MAN = {"birth_date": "1960-05-20", "filing_date": "2023-01-05", "sex": "1", "status": "1", "consent": "1"}


@pytest.fixture(scope="module")
def programmes() -> Programmes:
    return Programmes.load(RESOURCES / "programmes")


def filed(number: int, form: str, day: str, **answers: Any) -> Filed:
    return Filed(f"{number:032x}", form, day, answers)  # type: ignore[arg-type]


def visit(number: int, day: str, kind: str, method: str = "1", **answers: Any) -> Filed:
    known = {"visit_classification": kind, "visit_method": method, "systolic_bp": 132, "diastolic_bp": 84, **answers}
    return filed(number, "hypertension_followup", day, **known)


def duties(care: Care, programme: str, name: str) -> list[Duty]:
    return [duty for duty in care.duties if (duty.programme, duty.id) == (programme, name)]


def test_first_uncontrolled_visit_is_followed_within_two_weeks(programmes: Programmes) -> None:
    """高血压 分类干预: first 控制不满意, again within 14 days; due at once, overdue on the 15th day."""
    care = programmes.care(MAN, [visit(1, "2026-03-02", "2")])
    (recall,) = duties(care, "hypertension", "recall")
    assert (recall.opens, recall.target, recall.closes) == ("2026-03-02", "2026-03-16", "2026-03-16")
    assert recall.reason == "uncontrolled"
    assert recall.state("2026-03-01") is DutyState.UNKNOWN
    assert recall.state("2026-03-16") is DutyState.DUE
    assert recall.state("2026-03-17") is DutyState.OVERDUE


def test_controlled_visit_is_followed_within_three_calendar_months(programmes: Programmes) -> None:
    """D01, D11: 30 November + 3 months is 28 February."""
    care = programmes.care(MAN, [visit(1, "2025-11-30", "1", next_visit_date="2026-02-20")])
    (routine,) = duties(care, "hypertension", "routine")
    assert (routine.opens, routine.target, routine.closes) == ("2026-02-13", "2026-02-20", "2026-02-28")


def test_a_returned_referral_ends_the_recall_and_calls_for_a_visit(programmes: Programmes) -> None:
    """D20: a recorded result of the referral fulfils the recall; the person is seen within two weeks of it."""
    out = filed(2, "two_way_referral", "2026-03-02", referral_date="2026-03-02", return_date="2026-03-06")
    care = programmes.care(MAN, [visit(1, "2026-03-02", "2", systolic_bp=182, diastolic_bp=114), out])
    first, second = duties(care, "hypertension", "recall")
    assert (first.reason, first.done_on, first.done_by) == ("bp_emergency", "2026-03-06", out.record_id)
    assert (second.reason, second.opens, second.closes) == ("returned", "2026-03-06", "2026-03-20")


def test_nothing_is_due_for_the_dead(programmes: Programmes) -> None:
    """record_closure stop_due."""
    dead = {**MAN, "status": "3", "status_date": "2026-03-10"}
    care = programmes.care(dead, [visit(1, "2026-03-02", "2")])
    assert {duty.state("2026-03-10") for duty in care.duties} <= {DutyState.LAPSED, DutyState.DONE}
    assert duties(care, "hypertension", "recall")[0].state("2026-03-09") is DutyState.DUE
    assert [row.state for row in care.memberships if row.holds("2026-03-10")] == [MembershipState.CLOSED] * 2


def test_a_refusal_is_asked_again_on_the_first_of_january(programmes: Programmes) -> None:
    """rules 3.9."""
    no = filed(
        3, "programme_membership", "2026-03-05", programme="hypertension", decision="2", refusal_reason="declined"
    )
    care = programmes.care(MAN, [visit(1, "2026-03-02", "2"), no])
    states = [(row.state, row.since) for row in care.memberships if row.programme == "hypertension"]
    assert states == [
        (MembershipState.OPEN, "2026-03-02"),
        (MembershipState.REFUSED, "2026-03-05"),
        (MembershipState.PROPOSED, "2027-01-01"),
    ]
    assert duties(care, "hypertension", "recall")[0].state("2026-03-05") is DutyState.LAPSED
