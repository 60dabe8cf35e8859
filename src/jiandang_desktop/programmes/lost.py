"""Who can't be reached: spans in which somebody counts as lost, by failed attempts or by the registry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jiandang_desktop.programmes.days import days_after
from jiandang_desktop.programmes.definition import Lost, Programme
from jiandang_desktop.programmes.duties import NEVER, Duty
from jiandang_desktop.programmes.person import ATTEMPT, Person

_REACHED = "5"
"""contact_attempt.result of somebody who was reached after all."""


@dataclass(frozen=True, slots=True)
class Reaching:
    """Attempts in vain and meetings, as far as one programme counts them."""

    tries: tuple[tuple[str, str], ...]
    """Day and half-day of each, in order."""
    met: tuple[str, ...]
    """Days on which somebody met or reached the person, in order."""
    spans: tuple[tuple[str, str], ...]
    """From … to (exclusive): lost."""


def reaching(programme: Programme, person: Person, meetings: Sequence[str], given_up: Sequence[str]) -> Reaching:
    """How it went with reaching somebody for a programme.

    ``meetings``: days of any visit; ``given_up``: days of visits on which a doctor noted the person as lost.
    """
    tries, met = [], list(meetings)
    for record in person.records(ATTEMPT):
        day = person.day_of(record)
        concerned = record.answers.get("for_programmes")
        if record.answers.get("result") == _REACHED:
            met.append(day)
        elif not concerned or programme.id in concerned:
            tries.append((day, str(record.answers.get("half_day", ""))))
    met.sort()
    spans = _spans(programme.lost, tries, met, given_up) if programme.lost else []
    if person.lost_on:
        spans.append((person.lost_on, NEVER))
    return Reaching(tuple(tries), tuple(met), tuple(spans))


def with_attempts(duty: Duty, found: Reaching) -> Duty:
    """The duty with the attempts in vain since it was called for and the last meeting, and since when that is lost."""
    if duty.done_on and not found.tries and not found.spans:
        return duty
    end = duty.done_on or duty.lapses
    last_met = max((day for day in found.met if day <= end), default="")
    tries = [day for day, _ in found.tries if max(duty.known_from, last_met) <= day <= end]
    span = next((span for span in reversed(found.spans) if span[0] < end and duty.known_from < span[1]), None)
    if not tries and span is None:
        return duty
    lost_on, found_on = span or ("", "")
    return replace(
        duty,
        attempts=len(tries),
        last_attempt=max(tries, default=""),
        lost_on=lost_on,
        found_on="" if found_on == NEVER else found_on,
    )


def _spans(
    rule: Lost, tries: Sequence[tuple[str, str]], met: Sequence[str], given_up: Sequence[str]
) -> list[tuple[str, str]]:
    spans: list[tuple[str, str]] = []
    starts = sorted([*given_up, *_failures(rule, tries, met)])
    for day in starts:
        if spans and day < spans[-1][1]:
            continue
        spans.append((day, next((meeting for meeting in met if meeting > day), NEVER)))
    return spans


def _failures(rule: Lost, tries: Sequence[tuple[str, str]], met: Sequence[str]) -> list[str]:
    """Days on which the last of so many attempts failed with no meeting between them."""
    found = []
    row: list[tuple[str, str]] = []
    for day, half in tries:
        key = (day, half if rule.half_days else "")
        if row and any(row[-1][0] <= meeting <= day for meeting in met):
            row = []
        if key in row:
            continue
        row = [*row, key][-rule.attempts :]
        if len(row) == rule.attempts and row[0][0] >= days_after(day, -rule.within_days):
            found.append(day)
    return found
