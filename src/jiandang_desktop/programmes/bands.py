"""How a worklist sorts what is to be done on a day: which list a duty stands in."""

from collections.abc import Set
from enum import StrEnum

from jiandang_desktop.forms.functions import days_between
from jiandang_desktop.programmes.duties import Duty, DutyState

SHORT = 92
"""Days of a window that is a matter of weeks: from the day that it opens it is work of the week [project]."""


class Band(StrEnum):
    """A part of the worklist."""

    OVERDUE = "overdue"
    WEEK = "week"
    """To be done now or within the span asked for."""
    LOST = "lost"
    """The person couldn't be reached; the record says so, or so many attempts in vain do."""
    YEAR = "year"
    """Open and not pressing: the services of the year."""
    FOUND = "found"
    """First-time finding: who may belong to a programme, who has to be screened."""


def is_short(duty: Duty) -> bool:
    """Whether its window is a matter of weeks rather than of the year."""
    return (days_between(duty.opens, duty.closes) or 0) <= SHORT


def band_of(duty: Duty, day: str, until: str, findings: Set[str] = frozenset()) -> Band | None:
    """Where a duty stands in the worklist of ``day`` that looks ahead to ``until`` (inclusive); None: nowhere.

    ``findings``: the programmes that look for people who aren't in one yet.
    """
    state, window = duty.state(day), duty.on(day)
    pressing = window.closes <= until or (is_short(duty) and window.opens <= until)
    pressing |= window.opens < window.target <= until
    finding = duty.programme in findings
    match state:
        case DutyState.LOST:
            return Band.LOST if window.opens <= day else None
        case DutyState.DUE | DutyState.OVERDUE if finding:
            return Band.FOUND
        case DutyState.OVERDUE:
            return Band.OVERDUE
        case DutyState.DUE:
            return Band.WEEK if pressing else Band.YEAR
        case DutyState.UPCOMING:
            return Band.WEEK if pressing and window.lapses > window.opens and not finding else None
        case _:
            return None
