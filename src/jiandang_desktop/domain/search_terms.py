"""What a resident is found by (R5): a small set of terms, such that a query finds whoever has a term beginning with it.

Every suffix of a term's source is a term itself, so any fragment of a name, number, phone or code is found by an
indexed look-up of beginnings. About sixty terms per resident.
"""

from collections.abc import Iterable

from jiandang_desktop.domain.names import search_form
from jiandang_desktop.domain.pinyin import Pinyin

SHORTEST_FRAGMENT = 3
"""Digits that a fragment of a number, phone or code needs at least."""

SEPARATOR = "\u3001"
"""Between former names and between former codes, as the registry stores them."""


def fold_query(text: str) -> str:
    """A typed query as it is compared with terms: no blanks, dots or hyphens, lower case, full width folded."""
    return search_form(text)


def terms(
    name: str,
    former_names: str | Iterable[str],
    id_nos: str | Iterable[str],
    phone: str,
    record_codes: str | Iterable[str],
    links: str | Iterable[str],
    pinyin: Pinyin,
) -> frozenset[str]:
    """Every term of one resident. Former names, numbers and codes may come as stored, joined by 、; empty ones are
    skipped.

    ``id_nos`` and ``record_codes`` are the current and all former ones; ``links`` are found as a whole or by their
    beginning: the token of the card, the mother's id.
    """
    found: set[str] = set()
    for each in (name, *_several(former_names)):
        found |= _name_terms(each, pinyin)
    for number in (*_several(id_nos), phone, *_several(record_codes)):
        found |= _number_terms(number)
    found |= {fold_query(link) for link in _several(links)}
    found.discard("")
    return frozenset(found)


def _several(joined: str | Iterable[str]) -> Iterable[str]:
    return joined.split(SEPARATOR) if isinstance(joined, str) else joined


def _name_terms(name: str, pinyin: Pinyin) -> set[str]:
    folded = search_form(name)
    found = {folded[start:] for start in range(len(folded))}
    for syllables in pinyin.syllables(name):
        for start in range(len(syllables)):
            found.add("".join(syllables[start:]))
            found.add("".join(syllable[0] for syllable in syllables[start:]))
    return found


def _number_terms(number: str) -> set[str]:
    folded = search_form(number)
    longest_start = max(1, len(folded) - SHORTEST_FRAGMENT + 1)
    return {folded[start:] for start in range(longest_start)}
