"""Follow-up visits of a generated person with hypertension or diabetes, each classified by the rules of the programme.

National specification 2017: controlled (below 140/90, 150/90 from 65; fasting glucose below 7.0), routine visit within
three months; not controlled: again within two weeks, and a referral if it happens twice running (rules 3.4, 3.5).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from jiandang_desktop.demo.examination import ELDERLY, drug_for
from jiandang_desktop.demo.people import GeneratedResident
from jiandang_desktop.demo.traits import DIABETES, HYPERTENSION

CONTROLLED, NOT_CONTROLLED = "1", "2"
MOST_VISITS = 6
ROUTINE = timedelta(days=84)
RECALL = timedelta(days=14)
LOOK_BACK = timedelta(days=420)

Visit = tuple[date, dict[str, Any]]

_MEASURED_ONCE = (
    "systolic_bp", "diastolic_bp", "weight", "weight_target", "bmi", "smoking_current", "smoking_target",
    "drinking_current", "drinking_target", "exercise_times_current", "exercise_minutes_current",
    "exercise_times_target", "exercise_minutes_target", "psychological_adjustment",
)  # fmt: skip
"""What both sheets ask: on one day it has one answer."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A visit before it is filled in."""

    day: date
    grade: str
    again: bool
    """Not controlled at the visit before either."""
    following: date


def followups(person: GeneratedResident, words: Mapping[str, Any], today: date, rng: Random) -> Iterator[Visit]:
    """Hypertension visits in order, up to today; some people's next visit is overdue by then."""
    for plan in _planned(person, HYPERTENSION, today, rng):
        answers = {
            **_visit(person, words, plan, HYPERTENSION, rng.choices((["1"], ["8"], ["9"]), (88, 8, 4))[0], rng),
            **_pressure(person, plan, rng),
            **_body(person, rng),
            "heart_rate": rng.randint(60, 88),
            **_habits(person),
            "salt_current": "3" if "4" in person.traits.diet else rng.choice("12"),
            "salt_target": "1",
        }
        yield plan.day, answers


def diabetes_followups(
    person: GeneratedResident, words: Mapping[str, Any], today: date, rng: Random, pressures: Mapping[date, Any]
) -> Iterator[Visit]:
    """Diabetes visits in order; ``pressures`` are the person's hypertension visits by day, for what both ask."""
    for plan in _planned(person, DIABETES, today, rng):
        answers = {
            **_visit(person, words, plan, DIABETES, rng.choices((["1"], ["7"], ["8"]), (84, 12, 4))[0], rng),
            "systolic_bp": rng.randint(122, 154) if person.traits.has(HYPERTENSION) else rng.randint(106, 136),
            "diastolic_bp": rng.randint(72, 92) if person.traits.has(HYPERTENSION) else rng.randint(64, 84),
            **_body(person, rng),
            **_foot(words, rng),
            **_habits(person),
            **_staple(rng),
            **_glucose(plan, rng),
            "hypoglycemia": "1",
        }
        at_once = pressures.get(plan.day, {})
        yield plan.day, answers | {key: at_once[key] for key in _MEASURED_ONCE if key in at_once}


def _planned(person: GeneratedResident, disease: str, today: date, rng: Random) -> Iterator[_Planned]:
    diagnosed = _last_day(illness.diagnosed_on for illness in person.traits.illnesses if illness.code == disease)
    day = max(person.filed_on, diagnosed, today - LOOK_BACK) + timedelta(days=rng.randint(1, 60))
    stops = rng.randint(1, MOST_VISITS) if rng.random() < 0.15 else MOST_VISITS
    before = ""
    for _ in range(stops):
        if day > today:
            return
        grade = NOT_CONTROLLED if rng.random() < (0.12 if before == NOT_CONTROLLED else 0.24) else CONTROLLED
        following = day + (ROUTINE if grade == CONTROLLED else RECALL)
        yield _Planned(day, grade, grade == before == NOT_CONTROLLED, following)
        before = grade
        day = following + timedelta(days=rng.randint(-2, 0 if grade == NOT_CONTROLLED else 5))


