"""jiandang resident send-away, household send-away, resident arrive: to another area and from there."""

import argparse
from collections.abc import Mapping, Sequence

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.cli.station_commands import BUNDLE_LIMIT, compared
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.services import arriving, handover, leaving
from jiandang_desktop.services.arriving import Arrival


def resident_send_away(session: Session, arguments: argparse.Namespace) -> Outcome:
    """End a record as moved away and write the folder for the receiving station."""
    return _send_away(session, arguments, [SubjectId(arguments.RESIDENT)])


def household_send_away(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The same for everybody of a household in one step and one file."""
    people = leaving.leaving_together(session.desk, SubjectId(arguments.HOUSEHOLD))
    return _send_away(session, arguments, [row.id for row in people])


def _send_away(session: Session, arguments: argparse.Namespace, people: Sequence[SubjectId]) -> Outcome:
    desk = session.desk
    view = handover.read_invitation(desk, session.bench.medium.read_file(arguments.to, BUNDLE_LIMIT))
    compared(session, arguments, view.fingerprint)
    told = {"move_out_date": arguments.date, "destination_address": arguments.destination}
    closure = {field: text for field, text in told.items() if text}
    done = confirming(
        session, arguments, lambda sure: leaving.send(desk, people, view.card, closure, arguments.FOLDER, sure)
    )
    names = "\N{IDEOGRAPHIC COMMA}".join(done.names)
    words = session.words("leaving.sent", name=names, station=view.card.name, file=done.path)
    data = {"file": str(done.path), "residents": list(people), "items": [item.as_object() for item in done.items]}
    return Outcome(data, (words,))


def resident_arrive(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What a transfer holds; with a household or an address: register the people and file it."""
    desk = session.desk
    arrival = arriving.look(desk, session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT))
    if arguments.household is None and arguments.address is None:
        return Outcome({"arrival": _shape(arrival)}, _lines(session, arrival))
    sure = arrival.trusted or bool(arguments.fingerprint) or session.arguments.yes
    if sure and not arrival.trusted:
        compared(session, arguments, arrival.fingerprint)
    rows = confirming(
        session,
        arguments,
        lambda confirmed: arriving.take(
            desk,
            arrival,
            person=_chosen(arrival, arguments.person) if arguments.person else None,
            household_id=SubjectId(arguments.household) if arguments.household else None,
            address=session.answers(arguments.address) if arguments.address else None,
            relation=arguments.relation,
            confirmed=confirmed,
            compared=sure,
        ),
    )
    lines = tuple(session.words("leaving.arrived", name=row.name, code=row.record_code) for row in rows)
    return Outcome({"residents": [shapes.resident(row, whole=True) for row in rows]}, lines)


def _chosen(arrival: Arrival, code: str) -> SubjectId:
    """Who of the people had this record code."""
    found = next((who.id for who in arrival.people if who.record_code == code), None)
    if found is None:
        raise Problem("NO_SUCH_NEWCOMER")
    return found


def _lines(session: Session, arrival: Arrival) -> tuple[str, ...]:
    told = {"station": arrival.card.name, "day": arrival.left_on, "fingerprint": " ".join(arrival.fingerprint)}
    lines = [session.words("leaving.holds", count=len(arrival.people), **told)]
    for who in arrival.people:
        lines.append(session.words("leaving.person", name=who.name, code=who.record_code))
        lines += [*_forms(session, "leaving.form", who.forms), *_forms(session, "leaving.out", who.left_out)]
    return tuple(lines)


def _forms(session: Session, key: str, counts: Mapping[FormId, int]) -> tuple[str, ...]:
    return tuple(session.words(key, form=session.bench.form_title(form), count=n) for form, n in counts.items())


def _shape(arrival: Arrival) -> dict[str, object]:
    return {
        "station": arrival.card.station,
        "station_name": arrival.card.name,
        "fingerprint": list(arrival.fingerprint),
        "trusted": arrival.trusted,
        "left_on": arrival.left_on,
        "people": [
            {
                "name": who.name,
                "record_code": who.record_code,
                "forms": dict(who.forms),
                "left_out": dict(who.left_out),
                "resident": who.resident,
            }
            for who in arrival.people
        ],
    }
