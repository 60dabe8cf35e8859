"""How names sound: readings of characters without tones (``ü`` as ``v``), for search and for finding twins.

The table holds every reading of every character that has one; a second small table gives the usual reading of
surnames, which goes first. All readings stay searchable: 单 is found as ``shan`` and as ``dan``.
"""

from functools import cached_property
from itertools import islice, product
from pathlib import Path

MOST_COMBINATIONS = 8
"""Readings kept per name, the usual one first."""

_FEW_ENOUGH = 64


class Pinyin:
    """Readings of characters, read from a folder when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def load(cls, folder: Path) -> "Pinyin":
        """The tables ``pinyin.txt`` and ``surname_readings.txt`` of a folder."""
        return cls(folder)

    def of_character(self, character: str) -> tuple[str, ...]:
        """All readings of one character, the usual one first; empty where none is known."""
        return self._characters.get(character, ())

    def syllables(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Up to eight ways to read a name, each a tuple of syllables, the usual one first.

        Letters stand for themselves; a character without a reading and anything else is left out.
        """
        choices = [options for options in self._choices(name) if options]
        if not choices:
            return ()
        usual = tuple(options[0] for options in choices)
        found = {usual: None}
        for place, options in enumerate(choices):
            for other in options[1:]:
                found[(*usual[:place], other, *usual[place + 1 :])] = None
        found |= dict.fromkeys(islice(product(*choices), _FEW_ENOUGH))
        return tuple(islice(found, MOST_COMBINATIONS))

    def readings(self, name: str) -> tuple[str, ...]:
        """The ways to read a name in one word each (``zhangsan``), the usual one first."""
        return tuple(dict.fromkeys("".join(way) for way in self.syllables(name)))

    def initials(self, name: str) -> tuple[str, ...]:
        """The first letters of each way to read a name (``zs``)."""
        return tuple(dict.fromkeys("".join(part[0] for part in way) for way in self.syllables(name)))

    def _choices(self, name: str) -> list[tuple[str, ...]]:
        surname = next((item for item in (name[:2], name[:1]) if item in self._surnames), "")
        choices = []
        for place, character in enumerate(name):
            options = self.of_character(character)
            if place < len(surname):
                usual = self._surnames[surname][place]
                options = (usual, *(item for item in options if item != usual))
            elif character.isascii() and character.isalnum():
                options = (character.lower(),)
            choices.append(options)
        return choices

    @cached_property
    def _characters(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        rows = _rows(self._folder / "pinyin.txt")
        for reading, first, _ in rows:
            found |= dict.fromkeys(first, (reading,))
        for reading, _, others in rows:
            for character in others:
                found[character] = (*found[character], reading)
        return found

    @cached_property
    def _surnames(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(spelt.split()) for name, spelt in _rows(self._folder / "surname_readings.txt")}


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
