"""The growth chart of a child, from the measures of all its checks."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.growth import GrowthStandards, Indicator, OutsideTable
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.functions import days_between
from jiandang_desktop.ports.vault import Reader, RecordRow, ResidentRow
from jiandang_desktop.services.desk import Desk

CHART = FormId("child_growth_chart")
_OLDEST = 2600
"""Days, as the form's table takes them."""
_NEWBORN = FormId("newborn_visit")
_VALUES = ("weight", "length_height", "head_circumference", "weight_for_height_level")


def sheet(desk: Desk, reader: Reader, resident: ResidentRow) -> dict[str, Any] | None:
    """The answers of the form ``child_growth_chart``, gathered; None where the child was never measured.

    Measures of the same day are one point. What was typed into the form itself comes last.
    """
    birth, sex = str(resident.answers.get("birth_date", "")), str(resident.answers.get("sex", ""))
    rows = reader.records_of(resident.id)
    standards = desk.bench.forms.growth
    own = next((row.answers for row in rows if row.form_id == CHART), {})
    weeks = next((row.answers.get("gestational_weeks") for row in rows if row.form_id == _NEWBORN), None)
    points = _points([*_measured(rows, _measures(desk.bench.resources), birth), *(own.get("points") or ())], birth)
    if not points:
        return None
    standard = str(own.get("standard") or standards.default)
    for point in points:
        _rate(point, standards, standard, sex, weeks)
    return {
        **({"sex_chart": sex} if sex in ("1", "2") else {}),
        **({"gestational_weeks": weeks} if weeks is not None else {}),
        "standard": standard,
        "points": points,
    }


def _measured(
    rows: Sequence[RecordRow], measures: Sequence[Mapping[str, str]], birth: str
) -> Iterator[Mapping[str, Any]]:
    """The measures of all records, as rows of the form's table."""
    for measure in measures:
        for row in rows:
            if row.form_id != measure["form"]:
                continue
            day = birth if measure["day"] == "resident.birth_date" else row.answers.get(measure["day"])
            found = {value: row.answers.get(measure[value]) for value in _VALUES if value in measure}
            yield {"visit_date": day, **{key: value for key, value in found.items() if value is not None}}


def _points(measured: Sequence[Mapping[str, Any]], birth: str) -> list[dict[str, Any]]:
    by_day: dict[str, dict[str, Any]] = {}
    for point in measured:
        day = point.get("visit_date")
        days = days_between(birth, day)
        if days is not None and 0 <= days <= _OLDEST and any(value in point for value in _VALUES[:3]):
            known = by_day.setdefault(str(day), {"visit_date": day, "age_days": int(days)})
            known |= {key: value for key, value in point.items() if key in _VALUES and key not in known}
    return [by_day[day] for day in sorted(by_day)]


def _rate(point: dict[str, Any], standards: GrowthStandards, standard: str, sex: str, weeks: Any) -> None:
    """Weight for length or height, where no doctor rated it."""
    weight, size = point.get("weight"), point.get("length_height")
    if "weight_for_height_level" in point or weight is None or size is None:
        return
    days = standards.age(point["age_days"], weeks)
    try:
        level = standards.level(Indicator.WEIGHT_FOR_SIZE, sex, days, weight, size=size, standard=standard)
    except OutsideTable:
        return
    point["weight_for_height_level"] = level


def _measures(resources: Path) -> tuple[Mapping[str, str], ...]:
    return _read(resources / "growth" / "measures.toml")


@cache
def _read(path: Path) -> tuple[Mapping[str, str], ...]:
    with path.open("rb") as file:
        return tuple(tomllib.load(file)["measure"])
