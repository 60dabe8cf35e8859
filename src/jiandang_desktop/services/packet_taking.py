"""Put the entries of a handover's packet where they belong, one by one, inside a unit of work of the successor's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import BrokenChain, Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import (
    FormId,
    MalformedRevision,
    RecordId,
    Revision,
    RevisionId,
    StationId,
    SubjectId,
    new_id,
)
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check_values
from jiandang_desktop.ports.vault import DraftRow, HeldRow, PrintedSheet, PrintRow, UnitOfWork, Verdict
from jiandang_desktop.services import succession
from jiandang_desktop.services.desk import LOCAL_FORM, Desk
from jiandang_desktop.services.handover_packet import (
    BEGINS,
    DRAFTS,
    ENDS,
    PRINTS,
    REVISION,
    STREAM,
    VERDICTS,
    WAITING,
    Item,
    Tally,
)
from jiandang_desktop.services.keeping import keeper
from jiandang_desktop.services.keys import station_row
from jiandang_desktop.services.packet_files import PacketReader
from jiandang_desktop.services.work import Progress


class PacketTaking:
    """Takes one packet in; the caller commits or leaves it undone.

    Each revision is stored as it is; what can't be placed waits in quarantine, named.
    """

    def __init__(self, desk: Desk, work: UnitOfWork, reader: PacketReader) -> None:
        self.head: Mapping[str, Any] = {}
        """What the packet's first entry says."""
        self.listed: tuple[Item, ...] = ()
        """The list that came with it."""
        self.found: tuple[Item, ...] = ()
        """The same, counted here."""
        self.new = 0
        """Revisions that this station hadn't."""
        self.waiting: Counter[str] = Counter()
        """Revisions that can't be placed, by reason."""
        self.revisions: list[RevisionId] = []
        """All that it holds, parents before children."""
        self.lacking: set[RevisionId] = set()
        """What the closing station had not got through to the one above: no receipt, or it waits there."""
        self._desk = desk
        self._work = work
        self._reader = reader
        # A closing station that was restored writes the stream anew.
        work.follow(reader.last.stream, reader.last.generation)
        self._known = work.stream_head(reader.last.stream).number
        self._whole = False
        self._tally = Tally(self._body_of)
        self._held = {row.revision_id: row.body for row in work.held()}
        self._succession = succession.known(work)
        self._theirs: set[SubjectId] = set()
        """Whom the closing station kept when the packet first spoke of them."""
        self._forms: dict[tuple[FormId, int], Form | None] = {}

    @property
    def already(self) -> bool:
        """Whether all of it was taken before."""
        return self._known >= self._reader.last.last

    def run(self, progress: Progress) -> None:
        """Take every entry of every part (BUNDLE_…, HANDOVER_PART_MISSING, HANDOVER_MIXED, MEDIUM_…)."""
        for entry in self._reader.entries():
            self._take(entry)
            if entry.number % 200 == 0:
                progress(entry.number, self._reader.last.last)
        if not self._whole:
            raise Problem("HANDOVER_PART_MISSING", first=self._reader.last.last + 1)

    def _body_of(self, revision_id: RevisionId) -> bytes | None:
        return self._work.revision_body(revision_id) or self._held.get(revision_id)

    def _take(self, entry: Entry) -> None:
        try:
            if entry.kind == BEGINS:
                self._begin(entry.body)
            elif entry.kind == ENDS:
                self.listed = tuple(Item.read(raw) for raw in entry.body["items"])
                self.found, self._whole = self._tally.items(), True
            if entry.number <= self._known:
                self._seen_before(entry)
            elif entry.kind == REVISION:
                self._revision(entry)
            else:
                self._work.append_entry(entry.stream, entry.kind, entry.body_bytes)
                self._act(entry.kind, entry.body)
            if entry.kind not in (BEGINS, ENDS):
                self._tally.add(entry.kind, entry.body, entry.body_bytes)
        except (BrokenChain, canonical.NotCanonical, MalformedRevision) as error:
            raise Problem("BUNDLE_ENTRIES") from error
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Problem("BUNDLE_ENTRIES") from error

    def _begin(self, body: Mapping[str, Any]) -> None:
        """A packet begins; an earlier one in the same stream was called off."""
        for name in ("reason", "made_by", "made_at", "parent", "village_segment"):
            if not isinstance(body[name], str):
                raise TypeError(name)
        int(body["household_serial"])
        self.head = body
        self._tally = Tally(self._body_of)
        self.lacking, self.revisions = set(), []
        self.listed, self._whole = (), False

    def _seen_before(self, entry: Entry) -> None:
        if entry.hash != self._work.stream_hash(entry.stream, entry.number):
            raise Problem("BUNDLE_FORK", number=entry.number)

    def _revision(self, entry: Entry) -> None:
        revision = Revision.from_parsed(entry.body, entry.body_bytes)
        self.revisions.append(revision.id)
        known = self._work.revision_body(revision.id) is not None
        fault = "" if known else self._fault(revision)
        if fault:
            self._wait(entry, revision, fault)
            return
        self._work.add_foreign_revision(revision, bundle_digest=self._reader.digest, stream=entry.stream)
        if known:
            return
        self.new += 1
        self._settle(revision.id)
        if self._desk.station.level != "village":
            self._work.set_verdict(revision.id, Verdict.ARCHIVED, "")
        if revision.form_id == LOCAL_FORM:
            self._learn_form()

    def _settle(self, revision_id: RevisionId) -> None:
        """What came alone and waited, for its past or for a person, has found its place."""
        row = self._work.held_revision(revision_id)
        if row is not None and row.outcome in (Verdict.QUARANTINED, Verdict.HELD):
            self._work.put_held(replace(row, outcome=Verdict.ARCHIVED, reason=""))

    def _wait(self, entry: Entry, revision: Revision, fault: str) -> None:
        self._work.append_entry(entry.stream, entry.kind, entry.body_bytes)
        self.waiting[fault] += 1
        sender = StationId(self._reader.card.station)
        digest = self._reader.digest
        self._held[revision.id] = revision.body
        self._work.put_held(HeldRow(revision.id, sender, Verdict.QUARANTINED, fault, digest, revision.body))

    def _learn_form(self) -> None:
        """What follows may be filled in by a local form that has just come."""
        if not any(row.id == self._reader.card.station for row in self._work.stations()):
            self._work.put_station(station_row(self._reader.card, b"", succession.PREDECESSOR))
        self._desk.read_forms()
        self._forms.clear()

    def _fault(self, revision: Revision) -> str:
        """Why a revision can't be placed, '' if it can."""
        form = self._form(revision.form_id, revision.form_version)
        if form is None:
            return "form_unknown"
        known = self._work.record(revision.record_id)
        if known is not None and (known.form_id, known.subject_id) != (revision.form_id, revision.subject_id):
            return "record_mismatch"
        if any(self._work.revision_body(parent) is None for parent in revision.parents):
            return "parent_missing"
        if revision.subject_id not in self._theirs:
            kept_by = keeper(self._work, revision.subject_id)
            theirs = kept_by is None or self._succession.carries_on(kept_by, self._reader.card.station)
            if not theirs and not self._gave(revision.subject_id):
                return "other_stations_subject"
            self._theirs.add(revision.subject_id)
        return "answers" if check_values(form, revision.answers) else ""

    def _gave(self, subject_id: SubjectId) -> bool:
        """Whether the closing station gave somebody to this one before, in a packet that it called off too late."""
        own = self._desk.station.id
        return any(
            (each.station_id, each.answers.get("keeping_station")) == (self._reader.card.station, own)
            for each in self._work.history(RecordId(subject_id))
        )

    def _form(self, form_id: FormId, version: int) -> Form | None:
        if (form_id, version) not in self._forms:
            try:
                self._forms[form_id, version] = self._desk.forms.edition(form_id, version)
            except Problem:
                self._forms[form_id, version] = None
        return self._forms[form_id, version]

    def _act(self, kind: str, body: Mapping[str, Any]) -> None:
        """What lists change here besides being kept."""
        if kind == STREAM and body["stream"] == f"{self._reader.card.station}/up":
            self._note_unconfirmed(body)
        elif kind == VERDICTS:
            for row in body["rows"]:
                self._verdict(*row)
        elif kind == WAITING:
            for revision_id, station, outcome, reason, stored in body["rows"]:
                if self._work.revision_body(revision_id) is None:
                    told = (RevisionId(revision_id), StationId(station), Verdict(outcome), str(reason))
                    self._work.put_held(HeldRow(*told, self._reader.digest, canonical.encode(stored)))
        elif kind == PRINTS:
            for row in body["rows"]:
                self._work.add_print(_print(row))
        elif kind == DRAFTS:
            for row in body["rows"]:
                self._draft(row)

    def _note_unconfirmed(self, body: Mapping[str, Any]) -> None:
        for number, (_, revision_id, _) in enumerate(body["rows"], int(body["first"])):
            if number > int(self.head["received"]) and revision_id:
                self.lacking.add(RevisionId(revision_id))

    def _verdict(self, revision_id: str, verdict: str, reason: str, words: str) -> None:
        if Verdict(verdict) in (Verdict.HELD, Verdict.QUARANTINED):
            self.lacking.add(RevisionId(revision_id))
        told_here = self._desk.station.level == "village" and self._work.verdict(RevisionId(revision_id))
        # A station of another level was told what this one said itself, or what only concerns it.
        if self._reader.card.level == self._desk.station.level and not told_here:
            self._work.set_verdict(RevisionId(revision_id), Verdict(verdict), str(reason), str(words))

    def _draft(self, row: Sequence[Any]) -> None:
        """Somebody's draft goes on with the person who takes over, unless that one has one of the same."""
        form_id, subject_id, record_id, answers, place, saved_at, _ = row
        mine = self._desk.staff.id
        about = (FormId(form_id), SubjectId(subject_id), RecordId(record_id) if record_id else None)
        if self._work.draft(mine, *about) is None:
            self._work.save_draft(DraftRow(new_id(), mine, *about, dict(answers), str(place), str(saved_at)))


def _print(row: Sequence[Any]) -> PrintRow:
    job, household_id, mode, at, staff_id, staff_name, pages, sheets = row
    made = tuple(
        PrintedSheet(str(sheet), SubjectId(subject), FormId(form), str(made_of), dict(records), int(a), int(b), int(c))
        for sheet, subject, form, made_of, records, a, b, c in sheets
    )
    told = (str(job), SubjectId(household_id), str(mode), str(at), StaffId(staff_id), str(staff_name), int(pages))
    return PrintRow(*told, made)
