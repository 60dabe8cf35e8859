"""Addresses in the order in which one walks: group 2 before group 10, door 9 before door 12, in digits or Chinese."""

import unicodedata
from functools import lru_cache
from itertools import groupby

_WIDTH = 8
_LARGEST = 1000
"""The largest unit that stands in the name of a group or door; larger ones begin place names."""


def address_order(*parts: str) -> str:
    """A text that sorts as the parts do when their numbers are compared as numbers."""
    return " ".join(map(_in_order, parts))


def _in_order(part: str) -> str:
    runs = groupby(unicodedata.normalize("NFKC", part), _is_number)
    return "".join(_number("".join(run)).rjust(_WIDTH, "0") if number else "".join(run) for number, run in runs)


@lru_cache(maxsize=8192)
def _is_number(char: str) -> bool:
    value = unicodedata.numeric(char, -1.0)
    return value.is_integer() and 0 <= value <= _LARGEST


def _number(word: str) -> str:
    """Digits as they are; in Chinese with units (ten-two is 12), or digit by digit where there is no unit."""
    values = [int(unicodedata.numeric(char)) for char in word]
    if max(values) < 10:
        return "".join(map(str, values))
    total, digit = 0, 0
    for value in values:
        if value < 10:
            digit = value
        else:
            total += max(digit, 1) * value
            digit = 0
    return str(total + digit)
