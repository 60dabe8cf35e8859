"""When the next submission is due, at the village; set there or by the township for it (R9.2).

The schedule is a record about the station: it goes up with the village's entries and down with the township's.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jiandang_desktop.domain.chain import read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.domain.schedules import Every, Schedule, day_of
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.services.clock import doubt
from jiandang_desktop.services.desk import SCHEDULE_FORM, Desk
from jiandang_desktop.services.downward import child, send_down
from jiandang_desktop.services.known import known_station


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a village is told about its submissions."""

    schedule: Schedule
    next_due: date
    days: int
    """Until then; 0 today."""
    overdue: date | None
    """The due date that passed while something waited."""
    unanswered: str
    """Day of the newest export that has no receipt yet, ''."""
    doubtful: bool
    """The computer's date may be wrong (services.clock)."""


def schedule_of(reader: Reader, station_id: StationId) -> Schedule:
    """A station's schedule; monthly on the 25th where none was set."""
    record = reader.record(_record_id(station_id))
    return _read(record.answers) if record is not None else Schedule()


def set_schedule(desk: Desk, schedule: Schedule, station_id: StationId | None = None) -> None:
    """Set the own schedule, or as the station above that of a station below, to which it is sent.

    Problems: NOT_ALLOWED, NO_SUCH_STATION.
    """
    own = station_id in (None, desk.station.id)
    desk.require(Right.EXPORT if own else Right.INTAKE)
    target = StationId(desk.station.id if station_id is None else station_id)
    form = desk.forms.current(SCHEDULE_FORM)
    with desk.vault.work("set_schedule") as work:
        if not own:
            child(work, target)
        before = work.record(_record_id(target))
        if before is not None and _read(before.answers) == schedule and len(before.heads) == 1:
            return
        revision = desk.revision(
            form,
            record_id=_record_id(target),
            subject_id=SubjectId(target),
            parents=before.heads if before else (),
            answers=_answers(schedule),
            complete=True,
        )
        work.add_own_revision(revision, stream=desk.station.up_stream if own else None)
        if not own:
            send_down(desk, work, revision, {target})
        work.note(station=target)
        work.commit()


def show_schedule(desk: Desk, station_id: StationId) -> Schedule:
    """The schedule of this station or of one below (NOT_ALLOWED, NO_SUCH_STATION)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        known_station(desk, reader, station_id)
        return schedule_of(reader, station_id)


def outlook(desk: Desk) -> Outlook:
    """The next date, what is overdue, what has no answer (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    today = desk.bench.clock.today()
    with desk.vault.read() as reader:
        schedule = schedule_of(reader, desk.station.id)
        exports = [row for row in reader.bundles("out") if row.stream == desk.station.up_stream]
        waiting_since = _oldest_unexported(desk, reader)
        doubtful = doubt(desk, reader) is not None
    served = {schedule.nearest(day) for row in exports if (day := day_of(row.made_at)) is not None}
    number = schedule.last(today - timedelta(days=1))
    missed = waiting_since is not None and waiting_since <= schedule.due(number) and number not in served
    coming = number + 1
    while coming in served:
        coming += 1
    due = schedule.due(coming)
    open_ = next((row for row in exports if row.state in ("written", "received")), None)
    return Outlook(
        schedule=schedule,
        next_due=due,
        days=(due - today).days,
        overdue=schedule.due(number) if missed else None,
        unanswered=open_.made_at[:10] if open_ and open_ is exports[0] else "",
        doubtful=doubtful,
    )


def read_schedule(answers: Mapping[str, Any]) -> Schedule:
    """A schedule as a person states it: ``every`` with ``day``, or with ``weeks`` and ``start`` (SCHEDULE_INVALID)."""
    try:
        every = Every(str(answers.get("every", "1")))
        if every is Every.WEEKS:
            start = date.fromisoformat(str(answers.get("start", "")))
            return Schedule(every, weeks=int(answers.get("weeks", 0)), start=start)
        return Schedule(every, day=int(answers.get("day", 0)))
    except (ValueError, TypeError) as error:
        raise Problem("SCHEDULE_INVALID") from error


def _read(answers: Mapping[str, Any]) -> Schedule:
    try:
        return read_schedule(answers)
    except Problem:
        return Schedule()


def _answers(schedule: Schedule) -> dict[str, Any]:
    if schedule.every is Every.WEEKS:
        return {"every": schedule.every.value, "weeks": schedule.weeks, "start": schedule.start.isoformat()}
    return {"every": schedule.every.value, "day": schedule.day}


def _record_id(station_id: StationId) -> RecordId:
    """One record for each station, the same at both ends."""
    return RecordId(hashlib.sha256(f"{station_id}/schedule".encode()).hexdigest()[:32])


def _oldest_unexported(desk: Desk, reader: Reader) -> date | None:
    stream = desk.station.up_stream
    marks = [mark.number for name in ("received", "exported") if (mark := reader.mark(stream, name)) is not None]
    return _label(reader, stream, max(marks, default=0))


def _label(reader: Reader, stream: str, after: int) -> date | None:
    """The date on the entry after a number."""
    _, line = next(iter(reader.stream_lines(stream, after)), (0, b""))
    return day_of(str(read_entry(line).body.get("made_at", ""))) if line else None
