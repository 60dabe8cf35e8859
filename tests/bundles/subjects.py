"""Every kind of file that stations carry to one another, genuine, each with the reader that it is for.

What the mutations begin with: bundles that go up, down and over, receipts, enrolment files, a statement of new keys, a
certificate; a large one; and copies whose damage the sender itself signed.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from jiandang_desktop.bundles import (
    Identity,
    SigningKey,
    StationCard,
    TrustedSender,
    certify,
    open_sealed,
    read_certificate,
    read_introduction,
    seal,
)
from jiandang_desktop.bundles.frame import join_frame, signed_lines, split_frame
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line

from .mutations import bits, junk, lengths, some_bits, some_lengths, structural

FOLDER = Path(__file__).parent / "vectors"
VECTORS = {
    "submission": ("three-entries", "township"),
    "submission that acknowledges": ("acknowledges", "township"),
    "receipt": ("receipt", "village"),
    "downward": ("downward", "village"),
    "enrolment request": ("enrolment-request", "introduction"),
    "enrolment answer": ("enrolment-answer", "introduction"),
    "handover": ("handover", "introduction"),
    "handover receipt": ("handover-receipt", "village"),
}
MADE_AT = "2026-11-26T09:00:00+08:00"
GENERATION = "0123456789abcdef0123456789abcdef"
LARGE = 2 * 2**20
"""Bytes of the large bundle at least."""
VILLAGE, TOWNSHIP = "1111111111111111", "2222222222222222"


@dataclass(frozen=True)
class Subject:
    """A genuine file, who reads it, what a refusal's code begins with, and how copies are damaged."""

    name: str
    data: bytes = field(repr=False)
    read: Callable[[bytes], object]
    refusal: str = "BUNDLE_"
    damaged: Callable[[bytes, int, int], Iterator[bytes]] | None = None
    """(file, rounds, seed) → copies; the ordinary ones where none is named."""

    def copies(self, count: int, seed: int) -> Iterator[bytes]:
        """``count`` damaged copies: bytes changed, every length, more at the ends, parts moved about."""
        if self.damaged is not None:
            return self.damaged(self.data, count, seed)
        turns = zip_longest(
            junk(self.data),
            some_bits(self.data, seed),
            some_lengths(self.data, seed),
            structural(self.data, count, seed),
        )
        return islice((copy for turn in turns for copy in turn if copy is not None), count)


def subjects() -> list[Subject]:
    """Every subject; the same files at each run but for what encryption draws."""
    return [*_vectors(), _certificate(), _keys(), _large(), _signed_damage()]


def _vectors() -> Iterator[Subject]:
    stations = json.loads((FOLDER / "stations.json").read_text(encoding="utf-8"))
    trust = {row["key_id"]: TrustedSender(row["station"], bytes.fromhex(row["public"])) for row in stations["trust"]}
    for name, (file, reader) in VECTORS.items():
        data = (FOLDER / f"{file}.jdb").read_bytes()
        yield Subject(name, data, _reader(reader, stations["readers"][reader], trust))


def _reader(reader: str, own: Mapping[str, str], trust: Mapping[str, TrustedSender]) -> Callable[[bytes], object]:
    identity = [Identity.from_secret(own["identity"])]
    if reader == "introduction":
        return lambda data: read_introduction(data, own=identity, own_station=own["station"])
    return lambda data: open_sealed(data, trust=trust, own=identity, own_station=own["station"])


def _certificate() -> Subject:
    signing = _key("township")
    data = certify(signing, TOWNSHIP, _card(VILLAGE, "village", "150423100201", "village"), MADE_AT)
    return Subject("certificate", data, lambda copy: read_certificate(copy, signing.public), "CERTIFICATE_INVALID")


def _keys() -> Subject:
    """New keys of a village, in a bundle signed by the key before."""
    body = {
        "card": _card(VILLAGE, "village", "150423100201", "newer").as_object(),
        "replaces": _key("village").key_id,
    }
    return _submission("statement of new keys", [("card", body)])


def _large() -> Subject:
    """What a village of thousands sends, as far as size goes: text that doesn't compress."""
    chance = random.Random(1)
    bodies = [("revision", {"text": chance.randbytes(2048).hex()}) for _ in range(LARGE // 2048)]
    subject = _submission("large submission", bodies)
    return replace(subject, damaged=lambda data, count, seed: structural(data, min(count, 500), seed))


def _signed_damage() -> Subject:
    """The sender signed what it damaged: only the encryption can tell."""
    subject = _submission("payload damaged and signed again", [("revision", {"text": f"第{n}条"}) for n in range(3)])
    return replace(subject, damaged=_signed_again)


def _signed_again(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    frame = split_frame(data)
    payload = bytes(frame.payload)
    every = chain(
        bits(payload, (1, 128)), (copy for copy in lengths(payload) if copy), structural(payload, count, seed)
    )
    for copy in islice(every, count):
        said = replace(frame.header, payload_size=len(copy), payload_sha256=hashlib.sha256(copy).hexdigest())
        yield join_frame(said, _key("village").sign(signed_lines(said)), copy)


def _submission(name: str, bodies: Sequence[tuple[str, dict[str, Any]]]) -> Subject:
    """A bundle of a village to its township, and the township that reads it."""
    signing, identity, stream = _key("village"), Identity.generate(), f"{VILLAGE}/up"
    lines, previous = [], NO_HASH
    for number, (kind, body) in enumerate(bodies, 1):
        lines.append(entry_line(stream, number, previous, kind, canonical.encode(body)))
        previous = entry_hash(lines[-1])
    sealed = seal(
        kind="submission",
        sender=VILLAGE,
        signing=signing,
        recipients=[(TOWNSHIP, identity.recipient)],
        stream=stream,
        generation=GENERATION,
        first=1,
        lines=lines,
        made_at=MADE_AT,
    )
    trust = {signing.key_id: TrustedSender(VILLAGE, signing.public)}
    return Subject(name, sealed.data, lambda copy: open_sealed(copy, trust=trust, own=[identity], own_station=TOWNSHIP))


def _key(of: str) -> SigningKey:
    return SigningKey.from_seed(hashlib.sha256(f"subject {of}".encode()).digest())


def _card(station: str, level: str, division: str, key: str) -> StationCard:
    return StationCard(station, "向阳村卫生室", level, division, _key(key).public, Identity.generate().recipient)
