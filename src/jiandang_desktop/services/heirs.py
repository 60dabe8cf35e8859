"""What a station above does when it hears that one below was taken over by another (services/succession).

The successor gets what the closed station had not taken yet. Who countersigned first stays the successor: what the
closed station gave to it and took back, or gave to somebody else, is brought over; the closed station gets the receipt
passed on, and a second successor sees in its folders who keeps them.
"""

from collections.abc import Collection

from jiandang_desktop.bundles import StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import Entry, read_entry
from jiandang_desktop.domain.records import MalformedRevision, RecordId, Revision, RevisionId, StationId, SubjectId
from jiandang_desktop.ports.vault import Reader, UnitOfWork
from jiandang_desktop.services import succession
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import append_revision
from jiandang_desktop.services.handover_state import RECEIPT, Receipt
from jiandang_desktop.services.keeping import keeper, kept_by, send_to_keepers
from jiandang_desktop.services.keys import card_of, station_row
from jiandang_desktop.services.losses import append_missing
from jiandang_desktop.services.registry import revise_registry


def take(desk: Desk, work: UnitOfWork, entry: Entry, sender: str) -> None:
    """Act on an entry that was checked, once all that came with it is stored."""
    closed, successor = succession.read(entry, sender)
    if entry.kind == succession.TOOK_OVER:
        if all(row.id != closed for row in work.stations()):
            work.put_station(station_row(StationCard.from_object(entry.body["card"]), b"", succession.PREDECESSOR))
        countersigned(desk, work, closed, successor, Receipt.read(entry.body["receipt"]))
        return
    stands = succession.known(work)
    if closed in stands.countersigned:
        _bring_over(desk, work, closed, stands.countersigned[closed], {closed, successor})
        return
    succession.note(work, closed, successor, countersigned=False)
    if sender == desk.station.parent_id:
        raw = entry.body["successor"]
        work.set_setting(succession.ABOVE, "" if raw is None else str(raw["name"]))
    if stands.named.get(closed, closed) != successor:
        _forward(desk, work, closed, successor)
    _believe(desk, work, closed, successor)


def _believe(desk: Desk, work: UnitOfWork, closed: str, successor: str) -> None:
    """What the successor said before under a key that wasn't known here: the closed station's own word proves it."""
    for _, line in list(work.stream_lines(f"{successor}/up")):
        entry = read_entry(line)
        said = entry.kind == succession.TOOK_OVER and succession.read(entry, successor)[0] == closed
        if said and succession.proven(work, succession.known(work), entry, successor):
            countersigned(desk, work, closed, successor, Receipt.read(entry.body["receipt"]))


def countersigned(desk: Desk, work: UnitOfWork, closed: str, successor: str, receipt: Receipt) -> None:
    """A successor took a station over: the first that did so stays it."""
    stands = succession.known(work)
    heir = stands.countersigned.get(closed, successor)
    if heir != successor:
        _show_keeper(desk, work, closed, heir, successor)
        return
    succession.note(work, closed, heir, countersigned=True)
    if stands.named.get(closed) != heir:
        _forward(desk, work, closed, heir)
    _bring_over(desk, work, closed, heir, {closed, stands.named.get(closed, closed)} - {heir})
    if _below(work, closed):
        card = next(card_of(row) for row in work.stations() if row.id == heir)
        body = {**receipt.as_object(), "card": card.as_object()}
        work.append_entry(desk.station.down_stream(closed), RECEIPT, canonical.encode(body))


def pass_on(desk: Desk, work: UnitOfWork, closed: str, lost: Collection[RevisionId]) -> None:
    """What a closed station wrote, lost by a restore before it closed and is given back: its packet lacks it."""
    heir = succession.known(work).heir(closed)
    if heir != closed and _below(work, heir):
        found = (work.revision(each) for each in lost)
        append_missing(work, desk.station.down_stream(heir), [each for each in found if each is not None])


def keep_on(desk: Desk, work: UnitOfWork, subject_id: SubjectId) -> None:
    """What came late says that a station keeps somebody that was taken over since: its heir does."""
    closed = keeper(work, subject_id)
    stands = succession.known(work)
    if closed is not None and closed in stands.countersigned:
        _give(desk, work, subject_id, stands.heir(closed))


def _give(desk: Desk, work: UnitOfWork, subject_id: SubjectId, heir: str) -> None:
    name = next((row.name for row in work.stations() if row.id == heir), "")
    revise_registry(desk, work, subject_id, {"keeping_station": heir, "keeping_name": name})


def _forward(desk: Desk, work: UnitOfWork, closed: str, successor: str) -> None:
    """Changes made here that the closed station never took go to its successor."""
    if not _below(work, successor) or closed == successor:
        return
    stream = desk.station.down_stream(closed)
    received = work.mark(stream, "received")
    for _, line in list(work.stream_lines(stream, received.number if received else 0)):
        entry = read_entry(line)
        if entry.kind != "revision":
            continue
        try:
            revision = Revision.from_parsed(entry.body, entry.body_bytes)
        except MalformedRevision:
            continue
        append_revision(work, desk.station.down_stream(successor), revision)


def _bring_over(desk: Desk, work: UnitOfWork, closed: str, heir: str, keepers: Collection[str]) -> None:
    """The heir keeps whom the closed station gave to it once, whoever keeps them now by that station's word alone.

    And whom the closed station still keeps: moved there from here, and closed before it heard of that.
    """
    for subject_id in list(kept_by(work, keepers)):
        if keeper(work, subject_id) == closed or _gave(work, subject_id, closed, heir):
            _give(desk, work, subject_id, heir)


def _show_keeper(desk: Desk, work: UnitOfWork, closed: str, heir: str, second: str) -> None:
    """A second successor learns from the registry records that the first one keeps everybody."""
    for subject_id in list(kept_by(work, {heir})):
        history = work.history(RecordId(subject_id))
        if any(each.station_id == closed for each in history):
            for revision in history:
                send_to_keepers(desk, work, revision, {StationId(second)})


def _gave(reader: Reader, subject_id: SubjectId, closed: str, heir: str) -> bool:
    """Whether the closed station itself named its heir as keeper."""
    return any(
        each.station_id == closed and each.answers.get("keeping_station") == heir
        for each in reader.history(RecordId(subject_id))
    )


def _below(reader: Reader, station: str) -> bool:
    return any(row.id == station and row.relation == "child" for row in reader.stations())
