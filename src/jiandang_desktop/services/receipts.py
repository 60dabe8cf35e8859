"""Bring a receipt home: only a receipt makes a record submitted (R9.4, threats T17)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header
from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RevisionId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import BundleRow, Mark, UnitOfWork, Verdict
from jiandang_desktop.services import generations, keys, losses, notices, succession
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.downward import REVISION, VERDICT, place_waiting, read_verdict, take_revision
from jiandang_desktop.services.freshness import check_header, check_own_state, is_replaced, maybe_replaced, new_entries
from jiandang_desktop.services.keys import own_identities, trusted
from jiandang_desktop.services.parking import PARKED

RECEIPT = "receipt"
"""Kind of the entry that confirms a bundle, and of the files that bring one."""
_KINDS = frozenset({RECEIPT, "downward"})


@dataclass(frozen=True, slots=True)
class ReceiptApplied:
    """What a receipt said. ``up_to``: the own stream is acknowledged to this number."""

    counts: Mapping[Verdict, int]
    up_to: int
    already: bool
    came: Mapping[Verdict, int] = field(default_factory=dict)
    """Revisions that came down with it; ``HELD``: beside a change made here."""
    handed_to: str = ""
    """The successor that turned out to have taken this station over: nothing can be written here any more."""
    above_handed_to: str = ""
    """The successor of the station above: this one has to enrol there."""
    missing_above: losses.Missing | None = None
    """What the station above lacks since it was restored; ``losses.send_again`` sends it again."""
    maybe_replaced: bool = False
    """Another copy of this vault may have replaced it (``freshness.maybe_replaced``)."""


@dataclass(frozen=True, slots=True)
class _Receipt:
    """One receipt entry, its shape checked."""

    stream: str
    generation: str
    first: int
    last: int
    head: str
    exceptions: Mapping[RevisionId, tuple[Verdict, str, str]]
    """What isn't simply archived: verdict, reason, the archivist's words."""


def apply(desk: Desk, data: bytes) -> ReceiptApplied:
    """Take a receipt bundle in; the same one again changes nothing.

    Problems: NOT_ALLOWED, NOT_ENROLLED, BUNDLE_…, RECEIPT_NOT_OURS (another stream's), STATE_OLD where it speaks of
    entries that this vault doesn't have though nobody said that it was restored.
    """
    desk.require(Right.EXPORT)
    try:
        return _apply(desk, data)
    except Problem as problem:
        desk.vault.log("receipt_refused", code=problem.code)
        raise


def _apply(desk: Desk, data: bytes) -> ReceiptApplied:
    if not desk.station.enrolled:
        raise Problem("NOT_ENROLLED")
    stream = f"{desk.station.parent_id}/down/{desk.station.id}"
    with desk.vault.read() as reader:

        def fresh_enough(header: Header) -> None:
            check_own_state(reader, header, desk.station.up_stream)
            check_header(reader, header, stream, _KINDS)

        verified = bundles.open_sealed(
            data,
            trust=trusted(reader, "parent"),
            own=own_identities(reader),
            own_station=desk.station.id,
            freshness=fresh_enough,
        )
        entries = new_entries(reader, verified.entries, verified.header.generation)
    header = verified.header
    with desk.vault.work("apply_receipt") as work:
        counts: Counter[Verdict] = Counter()
        came: Counter[Verdict] = Counter()
        if entries:
            keys.settle(desk, work, header.sender, header.sender_key, stream)
            followed = generations.follow(work, header)
            losses.note_asked(desk, work, header, followed)
            generations.note_known(work, header, desk.station.up_stream)
        # What was confirmed before the station above was put back to an earlier state, it may not have any more.
        outdated = is_replaced(work, header.generation)
        for entry in entries:
            if entry.kind == REVISION:
                came[take_revision(desk, work, entry, verified.digest)] += 1
            elif entry.kind in (VERDICT, RECEIPT) and outdated:
                work.append_entry(entry.stream, entry.kind, entry.body_bytes)
            elif entry.kind == VERDICT:
                _take_verdict(desk, work, entry, counts)
            else:
                _take(desk, work, entry, counts)
        if came:
            place_waiting(desk, work)
        if entries:
            # What goes up again counts as archived no more until a new receipt says so.
            work.forget_verdicts(losses.give_back(work, followed, header, desk.station.up_stream))
            last = entries[-1]
            work.set_mark(Mark(stream, "taken", header.generation, last.number, last.hash))
            work.note(entries=len(entries))
            work.commit()
        received = work.mark(desk.station.up_stream, "received")
        missing, replaced = losses.missing_above(work), maybe_replaced(work)
    if came:
        desk.read_forms()
    before = desk.station.handed_to
    with desk.vault.read() as reader:
        desk.station = read_station(reader)
        above = str(reader.setting(succession.ABOVE, ""))
    closed = "" if before else desk.station.handed_to
    number = received.number if received else 0
    return ReceiptApplied(counts, number, not entries, came, closed, above, missing, replaced)


def _take(desk: Desk, work: UnitOfWork, entry: Entry, counts: Counter[Verdict]) -> None:
    if work.append_entry(entry.stream, entry.kind, entry.body_bytes) != entry.number:
        raise AssertionError("the stream here and the bundle must agree")
    if entry.kind == PARKED:
        _take_parked(desk, work, entry)
    if entry.kind != RECEIPT:
        notices.take(desk, work, entry, desk.station.parent_id)
        return
    receipt = _read(entry)
    own = desk.station.up_stream
    if receipt.stream != own:
        raise Problem("RECEIPT_NOT_OURS")
    if receipt.last > work.stream_head(own).number or work.stream_hash(own, receipt.last) != receipt.head:
        _take_of_lost(desk, work, receipt)
        return
    known = work.mark(own, "received")
    after = known.number if known else 0
    for revision_id in work.stream_revision_ids(own, max(receipt.first, after + 1), receipt.last):
        verdict, reason, words = receipt.exceptions.get(revision_id, (Verdict.ARCHIVED, "", ""))
        work.set_verdict(revision_id, verdict, reason, words)
        counts[verdict] += 1
    if receipt.last > after:
        work.set_mark(Mark(own, "received", desk.station.generation, receipt.last, receipt.head))
    for row in work.bundles("out"):
        if row.stream == own and row.last <= receipt.last and row.state in ("written", "received"):
            work.put_bundle(_answered(work, row))


def _take_parked(desk: Desk, work: UnitOfWork, entry: Entry) -> None:
    """The station above holds a bundle of ours and waits for what is missing before it."""
    row = work.bundle(str(entry.body.get("bundle")))
    if row is not None and row.direction == "out" and row.stream == desk.station.up_stream and row.state == "written":
        work.put_bundle(replace(row, state="received"))


def _take_of_lost(desk: Desk, work: UnitOfWork, receipt: _Receipt) -> None:
    """A receipt for what another generation wrote and this vault lost; its records come back with their verdicts."""
    if receipt.generation == desk.station.generation:
        raise Problem("STATE_OLD", number=receipt.last, have=work.stream_head(desk.station.up_stream).number)
    for revision_id, (verdict, reason, words) in receipt.exceptions.items():
        work.set_verdict(revision_id, verdict, reason, words)


def _take_verdict(desk: Desk, work: UnitOfWork, entry: Entry, counts: Counter[Verdict]) -> None:
    """What was decided after the receipt; the bundle that brought the revision shows it."""
    work.append_entry(entry.stream, entry.kind, entry.body_bytes)
    revision_id, verdict, reason, words = read_verdict(entry)
    work.set_verdict(revision_id, verdict, reason, words)
    counts[verdict] += 1
    own = desk.station.up_stream
    for row in work.bundles("out"):
        answered = row.stream == own and row.state in ("archived", "held", "returned")
        if answered and revision_id in work.stream_revision_ids(own, row.first, row.last):
            work.put_bundle(_answered(work, row))


def _answered(work: UnitOfWork, row: BundleRow) -> BundleRow:
    """The row with the state that its records have now: one that went back says more than one that waits."""
    said = {work.verdict(each) for each in work.stream_revision_ids(row.stream, row.first, row.last)}
    waits = said - {"", Verdict.ARCHIVED}
    return replace(row, state="returned" if Verdict.RETURNED in waits else "held" if waits else "archived")


def _read(entry: Entry) -> _Receipt:
    body = entry.body
    try:
        exceptions = {
            RevisionId(item["revision"]): (Verdict(item["verdict"]), str(item["reason"]), str(item.get("words", "")))
            for item in body["exceptions"]
        }
        numbers_ok = type(body["first"]) is int and type(body["last"]) is int and 1 <= body["first"] <= body["last"]
        if not numbers_ok:
            raise ValueError("not a range")
        stream, generation, head = (str(body[name]) for name in ("stream", "generation", "head"))
        return _Receipt(stream, generation, body["first"], body["last"], head, exceptions)
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("BUNDLE_ENTRIES") from error
