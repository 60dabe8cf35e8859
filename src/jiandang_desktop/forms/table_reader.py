"""One table of a definition file, read key by key; a key nobody asked for is refused with its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from jiandang_desktop.forms.expressions import CelExpression
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.lines import LineIndex, Path

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable
    from jiandang_desktop.domain.growth import GrowthStandards

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table comes from: for faults, and what expressions may look into."""

    file: str
    lines: LineIndex
    tables: Mapping[str, "CodeTable"]
    growth: "GrowthStandards | None" = None


@dataclass(slots=True)
class TableReader:
    """Takes keys of one table with their types checked."""

    raw: Mapping[str, Any]
    path: Path
    source: Source
    _taken: set[str] = field(default_factory=set)

    def fault(self, key: str, text: str, cure: str) -> DefinitionFault:
        """A fault at ``key`` of this table (at the table where it has no such key)."""
        return DefinitionFault(self.source.file, self.source.lines.line((*self.path, key)), text, cure)

    def text(self, key: str, default: str | None = "") -> str:
        """A text; required where ``default`` is None."""
        return str(self._typed(key, str, default, "a text in quotes"))

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        return bool(self._typed(key, bool, default, "true or false"))

    def integer(self, key: str, default: int | None = 0) -> int:
        """A whole number; required where ``default`` is None."""
        return int(self._typed(key, int, default, "a whole number"))

    def number(self, key: str) -> float | None:
        """A number, or None where the key is absent."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(key, f"{key} is not a number", "Write a number without quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(key, f"{key} is not a list of texts", 'Write ["…", "…"]')
        return tuple(value)

    def word(self, key: str, kind: type[_Word], default: _Word | None = None) -> _Word:
        """One of the words of an enumeration; required where ``default`` is None."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        try:
            return kind(value)
        except ValueError:
            words = ", ".join(item.value for item in kind)
            raise self.fault(key, f"{key} is {value!r}", f"Write one of {words}") from None

    def expression(self, key: str) -> CelExpression | None:
        """A CEL expression, not compiled yet."""
        source = self.text(key)
        return CelExpression(source, self.source.tables, self.source.growth) if source else None

    def value(self, key: str) -> Any:
        """Whatever stands there, or None."""
        return self._take(key)

    def rows(self, key: str) -> list["TableReader"]:
        """Readers for an array of tables."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fault(key, f"{key} is not a list of tables", f"Write [[{key}]] or {key} = [{{…}}, {{…}}]")
        return [TableReader(item, (*self.path, key, number), self.source) for number, item in enumerate(value)]

    def named_rows(self, key: str) -> dict[str, list["TableReader"]]:
        """Readers for arrays of tables by name."""
        value = self._take(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.fault(key, f"{key} is not a table", f"Write [section.field.{key}] with a list per column")
        inner = TableReader(value, (*self.path, key), self.source)
        return {name: inner.rows(name) for name in value}

    def done(self) -> None:
        """Refuse keys that nothing took."""
        for key in self.raw:
            if key not in self._taken:
                raise self.fault(key, f"unknown key {key}", "Remove it, or look its name up in docs/form-definition.md")

    def _take(self, key: str) -> Any:
        self._taken.add(key)
        return self.raw.get(key)

    def _typed(self, key: str, kind: type[Any], default: Any, wanted: str) -> Any:
        value = self._take(key)
        if value is None and default is not None:
            return default
        if type(value) is not kind:
            text = f"{key} is missing" if value is None else f"{key} is {value!r}"
            raise self.fault(key, text, f"Write {key} = {wanted}")
        return value
