"""How a child's measures stand against a growth standard: z-scores, the three levels, the lines of a chart.

Two kinds of table (``resources/growth``): WHO's give L, M and S for each day of age or millimetre of length, the
national ones the lines of standard deviations for some months, between which a straight line is drawn (D63). Which
standard applies is data (``standards.toml``).
"""

import math
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

DAYS_OF_MONTH = Fraction(487, 16)
"""30.4375: both standards count months in such days."""

UPPER, MIDDLE, LOWER = "1", "2", "3"
"""Codes of the three levels as the forms print them."""

SPREAD = (-3, -2, -1, 0, 1, 2, 3)
"""The standard deviations whose lines a chart shows."""


class Indicator(StrEnum):
    """What is compared."""

    WEIGHT = "weight_for_age"
    LENGTH = "length_height_for_age"
    HEAD = "head_circumference_for_age"
    BMI = "bmi_for_age"
    WEIGHT_FOR_SIZE = "weight_for_height"
    """Weight for length before the standard's change to height, weight for height after it."""


class Posture(StrEnum):
    """How a child was measured."""

    LYING = "lying"
    STANDING = "standing"


_BY_WEIGHT = frozenset({Indicator.WEIGHT, Indicator.BMI, Indicator.WEIGHT_FOR_SIZE})
"""Skewed measures: beyond 3 SD WHO counts in steps of the last SD."""


