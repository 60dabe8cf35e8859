"""Restores, lost computers, one vault on two computers: noticed, named, and healed without losing either side's work.

A vault that was put back to an earlier state goes on as a new **generation**: its own stream continues from what is
here, under a new name, beside what it had written before. The receiver finds out from the new generation's first piece
where it goes on, keeps both, and sends back what the station lost. A station above that was restored says in its next
bundle how far it has taken the station's stream; the station then decides to send again from there.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jiandang_desktop.bundles import Acknowledged, Header
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, Entry, read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import MalformedRevision, Revision, RevisionId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Mark, Reader, UnitOfWork
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.freshness import KNOWN_AS, REPLACED, goes_on_from, is_new_generation, newest_generation

ENTRY = "generation"
"""Kind of the entry that says that a new generation begins here."""

_REVISION = "revision"


@dataclass(frozen=True, slots=True)
class Begun:
    """A new generation of this vault."""

    generation: str
    before: str
    known: int
    """The last audit entry that is known to have been there, 0 where nothing was missed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How a bundle stands to its sender's generations. ``new``: the first of its generation, after others."""

    new: bool
    newest: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """What the station above says that it lacks of our stream, though it had confirmed it."""

    first: int
    last: int


def begin(desk: Desk) -> Begun:
    """Go on from what this vault holds, as a new generation; the stations around learn it with the next bundles.

    For a vault that was restored, whose last saves were lost, or that is used on a second computer. Record codes go on
    well above the highest known: what was given out and lost must not be given out twice.
    Problems: NOT_ALLOWED, VAULT_READ_ONLY where another fault than a loss forbids writing.
    """
    desk.require(Right.MANAGE_KEYS)
    with desk.vault.accept_state() as known, desk.vault.work("new_generation") as work:
        lost = known if known and not _has_audit(work, known) else 0
        before, new = desk.station.generation, new_id()
        past = [*work.setting("generations_before", []), before]
        work.set_setting("generations_before", past)
        work.set_setting("generation", new)
        body = canonical.encode({"generation": new, "replaces": past})
        streams = own_streams(desk, work)
        for stream in streams:
            work.append_entry(stream, ENTRY, body)
        work.set_setting(KNOWN_AS, {**dict.fromkeys(streams, before), **work.setting(KNOWN_AS, {})})
        skip_serials(desk, work)
        work.note(known=known, generation=new)
        work.commit()
    with desk.vault.read() as reader:
        desk.station = read_station(reader)
    return Begun(new, before, lost)


def own_streams(desk: Desk, reader: Reader) -> list[str]:
    """The streams that this station writes: upward where it has a station above, downward to each below."""
    below = [row.id for row in reader.stations() if row.relation == "child" and not row.revoked]
    up = [desk.station.up_stream] if desk.station.level != "banner" else []
    return up + [desk.station.down_stream(station) for station in below]


