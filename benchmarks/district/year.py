"""What a village has to write down month by month: everybody in the first month, then what a year brings.

Visits, examinations, births and families that came are those of the generated people, each in its month; deaths, moves
out of the area and new telephone numbers are drawn. The same number of the village gives the same year.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from jiandang_desktop.demo.people import GeneratedHousehold, GeneratedResident, Village, load_words
from jiandang_desktop.demo.records import YOUNGEST_WITH_FORM, GeneratedRecord, records_for

DAYS = (date(2025, 12, 31), *(date(2026, month, 28) for month in range(1, 11)), date(2026, 11, 26))
"""When each month's bundle is made."""
DEAD, MOVED_AWAY = "3", "4"
"""Codes of record_status."""
_OLD = 60
_DEATHS, _MOVES, _EDITS = 0.0006, 0.001, 0.01
"""Shares of the residents in a month; in a year 7 of a thousand die, 12 move away, one in eight has a new number."""
_PHONES = 900_000
"""New numbers begin where those of generated people don't reach."""


@dataclass(slots=True)
class MonthClock:
    """The same noon for every station of the district until somebody moves it."""

    day: date = DAYS[0]

    def now(self) -> datetime:
        return datetime.combine(self.day, time(12), timezone(timedelta(hours=8)))

    def today(self) -> date:
        return self.day


@dataclass(frozen=True, slots=True)
class Member:
    """A person, where he lives and what was written down about him."""

    person: GeneratedResident
    household: int
    came: int
    """The month in which he was registered, from 0."""
    words: Mapping[str, Any] = field(repr=False)
    seed: int

    def records(self) -> Mapping[int, list[GeneratedRecord]]:
        """His records by the month in which they are filed."""
        # A child of six has other forms, and gets these once it is seven.
        first = max(self.came, _month(min(DAYS[-1], self.person.born + YOUNGEST_WITH_FORM * timedelta(days=366))))
        found: defaultdict[int, list[GeneratedRecord]] = defaultdict(list)
        for record in records_for(self.person, self.words, DAYS[-1], self.seed):
            found[max(first, _month(record.day))].append(record)
        return found


@dataclass(slots=True)
class VillageYear:
    """The people of one village and what happens to them."""

    households: tuple[GeneratedHousehold, ...]
    members: list[Member]
    gone: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    """By month: number of the member → status."""
    phones: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    """By month: number of the member → new telephone number."""

    def newcomers(self, month: int) -> Mapping[int, list[int]]:
        """Household → those of its members who are registered in a month."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for number, member in enumerate(self.members):
            if member.came == month:
                found[member.household].append(number)
        return found

    def visits(self, month: int) -> Iterator[tuple[int, GeneratedRecord]]:
        """What is filed in a month about people who were known before it and are still there."""
        left = {number for earlier in range(month) for number in self.gone[earlier]}
        for number, member in enumerate(self.members):
            if member.came < month and number not in left:
                for record in member.records().get(month, ()):
                    yield number, record


def village_year(resources: Path, residents: int, seed: int = 1) -> VillageYear:
    """A village with at least so many residents in its first month."""
    words = load_words(resources)
    generated = Village(seed, words, DAYS[-1])
    households: list[GeneratedHousehold] = []
    members: list[Member] = []
    wanted = residents
    while (here := sum(member.came == 0 for member in members)) < residents:
        wanted = max(wanted, sum(len(each.members) for each in households) + residents - here)
        for household in generated.generate(wanted):
            members += _members(household, len(households), words, seed)
            households.append(household)
    year = VillageYear(tuple(households), members)
    _draw(year, random.Random(seed))
    return year


def _members(household: GeneratedHousehold, number: int, words: Mapping[str, Any], seed: int) -> Iterator[Member]:
    for person in household.members:
        came = _month(max(person.filed_on, date.fromisoformat(household.answers["filing_date"])))
        yield Member(person, number, came, words, seed)


def _draw(year: VillageYear, rng: random.Random) -> None:
    left: set[int] = set()
    phone = _PHONES
    for month in range(1, len(DAYS)):
        here = [number for number, each in enumerate(year.members) if each.came < month and number not in left]
        old = [number for number in here if year.members[number].person.age >= _OLD]
        count = len(here)
        for number in rng.sample(old, min(len(old), round(count * _DEATHS))):
            year.gone[month][number] = DEAD
        for number in rng.sample(here, round(count * _MOVES)):
            year.gone[month].setdefault(number, MOVED_AWAY)
        left |= set(year.gone[month])
        for number in rng.sample(here, round(count * _EDITS)):
            if number not in left:
                phone += 1
                year.phones[month][number] = f"14000{phone:06d}"


def _month(day: date) -> int:
    return next(month for month, end in enumerate(DAYS) if day <= end)
