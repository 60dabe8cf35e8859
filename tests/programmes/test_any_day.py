"""Any day can be asked: what came later changes nothing, and what a duty says of itself holds together."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.programmes.duties import NEVER, Care, DutyState, Filed, MembershipState
from jiandang_desktop.programmes.programme import Programmes

from .people import WOMAN, Book

FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)
DAYS = st.one_of(
    st.dates(FIRST, LAST),
    st.sampled_from([date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2026, 2, 28), date(2026, 8, 31)]),
).map(date.isoformat)
PRESSING = {DutyState.DUE, DutyState.OVERDUE, DutyState.LOST}
CODES = st.sampled_from("1234")


def _answers(form_id: str, day: str) -> st.SearchStrategy[dict[str, Any]]:
    """Answers of one record whose facts are of its own day: only those can be thrown away with the day."""
    appointment = st.integers(1, 200).map(lambda days: (date.fromisoformat(day) + timedelta(days)).isoformat())
    visit: dict[str, st.SearchStrategy[Any]] = {"visit_method": st.sampled_from("123")}
    visit |= {"visit_classification": CODES, "next_visit_date": appointment}
    pressure: dict[str, st.SearchStrategy[Any]] = {
        "systolic_bp": st.sampled_from([118, 135, 150, 182]),
        "diastolic_bp": st.sampled_from([76, 92]),
    }
    found: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "hypertension_followup": {**visit, **pressure},
        "type2_diabetes_followup": {**visit, "fasting_glucose": st.sampled_from([3.2, 6.0, 8.1, 17.0])},
        "copd_followup": visit,
        "psychosis_followup": {"visit_classification": st.sampled_from("123"), "next_visit_date": appointment},
        "tb_followup": {
            "supervisor": CODES,
            "phase": st.sampled_from(["intensive", "continuation"]),
            "adverse_drug_reaction": st.sampled_from("12"),
            "next_visit_date": appointment,
        },
        "physical_exam": {"bp_left_systolic": st.sampled_from([118, 135, 150])},
        "elderly_tcm_constitution": {},
        "blood_pressure_check": pressure,
        "encounter_record": {"assessment": st.sampled_from(["上感", "高血压", "糖尿病", "无高血压"])},
        "two_way_referral": {"referral_date": st.just(day)},
        "contact_attempt": {"result": st.sampled_from("15"), "half_day": st.sampled_from(["am", "pm"])},
        "programme_membership": {
            "programme": st.sampled_from(["hypertension", "diabetes2", "elderly_65", "copd", "tuberculosis"]),
            "decision": st.sampled_from("1123"),
        },
    }
    return st.fixed_dictionaries(found[form_id])


@st.composite
def histories(draw: st.DrawFn) -> list[Filed]:
    book = Book()
    forms = st.sampled_from(
        [
            "hypertension_followup",
            "hypertension_followup",
            "type2_diabetes_followup",
            "copd_followup",
            "psychosis_followup",
            "tb_followup",
            "physical_exam",
            "elderly_tcm_constitution",
            "blood_pressure_check",
            "encounter_record",
            "two_way_referral",
            "contact_attempt",
            "programme_membership",
            "programme_membership",
        ]
    )
    for _ in range(draw(st.integers(0, 12))):
        form_id, day = draw(forms), draw(DAYS)
        answers = draw(_answers(form_id, day))
        if form_id == "psychosis_followup" and draw(st.integers(0, 4)) == 0:
            answers = {"loss_reason": "1", "next_visit_date": answers["next_visit_date"]}
        book.add(form_id, day, **answers)
    return book.records


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    born = draw(st.sampled_from(["1958-07-01", "1960-02-29", "1960-12-31", "1975-05-20", "2019-03-01", "1990-06-30"]))
    person = {"birth_date": born, "filing_date": "2022-11-05", "sex": "1", "status": "1", "consent": "1"}
    if draw(st.integers(0, 5)) == 0:
        person |= {"status": draw(st.sampled_from("349")), "status_date": draw(DAYS)}
    return person


def pressing(care: Care, day: str, besides: frozenset[tuple[str, ...]] = frozenset()) -> set[tuple[str, ...]]:
    """What has to be done on a day, with all that a worklist shows of it; ``besides``: left out."""
    found = set()
    for duty in care.duties:
        if duty.state(day) in PRESSING and (duty.programme, duty.id, duty.opens) not in besides:
            on = duty.on(day)
            found.add((on.programme, on.id, on.form_id, on.column, on.opens, on.target, on.closes, duty.state(day)))
    return found


def standing(care: Care, day: str) -> set[tuple[str, ...]]:
    return {(row.programme, row.state, row.since, row.reason) for row in care.memberships if row.holds(day)}


@given(person=people(), filed=histories(), day=DAYS)
def test_what_came_later_changes_nothing(
    programmes: Programmes, person: dict[str, Any], filed: list[Filed], day: str
) -> None:
    """The state as of a day is what one would have seen on it.

    But of somebody who was lost again later: only the last loss is kept (docs/programmes.md).
    """
    if person["status"] != "1" and person["status_date"] > day:
        before = {key: value for key, value in person.items() if key != "status_date"} | {"status": "1"}
    else:
        before = person
    whole = programmes.care(person, filed)
    then = programmes.care(before, [record for record in filed if record.event_date <= day])
    lost_later = frozenset((duty.programme, duty.id, duty.opens) for duty in whole.duties if duty.lost_on > day)
    assert pressing(whole, day, lost_later) == pressing(then, day, lost_later)
    assert standing(whole, day) == standing(then, day)


@given(person=people(), filed=histories(), settings=st.sampled_from([{}, {"elderly_age_rule": "day_of_service"}]))
def test_every_duty_holds_together(
    programmes: Programmes, person: dict[str, Any], filed: list[Filed], settings: dict[str, Any]
) -> None:
    """Windows in order, one duty by its name and day, spans of a programme that don't overlap, none for the gone."""
    care = programmes.care(person, filed, settings)
    keys = [(duty.programme, duty.id, duty.known_from) for duty in care.duties]
    assert len(keys) == len(set(keys))
    for duty in care.duties:
        assert duty.opens <= duty.target <= duty.closes
        assert duty.done_on or duty.known_from < duty.lapses
        assert (duty.done_by is None) == (duty.done_on == "")
        assert not duty.yearly or (duty.opens.endswith("-01-01") and duty.closes.endswith("-12-31"))
    for programme in programmes:
        rows = [row for row in care.memberships if row.programme == programme.id]
        assert all(row.since < row.until for row in rows)
        assert all(first.until <= second.since for first, second in pairwise(rows))
    if person["status"] != "1":
        gone = person["status_date"]
        assert not pressing(care, gone)
        assert not any(
            row.holds(gone) and row.state in (MembershipState.OPEN, MembershipState.PROPOSED)
            for row in care.memberships
        )