def skip_serials(desk: Desk, work: UnitOfWork, codes: Sequence[str] = ()) -> None:
    """Give out record codes only well above the highest that is known here or to the station above.

    At least a twentieth of the block is left out for those that were given out and lost with the computer.
    """
    station = read_station(work)
    if station.level != "village":
        return
    scheme = desk.bench.schemes[station.scheme_id]
    first, last = scheme.block(*station.serial_share)
    prefix = scheme.prefix(station.division_code, station.village_segment)
    own = [int(code[len(prefix) :]) for code in codes if scheme.valid(code) and code.startswith(prefix)]
    highest = max(work.highest_serial(prefix, first, last) or first - 1, work.setting("serials_above", 0), *own)
    highest = min(highest, last)
    # Drawn, so that the same backup restored twice goes on from different places.
    step = min((last - first + 1) // 20, (last - highest) // 4)
    work.set_setting("serials_above", highest + step + secrets.randbelow(step + 1))


def check_entry(entry: Entry) -> None:
    """BUNDLE_ENTRIES unless a generation's entry says what it must."""
    body = entry.body
    past = body.get("replaces")
    shaped = isinstance(body.get("generation"), str) and isinstance(past, list) and len(body) == 2
    if not shaped or not all(isinstance(text, str) for text in past):
        raise Problem("BUNDLE_ENTRIES")


def take_entry(work: UnitOfWork, entry: Entry) -> None:
    """Keep in mind which generations another one replaced."""
    check_entry(entry)
    known = work.setting(REPLACED, [])
    work.set_setting(REPLACED, [*known, *(name for name in entry.body["replaces"] if name not in known)])


def follow(work: UnitOfWork, header: Header) -> Followed:
    """From here on the sender's stream means what this bundle's generation writes of it."""
    new = is_new_generation(work, header)
    base = goes_on_from(work, header) if new else None
    work.follow(header.stream, header.generation, base)
    return Followed(new, newest_generation(work, header.stream) == header.generation)


def acknowledgement(reader: Reader, stream: str) -> Acknowledged | None:
    """How far a peer's stream was taken in its newest generation, for a header; None where nothing was."""
    taken = reader.mark(stream, "taken", newest_generation(reader, stream))
    return Acknowledged(stream, taken.generation, taken.number, taken.hash) if taken else None


def note_known(work: UnitOfWork, header: Header, own_stream: str) -> None:
    """Keep in mind which generation of ours the sender knows: if it goes on with another one, we were replaced."""
    said = header.acknowledges
    past = work.setting("generations_before", [])
    if said is not None and said.stream == own_stream and said.generation not in past:
        work.set_setting(KNOWN_AS, {**work.setting(KNOWN_AS, {}), own_stream: said.generation})


def learn_past(work: UnitOfWork, known: Iterable[str]) -> None:
    """The generations of this station that the one above knows, for a vault that goes on in place of a lost one."""
    past = work.setting("generations_before", [])
    own = work.setting("generation")
    work.set_setting("generations_before", [*past, *(name for name in known if name not in (*past, own))])


def note_acknowledged(desk: Desk, work: UnitOfWork, header: Header, followed: Followed) -> None:
    """A station below says how far it took our stream; believe it only where the hash is ours.

    The mark goes back only for a new generation: it lost what it had taken. An older computer's word counts no more.
    """
    if not followed.newest:
        return
    stream = desk.station.down_stream(header.sender)
    note_known(work, header, stream)
    said, known = header.acknowledges, work.mark(stream, "received")
    number, said_hash = (said.number, said.hash) if said and said.stream == stream else (0, NO_HASH)
    if number > work.stream_head(stream).number or work.stream_hash(stream, number) != said_hash:
        number, said_hash = 0, NO_HASH
    if followed.new or number > (known.number if known else 0):
        work.set_mark(Mark(stream, "received", desk.station.generation, number, said_hash))


def give_back(desk: Desk, work: UnitOfWork, header: Header, followed: Followed, entries: Iterable[Entry]) -> int:
    """Send a station below what another generation of it wrote and this one lacks; returns how many revisions.

    For a new generation: all that is not on its way. For an older computer's bundle: what it brings.
    """
    brought = [entry for entry in entries if entry.kind == _REVISION]
    if not followed.newest:
        return send_back(desk, work, header.sender, brought, set())
    if not followed.new:
        return 0
    has = {_revision(entry).id for entry in brought}
    return send_back(desk, work, header.sender, _lost(work, header.stream, header.generation), has)


def send_back(desk: Desk, work: UnitOfWork, station: str, lost: Iterable[Entry], has: set[RevisionId]) -> int:
    """Put revisions of a station's own on their way back to it, unless they are already."""
    stream = desk.station.down_stream(station)
    has = has | set(work.stream_revision_ids(stream, 1, work.stream_head(stream).number))
    sent = 0
    for entry in lost:
        revision = _revision(entry)
        if revision.id not in has:
            append_revision(work, stream, revision)
            has.add(revision.id)
            sent += 1
    return sent


def written_by_all(reader: Reader, stream: str) -> list[Entry]:
    """Every revision that any generation wrote into a peer's stream, in order."""
    return [entry for generation in reader.generations(stream) for entry in _revisions(reader, stream, 0, generation)]


def append_revision(work: UnitOfWork, stream: str, revision: Revision) -> None:
    """Append a revision; one that is stored here isn't stored a second time."""
    if work.revision(revision.id) is not None:
        work.add_foreign_revision(revision, bundle_digest="", stream=stream)
    else:
        work.append_entry(stream, _REVISION, revision.body)


def note_asked(desk: Desk, work: UnitOfWork, header: Header, followed: Followed) -> None:
    """The station above was restored: keep in mind from where on it lacks our stream, for a person to decide."""
    if not (followed.new and followed.newest):
        return
    own, said = desk.station.up_stream, header.acknowledges
    number = said.number if said is not None and said.stream == own else 0
    received = work.mark(own, "received")
    if received is not None and number < received.number:
        work.set_setting("asked_again", {"number": number, "last": received.number})


def missing_above(reader: Reader) -> Missing | None:
    """What the station above lacks since it was restored, None where nothing."""
    asked = reader.setting("asked_again")
    return Missing(asked["number"] + 1, asked["last"]) if asked else None


def send_again(desk: Desk) -> Missing:
    """Take the station above at its word: what it lost goes again with the next bundle (NOT_ALLOWED, NOTHING_ASKED).

    Until the new receipt nothing of it counts as archived.
    """
    desk.require(Right.EXPORT)
    with desk.vault.work("send_again") as work:
        asked = work.setting("asked_again")
        if not asked:
            raise Problem("NOTHING_ASKED")
        stream, number = desk.station.up_stream, int(asked["number"])
        generation = desk.station.generation
        work.set_mark(Mark(stream, "received", generation, number, work.stream_hash(stream, number)))
        work.forget_verdicts(work.stream_revision_ids(stream, number + 1, asked["last"]))
        for row in work.bundles("out"):
            if row.stream == stream and row.last > number:
                work.put_bundle(replace(row, state="written"))
        work.set_setting("asked_again", None)
        work.note(first=number + 1, last=asked["last"])
        work.commit()
    return Missing(number + 1, asked["last"])


def give_up(desk: Desk, work: UnitOfWork, followed: Followed) -> None:
    """What the station above wrote itself, sent down and lost by a restore goes back up, for its archivist to see.

    Called when its new generation was first heard of, and when a bundle of an older one still turned up.
    """
    if followed.newest and not followed.new:
        return
    up, down = desk.station.up_stream, f"{desk.station.parent_id}/down/{desk.station.id}"
    newest = newest_generation(work, down)
    sent = set(work.stream_revision_ids(up, 1, work.stream_head(up).number))
    for entry in _lost(work, down, newest) if newest else ():
        revision = _revision(entry)
        if revision.station_id == desk.station.parent_id and revision.id not in sent:
            append_revision(work, up, revision)
            sent.add(revision.id)


def _lost(reader: Reader, stream: str, generation: str) -> list[Entry]:
    """The revisions in a peer's stream that are not before this generation's own: other generations wrote them."""
    known = reader.generations(stream)
    shared: dict[str, int] = {generation: 0}
    base = known[generation]
    limit = base[1] if base else 0
    while base is not None:
        # An entry before the one that a generation goes on from belongs to an earlier one.
        shared[base[0]] = limit = min(limit, base[1])
        base = known[base[0]]
    others = (other for other in known if other != generation)
    return [entry for other in others for entry in _revisions(reader, stream, shared.get(other, 0), other)]


def _revisions(reader: Reader, stream: str, after: int, generation: str) -> list[Entry]:
    lines = reader.stream_lines(stream, after, generation)
    return [entry for _, line in lines if (entry := read_entry(line)).kind == _REVISION]


def _revision(entry: Entry) -> Revision:
    try:
        return Revision.from_parsed(entry.body, entry.body_bytes)
    except MalformedRevision as error:
        raise Problem("BUNDLE_ENTRIES") from error


def _has_audit(reader: Reader, number: int) -> bool:
    return bool(reader.audit_rows(after=number - 1, limit=1))
