"""A made-up village and three years of what was written down there, kept in a real vault.

Visits are drawn, not acted out: people come early, late or never, some stop coming, some die or move away. Answers hold
what the rules read and nothing else; so the records go into the vault as they are, without the forms' checks.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from jiandang_desktop.demo.people import Village
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, SubjectId, new_id
from jiandang_desktop.programmes.duties import Filed
from jiandang_desktop.services import life_events, registry
from jiandang_desktop.services.desk import Desk

from .plain_rules import ANTENATAL, CHILD, CHILD_TCM, months_later

BEGINS, ENDS = date(2023, 12, 1), date(2026, 11, 25)
_AT_ONCE = 200


@dataclass
class Person:
    """A resident as the plain rules want one."""

    id: SubjectId
    answers: Mapping[str, Any]
    filed: list[Filed] = field(default_factory=list)


def settle(desk: Desk, residents: int, seed: int) -> list[Person]:
    """Register a village and file its three years."""
    rng = Random(seed)
    people = list(_register(desk, residents, seed, rng))
    for start in range(0, len(people), _AT_ONCE):
        with desk.vault.work("file_records") as work:
            for person in people[start : start + _AT_ONCE]:
                person.filed = sorted(_history(person.answers, rng), key=lambda each: each.event_date)
                for record in person.filed:
                    revision = desk.revision(
                        desk.forms.current(record.form_id),
                        record_id=record.record_id,
                        subject_id=person.id,
                        parents=(),
                        answers=record.answers,
                        complete=True,
                    )
                    work.add_own_revision(revision, stream=desk.station.up_stream)
            work.commit()
    return people


def _register(desk: Desk, residents: int, seed: int, rng: Random) -> Iterator[Person]:
    for household in Village.load(desk.bench.resources, seed, ENDS).generate(residents):
        home = registry.add_household(desk, household.answers)
        for member in household.members:
            row = registry.add_resident(desk, home.id, member.answers, frozenset({"twin"}))
            if rng.random() < 0.02:
                gone = _later(rng, BEGINS, (ENDS - BEGINS).days)
                if gone.isoformat() >= row.answers["filing_date"]:
                    _leave(desk, row.id, rng.choice((True, False)), gone.isoformat())
                    with desk.vault.read() as reader:
                        closed = reader.resident(row.id)
                    assert closed is not None
                    row = closed
            yield Person(row.id, row.answers)


def _leave(desk: Desk, resident_id: SubjectId, dead: bool, day: str) -> None:
    event, answers = (
        (life_events.death, {"death_date": day, "death_cause": "病故"})
        if dead
        else (life_events.moved_away, {"move_out_date": day, "destination_address": "外地", "handover_date": day})
    )
    try:
        event(desk, resident_id, answers)
    except Problem as problem:  # a death in childhood is asked about
        event(desk, resident_id, answers, frozenset(finding.key for finding in problem.findings))


def _history(resident: Mapping[str, Any], rng: Random) -> Iterator[Filed]:
    born = date.fromisoformat(resident["birth_date"])
    since = max(BEGINS, born, date.fromisoformat(resident["filing_date"]))
    age = (ENDS - born).days // 365
    if resident["consent"] == "2":
        return
    if age < 10:
        yield from _childhood(born, since, rng)
    if resident["sex"] == "2" and 20 <= age <= 40 and rng.random() < 0.15:
        yield from _pregnancy(since, rng)
    for form_id, share, more in _CHRONIC:
        if age >= 40 and rng.random() < share:
            yield from _visits(form_id, since, rng, more)
    if age >= 40 and rng.random() < 0.004:
        yield from _tuberculosis(since, rng)
    if age >= 60:
        for form_id, share in (("physical_exam", 0.8), ("elderly_tcm_constitution", 0.6)):
            for year in range(since.year, ENDS.year + 1):
                day = _later(rng, max(since, date(year, 1, 1)), 330)
                if day.year == year and day <= ENDS and rng.random() < share:
                    yield _record(form_id, day)


def _childhood(born: date, since: date, rng: Random) -> Iterator[Filed]:
    if born >= since and rng.random() < 0.9:
        discharge = {"hospital_discharge_date": (born + timedelta(3)).isoformat()} if rng.random() < 0.7 else {}
        yield _record("newborn_visit", _later(rng, born + timedelta(4), 12), **discharge)
    for form_id, column, unit, opens, _closes in CHILD:
        start = born + timedelta(opens) if unit == "day" else months_later(born, opens)
        day = _later(rng, start, 45)
        if since <= start and day <= ENDS and rng.random() < 0.85:
            yield _record(form_id, day, check_age=column)
    for form_id, column, opens, _closes in CHILD_TCM:
        day = _later(rng, months_later(born, opens), 45)
        if since <= day <= ENDS and rng.random() < 0.6:
            yield _record(form_id, day, check_age=column)


def _pregnancy(since: date, rng: Random) -> Iterator[Filed]:
    lmp = _later(rng, since, 1000)
    booked = lmp + timedelta(rng.randint(40, 100))
    if booked > ENDS:
        return
    expected = (lmp + timedelta(280)).isoformat()
    first = {"last_menstrual_period": lmp.isoformat(), "expected_delivery_date": expected}
    yield _record("antenatal_first_visit", booked, **first)
    for column, opens, closes in ANTENATAL:
        day = lmp + timedelta(rng.randint(opens, closes))
        if booked < day <= ENDS and rng.random() < 0.85:
            yield _record("antenatal_visits_2_5", day, visit_no=column)
    delivered = lmp + timedelta(rng.randint(287, 294))
    seen = delivered + timedelta(rng.randint(3, 20))
    if seen <= ENDS and rng.random() < 0.9:
        yield _record("postpartum_visit", seen, delivery_date=delivered.isoformat())
        check = delivered + timedelta(rng.randint(42, 60))
        if check <= ENDS and rng.random() < 0.7:
            yield _record("postpartum_42d_check", check, delivery_date=delivered.isoformat())


def _visits(form_id: str, since: date, rng: Random, more: Callable[[Random], dict[str, Any]]) -> Iterator[Filed]:
    day = _later(rng, since, 200)
    while day <= ENDS and rng.random() > 0.03:
        answers = more(rng)
        again = day + timedelta(90 if answers["visit_classification"] in "1" else 14)
        yield _record(form_id, day, visit_method=rng.choice("12"), next_visit_date=again.isoformat(), **answers)
        day = again + timedelta(rng.choice((-3, 0, 0, 0, 2, 10, 60)))
        if rng.random() < 0.3:
            yield _record("physical_exam", min(day + timedelta(1), ENDS))


def _tuberculosis(since: date, rng: Random) -> Iterator[Filed]:
    notice = _later(rng, since, 900)
    seen = notice + timedelta(rng.randint(0, 5))
    answers = {"notice_received_at": notice.isoformat(), "supervisor": rng.choice("12")}
    if seen > ENDS:
        return
    yield _record("tb_first_home_visit", seen, next_visit_date=(seen + timedelta(10)).isoformat(), **answers)
    for month in range(1, 7):
        day = seen + timedelta(month * 29)
        if day <= ENDS:
            phase = "intensive" if month <= 2 else "continuation"
            state = {"phase": phase, "adverse_drug_reaction": "1", "complications": "1"}
            last = {"stop_date": day.isoformat(), "stop_reason": "1"} if month == 6 else {}
            date_ = {"next_visit_date": (day + timedelta(29)).isoformat()}
            yield _record("tb_followup", day, supervisor=answers["supervisor"], **state, **date_, **last)


def _pressure(rng: Random) -> dict[str, Any]:
    systolic, diastolic = rng.choice(((128, 80), (136, 84), (138, 88), (152, 92), (182, 112)))
    return {"systolic_bp": systolic, "diastolic_bp": diastolic, "visit_classification": rng.choice("111123")}


_CHRONIC: tuple[tuple[str, float, Callable[[Random], dict[str, Any]]], ...] = (
    ("hypertension_followup", 0.3, _pressure),
    ("type2_diabetes_followup", 0.1, lambda rng: {**_pressure(rng), "fasting_glucose": rng.choice((5.6, 6.8, 8.1))}),
    ("copd_followup", 0.04, lambda rng: {"visit_classification": rng.choice("1112"), "fev1": rng.choice((None, 1.7))}),
    ("psychosis_followup", 0.008, lambda rng: {"visit_classification": rng.choice("3332")}),
)


def _record(form_id: str, day: date, **answers: Any) -> Filed:
    kept = {key: value for key, value in answers.items() if value is not None}
    dated = {_DATES.get(form_id, "visit_date"): day.isoformat(), **kept}
    return Filed(RecordId(new_id()), FormId(form_id), day.isoformat(), dated)


_DATES = {
    "physical_exam": "exam_date",
    "elderly_tcm_constitution": "fill_date",
    "antenatal_first_visit": "record_date",
}


def _later(rng: Random, day: date, days: int) -> date:
    return day + timedelta(rng.randint(0, days))
