"""A village closes in favour of another: its packet on sticks, who takes it over, and the receipt that ends it.

A village that others handed over to doesn't close itself, and one that began goes on with the same successor: people
agree about that before they write a packet.
"""

import dataclasses

from jiandang_desktop.bundles import StationCard
from jiandang_desktop.domain.chain import read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RevisionId
from jiandang_desktop.services import handover, takeover
from jiandang_desktop.services.desk import Desk

from . import steps
from .world import ModelError, Packet, Place, Stopped, World


def close(world: World, v: int, which: int, _how: int) -> None:
    """A village names its successor and writes nothing more; its packet is written."""
    place, successor = _parties(world, v % len(world.villages), which)
    if successor is None:
        return
    if not place.desk.station.handed_to:
        card = _card(world, successor)
        if card is None:
            return

        def action(desk: Desk) -> None:
            handover.begin(desk, card, "撤站")

        steps.save(world, place, action)
        if place.desk.station.handed_to:
            world.given[v % len(world.villages)] = place.believed.has
    if place.desk.station.handed_to:
        write(world, place)


def _parties(world: World, v: int, which: int) -> tuple[Place, Place | None]:
    """The village and who goes on with it; None where it may not close."""
    place = world.villages[v]
    if any(world.villages[heir] is place for heir in world.heirs.values()) or len(world.villages) < 2:
        return place, None
    heir = world.heirs.get(v, (v + 1 + which % (len(world.villages) - 1)) % len(world.villages))
    if heir in world.heirs:
        return place, None
    world.heirs[v] = heir
    return place, world.villages[heir]


def _card(world: World, successor: Place) -> StationCard | None:
    try:
        with world.at(successor) as desk:
            invitation = handover.invite(desk).data
    except Stopped:
        return None
    return handover.read_invitation(successor_reader(world, successor), invitation).card


def successor_reader(world: World, successor: Place) -> Desk:
    """Any other station's desk reads an invitation alike."""
    return next(place.desk for place in world.villages if place is not successor)


def write(world: World, place: Place) -> None:
    """The packet on a stick, with what came since where it was called off or put back."""
    folder = world.new_folder("packet")
    folder.mkdir()
    known = handover.state(place.desk)
    try:
        with world.at(place) as desk:
            handover.write(desk, folder)
    except Problem as problem:
        if not (place.disturbed and problem.code in steps.AFTER_LOSS):
            raise ModelError(f"packet refused {problem.code}", problem.values_) from problem
        return
    except Stopped:
        return
    finally:
        _grow(world, place)
    v = world.villages.index(place)
    if known is not None and known.supplement:
        world.given[v] = place.believed.has
    world.packets.append(Packet(folder, v, world.heirs[v], world.given[v], place.believed.told))


def _grow(world: World, place: Place) -> None:
    """What a step wrote: its revisions, and the entries that it put behind those known in the stream upward."""
    known = place.believed
    has = steps.revisions_of(place.desk)
    if known.has - has:
        raise ModelError("a handover lost revisions", known.has - has)
    world.made |= has - known.has
    with place.desk.vault.read() as reader:
        lines = reader.stream_lines(place.desk.station.up_stream, len(known.up))
        added = [steps.label(read_entry(line)) for _, line in lines]
    place.believed = dataclasses.replace(known, has=has, up=(*known.up, *added))


def take_over(world: World, _v: int, which: int, _how: int) -> None:
    """A packet to the successor, any that was ever written, and the receipt back."""
    if world.packets:
        carry(world, world.packets[which % len(world.packets)])


def carry(world: World, packet: Packet) -> Problem | None:
    """Take a packet over, all of it or nothing; what stood in the way."""
    place, closed = world.villages[packet.successor], world.villages[packet.closing]
    before = place.believed.has | steps.waiting_at(place.desk)
    receipt = b""
    try:
        with world.at(place) as desk:
            receipt = takeover.take(desk, takeover.find(desk, packet.folder), compared=True).receipt
    except Problem as problem:
        _refused(place, closed, problem)
        if place.believed.has != steps.revisions_of(place.desk):
            raise ModelError("a refused packet changed something") from problem
        return problem
    except Stopped:
        pass
    _take_note(world, place, packet, before, whole=bool(receipt))
    return confirm(world, closed, receipt, place) if receipt else None


def _take_note(world: World, place: Place, packet: Packet, before: frozenset[RevisionId], *, whole: bool) -> None:
    has, waits = steps.revisions_of(place.desk), steps.waiting_at(place.desk)
    if has - before - packet.has:
        raise ModelError("a packet brought what it doesn't hold", has - before - packet.has)
    if whole and packet.has - has - waits:
        raise ModelError("a packet was countersigned and isn't there", packet.has - has - waits)
    if whole or has != place.believed.has:
        _grow(world, place)
        place.believed = dataclasses.replace(place.believed, told=place.believed.told | packet.told)


def confirm(world: World, closed: Place, receipt: bytes, successor: Place) -> Problem | None:
    """The receipt to the station that closed."""
    try:
        with world.at(closed) as desk:
            handover.confirm(desk, receipt)
    except Problem as problem:
        _refused(closed, successor, problem)
        return problem
    except Stopped:
        pass
    finally:
        _grow(world, closed)
    return None


def _refused(place: Place, other: Place, problem: Problem) -> None:
    if not (problem.code in steps.AFTER_LOSS | _AFTER_LOSS and (place.disturbed or other.disturbed)):
        raise ModelError(f"handover refused {problem.code}", problem.values_) from problem


_AFTER_LOSS = {"HANDOVER_NONE", "HANDOVER_NOT_THIS", "HANDOVER_OTHER_KEY", "HANDOVER_DIFFERS"}
"""Refusals where one of the two was put back to before the handover, or to before it went over once more."""


def finish(world: World, place: Place) -> None:
    """What people do until a handover that was begun has ended: write it again, take it over, bring the receipt."""
    v = world.villages.index(place)
    if v not in world.heirs:
        return
    missed = [carry(world, packet) for packet in [each for each in world.packets if each.closing == v][-1:]]
    known = handover.state(place.desk)
    if known is not None and (any(missed) or not known.confirmed):
        card = _card(world, world.villages[world.heirs[v]])
        if card is not None:
            # Its keys may be others than when it was named.
            handover.begin(place.desk, card, "撤站")
        write(world, place)
        carry(world, world.packets[-1])


def require_handed_over(world: World) -> None:
    """Whatever a closed village had when its newest packet was written is at its successor.

    Not where the village is open again: it was put back, and the packet's keys were lost with the successor's computer.
    """
    newest = {packet.closing: packet for packet in world.packets}
    for packet in newest.values():
        if not world.villages[packet.closing].desk.station.handed_to:
            continue
        successor = world.villages[packet.successor]
        there = steps.revisions_of(successor.desk) | steps.waiting_at(successor.desk)
        if packet.has - there:
            raise ModelError("lost in a handover", packet.has - there)
