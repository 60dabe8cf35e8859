"""The successor's side of a handover: verify the packet, take it over, countersign it item by item (R11.5).

The packet is one journal stream from its first entry to its last, in one file or several (services/packet_files). All
of it is taken in one unit of work (services/packet_taking) or nothing is. Verifying does the very same and then leaves
it undone. The same packet again changes nothing and gives the receipt again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Acknowledged, Sealed, StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Mark, Reader, UnitOfWork
from jiandang_desktop.services import bundle_rows, downward, heirs, succession
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.handover import fingerprint
from jiandang_desktop.services.handover_packet import Item, differing
from jiandang_desktop.services.handover_state import RECEIPT, Receipt, over_stream
from jiandang_desktop.services.keys import station_row
from jiandang_desktop.services.packet_files import PacketReader, Part, find, ordered, read_part
from jiandang_desktop.services.packet_taking import PacketTaking
from jiandang_desktop.services.work import Progress, silent

__all__ = ["Packet", "TakenOver", "find", "take", "verify"]


@dataclass(frozen=True, slots=True)
class Packet:
    """What a handover holds, counted."""

    card: StationCard
    fingerprint: tuple[str, ...]
    trusted: bool
    """Whether the closing station's key is known here already; else two people compare the fingerprint."""
    reason: str
    made_by: str
    made_at: str
    items: tuple[Item, ...]
    differing: tuple[str, ...]
    """Names of items where the count isn't what the list says: the packet can't be taken."""
    new: int
    """Revisions that this station hadn't."""
    waiting: Mapping[str, int]
    """Revisions that can't be placed, by reason."""
    already: bool = False
    """Taken over before."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What taking over led to, and the receipt to carry back."""

    packet: Packet
    receipt: bytes = field(repr=False)
    receipt_name: str


def verify(desk: Desk, paths: Sequence[Path], progress: Progress = silent) -> Packet:
    """Check a packet against its own list and say what taking it over would do; changes nothing.

    Problems: NOT_ALLOWED, BUNDLE_…, HANDOVER_PART_MISSING, HANDOVER_MIXED, STATION_CLOSED.
    """
    desk.require(Right.MANAGE_KEYS)
    parts = ordered(desk, paths)
    with desk.vault.work("verify_handover") as work:
        found = _run(desk, work, parts, progress)
    # Nothing was committed; what the dry run had read of local forms is forgotten.
    desk.read_forms()
    return found.packet


def take(
    desk: Desk,
    paths: Sequence[Path],
    remarks: Mapping[str, str] | None = None,
    *,
    compared: bool = False,
    progress: Progress = silent,
) -> TakenOver:
    """Take a packet over and countersign it; ``remarks`` say by item what the person doesn't confirm.

    Problems: those of ``verify``, NOT_ENROLLED (a village must be known to its township first),
    FINGERPRINT_NOT_COMPARED, HANDOVER_DIFFERS, NO_SUCH_ITEM.
    """
    desk.require(Right.MANAGE_KEYS)
    desk.require_open()
    if desk.station.level == "village" and not desk.station.enrolled:
        raise Problem("NOT_ENROLLED")
    parts = ordered(desk, paths)
    try:
        with desk.vault.work("take_over") as work:
            found = _run(desk, work, parts, progress)
            packet = found.packet
            if not packet.trusted and not compared:
                raise Problem("FINGERPRINT_NOT_COMPARED", fingerprint=" ".join(packet.fingerprint))
            if packet.differing:
                raise Problem("HANDOVER_DIFFERS", items=len(packet.differing))
            if not packet.already:
                _countersign(desk, work, found, _remarked(packet.items, remarks or {}))
                work.commit()
    finally:
        desk.read_forms()
    with desk.vault.read() as reader:
        receipt = _receipt(desk, reader, found.files)
    return TakenOver(packet, receipt.data, bundles.file_name(receipt.header))


def _remarked(items: Sequence[Item], remarks: Mapping[str, str]) -> tuple[Item, ...]:
    unknown = sorted(remarks.keys() - {item.name for item in items})
    if unknown:
        raise Problem("NO_SUCH_ITEM", item=unknown[0])
    return tuple(replace(item, remark=remarks.get(item.name, "").strip()) for item in items)


