"""The yearly examination (健康体检表) of a generated person: every value fits age, sex, habits and illnesses."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from jiandang_desktop.demo.people import GeneratedResident
from jiandang_desktop.demo.traits import CORONARY, DIABETES, HYPERTENSION, STROKE, Traits

YOUNGEST_EXAMINED = 12
ELDERLY = 65
LABORATORY_FROM = 35

_NORMAL = (
    "lips", "pharynx", "hearing", "motor_function", "skin", "sclera", "lymph_nodes", "barrel_chest", "breath_sounds",
    "rales", "heart_rhythm", "heart_murmur", "abdominal_tenderness", "abdominal_mass", "hepatomegaly", "splenomegaly",
    "shifting_dullness", "leg_edema",
)  # fmt: skip


def examination(person: GeneratedResident, words: Mapping[str, Any], day: date, rng: Random) -> dict[str, Any]:
    """Answers of one examination."""
    exam = words["exam"]
    elderly = day.year - person.born.year >= ELDERLY
    found: list[str] = []
    answers: dict[str, Any] = {
        "exam_date": day.isoformat(),
        "responsible_doctor": person.answers["responsible_doctor"],
        "occupational_hazard": "1",
        **_general(person, exam, rng, found),
        **_habits(person, words, day, rng),
        **dict.fromkeys(_NORMAL, "1"),
        **_organs(person, exam, rng, found),
        **_problems(person.traits, exam, found),
    }
    if elderly:
        answers |= _elderly(rng, exam, found)
    if elderly or person.age >= LABORATORY_FROM or person.traits.illnesses:
        answers |= _laboratory(person, exam, rng, found)
    if person.traits.illnesses:
        answers["medications"] = _medications(person, words, day)
        if not answers["medications"]:
            del answers["medications"]
    return answers | _evaluation(person.traits, answers, found)


def _general(person: GeneratedResident, exam: Mapping[str, Any], rng: Random, found: list[str]) -> dict[str, Any]:
    traits = person.traits
    high = traits.has(HYPERTENSION)
    systolic = rng.randint(124, 158) if high else rng.randint(104, 134)
    diastolic = rng.randint(72, 94) if high else rng.randint(62, 84)
    if high:
        pressure = systolic >= 140 or diastolic >= 90
        found.append(exam["hypertension_high" if pressure else "hypertension"])
    pulse = rng.randint(60, 88)
    symptoms = rng.choices((["1"], ["14"], ["13"], ["16"]), (82, 8, 6, 4))[0] if person.age >= 45 else ["1"]
    if symptoms != ["1"]:
        found.append(exam["symptoms"])
    return {
        "symptoms": symptoms,
        "temperature": round(36 + rng.randint(1, 8) / 10, 1),
        "pulse_rate": pulse,
        "heart_rate": pulse,
        "respiratory_rate": rng.randint(15, 20),
        "bp_left_systolic": systolic,
        "bp_left_diastolic": diastolic,
        "bp_right_systolic": systolic + rng.randint(-3, 5),
        "bp_right_diastolic": diastolic + rng.randint(-3, 3),
        "height": traits.height,
        "weight": round(traits.weight + rng.randint(-4, 4) / 10, 1),
        "waist": round(max(52.0, traits.bmi * 3.1 + (6 if person.sex == "1" else 2) + rng.uniform(-3, 3)), 1),
    }


def _habits(person: GeneratedResident, words: Mapping[str, Any], day: date, rng: Random) -> dict[str, Any]:
    traits = person.traits
    age = (day - person.born).days // 366
    answers: dict[str, Any] = {
        "exercise_frequency": traits.exercise,
        "diet_habits": list(traits.diet),
        "smoking_status": traits.smoking,
        "drinking_frequency": traits.drinking,
    }
    if traits.exercise != "4":
        answers["exercise_minutes"] = rng.choice((20, 30, 30, 40, 60))
        answers["exercise_years"] = rng.randint(1, max(1, min(20, age - 10)))
        answers["exercise_type"] = rng.choice(words["life"]["exercise"])
    if traits.smoking != "1":
        answers["cigarettes_per_day"] = traits.cigarettes
        answers["smoking_start_age"] = min(traits.smoking_start_age, age)
    if traits.smoking == "2":
        answers["smoking_quit_age"] = max(answers["smoking_start_age"], age - rng.randint(1, 10))
    if traits.drinking != "1":
        answers |= {
            "alcohol_per_day": traits.liang,
            "alcohol_quit": "1",
            "alcohol_start_age": min(traits.drinking_start_age, age),
            "drunk_past_year": "2",
            "alcohol_types": rng.choice((["1"], ["1", "2"], ["2"])),
        }
    return answers


def _organs(person: GeneratedResident, exam: Mapping[str, Any], rng: Random, found: list[str]) -> dict[str, Any]:
    sight = 5.0 if person.age < 45 else 4.9 if person.age < 65 else 4.6
    answers: dict[str, Any] = {
        "dentition": ["1"],
        "vision_left": round(sight + rng.randint(-3, 1) / 10, 1),
        "vision_right": round(sight + rng.randint(-3, 1) / 10, 1),
        "dorsalis_pedis_pulse": "2",
    }
    if person.age >= 60 and rng.random() < 0.4:
        answers["dentition"] = ["2"]
        answers["dentition_teeth"] = [
            {"row": "missing", "lower_left": rng.choice("4567"), "upper_right": rng.choice("4567")}
        ]
        found.append(exam["missing_teeth"])
    return answers


def _elderly(rng: Random, exam: Mapping[str, Any], found: list[str]) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "elderly_health_self_rating": rng.choices("123", (45, 40, 15))[0],
        "elderly_self_care_rating": "1",
        "elderly_cognition_screen": "1",
        "elderly_emotion_screen": "1",
    }
    if rng.random() < 0.05:
        answers["elderly_cognition_screen"] = "2"
        answers["mmse_score"] = rng.randint(14, 23)
        found.append(exam["screening_positive"])
    return answers


def _laboratory(person: GeneratedResident, exam: Mapping[str, Any], rng: Random, found: list[str]) -> dict[str, Any]:
    glucose = rng.randint(58, 92) / 10 if person.traits.has(DIABETES) else rng.randint(43, 60) / 10
    if glucose >= 7:
        found.append(exam["high_glucose"])
    answers: dict[str, Any] = {
        "hemoglobin": rng.randint(128, 162) if person.sex == "1" else rng.randint(114, 148),
        "wbc": rng.randint(42, 92) / 10,
        "platelets": rng.randint(130, 290),
        "urine_protein": exam["negative"],
        "urine_glucose": exam["positive"] if glucose >= 8.8 else exam["negative"],
        "urine_ketone": exam["negative"],
        "urine_occult_blood": rng.choices((exam["negative"], exam["trace"]), (93, 7))[0],
        "fasting_glucose_mmol": glucose,
        "ecg": "1",
        "alt": rng.randint(9, 38),
        "ast": rng.randint(12, 36),
        "total_bilirubin": rng.randint(70, 180) / 10,
        "serum_creatinine": rng.randint(52, 98),
        "serum_urea": rng.randint(35, 74) / 10,
        "total_cholesterol": rng.randint(36, 59) / 10,
        "triglycerides": rng.randint(7, 21) / 10,
        "ldl_c": rng.randint(17, 36) / 10,
        "hdl_c": rng.randint(10, 18) / 10,
        "abdominal_ultrasound": "1",
    }
    for field, share in (("ecg", 0.14), ("abdominal_ultrasound", 0.2)):
        if rng.random() < share:
            words = rng.choice(exam["ecg" if field == "ecg" else "ultrasound"])
            answers |= {field: "2", f"{field}.2": words}
            found.append(words)
    return answers


def _problems(traits: Traits, exam: Mapping[str, Any], found: list[str]) -> dict[str, Any]:
    answers: dict[str, Any] = {name: ["1"] for name in ("cerebrovascular", "kidney", "heart", "vascular", "eye")}
    answers |= {"nervous_system": "1", "other_systems": "1"}
    if traits.has(STROKE):
        answers["cerebrovascular"] = ["2"]
        found.append(exam["stroke_sequela"])
    if traits.has(CORONARY):
        answers["heart"] = ["3"]
        found.append(exam["coronary"])
    if traits.has(DIABETES):
        found.append(exam["diabetes"])
    return answers


def _medications(person: GeneratedResident, words: Mapping[str, Any], day: date) -> list[dict[str, str]]:
    exam = words["exam"]
    rows = []
    for illness in person.traits.illnesses:
        drug = drug_for(person, words, illness.code)
        if drug is not None:
            rows.append(
                {
                    "drug": drug["name"],
                    "route": exam["oral"],
                    "dose": exam["daily"].format(times=drug["times"], dose=drug["dose"]),
                    "duration": exam["years"].format(years=max(1, day.year - int(illness.diagnosed_on[:4]))),
                    "adherence": "1",
                }
            )
    return rows


def drug_for(person: GeneratedResident, words: Mapping[str, Any], disease: str) -> Mapping[str, Any] | None:
    """The drug that a person takes against a disease: always the same one."""
    drugs = [drug for drug in words["drug"] if drug["disease"] == disease]
    return drugs[person.number % len(drugs)] if drugs else None


def _evaluation(traits: Traits, answers: Mapping[str, Any], found: list[str]) -> dict[str, Any]:
    if not found:
        return {"evaluation": "1"}
    made: dict[str, Any] = {"evaluation": "2"}
    made |= {f"abnormality_{place}": words for place, words in enumerate(found[:4], start=1)}
    chronic = traits.has(HYPERTENSION) or traits.has(DIABETES)
    made["guidance"] = ["1"] if chronic else ["2"]
    bmi = answers["weight"] / (answers["height"] / 100) ** 2
    risks = {
        "1": traits.smoking == "3",
        "2": traits.drinking in {"3", "4"},
        "3": any(habit in {"4", "5", "6"} for habit in traits.diet),
        "4": traits.exercise in {"3", "4"},
        "5": round(bmi, 2) >= 24,
    }
    owed = [code for code, present in risks.items() if present]
    if owed:
        made["risk_control"] = owed
    if "5" in owed:
        made["target_weight"] = round(answers["weight"] - 3, 1)
    return made