class OutsideTable(ValueError):  # noqa: N818 - says what is wrong
    """The standard says nothing about this sex, age, size or value; ``what`` names which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Table(Protocol):
    def z(self, sex: str, at: float, value: float, *, stepped: bool) -> float: ...

    def line(self, sex: str, at: float, deviation: int) -> float: ...

    def reach(self, sex: str) -> tuple[float, float]: ...

    def places(self, sex: str) -> Sequence[float]: ...


class _LmsTable:
    """L, M and S at evenly spaced places; between two of them (a length of half a millimetre) a straight line."""

    def __init__(self, rows: Mapping[str, Sequence[tuple[float, ...]]]) -> None:
        self._rows = rows

    def z(self, sex: str, at: float, value: float, *, stepped: bool) -> float:
        power, median, variation = self._at(sex, at)
        z = math.log(value / median) / variation if power == 0 else ((value / median) ** power - 1) / power / variation
        if not stepped or abs(z) <= 3:
            return z
        inner, outer = (_power(power, median, variation, math.copysign(k, z)) for k in (2, 3))
        return math.copysign(3 + (value - outer) / (outer - inner), z)

    def line(self, sex: str, at: float, deviation: int) -> float:
        return _power(*self._at(sex, at), deviation)

    def reach(self, sex: str) -> tuple[float, float]:
        places = self.places(sex)
        return places[0], places[-1]

    def places(self, sex: str) -> Sequence[float]:
        return [row[0] for row in _of_sex(self._rows, sex)]

    def _at(self, sex: str, at: float) -> tuple[float, float, float]:
        rows = _of_sex(self._rows, sex)
        first, step = rows[0][0], rows[1][0] - rows[0][0]
        place = round((at - first) / step, 6)
        if not 0 <= place <= len(rows) - 1:
            raise OutsideTable("place")
        low = int(place)
        share = place - low
        if share == 0:
            return rows[low][1], rows[low][2], rows[low][3]
        near, far = rows[low][1:], rows[low + 1][1:]
        power, median, variation = (a + (b - a) * share for a, b in zip(near, far, strict=True))
        return power, median, variation


def _power(power: float, median: float, variation: float, deviation: float) -> float:
    if power == 0:
        return median * math.exp(variation * deviation)
    return float(median * (1 + power * variation * deviation) ** (1 / power))


class _DeviationTable:
    """Seven lines of standard deviations by month, rounded to a tenth between two rows (D63)."""

    def __init__(self, rows: Mapping[str, Sequence[tuple[Decimal, ...]]]) -> None:
        self._rows = rows

    def z(self, sex: str, at: float, value: float, *, stepped: bool) -> float:
        del stepped  # the lines are all there is: beyond the last one every measure counts in steps of the last SD
        lines, measured = self._lines(sex, at), _exact(value)
        place = min(max(bisect_right(lines, measured) - 1, 0), len(lines) - 2)
        low, high = lines[place], lines[place + 1]
        return float(SPREAD[place] + (measured - low) / (high - low))

    def line(self, sex: str, at: float, deviation: int) -> float:
        return float(self._lines(sex, at)[deviation + 3])

    def reach(self, sex: str) -> tuple[float, float]:
        rows = _of_sex(self._rows, sex)
        return float(int(rows[0][0]) * DAYS_OF_MONTH), float(int(rows[-1][0]) * DAYS_OF_MONTH)

    def places(self, sex: str) -> Sequence[float]:
        return [float(int(row[0]) * DAYS_OF_MONTH) for row in _of_sex(self._rows, sex)]

    def _lines(self, sex: str, days: float) -> list[Decimal]:
        rows = _of_sex(self._rows, sex)
        month = Fraction(days) / DAYS_OF_MONTH
        if not int(rows[0][0]) <= month <= int(rows[-1][0]):
            raise OutsideTable("place")
        place = max(number for number, row in enumerate(rows) if int(row[0]) <= month)
        low, high = rows[place], rows[min(place + 1, len(rows) - 1)]
        if low is high or int(low[0]) == month:
            return list(low[1:])
        share = (month - int(low[0])) / (int(high[0]) - int(low[0]))
        ends = zip(map(Fraction, low[1:]), map(Fraction, high[1:]), strict=True)
        return [_tenth(near + (far - near) * share) for near, far in ends]


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _tenth(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Standard:
    """A growth standard: its id, what it is called, the day from which height is measured, its tables."""

    id: str
    title: str
    height_from_days: int
    tables: Mapping[str, str]


class GrowthStandards:
    """The standards of one folder; a table is read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, _Table] = {}

    @cached_property
    def _settings(self) -> Mapping[str, Any]:
        with (self._folder / "standards.toml").open("rb") as file:
            return tomllib.load(file)

    @property
    def default(self) -> str:
        """Id of the standard that is used where none is named."""
        return str(self._settings["default"])

    def all(self) -> tuple[Standard, ...]:
        """The standards that can be chosen."""
        return tuple(
            Standard(raw["id"], raw["title"], raw["height_from_days"], raw["table"])
            for raw in self._settings["standard"]
        )

    def standard(self, standard_id: str = "") -> Standard:
        """A standard by its id, or the default (OutsideTable)."""
        wanted = standard_id or self.default
        found = next((one for one in self.all() if one.id == wanted), None)
        if found is None:
            raise OutsideTable("standard")
        return found

    def z(
        self,
        indicator: Indicator,
        sex: str,
        days: int,
        value: float,
        *,
        size: float | None = None,
        standard: str = "",
        posture: Posture | None = None,
    ) -> float:
        """The z-score of a measure at an age in days (OutsideTable).

        ``size`` is the length or height in cm that WEIGHT_FOR_SIZE compares with. ``posture`` says how the child was
        measured where that isn't how its age is measured; the difference is then added or taken off.
        """
        table, at, measured = self._case(indicator, days, value, size, standard, posture)
        return table.z(sex, at, measured, stepped=indicator in _BY_WEIGHT)

    def level(
        self,
        indicator: Indicator,
        sex: str,
        days: int,
        value: float,
        *,
        size: float | None = None,
        standard: str = "",
        posture: Posture | None = None,
    ) -> str:
        """UPPER beyond +2 SD, LOWER beyond -2 SD, else MIDDLE; as ``z`` (D60)."""
        table, at, measured = self._case(indicator, days, value, size, standard, posture)
        if measured > table.line(sex, at, 2):
            return UPPER
        return LOWER if measured < table.line(sex, at, -2) else MIDDLE

    def line(
        self,
        indicator: Indicator,
        sex: str,
        days: float,
        deviation: int,
        *,
        size: float | None = None,
        standard: str = "",
    ) -> float:
        """The value so many standard deviations (whole ones, -3 to 3) from the median (OutsideTable)."""
        table, at, _ = self._case(indicator, days, 1.0, size, standard, None)
        return table.line(sex, at, deviation)

    def curve(self, indicator: Indicator, sex: str, deviation: int, standard: str = "") -> list[tuple[float, float]]:
        """Points (days, value) of one line of a chart over age, as far as its table goes (OutsideTable)."""
        table = self._table(indicator, 0, self.standard(standard))
        places = table.places(sex)
        step = max(1, len(places) // 130)
        chosen = [*places[:-1:step], places[-1]]
        return [(at, table.line(sex, at, deviation)) for at in chosen]

    def reach(self, indicator: Indicator, sex: str, standard: str = "") -> tuple[float, float]:
        """First and last day that a standard knows the indicator for (OutsideTable)."""
        return self._table(indicator, 0, self.standard(standard)).reach(sex)

    def age(self, days: int, gestation_weeks: float | None = None) -> int:
        """The age that counts: a preterm child's is taken from the day it was due, up to two years (D64)."""
        settings = self._settings
        if gestation_weeks is None or gestation_weeks >= settings["full_term_weeks"]:
            return days
        if days >= settings["corrected_until_months"] * DAYS_OF_MONTH:
            return days
        return days - round((int(settings["due_weeks"]) - gestation_weeks) * 7)

    def _case(
        self,
        indicator: Indicator,
        days: float,
        value: float,
        size: float | None,
        standard_id: str,
        posture: Posture | None,
    ) -> tuple[_Table, float, float]:
        """The table, the place in it, and the measure as the table takes it."""
        if not (math.isfinite(value) and value > 0):
            raise OutsideTable("value")
        standard = self.standard(standard_id)
        table = self._table(indicator, days, standard)
        if indicator is Indicator.LENGTH:
            return table, days, self._as_measured_at(days, value, standard, posture)
        if indicator is not Indicator.WEIGHT_FOR_SIZE:
            return table, days, value
        if size is None or not math.isfinite(size):
            raise OutsideTable("size")
        return table, self._as_measured_at(days, size, standard, posture), value

    def _as_measured_at(self, days: float, size: float, standard: Standard, posture: Posture | None) -> float:
        """A size as children of this age are measured: lying before the change, standing after it."""
        usual = Posture.STANDING if days >= standard.height_from_days else Posture.LYING
        if posture is None or posture is usual:
            return size
        difference = _exact(self._settings["lying_is_longer_by"])
        return float(_exact(size) + (difference if usual is Posture.LYING else -difference))

    def _table(self, indicator: Indicator, days: float, standard: Standard) -> _Table:
        name = str(indicator)
        if indicator is Indicator.WEIGHT_FOR_SIZE:
            name = "weight_for_height" if days >= standard.height_from_days else "weight_for_length"
        file = standard.tables.get(name)
        if file is None:
            raise OutsideTable("indicator")
        if file not in self._read:
            self._read[file] = _read_table(self._folder / file)
        return self._read[file]


def _read_table(path: Path) -> _Table:
    """A table by its heading: L, M, S or the lines of standard deviations."""
    lines = list(_data_lines(path.read_text(encoding="utf-8")))
    head = lines[0]
    if head[2:] == ["L", "M", "S"]:
        return _LmsTable(_by_sex(lines[1:], float))
    return _DeviationTable(_by_sex(lines[1:], Decimal))


def _data_lines(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split(",")


def _by_sex(lines: Sequence[Sequence[str]], number: Any) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for sex, *values in lines:
        found.setdefault(sex, []).append(tuple(map(number, values)))
    return found


def _of_sex(rows: Mapping[str, Sequence[tuple[Any, ...]]], sex: str) -> Sequence[tuple[Any, ...]]:
    if sex not in rows:
        raise OutsideTable("sex")
    return rows[sex]
