"""On which line of a TOML file something stands; ``tomllib`` forgets it, and a fault must say it."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-]+)\s*=")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")

Path = tuple[str | int, ...]


class LineIndex:
    """Lines by path: ``("section", 0, "field", 2, "min")``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}

    def line(self, path: Sequence[str | int]) -> int:
        """Line of a path, or of the nearest thing around it that has one; 0 if none."""
        if not self._lines:
            # Only a fault asks: a sound file is never read a second time.
            self._read(self._text)
        for end in range(len(path), 0, -1):
            found = self._lines.get(tuple(path[:end]))
            if found:
                return found
        return 0

    def _read(self, text: str) -> None:
        table: Path = ()
        depth = 0
        for number, line in enumerate(text.splitlines(), 1):
            bare = _STRING.sub("''", line).split("#")[0]
            if depth == 0:
                header = _HEADER.match(line)
                if header:
                    table = self._table(header.group(2).split("."), is_array=header.group(1) == "[[")
                    self._lines[table] = number
                    continue
                key = _KEY.match(line)
                if key:
                    self._lines[(*table, key.group(1))] = number
            depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))

    def _table(self, names: list[str], *, is_array: bool) -> Path:
        path: Path = ()
        for name in names[:-1]:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path])
        path = (*path, names[-1])
        if is_array:
            self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, self._counts[path])
        return path
