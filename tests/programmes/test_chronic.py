"""Follow-up of hypertension, diabetes and COPD: class → next visit, clause by clause, and the days at the edges."""

from typing import Any

import pytest

from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.programme import Programmes

from .people import MAN, Book, duties, last, owed, the_duty, window


def sugar(book: Book, day: str, kind: str = "1", **answers: Any) -> None:
    known = {"visit_method": "1", "visit_classification": kind, "fasting_glucose": 6.2, "systolic_bp": 128}
    book.add("type2_diabetes_followup", day, **{**known, "diastolic_bp": 80, **answers})


def lungs(book: Book, day: str, kind: str = "1", **answers: Any) -> None:
    book.add("copd_followup", day, visit_method="1", visit_classification=kind, **answers)


@pytest.mark.parametrize(
    ("clause", "kinds", "more", "reason", "referred"),
    [
        ("分类干预 首次不满意", ["2"], {}, "uncontrolled", False),
        ("分类干预 首次不良反应", ["3"], {}, "reaction", False),
        ("分类干预 连续两次 2-2", ["2", "2"], {}, "uncontrolled_again", True),
        ("D04 2-3", ["2", "3"], {}, "uncontrolled_again", True),
        ("D04 4-2", ["4", "2"], {}, "uncontrolled_again", True),
        ("D04 2-1-2 a class 1 between breaks the chain", ["2", "1", "2"], {}, "uncontrolled", False),
        ("D03 并发症 always", ["1", "4"], {}, "complication", True),
        ("D02 complication stands before reaction", ["3", "4"], {}, "complication", True),
        ("rules 3.9 referred although controlled", ["1"], {"referral_reason": "胸痛"}, "referred", True),
    ],
)
@pytest.mark.parametrize("programme", ["hypertension", "diabetes2"])
def test_recall_within_two_weeks(
    programmes: Programmes,
    programme: str,
    clause: str,
    kinds: list[str],
    more: dict[str, Any],
    reason: str,
    referred: bool,
) -> None:
    """It opens on the visit's day and closes on the 14th day after it; a referral may be followed up by telephone."""
    book = Book()
    for number, kind in enumerate(kinds):
        answers = more if number == len(kinds) - 1 else {}
        day = f"2026-0{number + 1}-10"
        book.pressure(day, kind, **answers) if programme == "hypertension" else sugar(book, day, kind, **answers)
    day = f"2026-0{len(kinds)}-10"
    recall = last(programmes.care(MAN, book.records), programme)
    assert (recall.id, recall.reason, recall.opens, recall.closes) == ("recall", reason, day, day[:8] + "24"), clause
    assert recall.called_by == book.records[-1].record_id

    form_id = "hypertension_followup" if programme == "hypertension" else "type2_diabetes_followup"
    call = book.add(form_id, day[:8] + "20", visit_method="3", visit_classification="1")
    by_phone = duties(programmes.care(MAN, book.records), programme, "recall")[-1]
    assert (by_phone.done_by == call.record_id) is referred, "D20"
    softer = programmes.care(MAN, book.records, {"recall_by_phone": True})
    assert duties(softer, programme, "recall")[-1].done_by == call.record_id


@pytest.mark.parametrize("setting", [{}, {"recall_by_phone": True}])
def test_a_call_isn_t_one_of_the_four_visits_of_a_year(programmes: Programmes, setting: dict[str, Any]) -> None:
    """每年至少4次面对面的随访; D19. What is learnt by telephone that calls for a recall begins one all the same."""
    book = Book()
    book.pressure("2026-03-10", "1")
    routine = last(programmes.care(MAN, book.records, setting), "hypertension")
    book.pressure("2026-04-20", "1", visit_method="3")
    assert last(programmes.care(MAN, book.records, setting), "hypertension") == routine
    call = book.pressure("2026-04-25", "2", systolic=152, visit_method="3")
    care = programmes.care(MAN, book.records, setting)
    recall = last(care, "hypertension")
    assert (recall.reason, recall.called_by, recall.closes) == ("uncontrolled", call.record_id, "2026-05-09")
    assert owed(care, "hypertension", "2026-04-24") == {"exam"}
    assert owed(care, "hypertension", "2026-06-15") == {"exam", "recall"}
    seen = book.pressure("2026-05-04", "1")
    care = programmes.care(MAN, book.records, setting)
    assert duties(care, "hypertension", "recall")[-1].done_by == seen.record_id
    assert last(care, "hypertension").closes == "2026-08-04"


