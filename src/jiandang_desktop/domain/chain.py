"""Journal streams: numbered entries, each holding the hash of the one before.

A stream goes from one station to one audience and is named ``<station>/up``, ``<station>/down/<station>`` or, where a
station hands everything over to its successor, ``<station>/over/<station>``.
An entry's line is its canonical JSON; its hash is the SHA-256 of the line, so a line names its whole past.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain import canonical

NO_HASH = "0" * 64
"""What the first entry of a stream holds as the hash before it."""

_KIND = re.compile(r"[a-z_]{1,32}")
_STREAM = re.compile(r"[0-9a-f]{16}/(up|(down|over)/[0-9a-f]{16})")
_HASH = re.compile(r"[0-9a-f]{64}")
_KEYS = {"body", "kind", "number", "previous", "stream"}


class BrokenChain(ValueError):  # noqa: N818 - reads as a statement about the lines
    """A line isn't an entry, or doesn't follow the one before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry. ``body`` is the parsed object, ``body_bytes`` its canonical bytes."""

    stream: str
    number: int
    previous: str
    kind: str
    body: Any
    body_bytes: bytes
    hash: str


def entry_line(stream: str, number: int, previous: str, kind: str, body: bytes) -> bytes:
    """The canonical line (without newline) of an entry; ``body`` must be canonical JSON bytes of an object."""
    if not (_STREAM.fullmatch(stream) and _KIND.fullmatch(kind) and _HASH.fullmatch(previous) and number >= 1):
        raise BrokenChain("not an entry's stream, kind, number or previous hash")
    head = b'{"body":' + body
    return head + f',"kind":"{kind}","number":{number},"previous":"{previous}","stream":"{stream}"}}'.encode()


def entry_hash(line: bytes) -> str:
    """The hash that the next entry holds."""
    return hashlib.sha256(line).hexdigest()


def read_entry(line: bytes) -> Entry:
    """The entry whose canonical line this is (BrokenChain)."""
    try:
        raw = canonical.decode(line)
    except canonical.NotCanonical as error:
        raise BrokenChain(str(error)) from error
    if not isinstance(raw, dict) or set(raw) != _KEYS or not isinstance(raw["body"], dict):
        raise BrokenChain("not an entry")
    kind, number, previous, stream = raw["kind"], raw["number"], raw["previous"], raw["stream"]
    if type(number) is not int or not all(isinstance(text, str) for text in (kind, previous, stream)):
        raise BrokenChain("not an entry")
    tail = f',"kind":"{kind}","number":{number},"previous":"{previous}","stream":"{stream}"}}'.encode()
    body_bytes = line[len(b'{"body":') : len(line) - len(tail)]
    if entry_line(stream, number, previous, kind, body_bytes) != line:
        raise BrokenChain("not an entry's stream, kind, number or previous hash")
    return Entry(stream, number, previous, kind, raw["body"], body_bytes, entry_hash(line))


def follow(entry: Entry, stream: str, number: int, previous: str) -> None:
    """Refuse ``entry`` unless it is number ``number`` of ``stream`` right after hash ``previous`` (BrokenChain)."""
    if (entry.stream, entry.number, entry.previous) != (stream, number, previous):
        raise BrokenChain(f"entry {entry.number} does not follow")
