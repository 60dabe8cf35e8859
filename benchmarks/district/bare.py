"""The bare stack on the same bundles: the libraries open them and put as many rows of the same sizes into a table."""

import hashlib
import secrets
import time
from pathlib import Path
from typing import Any

import orjson
import pyrage
import sqlcipher3
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SCHEMA = """
create table record (number integer primary key, id blob, resident text, body blob);
create index record_resident on record (resident);
"""


class Bare:
    """An encrypted table and the keys that open the bundles."""

    def __init__(self, folder: Path, identities: list[str]) -> None:
        self._database = _database(folder / "bare.db")
        self._identities = [pyrage.x25519.Identity.from_str(secret) for secret in identities]
        self._signing = Ed25519PrivateKey.generate()

    def take(self, path: Path) -> tuple[float, float]:
        """Processor seconds: to verify, decrypt, read and pack a bundle; to insert its rows durably."""
        data = path.read_bytes()
        payload = data[data.index(b"age-encryption.org") :]
        signature = self._signing.sign(hashlib.sha256(payload).digest())
        started = time.process_time()
        rows = self._opened(payload, signature)
        opened = time.process_time()
        self._database.execute("begin immediate")
        self._database.executemany("insert into record (id, resident, body) values (?, ?, ?)", rows)
        self._database.execute("commit")
        return opened - started, time.process_time() - opened

    def _opened(self, payload: bytes, signature: bytes) -> list[tuple[bytes, str, bytes]]:
        self._signing.public_key().verify(signature, hashlib.sha256(payload).digest())
        plain = zstandard.ZstdDecompressor().decompressobj().decompress(pyrage.decrypt(payload, self._identities))
        compress = zstandard.ZstdCompressor(level=3).compress
        rows = []
        for line in plain.removesuffix(b"\n").split(b"\n"):
            body = orjson.loads(line)["body"]
            packed = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
            rows.append((hashlib.sha256(packed).digest(), body.get("subject", ""), compress(packed)))
        return rows


def _database(path: Path) -> Any:
    database = sqlcipher3.connect(str(path), isolation_level=None)
    database.execute(f"pragma key = \"x'{secrets.token_hex(32)}'\"")
    for pragma in ("journal_mode = wal", "synchronous = full", "cache_size = -65536", "locking_mode = exclusive"):
        database.execute(f"pragma {pragma}")
    database.executescript(SCHEMA)
    return database
