"""What was written down about a generated person: the first record, examinations, follow-ups, encounters.

Answers carry the field ids of the forms and fit the person: sex, age, illnesses, habits. Fields that the program
derives or computes are left to it. Nothing here needs confirming when it is filed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from jiandang_desktop.demo.examination import YOUNGEST_EXAMINED, examination
from jiandang_desktop.demo.followup import diabetes_followups, followups
from jiandang_desktop.demo.people import ADULT, HAS_PHONE_FROM, GeneratedResident
from jiandang_desktop.demo.traits import (
    CANCER,
    CORONARY,
    DIABETES,
    HYPERTENSION,
    OTHER,
    STROKE,
    YOUNGEST_CHRONIC,
    Illness,
    Traits,
)
from jiandang_desktop.domain.records import FormId

YOUNGEST_WITH_FORM = 7
"""Children under 7 have forms of their own instead (national specification, filling notes)."""

_CARD_DISEASES = {HYPERTENSION: "2", DIABETES: "3", STROKE: "4", CORONARY: "5"}
_INHERITED = ("2", "3", "4", "5", "6", "7")


@dataclass(frozen=True, slots=True)
class GeneratedRecord:
    """One record: its form, the day it is about and the answers as typed."""

    form_id: FormId
    day: date
    answers: Mapping[str, Any]


def records_for(
    person: GeneratedResident, words: Mapping[str, Any], today: date, seed: int = 0
) -> tuple[GeneratedRecord, ...]:
    """A person's records in the order in which they were written; none for who declined or is under 7."""
    if person.refuses or person.age < YOUNGEST_WITH_FORM:
        return ()
    rng = Random(f"{seed}/{person.number}")  # noqa: S311 - repeatable on purpose, nothing secret
    basics = personal_info(person, words, rng)
    made = [
        GeneratedRecord(FormId("personal_info"), person.filed_on, basics),
        GeneratedRecord(FormId("health_record_card"), person.filed_on, card(person, words, basics)),
        *_later(person, words, today, rng),
    ]
    return tuple(sorted(made, key=lambda record: record.day))


def _later(person: GeneratedResident, words: Mapping[str, Any], today: date, rng: Random) -> Iterator[GeneratedRecord]:
    if person.age >= YOUNGEST_EXAMINED:
        for day in _examination_days(person, today, rng):
            yield GeneratedRecord(FormId("physical_exam"), day, examination(person, words, day, rng))
    grown = person.age > YOUNGEST_CHRONIC + 1
    pressures = dict(followups(person, words, today, rng)) if person.traits.has(HYPERTENSION) and grown else {}
    for day, answers in pressures.items():
        yield GeneratedRecord(FormId("hypertension_followup"), day, answers)
    if rng.random() < 0.3:
        day = _between(rng, max(person.filed_on, today - timedelta(days=300)), today)
        yield GeneratedRecord(FormId("encounter_record"), day, encounter(person, words, day, rng))
    if person.traits.has(DIABETES) and grown:
        for day, answers in diabetes_followups(person, words, today, rng, pressures):
            yield GeneratedRecord(FormId("type2_diabetes_followup"), day, answers)


def _examination_days(person: GeneratedResident, today: date, rng: Random) -> Iterator[date]:
    year_before = date(today.year - 1, 3, 1)
    if person.filed_on <= year_before and (person.age >= 66 or person.traits.illnesses):
        yield _between(rng, year_before, date(today.year - 1, 11, 30))
    yield _between(rng, max(person.filed_on, date(today.year, 1, 1)), today)


