"""jiandang event …: birth, mother, death, moved-away, lost, ended, returned, move-household, list."""

import argparse
from collections.abc import Callable

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.registry_commands import resident_outcome
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import Answers, SubjectId
from jiandang_desktop.services import life_events, registry
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.life_history import life_history
from jiandang_desktop.services.records import Filed

End = Callable[[Desk, SubjectId, Answers, frozenset[str]], Filed]


def event_birth(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Register a woman's newborn."""
    mother, answers = SubjectId(arguments.MOTHER), session.answers(arguments.ANSWERS)
    row = confirming(session, arguments, lambda sure: life_events.birth(session.desk, mother, answers, sure))
    return resident_outcome(session, row, "event.birth")


def event_mother(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Link a child with its mother; without one, take the link away."""
    child, mother = SubjectId(arguments.CHILD), SubjectId(arguments.MOTHER) if arguments.MOTHER else None
    row = confirming(session, arguments, lambda sure: life_events.link_mother(session.desk, child, mother, sure))
    return resident_outcome(session, row, "event.mother")


def event_death(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Somebody died."""
    return _end(session, arguments, life_events.death)


def event_moved_away(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Somebody left the area."""
    return _end(session, arguments, life_events.moved_away)


def event_lost(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Somebody can't be found."""
    return _end(session, arguments, life_events.lost)


def event_ended(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A record ends otherwise."""
    return _end(session, arguments, life_events.ended)


def event_returned(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Open a closed record again."""
    who = SubjectId(arguments.RESIDENT)
    row = confirming(
        session,
        arguments,
        lambda sure: life_events.returned(session.desk, who, arguments.reason, arguments.date, sure),
    )
    return resident_outcome(session, row, "event.returned")


def event_move_household(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Put somebody into another household, or into the new one of ``--new FILE``."""
    who, home = SubjectId(arguments.RESIDENT), SubjectId(arguments.HOUSEHOLD) if arguments.HOUSEHOLD else None
    new = session.answers(arguments.new) if arguments.new else None
    before = registry.show_resident(session.desk, who).household_id
    row = confirming(
        session,
        arguments,
        lambda sure: life_events.move_household(
            session.desk,
            who,
            home,
            arguments.relation,
            new=new,
            day=arguments.date,
            reason=arguments.reason,
            confirmed=sure,
        ),
    )
    outcome = resident_outcome(session, row, "event.moved")
    headless = life_events.lacks_head(session.desk, SubjectId(before))
    lines = (*outcome.lines, session.words("event.no_head")) if headless else outcome.lines
    return Outcome({**outcome.data, "left_without_head": headless}, lines)


def event_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A person's life as the registry tells it, oldest first."""
    events = life_history(session.desk, SubjectId(arguments.RESIDENT))
    say = session.bench.text
    rows = [{"day": e.day, "kind": e.kind, "detail": e.detail, "person": e.person} for e in events]
    lines = tuple(
        session.words("event.line", **{**row, "event": say("terms", f"life_event.{row['kind']}")}) for row in rows
    )
    return Outcome(shapes.listed("events", rows), lines)


def _end(session: Session, arguments: argparse.Namespace, end: End) -> Outcome:
    who, answers = SubjectId(arguments.RESIDENT), session.answers(arguments.ANSWERS)
    filed = confirming(session, arguments, lambda sure: end(session.desk, who, answers, sure))
    outcome = resident_outcome(session, registry.show_resident(session.desk, who), "event.closed")
    return Outcome({**outcome.data, "record": shapes.record(filed.record)}, outcome.lines)
