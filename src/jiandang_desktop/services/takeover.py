"""The successor's side of a handover: verify the packet, take it over, countersign it item by item (R11.5).

The packet is one journal stream from its first entry to its last, in one file or several. All of it is taken in one
unit of work or nothing is. Verifying does the very same and then leaves it undone. Each revision is stored as it is;
what can't be placed waits in quarantine, named. The same packet again changes nothing and gives the receipt again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.bundles import ROTATED, Acknowledged, Header, Introduction, Sealed, StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, BrokenChain, Entry
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
from jiandang_desktop.domain.staff import Right, StaffId
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check_values
from jiandang_desktop.ports.vault import (
    BundleRow,
    DraftRow,
    HeldRow,
    Mark,
    PrintedSheet,
    PrintRow,
    Reader,
    UnitOfWork,
    Verdict,
)
from jiandang_desktop.services import bundle_rows, heirs, succession
from jiandang_desktop.services.desk import LOCAL_FORM, Desk
from jiandang_desktop.services.handover import fingerprint
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
    differing,
)
from jiandang_desktop.services.handover_state import RECEIPT, Receipt, over_stream
from jiandang_desktop.services.keeping import keeper
from jiandang_desktop.services.keys import StationKeys, known_keys, own_pairs, station_row
from jiandang_desktop.services.work import Progress, silent

_LARGEST = 512 * 2**20
_HEAD = 128 * 2**10
"""Bytes that hold a header and its signature."""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a packet and what its header says."""

    path: Path
    header: Header


def verify(desk: Desk, paths: Sequence[Path], progress: Progress = silent) -> Packet:
    """Check a packet against its own list and say what taking it over would do; changes nothing.

    Problems: NOT_ALLOWED, BUNDLE_…, HANDOVER_PART_MISSING, HANDOVER_MIXED, STATION_CLOSED.
    """
    desk.require(Right.MANAGE_KEYS)
    parts = _ordered(desk, paths)
    with desk.vault.work("verify_handover") as work:
        taking = _Taking(desk, work, parts)
        taking.run(progress)
    # Nothing was committed; what the dry run had read of local forms is forgotten.
    desk.read_forms()
    return taking.packet()


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
    parts = _ordered(desk, paths)
    try:
        with desk.vault.work("take_over") as work:
            taking = _Taking(desk, work, parts)
            taking.run(progress)
            packet = taking.packet()
            if not packet.trusted and not compared:
                raise Problem("FINGERPRINT_NOT_COMPARED", fingerprint=" ".join(packet.fingerprint))
            if packet.differing:
                raise Problem("HANDOVER_DIFFERS", items=len(packet.differing))
            if not packet.already:
                taking.finish(_remarked(packet.items, remarks or {}))
                work.commit()
    finally:
        desk.read_forms()
    with desk.vault.read() as reader:
        receipt = _receipt(desk, reader, taking.keys, packet.card, parts[-1].header)
    return TakenOver(packet, receipt.data, bundles.file_name(receipt.header))


def find(desk: Desk, folder: Path) -> list[Path]:
    """The files in a folder that belong to a handover to this station; other files are left alone."""
    found, medium = [], desk.bench.medium
    for path in medium.find_files(folder, bundles.SUFFIX, _LARGEST).files:
        try:
            header = bundles.read_header(medium.read_start(path, _HEAD))
        except Problem:
            continue
        if header.kind == "handover" and desk.station.id in header.recipients:
            found.append(path)
    return found


def _file(desk: Desk, part: _Part) -> tuple[str, bytes]:
    data = desk.bench.medium.read_file(part.path, _LARGEST)
    return hashlib.sha256(data).hexdigest(), data


def _remarked(items: Sequence[Item], remarks: Mapping[str, str]) -> tuple[Item, ...]:
    unknown = sorted(remarks.keys() - {item.name for item in items})
    if unknown:
        raise Problem("NO_SUCH_ITEM", item=unknown[0])
    return tuple(replace(item, remark=remarks.get(item.name, "").strip()) for item in items)


