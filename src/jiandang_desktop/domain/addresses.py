"""Addresses in the order in which one walks: 2组 before 10组, 三组 before 十组, 9号 before 12号."""

import re
import unicodedata

_WIDTH = 8
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(rf"\d+|[{''.join([*_DIGITS, *_TENS])}]+")
# 两 begins village names too (两家子); as a number it only has to sort the same way each time.


def address_order(*parts: str) -> str:
    """A text that sorts as the parts do when their numbers, in digits or Chinese, are compared as numbers."""
    return " ".join(_NUMBER.sub(_padded, unicodedata.normalize("NFKC", part)) for part in parts)


def _padded(found: re.Match[str]) -> str:
    word = found.group()
    number = word if word.isdigit() else str(_chinese(word))
    return number.rjust(_WIDTH, "0")


def _chinese(word: str) -> int:
    """十二 is 12, 二十 20, 一百零三 103; without a unit the digits are read one by one (一二三 is 123)."""
    if not any(char in _TENS for char in word):
        return int("".join(str(_DIGITS[char]) for char in word))
    total, digit = 0, -1
    for char in word:
        if char in _TENS:
            total += max(digit, 0) * _TENS[char] if digit > 0 else _TENS[char]
            digit = -1
        else:
            digit = _DIGITS[char]
    return total + max(digit, 0)