def _visit(
    person: GeneratedResident,
    words: Mapping[str, Any],
    plan: _Planned,
    disease: str,
    symptoms: list[str],
    rng: Random,
) -> dict[str, Any]:
    """What both forms ask about the visit itself."""
    answers = {
        "visit_date": plan.day.isoformat(),
        "visit_method": rng.choices("12", (60, 40))[0],
        "symptoms": symptoms,
        "psychological_adjustment": rng.choices("12", (80, 20))[0],
        "compliance_behavior": "1" if plan.grade == CONTROLLED else "2",
        "medication_adherence": "1" if plan.grade == CONTROLLED else rng.choice("12"),
        "adverse_drug_reaction": "1",
        "visit_classification": plan.grade,
        "medications": _medications(person, words, disease),
        "next_visit_date": plan.following.isoformat(),
        "doctor_signature": person.answers["responsible_doctor"],
    }
    if plan.again:
        told = next(entry for entry in words["referral"] if entry["disease"] == disease)
        answers["referral_reason"] = told["reason"]
        answers["referral_institution_dept"] = told["place"]
    return answers


def _pressure(person: GeneratedResident, plan: _Planned, rng: Random) -> dict[str, Any]:
    goal = 150 if (plan.day - person.born).days // 365.25 >= ELDERLY else 140
    low = plan.grade == CONTROLLED
    return {
        "systolic_bp": rng.randint(118, goal - 4) if low else rng.randint(goal + 2, goal + 20),
        "diastolic_bp": rng.randint(68, 88) if low else rng.randint(80, 98),
    }


def _body(person: GeneratedResident, rng: Random) -> dict[str, Any]:
    weight = round(person.traits.weight + rng.randint(-6, 4) / 10, 1)
    return {
        "weight": weight,
        "weight_target": round(weight - 2, 1) if person.traits.bmi >= 24 else weight,
        "bmi": round(weight / (person.traits.height / 100) ** 2, 1),
    }


def _foot(words: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    if rng.random() > 0.04:
        return {"dorsalis_pedis": "1"}
    return {
        "dorsalis_pedis": "2",
        "dorsalis_pedis_side": rng.choice("123"),
        "signs_other": words["followup"]["foot"],
    }


def _staple(rng: Random) -> dict[str, Any]:
    eaten = rng.randrange(200, 450, 50)
    return {"staple_current": eaten, "staple_target": min(eaten, 300)}


def _glucose(plan: _Planned, rng: Random) -> dict[str, Any]:
    """Fasting glucose, now and then with the long-term value of the same day."""
    low = plan.grade == CONTROLLED
    found: dict[str, Any] = {"fasting_glucose": (rng.randint(48, 69) if low else rng.randint(70, 124)) / 10}
    if rng.random() < 0.25:
        found["hba1c"] = (rng.randint(57, 69) if low else rng.randint(70, 92)) / 10
        found["hba1c_date"] = plan.day.isoformat()
    return found


def _habits(person: GeneratedResident) -> dict[str, Any]:
    traits = person.traits
    cigarettes = traits.cigarettes if traits.smoking == "3" else 0
    liang = traits.liang if traits.drinking in {"3", "4"} else 0
    times = {"1": 7, "2": 4, "3": 2, "4": 0}[traits.exercise]
    return {
        "smoking_current": cigarettes,
        "smoking_target": cigarettes // 2,
        "drinking_current": liang,
        "drinking_target": round(liang / 2, 1),
        "exercise_times_current": times,
        "exercise_minutes_current": 30 if times else 0,
        "exercise_times_target": max(times, 5),
        "exercise_minutes_target": 30,
    }


def _medications(person: GeneratedResident, words: Mapping[str, Any], disease: str) -> list[dict[str, Any]]:
    drug = drug_for(person, words, disease)
    if drug is None:
        return []
    return [{"drug_name": drug["name"], "times_per_day": drug["times"], "dose_each": drug["dose"]}]


def _last_day(months: Iterator[str]) -> date:
    return max((date(int(month[:4]), int(month[5:7]), 28) for month in months), default=date.min)
