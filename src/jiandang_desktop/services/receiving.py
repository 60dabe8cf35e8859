"""Take in what lies on a stick or in a folder: many bundles of many villages, in any order (R9.4, B41).

Bundles are sorted by sender and number; each is archived, known, parked or refused by itself, in a transaction of its
own, so that a cut-off run is continued by running it again. A receipt holds everything that its village hasn't taken
yet; one file for each village, the last, is written.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from jiandang_desktop import bundles
from jiandang_desktop.bundles import Header
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RevisionId, StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.medium import PassedOver, Place
from jiandang_desktop.ports.vault import BundleRow, Verdict
from jiandang_desktop.services import intake, parking
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.downward import seal_down
from jiandang_desktop.services.freshness import maybe_replaced
from jiandang_desktop.services.work import Cancelled, Progress, silent

LARGEST = 512 * 1024 * 1024
"""Bytes of a bundle at most (bundles.limits)."""
_SUFFIX = ".jdb"
_KIND = "submission"


class Outcome(StrEnum):
    """What becomes of a file: would become, where it was only looked at."""

    READY = "ready"
    """Genuine and next in its stream."""
    FOLLOWS = "follows"
    """Genuine; fits after another file of the same place."""
    ARCHIVED = "archived"
    KNOWN = "known"
    PARKED = "parked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One file, or one parked bundle that was taken along (``path`` None)."""

    path: Path | None
    name: str
    outcome: Outcome
    header: Header | None = None
    sender_name: str = ""
    problem: Problem | None = None
    """Why it was refused."""
    claimed: str = ""
    """Of a refused file: the station that it says it comes from, which nobody can vouch for."""
    missing: tuple[int, int] | None = None
    """The entries before it that are not here."""
    bundle: BundleRow | None = None
    counts: Mapping[Verdict, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in folders and files: bundles of other kinds (our own receipts) are left out of folders."""

    files: tuple[Path, ...]
    refused: tuple[Line, ...]
    passed_over: tuple[PassedOver, ...]
    whole: bool
    headers: Mapping[Path, Header] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reception:
    """What a run led to."""

    lines: tuple[Line, ...]
    receipts: tuple[Path, ...]
    passed_over: tuple[PassedOver, ...]
    whole: bool
    stopped: bool
    unwritten: Problem | None
    """Why a receipt could not be written; what was archived is archived."""
    maybe_replaced: bool = False
    """Another copy of this vault may have replaced it (``freshness.maybe_replaced``)."""

    def counts(self) -> Mapping[Outcome, int]:
        """How many files of each outcome."""
        return Counter(line.outcome for line in self.lines)


def is_folder(place: Path) -> bool:
    """Whether a place is a folder; one that can't be looked at is none, and reading it says why."""
    try:
        return place.is_dir()
    except OSError:
        return False


def find(desk: Desk, places: Sequence[Path]) -> Found:
    """Bundles in folders (and in our folder of each) and files named one by one, in the order of taking them.

    That is station by station as the board has them, strangers last. Nothing is verified here.
    Problems: NOT_ALLOWED, MEDIUM_….
    """
    desk.require(Right.INTAKE)
    medium = desk.bench.medium
    headers: dict[Path, Header] = {}
    refused: list[Line] = []
    passed_over: list[PassedOver] = []
    whole = True
    for place in places:
        folder = is_folder(place)
        listing = medium.find_files(place, _SUFFIX, LARGEST) if folder else None
        for path in listing.files if listing else (place,):
            try:
                header = bundles.read_header(medium.read_start(path, bundles.MAX_HEAD))
            except Problem as problem:
                refused.append(Line(path, path.name, Outcome.REFUSED, problem=problem))
                continue
            if header.kind == _KIND or not folder:
                headers[path] = header
        if listing:
            passed_over += listing.passed_over
            whole = whole and listing.whole
    with desk.vault.read() as reader:
        ranks = {str(station.id): rank for rank, station in enumerate(reader.stations())}

    def order(path: Path) -> tuple[object, ...]:
        header = headers[path]
        return ranks.get(header.sender, len(ranks)), *_place_of(header), str(path)

    files = sorted(headers, key=order)
    return Found(tuple(files), tuple(refused), tuple(passed_over), whole, headers)


def look(desk: Desk, place: Found, progress: Progress = silent) -> list[Line]:
    """Verify every file and say what would become of it; changes nothing. The refused come last."""
    desk.require(Right.INTAKE)
    reached: dict[tuple[str, str], int] = {}
    with desk.vault.read() as reader:
        names = {str(station.id): station.name for station in reader.stations()}
    lines = []
    for done, path in enumerate(place.files):
        progress(done, len(place.files))
        line = _look(desk, path, reached)
        if line.outcome is Outcome.REFUSED:
            line = replace(line, claimed=names.get(place.headers[path].sender, ""))
        lines.append(line)
    return [*lines, *place.refused]


def kept(desk: Desk) -> list[Line]:
    """The bundles that wait here, as lines (NOT_ALLOWED)."""
    return [
        Line(
            None,
            item.bundle.file_name,
            Outcome.PARKED,
            None,
            item.sender_name,
            missing=item.missing,
            bundle=item.bundle,
        )
        for item in parking.waiting(desk)
    ]


def receive(
    desk: Desk,
    place: Found,
    *,
    receipts_to: Place | None = None,
    decisions: Mapping[RevisionId, Verdict] | None = None,
    words: Mapping[RevisionId, str] | None = None,
    progress: Progress = silent,
) -> Reception:
    """Take every file in, and the parked bundles that fit then; write the receipts beside them or to a folder.

    ``progress`` counts entries. Stopping keeps what was done.
    """
    desk.require(Right.INTAKE)
    for code, count in Counter(line.problem.code for line in place.refused if line.problem).items():
        desk.vault.log("intake_refused", code=code, count=count)
    run = _Run(desk, place, receipts_to, decisions or {}, progress)
    run.words = words or {}
    stopped = False
    try:
        run.take_all()
    except Cancelled:
        stopped = True
    run.write_receipt()
    lines = (*_settled(desk, run.lines), *place.refused)
    with desk.vault.read() as reader:
        replaced = maybe_replaced(reader)
    return Reception(lines, tuple(run.receipts), place.passed_over, place.whole, stopped, run.unwritten, replaced)


def restore(desk: Desk, progress: Progress = silent) -> Reception:
    """Take in again, from the originals in the archive folder, what the database doesn't know: after an older backup
    was put back. Each is verified and taken in the order of its stream, as if it came on a stick; the receipts wait for
    the next bundle that goes down.
    """
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        unknown = [digest for digest in desk.vault.kept_bundles() if reader.bundle(digest) is None]
    run = _Run(desk, Found((), (), (), True, {}), None, {}, silent)
    stopped = False
    try:
        run.take_originals(unknown, progress)
    except Cancelled:
        stopped = True
    desk.vault.log("restore_archive", bundles=len(run.lines))
    return Reception(tuple(_settled(desk, run.lines)), (), (), True, stopped, None)


class _Run:
    """One pass over the files, sender by sender."""

    def __init__(
        self,
        desk: Desk,
        place: Found,
        receipts_to: Place | None,
        decisions: Mapping[RevisionId, Verdict],
        progress: Progress,
    ) -> None:
        self._desk = desk
        self._place = place
        self._receipts_to = receipts_to
        self._decisions = decisions
        self._progress = progress
        self.words: Mapping[RevisionId, str] = {}
        """What the archivist writes to those that go back."""
        self._total = 2 * sum(header.entries for header in place.headers.values())
        self._done = 0
        self._sender = ""
        self._folder: Path | None = None
        self._receipt: tuple[int, bytes] | None = None
        self._told = False
        self._failed: set[str] = set()
        """Parked bundles that were refused once in this run."""
        self.lines: list[Line] = []
        self.receipts: list[Path] = []
        self.unwritten: Problem | None = None

    def take_all(self) -> None:
        for path in self._place.files:
            header = self._place.headers[path]
            if header.sender != self._sender:
                self.write_receipt()
                self._sender, self._folder = header.sender, path.parent
            self._progress(self._done, self._total)
            self.lines.append(self._take_file(path, header))
            self._done += 2 * header.entries
        self.write_receipt()
        # Stations that were registered since, bundles whose gap was closed otherwise.
        self._take_due(None)

    def take_originals(self, digests: Sequence[str], progress: Progress) -> None:
        """Bundles of the archive folder, which stay where they are."""
        found: list[tuple[tuple[str, str, int, int], str]] = []
        for digest in digests:
            try:
                header = bundles.read_header(self._original(digest))
                if header.kind != _KIND:
                    raise Problem("ORIGINAL_BY_HAND", kind=header.kind)
                found.append((_place_of(header), digest))
            except Problem as problem:
                self._refuse(digest, problem)
        for done, (_, digest) in enumerate(sorted(found)):
            progress(done, len(found))
            try:
                self.lines.append(self._take(None, digest, self._original(digest)))
            except Problem as problem:
                self._refuse(digest, problem)
        self._take_due(None)

    def _original(self, digest: str) -> bytes:
        return self._desk.vault.read_bundle(digest) or b""

    def _refuse(self, name: str, problem: Problem, row: BundleRow | None = None) -> None:
        self._desk.vault.log("intake_refused", code=problem.code)
        self.lines.append(Line(None, name, Outcome.REFUSED, problem=problem, bundle=row))

    def write_receipt(self) -> None:
        """One receipt for the sender whose bundles were just taken."""
        receipt, self._receipt = self._receipt, None
        told, self._told = self._told, False
        folder = self._receipts_to or self._folder
        if folder is None or not (receipt or told):
            return
        try:
            data = receipt[1] if receipt and not told else self._newest_receipt()
            name = bundles.file_name(bundles.read_header(data))
            self.receipts.append(self._desk.bench.medium.write_file(folder, name, data))
        except Problem as problem:
            self.unwritten = problem

    def _newest_receipt(self) -> bytes:
        with self._desk.vault.read() as reader:
            return seal_down(self._desk, reader, StationId(self._sender), "receipt").data

    def _take_file(self, path: Path, header: Header) -> Line:
        try:
            data = self._desk.bench.medium.read_file(path, LARGEST)
            line = self._take(path, path.name, data)
        except Problem as problem:
            self._desk.vault.log("intake_refused", code=problem.code)
            return Line(path, path.name, Outcome.REFUSED, header, problem=problem)
        if line.outcome is Outcome.ARCHIVED:
            self._take_due(header.sender)
        return line

    def _take_due(self, sender: str | None) -> None:
        """Parked bundles that fit by now; each may let the next one fit."""
        tried = set(self._failed)
        while True:
            with self._desk.vault.read() as reader:
                row = next((row for row in parking.due(self._desk, reader, sender) if row.digest not in tried), None)
            if row is None:
                return
            tried.add(row.digest)
            try:
                self.lines.append(self._take(None, row.file_name, self._original(row.digest)))
            except Problem as problem:
                self._failed.add(row.digest)
                if problem.code == "BUNDLE_FORK":
                    parking.give_up(self._desk, row, problem)
                self._refuse(row.file_name, problem, row)

    def _take(self, path: Path | None, name: str, data: bytes) -> Line:
        def inside(done: int, _total: int) -> None:
            self._progress(min(self._done + done, self._total), self._total)

        try:
            prepared = intake.verify(self._desk, data, inside)
        except Problem as problem:
            row, new = parking.park(self._desk, data, problem)
            self._told = self._told or (new and row.summary["reason"] == parking.GAP)
            header = bundles.read_header(data)
            return Line(path, name, Outcome.PARKED, header, bundle=row)
        done = intake.archive(self._desk, prepared, self._decisions, inside, self.words)
        number = bundles.read_header(done.receipt).last
        if self._receipt is None or number >= self._receipt[0]:
            self._receipt = (number, done.receipt)
        outcome = Outcome.KNOWN if done.already else Outcome.ARCHIVED
        return Line(path, name, outcome, prepared.header, prepared.sender_name, bundle=done.bundle, counts=done.counts)


def _settled(desk: Desk, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines at the end of a run: what is missing before those that still wait; no word of those that were taken."""
    with desk.vault.read() as reader:
        waiting = {item.bundle.digest: item for item in parking.parked(reader)}
    for line in lines:
        if line.outcome is not Outcome.PARKED or line.bundle is None:
            yield line
        elif line.bundle.digest in waiting:
            item = waiting[line.bundle.digest]
            yield replace(line, sender_name=item.sender_name, missing=item.missing)


def _look(desk: Desk, path: Path, reached: dict[tuple[str, str], int]) -> Line:
    """What would become of a file once those before it are taken; ``reached``: the streams' ends by then."""
    try:
        data = desk.bench.medium.read_file(path, LARGEST)
        try:
            seen = intake.look(desk, data)
        except Problem as problem:
            if problem.code != "BUNDLE_SENDER":
                raise
            header = parking.stranger(desk, data, problem)
            with desk.vault.read() as reader:
                kept = reader.bundle(hashlib.sha256(data).hexdigest())
            return Line(path, path.name, Outcome.PARKED, header, bundle=kept)
    except Problem as problem:
        return Line(path, path.name, Outcome.REFUSED, problem=problem)
    header = seen.header
    if seen.known is not None and seen.known.state != parking.PARKED:
        return Line(path, path.name, Outcome.KNOWN, header, seen.sender_name, bundle=seen.known)
    piece = (header.stream, header.generation)
    at = reached.get(piece, 0)
    if seen.missing is not None and header.first > at + 1:
        missing = (max(seen.missing[0], at + 1), seen.missing[1])
        return Line(path, path.name, Outcome.PARKED, header, seen.sender_name, missing=missing, bundle=seen.known)
    reached[piece] = max(at, header.last)
    outcome = Outcome.READY if seen.missing is None else Outcome.FOLLOWS
    return Line(path, path.name, outcome, header, seen.sender_name, bundle=seen.known)


def _place_of(header: Header) -> tuple[str, str, int, int]:
    """Where a bundle stands among those of one place: by sender, generation and number."""
    return header.sender, header.generation, header.first, header.last
