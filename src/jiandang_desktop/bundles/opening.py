"""Open a bundle: every check in one fixed order, and nothing released before its check.

Size, shape, version, sender, signature, recipient, freshness, payload, decryption, compression, plaintext, entries.
A bundle is genuine as a whole or refused as a whole; what a refusal is called says which check it was.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jiandang_desktop.bundles import armour, limits
from jiandang_desktop.bundles.card import StationCard
from jiandang_desktop.bundles.compression import NotOneFrame, pieces
from jiandang_desktop.bundles.envelope import NotOpened, open_envelope
from jiandang_desktop.bundles.frame import Frame, split_frame
from jiandang_desktop.bundles.header import KINDS, Freshness, Header
from jiandang_desktop.bundles.keys import Identity, key_id, signature_holds
from jiandang_desktop.domain.chain import BrokenChain, Entry, follow, read_entry
from jiandang_desktop.domain.problems import Problem

ROTATED = "rotated"
"""How a key ended whose station made itself a new one."""


@dataclass(frozen=True, slots=True)
class TrustedSender:
    """A station whose signing key this one knows.

    ``ended``: '' while the key is valid, ``rotated`` where the station's next one replaced it, else how it was revoked.
    Under a key that ended nothing new is taken; ``valid_to`` (generation, number) is how far it may still speak of the
    station's stream.
    """

    station: str
    signing_public: bytes
    ended: str = ""
    name: str = ""
    valid_to: tuple[str, int] = ("", 0)

    def refuse_ended(self, header: Header) -> None:
        """BUNDLE_REPLACED or BUNDLE_REVOKED where the key no longer counts for this piece."""
        generation, number = self.valid_to
        if not self.ended or (header.generation == generation and header.last <= number):
            return
        code = "BUNDLE_REPLACED" if self.ended == ROTATED else "BUNDLE_REVOKED"
        raise Problem(code, name=self.name, key=header.sender_key)


@dataclass(frozen=True, slots=True)
class VerifiedBundle:
    """The content of an authentic bundle. Only this module makes one. ``digest`` is the SHA-256 of the file."""

    header: Header
    digest: str
    entries: tuple[Entry, ...]
    attachments: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Introduction:
    """An enrolment file whose signature fits the card inside. Who the sender is, two people must find out."""

    header: Header
    card: StationCard
    digest: str
    entries: tuple[Entry, ...]


def read_header(data: bytes) -> Header:
    """What a file says about itself, unverified, for looking only (BUNDLE_SIZE, BUNDLE_SHAPE, BUNDLE_VERSION)."""
    return split_frame(data).header


def read_claim(data: bytes) -> Introduction:
    """What a station said and signed in the first eight lines of a bundle that introduces it; the payload may be gone.

    It proves that the key on the card signed this header. Problems: BUNDLE_SIZE, BUNDLE_SHAPE, BUNDLE_VERSION,
    BUNDLE_SENDER where it introduces nobody, BUNDLE_SIGNATURE.
    """
    frame = split_frame(data)
    card = frame.header.introduces
    if card is None:
        raise Problem("BUNDLE_SENDER", key=frame.header.sender_key)
    _check_signature(frame, card.signing_public)
    return Introduction(frame.header, card, hashlib.sha256(data).hexdigest(), ())


def read_unopened(data: bytes) -> Header:
    """The header of a bundle that is whole and signed by the very key it names; nothing in it is opened.

    That proves nothing of who sent it. Problems: BUNDLE_SIZE, BUNDLE_SHAPE, BUNDLE_VERSION, BUNDLE_SIGNATURE,
    BUNDLE_PAYLOAD.
    """
    frame = split_frame(data)
    if key_id(frame.public) != frame.header.sender_key:
        raise Problem("BUNDLE_SIGNATURE")
    _check_signature(frame, frame.public)
    _check_payload(frame)
    return frame.header


def open_sealed(
    data: bytes,
    *,
    trust: Mapping[str, TrustedSender],
    own: Sequence[Identity],
    own_station: str,
    freshness: Freshness | None = None,
) -> VerifiedBundle:
    """Verify and open a bundle from a known sender; ``trust`` is by key id.

    ``freshness`` is told the authentic header before anything is decrypted and may refuse with a Problem.
    Problems, in the order of the checks: BUNDLE_SIZE, BUNDLE_SHAPE, BUNDLE_VERSION, BUNDLE_SENDER, BUNDLE_REVOKED or
    BUNDLE_REPLACED, BUNDLE_SIGNATURE, BUNDLE_RECIPIENT, those of ``freshness``, BUNDLE_PAYLOAD, BUNDLE_DECRYPT,
    BUNDLE_COMPRESSION, BUNDLE_PLAINTEXT, BUNDLE_ENTRIES.
    """
    frame = split_frame(data)
    header = frame.header
    sender = trust.get(header.sender_key)
    if sender is None or sender.station != header.sender:
        raise Problem("BUNDLE_SENDER", key=header.sender_key)
    sender.refuse_ended(header)
    _check_signature(frame, sender.signing_public)
    if own_station not in header.recipients:
        raise Problem("BUNDLE_RECIPIENT")
    if freshness is not None:
        freshness(header)
    return _released(data, frame, own)


def read_introduction(
    data: bytes,
    *,
    kind: str | None = None,
    own: Sequence[Identity] = (),
    own_station: str = "",
) -> Introduction:
    """Open a bundle whose sender introduces itself: an enrolment request, or the answer to ours.

    It proves that the sender holds the key on the card, not who the sender is: two people must compare the
    fingerprint before anybody trusts it. Problems: as ``open_sealed``; BUNDLE_SENDER where the bundle introduces
    nobody; BUNDLE_KIND where it introduces somebody, but is not of the ``kind`` asked for.
    """
    frame = split_frame(data)
    header, card = frame.header, frame.header.introduces
    if card is None:
        raise Problem("BUNDLE_SENDER", key=header.sender_key)
    _check_signature(frame, card.signing_public)
    if kind is not None and header.kind != kind:
        raise Problem("BUNDLE_KIND")
    if KINDS[header.kind].direction and own_station not in header.recipients:
        raise Problem("BUNDLE_RECIPIENT")
    released = _released(data, frame, own)
    return Introduction(header, card, released.digest, released.entries)


def _check_signature(frame: Frame, public: bytes) -> None:
    if frame.public != public or not signature_holds(public, frame.signature, frame.signed, armour.BUNDLE):
        raise Problem("BUNDLE_SIGNATURE")


def _check_payload(frame: Frame) -> None:
    header, payload = frame.header, frame.payload
    if len(payload) != header.payload_size or hashlib.sha256(payload).hexdigest() != header.payload_sha256:
        raise Problem("BUNDLE_PAYLOAD")


def _released(data: bytes, frame: Frame, own: Sequence[Identity]) -> VerifiedBundle:
    header, payload = frame.header, frame.payload
    _check_payload(frame)
    entries: tuple[Entry, ...] = ()
    if header.payload_size:
        compressed = _decrypted(payload, header, own)
        _check_plaintext(compressed, header)
        entries = _entries(compressed, header)
    return VerifiedBundle(header, hashlib.sha256(data).hexdigest(), entries)


def _decrypted(payload: memoryview, header: Header, own: Sequence[Identity]) -> bytes:
    try:
        return open_envelope(bytes(payload), len(header.recipients), own)
    except NotOpened as error:
        raise Problem("BUNDLE_DECRYPT") from error


def _check_plaintext(compressed: bytes, header: Header) -> None:
    """Run through the whole content once, keeping nothing: its size and hash come before its meaning."""
    digest = hashlib.sha256()
    try:
        for piece in pieces(compressed, header.plain_size):
            digest.update(piece)
    except NotOneFrame as error:
        raise Problem("BUNDLE_COMPRESSION") from error
    if digest.hexdigest() != header.plain_sha256:
        raise Problem("BUNDLE_PLAINTEXT")


def _entries(compressed: bytes, header: Header) -> tuple[Entry, ...]:
    number, previous = header.first, header.previous
    entries = []
    try:
        for line in _lines(compressed, header.plain_size):
            entry = read_entry(line)
            follow(entry, header.stream, number, previous)
            if number > header.last:
                raise BrokenChain("more entries than declared")
            entries.append(entry)
            number, previous = number + 1, entry.hash
        if (len(entries), previous) != (header.entries, header.head):
            raise BrokenChain("fewer entries than declared, or another head")
    except BrokenChain as error:
        raise Problem("BUNDLE_ENTRIES") from error
    return tuple(entries)


def _lines(compressed: bytes, size: int) -> Iterator[bytes]:
    """The lines, each ended by a newline; an endless one is refused before it fills the memory (BrokenChain)."""
    rest = b""
    for piece in pieces(compressed, size):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            if len(line) > limits.MAX_ENTRY_LINE:
                raise BrokenChain("line too long")
            yield line
        if len(rest) > limits.MAX_ENTRY_LINE:
            raise BrokenChain("line too long")
    if rest:
        raise BrokenChain("last line not ended")
