"""The fonts that paper is made with: what they cover, how wide text is, which font draws which character.

Noto Sans SC draws everything it can; HanaMinB draws the rare Han characters of GB 18030-2022 that it lacks and is
loaded only when one of them is asked for. Files are checked by hash when they are loaded.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.growth import GrowthStandards
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.printing.display import Weight
from jiandang_desktop.printing.words import PaperWords

FILES: dict[str, str] = {
    "regular": "NotoSansSC_400Regular.ttf",
    "bold": "NotoSansSC_700Bold.ttf",
    "rare": "HanaMinB.ttf",
}
"""Font file of each face."""


class FontBook:
    """The fonts of one folder (by default with the words of ``../texts/paper.toml``). Faces are loaded when needed.

    Every method that measures or splits text raises GLYPH_MISSING for characters that no font has, and
    FONT_DAMAGED where a font file isn't the one that was shipped.
    """

    def __init__(self, folder: Path, words: Path | None = None) -> None:
        self._folder = folder
        self._words_file = words or folder.parent / "texts" / "paper.toml"
        self._faces: dict[str, Any] = {}
        self._widths: dict[str, dict[str, float]] = {"regular": {}, "bold": {}}
        self._rare: dict[str, set[str]] = {"regular": set(), "bold": set()}
        self._texts: dict[tuple[str, str], float] = {}

    @cached_property
    def words(self) -> PaperWords:
        """The words that are printed around the answers."""
        return PaperWords.load(self._words_file)

    @cached_property
    def growth(self) -> GrowthStandards:
        """The growth standards whose lines charts show (``growth`` beside the fonts)."""
        return GrowthStandards(self._folder.parent / "growth")

    def face(self, name: str) -> Any:
        """The reportlab font of ``regular``, ``bold`` or ``rare``, hash checked, registered under its file's stem."""
        if name not in self._faces:
            self._faces[name] = self._load(name)
        return self._faces[name]

    def face_name(self, name: str) -> str:
        """The name that a face is registered under in the PDF writer."""
        return Path(FILES[name]).stem

    def fitting(self, text: str, room: float, size: float, weight: Weight = "regular", least: float = 8.0) -> float:
        """The size, at most ``size`` and at least ``least`` points, in which a line has ``room`` points."""
        width = self.width(text, size, weight)
        return size if width <= room else max(least, size * room / width)

    def width(self, text: str, size: float, weight: Weight = "regular") -> float:
        """Width of ``text`` in points."""
        key = (weight, text)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > 50_000:
                self._texts.clear()
            found = self._texts[key] = sum(map(self._advances(text, weight).__getitem__, text))
        return found * size

    def advances(self, text: str, size: float, weight: Weight = "regular") -> list[float]:
        """Width of each character in points."""
        known = self._advances(text, weight)
        return [known[character] * size for character in text]

    def runs(self, text: str, weight: Weight = "regular") -> list[tuple[str, str]]:
        """``text`` as (face, part) in order; face is ``weight`` or ``rare``."""
        self._advances(text, weight)
        rare = self._rare[weight]
        if rare.isdisjoint(text):
            return [(weight, text)]
        runs: list[tuple[str, str]] = []
        for character in text:
            name = "rare" if character in rare else weight
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + character)
            else:
                runs.append((name, character))
        return runs

    def require(self, texts: Iterable[str]) -> None:
        """Refuse texts with characters that no font has, all at once (GLYPH_MISSING)."""
        self._advances("".join(texts), "regular")

    def _advances(self, text: str, weight: Weight) -> dict[str, float]:
        known = self._widths[weight]
        unknown = {character for character in text if character not in known}
        if unknown:
            self._learn(sorted(unknown), weight)
        return known

    def _learn(self, characters: list[str], weight: Weight) -> None:
        ordinary = self.face(weight).face
        rest = [item for item in characters if not _measure(item, ordinary, self._widths[weight])]
        if not rest:
            return
        rare = self.face("rare").face
        missing = [item for item in rest if not _measure(item, rare, self._widths[weight])]
        # Those that it has are known from now on, also where the text is refused for another one.
        self._rare[weight].update(item for item in rest if item not in missing)
        if missing:
            raise Problem("GLYPH_MISSING", characters=" ".join(f"{item} (U+{ord(item):04X})" for item in missing))

    def _load(self, name: str) -> Any:
        path = self._folder / FILES[name]
        _check_hash(path, self._folder / "hashes.toml")
        from jiandang_desktop.printing.pdf import register_font

        return register_font(path.stem, path)


def _measure(character: str, face: Any, widths: dict[str, float]) -> bool:
    """Note a character's advance (in parts of the size); False where the face doesn't have it."""
    code = ord(character)
    if code not in face.charToGlyph:
        return False
    widths[character] = face.charWidths.get(code, face.defaultWidth) / 1000
    return True


def _check_hash(path: Path, hashes: Path) -> None:
    """Refuse a font that isn't byte for byte the shipped one (FONT_DAMAGED)."""
    try:
        expected = tomllib.loads(hashes.read_text("utf-8"))[path.name]
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, KeyError, ValueError) as error:
        raise Problem("FONT_DAMAGED", file=path.name) from error
    if found != expected:
        raise Problem("FONT_DAMAGED", file=path.name)
