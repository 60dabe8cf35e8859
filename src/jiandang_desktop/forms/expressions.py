"""CEL expressions: conditions, computed values and rules of the definition files.

**The rule for missing values.** An empty answer is unknown, and so is everything worked out from it, with two
exceptions that CEL itself makes: ``false && unknown`` is false and ``true || unknown`` is true. ``value`` gives
None for unknown. What None means is up to the reader: a condition that isn't known doesn't demand (required_when),
doesn't hide (applies_when) and doesn't find fault (rule); a computed field stays as it is. ``has(this.weight)``
asks whether there is an answer and is never unknown. In the rows of a table an empty cell is null, which equals
nothing and is in no list.

Every number is a double, whatever its field: write ``height / 100.0`` in arithmetic, comparisons take ``65``.
"""

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiandang_desktop.forms.functions import functions
from jiandang_desktop.forms.member_paths import member_paths

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable
    from jiandang_desktop.domain.growth import GrowthStandards


class BadExpression(ValueError):  # noqa: N818 - reads as a statement about the source
    """The source isn't CEL, or calls a function that doesn't exist."""


class CelExpression:
    """One expression; compiled when it's first needed, so that loading forms at start-up costs nothing."""

    __slots__ = ("_functions", "_growth", "_program", "_tables", "paths", "source")

    def __init__(
        self, source: str, tables: Mapping[str, "CodeTable"] | None = None, growth: "GrowthStandards | None" = None
    ) -> None:
        self.source = source
        self.paths = member_paths(source)
        self._tables = tables
        self._growth = growth
        self._program: Any = None
        self._functions: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"CelExpression({self.source!r})"

    @property
    def fields(self) -> frozenset[str]:
        """Fields of the same form that it reads."""
        return frozenset(
            path[1] if path[0] in ("this", "form", "scores") and len(path) > 1 else path[0] for path in self.paths
        )

    def compiled(self) -> Any:
        """The engine's program (BadExpression)."""
        if self._program is None:
            known = functions(self._tables, self._growth)
            try:
                program = _engine().compile(self.source)
            except ValueError as error:
                raise BadExpression(str(error).splitlines()[0]) from error
            used = [name for name in program.functions() if name[0].isalpha()]
            self._functions = {name: known[name] for name in used if name in known}
            unknown = [name for name in used if name not in known and name not in _BUILT_IN]
            if unknown:
                raise BadExpression(f"unknown function {unknown[0]}")
            self._program = program
        return self._program

    def value(self, variables: Mapping[str, object]) -> object:
        """The value, or None where it is unknown (see the module's rule)."""
        program = self.compiled()
        try:
            return program.execute({**self._functions, **self._needed(variables)})
        except (RuntimeError, TypeError, LookupError, ValueError, OverflowError):
            # The engine's ways to say that something read isn't there or isn't of the kind expected.
            return None

    def strictly(self, variables: Mapping[str, object]) -> object:
        """Like ``value``, but lets the engine's complaint out; for checking definitions."""
        return self.compiled().execute({**self._functions, **self._needed(variables)})

    def _needed(self, variables: Mapping[str, object]) -> dict[str, object]:
        """Only what the expression reads: handing over a whole folder would cost more than evaluating."""
        needed: dict[str, Any] = {}
        for path in self.paths:
            value = variables.get(path[0])
            if value is None:
                continue
            if len(path) == 1 or not isinstance(value, Mapping):
                needed[path[0]] = _plain(value)
            else:
                _place(needed, path, value)
        return needed


def compile_expression(
    source: str, tables: Mapping[str, "CodeTable"] | None = None, growth: "GrowthStandards | None" = None
) -> CelExpression:
    """An expression, compiled when first used; ``tables`` serve the function ``label``, ``growth`` those of growth."""
    return CelExpression(source, tables, growth)


_BUILT_IN = frozenset({"size", "contains", "startsWith", "endsWith", "matches", "string", "double", "int", "has", "in"})


def _place(needed: dict[str, Any], path: tuple[str, ...], value: Mapping[str, Any]) -> None:
    """Copy ``path`` out of ``value`` into ``needed``; where the path ends early the map stays without it."""
    target = needed.setdefault(path[0], {})
    for depth, name in enumerate(path[1:], 1):
        if not isinstance(target, dict):
            return
        found = value.get(name)
        if found is None:
            return
        if depth == len(path) - 1 or not isinstance(found, Mapping):
            target[name] = _plain(found)
            return
        target = target.setdefault(name, {})
        value = found


def _plain(value: Any) -> Any:
    """Answers as the engine takes them: every number a double."""
    match value:
        case bool() | str():
            return value
        case int() | float():
            return float(value)
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


@cache
def _engine() -> Any:
    """The CEL engine itself, without its package's command line, which takes a second to import."""
    package = importlib.util.find_spec("cel")
    folders = list(package.submodule_search_locations or ()) if package else []
    for folder in folders:
        for file in sorted(Path(folder).glob("cel.*")):
            if file.suffix in {".so", ".pyd"}:
                spec = importlib.util.spec_from_file_location("cel.cel", file)
                if spec and spec.loader:
                    module = importlib.util.module_from_spec(spec)
                    spec.loader.exec_module(module)
                    return module
    import cel

    return cel
