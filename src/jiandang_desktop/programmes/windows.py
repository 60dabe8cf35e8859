"""Services in windows that a day opens: birth, last period, delivery, discharge, notice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from jiandang_desktop.programmes.days import days_after, months_after
from jiandang_desktop.programmes.definition import Appointments, Programme, Window
from jiandang_desktop.programmes.duties import NEVER, Duty, Filed
from jiandang_desktop.programmes.memberships import Anchor, Stay
from jiandang_desktop.programmes.person import Person, answered_day

BIRTH = "birth"
_NEXT = "next_visit_date"
_APPOINTMENT = "appointment"
_LATE = "first_visit_days"
"""Setting: the days in which somebody is seen for the first time."""


def window_duties(programme: Programme, stay: Stay, person: Person) -> Iterator[Duty]:
    """The windows of a stay, done or not; without those that had lapsed before anybody could know of them."""
    anchors = {BIRTH: Anchor(person.birth, stay.opened_on), **stay.anchors} if person.birth else stay.anchors
    written = _appointments(programme, stay, person)
    known = [(window, *found) for window in programme.windows if (found := _placed(window, anchors))]
    for number, (window, placed, anchor) in enumerate(known):
        opens = _shift(anchor.day, placed.opens, placed)
        done = _done(programme, window, stay, person) if not window.done_by else None
        ended = anchors.get(window.done_by)
        called = max(stay.opened_on, anchor.known_on)
        ends = min(stay.closed_on, anchors[window.until].known_on if window.until in anchors else NEVER)
        closes = days_after(_shift(anchor.day, placed.closes, placed), -1 if placed.day_before else 0)
        duty = Duty(
            programme=programme.id,
            id=window.id,
            form_id=window.form_id,
            column=window.column,
            known_from=called,
            opens=opens,
            target=max((day for day in written if opens <= day <= closes), default=opens),
            closes=closes,
            lapses=min(_lapses(window, placed, anchor, known[number + 1 :]), ends),
            done_on=person.day_of(done) if done else ended.known_on if ended else "",
            done_by=done.record_id if done else None,
            reason=window.reason,
        )
        if window.late_reason and duty.lapses <= called:
            duty = _late(window, duty, min(_first_of_row(programme, window, stay, person), ends), person)
        if duty.done_on or max(called, duty.opens) < duty.lapses:
            yield duty


def _late(window: Window, duty: Duty, until: str, person: Person) -> Duty:
    """Owed from the day on which one heard of somebody, where that isn't over: ``until`` is a day that ends it."""
    called = duty.known_from
    if until <= called:
        return duty
    closes = days_after(called, person.number(_LATE))
    return replace(duty, opens=called, target=called, closes=closes, lapses=until, reason=window.late_reason)


def appointment_duties(
    programme: Programme, rule: Appointments, stay: Stay, person: Person, planned: Sequence[Duty]
) -> Iterator[Duty]:
    """Visits on the days that were written as the next one, where nothing of what is ``planned`` is owed then anyway.

    Done with the next visit of whatever kind; it lapses when the next window opens.
    """
    visits = person.records_of(programme.forms)
    followed = {duty.called_by for duty in planned if duty.called_by}
    windows = [duty for duty in planned if not duty.called_by]
    for record in visits:
        day, written = person.day_of(record), answered_day(record.answers, _NEXT)
        wanted = record.form_id in rule.forms and stay.covers(day) and day < written
        if not wanted or record.record_id in followed or _is_owed(windows, day, written):
            continue
        after = next(
            (visit for visit in visits if person.day_of(visit) > day and stay.covers(person.day_of(visit))), None
        )
        yield Duty(
            programme=programme.id,
            id=_APPOINTMENT,
            form_id=rule.forms[record.form_id],
            column="",
            known_from=day,
            opens=max(days_after(day, 1), days_after(written, -person.number(rule.lead_days))),
            target=written,
            closes=written,
            lapses=min((duty.opens for duty in windows if duty.opens > written), default=stay.closed_on),
            done_on=person.day_of(after) if after else "",
            done_by=after.record_id if after else None,
            reason=rule.reason,
            called_by=record.record_id,
        )


def _is_owed(windows: Sequence[Duty], day: str, written: str) -> bool:
    """Whether a day that was written on another falls into a window whose service hadn't been given by then."""
    return any(duty.opens <= written <= duty.closes and not ("" < duty.done_on <= day) for duty in windows)


_Known = tuple[Window, Window, Anchor]
"""A window, the definition that counts for it (itself or its fallback), and the anchor of that."""


def _placed(window: Window, anchors: dict[str, Anchor]) -> tuple[Window, Anchor] | None:
    if window.anchor in anchors:
        return window, anchors[window.anchor]
    if window.fallback is not None and window.fallback.anchor in anchors:
        return window.fallback, anchors[window.fallback.anchor]
    return None


def _lapses(window: Window, placed: Window, anchor: Anchor, later: Sequence[_Known]) -> str:
    if placed.lapses is not None:
        return _shift(anchor.day, placed.lapses, placed)
    for other, other_placed, other_anchor in later:
        if other.row == window.row:
            return _shift(other_anchor.day, other_placed.opens, other_placed)
    return NEVER


def _shift(day: str, number: int, window: Window) -> str:
    return months_after(day, number) if window.unit == "month" else days_after(day, number)


def _first_of_row(programme: Programme, window: Window, stay: Stay, person: Person) -> str:
    """The day of a stay's first record of whatever window of the row, NEVER where there is none."""
    forms = tuple(dict.fromkeys(each.form_id for each in programme.windows if each.row == window.row))
    days = (person.day_of(record) for record in person.records_of(forms))
    return next((day for day in days if stay.covers(day)), NEVER)


def _done(programme: Programme, window: Window, stay: Stay, person: Person) -> Filed | None:
    """The first record of its form and column; what counts from birth is done once in a life."""
    field = programme.columns.get(window.form_id, "")
    for record in person.records(window.form_id):
        if field and record.answers.get(field) != window.column:
            continue
        if window.anchor == BIRTH or stay.covers(person.day_of(record)):
            return record
    return None


def _appointments(programme: Programme, stay: Stay, person: Person) -> list[str]:
    """The days in a stay that doctors wrote as the next visit."""
    records = (record for form_id in programme.forms for record in person.records(form_id))
    days = (answered_day(record.answers, _NEXT) for record in records)
    return [day for day in days if day and stay.covers(day)]
