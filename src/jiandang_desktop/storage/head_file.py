"""The head beside the database: how far the vault had come at the last save.

SQLite drops the rest of a write-ahead log silently where one bit of it is wrong, and an old copy of the database is
as valid as the newest. So number and hash of the last audit entry (which names the journal heads that its unit of
work moved) stand in a file of their own, authenticated with a key from the vault. It has two places of 512 bytes
that are written in turn, in one go and with one flush: a torn write leaves the other place.
"""

import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

NAME = "head.json"
_PLACE = 512


@dataclass(frozen=True, slots=True)
class Head:
    """The last audit entry: its number and hash; ``turn`` counts the writes of this file."""

    turn: int
    number: int
    hash: str


class HeadFile:
    """Reads and writes the head of one vault."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._path = folder / NAME
        self._key = key
        self._handle: int | None = None
        self._turn = 0

    def read(self) -> Head | None:
        """The newest head that is genuine; None where there is none."""
        try:
            data = self._path.read_bytes()[: 2 * _PLACE]
        except OSError:
            return None
        places = (self._decode(data[start : start + _PLACE]) for start in (0, _PLACE))
        found = max((head for head in places if head is not None), key=lambda head: head.turn, default=None)
        self._turn = found.turn if found else 0
        return found

    def write(self, number: int, entry_hash: str) -> None:
        """Note a new head durably (OSError)."""
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._turn += 1
        os.lseek(self._handle, self._turn % 2 * _PLACE, os.SEEK_SET)
        os.write(self._handle, self._encode(Head(self._turn, number, entry_hash)))
        getattr(os, "fdatasync", os.fsync)(self._handle)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _encode(self, head: Head) -> bytes:
        text = json.dumps({"hash": head.hash, "mac": self._mac(head), "number": head.number, "turn": head.turn})
        return text.encode("ascii").ljust(_PLACE - 1) + b"\n"

    def _decode(self, data: bytes) -> Head | None:
        try:
            raw = json.loads(data)
            head = Head(int(raw["turn"]), int(raw["number"]), str(raw["hash"]))
            said = str(raw["mac"])
        except (ValueError, KeyError, TypeError):
            return None
        # Every byte counts, also the blanks: the place must be exactly what we would write.
        genuine = hmac.compare_digest(said.encode(), self._mac(head).encode()) and self._encode(head) == data
        return head if genuine else None

    def _mac(self, head: Head) -> str:
        said = f"{head.turn} {head.number} {head.hash}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, said, "sha256").hex()
