"""Bodies in the database: canonical JSON bytes, compressed where that is shorter.

The first byte says how: 0 as it is, 1 one zstd frame. Hashes are always over the bytes before packing.
"""

from typing import Any

import orjson
import zstandard

_PLAIN, _ZSTD = b"\x00", b"\x01"
_compress = zstandard.ZstdCompressor(level=3).compress
_decompress = zstandard.ZstdDecompressor().decompress


def pack(body: bytes) -> bytes:
    """How a body is stored."""
    if len(body) > 200:
        packed = _compress(body)
        if len(packed) < len(body):
            return _ZSTD + packed
    return _PLAIN + body


def unpack(stored: bytes) -> bytes:
    """The body again (ValueError where the bytes are neither)."""
    head, rest = stored[:1], stored[1:]
    if head == _PLAIN:
        return rest
    if head != _ZSTD:
        raise ValueError("a body of no known packing")
    try:
        return _decompress(rest)
    except zstandard.ZstdError as error:
        raise ValueError("a body that can't be unpacked") from error


def parse(stored: bytes) -> Any:
    """The value of a stored body."""
    return orjson.loads(unpack(stored))


def dump(value: object) -> str:
    """JSON text of our own small values (settings, summaries, drafts)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def load(text: str | bytes) -> Any:
    """The value of ``dump``'s text."""
    return orjson.loads(text)
