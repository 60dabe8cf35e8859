"""A station closes: everything goes over to its successor, who countersigns it item by item (R11.5, threats T21).

The closing station names its successor in everybody's registry record, puts all that its vault holds into the stream
that goes over, and writes nothing more from then on: all in one unit of work. The packet is sealed from that stream
and may be written as often as wanted. The successor's receipt ends it. Nothing is taken out of the old vault.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header, Sealed, StationCard, TrustedSender
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.medium import Place
from jiandang_desktop.ports.vault import Mark, Reader, StationRow, UnitOfWork
from jiandang_desktop.services import bundle_rows, downward, generations, handover_state, succession
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.enrolment import EnrolmentFile, EnrolmentView, parent_of
from jiandang_desktop.services.freshness import check_header
from jiandang_desktop.services.handover_packet import BEGINS, ENDS, REVISION, Item, Tally, content
from jiandang_desktop.services.handover_state import RECEIPT, Handover, Receipt, over_stream
from jiandang_desktop.services.keeping import kept_by
from jiandang_desktop.services.keys import card_of, own_card, own_identities, own_keys, refuse_ended, trusted_by_card
from jiandang_desktop.services.work import Progress, silent

LEVELS = ("village", "township", "banner")
_PART_ENTRIES, _PART_SIZE = 5_000, 16 * 2**20
"""Entries and bytes of one file of a packet, about: what a small computer can open at once."""


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a packet, read back and compared."""

    paths: tuple[Path, ...]
    items: tuple[Item, ...]
    notices: int = 0
    """Files beside it for stations below, which learn from them who goes on with them."""


def invite(desk: Desk) -> EnrolmentFile:
    """The successor's card to carry to the station that closes (NOT_ALLOWED)."""
    desk.require(Right.MANAGE_KEYS)
    with desk.vault.read() as reader:
        card, keys = own_card(desk, reader), own_keys(reader)
    sealed = bundles.seal_introduction(
        kind="enrolment_request", card=card, signing=keys.signing, made_at=desk.now_label()
    )
    desk.vault.log("handover_invite")
    return EnrolmentFile(sealed.data, bundles.file_name(sealed.header), fingerprint(desk, card))


def read_invitation(desk: Desk, data: bytes) -> EnrolmentView:
    """What a card file says of the successor, to be compared by two people (NOT_ALLOWED, BUNDLE_…)."""
    desk.require(Right.MANAGE_KEYS)
    card = bundles.read_introduction(data, kind="enrolment_request").card
    if card.station == desk.station.id:
        raise Problem("HANDOVER_TO_SELF")
    return EnrolmentView(card, fingerprint(desk, card))


def card_above(desk: Desk) -> StationCard:
    """The station above as successor: its keys were compared at the enrolment (NOT_ENROLLED)."""
    with desk.vault.read() as reader:
        return card_of(parent_of(reader))


def begin(desk: Desk, successor: StationCard, reason: str, progress: Progress = silent) -> Handover:
    """Close the station in favour of ``successor``, whose fingerprint was compared; nothing is written here afterwards.

    To the same successor again: nothing changes, but that the packet is sealed to the keys of its newest card.
    Problems: NOT_ALLOWED, REASON_MISSING, HANDOVER_TO_SELF, HANDOVER_BEGUN where another successor is named already,
    HANDOVER_KEY_ENDED, HANDOVER_LEVEL where nobody could go on with the stations below.
    """
    desk.require(Right.MANAGE_KEYS)
    with desk.vault.read() as reader:
        refuse_ended(reader, successor)
        _refuse_level(desk, reader, successor)
    known = state(desk)
    if known is not None:
        return _again(desk, known, successor)
    if not reason.strip():
        raise Problem("REASON_MISSING")
    if successor.station == desk.station.id:
        raise Problem("HANDOVER_TO_SELF")
    return _close(desk, successor, reason.strip(), progress)


