"""The audit log: one entry per unit of work, chained by hash, so that no earlier entry can be changed unseen.

An entry also names the journal streams that its unit of work moved, with their new numbers and hashes: the last
entry's hash therefore stands for the whole vault (see ``head_file``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.ports.vault import AuditRow, StreamHead
from jiandang_desktop.storage.bodies import load
from jiandang_desktop.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is written down; ``detail`` holds ids and counts only."""

    at: str
    staff_id: str
    action: str
    subject_id: str
    detail: Mapping[str, Any]
    heads: Mapping[str, StreamHead]


def last(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest entry; 0 and 64 zeros where there is none."""
    row = connection.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    return (row[0], row[1].hex()) if row else (0, NO_HASH)


def hash_at(connection: Connection, number: int) -> str | None:
    """Hash of one entry, None where there is none."""
    row = connection.execute("SELECT hash FROM audit WHERE number = ?", (number,)).fetchone()
    return row[0].hex() if row else None


def append(connection: Connection, entry: AuditEntry) -> tuple[int, str]:
    """Write an entry after the newest one; returns its number and hash."""
    number, previous = last(connection)
    number += 1
    # Stream names hold a slash and digits only, so they can be keys of canonical JSON.
    heads = canonical.encode({name: [at.number, at.hash] for name, at in entry.heads.items()}).decode()
    detail = canonical.encode(dict(entry.detail)).decode()
    facts = (number, entry.at, entry.staff_id, entry.action, entry.subject_id, detail, heads)
    own_hash = entry_hash(facts, previous)
    connection.execute(
        "INSERT INTO audit (number, at, staff_id, action, subject_id, detail, heads, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*facts, bytes.fromhex(own_hash)),
    )
    return number, own_hash


def entry_hash(facts: tuple[Any, ...], previous: str) -> str:
    """The hash of an entry's columns (number to heads) after the entry with hash ``previous``."""
    return hashlib.sha256(canonical.encode([*facts, previous])).hexdigest()


def facts(connection: Connection, after: int, limit: int) -> list[tuple[Any, ...]]:
    """The columns that ``entry_hash`` is made of, of entries with a number above ``after``, oldest first."""
    found = connection.execute(
        "SELECT number, at, staff_id, action, subject_id, detail, heads FROM audit WHERE number > ?"
        " ORDER BY number LIMIT ?",
        (after, limit),
    )
    return list(found)


def rows(connection: Connection, after: int, limit: int) -> list[AuditRow]:
    """Entries with a number above ``after``, oldest first."""
    found = connection.execute(
        "SELECT number, at, staff_id, action, subject_id, detail FROM audit WHERE number > ? ORDER BY number LIMIT ?",
        (after, limit),
    )
    return [AuditRow(row[0], row[1], row[2], row[3], row[4], load(row[5])) for row in found]
