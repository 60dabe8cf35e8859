"""Intake at the township: verify, preview, archive in one transaction, answer with a receipt (R9.4).

A bundle is genuine as a whole or refused as a whole. Inside a genuine one each record is archived, held, returned
or quarantined by itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RevisionId, StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import BundleRow, HeldRow, Mark, Reader, UnitOfWork, Verdict
from jiandang_desktop.services import generations, keys, notices
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import seal_down
from jiandang_desktop.services.freshness import (
    REPLACED,
    check_header,
    check_own_state,
    is_new_generation,
    new_entries,
    newest_generation,
    taken_mark,
)
from jiandang_desktop.services.keys import own_identities, trusted
from jiandang_desktop.services.parking import SUBMISSIONS
from jiandang_desktop.services.sorting import Kind, PlanItem, Sorter
from jiandang_desktop.services.work import Progress, silent


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What taking a bundle in would do. ``known_receipt`` is set where this very file was archived before."""

    header: Header
    digest: str
    sender_name: str
    items: tuple[PlanItem, ...]
    data: bytes = field(repr=False)
    known_receipt: bytes | None = field(default=None, repr=False)
    generation: str = ""
    """``new``: the village goes on from a backup or a second computer; ``older``: one that was replaced by that."""

    def counts(self) -> Mapping[Kind, int]:
        """How many items of each kind."""
        return Counter(item.kind for item in self.items)


