"""Can this computer's date be believed? A clock that went back is named until it is right again or a person says so.

Nothing is ordered by it; but what is due, and the dates on what is saved, depend on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from jiandang_desktop import MADE_ON
from jiandang_desktop.domain.labels import went_back
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Revision, RevisionId
from jiandang_desktop.domain.schedules import day_of
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import LATEST_SAVE, Reader
from jiandang_desktop.services.desk import Desk

_AHEAD = timedelta(days=1)
"""Another zone's today."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the clock shows, and what it can't lie before: the latest save, or this program's making; to minutes."""

    now: str
    latest: str


def doubt(desk: Desk, reader: Reader) -> Doubt | None:
    """Why the clock may be wrong; None where nothing speaks against it."""
    now, latest = desk.now_label(), str(reader.setting(LATEST_SAVE, ""))
    if went_back(now, latest):
        return Doubt(_minutes(now), _minutes(latest))
    if desk.bench.clock.today() < MADE_ON:
        return Doubt(_minutes(now), MADE_ON.isoformat())
    return None


def look(desk: Desk) -> Doubt | None:
    """As ``doubt``, for a page."""
    with desk.vault.read() as reader:
        return doubt(desk, reader)


def confirm(desk: Desk) -> None:
    """A person compared the date with a calendar: it is right, and what was saved under a later one was wrong.

    Problems: NOT_ALLOWED, CLOCK_IMPOSSIBLE (before this program was made), VAULT_READ_ONLY.
    """
    desk.require(Right.READ_RECORDS if desk.may(Right.READ_RECORDS) else Right.MANAGE_STAFF)
    today = desk.bench.clock.today()
    if today < MADE_ON:
        raise Problem("CLOCK_IMPOSSIBLE", today=today.isoformat(), made=MADE_ON.isoformat())
    with desk.vault.work("confirm_date") as work:
        work.note(before=str(work.setting(LATEST_SAVE, "")))
        work.set_setting(LATEST_SAVE, desk.now_label())
        work.commit()


def impossible(desk: Desk, label: str) -> bool:
    """Whether a label that came from elsewhere names a day that can't be: before this program, or still to come."""
    day = day_of(label)
    return day is None or not MADE_ON <= day <= desk.bench.clock.today() + _AHEAD


def doubtful_dates(revisions: Iterable[Revision]) -> frozenset[RevisionId]:
    """Those whose date lies before that of a revision they follow: one of the two clocks was wrong."""
    known = {revision.id: revision for revision in revisions}
    return frozenset(
        each.id
        for each in known.values()
        if any(went_back(each.made_at, known[parent].made_at) for parent in each.parents if parent in known)
    )


def _minutes(label: str) -> str:
    return label[:16].replace("T", " ")
