"""jiandang household … and jiandang resident …"""

import argparse

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.ports.vault import HouseholdRow, ResidentRow
from jiandang_desktop.services import cards, registry, search
from jiandang_desktop.services.cards import CardEvent


def household_add(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Register a household from an answers file."""
    row = registry.add_household(session.desk, session.answers(arguments.ANSWERS))
    return _household(session, row, "household.added")


def household_edit(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Change a household; null takes an answer away."""
    changes = session.answers(arguments.ANSWERS)
    row = registry.edit_household(session.desk, SubjectId(arguments.HOUSEHOLD), changes)
    return _household(session, row, "household.changed")


def household_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A household and its members."""
    sheet = registry.open_household(session.desk, SubjectId(arguments.HOUSEHOLD))
    members = [shapes.resident(row) for row in sheet.members]
    lines = (sheet.household.address, *(resident_line(session, row) for row in sheet.members))
    return Outcome({"household": shapes.household(sheet.household), "members": members}, lines)


def household_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Households by group and address."""
    rows = registry.list_households(session.desk, limit=arguments.limit, offset=arguments.offset)
    lines = tuple(
        session.words("household.line", id=row.id, address=row.address, head=row.head_name, members=row.members)
        for row in rows
    )
    return Outcome(shapes.listed("households", [shapes.household(row) for row in rows]), lines)


def resident_add(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Register a resident from an answers file."""
    answers = session.answers(arguments.ANSWERS)
    row = confirming(
        session,
        arguments,
        lambda confirmed: registry.add_resident(session.desk, SubjectId(arguments.HOUSEHOLD), answers, confirmed),
    )
    return resident_outcome(session, row, "resident.added")


def resident_edit(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Change a resident; null takes an answer away."""
    changes = session.answers(arguments.ANSWERS)
    row = confirming(
        session,
        arguments,
        lambda confirmed: registry.edit_resident(session.desk, SubjectId(arguments.RESIDENT), changes, confirmed),
    )
    return resident_outcome(session, row, "resident.changed")


def resident_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One resident whole."""
    row = registry.show_resident(session.desk, SubjectId(arguments.RESIDENT))
    return Outcome({"resident": shapes.resident(row, whole=True)}, (resident_line(session, row),))


def resident_find(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Find by any part of name, pinyin, number, phone, code or card."""
    rows = search.find(session.desk, arguments.TEXT or "", limit=arguments.limit, offset=arguments.offset)
    lines = tuple(resident_line(session, row) for row in rows) or (session.words("resident.nobody"),)
    return Outcome(shapes.listed("residents", [shapes.resident(row) for row in rows]), lines)


def resident_card(session: Session, arguments: argparse.Namespace) -> Outcome:
    """How the card stands; with a reason it is written down as issued, or taken back for a new one."""
    resident = SubjectId(arguments.RESIDENT)
    if arguments.reason == "issued":
        cards.issue(session.desk, [resident])
    elif arguments.reason:
        cards.replace(session.desk, resident, _CARD_REASONS[arguments.reason])
    state = cards.show(session.desk, resident)
    say = session.bench.text
    lines = [say("terms", f"card_status.{state.status.value}")]
    lines += [
        session.words(
            "resident.card_line",
            day=event["day"],
            event=say("terms", f"card_event.{event['event']}"),
            person=event["person"],
        )
        for event in state.events
    ]
    data = {
        "resident": resident,
        "card_token": state.token,
        "status": state.status.value,
        "events": [dict(event) for event in state.events],
    }
    return Outcome(data, tuple(lines))


_CARD_REASONS = {"lost": CardEvent.LOST, "damaged": CardEvent.DAMAGED, "other": CardEvent.ENDED}


def resident_line(session: Session, row: ResidentRow) -> str:
    """Who it is, in one line."""
    return session.words(
        "resident.line",
        id=row.id,
        code=row.record_code,
        name=row.name,
        sex=session.bench.tables["sex"].label(row.sex),
        birth=row.birth_date,
        address=row.address,
    )


def resident_outcome(session: Session, row: ResidentRow, key: str) -> Outcome:
    """What was done, and to whom."""
    lines = (session.words(key, name=row.name, code=row.record_code), resident_line(session, row))
    return Outcome({"resident": shapes.resident(row, whole=True)}, lines)


def _household(session: Session, row: HouseholdRow, key: str) -> Outcome:
    return Outcome({"household": shapes.household(row)}, (session.words(key, address=row.address, id=row.id),))