@pytest.mark.parametrize(
    ("systolic", "diastolic", "signs", "urgent"),
    [
        (180, 80, None, True),
        (179, 109, None, False),
        (150, 110, None, True),
        (132, 84, ["headache"], True),
        (132, 84, None, False),
    ],
)
def test_emergency_of_pressure(
    programmes: Programmes, systolic: int, diastolic: int, signs: list[str] | None, urgent: bool
) -> None:
    """随访评估: ≥180 and/or ≥110, or a sign; whatever the class says."""
    book = Book()
    more = {"emergency_signs": signs} if signs else {}
    book.pressure("2026-03-02", "1", systolic, diastolic, **more)
    assert (last(programmes.care(MAN, book.records), "hypertension").reason == "bp_emergency") is urgent


@pytest.mark.parametrize(
    ("glucose", "urgent"), [(16.7, True), (16.6, False), (3.9, True), (4.0, False)], ids=["16.7", "16.6", "3.9", "4.0"]
)
def test_emergency_of_glucose(programmes: Programmes, glucose: float, urgent: bool) -> None:
    """随访评估: ≥16.7 or ≤3.9 mmol/L."""
    book = Book()
    sugar(book, "2026-03-02", "1", fasting_glucose=glucose)
    assert (last(programmes.care(MAN, book.records), "diabetes2").reason == "glucose_emergency") is urgent


def test_limits_follow_the_settings(programmes: Programmes) -> None:
    """A banner that refers from 170 and recalls within 10 days."""
    book = Book()
    book.pressure("2026-03-02", "1", 172, 88)
    recall = last(programmes.care(MAN, book.records, {"emergency_systolic": 170, "recall_days": 10}), "hypertension")
    assert (recall.reason, recall.closes) == ("bp_emergency", "2026-03-12")


@pytest.mark.parametrize(
    ("visit", "written", "expected"),
    [
        ("2026-01-10", "2026-04-05", ("2026-03-29", "2026-04-05", "2026-04-10")),
        ("2026-01-10", "", ("2026-04-03", "2026-04-10", "2026-04-10")),
        ("2026-04-10", "", ("2026-07-02", "2026-07-09", "2026-07-10")),
        ("2025-11-30", "2026-02-20", ("2026-02-13", "2026-02-20", "2026-02-28")),
        ("2023-11-30", "", ("2024-02-21", "2024-02-28", "2024-02-29")),
        ("2026-01-10", "2026-06-01", ("2026-04-03", "2026-04-10", "2026-04-10")),
        ("2026-01-10", "2026-01-12", ("2026-01-11", "2026-01-12", "2026-04-10")),
        ("2026-01-10", "2025-01-12", ("2026-04-03", "2026-04-10", "2026-04-10")),
    ],
    ids=["written", "none: 90 days", "90 days", "D11", "leap year", "too late", "soon", "before the visit"],
)
def test_routine_after_a_controlled_visit(
    programmes: Programmes, visit: str, written: str, expected: tuple[str, str, str]
) -> None:
    """D01: aimed at the day the doctor wrote or 90 days, never later than 3 calendar months; shown a week before."""
    book = Book()
    more = {"next_visit_date": written} if written else {}
    book.pressure(visit, "1", **more)
    routine = last(programmes.care(MAN, book.records), "hypertension")
    assert (routine.id, window(routine)) == ("routine", expected)


