"""When a village hands in: due dates in a row, and which of them a day belongs to. Dates are labels, nothing else."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Every(StrEnum):
    """How often; the values are the codes of the form ``submission_schedule``."""

    MONTH = "1"
    WEEKS = "2"
    QUARTER = "3"


_EPOCH = date(2001, 1, 1)
"""A Monday."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Monthly on ``day``, every ``weeks`` weeks counted from ``start``, or on ``day`` of each quarter's last month.

    A month that is too short ends earlier: the 31st is its last day.
    """

    every: Every = Every.MONTH
    day: int = 25
    weeks: int = 1
    start: date = _EPOCH

    def __post_init__(self) -> None:
        if not (1 <= self.day <= 31 and 1 <= self.weeks <= 26):
            raise ValueError("day from 1 to 31, weeks from 1 to 26")

    def due(self, number: int) -> date:
        """The due date with this running number."""
        if self.every is Every.WEEKS:
            return self.start + timedelta(weeks=self.weeks * number)
        months = number if self.every is Every.MONTH else 3 * number + 2
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.day, calendar.monthrange(year, month + 1)[1]))

    def last(self, day: date) -> int:
        """Number of the last due date that is not after ``day``."""
        if self.every is Every.WEEKS:
            return (day - self.start).days // (7 * self.weeks)
        months = 12 * day.year + day.month - 1
        number = months if self.every is Every.MONTH else (months - 2) // 3
        return number if self.due(number) <= day else number - 1

    def nearest(self, day: date) -> int:
        """Number of the due date that a submission of ``day`` counts for: the nearest, the earlier of two."""
        number = self.last(day)
        after = self.due(number + 1) - day
        return number if day - self.due(number) <= after else number + 1


def day_of(label: str) -> date | None:
    """The date that a time label begins with, None where it is none."""
    try:
        return date.fromisoformat(label[:10])
    except ValueError:
        return None
