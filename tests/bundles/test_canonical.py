"""Canonical JSON agrees with an implementation of RFC 8785 that isn't ours, and has one encoding per value."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.canonical import MAX_DEPTH, NotCanonical, decode, encode

KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
DECIMALS = st.integers(min_value=-(10**12), max_value=10**12).map(lambda number: number / 1000)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
    | DECIMALS
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=40
)


@given(VALUES)
def test_bytes_are_those_of_rfc8785(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_was_written_reads_back_equal(value: Any) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=60) | VALUES.map(encode), st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_bytes_that_are_read_are_the_only_ones_of_their_value(data: bytes, place: int, byte: int) -> None:
    if data:
        place %= len(data)
        data = data[:place] + bytes([byte]) + data[place + 1 :]
    try:
        value = decode(data)
    except NotCanonical:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    "value",
    [
        2**53 + 1,
        1e15,
        0.00001,
        0.1234567,
        float("nan"),
        float("inf"),
        "\ud800",
        {"值": 1},
        {1: 2},
        {"k" * 201: 1},
        {"\x7f": 1},
        {"\n": 1},
        b"bytes",
        {"set": {1}},
    ],
)
def test_values_outside_are_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1 ",
        b"1.0",
        b"-0",
        b"1e2",
        b"0.10",
        b"9007199254740993",
        b"1" * 10000,
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"[1,]",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'"\\u0061"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"[" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        '{"值":1}'.encode(),
    ],
)
def test_bytes_outside_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(data)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_ends_at_the_same_depth_for_writing_and_reading(opening: str, closing: str) -> None:
    """The outermost is depth 0; something may stand at depth 32 and nothing at 33, also among many brackets."""
    deepest = (opening * MAX_DEPTH + "1" + closing * MAX_DEPTH).encode()
    assert encode(decode(deepest)) == deepest
    many = b"[" + b",".join([b"[]"] * 50) + b"]"
    assert encode(decode(many)) == many
    too_deep = (opening * (MAX_DEPTH + 1) + "1" + closing * (MAX_DEPTH + 1)).encode()
    with pytest.raises(NotCanonical):
        decode(too_deep)
