"""Which station took another one over, and how the station above learns of it.

The closing station says so in its own stream (``handover``); the successor says it too (``taken_over``), with the first
lines of the packet's last file, which the closing station signed and which name the successor, and with its receipt.
Either is enough: from then on the successor carries on with the closed station's records. Once a successor has
countersigned that stands: neither the closing station's calling it off nor another successor changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jiandang_desktop import bundles
from jiandang_desktop.bundles import StationCard
from jiandang_desktop.bundles.card import NotACard
from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.ports.vault import Reader, UnitOfWork
from jiandang_desktop.services.handover_state import Receipt
from jiandang_desktop.services.keys import known_keys

HANDS_OVER, TOOK_OVER = "handover", "taken_over"
"""Kinds of upward entries: of the closing station, and of its successor."""
KINDS = frozenset({HANDS_OVER, TOOK_OVER})
PREDECESSOR = "predecessor"
"""Relation of a station that was taken over and is known from that alone."""
ABOVE = "above_handed_to"
"""Setting: what the successor of the station above is called, until this one is enrolled there."""
_NAMED, _COUNTERSIGNED = "successors", "countersigned_successors"


@dataclass(frozen=True, slots=True)
class Succession:
    """Who took whom over, as far as is known."""

    named: Mapping[str, str]
    """Successor by closed station."""
    countersigned: Mapping[str, str]
    """The successor that took a station over before any other did, by closed station."""

    def carries_on(self, station: str, sender: str) -> bool:
        """Whether ``sender`` is the station itself, or took it over, directly or through others."""
        seen: set[str] = set()
        while station != sender:
            if station in seen or station not in self.named:
                return False
            seen.add(station)
            station = self.named[station]
        return True

    def heir(self, closed: str) -> str:
        """Who carries on in the end with what a station kept: itself where it handed over to nobody."""
        seen: set[str] = set()
        while closed in self.named and closed not in seen:
            seen.add(closed)
            closed = self.named[closed]
        return closed

    def after(self, entry: Entry, sender: str) -> "Succession":
        """What a bundle's later entries are judged by: a station that calls off speaks for itself once more."""
        closed, successor = read(entry, sender)
        if entry.kind == TOOK_OVER and self.countersigned.get(closed, successor) != successor:
            return self
        others = {station: heir for station, heir in self.named.items() if station != closed}
        return replace(self, named=others if successor == closed else {**others, closed: successor})


def known(reader: Reader) -> Succession:
    """What this station knows of it."""
    return Succession(reader.setting(_NAMED, {}), reader.setting(_COUNTERSIGNED, {}))


def note(work: UnitOfWork, closed: str, successor: str, *, countersigned: bool) -> None:
    """Keep in mind who took a station over; a handover that was called off names the station itself."""
    others = {station: heir for station, heir in work.setting(_NAMED, {}).items() if station != closed}
    work.set_setting(_NAMED, others if successor == closed else {**others, closed: successor})
    if countersigned:
        work.set_setting(_COUNTERSIGNED, {**work.setting(_COUNTERSIGNED, {}), closed: successor})


def with_predecessors(reader: Reader, station: StationId) -> list[StationId]:
    """The station itself, then those that it took over, directly or through others."""
    stands = known(reader)
    return [station, *(StationId(closed) for closed in sorted(stands.named) if stands.carries_on(closed, station))]


def read(entry: Entry, sender: str) -> tuple[str, str]:
    """The closed station and its successor that an entry of either kind names (KeyError, NotACard)."""
    if entry.kind == TOOK_OVER:
        return str(entry.body["station"]), sender
    raw = entry.body["successor"]
    return sender, sender if raw is None else StationCard.from_object(raw).station


def check(entry: Entry, sender: str) -> None:
    """BUNDLE_ENTRIES unless the entry has its shape."""
    try:
        read(entry, sender)
        if entry.kind == TOOK_OVER:
            StationCard.from_object(entry.body["card"])
            Receipt.read(entry.body["receipt"])
            str.encode(entry.body["proof"])
    except (KeyError, TypeError, AttributeError, ValueError, NotACard) as error:
        raise Problem("BUNDLE_ENTRIES") from error


def proven(reader: Reader, stands: Succession, entry: Entry, successor: str) -> bool:
    """Whether the closing station signed that it hands over to this successor, with a key that may still say so.

    Under a revoked key anybody may have signed; then only what the closing station said itself before counts.
    """
    closed, _ = read(entry, successor)
    receipt = Receipt.read(entry.body["receipt"])
    try:
        claim = bundles.read_claim(entry.body["proof"].encode())
    except Problem:
        return False
    header, keys = claim.header, known_keys(reader, closed)
    ended = keys.get(claim.card.signing_public) if keys else ""
    return (
        header.kind == HANDS_OVER
        and successor in header.recipients
        and claim.card.station == closed
        and claim.card.as_object() == entry.body["card"]
        and (receipt.stream, receipt.last, receipt.head) == (header.stream, header.last, header.head)
        and (ended in ("", bundles.ROTATED) or stands.named.get(closed) == successor)
    )
