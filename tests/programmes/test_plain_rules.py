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

from .plain_rules import CHILD, CHILD_TCM, Owed, months_later, owed

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


@st.composite
def visits(draw: st.DrawFn, form_id: str, more: Callable[[st.DrawFn], dict[str, Any]], born: date) -> list[Filed]:
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


@MANY
@given(data=st.data())
@pytest.mark.parametrize("programme", ["hypertension", "type2_diabetes", "copd"])
def test_chronic_visits_are_owed_as_the_plain_rules_say(programmes, programme, data):
    born = data.draw(days(date(1940, 1, 1), date(1980, 12, 31)))
    person = resident(born, date(2020, 6, 1))
    chain = data.draw(visits(f"{programme}_followup", with_pressure, born))
    records = in_order(chain + exams(data.draw, "physical_exam", 100))
    day = data.draw(days(date(2021, 1, 1)))
    assert by_programmes(programmes, person, records, day.isoformat()) == owed(person, records, day.isoformat())


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
