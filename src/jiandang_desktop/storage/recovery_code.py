"""The recovery code: 160 random bits on paper, in eight groups of four characters and a check character.

The alphabet has no 0, O, 1 and I. The check is a sum over GF(32) with another weight for each character of a group
and another constant for each group, so one wrong character, two exchanged neighbours or two exchanged groups are
found and the group is named.
"""

import re
import secrets
import unicodedata

from jiandang_desktop.domain.problems import Problem

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS = 8
_DATA = 4
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive


def new_secret() -> bytes:
    """160 random bits."""
    return secrets.token_bytes(20)


def write(secret: bytes) -> str:
    """The printed form of a secret: groups joined by hyphens."""
    number = int.from_bytes(secret, "big")
    values = [number >> (5 * place) & 31 for place in reversed(range(GROUPS * _DATA))]
    groups = [values[start : start + _DATA] for start in range(0, len(values), _DATA)]
    return "-".join(
        "".join(ALPHABET[value] for value in [*group, _check(group, place)]) for place, group in enumerate(groups)
    )


def read(typed: str) -> bytes:
    """The secret of a typed code; blanks, hyphens, case and full width don't matter (RECOVERY_CODE with ``group``)."""
    number = 0
    for place, group in enumerate(_groups(typed)):
        values = [ALPHABET.find(character) for character in group]
        if len(values) != _DATA + 1 or -1 in values or _check(values[:_DATA], place) != values[_DATA]:
            raise Problem("RECOVERY_CODE", group=place + 1)
        for value in values[:_DATA]:
            number = number << 5 | value
    return number.to_bytes(20, "big")


def _groups(typed: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", typed).upper()
    parts = re.split(r"[^0-9A-Z]+", folded.strip(" -\t\r\n"))
    if len(parts) == GROUPS:
        return parts
    joined = "".join(parts)
    length = _DATA + 1
    groups = [joined[start : start + length] for start in range(0, len(joined), length)]
    if len(groups) > GROUPS:
        raise Problem("RECOVERY_CODE", group=GROUPS)
    return groups + [""] * (GROUPS - len(groups))


def _check(values: list[int], place: int) -> int:
    total = place + 1
    for position, value in enumerate(values, 1):
        total ^= _product(value, 1 << position)
    return total


def _product(left: int, right: int) -> int:
    total = 0
    while right:
        if right & 1:
            total ^= left
        left <<= 1
        if left & 32:
            left ^= _FIELD
        right >>= 1
    return total
