"""The second line of a bundle: who sends what to whom, and exactly how much. Never anything about a person."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiandang_desktop.bundles import limits
from jiandang_desktop.bundles.card import STATION_ID, NotACard, StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.domain.problems import Problem

SUITE = "1"
"""SSHSIG with Ed25519, age with X25519, zstd, SHA-256."""

NO_BYTES = hashlib.sha256(b"").hexdigest()
"""SHA-256 of nothing, which a bundle without payload declares."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """What a kind of bundle carries. ``direction`` is its stream's: ``up``, ``down``, ``over`` (to a successor)
    or '' for no payload."""

    direction: str
    introduces: bool = False


KINDS = {
    "submission": KindRule("up"),
    "receipt": KindRule("down"),
    "downward": KindRule("down"),
    "enrolment_request": KindRule("", introduces=True),
    "enrolment_answer": KindRule("down", introduces=True),
    "handover": KindRule("over", introduces=True),
    "handover_receipt": KindRule("over"),
    "transfer": KindRule("over", introduces=True),
}

_HASH = re.compile(r"[0-9a-f]{64}")
_GENERATION = re.compile(r"[0-9a-f]{32}")
_STREAM = re.compile(r"[0-9a-f]{16}/(up|(down|over)/[0-9a-f]{16})")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")


class NotAHeader(ValueError):  # noqa: N818 - reads as a statement about the line
    """A line that isn't a header, or contradicts itself."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How far the sender has taken the recipient's own stream."""

    stream: str
    generation: str
    number: int
    hash: str

    def __post_init__(self) -> None:
        _require(_is(_STREAM, self.stream) and _is(_GENERATION, self.generation), "acknowledged stream")
        _require(_number(self.number, 0, limits.MAX_NUMBER) and _is(_HASH, self.hash), "acknowledged entry")
        _require((self.number == 0) == (self.hash == NO_HASH), "acknowledged entry")


@dataclass(frozen=True, slots=True)
class Header:
    """What a bundle says about itself. Making one checks every value and how they fit (NotAHeader).

    ``first`` … ``last`` are the journal numbers inside, ``previous`` and ``head`` the hashes before the first and of
    the last entry. A bundle without payload has no stream, no generation and zeros.
    """

    suite: str
    kind: str
    sender: str
    sender_key: str
    recipients: tuple[str, ...]
    stream: str
    generation: str
    first: int
    last: int
    previous: str
    head: str
    entries: int
    attachments: int
    made_at: str
    payload_size: int
    payload_sha256: str
    plain_size: int
    plain_sha256: str
    acknowledges: Acknowledged | None
    introduces: StationCard | None

    def __post_init__(self) -> None:
        _require(self.suite == SUITE and self.kind in KINDS, "suite or kind")
        self._check_people()
        self._check_types()
        _require(is_real_time(self.made_at), "time")
        _require(self.attachments == 0, "attachments")
        if KINDS[self.kind].direction:
            self._check_piece()
        else:
            self._check_empty()

    def _check_people(self) -> None:
        _require(_is(STATION_ID, self.sender) and _is(STATION_ID, self.sender_key), "sender")
        _require(len(self.recipients) <= limits.MAX_RECIPIENTS, "recipients")
        _require(all(_is(STATION_ID, station) for station in self.recipients), "recipients")
        _require(self.recipients == tuple(sorted(set(self.recipients))), "recipients")
        card = self.introduces
        _require((card is not None) == KINDS[self.kind].introduces, "introduction")
        if card is not None:
            _require((card.station, card.key_id) == (self.sender, self.sender_key), "introduction")

    def _check_types(self) -> None:
        top = limits.MAX_NUMBER
        numbers = (self.first, self.last, self.entries, self.attachments, self.payload_size, self.plain_size)
        _require(all(_number(number, 0, top) for number in numbers), "number")
        hashes = (self.previous, self.head, self.payload_sha256, self.plain_sha256)
        _require(all(_is(_HASH, text) for text in hashes), "hash")

    def _check_piece(self) -> None:
        _require(len(self.recipients) >= 1 and self.stream in self._possible_streams(), "stream")
        _require(_is(_GENERATION, self.generation), "generation")
        _require(self.entries >= 1 and self.first >= 1, "entries")
        _require(self.last - self.first + 1 == self.entries, "entries")
        _require((self.first == 1) == (self.previous == NO_HASH), "previous hash")
        _require(self.payload_size >= 1 and self.plain_size >= 1, "size")

    def _possible_streams(self) -> set[str]:
        direction = KINDS[self.kind].direction
        if direction == "up":
            return {f"{self.sender}/up"}
        return {f"{self.sender}/{direction}/{station}" for station in self.recipients}

    def _check_empty(self) -> None:
        numbers = (self.first, self.last, self.entries, self.payload_size, self.plain_size)
        nothing = not (self.recipients or self.stream or self.generation or any(numbers) or self.acknowledges)
        _require(nothing and self.previous == self.head == NO_HASH, "payload")
        _require(self.payload_sha256 == self.plain_sha256 == NO_BYTES, "payload")

    def encode(self) -> bytes:
        """The header's line: canonical JSON and a newline."""
        raw: dict[str, Any] = {name: getattr(self, name) for name in _KEYS}
        raw["recipients"] = list(self.recipients)
        raw["acknowledges"] = _acknowledged_object(self.acknowledges)
        raw["introduces"] = None if self.introduces is None else self.introduces.as_object()
        return canonical.encode(raw) + b"\n"


