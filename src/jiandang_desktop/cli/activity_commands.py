"""jiandang activity …: health education activities and who came. Filling the form in is ``record put``."""

import argparse
from typing import Any

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.print_commands import write_pages
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.services import activities
from jiandang_desktop.services.activities import Activity


def activity_list(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Activities, newest first."""
    found = activities.listing(session.desk)
    lines = tuple(_line(session, each) for each in found) or (session.words("activity.none"),)
    return Outcome(shapes.listed("activities", [_shape(each) for each in found]), lines)


def activity_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One activity and who came."""
    return _one(session, activities.show(session.desk, RecordId(arguments.RECORD)))


def activity_sign(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Write down who came."""
    residents = [SubjectId(each) for each in arguments.resident]
    return _one(session, activities.sign_in(session.desk, RecordId(arguments.RECORD), residents, arguments.name))


def activity_strike(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take a line off the list of who came."""
    return _one(session, activities.strike(session.desk, RecordId(arguments.RECORD), arguments.line - 1))


def activity_print(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The list of who came as a PDF."""
    pages = activities.attendance_pages(session.desk, RecordId(arguments.RECORD))
    return write_pages(session, arguments, pages, "attendance", SubjectId(""))


def _one(session: Session, found: Activity) -> Outcome:
    names = tuple(f"{each.name}\N{IDEOGRAPHIC SPACE}{each.archive_no}".strip() for each in found.participants)
    return Outcome({"activity": _shape(found)}, (_line(session, found), *names))


def _line(session: Session, found: Activity) -> str:
    return session.words(
        "activity.line",
        id=found.record.record_id,
        day=found.day,
        theme=found.theme,
        count=found.count,
        signed=len(found.participants),
    )


def _shape(found: Activity) -> dict[str, Any]:
    return {
        "record": found.record.record_id,
        "station": found.record.subject_id,
        "day": found.day,
        "theme": found.theme,
        "place": found.place,
        "count": found.count,
        "participants": [
            {
                "name": each.name,
                "archive_no": each.archive_no,
                "phone": each.phone,
                "resident": each.resident.id if each.resident else None,
            }
            for each in found.participants
        ],
    }
