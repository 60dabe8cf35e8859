"""Put into the archive what came in a genuine bundle and waited: decided by a person, or missing until now.

Its entry is in the sender's stream since it came. Here the revision enters the records, goes to whoever keeps them
now, and the sender is told.
"""

from collections.abc import Iterable
from dataclasses import replace

from jiandang_desktop.domain.records import RecordId, Revision, RevisionId
from jiandang_desktop.ports.vault import HeldRow, Reader, UnitOfWork, Verdict
from jiandang_desktop.services import heirs
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import send_verdict
from jiandang_desktop.services.keeping import keeper, reach_keepers
from jiandang_desktop.services.merging import merge_by_rule
from jiandang_desktop.services.registry import REGISTRY_FORMS
from jiandang_desktop.services.sorting import BESIDE, PLACELESS, Kind, Sorter


def enter(desk: Desk, work: UnitOfWork, row: HeldRow, verdict: Verdict, reason: str, words: str = "") -> Revision:
    """Store what waited. Where it lies beside another head and the rule can't join them, it is held for that."""
    revision = Revision.read(row.body)
    before = keeper(work, revision.subject_id)
    work.adopt_revision(revision, bundle_digest=row.bundle_digest)
    reach_keepers(desk, work, revision, before, row.station_id)
    if verdict is Verdict.ARCHIVED and not joined(desk, work, revision.record_id):
        verdict, reason = Verdict.HELD, "parallel"
    settle(desk, work, row, verdict, reason, words)
    heirs.keep_on(desk, work, revision.subject_id)
    return revision


def joined(desk: Desk, work: UnitOfWork, record_id: RecordId) -> bool:
    """Whether the record has one head, after joining by rule what can be."""
    record = work.record(record_id)
    if record is None or len(record.heads) < 2:
        return True
    if merge_by_rule(desk, work, record_id) is None:
        return False
    close_conflict(desk, work, record_id)
    return True


def close_conflict(desk: Desk, work: UnitOfWork, record_id: RecordId) -> None:
    """The record has one head again: what waited for that is archived, and nobody is kept by a closed station."""
    for row in work.held(Verdict.HELD):
        if row.reason == "parallel" and Revision.read(row.body).record_id == record_id:
            settle(desk, work, row, Verdict.ARCHIVED, "decided")
    record = work.record(record_id)
    if record is not None:
        heirs.keep_on(desk, work, record.subject_id)


def settle(desk: Desk, work: UnitOfWork, row: HeldRow, verdict: Verdict, reason: str, words: str = "") -> None:
    """Write down what became of a revision that waited, and tell whoever sent it."""
    work.put_held(replace(row, outcome=verdict, reason=reason))
    for station in work.held_from(row.revision_id):
        send_verdict(desk, work, station, row.revision_id, verdict, reason, words)


def place_waiting(desk: Desk, work: UnitOfWork, came: Iterable[Revision]) -> int:
    """Place what waited for these revisions, and what waited for that in turn; how many found their place."""
    placed = 0
    fresh = list(came)
    held = [*work.held(Verdict.QUARANTINED), *work.held(Verdict.HELD)] if fresh else []
    waiting = [row for row in held if row.reason in PLACELESS]
    bodies = {row.revision_id: Revision.read(row.body) for row in waiting}
    while fresh:
        known: set[str] = set()
        for revision in fresh:
            known |= {revision.id, revision.subject_id}
        fresh = []
        for row in waiting:
            revision = bodies[row.revision_id]
            awaited = {*revision.parents, revision.subject_id, str(revision.answers.get("household_id", ""))}
            if awaited & known and _place(desk, work, row, revision):
                fresh.append(revision)
        placed += len(fresh)
        waiting = [row for row in waiting if bodies[row.revision_id] not in fresh]
    return placed


def _place(desk: Desk, work: UnitOfWork, row: HeldRow, revision: Revision) -> bool:
    kind, reason, words = Sorter(desk, work, row.station_id).judge(revision)
    if kind is Kind.QUARANTINED:
        return False
    if kind is Kind.CONFLICT and reason not in BESIDE:
        if reason != row.reason:
            settle(desk, work, row, Verdict.HELD, reason)
        return False
    verdict = {Kind.DUPLICATE: Verdict.HELD, Kind.QUALITY: Verdict.RETURNED}.get(kind, Verdict.ARCHIVED)
    enter(desk, work, row, verdict, reason if verdict is not Verdict.ARCHIVED else "", words)
    return True


def held_ancestors(work: Reader, row: HeldRow) -> list[HeldRow]:
    """What waits and must enter before ``row`` can, oldest first: what it follows, and whom and where it is about."""
    found: dict[RevisionId, HeldRow] = {}
    begun = _held_beginnings(work)

    def visit(current: HeldRow) -> None:
        revision = Revision.read(current.body)
        about = {str(revision.subject_id), str(revision.answers.get("household_id", ""))}
        before = [begun[subject] for subject in sorted(about & begun.keys())]
        missing = [parent for parent in revision.parents if work.revision(parent) is None]
        before += [each for each in map(work.held_revision, missing) if each is not None]
        for each in before:
            if each.revision_id not in {*found, current.revision_id, row.revision_id}:
                visit(each)
                found[each.revision_id] = each

    visit(row)
    return list(found.values())


def _held_beginnings(work: Reader) -> dict[str, HeldRow]:
    """The first revision of each resident and household that waits for a person itself."""
    rows = [(row, Revision.read(row.body)) for row in work.held(Verdict.HELD)]
    return {
        str(revision.record_id): row
        for row, revision in rows
        if revision.form_id in REGISTRY_FORMS and not revision.parents and work.revision(revision.id) is None
    }
