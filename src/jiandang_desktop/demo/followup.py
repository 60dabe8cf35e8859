"""Follow-up visits of a generated person with hypertension, each classified by the rules of the programme.

National specification 2017: controlled below 140/90 (150/90 from 65), routine visit within three months; not
controlled: again within two weeks, and a referral if it happens twice running (rules 3.4).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from jiandang_desktop.demo.examination import ELDERLY, drug_for
from jiandang_desktop.demo.people import GeneratedResident
from jiandang_desktop.demo.traits import HYPERTENSION

CONTROLLED, NOT_CONTROLLED = "1", "2"
MOST_VISITS = 6
ROUTINE = timedelta(days=84)
RECALL = timedelta(days=14)
LOOK_BACK = timedelta(days=420)


def followups(
    person: GeneratedResident, words: Mapping[str, Any], today: date, rng: Random
) -> Iterator[tuple[date, dict[str, Any]]]:
    """Visits in order, up to today; some people's next visit is overdue by then."""
    diagnosed = _last_day(illness.diagnosed_on for illness in person.traits.illnesses if illness.code == HYPERTENSION)
    day = max(person.filed_on, diagnosed, today - LOOK_BACK) + timedelta(days=rng.randint(1, 60))
    stops = rng.randint(1, MOST_VISITS) if rng.random() < 0.15 else MOST_VISITS
    before = ""
    for _ in range(stops):
        if day > today:
            return
        grade = NOT_CONTROLLED if rng.random() < (0.12 if before == NOT_CONTROLLED else 0.24) else CONTROLLED
        following = day + (ROUTINE if grade == CONTROLLED else RECALL)
        answers = _visit(person, words, day, grade, rng) | {"next_visit_date": following.isoformat()}
        if grade == before == NOT_CONTROLLED:
            answers["referral_reason"] = words["followup"]["referral_reason"]
            answers["referral_institution_dept"] = words["followup"]["referral_place"]
        yield day, answers
        before = grade
        day = following + timedelta(days=rng.randint(-2, 0 if grade == NOT_CONTROLLED else 5))


def _visit(person: GeneratedResident, words: Mapping[str, Any], day: date, grade: str, rng: Random) -> dict[str, Any]:
    return {
        "visit_date": day.isoformat(),
        "visit_method": rng.choices("12", (60, 40))[0],
        "symptoms": rng.choices((["1"], ["8"], ["9"]), (88, 8, 4))[0],
        **_signs(person, day, grade, rng),
        **_lifestyle(person, rng),
        "psychological_adjustment": rng.choices("12", (80, 20))[0],
        "compliance_behavior": "1" if grade == CONTROLLED else "2",
        "medication_adherence": "1" if grade == CONTROLLED else rng.choice("12"),
        "adverse_drug_reaction": "1",
        "visit_classification": grade,
        "medications": _medications(person, words),
        "doctor_signature": person.answers["responsible_doctor"],
    }


def _signs(person: GeneratedResident, day: date, grade: str, rng: Random) -> dict[str, Any]:
    goal = 150 if (day - person.born).days // 365.25 >= ELDERLY else 140
    weight = round(person.traits.weight + rng.randint(-6, 4) / 10, 1)
    low = grade == CONTROLLED
    return {
        "systolic_bp": rng.randint(118, goal - 4) if low else rng.randint(goal + 2, goal + 20),
        "diastolic_bp": rng.randint(68, 88) if low else rng.randint(80, 98),
        "weight": weight,
        "weight_target": round(weight - 2, 1) if person.traits.bmi >= 24 else weight,
        "bmi": round(weight / (person.traits.height / 100) ** 2, 1),
        "heart_rate": rng.randint(60, 88),
    }


def _lifestyle(person: GeneratedResident, rng: Random) -> dict[str, Any]:
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
        "salt_current": "3" if "4" in traits.diet else rng.choice("12"),
        "salt_target": "1",
    }


def _medications(person: GeneratedResident, words: Mapping[str, Any]) -> list[dict[str, Any]]:
    drug = drug_for(person, words, HYPERTENSION)
    if drug is None:
        return []
    return [{"drug_name": drug["name"], "times_per_day": drug["times"], "dose_each": drug["dose"]}]


def _last_day(months: Iterator[str]) -> date:
    return max((date(int(month[:4]), int(month[5:7]), 28) for month in months), default=date.min)
