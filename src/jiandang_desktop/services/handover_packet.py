"""What a handover holds, as entries of the stream that goes over, and the list that both sides count it by.

The packet begins with an entry ``handover`` (who, to whom, why) and ends with an entry ``items`` (the list). Between
them stands everything of the vault: each revision, what became of it, what waited, each journal stream and the audit
log with their chains, what was printed, and lists for people. docs/bundle-format.md section 8 is its specification.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, BrokenChain, entry_hash, entry_line, read_entry
from jiandang_desktop.domain.records import RevisionId, SubjectId
from jiandang_desktop.ports.vault import HeldRow, PrintedSheet, PrintRow, Reader
from jiandang_desktop.programmes.slips import SlipKind
from jiandang_desktop.services.desk import Desk

BEGINS, ENDS = "handover", "items"
"""Kinds of the first and the last entry of a packet."""
REVISION, STREAM, AUDIT = "revision", "stream", "audit"
DRAFTS, PAPER, PRINTS, REFERRALS, STAFF = "drafts", "paper", "prints", "referrals", "staff"
VERDICTS, WAITING, ATTACHMENTS = "verdicts", "waiting", "attachments"
LISTS = (DRAFTS, PAPER, PRINTS, REFERRALS, STAFF, VERDICTS, WAITING)
"""Kinds of entries with plain rows."""

_ROWS = 400
_SIZE = 256 * 1024
"""Rows and bytes of one entry, about."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list that both sides sign. ``remark``: what the successor says of it, '' where it agrees."""

    name: str
    """``form.<form>``, ``stream.<stream>`` or one of the kinds above."""
    count: int
    sha256: str
    remark: str = ""

    def as_object(self) -> dict[str, Any]:
        """As it stands in an entry."""
        return {"count": self.count, "item": self.name, "remark": self.remark, "sha256": self.sha256}

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Item":
        """From an entry (KeyError, TypeError, ValueError)."""
        return cls(str(raw["item"]), int(raw["count"]), str(raw["sha256"]), str(raw["remark"]))


class Tally:
    """Counts a packet entry by entry; ``body_of`` gives the body of a revision that was in it before."""

    def __init__(self, body_of: Callable[[RevisionId], bytes | None]) -> None:
        self._body_of = body_of
        self._forms: defaultdict[str, list[str]] = defaultdict(list)
        self._heads: dict[str, tuple[int, str]] = {}
        self._audit = (0, NO_HASH)
        self._counts = dict.fromkeys(LISTS, 0)
        self._sums = {kind: hashlib.sha256() for kind in LISTS}

    def add(self, kind: str, body: Mapping[str, Any], body_bytes: bytes) -> None:
        """Count one entry (BrokenChain, KeyError, TypeError, ValueError where it isn't what its kind says)."""
        if kind == REVISION:
            self._forms[body["form"]].append(hashlib.sha256(body_bytes).hexdigest())
        elif kind == STREAM:
            self._stream(body)
        elif kind == AUDIT:
            for row in body["rows"]:
                number, before = self._audit
                if row[0] != number + 1:
                    raise BrokenChain("an audit entry is missing")
                self._audit = number + 1, hashlib.sha256(canonical.encode([*row, before])).hexdigest()
        elif kind in self._counts:
            self._counts[kind] += len(body["rows"])
            for row in body["rows"]:
                self._sums[kind].update(canonical.encode(row) + b"\n")

    def items(self) -> tuple[Item, ...]:
        """The list: always in this order, what there is none of too."""
        forms = [Item(f"form.{form}", len(ids), _sum(sorted(ids))) for form, ids in sorted(self._forms.items())]
        streams = [Item(f"stream.{name}", number, own) for name, (number, own) in sorted(self._heads.items())]
        lists = [Item(kind, self._counts[kind], self._sums[kind].hexdigest()) for kind in LISTS]
        return (*forms, *streams, Item(AUDIT, *self._audit), *lists, Item(ATTACHMENTS, 0, _sum([])))

    def _stream(self, body: Mapping[str, Any]) -> None:
        stream, base = str(body["stream"]), body["base"]
        name = stream_item(stream, str(body["generation"]))
        start = (base[1], body["base_hash"]) if base is not None else (0, NO_HASH)
        number, before = self._heads.get(name, start)
        if body["first"] != number + 1:
            raise BrokenChain("a part of a stream is missing")
        for kind, revision_id, stored in body["rows"]:
            number += 1
            inside = canonical.encode(stored) if revision_id == "" else self._body_of(RevisionId(revision_id))
            if inside is None:
                raise BrokenChain("an entry's revision is missing")
            before = entry_hash(entry_line(stream, number, before, kind, inside))
        self._heads[name] = number, before


def stream_item(stream: str, generation: str) -> str:
    """How the list calls a stream: later generations of the same one have a name of their own."""
    return f"{stream}#{generation}" if generation else stream


