"""Programmes by age: children to the day before the 7th birthday, 65 and over, first measurement of blood pressure."""

import pytest

from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.programmes.programme import Programmes

from .people import MAN, Book, duties, holding, is_member, last, owed, resident, states, the_duty, window

LEAP = "2020-02-29"


@pytest.mark.parametrize(
    ("name", "column", "opens", "closes", "lapses"),
    [
        ("newborn_home", "", "2026-01-08", "2026-01-19", "2026-02-02"),
        ("full_month", "m1", "2026-02-02", "2026-02-16", "2026-04-05"),
        ("m3", "m3", "2026-04-05", "2026-05-05", "2026-07-05"),
        ("m6", "m6", "2026-07-05", "2026-08-05", "2026-09-05"),
        ("m8", "m8", "2026-09-05", "2026-10-05", "2027-01-05"),
        ("m12", "m12", "2027-01-05", "2027-02-05", "2027-07-05"),
        ("m18", "m18", "2027-07-05", "2027-09-05", "2028-01-05"),
        ("m24", "m24", "2028-01-05", "2028-03-05", "2028-07-05"),
        ("m30", "m30", "2028-07-05", "2028-09-05", "2029-01-05"),
        ("m36", "y3", "2029-01-05", "2029-03-05", "2030-01-05"),
        ("y4", "y4", "2030-01-05", "2031-01-04", "2031-01-05"),
        ("y5", "y5", "2031-01-05", "2032-01-04", "2032-01-05"),
        ("y6", "y6", "2032-01-05", "2033-01-04", "2033-01-05"),
        ("tcm_m6", "m6", "2026-07-05", "2026-08-05", "2027-01-05"),
        ("tcm_m36", "m36", "2029-01-05", "2029-03-05", "2030-01-05"),
    ],
)
def test_windows_of_a_child(
    programmes: Programmes, name: str, column: str, opens: str, closes: str, lapses: str
) -> None:
    """rules 3.1, D28, D45, D46: both days count; each window until the next of its row opens."""
    child = resident("2026-01-05", filing_date="2026-01-05")
    duty = the_duty(programmes.care(child, []), "child_0_6", name)
    assert (duty.column, duty.opens, duty.closes, duty.lapses) == (column, opens, closes, lapses)


def test_discharge_sets_the_first_visit(programmes: Programmes) -> None:
    """Within 7 days of leaving hospital, known from the registration of the birth."""
    book = Book()
    book.decide("child_0_6", "1", "2026-01-06", discharge_date="2026-01-09")
    child = resident("2026-01-05", filing_date="2026-01-06")
    first = the_duty(programmes.care(child, book.records), "child_0_6", "newborn_home")
    assert window(first) == ("2026-01-09", "2026-01-09", "2026-01-16")


def test_the_seventh_birthday_ends_it(programmes: Programmes) -> None:
    """Member until the day before; a check made that day still counts."""
    child = resident("2019-06-01", filing_date="2019-06-20")
    care = programmes.care(child, [])
    assert is_member(care, "child_0_6", "2026-05-31")
    assert not is_member(care, "child_0_6", "2026-06-01")
    assert owed(care, "child_0_6", "2026-05-31") == {"y6"}
    assert owed(care, "child_0_6", "2026-06-01") == set()


def test_born_on_leap_day(programmes: Programmes) -> None:
    """D10, D11: 28 February in common years, for months and for birthdays."""
    care = programmes.care(resident(LEAP, filing_date=LEAP), [])
    assert window(the_duty(care, "child_0_6", "m12")) == ("2021-02-28", "2021-02-28", "2021-03-29")
    assert the_duty(care, "child_0_6", "y4").opens == "2024-02-29"
    assert (the_duty(care, "child_0_6", "y6").closes, the_duty(care, "child_0_6", "y6").lapses) == (
        "2027-02-27",
        "2027-02-28",
    )
    assert is_member(care, "child_0_6", "2027-02-27")
    assert not is_member(care, "child_0_6", "2027-02-28")


