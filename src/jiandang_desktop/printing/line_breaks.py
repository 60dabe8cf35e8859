"""Where a line of Chinese text may end: GB/T 15834-2011, 5.1 (标点符号的位置).

Points, closing marks and 分隔号 don't begin a line, opening marks don't end one; Latin words and numbers stay whole.
"""

import re
from collections.abc import Callable

NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕〗”’…—～·,.;:?!)]}/％%‰℃")
"""What never begins a line."""
NOT_LAST = frozenset("（《〈「『【〔〖“‘([{")
"""What never ends a line."""
HANGING = frozenset("，。、；：？！）》〉」』】〕”’")
"""What may stand a little outside of the line: only the half without ink does."""
_WORD = re.compile(r"[0-9A-Za-z.:%+/\-]")


def last_break(text: str, limit: int) -> int:
    """The last place up to ``limit`` where a line of ``text`` may end, 0 where there is none."""
    return _last(text, limit, lambda before, after: not (_WORD.match(before) and _WORD.match(after)))


def forced_break(text: str, limit: int) -> int:
    """Where a text without any such place is cut: inside of a word rather than at a mark."""
    return _last(text, limit, lambda _before, _after: True) or limit


def leading_marks(text: str) -> str:
    """The marks at a text's beginning, which go with what stands before it."""
    count = next((place for place, character in enumerate(text) if character not in NOT_FIRST), len(text))
    return text[:count]


def trailing_marks(text: str) -> str:
    """The opening marks at a text's end, which go with what stands after it."""
    count = next((place for place, character in enumerate(reversed(text)) if character not in NOT_LAST), len(text))
    return text[len(text) - count :]


def _last(text: str, limit: int, also: Callable[[str, str], bool]) -> int:
    for place in range(min(limit, len(text) - 1), 0, -1):
        before, after = text[:place].rstrip()[-1:], text[place:].lstrip()[:1]
        spaced = text[place].isspace() or text[place - 1].isspace()
        if before not in NOT_LAST and after not in NOT_FIRST and (spaced or also(before, after)):
            return place
    return 0
