"""jiandang shelf …"""

import argparse
from collections.abc import Sequence
from typing import Any

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.choosing import village_group
from jiandang_desktop.cli.print_commands import write_pages
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import shelves
from jiandang_desktop.services.shelves import Bag


def shelf_place(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Say where a bag stands."""
    household = SubjectId(arguments.HOUSEHOLD)
    return _one(session, shelves.place(session.desk, household, arguments.cabinet, arguments.shelf, arguments.number))


def shelf_lend(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Give a bag out."""
    household = SubjectId(arguments.HOUSEHOLD)
    return _one(session, shelves.lend(session.desk, household, arguments.to, arguments.until, arguments.reason))


def shelf_return(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A bag came back."""
    return _one(session, shelves.bring_back(session.desk, SubjectId(arguments.HOUSEHOLD)))


def shelf_lost(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A bag can't be found."""
    return _one(session, shelves.lose(session.desk, SubjectId(arguments.HOUSEHOLD), arguments.note))


def shelf_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Bags by household."""
    desk = session.desk
    if arguments.out:
        found = shelves.out(desk)
    elif arguments.TEXT:
        found = shelves.find(desk, arguments.TEXT, limit=arguments.limit)
    else:
        found = shelves.bags(desk, limit=arguments.limit, offset=arguments.offset)
    return Outcome(shapes.listed("bags", [_shape(each) for each in found]), _lines(session, found))


def shelf_history(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What happened to a bag."""
    found = shelves.history(session.desk, SubjectId(arguments.HOUSEHOLD))
    lines = [
        session.words(
            "shelf.movement",
            at=each.at[:16].replace("T", " "),
            event=session.bench.text("terms", f"bag_event.{each.event}"),
            person=each.person,
            detail=each.answers.get("lent_to") or each.answers.get("lost_note") or "",
        )
        for each in found
    ]
    data = [
        {"event": each.event, "at": each.at, "person": each.person, "answers": dict(each.answers)} for each in found
    ]
    return Outcome(shapes.listed("movements", data), tuple(lines))


def shelf_print(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The shelf list as a PDF."""
    pages = shelves.pages(session.desk, village_group(session, arguments.group))
    return write_pages(session, arguments, pages, "shelves", SubjectId(""))


def _one(session: Session, found: Bag) -> Outcome:
    return Outcome({"bag": _shape(found)}, _lines(session, [found]))


def _lines(session: Session, found: Sequence[Bag]) -> tuple[str, ...]:
    lines = [
        session.words(
            "shelf.line",
            household=each.household.id,
            code=each.household.answers.get("household_code", ""),
            head=each.household.head_name,
            address=each.household.address,
            place=each.place,
            state=shelves.state_words(session.desk, each),
        )
        for each in found
    ]
    return tuple(lines) or (session.words("shelf.none"),)


_FIELDS = ("cabinet", "shelf", "number", "lent_to", "lent_on", "lent_until", "lent_reason", "lost_on", "lost_note")


def _shape(found: Bag) -> dict[str, Any]:
    home = found.household
    return {
        "household": home.id,
        "household_code": home.answers.get("household_code", ""),
        "head": home.head_name,
        "address": home.address,
        "place": found.place,
        "state": found.state,
        **{field: found.answers.get(field, "") for field in _FIELDS},
    }