def test_who_came_later_owes_only_what_is_left(programmes: Programmes) -> None:
    """A child whose file was opened at two: nothing before it is missed here."""
    care = programmes.care(resident("2024-01-05", filing_date="2026-01-20"), [])
    assert [duty.id for duty in duties(care, "child_0_6")][:3] == ["m24", "tcm_m24", "m30"]
    assert the_duty(care, "child_0_6", "m24").known_from == "2026-01-20"


def test_an_appointment_inside_the_window_is_aimed_at(programmes: Programmes) -> None:
    """下次随访日期 of the check before."""
    book = Book()
    book.add("child_check_1_8m", "2026-04-10", check_age="m3", next_visit_date="2026-07-20")
    care = programmes.care(resident("2026-01-05", filing_date="2026-01-06"), book.records)
    assert the_duty(care, "child_0_6", "m6").target == "2026-07-20"
    book.add("child_check_3_6y", "2030-02-10", check_age="y4", next_visit_date="2031-01-05")
    care = programmes.care(resident("2026-01-05", filing_date="2026-01-06"), book.records)
    assert the_duty(care, "child_0_6", "y4").target == "2030-01-05", "its last day is the 4th"
    assert the_duty(care, "child_0_6", "y5").target == "2031-01-05"


def test_a_newborn_at_risk_is_seen_on_the_days_that_the_doctor_writes(programmes: Programmes) -> None:
    """新生儿家庭访视: 低出生体重、早产、双（多）胎等高危儿酌情增加次数, each visit on a sheet of its own."""
    born, book = resident("2026-01-05", filing_date="2026-01-06"), Book()
    book.add("newborn_visit", "2026-01-09", gestational_weeks=34, next_visit_date="2026-01-16")
    extra = the_duty(programmes.care(born, book.records), "child_0_6", "appointment")
    assert (extra.form_id, extra.known_from) == ("newborn_visit", "2026-01-09")
    assert (*window(extra), extra.lapses) == ("2026-01-10", "2026-01-16", "2026-01-16", "2026-02-02")
    second = book.add("newborn_visit", "2026-01-17", gestational_weeks=34, next_visit_date="2026-01-25")
    first, third = duties(programmes.care(born, book.records), "child_0_6", "appointment")
    assert (first.done_on, first.done_by, third.target, third.done_on) == (
        "2026-01-17",
        second.record_id,
        "2026-01-25",
        "",
    )


def test_an_ordinary_newborns_next_visit_is_the_check_of_the_month(programmes: Programmes) -> None:
    book = Book()
    book.add("newborn_visit", "2026-01-09", next_visit_date="2026-02-03")
    care = programmes.care(resident("2026-01-05", filing_date="2026-01-06"), book.records)
    assert duties(care, "child_0_6", "appointment") == []
    assert the_duty(care, "child_0_6", "full_month").target == "2026-02-03"


def test_no_child_at_all(programmes: Programmes) -> None:
    """A child's sheet in an adult's folder opens nothing."""
    book = Book()
    book.add("newborn_visit", "2026-01-20")
    assert states(programmes.care(MAN, book.records), "child_0_6") == []


@pytest.mark.parametrize(
    ("rule", "born", "since"),
    [
        ("year_end", "1961-12-31", "2026-01-01"),
        ("year_end", "1962-01-01", "2027-01-01"),
        ("day_of_service", "1961-12-31", "2026-12-31"),
        ("day_of_service", "1961-06-15", "2026-06-15"),
        ("day_of_service", "1960-02-29", "2025-02-28"),
    ],
)
def test_sixty_five(programmes: Programmes, rule: str, born: str, since: str) -> None:
    """D48, D10: 65 on 31 December of the year, or on the day of service; pointed out a month before."""
    care = programmes.care(resident(born), [], {"elderly_age_rule": rule})
    (soon, opened) = (row for row in care.memberships if row.programme == "elderly_65")
    assert (soon.state.value, soon.reason, soon.until) == ("proposed", "soon_65", since)
    assert (opened.state.value, opened.since) == ("open", since)
    day_before = f"{int(since[:4]) - 1}-12-31" if since.endswith("01-01") else since[:-2] + f"{int(since[-2:]) - 1:02d}"
    assert owed(care, "elderly_65", day_before) == set()
    assert owed(care, "elderly_65", since) == {"annual", "tcm"}
    assert owed(care, "elderly_65", since[:4] + "-12-31") == {"annual", "tcm"}


