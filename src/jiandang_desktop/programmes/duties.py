"""What a resident's programmes ask for, independent of today.

A **duty** is one service that is to be given in a window: the check at 8 months, the follow-up after a visit, this
year's examination, the answer to a referral. It is worked out from the records once and can then be asked for any day:
``Duty.state`` compares days, nothing else. So duties can be kept in a table and searched.

Days are ISO texts; '' means none. A window's first and last day both count (service schedule, reading).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId

NEVER = "9999-12-31"
"""The day from which something ends that has no end."""

RESIDENT_FIELDS = frozenset({"birth_date", "filing_date", "sex", "status", "status_date", "consent", "consent_date"})
"""The registry's answers that programmes see: where others change, nothing has to be worked out again."""


class DutyState(StrEnum):
    """How it stands with a duty on a day."""

    UNKNOWN = "unknown"
    """What called for it hadn't happened yet."""
    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    LOST = "lost"
    """Tried in vain as often as the rule says; until somebody is reached."""
    LAPSED = "lapsed"
    """Not to be done any more: the next window has opened, or the person left the programme."""
    DONE = "done"


class MembershipState(StrEnum):
    """How it stands between a resident and a programme."""

    PROPOSED = "proposed"
    """The records say that the person belongs to it; nobody has said anything yet."""
    OPEN = "open"
    REFUSED = "refused"
    """Asked again from 1 January after the refusal (rules 3.9)."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Filed:
    """A record as programmes see it: complete and current, of the resident or of a folder merged into that one."""

    record_id: RecordId
    form_id: FormId
    event_date: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Membership:
    """How it stood between a resident and a programme from ``since`` until the day before ``until``.

    A stay is a row while it is open and another from its closing on; somebody can be in a programme again later (a
    second pregnancy). On each day at most one row of a programme holds.
    """

    programme: str
    state: MembershipState
    since: str
    """The day of what led to the state: the fact that proposes, the opening, the refusal, the closing."""
    until: str = NEVER
    """From this day on another row holds, or none."""
    opened_on: str = ""
    anchor: str = ""
    """The day that the programme counts from (birth, last period, notice); '' where it counts from visits."""
    reason: str = ""
    """Key of the words that explain a proposal (``texts/programmes.toml``), or the code of a closing or refusal."""
    record_id: RecordId | None = None
    """The record by which a person decided, that opened or closed the stay, or that proposes."""

    def holds(self, day: str) -> bool:
        """Whether the row tells how it stood on ``day``."""
        return self.since <= day < self.until


@dataclass(frozen=True, slots=True)
class Duty:
    """One service in its window."""

    programme: str
    id: str
    """Within the programme: ``m8``, ``routine``, ``recall``, ``exam`` …; unique together with ``known_from``."""
    form_id: FormId
    column: str
    """The column of the sheet that it fills; '' where columns have no meaning."""
    known_from: str
    """The day of what called for it (birth, opening, the visit before); before that nobody could know."""
    opens: str
    target: str
    """The day aimed at: the appointment that the doctor wrote, last year's day of the examination, else ``opens``."""
    closes: str
    lapses: str = NEVER
    """From this day on it isn't to be done any more."""
    yearly: bool = False
    """Stands for each calendar year from that of ``opens`` on; ``opens``, ``target``, ``closes`` are of the first."""
    done_on: str = ""
    done_by: RecordId | None = None
    lost_on: str = ""
    found_on: str = ""
    """From this day on the person counts as reached again; '' while lost."""
    reason: str = ""
    """Key of the words that say why (``texts/programmes.toml``)."""
    called_by: RecordId | None = None
    """The record that called for it: the visit before, the referral."""
    attempts: int = 0
    """Times that the person was tried for and not reached since ``known_from``."""
    last_attempt: str = ""

    def on(self, day: str) -> "Duty":
        """The duty with its window in the year of ``day``, where it is yearly and that year isn't before its first."""
        if not self.yearly or day[:4] <= self.opens[:4]:
            return self
        later = int(day[:4]) - int(self.opens[:4])
        opens, target, closes = (_moved(each, later) for each in (self.opens, self.target, self.closes))
        return replace(self, opens=opens, target=target, closes=closes)

    def state(self, day: str) -> DutyState:
        """How it stands with it on ``day``, by what happened up to that day."""
        duty = self.on(day)
        if day < duty.known_from:
            return DutyState.UNKNOWN
        if duty.done_on and duty.done_on <= day:
            return DutyState.DONE
        if day >= duty.lapses:
            return DutyState.LAPSED
        if day < duty.opens:
            return DutyState.UPCOMING
        if duty.lost_on and duty.lost_on <= day and not (duty.found_on and duty.found_on <= day):
            return DutyState.LOST
        return DutyState.DUE if day <= duty.closes else DutyState.OVERDUE


@dataclass(frozen=True, slots=True)
class Care:
    """All that the programmes say of one resident."""

    memberships: Sequence[Membership] = ()
    duties: Sequence[Duty] = ()


def _moved(day: str, years: int) -> str:
    """The same day so many years later; 29 February becomes the 28th where the year lacks it (D10)."""
    year = int(day[:4]) + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04d}-02-28" if day[5:] == "02-29" and not leap else f"{year:04d}{day[4:]}"
