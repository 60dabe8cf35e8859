"""Due dates in a row, and which one a day counts for."""

from datetime import date, timedelta

import pytest

from jiandang_desktop.domain.schedules import Every, Schedule

MONTHLY = Schedule()
LAST_DAY = Schedule(day=31)
QUARTERLY = Schedule(Every.QUARTER, day=20)
FORTNIGHTLY = Schedule(Every.WEEKS, weeks=2, start=date(2026, 11, 4))


@pytest.mark.parametrize(
    ("schedule", "day", "last", "following"),
    [
        (MONTHLY, "2026-11-24", "2026-10-25", "2026-11-25"),
        (MONTHLY, "2026-11-25", "2026-11-25", "2026-12-25"),
        (MONTHLY, "2027-01-01", "2026-12-25", "2027-01-25"),
        (LAST_DAY, "2028-02-29", "2028-02-29", "2028-03-31"),
        (LAST_DAY, "2027-02-27", "2027-01-31", "2027-02-28"),
        (QUARTERLY, "2026-11-24", "2026-09-20", "2026-12-20"),
        (QUARTERLY, "2027-01-02", "2026-12-20", "2027-03-20"),
        (FORTNIGHTLY, "2026-11-17", "2026-11-04", "2026-11-18"),
        (FORTNIGHTLY, "2026-11-03", "2026-10-21", "2026-11-04"),
    ],
)
def test_last_and_following(schedule: Schedule, day: str, last: str, following: str) -> None:
    number = schedule.last(date.fromisoformat(day))
    assert schedule.due(number).isoformat() == last
    assert schedule.due(number + 1).isoformat() == following


@pytest.mark.parametrize("schedule", [MONTHLY, LAST_DAY, QUARTERLY, FORTNIGHTLY])
def test_every_day_belongs_to_the_nearest_due_date(schedule: Schedule) -> None:
    for step in range(800):
        day = date(2026, 1, 1) + timedelta(days=step)
        distance = abs((schedule.due(schedule.nearest(day)) - day).days)
        others = [abs((schedule.due(schedule.last(day) + n) - day).days) for n in (-1, 0, 1, 2)]
        assert distance == min(others)


@pytest.mark.parametrize("wrong", [{"day": 0}, {"day": 32}, {"weeks": 0}, {"weeks": 27}])
def test_impossible_ones_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="day from 1"):
        Schedule(**wrong)