def _close(desk: Desk, successor: StationCard, reason: str, progress: Progress) -> Handover:
    """Give everybody away, fill the stream that goes over, and write nothing more."""
    before = desk.station
    try:
        with desk.vault.work("hand_over") as work:
            # Closed already where the handover was called off too late.
            handover_state.put_state(work, None)
            desk.station = read_station(work)
            _announce(desk, work, {"reason": reason, "successor": successor.as_object()})
            _give_away(desk, work, successor.station, successor.name)
            items = _fill(desk, work, successor, reason, progress)
            begun = Handover(successor, reason, desk.now_label(), items)
            handover_state.put_state(work, begun)
            work.note(station=successor.station, items=len(items))
            work.commit()
    except BaseException:
        desk.station = before
        raise
    _read_station(desk)
    return begun


def _again(desk: Desk, known: Handover, successor: StationCard) -> Handover:
    """The same successor, perhaps with other keys: it rotated them, or its computer was lost."""
    if known.successor.station != successor.station:
        raise Problem("HANDOVER_BEGUN", station=known.successor.name)
    if known.successor == successor:
        return known
    renewed = replace(known, successor=successor)
    with desk.vault.work("handover_card") as work:
        handover_state.put_state(work, renewed)
        work.note(station=successor.station, key=successor.key_id)
        work.commit()
    return renewed


def call_off(desk: Desk) -> None:
    """Go on here after all: everybody is kept here again (NOT_ALLOWED, HANDOVER_NONE, HANDOVER_CONFIRMED).

    Where the successor turns out to have countersigned, that stands: its receipt, or the station above that passes it
    on, closes this station again, and what was written meanwhile goes over as a further packet.
    """
    desk.require(Right.MANAGE_KEYS)
    known = state(desk)
    if known is None:
        raise Problem("HANDOVER_NONE")
    if known.confirmed_at:
        raise Problem("HANDOVER_CONFIRMED", station=known.successor.name)
    before = desk.station
    try:
        with desk.vault.work("handover_called_off") as work:
            handover_state.call_off(work, known, desk.station.id)
            desk.station = read_station(work)
            _announce(desk, work, {"reason": "", "successor": None})
            _give_away(desk, work, desk.station.id, desk.station.name, of=StationId(known.successor.station))
            work.note(station=known.successor.station)
            work.commit()
    except BaseException:
        desk.station = before
        raise


def state(desk: Desk) -> Handover | None:
    """How this station's handover stands, None where there is none."""
    with desk.vault.read() as reader:
        return handover_state.state(reader)


def _announce(desk: Desk, work: UnitOfWork, notice: Mapping[str, Any]) -> None:
    """Tell the station above, unless this is a banner, and those below: they go on with the successor."""
    body = canonical.encode(notice)
    if desk.station.level != "banner":
        work.append_entry(desk.station.up_stream, succession.HANDS_OVER, body)
    for row in _below(work):
        work.append_entry(desk.station.down_stream(row.id), succession.HANDS_OVER, body)


def _read_station(desk: Desk) -> None:
    with desk.vault.read() as reader:
        desk.station = read_station(reader)


def write(desk: Desk, place: Place, progress: Progress = silent) -> Written:
    """Seal the packet to the successor's newest known keys and write its files; as often as wanted.

    What was written after a handover was called off too late is put into it first.
    Problems: NOT_ALLOWED, HANDOVER_NONE, HANDOVER_KEY_ENDED, MEDIUM_….
    """
    desk.require(Right.MANAGE_KEYS)
    known = state(desk)
    if known is None:
        raise Problem("HANDOVER_NONE")
    if known.supplement:
        _begin_anew(desk, known)
        known = _close(desk, known.successor, known.reason, progress)
    paths, rows = [], []
    with desk.vault.read() as reader:
        refuse_ended(reader, _newest(reader, known.successor))
        notices = [downward.seal_down(desk, reader, row.id, "downward") for row in _told(desk, reader)]
        total = reader.stream_head(_over(desk, known)).number
        for sealed in _parts(desk, reader, known):
            path = desk.bench.medium.write_file(place, bundles.file_name(sealed.header), sealed.data)
            paths.append(path)
            rows.append(bundle_rows.written(sealed, path.name))
            progress(sealed.header.last, total)
    for sealed in notices:
        path = desk.bench.medium.write_file(place, bundles.file_name(sealed.header), sealed.data)
        rows.append(bundle_rows.written(sealed, path.name))
    with desk.vault.work("handover_written") as work:
        for row in rows:
            work.put_bundle(row)
        work.note(station=known.successor.station, files=len(rows))
        work.commit()
    return Written(tuple(paths), known.items, len(notices))