def test_boundary_days_of_a_routine_visit(programmes: Programmes) -> None:
    """No grace period: due on the last day, overdue the day after, on the list until somebody comes."""
    book = Book()
    book.pressure("2026-01-31", "1", next_visit_date="2026-04-20")
    routine = last(programmes.care(MAN, book.records), "hypertension")
    days = ["2026-01-30", "2026-01-31", "2026-04-12", "2026-04-13", "2026-04-30", "2026-05-01", "2031-01-01"]
    found = [routine.state(day).value for day in days]
    assert found == ["unknown", "upcoming", "upcoming", "due", "due", "overdue", "overdue"]
    graced = last(programmes.care(MAN, book.records, {"routine_grace_days": 5}), "hypertension")
    assert graced.state("2026-05-05") is DutyState.DUE
    assert graced.state("2026-05-06") is DutyState.OVERDUE


def test_first_visit_after_enrolment(programmes: Programmes) -> None:
    """rules 3.9: enrolment + 14 days."""
    book = Book()
    book.decide("hypertension", "1", "2026-03-02")
    first = the_duty(programmes.care(MAN, book.records), "hypertension", "first")
    assert window(first) == ("2026-03-02", "2026-03-16", "2026-03-16")
    book.pressure("2026-03-10", "1")
    care = programmes.care(MAN, book.records)
    assert the_duty(care, "hypertension", "first").done_on == "2026-03-10"
    assert last(care, "hypertension").id == "routine"


def test_a_visit_counts_from_its_day_not_from_when_it_came(programmes: Programmes) -> None:
    """Paper forms are typed in late and in any order."""
    book = Book()
    book.pressure("2026-05-10", "2")
    book.pressure("2026-02-10", "2")
    (first, second) = duties(programmes.care(MAN, book.records), "hypertension", "recall")
    assert (first.known_from, first.reason, first.done_on) == ("2026-02-10", "uncontrolled", "2026-05-10")
    assert (second.known_from, second.reason) == ("2026-05-10", "uncontrolled_again")


def test_a_future_visit_hides_nothing_of_today(programmes: Programmes) -> None:
    """A clock that is years wrong: the visit of 2031 isn't known in 2026."""
    book = Book()
    book.pressure("2026-03-02", "2")
    book.pressure("2031-03-02", "1")
    assert owed(programmes.care(MAN, book.records), "hypertension", "2026-03-20") == {"recall", "exam"}


def test_referral_slip_comes_home_and_the_visit_follows(programmes: Programmes) -> None:
    """The loop: 182/114, urgent referral, the answer ends the recall, the person is seen within two weeks of it."""
    book = Book()
    book.pressure("2026-03-02", "2", 182, 114, referral_reason="血压过高")
    out = book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02", return_date="2026-03-06")
    recall, after = duties(programmes.care(MAN, book.records), "hypertension", "recall")
    assert (recall.reason, recall.done_on, recall.done_by) == ("bp_emergency", "2026-03-06", out.record_id)
    assert (after.reason, after.opens, after.closes, after.called_by) == (
        "returned",
        "2026-03-06",
        "2026-03-20",
        out.record_id,
    )
    book.pressure("2026-03-18", "1", next_visit_date="2026-06-10")
    care = programmes.care(MAN, book.records)
    assert [duty.done_on for duty in duties(care, "hypertension", "recall")] == ["2026-03-06", "2026-03-18"]
    assert window(last(care, "hypertension")) == ("2026-06-03", "2026-06-10", "2026-06-18")


def test_a_result_that_was_asked_for_counts_as_well(programmes: Programmes) -> None:
    """D20: telephone call to the hospital (tracked_date) instead of the slip."""
    book = Book()
    book.pressure("2026-03-02", "4")
    book.add("two_way_referral", "2026-03-02", referral_date="2026-03-02", tracked_date="2026-03-09")
    assert duties(programmes.care(MAN, book.records), "hypertension", "recall")[0].done_on == "2026-03-09"


