"""The programmes hold against the plain rules: for made-up people, on any day, the same services are owed."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.programmes.duties import DutyState, Filed
from jiandang_desktop.programmes.programme import Programmes

from .plain_rules import ANTENATAL, CHILD, CHILD_TCM, Owed, months_later, owed

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
OPEN = {DutyState.DUE, DutyState.OVERDUE}
FIRST, LAST = date(2019, 1, 1), date(2027, 12, 31)


@pytest.fixture(scope="module")
def programmes() -> Programmes:
    return Programmes.load(RESOURCES / "programmes")


def by_programmes(programmes: Programmes, person: dict[str, Any], filed: list[Filed], day: str) -> set[Owed]:
    """What the product says is owed, as the plain rules say it; screening and slips are no programmes of the plan."""
    found = set()
    for duty in programmes.care(person, filed).duties:
        if duty.state(day) in OPEN and duty.programme in KNOWN:
            shown = duty.on(day)
            opens, closes = date.fromisoformat(shown.opens), date.fromisoformat(shown.closes)
            found.add(
                Owed(duty.programme, duty.form_id, duty.column, opens, closes, duty.state(day) is DutyState.OVERDUE)
            )
    return found


KNOWN = {"child_0_6", "elderly_65", "hypertension", "diabetes2", "copd", "psychosis", "tuberculosis", "maternal"}


def days(first: date = FIRST, last: date = LAST) -> st.SearchStrategy[date]:
    """Days, those at the ends of months and years and in leap years more often."""
    edges = [
        each
        for year in range(first.year, last.year + 1)
        for each in (date(year, 1, 1), date(year, 2, 28), date(year, 3, 1), date(year, 8, 31), date(year, 12, 31))
        if first <= each <= last
    ] + [each for each in (date(2020, 2, 29), date(2024, 2, 29)) if first <= each <= last]
    return st.one_of(st.dates(first, last), st.sampled_from(edges) if edges else st.dates(first, last))


def filed(form_id: str, day: date, number: int, **answers: Any) -> Filed:
    return Filed(RecordId(f"{number:032x}"), FormId(form_id), day.isoformat(), answers)


def resident(born: date, since: date, **more: Any) -> dict[str, Any]:
    return {
        "birth_date": born.isoformat(),
        "filing_date": since.isoformat(),
        "sex": "2",
        "status": "1",
        "consent": "1",
        **more,
    }


CLASSES = st.sampled_from("1234")
PRESSURES = st.sampled_from([(128, 82), (139, 89), (140, 90), (149, 89), (179, 109), (180, 100), (150, 110)])


def after(draw: st.DrawFn, day: date) -> str:
    """The next appointment that the doctor wrote."""
    return (day + timedelta(draw(st.integers(1, 60)))).isoformat()


@st.composite
def visits(draw: st.DrawFn, form_id: str, more: Callable[[st.DrawFn], dict[str, Any]]) -> list[Filed]:
    """A chain of visits face to face on rising days, each with the next appointment that the doctor wrote."""
    found, day = [], draw(days(date(2021, 1, 1), date(2024, 12, 31)))
    for number in range(draw(st.integers(0, 5))):
        appointment = day + timedelta(draw(st.integers(1, 120)))
        answers = {"next_visit_date": appointment.isoformat(), "visit_method": "1", **more(draw)}
        found.append(filed(form_id, day, number + 1, **answers))
        day += timedelta(draw(st.integers(1, 130)))
    return found


def with_pressure(draw: st.DrawFn) -> dict[str, Any]:
    systolic, diastolic = draw(PRESSURES)
    return {"systolic_bp": systolic, "diastolic_bp": diastolic, "visit_classification": draw(CLASSES)}


def exams(draw: st.DrawFn, form_id: str, first: int) -> list[Filed]:
    on = sorted(draw(st.lists(days(date(2021, 1, 1), date(2026, 12, 31)), max_size=4, unique=True)))
    return [filed(form_id, day, first + place) for place, day in enumerate(on)]


def in_order(records: list[Filed]) -> list[Filed]:
    return sorted(records, key=lambda each: each.event_date)


MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def with_sugar(draw: st.DrawFn) -> dict[str, Any]:
    return {**with_pressure(draw), "fasting_glucose": draw(st.sampled_from([3.9, 4.0, 6.9, 7.0, 16.6, 16.7]))}


def with_breath(draw: st.DrawFn) -> dict[str, Any]:
    measured = {"fev1": 1.8} if draw(st.booleans()) else {}
    return {"visit_classification": draw(CLASSES), **measured}


CHRONIC = {
    "hypertension_followup": with_pressure,
    "type2_diabetes_followup": with_sugar,
    "copd_followup": with_breath,
    "psychosis_followup": lambda draw: {"visit_classification": draw(st.sampled_from("123"))},
}


@MANY
@given(data=st.data())
@pytest.mark.parametrize("form_id", CHRONIC)
def test_chronic_visits_are_owed_as_the_plain_rules_say(programmes, form_id, data):
    born = data.draw(days(date(1940, 1, 1), date(1980, 12, 31)))
    person = resident(born, date(2020, 6, 1))
    chain = data.draw(visits(form_id, CHRONIC[form_id]))
    records = in_order(chain + exams(data.draw, "physical_exam", 100))
    day = data.draw(days(date(2021, 1, 1)))
    assert by_programmes(programmes, person, records, day.isoformat()) == owed(person, records, day.isoformat())


@MANY
@given(data=st.data())
def test_tuberculosis_is_followed_as_the_plain_rules_say(programmes, data):
    person = resident(date(1970, 5, 5), date(2020, 6, 1))
    notice = data.draw(days(date(2021, 1, 1), date(2024, 12, 31)))
    seen = notice + timedelta(data.draw(st.integers(0, 6)))
    supervisor = data.draw(st.sampled_from("1234"))
    first = {"notice_received_at": notice.isoformat(), "supervisor": supervisor}
    records = [filed("tb_first_home_visit", seen, 1, next_visit_date=after(data.draw, seen), **first)]
    day = seen
    for number in range(data.draw(st.integers(0, 5))):
        day += timedelta(data.draw(st.integers(1, 45)))
        answers = {
            "supervisor": data.draw(st.sampled_from("1234")),
            "phase": data.draw(st.sampled_from(["intensive", "continuation"])),
            "adverse_drug_reaction": data.draw(st.sampled_from("12")),
            "complications": data.draw(st.sampled_from("12")),
            "next_visit_date": after(data.draw, day),
        }
        records.append(filed("tb_followup", day, number + 2, **answers))
    asked = data.draw(days(seen)).isoformat()
    assert by_programmes(programmes, person, records, asked) == owed(person, records, asked)


@MANY
@given(data=st.data())
def test_a_pregnancy_is_followed_as_the_plain_rules_say(programmes, data):
    person = resident(date(1995, 5, 5), date(2018, 6, 1))
    lmp = data.draw(days(date(2021, 1, 1), date(2025, 12, 31)))
    corrected = data.draw(st.booleans())
    expected = lmp + timedelta(280 + (data.draw(st.integers(-10, 10)) if corrected else 0))
    booked = {
        "last_menstrual_period": lmp.isoformat(),
        "expected_delivery_date": expected.isoformat(),
        "edd_corrected_by_ultrasound": corrected,
    }
    records = [filed("antenatal_first_visit", lmp + timedelta(data.draw(st.integers(40, 110))), 1, **booked)]
    for number, (column, opens, closes) in enumerate(ANTENATAL):
        if data.draw(st.booleans()):
            on = lmp + timedelta(data.draw(st.integers(opens, closes)))
            if on > date.fromisoformat(records[0].event_date):
                records.append(filed("antenatal_visits_2_5", on, number + 2, visit_no=column))
    delivered = lmp + timedelta(data.draw(st.integers(290, 294)))
    if data.draw(st.booleans()):
        on = delivered + timedelta(data.draw(st.integers(3, 30)))
        records.append(filed("postpartum_visit", on, 20, delivery_date=delivered.isoformat()))
        if data.draw(st.booleans()):
            on = delivered + timedelta(data.draw(st.integers(42, 60)))
            records.append(filed("postpartum_42d_check", on, 21, delivery_date=delivered.isoformat()))
    records = in_order(records)
    asked = data.draw(st.dates(date.fromisoformat(records[0].event_date), lmp + timedelta(500))).isoformat()
    assert by_programmes(programmes, person, records, asked) == owed(person, records, asked)


@MANY
@given(data=st.data())
def test_children_are_owed_their_checks_as_the_plain_rules_say(programmes, data):
    born = data.draw(days(date(2019, 1, 1), date(2024, 12, 31)))
    person = resident(born, born)
    records = []
    for number, (form_id, column, unit, opens, _closes) in enumerate(CHILD):
        if data.draw(st.booleans()):
            start = born + timedelta(opens) if unit == "day" else months_later(born, opens)
            on = start + timedelta(data.draw(st.integers(0, 40)))
            records.append(filed(form_id, on, number + 1, check_age=column))
    for number, (form_id, column, opens, _closes) in enumerate(CHILD_TCM):
        if data.draw(st.booleans()):
            on = months_later(born, opens) + timedelta(data.draw(st.integers(0, 40)))
            records.append(filed(form_id, on, number + 50, check_age=column))
    if data.draw(st.booleans()):
        seen = born + timedelta(data.draw(st.integers(3, 20)))
        discharge = data.draw(st.one_of(st.none(), st.integers(1, 3)))
        more = {"hospital_discharge_date": (born + timedelta(discharge)).isoformat()} if discharge else {}
        records.append(filed("newborn_visit", seen, 90, **more))
    records = in_order(records)
    day = data.draw(days(born, LAST))
    assert by_programmes(programmes, person, records, day.isoformat()) == owed(person, records, day.isoformat())


@MANY
@given(data=st.data())
def test_the_elderly_are_owed_their_year_as_the_plain_rules_say(programmes, data):
    born = data.draw(days(date(1955, 1, 1), date(1965, 12, 31)))
    person = resident(born, date(2020, 6, 1))
    records = in_order(exams(data.draw, "physical_exam", 1) + exams(data.draw, "elderly_tcm_constitution", 50))
    day = data.draw(days(date(2021, 1, 1)))
    assert by_programmes(programmes, person, records, day.isoformat()) == owed(person, records, day.isoformat())