def _begin_anew(desk: Desk, known: Handover) -> None:
    """A vault that was put back to before its handover goes on as a new generation: its packet begins anew."""
    with desk.vault.read() as reader:
        forgotten = reader.stream_head(_over(desk, known)).number == 0
    if forgotten:
        generations.begin(desk)


def confirm(desk: Desk, data: bytes) -> Handover:
    """Take the successor's receipt in; the same one again changes nothing.

    It may be signed with any key of the successor's that is known here and was not revoked.
    Problems: NOT_ALLOWED, HANDOVER_NONE, BUNDLE_…, HANDOVER_NOT_THIS where it is another station's or speaks of another
    packet, HANDOVER_OTHER_KEY.
    """
    desk.require(Right.MANAGE_KEYS)
    sender = bundles.read_header(data).sender
    known = state(desk)
    with desk.vault.read() as reader:
        cards = handover_state.successors(reader)
        if not cards:
            raise Problem("HANDOVER_NONE")
        successor = next((card for card in cards if card.station == sender), None)
        if successor is None:
            raise Problem("HANDOVER_NOT_THIS", station=cards[0].name)
        stream = over_stream(successor.station, desk.station.id)

        def fresh_enough(header: Header) -> None:
            check_header(reader, header, stream, frozenset({"handover_receipt"}))

        verified = bundles.open_sealed(
            data,
            trust=_countersigners(reader, successor, data),
            own=own_identities(reader),
            own_station=desk.station.id,
            freshness=fresh_enough,
        )
        said = [Receipt.read(entry.body) for entry in verified.entries if entry.kind == RECEIPT]
        found = (handover_state.believe(reader, desk.station.id, receipt) for receipt in reversed(said))
        confirmed = next((each for each in found if each is not None), None)
    if confirmed is None:
        raise Problem("HANDOVER_NOT_THIS", station=successor.name)
    if known is not None and known.successor.station != successor.station:
        raise Problem("HANDOVER_TWICE", first=successor.name, second=known.successor.name)
    if confirmed == known:
        return known
    with desk.vault.work("handover_confirmed") as work:
        for entry in verified.entries:
            if entry.number == work.stream_head(stream).number + 1:
                work.append_entry(stream, entry.kind, entry.body_bytes)
        last = verified.entries[-1]
        work.set_mark(Mark(stream, "taken", verified.header.generation, last.number, last.hash))
        handover_state.put_state(work, confirmed)
        work.note(station=successor.station, remarks=sum(bool(item.remark) for item in confirmed.items))
        work.commit()
    _read_station(desk)
    return confirmed


def _countersigners(reader: Reader, successor: StationCard, data: bytes) -> Mapping[str, TrustedSender]:
    """Who may sign the receipt (HANDOVER_OTHER_KEY)."""
    header, trust = bundles.read_header(data), trusted_by_card(reader, successor)
    if header.sender_key not in trust:
        raise Problem("HANDOVER_OTHER_KEY", name=successor.name, key=header.sender_key)
    return trust


def _newest(reader: Reader, card: StationCard) -> StationCard:
    """The successor with the newest of its keys that is known here."""
    row = next((row for row in reader.stations() if row.id == card.station), None)
    return card_of(row) if row is not None and row.relation != succession.PREDECESSOR else card


def _below(reader: Reader) -> list[StationRow]:
    """The stations below that still submit here."""
    closed = succession.known(reader).named
    rows = reader.stations()
    return [row for row in rows if row.relation == "child" and not row.revoked and row.id not in closed]


def _told(desk: Desk, reader: Reader) -> list[StationRow]:
    """The stations below that haven't confirmed yet what they were told."""
    return [row for row in _below(reader) if downward.waiting(desk, reader, row.id)]


