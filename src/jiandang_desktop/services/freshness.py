"""Is a bundle the next piece of its stream? Numbers and hashes decide, never a clock.

A station that was restored from a backup goes on as a new **generation**: from an entry that the receiver has, beside
what it had written before. Both stay. Within one generation the same number with other content is a fork.
"""

from collections.abc import Iterable, Sequence

from jiandang_desktop.bundles import Header
from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.vault import Mark, Reader, UnitOfWork

REPLACED = "replaced_generations"
"""Setting: generations of peers that a later one says it replaced, whether they were taken here or are yet to come."""
KNOWN_AS = "known_generations"
"""Setting: own stream → the generation of ours that its reader knows, if that isn't the first one of this vault."""
_PAST = "generations_before"
"""Setting: the generations that this vault replaces, its own earlier ones and those that the station above knew."""


def own_past(reader: Reader) -> list[str]:
    """The generations that this vault replaces; empty where it was never restored and never on another computer."""
    return list(reader.setting(_PAST, []))


def add_past(work: UnitOfWork, generations: Iterable[str]) -> list[str]:
    """This vault replaces these, too; all that it replaces."""
    past = list(dict.fromkeys([*own_past(work), *generations]))
    work.set_setting(_PAST, past)
    return past


def taken_mark(reader: Reader, stream: str, generation: str | None = None) -> Mark:
    """How far a peer's stream was taken, in its last generation or the one named; number 0 where nothing was."""
    known = reader.mark(stream, "taken", generation)
    if known is not None:
        return known
    head = reader.stream_head(stream, generation)
    return Mark(stream, "taken", generation or "", head.number, head.hash)


def is_new_generation(reader: Reader, header: Header) -> bool:
    """Whether the sender goes on here as a generation from which nothing was taken yet, after others."""
    known = reader.generations(header.stream)
    return bool(known) and header.generation not in known


def newest_generation(reader: Reader, stream: str) -> str | None:
    """The generation that a peer goes on with: the last that was begun and that none says it replaced."""
    known = list(reader.generations(stream))
    return next((name for name in reversed(known) if not is_replaced(reader, name)), known[-1] if known else None)


def is_replaced(reader: Reader, generation: str) -> bool:
    """Whether a peer says of one of its generations that another one goes on in its place."""
    return generation in reader.setting(REPLACED, [])


def goes_on_from(reader: Reader, header: Header) -> tuple[str, int] | None:
    """The entry (generation, number) before a new generation's first piece; None where it starts from nothing.

    Problems: BUNDLE_GAP, BUNDLE_FORK.
    """
    number = header.first - 1
    if number == 0:
        return None
    known = list(reader.generations(header.stream))
    for generation in reversed(known):
        if _hash(reader, header.stream, number, generation) == header.previous:
            return generation, number
    furthest = max(taken_mark(reader, header.stream, generation).number for generation in known)
    if number > furthest:
        raise Problem("BUNDLE_GAP", first=furthest + 1, last=number)
    raise Problem("BUNDLE_FORK", number=number)


def check_header(reader: Reader, header: Header, stream: str, kinds: frozenset[str]) -> None:
    """Refuse a header that can't follow what was taken.

    Problems: BUNDLE_KIND (not for this place), BUNDLE_STREAM, BUNDLE_GAP (something before it is missing),
    BUNDLE_FORK (same numbers, other content).
    """
    if header.kind not in kinds:
        raise Problem("BUNDLE_KIND", kind=header.kind)
    if header.stream != stream:
        raise Problem("BUNDLE_STREAM")
    if is_new_generation(reader, header):
        goes_on_from(reader, header)
        return
    taken = taken_mark(reader, stream, header.generation)
    if header.first > taken.number + 1:
        raise Problem("BUNDLE_GAP", first=taken.number + 1, last=header.first - 1)
    if header.previous != _hash(reader, stream, header.first - 1, header.generation):
        raise Problem("BUNDLE_FORK", number=header.first - 1)
    if header.last <= taken.number and header.head != _hash(reader, stream, header.last, header.generation):
        raise Problem("BUNDLE_FORK", number=header.last)


def check_own_state(reader: Reader, header: Header, own_stream: str) -> None:
    """Refuse to go on where the sender has something else of our own stream than this vault; told by a new piece only.

    Problems: STATE_OLD (it has taken more than there is here: this vault was restored from a backup, or a copy of it
    is used), STATE_REPLACED (it knows this generation, and goes on with another one).
    """
    said = header.acknowledges
    if said is None or said.stream != own_stream:
        return
    if header.last <= taken_mark(reader, header.stream, header.generation).number:
        return
    own = reader.setting("generation")
    if said.generation == own:
        if _hash(reader, own_stream, said.number) != said.hash:
            raise Problem("STATE_OLD", number=said.number, have=reader.stream_head(own_stream).number)
    elif said.generation not in own_past(reader) and known_as(reader, own_stream) == own:
        raise Problem("STATE_REPLACED")


def known_as(reader: Reader, own_stream: str) -> str:
    """The generation that the reader of a stream goes on with; the present one unless that was begun since."""
    return str(reader.setting(KNOWN_AS, {}).get(own_stream, reader.setting("generation")))


def maybe_replaced(reader: Reader) -> bool:
    """Whether another station goes on with a generation of ours that this vault never was and doesn't replace.

    A copy of this vault is in use beside it, or was before an older backup was put back. Nobody can tell which by what
    is here: the generation here was begun without knowing of that one, and the other station hasn't heard of it yet.
    """
    ours = {reader.setting("generation"), *own_past(reader)}
    return not ours.issuperset(reader.setting(KNOWN_AS, {}).values())


def new_entries(reader: Reader, entries: Sequence[Entry], generation: str | None = None) -> tuple[Entry, ...]:
    """The entries beyond what was taken of a generation; those before must be the very same (BUNDLE_FORK)."""
    if not entries:
        return ()
    stream = entries[0].stream
    taken = taken_mark(reader, stream, generation)
    fresh = []
    for entry in entries:
        if entry.number > taken.number:
            fresh.append(entry)
        elif entry.hash != _hash(reader, stream, entry.number, generation):
            raise Problem("BUNDLE_FORK", number=entry.number)
    return tuple(fresh)


def _hash(reader: Reader, stream: str, number: int, generation: str | None = None) -> str:
    """Hash of an entry, '' where there is none."""
    try:
        return reader.stream_hash(stream, number, generation)
    except LookupError:
        return ""
