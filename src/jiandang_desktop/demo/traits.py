"""What makes a generated person a believable one: body, habits, schooling, illnesses, each fitting the age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

HYPERTENSION, DIABETES, CORONARY, COPD, CANCER, STROKE = "2", "3", "4", "5", "6", "7"
MENTAL, TUBERCULOSIS, HEPATITIS, OTHER = "8", "9", "10", "13"
YOUNGEST_CHRONIC = 35

_ILLNESSES: tuple[tuple[str, int, float, float, float], ...] = (
    # code, from age, share at that age, more per year, at most
    (HYPERTENSION, 35, 0.08, 0.011, 0.52),
    (DIABETES, 35, 0.02, 0.004, 0.18),
    (CORONARY, 48, 0.03, 0.004, 0.15),
    (STROKE, 55, 0.03, 0.003, 0.12),
    (COPD, 50, 0.02, 0.002, 0.08),
    (CANCER, 45, 0.01, 0.001, 0.03),
    (MENTAL, 20, 0.006, 0.0, 0.006),
    (TUBERCULOSIS, 20, 0.004, 0.0, 0.004),
    (HEPATITIS, 20, 0.01, 0.0, 0.01),
    (OTHER, 25, 0.05, 0.002, 0.15),
)
_YOUNGEST_AT_DIAGNOSIS = {HYPERTENSION: 32, DIABETES: 32, CORONARY: 45, STROKE: 50, COPD: 45, CANCER: 40}


@dataclass(frozen=True, slots=True)
class Illness:
    """A disease of ``personal_info.past_diseases`` and the month (YYYY-MM) of its diagnosis."""

    code: str
    diagnosed_on: str


@dataclass(frozen=True, slots=True)
class Traits:
    """A person's lasting facts. Heights in cm, weights in kg; codes are those of the forms."""

    height: float
    weight: float
    smoking: str
    smoking_start_age: int
    cigarettes: int
    drinking: str
    drinking_start_age: int
    liang: float
    exercise: str
    diet: tuple[str, ...]
    education: str
    illnesses: tuple[Illness, ...]

    def has(self, code: str) -> bool:
        """Whether the person has a disease."""
        return any(illness.code == code for illness in self.illnesses)

    @property
    def bmi(self) -> float:
        """Body mass index, kg/m²."""
        return self.weight / (self.height / 100) ** 2


def some_traits(rng: Random, sex: str, born: date, age: int, today: date) -> Traits:
    """Traits that fit sex and age."""
    height = _height(rng, sex, age)
    low, high = (20.0, 27.3) if age >= 18 else (16.5, 21.0)
    smoking = _smoking(rng, sex, age)
    drinking = _drinking(rng, sex, age)
    return Traits(
        height=height,
        weight=round(rng.uniform(low, high) * (height / 100) ** 2, 1),
        smoking=smoking,
        smoking_start_age=rng.randint(16, 24),
        cigarettes=rng.choice((5, 8, 10, 10, 15, 20, 20)),
        drinking=drinking,
        drinking_start_age=rng.randint(18, 28),
        liang=rng.choice((0.5, 1.0, 1.0, 1.5, 2.0)),
        exercise=rng.choices(("1", "2", "3", "4"), (35, 25, 20, 20))[0],
        diet=_diet(rng),
        education=_education(rng, age),
        illnesses=tuple(_illnesses(rng, born, age, today)),
    )


def _height(rng: Random, sex: str, age: int) -> float:
    if age < 18:
        grown = 76 + 6.3 * age if age < 12 else 148 + 3.2 * (age - 11)
        return round(min(grown, 172 if sex == "1" else 160) + rng.uniform(-3, 3), 1)
    tall = 170.5 if sex == "1" else 159.0
    return round(tall - max(0, age - 45) * 0.12 + rng.gauss(0, 4.0), 1)


def _smoking(rng: Random, sex: str, age: int) -> str:
    if age < 25:
        return "1"
    return rng.choices(("1", "2", "3"), (40, 14, 46) if sex == "1" else (95, 2, 3))[0]


def _drinking(rng: Random, sex: str, age: int) -> str:
    if age < 30:
        return "1"
    return rng.choices(("1", "2", "3", "4"), (42, 34, 16, 8) if sex == "1" else (92, 7, 1, 0))[0]


def _diet(rng: Random) -> tuple[str, ...]:
    base = rng.choices(("1", "2", "3"), (70, 18, 12))[0]
    return (base, "4") if rng.random() < 0.25 else (base,)


def _education(rng: Random, age: int) -> str:
    if age < 13:
        return "8" if age >= 7 else "9"
    if age < 16:
        return "7"
    if age < 19:
        return "6"
    if age >= 70:
        return rng.choices(("9", "8", "7"), (45, 42, 13))[0]
    if age >= 45:
        return rng.choices(("9", "8", "7", "6"), (8, 38, 44, 10))[0]
    return rng.choices(("8", "7", "6", "4", "3", "2"), (12, 46, 18, 8, 10, 6))[0]


def _illnesses(rng: Random, born: date, age: int, today: date) -> Iterable[Illness]:
    for code, from_age, share, more, most in _ILLNESSES:
        if age >= from_age and rng.random() < min(most, share + more * (age - from_age)):
            yield Illness(code, _diagnosed(rng, born, today, _YOUNGEST_AT_DIAGNOSIS.get(code, 18)))


def _diagnosed(rng: Random, born: date, today: date, youngest: int) -> str:
    first = max(born.year + youngest, today.year - 16)
    year = rng.randint(min(first, today.year - 1), today.year - 1)
    return f"{year}-{rng.randint(1, 12):02d}"
