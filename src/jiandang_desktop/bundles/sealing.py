"""Make a bundle: a piece of a journal stream, signed by its station and sealed for its recipients."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jiandang_desktop.bundles import limits
from jiandang_desktop.bundles.card import StationCard
from jiandang_desktop.bundles.compression import compress
from jiandang_desktop.bundles.envelope import seal_envelope
from jiandang_desktop.bundles.frame import join_frame, signed_lines
from jiandang_desktop.bundles.header import KINDS, NO_BYTES, SUITE, Acknowledged, Header
from jiandang_desktop.bundles.keys import SigningKey
from jiandang_desktop.domain.chain import NO_HASH, BrokenChain, entry_hash
from jiandang_desktop.domain.problems import Problem

SUFFIX = ".jdb"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bundle file. ``digest`` (SHA-256 of the file) is its name in storage."""

    data: bytes
    header: Header
    digest: str


def seal_introduction(*, kind: str, card: StationCard, signing: SigningKey, made_at: str) -> Sealed:
    """A bundle without payload that shows the sender's card: an enrolment request."""
    return seal(kind=kind, sender=card.station, signing=signing, made_at=made_at, introduces=card)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Journal lines joined to the payload's plaintext."""

    plain: bytes
    count: int
    head: str


def seal(
    *,
    kind: str,
    sender: str,
    signing: SigningKey,
    recipients: Sequence[tuple[str, str]] = (),
    stream: str = "",
    generation: str = "",
    first: int = 0,
    previous: str = NO_HASH,
    lines: Iterable[bytes] = (),
    made_at: str,
    acknowledges: Acknowledged | None = None,
    introduces: StationCard | None = None,
    attachments: Sequence[bytes] = (),
) -> Sealed:
    """Seal the journal ``lines`` (domain.chain entry lines from number ``first`` on) into a bundle.

    ``recipients`` are (station id, age recipient). A kind without payload takes neither lines nor recipients.
    Problem EXPORT_TOO_LARGE: more than one bundle may hold. Anything else that doesn't fit is a bug of the caller
    (NotAHeader, BrokenChain, WeakKey).
    """
    if attachments:
        raise ValueError("attachments are not part of format 1 yet")
    ordered = sorted(recipients)
    joined = _join(lines, stream, first, previous) if KINDS[kind].direction else _Lines(b"", 0, NO_HASH)
    payload = seal_envelope(compress(joined.plain), [key for _, key in ordered]) if joined.plain else b""
    if len(payload) > limits.MAX_FILE - limits.MAX_HEADER_LINE - 1024:
        raise Problem("EXPORT_TOO_LARGE")
    header = Header(
        suite=SUITE,
        kind=kind,
        sender=sender,
        sender_key=signing.key_id,
        recipients=tuple(station for station, _ in ordered),
        stream=stream,
        generation=generation,
        first=first,
        last=max(first + joined.count - 1, 0),
        previous=previous,
        head=joined.head,
        entries=joined.count,
        attachments=0,
        made_at=made_at,
        payload_size=len(payload),
        payload_sha256=hashlib.sha256(payload).hexdigest() if payload else NO_BYTES,
        plain_size=len(joined.plain),
        plain_sha256=hashlib.sha256(joined.plain).hexdigest(),
        acknowledges=acknowledges,
        introduces=introduces,
    )
    data = join_frame(header, signing.sign(signed_lines(header)), payload)
    return Sealed(data, header, hashlib.sha256(data).hexdigest())


def _join(lines: Iterable[bytes], stream: str, number: int, previous: str) -> _Lines:
    """Join the lines and make sure that each follows the one before it (BrokenChain)."""
    kept: list[bytes] = []
    size = 0
    for line in lines:
        # The storage made these lines and keeps them canonical; their chain is cheap to look at once more.
        if not line.endswith(f',"number":{number},"previous":"{previous}","stream":"{stream}"}}'.encode()):
            raise BrokenChain(f"line {number} does not follow")
        size += len(line) + 1
        if len(line) > limits.MAX_ENTRY_LINE or size > limits.MAX_PLAIN or len(kept) == limits.MAX_ENTRIES:
            raise Problem("EXPORT_TOO_LARGE")
        kept.append(line)
        number, previous = number + 1, entry_hash(line)
    if not kept:
        raise BrokenChain("no line")
    kept.append(b"")
    return _Lines(b"\n".join(kept), len(kept) - 1, previous)


def file_name(header: Header) -> str:
    """A name that says which piece of which stream this is, for whom where it goes down, and nothing about a person."""
    start = f"jd-{header.sender[:8]}-{header.kind.replace('_', '-')}"
    if not header.stream:
        return start + SUFFIX
    _, down, recipient = header.stream.partition("/down/")
    whom = f"-{recipient[:8]}" if down else ""
    return f"{start}{whom}-{header.first}-{header.last}{SUFFIX}"
