"""jiandang resident send-away, resident arrive: to another area and from there."""

import argparse
from collections.abc import Mapping

from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.registry_commands import resident_outcome
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.cli.station_commands import BUNDLE_LIMIT, compared
from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.services import arriving, handover, leaving
from jiandang_desktop.services.arriving import Arrival


def resident_send_away(session: Session, arguments: argparse.Namespace) -> Outcome:
    """End a record as moved away and write the folder for the receiving station."""
    desk, who = session.desk, SubjectId(arguments.RESIDENT)
    view = handover.read_invitation(desk, session.bench.medium.read_file(arguments.to, BUNDLE_LIMIT))
    compared(session, arguments, view.fingerprint)
    told = {"move_out_date": arguments.date, "destination_address": arguments.destination}
    closure = {field: text for field, text in told.items() if text}
    done = confirming(
        session, arguments, lambda sure: leaving.send(desk, who, view.card, closure, arguments.FOLDER, sure)
    )
    words = session.words("leaving.sent", name=done.name, station=view.card.name, file=done.path)
    return Outcome({"file": str(done.path), "items": [item.as_object() for item in done.items]}, (words,))


def resident_arrive(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What a transfer holds; with a household or an address: register the person and file it."""
    desk = session.desk
    arrival = arriving.look(desk, session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT))
    if arguments.household is None and arguments.address is None:
        return Outcome({"arrival": _shape(arrival)}, _lines(session, arrival))
    sure = arrival.trusted or bool(arguments.fingerprint) or session.arguments.yes
    if sure and not arrival.trusted:
        compared(session, arguments, arrival.fingerprint)
    row = confirming(
        session,
        arguments,
        lambda confirmed: arriving.take(
            desk,
            arrival,
            household_id=SubjectId(arguments.household) if arguments.household else None,
            address=session.answers(arguments.address) if arguments.address else None,
            relation=arguments.relation,
            confirmed=confirmed,
            compared=sure,
        ),
    )
    return resident_outcome(session, row, "leaving.arrived")


def _lines(session: Session, arrival: Arrival) -> tuple[str, ...]:
    told = {"name": arrival.name, "code": arrival.record_code, "station": arrival.card.name, "day": arrival.left_on}
    first = session.words("leaving.holds", **told, fingerprint=" ".join(arrival.fingerprint))
    return (first, *_forms(session, "leaving.form", arrival.forms), *_forms(session, "leaving.out", arrival.left_out))


def _forms(session: Session, key: str, counts: Mapping[FormId, int]) -> tuple[str, ...]:
    return tuple(session.words(key, form=session.bench.form_title(form), count=n) for form, n in counts.items())


def _shape(arrival: Arrival) -> dict[str, object]:
    return {
        "station": arrival.card.station,
        "station_name": arrival.card.name,
        "fingerprint": list(arrival.fingerprint),
        "trusted": arrival.trusted,
        "name": arrival.name,
        "record_code": arrival.record_code,
        "left_on": arrival.left_on,
        "forms": dict(arrival.forms),
        "left_out": dict(arrival.left_out),
        "resident": arrival.resident,
    }