def test_an_examination_before_the_birthday_counts_only_by_year(programmes: Programmes) -> None:
    """D48: under day_of_service the examination at 64 isn't one of the elderly."""
    book = Book()
    book.add("physical_exam", "2026-03-01")
    person = resident("1961-06-15")
    assert owed(programmes.care(person, book.records), "elderly_65", "2026-12-31") == {"tcm"}
    care = programmes.care(person, book.records, {"elderly_age_rule": "day_of_service"})
    assert owed(care, "elderly_65", "2026-12-31") == {"annual", "tcm"}
    book.add("physical_exam", "2026-06-15")
    care = programmes.care(person, book.records, {"elderly_age_rule": "day_of_service"})
    assert owed(care, "elderly_65", "2026-12-31") == {"tcm"}
    assert duties(care, "elderly_65", "annual")[-1].on("2027-05-01").target == "2027-06-15"


def test_year_end_of_a_yearly_service(programmes: Programmes) -> None:
    """D47, D18: due to the last day, the next year's from 1 January; never overdue."""
    care = programmes.care(resident("1950-01-01"), [])
    annual = the_duty(care, "elderly_65", "annual")
    assert {annual.state(day) for day in ("2020-12-31", "2021-01-01", "2024-02-29", "2026-12-31")} == {DutyState.DUE}
    assert annual.on("2026-05-05").closes == "2026-12-31"


def test_the_next_examination_is_aimed_at_the_same_day(programmes: Programmes) -> None:
    """propose the anniversary of last year's; 29 February becomes the 28th (D10)."""
    book = Book()
    book.add("physical_exam", "2024-02-29")
    coming = duties(programmes.care(resident("1950-01-01"), book.records), "elderly_65", "annual")[-1]
    assert (coming.on("2025-01-01").target, coming.known_from) == ("2025-02-28", "2024-02-29")


# -- first measurement of blood pressure


def test_once_a_year_from_35(programmes: Programmes) -> None:
    """首诊测血压: from the 35th birthday; a reading on any form is this year's."""
    person = resident("1991-04-10")
    care = programmes.care(person, [])
    assert owed(care, "screening_bp", "2026-04-09") == set()
    assert owed(care, "screening_bp", "2026-04-10") == {"measure"}
    book = Book()
    book.add("physical_exam", "2026-05-01", bp_right_systolic=118, bp_right_diastolic=76)
    care = programmes.care(person, book.records)
    assert owed(care, "screening_bp", "2026-12-31") == set()
    assert owed(care, "screening_bp", "2027-01-01") == {"measure"}


def test_an_examination_without_a_reading_measures_nothing(programmes: Programmes) -> None:
    book = Book()
    book.add("physical_exam", "2026-05-01", heart_rate=70)
    assert owed(programmes.care(MAN, book.records), "screening_bp", "2026-12-31") == {"measure"}


def test_patients_are_not_screened(programmes: Programmes) -> None:
    """Who belongs to the hypertension programme is measured there; after it ended one is screened again."""
    book = Book()
    book.pressure("2025-03-02")
    book.decide("hypertension", "3", "2026-02-01", closing_reason="excluded")
    care = programmes.care(MAN, book.records)
    assert owed(care, "screening_bp", "2025-12-31") == set()
    assert owed(care, "screening_bp", "2026-02-01") == {"measure"}


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (140, 80, ("again", "2026-03-16")),
        (139, 90, ("again", "2026-03-16")),
        (139, 89, ("half_year", "2026-09-02")),
        (130, 84, ("half_year", "2026-09-02")),
        (129, 85, ("half_year", "2026-09-02")),
        (129, 84, None),
    ],
)
def test_after_a_high_reading(
    programmes: Programmes, systolic: int, diastolic: int, expected: tuple[str, str] | None
) -> None:
    """筛查: high, another day within two weeks; high normal, every half year."""
    book = Book()
    book.add("blood_pressure_check", "2026-03-02", systolic_bp=systolic, diastolic_bp=diastolic)
    care = programmes.care(MAN, book.records)
    found = [(duty.id, duty.closes) for duty in duties(care, "screening_bp", "again", "half_year")]
    assert found == ([expected] if expected else [])


