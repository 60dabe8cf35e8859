"""The one connection to an encrypted database: opened with a raw key, checked, never created by accident."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from jiandang_desktop.domain.problems import Problem

DATABASE = "vault.db"
APPLICATION_ID = 0x4A44_5631
"""``JDV1``."""
PAGE = 4096

_OLDEST = (3, 51, 3)
"""Before it, two connections could lose commits at a reset of the write-ahead log."""
_CACHE_KIB = 65536
_CODES = {
    5: "VAULT_IN_USE",
    6: "VAULT_IN_USE",
    8: "VAULT_READ_ONLY",
    10: "VAULT_IO",
    11: "VAULT_DAMAGED",
    13: "VAULT_FULL",
    14: "VAULT_IO",
    26: "VAULT_DAMAGED",
}
"""SQLite's primary result codes and what they mean for a person."""

_ROOM = 65536
"""Bytes that opening needs for the write-ahead log; with less, the driver speaks of a read error only."""

Connection = Any
"""A sqlcipher3 connection; the driver ships no types."""

DriverError: type[Exception] = driver.Error


@contextmanager
def storage_problems() -> Iterator[None]:
    """Turn the driver's expected failures into Problems; anything else is a bug and passes."""
    try:
        yield
    except DriverError as error:
        code = _CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if code is None:
            raise
        raise Problem(code) from error


def create_database(path: Path, key: bytes) -> Connection:
    """A new encrypted database; ``path`` must not exist yet (FileExistsError, VAULT_IO, VAULT_FULL)."""
    path.open("xb").close()
    connection = _connect(path, key, "rw")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    _configure(connection)
    return connection


def open_database(path: Path, key: bytes, *, read_only: bool = False) -> Connection:
    """An existing database with the right key (VAULT_MISSING, VAULT_DAMAGED, VAULT_IO, VAULT_FULL).

    ``read_only``: for folders where nothing can be written; there must be no write-ahead log.
    """
    _require_database(path)
    connection = _connect(path, key, "ro&immutable=1" if read_only else "rw")
    try:
        with storage_problems():
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise Problem("VAULT_DAMAGED")
            if read_only:
                connection.execute("PRAGMA query_only = ON")
            else:
                _configure(connection)
    except Problem as problem:
        connection.close()
        if problem.code == "VAULT_IO" and shutil.disk_usage(path.parent).free < _ROOM:
            raise Problem("VAULT_FULL") from problem
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def is_encrypted(path: Path) -> bool:
    """Whether a database file is not a plain one."""
    with path.open("rb") as file:
        head = file.read(16)
    return len(head) == 16 and not head.startswith(b"SQLite format 3")


def _require_database(path: Path) -> None:
    if not path.exists():
        raise Problem("VAULT_MISSING")
    if not path.is_file() or path.stat().st_size < PAGE or not is_encrypted(path):
        raise Problem("VAULT_DAMAGED")


def _connect(path: Path, key: bytes, mode: str) -> Connection:
    if driver.sqlite_version_info < _OLDEST:
        raise AssertionError("this SQLite can lose commits")
    digits = key.hex()
    # A raw key of another length would silently be taken for a passphrase.
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise AssertionError("a raw key has 64 digits")
    connection = driver.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=0)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{digits}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise AssertionError("a database library without encryption")
    return connection


def _configure(connection: Connection) -> None:
    # One program owns the vault, so the log's index can stay in memory and no file of it can be damaged.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise Problem("VAULT_IO")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