_KEYS = frozenset(Header.__slots__)


def parse_header(line: bytes) -> Header:
    """The header of a line with its newline.

    Problems: BUNDLE_SHAPE (not canonical, a key too many or too few, a value that doesn't fit), BUNDLE_VERSION (a suite
    or kind that this program doesn't know), BUNDLE_SIZE (declares more than ``limits`` allows).
    """
    try:
        raw = canonical.decode(line.removesuffix(b"\n"))
        _require(isinstance(raw, dict), "not an object")
        _check_known(raw)
        _require(set(raw) == _KEYS, "keys")
        header = _build(raw)
        _require(header.encode() == line, "not in its one form")
    except (canonical.NotCanonical, NotAHeader, NotACard) as error:
        raise Problem("BUNDLE_SHAPE") from error
    _check_limits(header)
    return header


def _check_known(raw: dict[str, Any]) -> None:
    suite, kind = raw.get("suite"), raw.get("kind")
    _require(isinstance(suite, str) and re.fullmatch(r"[a-z0-9]{1,16}", suite) is not None, "suite")
    _require(isinstance(kind, str) and re.fullmatch(r"[a-z_]{1,32}", kind) is not None, "kind")
    if suite != SUITE or kind not in KINDS:
        raise Problem("BUNDLE_VERSION")


def _build(raw: dict[str, Any]) -> Header:
    values = dict(raw)
    recipients, marks, card = raw["recipients"], raw["acknowledges"], raw["introduces"]
    _require(isinstance(recipients, list), "recipients")
    values["recipients"] = tuple(recipients)
    if marks is not None:
        _require(isinstance(marks, dict) and set(marks) == set(Acknowledged.__slots__), "acknowledged entry")
        values["acknowledges"] = Acknowledged(**marks)
    if card is not None:
        values["introduces"] = StationCard.from_object(card)
    return Header(**values)


def _check_limits(header: Header) -> None:
    if (
        header.payload_size > limits.MAX_FILE
        or header.plain_size > limits.MAX_PLAIN
        or header.entries > limits.MAX_ENTRIES
    ):
        raise Problem("BUNDLE_SIZE")


def _acknowledged_object(mark: Acknowledged | None) -> dict[str, Any] | None:
    return None if mark is None else {name: getattr(mark, name) for name in Acknowledged.__slots__}


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise NotAHeader(what)


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _number(value: object, lowest: int, highest: int) -> bool:
    return type(value) is int and lowest <= value <= highest


def is_real_time(value: object) -> bool:
    """Whether ``value`` is a local time that exists. Which year it claims is nobody's business: a label."""
    if not _is(_TIME, value):
        return False
    try:
        return datetime.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        return False


Freshness = Callable[[Header], None]
"""Told the authentic header before anything is decrypted; refuses by raising a Problem of its own."""
