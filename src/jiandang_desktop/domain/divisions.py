"""Administrative divisions (GB/T 2260, GB/T 10114): names, history, and lists to pick from.

All China down to the county, Inner Mongolia down to the village; ``resources/divisions/SOURCES.md`` says from when.
A village may be missing from the list: nothing depends on its being there. Files are read when first asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Division:
    """One place. ``level``: province, prefecture, county, township or village."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class DivisionEra:
    """A code's name during some years; ``last_year`` None means today. ``above`` is the prefecture of that time."""

    code: str
    name: str
    above: str
    first_year: int
    last_year: int | None


class Divisions:
    """Division codes of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._local: dict[str, dict[str, tuple[str, bool]]] = {}

    @classmethod
    def load(cls, folder: Path) -> "Divisions":
        """The divisions of a folder; nothing is read yet."""
        return cls(folder)

    def name(self, code: str) -> str | None:
        """The own name of a place in force: 6, 9 or 12 digits (2 and 4 digits stand for province and prefecture)."""
        code = _padded(code)
        if len(code) == 6 and code in self._counties:
            return self._counties[code]
        found = self._places(code[:2]).get(code)
        return None if found is None else found[0]

    def full_name(self, code: str) -> str | None:
        """The name with every place above it, from the province down."""
        parts: list[str] = []
        place: str | None = _padded(code)
        while place is not None:
            name = self.name(place)
            if name is None:
                return None
            parts.insert(0, name)
            place = self.parent(place)
        return "".join(parts)

    def parent(self, code: str) -> str | None:
        """The code of the place above; None for a province."""
        code = _padded(code)
        if len(code) > 6:
            return code[:-3]
        if code.endswith("0000"):
            return None
        prefecture = code[:4] + "00"
        return prefecture if code != prefecture and prefecture in self._counties else code[:2] + "0000"

    def children(self, code: str = "") -> tuple[Division, ...]:
        """The places right below, for a picker; all provinces for an empty code."""
        code = _padded(code)
        if not code:
            return tuple(Division(item, name, "province") for item, name in self._of_level("0000"))
        if len(code) == 6 and (code.endswith("00") or code not in self._counties):
            return tuple(self._children_of_league(code))
        return tuple(self._children_of_county(code))

    def eras(self, code: str) -> tuple[DivisionEra, ...]:
        """Everything that a six-digit code ever stood for since 1981, oldest first."""
        return self._history.get(code, ())

    def name_at(self, code: str, year: int) -> str | None:
        """The name in force in a year; the earliest one for a year before the first entry (D32)."""
        era = self.era_at(code, year)
        return None if era is None else era.name

    def era_at(self, code: str, year: int) -> DivisionEra | None:
        """The era in force in a year: the last one begun by then, else the first (D32)."""
        begun = [era for era in self.eras(code) if era.first_year <= year]
        return begun[-1] if begun else next(iter(self.eras(code)), None)

    def last_year(self, code: str) -> int | None:
        """The last year in which a code was in force; None if it is still (or never was)."""
        eras = self.eras(code)
        if not eras or any(era.last_year is None for era in eras):
            return None
        return max(era.last_year for era in eras if era.last_year is not None)

    @cached_property
    def _counties(self) -> dict[str, str]:
        return {row[0]: row[1] for row in _rows(self._folder / "counties.txt")}

    @cached_property
    def _history(self) -> dict[str, tuple[DivisionEra, ...]]:
        found: dict[str, tuple[DivisionEra, ...]] = {}
        for code, name, above, first, last in _rows(self._folder / "history.txt"):
            era = DivisionEra(code, name, above, int(first), int(last) if last else None)
            found[code] = (*found.get(code, ()), era)
        return found

    def _places(self, province: str) -> dict[str, tuple[str, bool]]:
        if province not in self._local:
            path = self._folder / f"places_{province}.txt"
            rows = _rows(path) if path.exists() else ()
            self._local[province] = {code: (name, mark == "") for code, name, mark in rows}
        return self._local[province]

    def _of_level(self, ending: str) -> Iterator[tuple[str, str]]:
        return ((code, name) for code, name in self._counties.items() if code.endswith(ending))

    def _children_of_league(self, code: str) -> Iterator[Division]:
        for item, name in self._counties.items():
            if item != code and self.parent(item) == code:
                yield Division(item, name, "prefecture" if item.endswith("00") else "county")

    def _children_of_county(self, code: str) -> Iterator[Division]:
        length = len(code) + 3
        level = "township" if length == 9 else "village"
        for item, (name, offered) in self._places(code[:2]).items():
            if offered and len(item) == length and item.startswith(code):
                yield Division(item, name, level)


def _padded(code: str) -> str:
    return code.ljust(6, "0") if len(code) in {2, 4} else code


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")
