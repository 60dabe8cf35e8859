"""Code tables: the numbers that forms, exchange files and statistics use for answers.

One table per file of ``resources/codes`` (title, source, edition and ``[[entry]]`` tables). Where an edition of
the forms gave the same digit another meaning there is a table per edition: a digit alone means nothing.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code. ``maps`` holds the same meaning in other tables, by the other table's name."""

    code: str
    label: str
    note: str = ""
    group: str = ""
    selectable: bool = True
    """False: occurs in old or foreign data and isn't offered for new entries."""
    has_text: bool = False
    """Words belong to the code (其他)."""
    valid_from: str = ""
    valid_to: str = ""
    aliases: tuple[str, ...] = ()
    """Other spellings met in imports."""
    maps: Mapping[str, str] = field(default_factory=dict)


class CodeTable:
    """A named list of codes in official order."""

    def __init__(
        self, table_id: str, title: str, entries: tuple[CodeEntry, ...], *, source: str = "", edition: str = ""
    ) -> None:
        self.id = table_id
        self.title = title
        self.entries = entries
        self.source = source
        self.edition = edition
        self._by_code = {entry.code: entry for entry in entries}

    def codes(self) -> tuple[str, ...]:
        """Every code, in order."""
        return tuple(self._by_code)

    def entry(self, code: str) -> CodeEntry | None:
        """The entry of a code."""
        return self._by_code.get(code)

    def label(self, code: str) -> str:
        """The words of a code; the code itself where it comes from a newer table."""
        entry = self._by_code.get(code)
        return code if entry is None else entry.label

    def selectable(self) -> tuple[CodeEntry, ...]:
        """What may be chosen for a new answer."""
        return tuple(entry for entry in self.entries if entry.selectable)

    def mapped(self, code: str, table_id: str) -> str | None:
        """The code of the same meaning in another table, None where there is none."""
        entry = self._by_code.get(code)
        return None if entry is None else entry.maps.get(table_id)

    def code_of(self, words: str) -> str | None:
        """The code whose label or alias is exactly ``words``."""
        for entry in self.entries:
            if words == entry.label or words in entry.aliases:
                return entry.code
        return None


class _TablesOfFolder(Mapping[str, CodeTable]):
    """Tables by file name, each read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.toml"))}
        self._loaded: dict[str, CodeTable] = {}

    def __getitem__(self, name: str) -> CodeTable:
        if name not in self._loaded:
            table = _read(self._paths[name])
            if table is None:
                raise KeyError(name)
            self._loaded[name] = table
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._paths if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def load_code_tables(folder: Path) -> Mapping[str, CodeTable]:
    """The tables of a folder by file name without ending; files without entries are not tables."""
    return _TablesOfFolder(folder)


def _read(path: Path) -> CodeTable | None:
    with path.open("rb") as file:
        raw = tomllib.load(file)
    if "entry" not in raw:
        return None
    entries = tuple(_entry(item) for item in raw["entry"])
    if len({entry.code for entry in entries}) != len(entries):
        raise ValueError(f"{path.name} has a code twice")
    return CodeTable(path.stem, raw["title"], entries, source=raw.get("source", ""), edition=raw.get("edition", ""))


def _entry(raw: Mapping[str, Any]) -> CodeEntry:
    known = dict(raw)
    known["aliases"] = tuple(known.get("aliases", ()))
    return CodeEntry(**known)
