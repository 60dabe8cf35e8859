"""What one station tells another about itself, and the short fingerprint that two people compare."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiandang_desktop.bundles.keys import WeakKey, check_recipient, check_signing_public, key_id
from jiandang_desktop.domain import canonical

STATION_ID = re.compile(r"[0-9a-f]{16}")
LEVELS = {"village": 12, "township": 9, "banner": 6}
"""Levels of a station and how many digits its division code has."""

WORDS = 256
"""How many fingerprint words there are: one per value of a byte."""

_KEYS = {"division_code", "level", "name", "recipient", "signing_public", "station"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


class NotACard(ValueError):  # noqa: N818 - reads as a statement about the object
    """An object that isn't a station's card."""


@dataclass(frozen=True, slots=True)
class StationCard:
    """A station's id, name, level, division code and its two public keys (NotACard if one of them is unfit)."""

    station: str
    name: str
    level: str
    division_code: str
    signing_public: bytes
    recipient: str

    def __post_init__(self) -> None:
        if not STATION_ID.fullmatch(self.station):
            raise NotACard("station id")
        if not _plain_name(self.name):
            raise NotACard("name")
        digits = LEVELS.get(self.level)
        if digits is None or not re.fullmatch(rf"[1-9][0-9]{{{digits - 1}}}", self.division_code):
            raise NotACard("level or division code")
        try:
            check_signing_public(self.signing_public)
            check_recipient(self.recipient)
        except WeakKey as error:
            raise NotACard(str(error)) from error

    @property
    def key_id(self) -> str:
        """The short name of the signing key."""
        return key_id(self.signing_public)

    def as_object(self) -> dict[str, Any]:
        """The card as it stands in headers and certificates; the signing key as 64 hex digits."""
        return {
            "division_code": self.division_code,
            "level": self.level,
            "name": self.name,
            "recipient": self.recipient,
            "signing_public": self.signing_public.hex(),
            "station": self.station,
        }

    @classmethod
    def from_object(cls, raw: object) -> "StationCard":
        """The card of a parsed object (NotACard)."""
        if not isinstance(raw, dict) or set(raw) != _KEYS or not all(isinstance(text, str) for text in raw.values()):
            raise NotACard("not an object with the keys of a card")
        if not re.fullmatch(r"[0-9a-f]{64}", raw["signing_public"]):
            raise NotACard("signing key")
        return cls(**{**raw, "signing_public": bytes.fromhex(raw["signing_public"])})


def _plain_name(name: str) -> bool:
    """1 to 60 characters, no blank at an end, nothing that can't be seen or turns the writing round."""
    seen = not any(unicodedata.category(character) in _UNSEEN for character in name)
    return 1 <= len(name) <= 60 and name.strip() == name and seen


def load_words(path: Path) -> tuple[str, ...]:
    """The fingerprint words, one a line, in order (ValueError unless there are 256 different ones)."""
    words = tuple(path.read_text(encoding="utf-8").split())
    if len(words) != WORDS or len(set(words)) != WORDS:
        raise ValueError(f"{path.name} must hold {WORDS} different words")
    return words


def fingerprint(card: StationCard, words: Sequence[str]) -> tuple[str, ...]:
    """Eight of ``words`` (see ``load_words``) that two people compare, one for each byte of the fingerprint."""
    return tuple(words[byte] for byte in _fingerprint_bytes(card))


def fingerprint_digits(card: StationCard) -> str:
    """The same fingerprint as five groups of four digits, for a telephone."""
    digits = f"{int.from_bytes(_fingerprint_bytes(card), 'big'):020d}"
    return " ".join(digits[start : start + 4] for start in range(0, 20, 4))


def _fingerprint_bytes(card: StationCard) -> bytes:
    return hashlib.sha256(b"jiandang-card 1\n" + canonical.encode(card.as_object())).digest()[:8]
