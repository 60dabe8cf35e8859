"""Canonical JSON: one value, one encoding (RFC 8785), because bytes are what is hashed and signed.

We use the part of RFC 8785 in which every implementation agrees without float arithmetic: object keys are
ASCII, integers lie within ±2^53, decimals have at most six places and are below 10^15.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 32
MAX_KEY = 200
_MAX_INTEGER = 2**53
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{0,5}[1-9]")
# The C encoder does the writing; sorting by code point is RFC 8785's order because keys are ASCII.
_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


class NotCanonical(ValueError):  # noqa: N818 - reads as a statement about the bytes
    """The value or the bytes lie outside our canonical JSON."""


def encode(value: object) -> bytes:
    """Canonical UTF-8 bytes of a JSON value (dict, list, str, int, float, bool, None).

    Raises NotCanonical for keys that aren't ASCII, numbers out of range, lone surrogates or deep nesting.
    """
    return _written(_checked(value, 0))


def decode(data: bytes) -> Any:
    """Parse bytes that must be exactly the canonical encoding of their value (NotCanonical otherwise)."""
    try:
        value = _READER.decode(data.decode("utf-8"))
        # Keys and numbers were checked while reading; each nesting has a bracket, so few brackets are proof enough.
        if data.count(b"{") + data.count(b"[") > MAX_DEPTH:
            _check_depth(value, 0)
        again = _written(value)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if again != data:
        raise NotCanonical("not in canonical form")
    return value


def _written(value: object) -> bytes:
    try:
        return _WRITER.encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("lone surrogate") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("duplicate key")
    _check_keys(found)
    return found


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) > _MAX_INTEGER:
        raise NotCanonical("integer out of range")
    return value


def _decimal(text: str) -> float:
    # Faster than asking the number; what has this form but isn't canonical shows when it is written again.
    if not _DECIMAL.fullmatch(text):
        raise NotCanonical("not a canonical decimal")
    return float(text)


def _no_constant(name: str) -> Any:
    raise NotCanonical(f"{name} is not a JSON number")


_READER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant
)


def _check_keys(keys: Iterable[object]) -> None:
    for key in keys:
        # Of the ASCII characters exactly blank to tilde are printable.
        if not (isinstance(key, str) and key.isascii() and key.isprintable() and len(key) <= MAX_KEY):
            raise NotCanonical("key is not plain ASCII")


def _check_depth(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotCanonical("nested too deeply")
    if isinstance(value, dict):
        for item in value.values():
            _check_depth(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, depth + 1)


def _checked(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise NotCanonical("nested too deeply")
    match value:
        case str() | bool() | None:
            return value
        case int():
            if abs(value) > _MAX_INTEGER:
                raise NotCanonical("integer out of range")
            return value
        case float():
            return _checked_float(value)
        case dict():
            _check_keys(value)
            return {key: _checked(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [_checked(item, depth + 1) for item in value]
        case _:
            raise NotCanonical(f"{type(value).__name__} is not JSON")


def _checked_float(value: float) -> int | float:
    if not math.isfinite(value) or abs(value) >= 1e15:
        raise NotCanonical("number out of range")
    rounded = round(value, 6)
    if rounded != value:
        raise NotCanonical("more than six decimal places")
    if rounded == int(rounded):
        return int(rounded)
    if abs(rounded) < 1e-4:
        raise NotCanonical("number too small")
    return rounded


def parse_object(data: bytes) -> dict[str, Any]:
    """Parse any strict UTF-8 JSON object: no twin keys, NaN, surrogates or deep nesting (NotCanonical otherwise)."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant)
        if not isinstance(value, dict):
            raise NotCanonical("not an object")
        encode(value)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    return value
