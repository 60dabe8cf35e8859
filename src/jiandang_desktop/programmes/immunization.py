"""The national immunization programme: what a child has had, owes, and will need when.

Read from ``resources/programmes/immunization_*.toml``, one file for each version of the programme. A dose that was
given is judged by the version in force on its day, what is missing by the version in force today (D56).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from jiandang_desktop.forms.functions import days_after, days_between, months_after


class State(StrEnum):
    """How it stands with a dose."""

    GIVEN = "given"
    TOO_EARLY = "too_early"
    """Given before its least age or interval: not counted, the township decides (D57)."""
    OVERDUE = "overdue"
    DUE = "due"
    WAITING = "waiting"
    """Old enough, but the dose before it isn't given."""
    UPCOMING = "upcoming"
    ALTERNATIVE = "alternative"
    """The other vaccine of a pair is used."""
    TOO_OLD = "too_old"
    """Isn't given any more at this age."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A span after another dose: the one before, or the one named by its code on the card."""

    days: int = 0
    months: int = 0
    after: str = ""

    def from_day(self, day: str) -> str:
        """The first day after the span."""
        return str(months_after(day, self.months) if self.months else days_after(day, self.days))


@dataclass(frozen=True, slots=True)
class DoseRule:
    """When one dose is given."""

    code: str
    """As on the vaccination card: ``hepb_1``."""
    number: int
    earliest_months: int
    before_months: int | None = None
    within_hours: int | None = None
    interval: Interval | None = None
    other_interval: Interval | None = None
    """Counts where the dose that ``interval`` starts from was never given."""
    advised_interval: Interval | None = None
    """Not confirmed by the programme's text: worth a hint, stops nothing (D82)."""
    longest_interval: Interval | None = None
    sex: str = ""
    done_by: tuple[str, ...] = ()
    """Doses of other vaccines that make this one needless."""
    product: str = ""
    interval_words: str = ""

    def latest(self, birth: str) -> str:
        """The last day on time, '' where the programme names none."""
        if self.within_hours is not None:
            return str(days_after(birth, -(-self.within_hours // 24)))
        return "" if self.before_months is None else str(days_after(months_after(birth, self.before_months), -1))


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine of the programme and its doses."""

    code: str
    card: str
    """What its doses' codes on the vaccination card begin with."""
    name: str
    doses: tuple[DoseRule, ...]
    abbreviation: str = ""
    choice: str = ""
    """Vaccines of the same choice stand for one another."""
    also: tuple[str, ...] = ()
    """Older vaccines (``card`` names) whose doses count in this series."""
    live: bool = False
    give_before_months: int | None = None
    valid_from: str = ""
    born_from: str = ""
    route: str = ""
    amount: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the programme."""

    id: str
    title: str
    valid_from: str
    vaccines: tuple[Vaccine, ...]
    until_months: int
    live_interval_days: int
    valid_to: str = ""
    note: str = ""

    def rule(self, code: str) -> tuple[Vaccine, DoseRule] | None:
        """The vaccine and dose of a code on the card."""
        for vaccine in self.vaccines:
            for rule in vaccine.doses:
                if rule.code == code:
                    return vaccine, rule
        return None


@dataclass(frozen=True, slots=True)
class Given:
    """A dose on the card."""

    code: str
    day: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One dose of a child's plan."""

    vaccine: Vaccine
    rule: DoseRule
    state: State
    earliest: str = ""
    """First day on which it may be given."""
    latest: str = ""
    given_on: str = ""
    waits: bool = False
    """A dose that this one follows is still to be given."""
    hints: tuple[str, ...] = ()
    """``advised_interval`` or ``live_interval``: to be looked at, not a fault."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A child's doses in the programme's order."""

    version: Version
    entries: tuple[Entry, ...] = field(default=())

    def concerns(self, birth: str, today: str) -> bool:
        """Whether somebody is of the age that the programme is for."""
        return bool(self.entries) and today < str(months_after(birth, self.version.until_months))

    def of(self, *states: State) -> list[Entry]:
        """Entries in these states."""
        return [entry for entry in self.entries if entry.state in states]

    def now(self, today: str) -> list[Entry]:
        """What can be given today."""
        owed = self.of(State.OVERDUE, State.DUE)
        return [entry for entry in owed if entry.earliest <= today and not entry.waits]

    def next_day(self, today: str) -> str:
        """The next day on which something may be given, '' if nothing is left."""
        days = [
            max(entry.earliest, today)
            for entry in self.of(State.OVERDUE, State.DUE, State.TOO_EARLY, State.UPCOMING)
            if not entry.waits
        ]
        return min(days, default="")


class ImmunizationSchedule:
    """All versions of the programme."""

    def __init__(self, versions: Sequence[Version]) -> None:
        self.versions = tuple(sorted(versions, key=lambda version: version.valid_from))

    @classmethod
    def load(cls, folder: Path) -> "ImmunizationSchedule":
        """Read the programme's files."""
        return cls([_version(path) for path in sorted(folder.glob("immunization_*.toml"))])

    def version_on(self, day: str) -> Version | None:
        """The version in force on a day; None before the first one that is known."""
        return next((version for version in reversed(self.versions) if version.valid_from <= day), None)

    def plan(self, birth: str, sex: str, given: Sequence[Given], today: str) -> Plan:
        """Where a child stands: ``sex`` is its code, ``given`` what its card says."""
        version = self.version_on(today) or self.versions[0]
        if days_between(birth, today) is None or birth > today:
            return Plan(version)
        return Plan(version, tuple(_Planner(self, version, birth, sex, given, today).entries()))


class _Planner:
    """Works one child's plan out."""

    def __init__(
        self,
        schedule: ImmunizationSchedule,
        version: Version,
        birth: str,
        sex: str,
        given: Sequence[Given],
        today: str,
    ) -> None:
        self._schedule = schedule
        self._version = version
        self._birth = birth
        self._sex = sex
        self._today = today
        past = sorted((dose for dose in given if birth <= dose.day <= today), key=lambda dose: dose.day)
        self._days: dict[str, list[str]] = {}
        for dose in past:
            self._days.setdefault(dose.code, []).append(dose.day)
        self._live = self._live_days(past)
        for vaccine in version.vaccines:
            self._take_older(vaccine)

    def entries(self) -> Iterator[Entry]:
        unused = self._unused()
        for vaccine in self._version.vaccines:
            if vaccine.valid_from > self._today or self._birth < vaccine.born_from:
                continue
            for rule in vaccine.doses:
                if rule.sex in ("", self._sex):
                    yield self._entry(vaccine, rule, is_unused=vaccine.code in unused)

    def _take_older(self, vaccine: Vaccine) -> None:
        """Number a series anew where doses of older vaccines belong to it."""
        older = {code: days for code, days in self._days.items() if code.rpartition("_")[0] in vaccine.also}
        if not older:
            return
        own = [rule.code for rule in vaccine.doses]
        days = sorted(day for code in (*older, *own) for day in self._days.get(code, ()))
        for code in own:
            self._days.pop(code, None)
        for code, day in zip(own, days, strict=False):
            self._days[code] = [day]

    def _live_days(self, past: Sequence[Given]) -> list[tuple[str, str]]:
        live = {name: vaccine.card for vaccine in self._version.vaccines if vaccine.live for name in _names(vaccine)}
        cards = [(live.get(dose.code.rpartition("_")[0]), dose.day) for dose in past]
        return [(card, day) for card, day in cards if card]

    def _unused(self) -> set[str]:
        """Vaccines for which another of the same choice stands in: the one with doses, or the first listed."""
        unused: set[str] = set()
        for choice in {vaccine.choice for vaccine in self._version.vaccines if vaccine.choice}:
            pair = [vaccine for vaccine in self._version.vaccines if vaccine.choice == choice]
            used = max(pair, key=lambda vaccine: sum(rule.code in self._days for rule in vaccine.doses))
            unused |= {vaccine.code for vaccine in pair if vaccine is not used}
        return unused

    # -- one dose

    def _entry(self, vaccine: Vaccine, rule: DoseRule, *, is_unused: bool) -> Entry:
        days = self._days.get(rule.code, [])
        counted = next((day for day in days if not self._is_early(rule.code, day)), "")
        entry = Entry(vaccine, rule, State.GIVEN, latest=rule.latest(self._birth))
        if counted:
            return replace(entry, given_on=counted, hints=self._hints(vaccine, rule, counted))
        if any(code in self._days for code in rule.done_by):
            return replace(entry, state=State.GIVEN, given_on=next(self._days[c][0] for c in rule.done_by))
        if is_unused:
            return replace(entry, state=State.ALTERNATIVE)
        earliest, waits = self._earliest(vaccine, rule)
        entry = replace(entry, earliest=earliest, waits=waits)
        if self._is_past(self._version.until_months) or self._is_past(vaccine.give_before_months):
            return replace(entry, state=State.TOO_OLD, given_on=days[-1] if days else "")
        if days:
            return replace(entry, state=State.TOO_EARLY, given_on=days[-1])
        return replace(entry, state=self._missing(vaccine, rule, entry))

    def _missing(self, vaccine: Vaccine, rule: DoseRule, entry: Entry) -> State:
        if self._today > self._limit(vaccine, rule):
            return State.OVERDUE
        if entry.earliest > self._today:
            return State.UPCOMING
        return State.WAITING if entry.waits else State.DUE

    def _limit(self, vaccine: Vaccine, rule: DoseRule) -> str:
        """The last day on time; a dose without one goes by the next dose of its series that has one."""
        limits = (later.latest(self._birth) for later in vaccine.doses[rule.number - 1 :])
        return next((limit for limit in limits if limit), "9999")

    def _is_past(self, months: int | None) -> bool:
        return months is not None and self._today >= str(months_after(self._birth, months))

    def _earliest(self, vaccine: Vaccine, rule: DoseRule) -> tuple[str, bool]:
        """The first day by age, interval and other live vaccines; and whether a dose before it is missing."""
        day = str(months_after(self._birth, rule.earliest_months))
        start, interval, waits = self._start(vaccine, rule)
        if start and interval:
            day = max(day, interval.from_day(start))
        if vaccine.live:
            for card, other in self._live:
                free = str(days_after(other, self._version.live_interval_days))
                if card != vaccine.card and other < max(day, self._today) < free:
                    day = free
        return day, waits

    def _start(self, vaccine: Vaccine, rule: DoseRule) -> tuple[str, Interval | None, bool]:
        """The day an interval runs from, the interval, and whether the dose it starts from is still to be given."""
        interval = rule.interval
        if interval and interval.after:
            if interval.after in self._days:
                return self._days[interval.after][-1], interval, False
            if rule.other_interval and rule.other_interval.after in self._days:
                return self._days[rule.other_interval.after][-1], rule.other_interval, False
            found = self._version.rule(interval.after)
            return "", None, found is not None and not self._is_past(found[0].give_before_months)
        if rule.number == 1:
            return "", None, False
        before = vaccine.doses[rule.number - 2].code
        return (self._days[before][-1], interval, False) if before in self._days else ("", None, True)

    def _is_early(self, code: str, day: str) -> bool:
        """Whether a dose came before its least age or interval, by the programme of its day."""
        version = self._schedule.version_on(day)
        found = version.rule(code) if version else None
        if found is None:
            return False
        vaccine, rule = found
        if day < str(months_after(self._birth, rule.earliest_months)):
            return True
        start, interval = self._start_before(vaccine, rule, day)
        return bool(start and interval and day < interval.from_day(start))

    def _start_before(self, vaccine: Vaccine, rule: DoseRule, day: str) -> tuple[str, Interval | None]:
        interval = rule.interval
        if interval is None:
            return "", None
        for one in (interval, rule.other_interval):
            if one and one.after:
                start = self._last(one.after, day)
                if start:
                    return start, one
        if interval.after:
            return "", None
        earlier = (self._last(other.code, day) for other in reversed(vaccine.doses[: rule.number - 1]))
        return next((start for start in earlier if start), ""), interval

    def _last(self, code: str, day: str) -> str:
        return max((other for other in self._days.get(code, ()) if other <= day), default="")

    def _hints(self, vaccine: Vaccine, rule: DoseRule, day: str) -> tuple[str, ...]:
        hints = []
        advised = rule.advised_interval
        start = self._last(advised.after, day) if advised else ""
        if advised and start and day < advised.from_day(start):
            hints.append("advised_interval")
        near = self._version.live_interval_days
        others = [other for card, other in self._live if card != vaccine.card and vaccine.live]
        if any(0 < (days_between(other, day) or 0) < near for other in others):
            hints.append("live_interval")
        return tuple(hints)


def _names(vaccine: Vaccine) -> tuple[str, ...]:
    return (vaccine.card, *vaccine.also)


# -- reading


def _version(path: Path) -> Version:
    with path.open("rb") as file:
        raw = tomllib.load(file)
    return Version(
        id=raw["id"],
        title=raw["title"],
        valid_from=raw["valid_from"],
        valid_to=raw.get("valid_to", ""),
        note=raw.get("note", ""),
        until_months=raw["until_months"],
        live_interval_days=raw["live_interval_days"],
        vaccines=tuple(map(_vaccine, raw["vaccine"])),
    )


def _vaccine(raw: Mapping[str, Any]) -> Vaccine:
    known: dict[str, Any] = {key: value for key, value in raw.items() if key != "doses"}
    known["also"] = tuple(raw.get("also", ()))
    known["doses"] = tuple(_dose(number, raw["card"], dose) for number, dose in enumerate(raw["doses"], 1))
    return Vaccine(**known)


def _dose(number: int, card: str, raw: Mapping[str, Any]) -> DoseRule:
    # That a longest interval holds for catching up only is told in words.
    known: dict[str, Any] = {key: value for key, value in raw.items() if key != "interval_applies"}
    known |= {key: Interval(**value) for key, value in raw.items() if key.endswith("interval")}
    known["done_by"] = tuple(raw.get("done_by", ()))
    return DoseRule(code=f"{card}_{number}", number=number, **known)
