"""What comes down from the station above beside receipts: revisions that it made or passes on, each placed by itself.

A station above merges, corrects and moves records, and passes on what another village wrote of somebody who moved
here. Its word is trusted (``keys.trusted``); what can't be placed yet waits in quarantine, named.
"""

from dataclasses import replace

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Sealed
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import MalformedRevision, Revision, RevisionId, StationId
from jiandang_desktop.forms.validator import check_values
from jiandang_desktop.ports.vault import HeldRow, Reader, StationRow, UnitOfWork, Verdict
from jiandang_desktop.services.desk import PROGRAMME_SETTINGS, Desk
from jiandang_desktop.services.generations import acknowledgement, keep_household_serial
from jiandang_desktop.services.keys import own_keys

REVISION = "revision"
"""Kind of the journal entries that hold a revision."""
VERDICT = "verdict"
"""Kind of the entries that say what was decided about a revision after its receipt."""


def send_down(desk: Desk, work: UnitOfWork, revision: Revision, stations: set[StationId]) -> None:
    """Put a stored revision on its way to stations below; it leaves with the next bundle that goes there."""
    for station in sorted(stations - {desk.station.id}):
        append_revision(work, desk.station.down_stream(station), revision)


def append_revision(work: UnitOfWork, stream: str, revision: Revision) -> None:
    """Append a revision to an own stream; one that is stored here isn't stored a second time."""
    if work.revision(revision.id) is not None:
        work.add_foreign_revision(revision, bundle_digest="", stream=stream)
    else:
        work.append_entry(stream, REVISION, revision.body)


def pass_down(desk: Desk, work: UnitOfWork, revision: Revision) -> None:
    """Send what holds for everybody below on to every station below."""
    if revision.form_id == PROGRAMME_SETTINGS:
        send_down(desk, work, revision, {row.id for row in work.stations() if row.relation == "child"})


def send_verdict(
    desk: Desk, work: UnitOfWork, station: StationId, revision_id: RevisionId, said: Verdict, reason: str, words: str
) -> None:
    """Say what was decided about a revision after its receipt, here and to the station that sent it."""
    work.set_verdict(revision_id, said, reason, words)
    if any(row.id == station and row.relation == "child" for row in work.stations()):
        body = {"reason": reason, "revision": revision_id, "verdict": said.value, "words": words}
        work.append_entry(desk.station.down_stream(station), VERDICT, canonical.encode(body))


def read_verdict(entry: Entry) -> tuple[RevisionId, Verdict, str, str]:
    """Revision, verdict, reason and words of a ``verdict`` entry (BUNDLE_ENTRIES)."""
    body = entry.body
    try:
        return RevisionId(str(body["revision"])), Verdict(body["verdict"]), str(body["reason"]), str(body["words"])
    except (KeyError, ValueError) as error:
        raise Problem("BUNDLE_ENTRIES") from error


def waiting(desk: Desk, reader: Reader, station: StationId) -> int:
    """Entries for a station below that it hasn't said to have taken."""
    stream = desk.station.down_stream(station)
    received = reader.mark(stream, "received")
    return reader.stream_head(stream).number - (received.number if received else 0)


def child(reader: Reader, station_id: StationId) -> StationRow:
    """A station below (NO_SUCH_STATION)."""
    found = next((row for row in reader.stations() if row.id == station_id and row.relation == "child"), None)
    if found is None:
        raise Problem("NO_SUCH_STATION", id=station_id)
    return found


def seal_down(desk: Desk, reader: Reader, station_id: StationId, kind: str) -> Sealed:
    """Everything for a station below that it has not said to have taken, as a ``receipt`` or a ``downward`` bundle."""
    stream = desk.station.down_stream(station_id)
    peer = child(reader, station_id)
    received = reader.mark(stream, "received")
    after, previous = (received.number, received.hash) if received else (0, NO_HASH)
    return bundles.seal(
        kind=kind,
        sender=desk.station.id,
        signing=own_keys(reader, stream).signing,
        recipients=[(peer.id, peer.recipient)],
        stream=stream,
        generation=desk.station.generation,
        first=after + 1,
        previous=previous,
        lines=[line for _, line in reader.stream_lines(stream, after)],
        made_at=desk.now_label(),
        acknowledges=acknowledgement(reader, f"{station_id}/up"),
    )


def take_revision(desk: Desk, work: UnitOfWork, entry: Entry, digest: str) -> Verdict:
    """Place a revision from above; ``HELD`` where it stands beside a change made here (both stay, a person decides).

    BUNDLE_ENTRIES where it isn't a revision at all.
    """
    try:
        revision = Revision.from_parsed(entry.body, entry.body_bytes)
    except MalformedRevision as error:
        raise Problem("BUNDLE_ENTRIES") from error
    if work.revision(revision.id) is not None:
        work.append_entry(entry.stream, entry.kind, entry.body_bytes)
        return Verdict.ARCHIVED
    fault = _misplaced(desk, work, revision)
    if fault:
        work.append_entry(entry.stream, entry.kind, entry.body_bytes)
        sender = StationId(desk.station.parent_id)
        work.put_held(HeldRow(revision.id, sender, Verdict.QUARANTINED, fault, digest, revision.body))
        return Verdict.QUARANTINED
    work.add_foreign_revision(revision, bundle_digest=digest, stream=entry.stream)
    keep_household_serial(desk, work, revision)
    pass_down(desk, work, revision)
    if not work.verdict(revision.id):
        work.set_verdict(revision.id, Verdict.ARCHIVED, "")
    record = work.record(revision.record_id)
    return Verdict.HELD if record is not None and len(record.heads) > 1 else Verdict.ARCHIVED


def place_waiting(desk: Desk, work: UnitOfWork) -> int:
    """Place what came before what it builds on, from above or in a packet of a station that was taken over.

    Of the second the station above has no word yet: it goes up. Returns how many found their place.
    """
    placed = 0
    waiting = work.held(Verdict.QUARANTINED)
    while True:
        fitting = [(row, Revision.read(row.body)) for row in waiting]
        fitting = [(row, revision) for row, revision in fitting if not _misplaced(desk, work, revision)]
        if not fitting:
            return placed
        for row, revision in fitting:
            work.put_held(replace(row, outcome=Verdict.ARCHIVED, reason=""))
            if row.station_id != desk.station.parent_id and not work.verdict(revision.id):
                work.add_foreign_revision(revision, bundle_digest=row.bundle_digest, stream=desk.station.up_stream)
                continue
            work.adopt_revision(revision, bundle_digest=row.bundle_digest)
            pass_down(desk, work, revision)
            if not work.verdict(revision.id):
                work.set_verdict(revision.id, Verdict.ARCHIVED, "")
        placed += len(fitting)
        settled = {row.revision_id for row, _ in fitting}
        waiting = [row for row in waiting if row.revision_id not in settled]


def _misplaced(desk: Desk, work: UnitOfWork, revision: Revision) -> str:
    try:
        form = desk.forms.edition(revision.form_id, revision.form_version)
    except Problem:
        return "form_unknown"
    known = work.record(revision.record_id)
    if known is not None and (known.form_id, known.subject_id) != (revision.form_id, revision.subject_id):
        return "record_mismatch"
    for parent in map(work.revision, revision.parents):
        if parent is None:
            return "parent_missing"
        if parent.record_id != revision.record_id:
            return "record_mismatch"
    return "answers" if check_values(form, revision.answers) else ""
