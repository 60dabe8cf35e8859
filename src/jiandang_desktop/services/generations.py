"""Restores, lost computers, one vault on two computers: noticed, named, and healed without losing either side's work.

A vault that was put back to an earlier state goes on as a new **generation**: its own streams continue from what is
here, under a new name, beside what it had written before. The receiver finds out from the new generation's first piece
where it goes on, and keeps both. What was lost comes back by ``losses``.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jiandang_desktop.bundles import Acknowledged, Header
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Revision, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Mark, Reader, UnitOfWork
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.freshness import (
    KNOWN_AS,
    REPLACED,
    add_past,
    goes_on_from,
    is_new_generation,
    newest_generation,
    own_past,
)

ENTRY = "generation"
"""Kind of the entry that says that a new generation begins here."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A new generation of this vault."""

    generation: str
    before: str
    known: int
    """The last audit entry that is known to have been there, 0 where nothing was missed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How a bundle stands to its sender's generations."""

    new: bool
    """The first of its generation that is taken here, after others."""
    newest: bool
    """Of the generation that the sender goes on with."""


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
        past = add_past(work, [before])
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


_HOUSEHOLDS_LOST = 50
"""Household numbers left out, and up to as many again, for those that a lost computer gave out and nobody knows."""


def keep_household_serial(desk: Desk, work: UnitOfWork, revision: Revision) -> None:
    """A household's number that comes home to an empty vault was given out before: the next one is higher."""
    segment, _, serial = str(revision.answers.get("household_code", "")).partition("-")
    own = desk.station.village_segment or desk.station.division_code[-3:]
    if desk.station.level != "village" or revision.form_id != "household" or segment != own or not serial.isdecimal():
        return
    share_from, share_to = desk.station.serial_share
    if 100 * share_from < int(serial) <= 100 * share_to and int(serial) > work.setting("household_serial", 0):
        work.set_setting("household_serial", int(serial))


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
    work.set_setting("households_left_out", _HOUSEHOLDS_LOST + secrets.randbelow(_HOUSEHOLDS_LOST))


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
    if said is not None and said.stream == own_stream and said.generation not in own_past(work):
        work.set_setting(KNOWN_AS, {**work.setting(KNOWN_AS, {}), own_stream: said.generation})


def learn_past(work: UnitOfWork, known: Iterable[str]) -> None:
    """The generations of this station that the one above knows, for a vault that goes on in place of a lost one."""
    add_past(work, (name for name in known if name != work.setting("generation")))


def taken_of(reader: Reader, header: Header, stream: str) -> tuple[int, str]:
    """Number and hash of the entry up to which the sender of a bundle has our stream as it is here; 0 where it doesn't.

    What it took of another generation of ours may have the same numbers: only an equal hash says that it is the same.
    """
    said = header.acknowledges
    if said is None or said.stream != stream or said.number > reader.stream_head(stream).number:
        return 0, NO_HASH
    return (said.number, said.hash) if reader.stream_hash(stream, said.number) == said.hash else (0, NO_HASH)


def note_acknowledged(desk: Desk, work: UnitOfWork, header: Header, followed: Followed) -> None:
    """A station below says how far it took our stream.

    The mark goes back only for a new generation: it lost what it had taken. An older computer's word counts no more.
    """
    if not followed.newest:
        return
    stream = desk.station.down_stream(header.sender)
    note_known(work, header, stream)
    known, (number, said_hash) = work.mark(stream, "received"), taken_of(work, header, stream)
    if followed.new or number > (known.number if known else 0):
        work.set_mark(Mark(stream, "received", desk.station.generation, number, said_hash))


def _has_audit(reader: Reader, number: int) -> bool:
    return bool(reader.audit_rows(after=number - 1, limit=1))