def personal_info(person: GeneratedResident, words: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    """Answers of the personal basic information form."""
    life, traits = words["life"], person.traits
    answers: dict[str, Any] = {
        "contact_name": person.contact_name,
        "contact_phone": person.contact_phone,
        "blood_type_abo": rng.choices("12345", (12, 14, 14, 5, 55))[0],
        "education": traits.education,
        "occupation": _occupation(person, rng),
        "marital_status": person.married,
        "payment_methods": rng.choices((["3"], ["1"], ["3", "5"], ["7"]), (86, 7, 5, 2))[0],
        "exposure_history": ["2"] if rng.random() < 0.03 else ["1"],
        "past_diseases": [_past(illness, life, rng) for illness in traits.illnesses] or [{"disease": "1"}],
        "trauma_flag": "1",
        "transfusion_flag": "1",
        "father": _relatives(person.parents[0], rng),
        "mother": _relatives(person.parents[1], rng),
        "siblings": _relatives(None, rng),
        "children": sorted({code for child in person.children for code in _illnesses_of(child)}, key=int) or ["1"],
        "genetic_disease": "1",
        "disability": ["5"] if traits.has(STROKE) and rng.random() < 0.3 else ["1"],
    }
    answers["blood_type_rh"] = "3" if answers["blood_type_abo"] == "5" else "2"
    if person.age >= HAS_PHONE_FROM:
        answers["workplace"] = _workplace(person, life, rng)
    answers |= _allergies(life, rng) | _surgery(person, life, rng)
    for field in ("kitchen_exhaust", "fuel_type", "drinking_water", "toilet", "livestock_pen"):
        answers[field] = person.household[field]
    return answers


def card(person: GeneratedResident, words: Mapping[str, Any], basics: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of the information card, from those of the basic information."""
    codes = {_CARD_DISEASES.get(illness.code, "8") for illness in person.traits.illnesses}
    answers: dict[str, Any] = {
        "chronic_diseases": sorted(codes) or ["1"],
        "allergy": _allergy_words(basics, words["life"]),
        "emergency_contact": person.contact_name,
        "emergency_phone": person.contact_phone,
    }
    if "8" in codes:
        answers["chronic_diseases.8"] = words["life"]["see_record"]
    if "phone" in person.answers:
        answers["home_phone"] = person.answers["phone"]
    return answers


def encounter(person: GeneratedResident, words: Mapping[str, Any], day: date, rng: Random) -> dict[str, Any]:
    """Answers of one encounter for a passing complaint."""
    story = rng.choice(words["encounter"])
    values = {"days": rng.randint(2, 7), "hours": rng.randint(1, 5), "tenth": rng.randint(2, 8)}
    answers = {part: story[part].format(**values) for part in ("subjective", "objective", "assessment", "plan")}
    return {**answers, "doctor": person.answers["responsible_doctor"], "encounter_date": day.isoformat()}


def _occupation(person: GeneratedResident, rng: Random) -> str:
    if person.age < ADULT:
        return "8"
    return rng.choices("4358", (80, 8, 8, 4))[0]


def _workplace(person: GeneratedResident, life: Mapping[str, Any], rng: Random) -> str:
    if person.age < ADULT:
        return str(life["school"])
    if person.age >= 70:
        return str(life["former"])
    return str(rng.choices((life["farming"], rng.choice(life["other_work"]), life["no_work"]), (82, 14, 4))[0])


def _past(illness: Illness, life: Mapping[str, Any], rng: Random) -> dict[str, str]:
    row = {"disease": illness.code, "diagnosed_on": illness.diagnosed_on}
    if illness.code in {CANCER, OTHER}:
        row["disease_text"] = rng.choice(life["cancers" if illness.code == CANCER else "other_diseases"])
    return row


def _illnesses_of(relative: Traits) -> list[str]:
    return [illness.code for illness in relative.illnesses if illness.code in _INHERITED]


def _relatives(relative: Traits | None, rng: Random) -> list[str]:
    known = _illnesses_of(relative) if relative is not None else [code for code in "2347" if rng.random() < 0.06]
    return sorted(known, key=int) or ["1"]


def _allergies(life: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    kind = rng.choices(("1", "2", "3", "5"), (92, 5, 1, 2))[0]
    found: dict[str, Any] = {"drug_allergy": [kind]}
    if kind == "5":
        found["drug_allergy.5"] = rng.choice(life["drug_allergies"])
    return found


def _allergy_words(basics: Mapping[str, Any], life: Mapping[str, Any]) -> str:
    (kind,) = basics["drug_allergy"]
    return str(basics.get("drug_allergy.5") or life["allergy_words"][kind])


def _surgery(person: GeneratedResident, life: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    if person.age < 30 or rng.random() > 0.12:
        return {"surgery_flag": "1"}
    year = rng.randint(person.born.year + 25, person.filed_on.year - 1) if person.age > 40 else None
    if year is None:
        return {"surgery_flag": "1"}
    women_only = person.sex == "1"
    choices = life["surgeries"][:-1] if women_only else life["surgeries"]
    return {"surgery_flag": "2", "surgery_list": [{"name": rng.choice(choices), "occurred_on": str(year)}]}


def _between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))
