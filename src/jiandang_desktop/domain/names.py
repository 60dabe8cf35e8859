"""Names and other short texts as people type them: cleaned, never guessed (R2.5).

Rare Han characters pass untouched. What can't be seen (zero-width and direction marks, variation selectors) is
removed; what can't be stored or printed (control characters, lone surrogates, private-use characters) is refused.
A refusal is a ValueError with a short English reason; the service that called it has the words.
"""

import re
import unicodedata

MIDDLE_DOT = "\u00b7"
"""Between the parts of a minority name, as identity cards print it."""

SHORTEST_NAME = 2
LONGEST_NAME = 50

_DOTS = dict.fromkeys(map(ord, "\u2022\u30fb\u2027\uff65\u2219\u22c5\u0387\u16eb\u2e31\u2e33"), MIDDLE_DOT)
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANKS = re.compile(r"\s+")
_NOT_LATIN = r"[^A-Za-z\u00c0-\u024f.'\-]"
_INNER_BLANK = re.compile(rf"(?<={_NOT_LATIN}) | (?={_NOT_LATIN})")
_COMPATIBILITY_HAN = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
_MARKS = frozenset(MIDDLE_DOT + " '-.’()")


def clean_name(text: str) -> str:
    """A person's name of 2 to 50 characters (ValueError).

    Outer blanks and blanks between Han characters go, one blank stays between Latin words, every look-alike of the
    middle dot becomes U+00B7, full-width letters become ASCII.
    """
    seen = _BLANKS.sub(" ", _visible(text, keep_lines=False)).strip()
    name = _INNER_BLANK.sub("", seen.translate(_DOTS).translate(_WIDE)).strip(MIDDLE_DOT)
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        raise ValueError("length")
    if any(not _may_stand_in_name(character) for character in name):
        raise ValueError("character")
    return name


def clean_text(text: str, max_length: int, *, lines: bool = False) -> str:
    """Any short text, trimmed, at most ``max_length`` characters (ValueError).

    Line breaks become blanks unless ``lines`` is true.
    """
    seen = _visible(text, keep_lines=lines)
    rows = [_BLANKS.sub(" ", row).strip() for row in seen.split("\n")]
    cleaned = "\n".join(rows).strip()
    if len(cleaned) > max_length:
        raise ValueError("length")
    return cleaned


def search_form(text: str) -> str:
    """How a name or a fragment of one is compared: compatibility forms folded, lower case, no dots, blanks, accents.

    ``ü`` becomes ``v``, as pinyin is typed. Unified Han characters, however rare, stay as they are.
    """
    folded = unicodedata.normalize("NFKC", text.translate(_DOTS)).casefold()
    letters = unicodedata.normalize("NFD", folded).replace("u\u0308", "v")
    kept = (character for character in letters if character.isalnum())
    return "".join(kept)


def _visible(text: str, *, keep_lines: bool) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = text if keep_lines else text.replace("\n", " ")
    kept = []
    for character in _VARIATION.sub("", text):
        category = unicodedata.category(character)
        if category == "Cf":
            continue
        if category in {"Cs", "Co"} or (category == "Cc" and character != "\n") or _is_noncharacter(character):
            raise ValueError("character")
        kept.append(character)
    return _composed("".join(kept))


def _is_noncharacter(character: str) -> bool:
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _composed(text: str) -> str:
    # NFC would replace compatibility ideographs, which are a person's own spelling.
    parts = _COMPATIBILITY_HAN.split(text)
    kept = _COMPATIBILITY_HAN.findall(text)
    composed = [unicodedata.normalize("NFC", part) for part in parts]
    return "".join(part + han for part, han in zip(composed, [*kept, ""], strict=True))


def _may_stand_in_name(character: str) -> bool:
    # Han blocks newer than the running Python's tables have no category yet; planes 2 and 3 hold nothing else.
    return unicodedata.category(character)[0] in "LM" or ord(character) >= 0x20000 or character in _MARKS
