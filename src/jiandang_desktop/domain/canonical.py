"""Canonical JSON: one value, one encoding (RFC 8785), because bytes are what is hashed and signed.

We use the part of RFC 8785 in which every implementation agrees without float arithmetic: object keys are
ASCII, integers lie within ±2^53, decimals have at most six places and are below 10^15.
"""

import json
import math
import re
from typing import Any

MAX_DEPTH = 32
_KEY = re.compile(r"[ -~]{0,200}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_INTEGER = 2**53


class NotCanonical(ValueError):  # noqa: N818 - reads as a statement about the bytes
    """The value or the bytes lie outside our canonical JSON."""


def encode(value: object) -> bytes:
    """Canonical UTF-8 bytes of a JSON value (dict, list, str, int, float, bool, None).

    Raises NotCanonical for keys that aren't ASCII, numbers out of range, lone surrogates or deep nesting.
    """
    checked = _checked(value, 0)
    return json.dumps(checked, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8"
    )


def decode(data: bytes) -> Any:
    """Parse bytes that must be exactly the canonical encoding of their value (NotCanonical otherwise)."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
        again = encode(value)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if again != data:
        raise NotCanonical("not in canonical form")
    return value


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("duplicate key")
    return found


def _no_constant(name: str) -> Any:
    raise NotCanonical(f"{name} is not a JSON number")


def _checked(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise NotCanonical("nested too deeply")
    match value:
        case bool() | None:
            return value
        case str():
            if _SURROGATE.search(value):
                raise NotCanonical("lone surrogate")
            return value
        case int():
            if abs(value) > _MAX_INTEGER:
                raise NotCanonical("integer out of range")
            return value
        case float():
            return _checked_float(value)
        case dict():
            for key in value:
                if not isinstance(key, str) or not _KEY.fullmatch(key):
                    raise NotCanonical("key is not plain ASCII")
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
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
        if not isinstance(value, dict):
            raise NotCanonical("not an object")
        encode(value)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    return value