def content(reader: Reader, own_over: str, referral: SlipKind) -> Iterator[tuple[str, bytes]]:
    """Kind and body of every entry between the first and the last; ``own_over`` is the stream that goes over."""
    stored: set[str] = set()
    for revision_id, body in reader.revision_bodies():
        stored.add(revision_id)
        yield REVISION, body
    yield from _lists(VERDICTS, (list(row) for row in reader.verdicts()))
    yield from _lists(WAITING, map(_waiting, reader.held()))
    for stream, generation in reader.streams():
        if stream != own_over:
            yield from _stream(reader, stream, generation, stored)
    yield from _audit(reader)
    yield from _lists(STAFF, ([each.id, each.name, sorted(each.roles), each.disabled] for each in reader.staff()))
    prints = reader.last_prints()
    for household_id in prints:
        yield from _lists(PRINTS, map(_print, reversed(reader.prints(household_id, limit=1_000_000))))
    yield from _lists(PAPER, _paper(reader, prints))
    yield from _lists(REFERRALS, _referrals(reader, referral))
    yield from _lists(DRAFTS, _drafts(reader))


def _stream(reader: Reader, stream: str, generation: str, stored: set[str]) -> Iterator[tuple[str, bytes]]:
    base = reader.generations(stream).get(generation)
    first = 1 if base is None else base[1] + 1
    base_hash = NO_HASH if base is None else reader.stream_hash(stream, base[1], generation)
    rows: list[list[Any]] = []
    size = 0

    def entry() -> tuple[str, bytes]:
        head = {"base": list(base) if base else None, "base_hash": base_hash, "generation": generation}
        return STREAM, canonical.encode({**head, "first": first, "rows": rows, "stream": stream})

    for number, line in reader.stream_lines(stream, 0, generation):
        if len(rows) == _ROWS or size > _SIZE:
            yield entry()
            rows, size, first = [], 0, number
        found = read_entry(line)
        revision_id = hashlib.sha256(found.body_bytes).hexdigest() if found.kind == REVISION else ""
        known = revision_id in stored
        rows.append([found.kind, revision_id if known else "", None if known else found.body])
        size += 0 if known else len(found.body_bytes)
    if rows:
        yield entry()


def _audit(reader: Reader) -> Iterator[tuple[str, bytes]]:
    after = 0
    while rows := reader.audit_facts(after=after, limit=_ROWS):
        yield AUDIT, canonical.encode({"rows": [list(row) for row in rows]})
        after = rows[-1][0]


def _lists(kind: str, rows: Iterable[list[Any]]) -> Iterator[tuple[str, bytes]]:
    kept: list[list[Any]] = []
    size = 0
    for row in rows:
        kept.append(row)
        size += len(canonical.encode(row))
        if len(kept) == _ROWS or size > _SIZE:
            yield kind, canonical.encode({"rows": kept})
            kept, size = [], 0
    if kept:
        yield kind, canonical.encode({"rows": kept})


def _waiting(row: HeldRow) -> list[Any]:
    return [row.revision_id, row.station_id, row.outcome.value, row.reason, canonical.decode(row.body)]


def _print(row: PrintRow) -> list[Any]:
    sheets = [_sheet(each) for each in row.sheets]
    return [row.job, row.household_id, row.mode, row.at, row.staff_id, row.staff_name, row.pages, sheets]


def _sheet(row: PrintedSheet) -> list[Any]:
    told = [row.sheet, row.subject_id, row.form_id, row.content, dict(row.records)]
    return [*told, row.first, row.numbers, row.pages]


def _paper(reader: Reader, prints: Mapping[SubjectId, PrintRow]) -> Iterator[list[Any]]:
    """The bags that stand on the station's shelf: one for each household."""
    offset = 0
    while page := reader.households(limit=_ROWS, offset=offset):
        for row in page:
            last = prints.get(row.id)
            number = str(row.answers.get("household_code", ""))
            told = [row.address, row.head_name, row.members, last.at if last else ""]
            yield [row.id, number, *told]
        offset += len(page)


def _referrals(reader: Reader, referral: SlipKind) -> Iterator[list[Any]]:
    for row in reader.records_of_form(referral.form_id):
        if not referral.is_answered(row.answers):
            yield [row.record_id, row.subject_id, row.event_date, str(row.answers.get(referral.to, ""))]


def _drafts(reader: Reader) -> Iterator[list[Any]]:
    for draft in reader.drafts():
        about = [draft.form_id, draft.subject_id, draft.record_id or ""]
        yield [*about, dict(draft.answers), draft.place, draft.saved_at, draft.staff_id]


def _sum(lines: Sequence[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def differing(listed: Sequence[Item], found: Sequence[Item]) -> list[str]:
    """Names of what the list and the count don't agree on."""
    before = {each.name: replace(each, remark="") for each in listed}
    now = {each.name: each for each in found}
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def label(desk: Desk, name: str) -> str:
    """An item in words; a stream by its direction and the first digits of its ends."""
    kind, _, rest = name.partition(".")
    if kind == "form":
        return desk.bench.form_title(rest)
    if kind != STREAM:
        return desk.bench.text("terms", f"handover_item.{kind}")
    sender, direction, *receiver = rest.partition("#")[0].split("/")
    ends = "-".join(station[:4] for station in (sender, *receiver))
    return desk.bench.text("terms", f"handover_item.stream_{direction}", stream=ends)
