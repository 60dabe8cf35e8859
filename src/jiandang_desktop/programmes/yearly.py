"""Services of each calendar year: the examination, the elderly's assessments, a first measurement."""

from collections.abc import Iterator
from dataclasses import replace

from jiandang_desktop.programmes.days import in_year, year_after
from jiandang_desktop.programmes.definition import Programme, Yearly
from jiandang_desktop.programmes.duties import NEVER, Duty, Filed
from jiandang_desktop.programmes.memberships import Stay
from jiandang_desktop.programmes.person import Person


def yearly_duties(programme: Programme, item: Yearly, stay: Stay, person: Person, starts: str = "") -> Iterator[Duty]:
    """One duty for each year up to the last one done, then one that stands for every year from there on.

    ``starts``: in its year nothing before that day counts (65th birthday, D48). What was done earlier in the year of
    the opening counts: the examination that found the illness is that year's.
    """
    first = max(stay.opened_on, starts)[:4]
    done = _done_by_year(item, person, first, starts)
    last_done = max((year for year in done if year <= stay.closed_on[:4]), default="")
    known, before = max(stay.opened_on, starts), ""
    year = first
    while year <= last_done or (starts and starts[5:] != "01-01" and year == starts[:4]):
        record = done.get(year)
        duty = _duty(programme, item, year, known, before, stay)
        if year == starts[:4]:
            duty = replace(duty, opens=starts, target=max(duty.target, starts))
        following = year_after(year)
        day = person.day_of(record) if record else ""
        if known < stay.closed_on:
            yield replace(
                duty,
                lapses=min(following, stay.closed_on),
                done_on=day,
                done_by=record.record_id if record else None,
            )
        before = day or before
        known = day if day > known else following
        year = following[:4]
    if known < stay.closed_on:
        yield replace(_duty(programme, item, year, known, before, stay), yearly=True)


def _done_by_year(item: Yearly, person: Person, first: str, starts: str) -> dict[str, Filed]:
    """The first record of each year that counts."""
    found: dict[str, Filed] = {}
    for form_id, fields in item.evidence or ((item.form_id, ()),):
        for record in person.records(form_id):
            day = person.day_of(record)
            if day < starts or day[:4] < first or (fields and not any(name in record.answers for name in fields)):
                continue
            if day[:4] not in found or day < person.day_of(found[day[:4]]):
                found[day[:4]] = record
    return found


def _duty(programme: Programme, item: Yearly, year: str, known: str, before: str, stay: Stay) -> Duty:
    opens = f"{year}-01-01"
    return Duty(
        programme=programme.id,
        id=item.id,
        form_id=item.form_id,
        column="",
        known_from=known,
        opens=opens,
        target=in_year(before, year) if before else opens,
        closes=f"{year}-12-31",
        lapses=min(NEVER, stay.closed_on),
        reason=item.reason,
    )
