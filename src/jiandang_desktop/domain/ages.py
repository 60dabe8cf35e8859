"""An age as people say it: days for the newborn, months for the small child, then years."""

from datetime import date
from enum import StrEnum

_MONTHS_UNTIL = 24


class AgeUnit(StrEnum):
    """What an age is counted in."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


def spoken_age(birth_date: str, on: date) -> tuple[AgeUnit, int] | None:
    """Completed years; months below two years, days in the first month; None without a whole day of birth."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 1:
        return AgeUnit.DAYS, max((on - born).days, 0)
    if months < _MONTHS_UNTIL:
        return AgeUnit.MONTHS, months
    return AgeUnit.YEARS, months // 12
