"""The words that are printed around the answers, from ``resources/texts/paper.toml``."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class PaperWords:
    """Words by dotted key, such as ``footer.page``."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = words

    @classmethod
    def load(cls, path: Path) -> "PaperWords":
        """Read the file of words."""
        with path.open("rb") as file:
            return cls(tomllib.load(file))

    def text(self, key: str, **values: object) -> str:
        """The words at ``key`` with ``{name}`` filled in; a key that isn't there is a bug (KeyError)."""
        found: Any = self._words
        for part in key.split("."):
            found = found[part]
        words = str(found)
        for name, value in values.items():
            words = words.replace("{" + name + "}", str(value))
        return words

    def lines(self, key: str, **values: object) -> list[str]:
        """The lines of a longer text."""
        return self.text(key, **values).strip().split("\n")
