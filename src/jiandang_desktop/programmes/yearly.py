"""Services of each calendar year: the examination, the elderly's assessments, a first measurement."""

from collections.abc import Iterator
from dataclasses import replace

from jiandang_desktop.programmes.days import in_year, year_after
from jiandang_desktop.programmes.definition import Programme, Yearly
from jiandang_desktop.programmes.duties import NEVER, Duty, Filed
from jiandang_desktop.programmes.memberships import Stay
from jiandang_desktop.programmes.person import Person


def yearly_duties(programme: Programme, item: Yearly, stay: Stay, person: Person, starts: str = "") -> Iterator[Duty]:
    """A duty for each year in which it was done and one for each row of years in which it wasn't; the last has no end.

    ``starts``: in its year nothing before that day counts (65th birthday, D48). What was done earlier in the year of
    the opening counts: the examination that found the illness is that year's.
    """
    known, before = max(stay.opened_on, starts), ""
    year = known[:4]
    for done_year, record in [*_done_by_year(item, stay, person, year, starts), (NEVER[:4], None)]:
        if year < done_year and year == starts[:4] and starts[5:] != "01-01":
            # The year of the birthday has a window of its own.
            yield _of_year(programme, item, stay, year, known, before, starts)
            known = year_after(year)
            year = known[:4]
        if year < done_year:
            until = f"{done_year}-01-01" if record else NEVER
            undone = _of_year(programme, item, stay, year, known, before, "")
            yield replace(undone, yearly=True, lapses=min(until, stay.closed_on))
            known = until
        if record is not None:
            duty = _of_year(programme, item, stay, done_year, known, before, starts)
            before = person.day_of(record)
            yield replace(duty, done_on=before, done_by=record.record_id)
            year = year_after(done_year)[:4]
            known = before if before > known else f"{year}-01-01"


def _done_by_year(item: Yearly, stay: Stay, person: Person, first: str, starts: str) -> list[tuple[str, Filed]]:
    """The first record of each year that counts."""
    found: dict[str, Filed] = {}
    for form_id, fields in item.evidence or ((item.form_id, ()),):
        for record in person.records(form_id):
            day = person.day_of(record)
            counts = starts <= day <= stay.closed_on and day[:4] >= first
            counts = counts and (not fields or any(name in record.answers for name in fields))
            if counts and (day[:4] not in found or day < person.day_of(found[day[:4]])):
                found[day[:4]] = record
    return sorted(found.items())


def _of_year(programme: Programme, item: Yearly, stay: Stay, year: str, known: str, before: str, starts: str) -> Duty:
    opens = max(f"{year}-01-01", starts) if year == starts[:4] else f"{year}-01-01"
    return Duty(
        programme=programme.id,
        id=item.id,
        form_id=item.form_id,
        column="",
        known_from=known,
        opens=opens,
        target=max(in_year(before, year), opens) if before else opens,
        closes=f"{year}-12-31",
        lapses=min(year_after(year), stay.closed_on),
        reason=item.reason,
    )