def _ordered(desk: Desk, paths: Sequence[Path]) -> list[_Part]:
    """The files of one packet in order; whole, and from one station (their content isn't verified yet)."""
    found: dict[int, _Part] = {}
    for path in paths:
        header = bundles.read_header(desk.bench.medium.read_start(path, _HEAD))
        if header.kind != "handover":
            raise Problem("BUNDLE_KIND", kind=header.kind)
        if desk.station.id not in header.recipients:
            raise Problem("BUNDLE_RECIPIENT")
        known = found.setdefault(header.first, _Part(path, header)).header
        if (known.stream, known.generation) != (header.stream, header.generation):
            raise Problem("HANDOVER_MIXED")
        if header.last == known.last and header.head != known.head:
            raise Problem("HANDOVER_MIXED")
        if header.last > known.last:
            # Written again since, with more in it.
            found[header.first] = _Part(path, header)
    if not found:
        raise Problem("HANDOVER_PART_MISSING", first=1)
    parts = [found[first] for first in sorted(found)]
    number, previous = 0, NO_HASH
    for part in parts:
        if (part.header.stream, part.header.generation) != (parts[0].header.stream, parts[0].header.generation):
            raise Problem("HANDOVER_MIXED")
        if part.header.first != number + 1:
            raise Problem("HANDOVER_PART_MISSING", first=number + 1)
        if part.header.previous != previous:
            raise Problem("HANDOVER_MIXED")
        number, previous = part.header.last, part.header.head
    return parts