def test_three_high_readings_propose_the_programme(programmes: Programmes) -> None:
    """筛查: on three different days; twice a day counts once, a normal one between begins anew."""
    book = Book()
    readings = [("2026-03-02", 150), ("2026-03-02", 152), ("2026-03-09", 148), ("2026-03-12", 128)]
    for day, systolic in [*readings, ("2026-03-16", 144), ("2026-03-20", 150)]:
        book.add("blood_pressure_check", day, systolic_bp=systolic, diastolic_bp=80)
    assert holding(programmes.care(MAN, book.records), "hypertension", "2026-12-31") is None
    book.add("physical_exam", "2026-03-27", bp_left_systolic=142, bp_left_diastolic=84)
    proposed = holding(programmes.care(MAN, book.records), "hypertension", "2026-03-27")
    assert proposed is not None
    assert (proposed.state.value, proposed.reason) == ("proposed", "three_high")
    assert last(programmes.care(MAN, book.records), "screening_bp").id == "again"


def test_high_readings_at_a_diabetics_visits_count_too(programmes: Programmes) -> None:
    """筛查 doesn't care on which form the pressure was noted."""
    book = Book()
    for day in ("2026-03-02", "2026-06-01", "2026-08-30"):
        book.add("type2_diabetes_followup", day, visit_classification="1", systolic_bp=146, diastolic_bp=82)
    care = programmes.care(MAN, book.records)
    assert last(care, "screening_bp").id == "again"
    proposed = holding(care, "hypertension", "2026-08-30")
    assert proposed is not None
    assert (proposed.state.value, proposed.reason) == ("proposed", "three_high")


def test_what_counts_as_high_is_no_goal_of_treatment(programmes: Programmes) -> None:
    """A banner that treats to 150 or to 130 still screens from 140/90."""
    book = Book()
    book.add("blood_pressure_check", "2026-03-02", systolic_bp=144, diastolic_bp=80)
    for goal in (130, 150):
        care = programmes.care(MAN, book.records, {"hypertension_systolic": goal})
        assert last(care, "screening_bp").id == "again"
    assert last(programmes.care(MAN, book.records, {"high_systolic": 145}), "screening_bp").id == "half_year"


def test_screening_is_put_off_until_next_year(programmes: Programmes) -> None:
    """Issue 5, first-time finding: dismissible with reason; rules 3.9: asked again next year."""
    book = Book()
    book.decide("screening_bp", "2", "2026-03-02", refusal_reason="declined")
    care = programmes.care(MAN, book.records)
    assert owed(care, "screening_bp", "2026-03-01") == {"measure"}
    assert owed(care, "screening_bp", "2026-03-02") == set()
    assert owed(care, "screening_bp", "2026-12-31") == set()
    assert owed(care, "screening_bp", "2027-01-01") == {"measure"}


def test_who_has_no_hypertension_after_all_needn_t_measure_again(programmes: Programmes) -> None:
    """The decision settles what was found up to its day; what is found later counts anew."""
    book = Book()
    for day in ("2026-03-02", "2026-03-05", "2026-03-09"):
        book.add("blood_pressure_check", day, systolic_bp=145, diastolic_bp=80)
    book.decide("hypertension", "2", "2026-03-09", refusal_reason="not_so")
    care = programmes.care(MAN, book.records)
    assert owed(care, "screening_bp", "2026-03-09") == set()
    assert owed(care, "screening_bp", "2026-12-31") == set()
    assert owed(care, "screening_bp", "2027-01-01") == {"measure"}
    book.add("blood_pressure_check", "2026-09-01", systolic_bp=150, diastolic_bp=80)
    assert owed(programmes.care(MAN, book.records), "screening_bp", "2026-09-01") == {"again"}
