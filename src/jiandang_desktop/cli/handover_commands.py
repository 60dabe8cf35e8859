"""jiandang handover …"""

import argparse
from collections.abc import Iterable
from typing import Any

from jiandang_desktop.bundles import StationCard
from jiandang_desktop.cli import ejecting, shapes
from jiandang_desktop.cli.print_commands import write_pages
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.cli.station_commands import BUNDLE_LIMIT, compared, written
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import handover, handover_list, handover_packet, takeover
from jiandang_desktop.services.handover_packet import Item
from jiandang_desktop.services.handover_state import Handover
from jiandang_desktop.services.takeover import Packet


def handover_invite(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Write this station's card for one that closes."""
    return written(session, handover.invite(session.desk), "handover.invited")


def handover_make(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Close in favour of a successor and write the packet; without one, write it again."""
    desk = session.desk
    card = _successor(session, arguments)
    if card is not None:
        handover.begin(desk, card, arguments.reason)
    done = handover.write(desk, ejecting.place(session))
    known = handover.state(desk)
    name = known.successor.name if known else ""
    folder = done.paths[0].parent if done.paths else ""
    said = session.words("handover.made", files=len(done.paths), folder=folder, name=name)
    told = (session.words("handover.notices", count=done.notices),) if done.notices else ()
    data: dict[str, Any] = {"files": [str(path) for path in done.paths], "items": [_item(item) for item in done.items]}
    data["notices"] = done.notices
    return Outcome(data, (said, *told, *_lines(session, done.items)), written=tuple(done.paths))


def handover_show(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """How this station's handover stands."""
    known = handover.state(session.desk)
    if known is None:
        return Outcome({"handover": None}, (session.words("handover.none"),))
    return Outcome({"handover": _shape(known)}, (_said(session, known), *_lines(session, known.items)))


def handover_verify(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Check a packet item by item, changing nothing."""
    desk = session.desk
    packet = takeover.verify(desk, takeover.find(desk, arguments.FOLDER))
    lines = [_genuine(session, packet), *_lines(session, packet.items, packet.differing)]
    lines.append(session.words("handover.new", count=packet.new))
    lines += [
        session.words("handover.waiting", count=count, reason=session.bench.text("terms", f"intake_reason.{reason}"))
        for reason, count in packet.waiting.items()
    ]
    return Outcome(_packet(packet), tuple(lines))


def handover_take(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take a packet over, countersign it and write the receipt beside it."""
    desk = session.desk
    paths = takeover.find(desk, arguments.FOLDER)
    sure = bool(arguments.fingerprint) or arguments.yes
    if sure:
        compared(session, arguments, takeover.verify(desk, paths).fingerprint)
    done = takeover.take(desk, paths, dict(_remark(session, text) for text in arguments.remark), compared=sure)
    path = session.bench.medium.write_file(arguments.FOLDER, done.receipt_name, done.receipt)
    key = "handover.already" if done.packet.already else "handover.taken"
    data = {**_packet(done.packet), "receipt": str(path)}
    return Outcome(data, (session.words(key, name=done.packet.card.name, file=path),), written=(path,))


def handover_confirm(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take the successor's receipt in."""
    known = handover.confirm(session.desk, session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT))
    return Outcome({"handover": _shape(known)}, (_said(session, known), *_lines(session, known.items)))


def handover_withdraw(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Go on here after all."""
    handover.call_off(session.desk)
    return Outcome({"handover": None}, (session.words("handover.withdrawn"),))


def handover_print(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The list as a PDF, for both signatures."""
    return write_pages(session, arguments, handover_list.pages(session.desk), "handover", SubjectId(""))


def _successor(session: Session, arguments: argparse.Namespace) -> StationCard | None:
    if arguments.above:
        return handover.card_above(session.desk)
    if arguments.to is None:
        return None
    view = handover.read_invitation(session.desk, session.bench.medium.read_file(arguments.to, BUNDLE_LIMIT))
    compared(session, arguments, view.fingerprint)
    return view.card


def _remark(session: Session, text: str) -> tuple[str, str]:
    name, words = session.pair("--remark", "ITEM=WORDS", text)
    if not words.strip():
        raise session.misshapen("--remark", "ITEM=WORDS", text)
    return name, words


def _lines(session: Session, items: Iterable[Item], differing: Iterable[str] = ()) -> tuple[str, ...]:
    wrong = session.words("handover.differs")
    return tuple(
        session.words(
            "handover.item",
            label=handover_packet.label(session.desk, item.name),
            count=item.count,
            remark=wrong if item.name in differing else item.remark,
        )
        for item in items
    )


def _said(session: Session, known: Handover) -> str:
    key = "handover.confirmed" if known.confirmed_at else "handover.begun"
    key = "handover.supplement" if known.supplement else key
    at = known.confirmed_at or known.begun_at
    return session.words(
        key, name=known.successor.name, reason=known.reason, at=at[:16].replace("T", " "), by=known.confirmed_by
    )


def _genuine(session: Session, packet: Packet) -> str:
    fingerprint = " ".join(packet.fingerprint)
    return session.words(
        "handover.genuine", name=packet.card.name, by=packet.made_by, reason=packet.reason, fingerprint=fingerprint
    )


def _shape(known: Handover) -> dict[str, Any]:
    return {
        "successor": known.successor.station,
        "name": known.successor.name,
        "reason": known.reason,
        "begun_at": known.begun_at,
        "confirmed_at": known.confirmed_at,
        "confirmed_by": known.confirmed_by,
        "supplement": known.supplement,
        "items": [_item(item) for item in known.items],
    }


def _packet(packet: Packet) -> dict[str, Any]:
    return {
        "station": packet.card.station,
        "name": packet.card.name,
        "fingerprint": list(packet.fingerprint),
        "trusted": packet.trusted,
        "reason": packet.reason,
        "new": packet.new,
        "waiting": dict(packet.waiting),
        "already": packet.already,
        "differing": list(packet.differing),
        **shapes.listed("items", [_item(item) for item in packet.items]),
    }


def _item(item: Item) -> dict[str, Any]:
    return item.as_object()
