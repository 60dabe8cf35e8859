"""The functions that expressions may call beside CEL's own.

Days are ISO texts (``2026-11-22``, where it says so also ``2026-11`` or ``2026``). Every number is a double. A
function that can't answer (a day that doesn't exist) gives null, which makes the comparison around it unknown.
"""

import calendar
import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from jiandang_desktop.domain.growth import GrowthStandards, Indicator, OutsideTable

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable


def age_at(birth: Any, day: Any) -> float | None:
    """Completed years; somebody born on 29 February turns a year older on 28 February of a common year (D10)."""
    born, on = _day(birth), _day(day)
    if born is None or on is None or on < born:
        return None
    birthday = _in_year(born, on.year)
    return float(on.year - born.year - (1 if on < birthday else 0))


def months_between(first: Any, second: Any) -> float | None:
    """Completed calendar months from one day to another; the last day stands for a day a month lacks (D11)."""
    start, end = _day(first), _day(second)
    if start is None or end is None:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = _add_months(start, months)
    return float(months - (1 if end < reached else 0))


def days_between(first: Any, second: Any) -> float | None:
    """Days from the first day to the second; negative if the second is earlier."""
    start, end = _day(first), _day(second)
    return None if start is None or end is None else float((end - start).days)


def months_after(day: Any, months: Any) -> str | None:
    """The day so many calendar months later; the last day of a month that lacks it (D11)."""
    start = _day(day)
    return None if start is None else _add_months(start, int(months)).isoformat()


def days_after(day: Any, days: Any) -> str | None:
    """The day so many days later."""
    start = _day(day)
    return None if start is None else (start + timedelta(days=int(days))).isoformat()


def year_of(day: Any) -> float | None:
    """The year of a day, month or year."""
    return float(day[:4]) if isinstance(day, str) and day[:4].isdigit() else None


def year_end(day: Any) -> str | None:
    """31 December of the day's year."""
    return f"{day[:4]}-12-31" if isinstance(day, str) and day[:4].isdigit() else None


def not_after(first: Any, second: Any) -> bool | None:
    """Whether ``first`` isn't later than ``second``, as far as the less precise of the two tells."""
    if not isinstance(first, str) or not isinstance(second, str):
        return None
    length = min(len(first), len(second))
    return first[:length] <= second[:length]


def checksum_ok(number: Any) -> bool:
    """Whether the last character of an 18-character number is the check character of GB 11643 (ISO 7064 MOD 11-2)."""
    text = str(number)
    if len(text) != 18 or not text[:17].isascii() or not text[:17].isdigit():
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17]


def id_birth_date(number: Any) -> str | None:
    """The birth date in an 18-character number; null where it holds none."""
    text = str(number)
    if len(text) != 18 or not text[:17].isdigit():
        return None
    born = f"{text[6:10]}-{text[10:12]}-{text[12:14]}"
    return born if _day(born) else None


def id_sex(number: Any) -> str | None:
    """The sex in an 18-character number: 1 where the 17th digit is odd, else 2."""
    text = str(number)
    return None if len(text) != 18 or not text[:17].isdigit() else "1" if int(text[16]) % 2 else "2"


def as_spirits(liang: Any, drink: Any) -> float | None:
    """Liang of a drink as liang of spirits: beer / 10, red wine / 4, yellow wine / 5 (filling notes of both forms).

    ``drink`` is the code of physical_exam.alcohol_types: 1 spirits, 2 beer, 3 red wine, 4 yellow wine.
    """
    share = {"1": 1, "2": 10, "3": 4, "4": 5}.get(str(drink))
    return float(liang) / share if share and isinstance(liang, int | float) else None


def round_half_up(value: Any, places: Any) -> float | None:
    """``value`` with so many decimals, half away from zero, as people round."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    step = Decimal(1).scaleb(-int(places))
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP))


def _absolute(value: Any) -> float | None:
    return abs(float(value)) if isinstance(value, int | float) else None


def _greatest(values: Any) -> float | None:
    return max((float(value) for value in values), default=None)


def _least(values: Any) -> float | None:
    return min((float(value) for value in values), default=None)


def _total(values: Any) -> float:
    return math.fsum(float(value) for value in values)


def _growth_functions(growth: GrowthStandards | None) -> dict[str, Callable[..., Any]]:
    """Ratings of a child's measures; null where the standard says nothing, or where there is no standard."""

    def asked(what: Callable[..., Any], indicator: Any, sex: Any, days: Any, value: Any, size: Any = None) -> Any:
        if growth is None or not all(isinstance(number, int | float) for number in (days, value, size or 0)):
            return None
        try:
            return what(Indicator(str(indicator)), str(sex), int(days), float(value), size=size)
        except (OutsideTable, ValueError):
            return None

    def growth_age(birth: Any, day: Any, weeks: Any) -> float | None:
        days = days_between(birth, day)
        if growth is None or days is None:
            return days
        return float(growth.age(int(days), float(weeks) if isinstance(weeks, int | float) else None))

    def growth_level(indicator: Any, sex: Any, days: Any, value: Any) -> str | None:
        return asked(growth.level, indicator, sex, days, value) if growth else None

    def growth_z(indicator: Any, sex: Any, days: Any, value: Any) -> float | None:
        return round_half_up(asked(growth.z, indicator, sex, days, value), 2) if growth else None

    def size_level(sex: Any, days: Any, weight: Any, size: Any) -> str | None:
        return asked(growth.level, Indicator.WEIGHT_FOR_SIZE, sex, days, weight, size) if growth else None

    def size_z(sex: Any, days: Any, weight: Any, size: Any) -> float | None:
        found = asked(growth.z, Indicator.WEIGHT_FOR_SIZE, sex, days, weight, size) if growth else None
        return round_half_up(found, 2)

    def growth_standard() -> str | None:
        return growth.default if growth else None

    return {
        "growth_standard": growth_standard,
        "growth_age": growth_age,
        "growth_level": growth_level,
        "growth_z": growth_z,
        "weight_for_size_level": size_level,
        "weight_for_size_z": size_z,
    }


def functions(
    tables: Mapping[str, "CodeTable"] | None = None, growth: GrowthStandards | None = None
) -> dict[str, Callable[..., Any]]:
    """All functions by name; ``label`` needs the code tables, those of growth the growth standards."""

    def label(table: Any, code: Any) -> str | None:
        if tables is None or table not in tables:
            return None
        return next((entry.label for entry in tables[table].entries if entry.code == code), None)

    def join(parts: Any, between: Any) -> str:
        return str(between).join(str(part) for part in parts if part)

    return {
        "age_at": age_at,
        "months_between": months_between,
        "days_between": days_between,
        "months_after": months_after,
        "days_after": days_after,
        "year_of": year_of,
        "year_end": year_end,
        "not_after": not_after,
        "checksum_ok": checksum_ok,
        "id_birth_date": id_birth_date,
        "id_sex": id_sex,
        "as_spirits": as_spirits,
        "round": round_half_up,
        "abs": _absolute,
        "greatest": _greatest,
        "least": _least,
        "total": _total,
        "label": label,
        "join": join,
        **_growth_functions(growth),
    }


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        return None


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _add_months(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
