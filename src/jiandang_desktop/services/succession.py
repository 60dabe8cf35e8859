"""Which station took another one over, and how the station above learns of it.

The closing station says so in its own stream (``handover``); the successor says it too (``taken_over``), with the first
lines of the packet's last file, which the closing station signed and which name the successor. Either is enough: from
then on the successor carries on with the closed station's records.
"""

from collections.abc import Mapping

from jiandang_desktop import bundles
from jiandang_desktop.bundles import StationCard
from jiandang_desktop.bundles.card import NotACard
from jiandang_desktop.domain.chain import Entry, read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import MalformedRevision, Revision, StationId
from jiandang_desktop.ports.vault import Reader, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.generations import append_revision
from jiandang_desktop.services.keys import known_keys, station_row

HANDS_OVER, TOOK_OVER = "handover", "taken_over"
"""Kinds of upward entries: of the closing station, and of its successor."""
KINDS = frozenset({HANDS_OVER, TOOK_OVER})
PREDECESSOR = "predecessor"
"""Relation of a station that was taken over and is known from that alone."""
_SETTING = "successors"


def note(work: UnitOfWork, closed: str, successor: str) -> None:
    """Keep in mind who took a station over; a handover that was called off names the station itself."""
    work.set_setting(_SETTING, _noted(successors(work), closed, successor))


def with_predecessors(reader: Reader, station: StationId) -> list[StationId]:
    """The station itself, then those that it took over, directly or through others."""
    known = successors(reader)
    return [station, *(StationId(closed) for closed in sorted(known) if carries_on(known, closed, station))]


def with_entry(known: Mapping[str, str], entry: Entry, sender: str) -> dict[str, str]:
    """What is known once an entry of either kind is believed."""
    return _noted(known, *named(entry, sender))


def _noted(known: Mapping[str, str], closed: str, successor: str) -> dict[str, str]:
    others = {station: heir for station, heir in known.items() if station != closed}
    return others if successor == closed else {**others, closed: successor}


def successors(reader: Reader) -> Mapping[str, str]:
    """Who took whom over: successor by closed station."""
    return dict(reader.setting(_SETTING, {}))


def carries_on(known: Mapping[str, str], station: str, sender: str) -> bool:
    """Whether ``sender`` is the station itself, or took it over, directly or through others."""
    seen: set[str] = set()
    while station != sender:
        if station in seen or station not in known:
            return False
        seen.add(station)
        station = known[station]
    return True


def named(entry: Entry, sender: str) -> tuple[str, str]:
    """The closed station and its successor that an entry of either kind names (KeyError, NotACard)."""
    if entry.kind == TOOK_OVER:
        return str(entry.body["station"]), sender
    raw = entry.body["successor"]
    return sender, sender if raw is None else StationCard.from_object(raw).station


def check(desk: Desk, entry: Entry, sender: str) -> None:
    """BUNDLE_ENTRIES unless the entry has its shape and, from a successor, the closing station's signature."""
    try:
        closed, successor = named(entry, sender)
        if entry.kind == TOOK_OVER:
            claim = bundles.read_claim(entry.body["proof"].encode())
            fits = claim.header.kind == HANDS_OVER and successor in claim.header.recipients
            if not fits or claim.card.station != closed or claim.card.as_object() != entry.body["card"]:
                raise ValueError("another handover")
            with desk.vault.read() as reader:
                _refuse_another_key(reader, claim.card)
    except (KeyError, TypeError, AttributeError, ValueError, NotACard) as error:
        raise Problem("BUNDLE_ENTRIES") from error
    except Problem as problem:
        raise Problem("BUNDLE_ENTRIES") from problem


def take(desk: Desk, work: UnitOfWork, entry: Entry, sender: str) -> None:
    """Act on an entry that was checked: the successor carries on, and gets what the closed one hadn't taken yet."""
    closed, successor = named(entry, sender)
    if successors(work).get(closed, closed) == successor:
        return
    if entry.kind == TOOK_OVER and not any(row.id == closed for row in work.stations()):
        work.put_station(station_row(StationCard.from_object(entry.body["card"]), b"", PREDECESSOR))
    note(work, closed, successor)
    if any(row.id == successor and row.relation == "child" for row in work.stations()):
        _forward(desk, work, closed, successor)


def _refuse_another_key(reader: Reader, card: StationCard) -> None:
    keys = known_keys(reader, card.station)
    if keys and card.signing_public not in keys:
        raise ValueError("a known station with another key")


def _forward(desk: Desk, work: UnitOfWork, closed: str, successor: str) -> None:
    """Changes made here that the closed station never took go to its successor."""
    stream = desk.station.down_stream(StationId(closed))
    received = work.mark(stream, "received")
    lines = list(work.stream_lines(stream, received.number if received else 0))
    for _, line in lines:
        entry = read_entry(line)
        if entry.kind != "revision":
            continue
        try:
            revision = Revision.from_parsed(entry.body, entry.body_bytes)
        except MalformedRevision:
            continue
        append_revision(work, desk.station.down_stream(StationId(successor)), revision)
