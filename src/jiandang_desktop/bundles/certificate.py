"""The township's signed word about one village: its card and the blocks of serial numbers it may give out.

Three parts like a bundle without payload: the line ``jiandang-certificate 1``, one line of canonical JSON, and an
OpenSSH signature over both with the namespace ``certificate@jiandang``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.bundles import armour
from jiandang_desktop.bundles.card import STATION_ID, NotACard, StationCard
from jiandang_desktop.bundles.header import is_real_time
from jiandang_desktop.bundles.keys import SigningKey, key_id, signature_holds
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem

MAX_CERTIFICATE = 64 * 2**10
"""Bytes of a certificate."""

_FIRST_LINE = b"jiandang-certificate 1\n"
_KEYS = {"blocks", "card", "issuer", "issuer_key", "made_at"}
_BLOCK_KEYS = {"first", "last", "scheme"}


@dataclass(frozen=True, slots=True)
class SerialBlock:
    """Serial numbers ``first`` … ``last`` of record codes of one scheme (ValueError if it is no block)."""

    scheme: str
    first: int
    last: int

    def __post_init__(self) -> None:
        numbers = type(self.first) is int and type(self.last) is int
        if not (re.fullmatch(r"[a-z0-9_]{1,16}", self.scheme) and numbers and 1 <= self.first <= self.last < 10**9):
            raise ValueError("no block of serial numbers")

    def as_object(self) -> dict[str, Any]:
        """The block as it stands in a certificate."""
        return {"first": self.first, "last": self.last, "scheme": self.scheme}


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the issuer certifies. ``made_at`` is a label."""

    issuer: str
    issuer_key: str
    card: StationCard
    made_at: str
    blocks: tuple[SerialBlock, ...]

    def encode(self) -> bytes:
        """The two signed lines."""
        raw = {
            "blocks": [block.as_object() for block in self.blocks],
            "card": self.card.as_object(),
            "issuer": self.issuer,
            "issuer_key": self.issuer_key,
            "made_at": self.made_at,
        }
        return _FIRST_LINE + canonical.encode(raw) + b"\n"


def certify(
    issuer_signing: SigningKey, issuer_station: str, card: StationCard, made_at: str, blocks: Sequence[SerialBlock] = ()
) -> bytes:
    """A certificate for ``card``, signed by the issuing station."""
    signed = Certificate(issuer_station, issuer_signing.key_id, card, made_at, tuple(blocks)).encode()
    return signed + issuer_signing.sign(signed, armour.CERTIFICATE).encode()


def read_certificate(data: bytes, issuer_public: bytes) -> Certificate:
    """The certificate, if the holder of ``issuer_public`` made it exactly so (CERTIFICATE_INVALID)."""
    try:
        cut = len(data) - armour.length(armour.CERTIFICATE)
        if cut <= 0 or len(data) > MAX_CERTIFICATE:
            raise ValueError("size")
        signed = data[:cut]
        public, signature = armour.unwrap(data[cut:], armour.CERTIFICATE)
        if public != issuer_public or not signature_holds(public, signature, signed, armour.CERTIFICATE):
            raise ValueError("signature")
        return _parse(signed, public)
    except ValueError as error:
        raise Problem("CERTIFICATE_INVALID") from error


def _parse(signed: bytes, public: bytes) -> Certificate:
    raw = canonical.decode(signed.removeprefix(_FIRST_LINE).removesuffix(b"\n"))
    if not isinstance(raw, dict) or set(raw) != _KEYS or not isinstance(raw["blocks"], list):
        raise NotACard("keys")
    if not (isinstance(raw["issuer"], str) and STATION_ID.fullmatch(raw["issuer"]) and is_real_time(raw["made_at"])):
        raise NotACard("issuer or time")
    blocks = tuple(_block(block) for block in raw["blocks"])
    certificate = Certificate(
        raw["issuer"], raw["issuer_key"], StationCard.from_object(raw["card"]), raw["made_at"], blocks
    )
    if certificate.issuer_key != key_id(public) or certificate.encode() != signed:
        raise NotACard("not in its one form")
    return certificate


def _block(raw: object) -> SerialBlock:
    if not isinstance(raw, dict) or set(raw) != _BLOCK_KEYS or not isinstance(raw["scheme"], str):
        raise NotACard("block")
    return SerialBlock(**raw)