def _refuse_level(desk: Desk, reader: Reader, successor: StationCard) -> None:
    """Villages go on with another township, never with a banner; a village takes no township over."""
    below = len(_below(reader))
    lower = LEVELS.index(successor.level) < LEVELS.index(desk.station.level)
    if lower or (below and successor.level != desk.station.level):
        raise Problem("HANDOVER_LEVEL", name=successor.name, count=below)


def fingerprint(desk: Desk, card: StationCard) -> tuple[str, ...]:
    """The words that two people compare."""
    return bundles.fingerprint(card, desk.bench.fingerprint_words)


def _give_away(desk: Desk, work: UnitOfWork, station: str, name: str, of: StationId | None = None) -> None:
    """Name who keeps everybody from now on whom ``of`` (this station) keeps."""
    for subject_id in list(kept_by(work, {of or desk.station.id})):
        record = work.record(RecordId(subject_id))
        if record is None:
            raise AssertionError("a registry row belongs to a record")
        form = desk.forms.current(record.form_id)
        kept = {"keeping_station": station, "keeping_name": name}
        revision = desk.revision(
            form,
            record_id=record.record_id,
            subject_id=subject_id,
            parents=record.heads,
            answers={**record.answers, **{field: kept[field] for field in kept if form.field(field) is not None}},
            complete=True,
        )
        work.add_own_revision(revision, stream=desk.station.up_stream)


def _fill(desk: Desk, work: UnitOfWork, successor: StationCard, reason: str, progress: Progress) -> tuple[Item, ...]:
    """Put everything into the stream that goes over, and count it."""
    stream = over_stream(desk.station.id, successor.station)
    received = work.mark(desk.station.up_stream, "received")
    head = {
        "household_serial": int(work.setting("household_serial", 0)),
        "made_at": desk.now_label(),
        "made_by": desk.staff.name,
        "parent": desk.station.parent_id,
        "reason": reason,
        "received": received.number if received else 0,
        "scheme": desk.station.scheme_id,
        "village_segment": desk.station.village_segment,
    }
    work.append_entry(stream, BEGINS, canonical.encode(head))
    tally = Tally(work.revision_body)
    counts = work.counts()
    total = counts["revisions"] * 2 + counts["audit"] // 100
    for done, (kind, body) in enumerate(content(work, stream, desk.bench.slips.referral), 1):
        raw = canonical.decode(body)
        if kind == REVISION:
            work.add_foreign_revision(Revision.from_parsed(raw, body), bundle_digest="", stream=stream)
        else:
            work.append_entry(stream, kind, body)
        tally.add(kind, raw, body)
        if done % 200 == 0:
            progress(min(done, total), total)
    items = tally.items()
    if sum(item.count for item in items if item.name.startswith("form.")) != counts["revisions"]:
        raise AssertionError("everything that is stored must go over")
    work.append_entry(stream, ENDS, canonical.encode({"items": [item.as_object() for item in items]}))
    return items


def _over(desk: Desk, known: Handover) -> str:
    return over_stream(desk.station.id, known.successor.station)


def _parts(desk: Desk, reader: Reader, known: Handover) -> Iterator[Sealed]:
    """The whole stream in files that a small computer can open one by one."""
    stream = _over(desk, known)
    lines: list[bytes] = []
    size, previous = 0, NO_HASH
    number = 0
    for number, line in reader.stream_lines(stream):
        if lines and (len(lines) == _PART_ENTRIES or size + len(line) > _PART_SIZE):
            sealed = _seal(desk, reader, known, lines, number - len(lines), previous)
            previous = sealed.header.head
            yield sealed
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    yield _seal(desk, reader, known, lines, number - len(lines) + 1, previous)


def _seal(desk: Desk, reader: Reader, known: Handover, lines: list[bytes], first: int, previous: str) -> Sealed:
    # The station above has to believe the signature, too, when the successor shows it.
    successor, above = _newest(reader, known.successor), desk.station.up_stream
    return bundles.seal(
        kind="handover",
        sender=desk.station.id,
        signing=own_keys(reader, above).signing,
        recipients=[(successor.station, successor.recipient)],
        stream=_over(desk, known),
        generation=desk.station.generation,
        first=first,
        previous=previous,
        lines=lines,
        made_at=desk.now_label(),
        introduces=own_card(desk, reader, above),
    )
