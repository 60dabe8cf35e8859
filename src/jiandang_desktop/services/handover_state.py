"""How this station's own handover stands, and what the successor's receipt makes of it.

Begun: closed, the packet is on its way. Countersigned: ended. Called off: open again, and what was given away is kept
here again. Where the successor turns out to have countersigned before that, its receipt counts: the station is closed
again, and what it wrote meanwhile has still to go over (``supplement``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop.bundles import StationCard
from jiandang_desktop.bundles.card import NotACard
from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.ports.vault import Reader, UnitOfWork
from jiandang_desktop.services.handover_packet import Item

RECEIPT = "handover_receipt"
"""Kind of the entry with which a successor countersigns; also of the one that passes it on from above."""

_STATE, _CALLED_OFF = "handover", "handovers_called_off"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a successor countersigned: which packet, and the list with its remarks."""

    stream: str
    last: int
    head: str
    by: str
    made_at: str
    items: tuple[Item, ...]

    def as_object(self) -> dict[str, Any]:
        """As it stands in an entry."""
        return {
            "by": self.by,
            "head": self.head,
            "items": [item.as_object() for item in self.items],
            "last": self.last,
            "made_at": self.made_at,
            "stream": self.stream,
        }

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Receipt":
        """From an entry (BUNDLE_ENTRIES)."""
        try:
            items = tuple(Item.read(item) for item in raw["items"])
            told = (str(raw["head"]), str(raw["by"]), str(raw["made_at"]))
            return cls(str(raw["stream"]), int(raw["last"]), *told, items)
        except (KeyError, TypeError, ValueError) as error:
            raise Problem("BUNDLE_ENTRIES") from error


@dataclass(frozen=True, slots=True)
class Handover:
    """How a station's handover stands."""

    successor: StationCard
    reason: str
    begun_at: str
    items: tuple[Item, ...]
    """The list, with the successor's remarks once it has countersigned."""
    confirmed_at: str = ""
    confirmed_by: str = ""
    supplement: bool = False
    """The successor had countersigned before it was called off here, or before the vault was put back to an earlier
    state: what was written since has still to go over."""

    @property
    def confirmed(self) -> bool:
        """Whether it has ended: the successor's receipt was taken in, and nothing has still to go over."""
        return bool(self.confirmed_at) and not self.supplement

    def countersigned(self, receipt: Receipt) -> "Handover":
        """The same with what the successor says of it."""
        return replace(self, items=receipt.items, confirmed_at=receipt.made_at, confirmed_by=receipt.by)


def over_stream(closing: str, successor: str) -> str:
    """Name of the stream that holds a handover."""
    return f"{closing}/over/{successor}"


def state(reader: Reader) -> Handover | None:
    """How this station's handover stands, None where there is none."""
    raw = reader.setting(_STATE)
    return _read(raw) if raw else None


def put_state(work: UnitOfWork, known: Handover | None) -> None:
    """Write down how it stands."""
    work.set_setting(_STATE, _as_object(known) if known is not None else None)


def call_off(work: UnitOfWork, known: Handover, own: StationId) -> None:
    """Keep in mind what was called off: the successor may have countersigned it."""
    head = work.stream_head(over_stream(own, known.successor.station))
    noted = {**_as_object(known), "head": head.hash, "last": head.number}
    work.set_setting(_CALLED_OFF, [*work.setting(_CALLED_OFF, []), noted])
    put_state(work, None)


def successors(reader: Reader) -> list[StationCard]:
    """Whose receipt may come: the successor's, and those of handovers that were called off, newest first."""
    known = state(reader)
    before = [_read(raw).successor for raw in reversed(reader.setting(_CALLED_OFF, []))]
    return [known.successor, *before] if known is not None else before


def believe(reader: Reader, own: StationId, receipt: Receipt) -> Handover | None:
    """What a genuine receipt makes of this station's handover; None where it countersigns no packet of ours."""
    known = state(reader)
    if known is not None and receipt.stream == over_stream(own, known.successor.station):
        head = reader.stream_head(receipt.stream)
        if known.confirmed_at:
            return known
        fits = (receipt.last, receipt.head) == (head.number, head.hash) and _same_list(known, receipt)
        return known.countersigned(receipt) if fits else None
    for raw in reversed(reader.setting(_CALLED_OFF, [])):
        before = _read(raw)
        ours = (over_stream(own, before.successor.station), raw["last"], raw["head"])
        if (receipt.stream, receipt.last, receipt.head) == ours and _same_list(before, receipt):
            return replace(before.countersigned(receipt), supplement=True)
    return None


def learn(work: UnitOfWork, own: StationId, entry: Entry) -> None:
    """The station above passes on that a successor countersigned; what it says goes before what is believed here.

    A vault that knows nothing of the handover was put back to a time before it (BUNDLE_ENTRIES).
    """
    receipt = Receipt.read(entry.body)
    try:
        card = StationCard.from_object(entry.body["card"])
    except (KeyError, NotACard) as error:
        raise Problem("BUNDLE_ENTRIES") from error
    believed = believe(work, own, receipt)
    if believed is not None:
        put_state(work, believed)
    elif state(work) is None and receipt.stream == over_stream(own, card.station):
        forgotten = Handover(card, "", receipt.made_at, receipt.items)
        put_state(work, replace(forgotten.countersigned(receipt), supplement=True))


def _same_list(known: Handover, receipt: Receipt) -> bool:
    return [replace(item, remark="") for item in receipt.items] == list(known.items)


def _as_object(known: Handover) -> dict[str, Any]:
    return {
        "begun_at": known.begun_at,
        "confirmed_at": known.confirmed_at,
        "confirmed_by": known.confirmed_by,
        "items": [item.as_object() for item in known.items],
        "reason": known.reason,
        "successor": known.successor.as_object(),
        "supplement": known.supplement,
    }


def _read(raw: Mapping[str, Any]) -> Handover:
    return Handover(
        successor=StationCard.from_object(raw["successor"]),
        reason=raw["reason"],
        begun_at=raw["begun_at"],
        items=tuple(Item.read(item) for item in raw["items"]),
        confirmed_at=raw["confirmed_at"],
        confirmed_by=raw["confirmed_by"],
        supplement=raw["supplement"],
    )
