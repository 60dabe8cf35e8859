"""Is a bundle the next piece of its stream? Numbers and hashes decide, never a clock."""

from collections.abc import Sequence

from jiandang_desktop.bundles import Header
from jiandang_desktop.domain.chain import NO_HASH, Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.vault import Mark, Reader


def taken_mark(reader: Reader, stream: str) -> Mark:
    """How far a peer's stream was taken; number 0 where nothing was."""
    return reader.mark(stream, "taken") or Mark(stream, "taken", "", 0, NO_HASH)


def check_header(reader: Reader, header: Header, stream: str, kinds: frozenset[str]) -> None:
    """Refuse a header that can't follow what was taken.

    Problems: BUNDLE_KIND (not for this place), BUNDLE_STREAM, BUNDLE_GAP (something before it is missing),
    BUNDLE_FORK (same numbers, other content).
    """
    if header.kind not in kinds:
        raise Problem("BUNDLE_KIND", kind=header.kind)
    if header.stream != stream:
        raise Problem("BUNDLE_STREAM")
    taken = taken_mark(reader, stream)
    if header.first > taken.number + 1:
        raise Problem("BUNDLE_GAP", first=taken.number + 1, last=header.first - 1)
    if header.previous != _hash(reader, stream, header.first - 1):
        raise Problem("BUNDLE_FORK", number=header.first - 1)
    if header.last <= taken.number and header.head != _hash(reader, stream, header.last):
        raise Problem("BUNDLE_FORK", number=header.last)


def new_entries(reader: Reader, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries beyond what was taken; those before must be the very same (BUNDLE_FORK)."""
    if not entries:
        return ()
    taken = taken_mark(reader, entries[0].stream)
    fresh = []
    for entry in entries:
        if entry.number > taken.number:
            fresh.append(entry)
        elif entry.hash != _hash(reader, entry.stream, entry.number):
            raise Problem("BUNDLE_FORK", number=entry.number)
    return tuple(fresh)


def _hash(reader: Reader, stream: str, number: int) -> str:
    return reader.stream_hash(stream, number) if number > 0 else NO_HASH