@dataclass(frozen=True, slots=True)
class _Found:
    """A packet that was taken in as far as its entries go, inside a unit of work."""

    packet: Packet
    files: PacketReader
    taking: PacketTaking


def _run(desk: Desk, work: UnitOfWork, parts: Sequence[Part], progress: Progress) -> _Found:
    files = PacketReader(desk, work, parts)
    taking = PacketTaking(desk, work, files)
    taking.run(progress)
    packet = Packet(
        card=files.card,
        fingerprint=fingerprint(desk, files.card),
        trusted=files.trusted,
        reason=str(taking.head["reason"]),
        made_by=str(taking.head["made_by"]),
        made_at=str(taking.head["made_at"]),
        items=taking.listed,
        differing=tuple(differing(taking.listed, taking.found)),
        new=taking.new,
        waiting=dict(taking.waiting),
        already=taking.already,
    )
    return _Found(packet, files, taking)


def _countersign(desk: Desk, work: UnitOfWork, found: _Found, items: Sequence[Item]) -> None:
    """Note the predecessor, pass on what nobody above has confirmed, write the receipt, keep the files."""
    files, head = found.files, found.taking.head
    card, last = files.card, files.last
    if not any(row.id == card.station for row in work.stations()):
        work.put_station(station_row(card, b"", succession.PREDECESSOR))
    if head["village_segment"] == desk.station.village_segment:
        serial = max(int(work.setting("household_serial", 0)), int(head["household_serial"]))
        work.set_setting("household_serial", serial)
    receipt = Receipt(last.stream, last.last, last.head, desk.staff.name, desk.now_label(), tuple(items))
    if desk.station.level == "village":
        succession.note(work, card.station, desk.station.id, countersigned=True)
    else:
        heirs.countersigned(desk, work, card.station, desk.station.id, receipt)
    _pass_up(desk, work, found, receipt)
    if desk.station.level == "village":
        # The station above may have been quicker: what it changed since waits here for this packet.
        downward.place_waiting(desk, work)
    work.set_mark(Mark(last.stream, "taken", last.generation, last.last, last.head))
    own_stream = over_stream(desk.station.id, card.station)
    work.append_entry(own_stream, RECEIPT, canonical.encode(receipt.as_object()))
    for part in files.parts:
        digest, data = read_part(desk, part)
        desk.vault.store_bundle(digest, data)
        work.put_bundle(bundle_rows.come(part.header, digest, "archived", {"entries": part.header.entries}))
    work.note(station=card.station, entries=last.last, revisions=found.packet.new)


def _pass_up(desk: Desk, work: UnitOfWork, found: _Found, receipt: Receipt) -> None:
    """Tell the station above whom this one took over, and give it what the closing one had not got through."""
    card, taking = found.files.card, found.taking
    if not desk.station.enrolled or desk.station.parent_id == card.station:
        return
    up = desk.station.up_stream
    body = {
        "card": card.as_object(),
        "proof": found.files.proof,
        "receipt": receipt.as_object(),
        "station": card.station,
    }
    work.append_entry(up, succession.TOOK_OVER, canonical.encode(body))
    if desk.station.level != "village":
        return
    # Another station above knows nothing of them yet.
    same = taking.head["parent"] == desk.station.parent_id
    lacking = [each for each in taking.revisions if each in taking.lacking] if same else taking.revisions
    # A packet that was begun anew holds what the one before did.
    passed = set(work.stream_revision_ids(up, 1, work.stream_head(up).number))
    for revision_id in (each for each in lacking if each not in passed):
        revision = work.revision(revision_id)
        if revision is not None:
            work.add_foreign_revision(revision, bundle_digest="", stream=up)


def _receipt(desk: Desk, reader: Reader, files: PacketReader) -> Sealed:
    """Signed with the key that the closing station knows, whatever newer ones there are."""
    card, taken = files.card, files.last
    stream = over_stream(desk.station.id, card.station)
    return bundles.seal(
        kind="handover_receipt",
        sender=desk.station.id,
        signing=files.keys.signing,
        recipients=[(card.station, card.recipient)],
        stream=stream,
        generation=desk.station.generation,
        first=1,
        previous=NO_HASH,
        lines=[line for _, line in reader.stream_lines(stream)],
        made_at=desk.now_label(),
        acknowledges=Acknowledged(taken.stream, taken.generation, taken.last, taken.head),
    )