class _Taking:
    """Takes one packet in, inside a unit of work that the caller commits or leaves undone."""

    def __init__(self, desk: Desk, work: UnitOfWork, parts: Sequence[_Part]) -> None:
        self._desk = desk
        self._work = work
        self._parts = parts
        self._last = parts[-1].header
        self._stream = self._last.stream
        # A closing station that was restored writes the stream anew.
        work.follow(self._stream, self._last.generation)
        self._known = work.stream_head(self._stream).number
        self._card: StationCard | None = None
        self._keys: StationKeys | None = None
        self._trusted = False
        self._proof = ""
        self._digest = ""
        self._head: Mapping[str, Any] = {}
        self._listed: tuple[Item, ...] | None = None
        self._found: tuple[Item, ...] = ()
        self._tally = Tally(self._body_of)
        self._new = 0
        self._waiting: Counter[str] = Counter()
        self._held = {row.revision_id: row.body for row in work.held()}
        self._succession = succession.known(work)
        self._theirs: set[SubjectId] = set()
        """Whom the closing station kept when the packet first spoke of them."""
        self._lacking: set[RevisionId] = set()
        """What the closing station had not got through to the one above: no receipt, or it waits there."""
        self._revisions: list[RevisionId] = []
        self._forms: dict[tuple[FormId, int], Form | None] = {}

    @property
    def card(self) -> StationCard:
        """The closing station's."""
        if self._card is None:
            raise AssertionError("a packet has a part")
        return self._card

    @property
    def keys(self) -> StationKeys:
        """The pair of ours that the closing station knows: the packet was sealed to it."""
        if self._keys is None:
            raise AssertionError("a packet has a part")
        return self._keys

    def run(self, progress: Progress) -> None:
        """Take every entry of every part."""
        for entry in self._entries():
            self._take(entry)
            if entry.number % 200 == 0:
                progress(entry.number, self._last.last)
        if self._listed is None or not self._head:
            raise Problem("HANDOVER_PART_MISSING", first=self._last.last + 1)

    def packet(self) -> Packet:
        """What was found."""
        card, listed = self.card, self._listed or ()
        return Packet(
            card=card,
            fingerprint=fingerprint(self._desk, card),
            trusted=self._trusted,
            reason=str(self._head["reason"]),
            made_by=str(self._head["made_by"]),
            made_at=str(self._head["made_at"]),
            items=listed,
            differing=tuple(differing(listed, self._found)),
            new=self._new,
            waiting=dict(self._waiting),
            already=self._known >= self._last.last,
        )

    def finish(self, items: Sequence[Item]) -> None:
        """Note the predecessor, pass on what nobody above has confirmed, countersign."""
        desk, work, card = self._desk, self._work, self.card
        if not any(row.id == card.station for row in work.stations()):
            work.put_station(station_row(card, b"", succession.PREDECESSOR))
        if self._head["village_segment"] == desk.station.village_segment:
            serial = max(int(work.setting("household_serial", 0)), int(self._head["household_serial"]))
            work.set_setting("household_serial", serial)
        header = self._last
        receipt = Receipt(header.stream, header.last, header.head, desk.staff.name, desk.now_label(), tuple(items))
        if desk.station.level == "village":
            succession.note(work, card.station, desk.station.id, countersigned=True)
        else:
            heirs.countersigned(desk, work, card.station, desk.station.id, receipt)
        self._pass_up(receipt)
        work.set_mark(Mark(header.stream, "taken", header.generation, header.last, header.head))
        own_stream = over_stream(desk.station.id, card.station)
        work.append_entry(own_stream, RECEIPT, canonical.encode(receipt.as_object()))
        for part in self._parts:
            digest, data = _file(desk, part)
            desk.vault.store_bundle(digest, data)
            work.put_bundle(_bundle(part, digest))
        work.note(station=card.station, entries=header.last, revisions=self._new)

    def _body_of(self, revision_id: RevisionId) -> bytes | None:
        return self._work.revision_body(revision_id) or self._held.get(revision_id)

    def _entries(self) -> Iterator[Entry]:
        """The entries of all parts, one part open at a time."""
        for part in self._parts:
            self._digest, data = _file(self._desk, part)
            opened = self._opened(data)
            if self._card is not None and opened.card != self._card:
                raise Problem("HANDOVER_MIXED")
            if (opened.header.first, opened.header.previous) != (part.header.first, part.header.previous):
                raise Problem("HANDOVER_MIXED")
            if self._card is None:
                self._card, self._trusted = opened.card, _is_known(self._work, opened.card)
            self._proof = b"\n".join(data.split(b"\n", 8)[:8]).decode() + "\n"
            yield from opened.entries

    def _opened(self, data: bytes) -> Introduction:
        refused = Problem("BUNDLE_DECRYPT")
        for pair in own_pairs(self._work):
            try:
                opened = bundles.read_introduction(
                    data, kind="handover", own=(pair.identity,), own_station=self._desk.station.id
                )
            except Problem as problem:
                if problem.code != "BUNDLE_DECRYPT":
                    raise
                refused = problem
            else:
                self._keys = pair
                return opened
        raise refused

    def _take(self, entry: Entry) -> None:
        try:
            if entry.kind == BEGINS:
                self._begin(entry.body)
            elif entry.kind == ENDS:
                self._listed = tuple(Item.read(raw) for raw in entry.body["items"])
                self._found = self._tally.items()
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
        self._head = body
        self._tally = Tally(self._body_of)
        self._lacking, self._revisions = set(), []
        self._listed = None

    def _seen_before(self, entry: Entry) -> None:
        if entry.hash != self._work.stream_hash(entry.stream, entry.number):
            raise Problem("BUNDLE_FORK", number=entry.number)

    def _revision(self, entry: Entry) -> None:
        revision = Revision.from_parsed(entry.body, entry.body_bytes)
        self._revisions.append(revision.id)
        known = self._work.revision_body(revision.id) is not None
        fault = "" if known else self._fault(revision)
        if fault:
            self._wait(entry, revision, fault)
            return
        self._work.add_foreign_revision(revision, bundle_digest=self._digest, stream=entry.stream)
        if known:
            return
        self._new += 1
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
        self._waiting[fault] += 1
        sender = StationId(self.card.station)
        digest = self._digest
        self._held[revision.id] = revision.body
        self._work.put_held(HeldRow(revision.id, sender, Verdict.QUARANTINED, fault, digest, revision.body))

    def _learn_form(self) -> None:
        """What follows may be filled in by a local form that has just come."""
        if not any(row.id == self.card.station for row in self._work.stations()):
            self._work.put_station(station_row(self.card, b"", succession.PREDECESSOR))
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
            theirs = kept_by is None or self._succession.carries_on(kept_by, self.card.station)
            if not theirs and not self._gave(revision.subject_id):
                return "other_stations_subject"
            self._theirs.add(revision.subject_id)
        return "answers" if check_values(form, revision.answers) else ""

    def _gave(self, subject_id: SubjectId) -> bool:
        """Whether the closing station gave somebody to this one before, in a packet that it called off too late."""
        own = self._desk.station.id
        return any(
            (each.station_id, each.answers.get("keeping_station")) == (self.card.station, own)
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
        if kind == STREAM and body["stream"] == f"{self.card.station}/up":
            self._note_unconfirmed(body)
        elif kind == VERDICTS:
            for row in body["rows"]:
                self._verdict(*row)
        elif kind == WAITING:
            for revision_id, station, outcome, reason, stored in body["rows"]:
                if self._work.revision_body(revision_id) is None:
                    told = (RevisionId(revision_id), StationId(station), Verdict(outcome), str(reason))
                    self._work.put_held(HeldRow(*told, self._digest, canonical.encode(stored)))
        elif kind == PRINTS:
            for row in body["rows"]:
                self._work.add_print(_print(row))
        elif kind == DRAFTS:
            for row in body["rows"]:
                self._draft(row)

    def _note_unconfirmed(self, body: Mapping[str, Any]) -> None:
        for number, (_, revision_id, _) in enumerate(body["rows"], int(body["first"])):
            if number > int(self._head["received"]) and revision_id:
                self._lacking.add(RevisionId(revision_id))

    def _verdict(self, revision_id: str, verdict: str, reason: str, words: str) -> None:
        if Verdict(verdict) in (Verdict.HELD, Verdict.QUARANTINED):
            self._lacking.add(RevisionId(revision_id))
        told_here = self._desk.station.level == "village" and self._work.verdict(RevisionId(revision_id))
        # A station of another level was told what this one said itself, or what only concerns it.
        if self.card.level == self._desk.station.level and not told_here:
            self._work.set_verdict(RevisionId(revision_id), Verdict(verdict), str(reason), str(words))

    def _draft(self, row: Sequence[Any]) -> None:
        """Somebody's draft goes on with the person who takes over, unless that one has one of the same."""
        form_id, subject_id, record_id, answers, place, saved_at, _ = row
        mine = self._desk.staff.id
        about = (FormId(form_id), SubjectId(subject_id), RecordId(record_id) if record_id else None)
        if self._work.draft(mine, *about) is None:
            self._work.save_draft(DraftRow(new_id(), mine, *about, dict(answers), str(place), str(saved_at)))

    def _pass_up(self, receipt: Receipt) -> None:
        """Tell the station above whom this one took over, and give it what the closing one had not got through."""
        desk, work, card = self._desk, self._work, self.card
        if not desk.station.enrolled or desk.station.parent_id == card.station:
            return
        up = desk.station.up_stream
        body = {
            "card": card.as_object(),
            "proof": self._proof,
            "receipt": receipt.as_object(),
            "station": card.station,
        }
        work.append_entry(up, succession.TOOK_OVER, canonical.encode(body))
        if desk.station.level != "village":
            return
        # Another station above knows nothing of them yet.
        same = self._head["parent"] == desk.station.parent_id
        lacking = [each for each in self._revisions if each in self._lacking] if same else self._revisions
        for revision_id in lacking:
            revision = work.revision(revision_id)
            if revision is not None:
                work.add_foreign_revision(revision, bundle_digest="", stream=up)


def _print(row: Sequence[Any]) -> PrintRow:
    job, household_id, mode, at, staff_id, staff_name, pages, sheets = row
    made = tuple(
        PrintedSheet(str(sheet), SubjectId(subject), FormId(form), str(made_of), dict(records), int(a), int(b), int(c))
        for sheet, subject, form, made_of, records, a, b, c in sheets
    )
    told = (str(job), SubjectId(household_id), str(mode), str(at), StaffId(staff_id), str(staff_name), int(pages))
    return PrintRow(*told, made)


def _is_known(reader: Reader, card: StationCard) -> bool:
    """Whether the key is that of a station known here.

    Problems: BUNDLE_SENDER where the station is known with other keys only, BUNDLE_REVOKED.
    """
    keys = known_keys(reader, card.station)
    if not keys:
        return False
    ended = keys.get(card.signing_public)
    if ended is None:
        raise Problem("BUNDLE_SENDER", key=card.key_id)
    if ended not in ("", ROTATED):
        raise Problem("BUNDLE_REVOKED", name=card.name, key=card.key_id)
    return True


def _bundle(part: _Part, digest: str) -> BundleRow:
    header = part.header
    return bundle_rows.come(header, digest, "archived", {"entries": header.entries})


def _receipt(desk: Desk, reader: Reader, keys: StationKeys, card: StationCard, taken: Header) -> Sealed:
    """Signed with the key that the closing station knows, whatever newer ones there are."""
    stream = over_stream(desk.station.id, card.station)
    return bundles.seal(
        kind="handover_receipt",
        sender=desk.station.id,
        signing=keys.signing,
        recipients=[(card.station, card.recipient)],
        stream=stream,
        generation=desk.station.generation,
        first=1,
        previous=NO_HASH,
        lines=[line for _, line in reader.stream_lines(stream)],
        made_at=desk.now_label(),
        acknowledges=Acknowledged(taken.stream, taken.generation, taken.last, taken.head),
    )
