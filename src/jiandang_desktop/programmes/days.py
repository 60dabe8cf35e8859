"""Days as ISO texts: quick arithmetic for windows. Months and leap days count as everywhere (D10, D11)."""

from functools import lru_cache

from jiandang_desktop.forms import functions
from jiandang_desktop.programmes.duties import NEVER


def is_day(text: object) -> bool:
    """Whether it is a whole day that exists."""
    return isinstance(text, str) and _exists(text)


@lru_cache(maxsize=65536)
def _exists(text: str) -> bool:
    return functions.days_between(text, text) is not None


@lru_cache(maxsize=65536)
def days_after(day: str, days: int) -> str:
    """The day so many days later; NEVER beyond the calendar's end."""
    try:
        return str(functions.days_after(day, days))
    except OverflowError:
        return NEVER


@lru_cache(maxsize=65536)
def months_after(day: str, months: int) -> str:
    """The day so many calendar months later, the last of a month that lacks it (D11)."""
    try:
        return str(functions.months_after(day, months))
    except (OverflowError, ValueError):
        return NEVER


def birthday(birth: str, years: int) -> str:
    """The day on which somebody completes so many years (D10)."""
    return months_after(birth, 12 * years)


def in_year(day: str, year: str) -> str:
    """The same day of another year."""
    return f"{year}-02-28" if day[5:] == "02-29" and not is_day(f"{year}-02-29") else f"{year}{day[4:]}"


def year_after(day: str) -> str:
    """1 January of the year after the day's."""
    return f"{int(day[:4]) + 1:04d}-01-01"
