"""jiandang bundle board and jiandang bundle schedule."""

import argparse
from typing import Any

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.schedules import Every, Schedule
from jiandang_desktop.services import board, schedule
from jiandang_desktop.services.board import BoardLine
from jiandang_desktop.services.exchange_words import board_words, schedule_words


def bundle_board(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Villages and periods: received, late, missing; the holes in their numbers."""
    found = board.board(session.desk)
    lines = [words for line in found.lines for words in board_words(session.bench, line)]
    if found.doubtful:
        lines.insert(0, session.bench.text("exchange", "clock_doubtful"))
    if found.strangers:
        lines.append(session.bench.text("exchange", "strangers", count=found.strangers))
    data = {
        "villages": [_shape(line) for line in found.lines],
        "count": len(found.lines),
        "strangers": found.strangers,
        "clock_doubtful": found.doubtful,
    }
    return Outcome(data, tuple(lines))


def bundle_schedule(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Show a schedule, or set it: the own one, or that of a station below."""
    desk = session.desk
    station = StationId(arguments.STATION or desk.station.id)
    wish: dict[str, Any] = {}
    if arguments.monthly is not None:
        wish = {"every": Every.MONTH.value, "day": arguments.monthly}
    elif arguments.quarterly is not None:
        wish = {"every": Every.QUARTER.value, "day": arguments.quarterly}
    elif arguments.weeks is not None:
        wish = {"every": Every.WEEKS.value, "weeks": arguments.weeks, "start": arguments.start or desk.today()}
    if wish:
        schedule.set_schedule(desk, schedule.read_schedule(wish), station)
    now = schedule.show_schedule(desk, station)
    return Outcome({"station": station, "schedule": _schedule(now)}, (schedule_words(session.bench, now),))


def _schedule(found: Schedule) -> dict[str, Any]:
    if found.every is Every.WEEKS:
        return {"every": "weeks", "weeks": found.weeks, "start": found.start.isoformat()}
    return {"every": "month" if found.every is Every.MONTH else "quarter", "day": found.day}


def _shape(line: BoardLine) -> dict[str, Any]:
    return {
        "station": line.station.id,
        "name": line.station.name,
        "schedule": _schedule(line.schedule),
        "periods": [
            {
                "due": period.due.isoformat(),
                "state": period.state.value,
                "received": period.day.isoformat() if period.day else None,
            }
            for period in line.periods
        ],
        "taken": line.taken,
        "missing": [list(hole) for hole in line.missing],
        "parked": line.parked,
    }
