"""Make ``resources/codes/pinyin.txt`` from the package pypinyin (a development dependency): all readings without tones.

Run it from the checkout: ``python dev/make_pinyin.py``. Each line: a reading, a tab, the characters whose first reading
it is, a tab, the characters for which it is another one. The result belongs in the repository.
"""

import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict

TARGET = Path(__file__).resolve().parents[1] / "resources" / "codes" / "pinyin.txt"
MOST_READINGS = 4


def plain(reading: str) -> str:
    """A reading without its tone, ü as v, as it is typed."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", reading).replace("ê", "e"))
    joined = letters.replace("u\u0308", "v")
    return "".join(letter for letter in joined if "a" <= letter <= "z")


def readings(spelt: str) -> list[str]:
    """The different readings of a character, the usual one first."""
    return [item for item in dict.fromkeys(plain(part) for part in spelt.split(",")) if item][:MOST_READINGS]


def main() -> None:
    """Write the table."""
    first: dict[str, list[str]] = defaultdict(list)
    other: dict[str, list[str]] = defaultdict(list)
    for code, spelt in sorted(pinyin_dict.items()):
        usual, *rest = readings(spelt) or [""]
        if usual:
            first[usual].append(chr(code))
        for reading in rest:
            other[reading].append(chr(code))
    lines = [f"{name}\t{''.join(first[name])}\t{''.join(other[name])}" for name in sorted(first.keys() | other.keys())]
    head = "# reading, characters read so first, characters also read so; by dev/make_pinyin.py from pypinyin (MIT)"
    TARGET.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