@dataclass(frozen=True, slots=True)
class Archived:
    """What intake led to, and the receipt to carry home."""

    bundle: BundleRow
    receipt: bytes = field(repr=False)
    receipt_name: str
    counts: Mapping[Verdict, int]
    already: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A genuine bundle, before its content is sorted."""

    header: Header
    sender_name: str
    known: BundleRow | None
    """The same file, where it was taken or parked before."""
    missing: tuple[int, int] | None
    """The entries before it that are not here."""


def verify(desk: Desk, data: bytes, progress: Progress = silent) -> IntakePlan:
    """Verify a bundle and say what is in it; changes nothing at all.

    Problems: NOT_ALLOWED, BUNDLE_… (each class of docs/bundle-format.md), BUNDLE_GAP, BUNDLE_FORK; STATE_OLD or
    STATE_REPLACED where it is this vault that isn't the newest (``freshness.check_own_state``).
    """
    desk.require(Right.INTAKE)
    return _plan(desk, data, progress)


def look(desk: Desk, data: bytes) -> Seen:
    """Verify a bundle, whatever is missing before it, and sort nothing; changes nothing.

    Problems: NOT_ALLOWED, BUNDLE_….
    """
    desk.require(Right.INTAKE)
    missing: list[tuple[int, int]] = []
    with desk.vault.read() as reader:

        def following(header: Header) -> None:
            check_own_state(reader, header, desk.station.down_stream(header.sender))
            try:
                check_header(reader, header, f"{header.sender}/up", SUBMISSIONS)
            except Problem as problem:
                if problem.code != "BUNDLE_GAP":
                    raise
                missing.append((int(str(problem.values_["first"])), int(str(problem.values_["last"]))))

        trust = trusted(reader, "child")
        verified = bundles.open_sealed(
            data, trust=trust, own=own_identities(reader), own_station=desk.station.id, freshness=following
        )
        header = verified.header
        name = trust[header.sender_key].name
        return Seen(header, name, reader.bundle(verified.digest), missing[0] if missing else None)


def plan(desk: Desk, data: bytes, progress: Progress = silent) -> IntakePlan:
    """As ``verify``, on the way into the archive: a refusal is written down in the audit log."""
    desk.require(Right.INTAKE)
    try:
        return _plan(desk, data, progress)
    except Problem as problem:
        desk.vault.log("intake_refused", code=problem.code)
        raise


def archive(
    desk: Desk,
    prepared: IntakePlan,
    decisions: Mapping[RevisionId, Verdict] | None = None,
    progress: Progress = silent,
) -> Archived:
    """Archive a verified bundle with the archivist's decisions and write the receipt, all in one transaction.

    ``decisions`` may turn what was proposed for an item into ARCHIVED (two persons after all), HELD or RETURNED.
    The same bundle again gives the same receipt and changes nothing.
    Problems: NOT_ALLOWED, BUNDLE_STALE_PLAN where another bundle of the village was archived since the preview.
    """
    desk.require(Right.INTAKE)
    if prepared.known_receipt is not None:
        return _known(desk, prepared)
    desk.vault.store_bundle(prepared.digest, prepared.data)
    header = prepared.header
    with desk.vault.work("archive_bundle") as work:
        fresh = prepared.items
        keys.settle(desk, work, header.sender, header.sender_key, header.stream)
        followed = generations.follow(work, header)
        if fresh and taken_mark(work, header.stream).number + 1 != fresh[0].entry.number:
            raise Problem("BUNDLE_STALE_PLAN")
        outcomes = _store_all(work, prepared, dict(decisions or {}), progress)
        if fresh:
            last = fresh[-1].entry
            work.set_mark(Mark(header.stream, "taken", header.generation, last.number, last.hash))
        for item in fresh:
            notices.take(desk, work, item.entry, header.sender)
        generations.note_acknowledged(desk, work, header, followed)
        generations.give_back(desk, work, header, followed, [item.entry for item in fresh])
        sealed = _receipt(desk, work, prepared, outcomes)
        row = _row(desk, prepared, outcomes)
        work.put_bundle(row, receipt=sealed.data)
        work.note(bundle=prepared.digest, station=header.sender, entries=len(fresh))
        work.commit()
    desk.read_forms()
    counts = Counter(verdict for verdict, _ in outcomes.values())
    return Archived(row, sealed.data, bundles.file_name(sealed.header), counts, already=False)


def held(desk: Desk) -> list[HeldRow]:
    """What waits for a person (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        return reader.held()


def _plan(desk: Desk, data: bytes, progress: Progress) -> IntakePlan:
    with desk.vault.read() as reader:

        def fresh_enough(header: Header) -> None:
            check_own_state(reader, header, desk.station.down_stream(header.sender))
            check_header(reader, header, f"{header.sender}/up", SUBMISSIONS)

        trust = trusted(reader, "child")
        verified = bundles.open_sealed(
            data,
            trust=trust,
            own=own_identities(reader),
            own_station=desk.station.id,
            freshness=fresh_enough,
        )
        header = verified.header
        sender_name = trust[header.sender_key].name
        receipt = reader.receipt_for(verified.digest)
        if receipt is not None:
            return IntakePlan(header, verified.digest, sender_name, (), data, receipt)
        sorter = Sorter(desk.forms, reader, StationId(header.sender))
        entries = new_entries(reader, verified.entries, header.generation)
        items = []
        generation = _generation(reader, header)
        for done, entry in enumerate(entries, 1):
            notices.check(desk, entry, header.sender)
            items.append(sorter.sort(entry))
            if done % 200 == 0:
                progress(done, len(entries))
    return IntakePlan(header, verified.digest, sender_name, tuple(items), data, generation=generation)


def _generation(reader: Reader, header: Header) -> str:
    if header.generation in reader.setting(REPLACED, []):
        return "older"
    if is_new_generation(reader, header):
        return "new"
    return "" if newest_generation(reader, header.stream) in (None, header.generation) else "older"


def _known(desk: Desk, prepared: IntakePlan) -> Archived:
    receipt = prepared.known_receipt or b""
    with desk.vault.read() as reader:
        row = reader.bundle(prepared.digest)
    if row is None:
        raise AssertionError("a receipt belongs to a bundle")
    name = bundles.file_name(bundles.read_header(receipt))
    return Archived(row, receipt, name, {}, already=True)


def _store_all(
    work: UnitOfWork, prepared: IntakePlan, decisions: dict[RevisionId, Verdict], progress: Progress
) -> dict[int, tuple[Verdict, str]]:
    outcomes: dict[int, tuple[Verdict, str]] = {}
    for done, item in enumerate(prepared.items, 1):
        verdict, reason = _decided(item, decisions)
        outcomes[item.entry.number] = (verdict, reason)
        _store(work, prepared, item, verdict, reason)
        if done % 200 == 0:
            progress(done, len(prepared.items))
    return outcomes


def _decided(item: PlanItem, decisions: Mapping[RevisionId, Verdict]) -> tuple[Verdict, str]:
    chosen = decisions.get(item.revision.id) if item.revision else None
    # What can't be placed stays in quarantine whatever anybody decides.
    if chosen is None or item.kind in (Kind.QUARANTINED, Kind.KNOWN):
        return item.verdict, item.reason
    return chosen, item.reason or "decided"


def _store(work: UnitOfWork, prepared: IntakePlan, item: PlanItem, verdict: Verdict, reason: str) -> None:
    entry, revision = item.entry, item.revision
    enters = revision is not None and (item.stored or verdict in (Verdict.ARCHIVED, Verdict.RETURNED))
    if revision is not None and enters and item.kind is not Kind.QUARANTINED:
        work.add_foreign_revision(revision, bundle_digest=prepared.digest, stream=entry.stream)
        work.set_verdict(revision.id, verdict, reason)
    else:
        work.append_entry(entry.stream, entry.kind, entry.body_bytes)
    if revision is not None and verdict in (Verdict.HELD, Verdict.QUARANTINED):
        sender = StationId(prepared.header.sender)
        work.put_held(HeldRow(revision.id, sender, verdict, reason, prepared.digest, revision.body))


def _receipt(
    desk: Desk, work: UnitOfWork, prepared: IntakePlan, outcomes: Mapping[int, tuple[Verdict, str]]
) -> bundles.Sealed:
    """Append the receipt to the stream that goes down, and seal all of it that the village hasn't taken."""
    header = prepared.header
    stream = desk.station.down_stream(header.sender)
    exceptions = [
        {"reason": reason, "revision": item.revision.id, "verdict": verdict.value}
        for item in prepared.items
        if item.revision is not None
        for verdict, reason in [outcomes[item.entry.number]]
        if verdict is not Verdict.ARCHIVED
    ]
    body = {
        "bundle": prepared.digest,
        "exceptions": exceptions,
        "first": header.first,
        "generation": header.generation,
        "head": header.head,
        "last": header.last,
        "stream": header.stream,
    }
    work.append_entry(stream, "receipt", canonical.encode(body))
    return seal_down(desk, work, StationId(header.sender), "receipt")


def _row(desk: Desk, prepared: IntakePlan, outcomes: Mapping[int, tuple[Verdict, str]]) -> BundleRow:
    header = prepared.header
    return BundleRow(
        digest=prepared.digest,
        direction="in",
        kind=header.kind,
        peer=header.sender,
        stream=header.stream,
        generation=header.generation,
        first=header.first,
        last=header.last,
        head=header.head,
        file_name=bundles.file_name(header),
        made_at=header.made_at,
        state="archived",
        summary={
            **{verdict.value: n for verdict, n in Counter(v for v, _ in outcomes.values()).items()},
            "received": desk.today(),
        },
    )
