"""What was begun and awaits its end: a referral or a consultation its answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from jiandang_desktop.programmes.days import days_after
from jiandang_desktop.programmes.definition import Process, Programme
from jiandang_desktop.programmes.duties import Duty, Filed
from jiandang_desktop.programmes.person import Person, answered_day


def process_duties(programme: Programme, process: Process, person: Person) -> Iterator[Duty]:
    """One duty for each day on which something was begun, done with its end.

    Of several begun on one day the one whose end comes last stands for all; of those that wait, the most pressing.
    """
    found: dict[str, Duty] = {}
    for record in person.records(process.form_id):
        duty = _duty(programme, process, record, person)
        if duty is not None:
            found[duty.known_from] = min(duty, found.get(duty.known_from, duty), key=_turn)
    return iter(found.values())


def _turn(duty: Duty) -> tuple[bool, str, int]:
    """Those that wait before those that ended; the earliest last day, or the latest end, first."""
    if not duty.done_on:
        return False, duty.closes, 0
    return True, "", -int(duty.done_on.replace("-", ""))


def _duty(programme: Programme, process: Process, record: Filed, person: Person) -> Duty | None:
    number, answers = person.number, record.answers
    begun, (left, _) = answered_day(answers, process.starts), person.left
    if not begun or begun >= left:
        return None
    ended = next(filter(None, (answered_day(answers, name) for name in process.ends)), "")
    soon = _is_soon(process, answers)
    closes = days_after(begun, number(process.soon_days if soon else process.closes_days))
    return Duty(
        programme=programme.id,
        id=process.id,
        form_id=process.form_id,
        column="",
        known_from=begun,
        opens=min(days_after(begun, number(process.opens_days)), closes),
        target=closes,
        closes=closes,
        lapses=left,
        done_on=ended,
        done_by=record.record_id if ended else None,
        reason=process.soon_reason if soon else process.reason,
        called_by=record.record_id,
    )


def _is_soon(process: Process, answers: Mapping[str, Any]) -> bool:
    pattern = process.soon
    return pattern is not None and any(pattern.search(str(answers.get(name, ""))) for name in process.soon_texts)