def test_an_answer_ends_no_other_duty(programmes: Programmes) -> None:
    """A first class 2 wants the person in front of one; a controlled one isn't moved by a slip about a broken leg."""
    book = Book()
    book.pressure("2026-03-02", "2")
    book.add("two_way_referral", "2026-03-03", referral_date="2026-03-03", return_date="2026-03-06")
    assert last(programmes.care(MAN, book.records), "hypertension").done_on == ""


@pytest.mark.parametrize(("kind", "id_", "closes"), [("1", "routine", "2026-06-02"), ("2", "recall", "2026-03-16")])
def test_copd_goes_by_the_same_days(programmes: Programmes, kind: str, id_: str, closes: str) -> None:
    """慢阻肺 2024 (unverified): class 1 within three months, else two weeks."""
    book = Book()
    lungs(book, "2026-03-02", kind)
    duty = last(programmes.care(MAN, book.records), "copd")
    assert (duty.id, duty.closes) == (id_, closes)


def test_one_examination_serves_every_programme(programmes: Programmes) -> None:
    """rules 3.4, 3.5: one a year. A duty of each programme; a list shows those of one form and year as one."""
    book = Book()
    book.pressure("2026-03-02")
    sugar(book, "2026-03-02")
    exam = book.add("physical_exam", "2026-07-09")
    care = programmes.care(MAN, book.records)
    for programme in ("hypertension", "diabetes2"):
        done, coming = duties(care, programme, "exam")
        assert (done.closes, done.done_by) == ("2026-12-31", exam.record_id)
        assert window(coming) == ("2027-01-01", "2027-07-09", "2027-12-31")
        assert coming.yearly


def test_the_examination_that_found_the_illness_is_that_years(programmes: Programmes) -> None:
    """The year of the opening counts as a whole (D47)."""
    book = Book()
    book.add("physical_exam", "2026-02-01")
    book.pressure("2026-03-02")
    care = programmes.care(MAN, book.records)
    assert owed(care, "hypertension", "2026-12-31") == {"routine"}
    assert owed(care, "hypertension", "2027-01-01") == {"routine", "exam"}


def test_years_without_examination_stay_in_sight(programmes: Programmes) -> None:
    """D18: a gap is the fault of its own year; on 1 January the new year's is due. Years in a row are one duty."""
    book = Book()
    book.pressure("2024-03-02")
    book.add("physical_exam", "2026-05-05")
    exams = duties(programmes.care(MAN, book.records), "hypertension", "exam")
    assert [(duty.opens[:4], duty.done_on, duty.lapses[:4], duty.yearly) for duty in exams] == [
        ("2024", "", "2026", True),
        ("2026", "2026-05-05", "2027", False),
        ("2027", "", "9999", True),
    ]
    assert [exams[0].state(day).value for day in ("2024-12-31", "2025-01-01", "2026-01-01")] == ["due", "due", "lapsed"]
    assert exams[0].on("2025-06-01").closes == "2025-12-31"


def test_an_examination_after_the_end_is_nobodys(programmes: Programmes) -> None:
    book = Book()
    book.pressure("2024-03-02")
    book.decide("hypertension", "3", "2025-02-01", closing_reason="excluded")
    book.add("physical_exam", "2025-06-01")
    assert [duty.done_on for duty in duties(programmes.care(MAN, book.records), "hypertension", "exam")] == [""]


def test_spirometry_once_a_year(programmes: Programmes) -> None:
    """慢阻肺 2024 (unverified): a visit with a value counts, one without doesn't."""
    book = Book()
    lungs(book, "2026-03-02")
    assert "spirometry" in owed(programmes.care(MAN, book.records), "copd", "2026-12-31")
    lungs(book, "2026-06-02", fev1=1.8)
    assert "spirometry" not in owed(programmes.care(MAN, book.records), "copd", "2026-12-31")