@given(person=people(), filed=histories())
def test_the_same_records_in_another_order_of_arrival(
    programmes: Programmes, person: dict[str, Any], filed: list[Filed]
) -> None:
    """Only records of one day count in the order in which they came."""
    days = [record.event_date for record in filed]
    if len(days) == len(set(days)):
        assert programmes.care(person, filed) == programmes.care(person, list(reversed(filed)))


@st.composite
def pregnancies(draw: st.DrawFn) -> list[Filed]:
    """Records of one or two pregnancies, each dated once and for all; closed, refused and registered in between."""
    book = Book()
    periods = [date(2024, 1, 10), date(2024, 1, 10) + timedelta(draw(st.integers(80, 500)))]
    for lmp in periods[: draw(st.integers(1, 2))]:
        told = {"last_menstrual_period": lmp.isoformat(), "referral": draw(st.sampled_from("12"))}
        book.add("antenatal_first_visit", (lmp + timedelta(draw(st.integers(30, 90)))).isoformat(), **told)
        for column, opens, closes in (("v2", 112, 146), ("v3", 147, 174), ("v4", 196, 258)):
            if draw(st.booleans()):
                days = draw(st.integers(opens, closes))
                weeks = {"gestational_weeks": days // 7, "gestational_days": days % 7, "visit_no": column}
                book.add("antenatal_visits_2_5", (lmp + timedelta(days)).isoformat(), referral="1", **weeks)
        delivery = lmp + timedelta(draw(st.integers(250, 295)))
        for form_id, days in (("postpartum_visit", 8), ("postpartum_42d_check", draw(st.integers(42, 80)))):
            if draw(st.booleans()):
                known = {"delivery_date": delivery.isoformat(), "handling": draw(st.sampled_from("12"))}
                book.add(form_id, (delivery + timedelta(days)).isoformat(), **known)
    for _ in range(draw(st.integers(0, 2))):
        book.add("programme_membership", draw(DAYS), programme="maternal", decision=draw(st.sampled_from("23")))
    return book.records


@given(filed=pregnancies(), day=DAYS)
def test_what_came_later_in_a_pregnancy_changes_nothing(programmes: Programmes, filed: list[Filed], day: str) -> None:
    whole = programmes.care(WOMAN, filed)
    then = programmes.care(WOMAN, [record for record in filed if record.event_date <= day])
    assert pressing(whole, day) == pressing(then, day)
    assert standing(whole, day) == standing(then, day)
    keys = [(duty.programme, duty.id, duty.known_from) for duty in whole.duties]
    assert len(keys) == len(set(keys))


def test_never_is_after_every_day() -> None:
    assert LAST.isoformat() < NEVER
