"""Intake at the township: verify, preview, archive in one transaction, answer with a receipt (R9.4).

A bundle is genuine as a whole or refused as a whole. Inside a genuine one each record is archived, held, returned
or quarantined by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, RevisionId, StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import BundleRow, HeldRow, Mark, Reader, UnitOfWork, Verdict
from jiandang_desktop.services import bundle_rows, generations, heirs, keys, losses, notices
from jiandang_desktop.services.clock import impossible
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import seal_down
from jiandang_desktop.services.duplicates import remember_two_people
from jiandang_desktop.services.freshness import (
    REPLACED,
    check_header,
    check_own_state,
    is_new_generation,
    new_entries,
    newest_generation,
    taken_mark,
)
from jiandang_desktop.services.keeping import keeper, reach_keepers
from jiandang_desktop.services.keys import own_identities, trusted
from jiandang_desktop.services.parking import SUBMISSIONS
from jiandang_desktop.services.placing import joined, place_waiting, settle
from jiandang_desktop.services.sorting import Kind, PlanItem, Sorter
from jiandang_desktop.services.work import Progress, silent

_WAITING = frozenset({Verdict.HELD, Verdict.QUARANTINED})


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
    date_doubtful: bool = False
    """The date on the bundle can't be; it is used for nothing."""

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
    words: Mapping[RevisionId, str] | None = None,
) -> Archived:
    """Archive a verified bundle with the archivist's decisions and write the receipt, all in one transaction.

    ``decisions`` may turn what was proposed for an item into ARCHIVED (two persons after all), HELD or RETURNED;
    ``words`` are what the archivist writes to those that go back.
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
        outcomes = _store_all(desk, work, prepared, _Decided(decisions or {}, words or {}), progress)
        _append_receipt(desk, work, prepared, outcomes)
        # What the receipt says comes first; what these entries settle besides follows it.
        place_waiting(desk, work, [item.revision for item in fresh if item.revision is not None])
        outcomes = _by_now(work, prepared, outcomes)
        if fresh:
            last = fresh[-1].entry
            work.set_mark(Mark(header.stream, "taken", header.generation, last.number, last.hash))
        for item in fresh:
            if item.kind is Kind.NOTICE:
                notices.take(desk, work, item.entry, header.sender)
        generations.note_acknowledged(desk, work, header, followed)
        back = losses.give_back(work, followed, header, desk.station.down_stream(header.sender))
        heirs.pass_on(desk, work, header.sender, back)
        sealed = seal_down(desk, work, StationId(header.sender), "receipt")
        row = _row(desk, prepared, outcomes)
        work.put_bundle(row, receipt=sealed.data)
        work.note(bundle=prepared.digest, station=header.sender, entries=len(fresh))
        work.commit()
    desk.read_forms()
    counts = Counter(outcome.verdict for outcome in outcomes.values())
    return Archived(row, sealed.data, bundles.file_name(sealed.header), counts, already=False)


def held(desk: Desk) -> list[HeldRow]:
    """What waits for a person (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        return [*reader.held(Verdict.HELD), *reader.held(Verdict.QUARANTINED)]


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
        sorter = Sorter(desk, reader, StationId(header.sender))
        entries = new_entries(reader, verified.entries, header.generation)
        items = []
        generation = _generation(reader, header)
        for done, entry in enumerate(entries, 1):
            notices.check(desk, entry, header.sender)
            items.append(sorter.sort(entry))
            if done % 200 == 0:
                progress(done, len(entries))
        sorted_ = sorter.finish(items)
    doubtful = impossible(desk, header.made_at)
    return IntakePlan(
        header, verified.digest, sender_name, sorted_, data, generation=generation, date_doubtful=doubtful
    )


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


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the archivist decided about single items, and wrote to them."""

    verdicts: Mapping[RevisionId, Verdict]
    words: Mapping[RevisionId, str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one item."""

    verdict: Verdict
    reason: str
    words: str = ""


def _store_all(
    desk: Desk, work: UnitOfWork, prepared: IntakePlan, decided: _Decided, progress: Progress
) -> dict[int, _Outcome]:
    outcomes: dict[int, _Outcome] = {}
    for done, item in enumerate(prepared.items, 1):
        outcome = _decide(work, item, decided)
        outcomes[item.entry.number] = outcome
        _store(desk, work, prepared, item, outcome)
        if done % 200 == 0:
            progress(done, len(prepared.items))
    _join_parallel(desk, work, prepared, outcomes)
    return outcomes


def _decide(work: UnitOfWork, item: PlanItem, decided: _Decided) -> _Outcome:
    chosen = decided.verdicts.get(item.revision.id) if item.revision else None
    standing = work.verdict(item.revision.id) if item.revision and item.kind is Kind.KNOWN else ""
    if standing:
        return _Outcome(Verdict(standing), item.reason)
    # What can't be placed stays in quarantine whatever anybody decides.
    if item.revision is None or chosen is None or item.kind in (Kind.QUARANTINED, Kind.KNOWN):
        return _Outcome(item.verdict, item.reason, item.words)
    if chosen is Verdict.ARCHIVED and any(work.revision(parent) is None for parent in item.revision.parents):
        return _Outcome(item.verdict, item.reason, item.words)
    return _Outcome(chosen, item.reason or "decided", decided.words.get(item.revision.id, item.words))


def _store(desk: Desk, work: UnitOfWork, prepared: IntakePlan, item: PlanItem, outcome: _Outcome) -> None:
    entry, revision = item.entry, item.revision
    sender = StationId(prepared.header.sender)
    enters = item.stored or (outcome.verdict is Verdict.ARCHIVED and item.kind is not Kind.QUARANTINED)
    if revision is not None and enters:
        before = None if item.stored else keeper(work, revision.subject_id)
        work.add_foreign_revision(revision, bundle_digest=prepared.digest, stream=entry.stream)
        work.set_verdict(revision.id, outcome.verdict, outcome.reason, outcome.words)
        if not item.stored:
            reach_keepers(desk, work, revision, before, sender)
        if item.kind is Kind.DUPLICATE and outcome.verdict is Verdict.ARCHIVED:
            remember_two_people(desk, work, revision.subject_id)
    else:
        work.append_entry(entry.stream, entry.kind, entry.body_bytes)
    if revision is None:
        return
    if not enters or outcome.verdict in _WAITING:
        _hold(work, prepared, revision, outcome)
    else:
        _no_longer_held(desk, work, revision, outcome)


def _hold(work: UnitOfWork, prepared: IntakePlan, revision: Revision, outcome: _Outcome) -> None:
    sender = StationId(prepared.header.sender)
    work.put_held(HeldRow(revision.id, sender, outcome.verdict, outcome.reason, prepared.digest, revision.body))


def _no_longer_held(desk: Desk, work: UnitOfWork, revision: Revision, outcome: _Outcome) -> None:
    """What waited, sent by somebody else or too early, came once more and entered the archive."""
    row = work.held_revision(revision.id)
    if row is not None and row.outcome in _WAITING:
        settle(desk, work, row, outcome.verdict, outcome.reason, outcome.words)


def _join_parallel(desk: Desk, work: UnitOfWork, prepared: IntakePlan, outcomes: dict[int, _Outcome]) -> None:
    """Join by rule what was archived beside another change; what the rule can't join after all is held."""
    beside: defaultdict[RecordId, list[PlanItem]] = defaultdict(list)
    for item in prepared.items:
        if item.revision is not None and (item.kind in (Kind.MERGED, Kind.CONFLICT)):
            beside[item.revision.record_id].append(item)
    for record_id, items in beside.items():
        archived = [item for item in items if outcomes[item.entry.number].verdict is Verdict.ARCHIVED]
        if len(archived) < len(items) or joined(desk, work, record_id):
            continue
        for item in archived:
            if item.revision is not None:
                outcome = _Outcome(Verdict.HELD, "parallel")
                outcomes[item.entry.number] = outcome
                work.set_verdict(item.revision.id, outcome.verdict, outcome.reason)
                _hold(work, prepared, item.revision, outcome)


def _by_now(work: Reader, prepared: IntakePlan, outcomes: Mapping[int, _Outcome]) -> dict[int, _Outcome]:
    """The outcomes once what waited has found its place."""
    found = dict(outcomes)
    for item in prepared.items:
        row = work.held_revision(item.revision.id) if item.revision is not None else None
        if row is not None and found[item.entry.number].verdict in _WAITING:
            found[item.entry.number] = _Outcome(row.outcome, row.reason)
    return found


def _append_receipt(desk: Desk, work: UnitOfWork, prepared: IntakePlan, outcomes: Mapping[int, _Outcome]) -> None:
    """Append the receipt to the stream that goes down."""
    header = prepared.header
    stream = desk.station.down_stream(header.sender)
    exceptions = [
        {"reason": said.reason, "revision": item.revision.id, "verdict": said.verdict.value, "words": said.words}
        for item in prepared.items
        if item.revision is not None
        for said in [outcomes[item.entry.number]]
        if said.verdict is not Verdict.ARCHIVED
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


def _row(desk: Desk, prepared: IntakePlan, outcomes: Mapping[int, _Outcome]) -> BundleRow:
    header = prepared.header
    counts = Counter(each.verdict.value for each in outcomes.values())
    return bundle_rows.come(header, prepared.digest, "archived", {**counts, "received": desk.today()})
