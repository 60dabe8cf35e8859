"""Which answers a CEL expression reads, found in its source, and which literals it compares them with.

Used to hand over only what an expression needs, and to check every name against the forms at load. It reads
CEL's own tokens (names, dots, strings) and decides nothing: parsing and evaluating are the CEL engine's.
"""

import re
from dataclasses import dataclass

_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_LOCAL = re.compile(r"\.(?:exists|exists_one|all|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
_METHOD = re.compile(r"(?:exists|exists_one|all|map|filter|size|contains|startsWith|endsWith|matches)")
_WORDS = frozenset({"true", "false", "null", "in"})
_NAME = r"(?<![\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
_COMPARED = re.compile(_NAME + r"\s*(?:==|!=)\s*('[^']*'|-?\d+(?:\.\d+)?)")
_CONTAINS = re.compile(r"('[^']*')\s+in\s+" + _NAME)
_ONE_OF = re.compile(_NAME + r"\s+in\s+\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Comparison:
    """``path`` compared with a literal: ``literal`` without quotes, ``quoted`` whether it was a string."""

    path: tuple[str, ...]
    literal: str
    quoted: bool


def member_paths(source: str) -> frozenset[tuple[str, ...]]:
    """Paths such as ``("records", "personal_info", "sex")``, without functions, methods and loop variables."""
    bare = _STRING.sub("''", source)
    local = set(_LOCAL.findall(bare))
    found = set()
    for match in _PATH.finditer(bare):
        names = match.group().split(".")
        if bare[match.end() :].lstrip().startswith("("):
            names = names[:-1] if len(names) > 1 and _METHOD.fullmatch(names[-1]) else []
        if names and names[0] not in local and names[0] not in _WORDS:
            found.add(tuple(names))
    return frozenset(found)


def comparisons(source: str) -> tuple[Comparison, ...]:
    """Every comparison of a path with a literal: ``a == '1'``, ``'1' in a``, ``a in ['1', '2']``."""
    found = [
        Comparison(_split(name), literal.strip("'"), "'" in literal) for name, literal in _COMPARED.findall(source)
    ]
    found += [Comparison(_split(name), literal.strip("'"), True) for literal, name in _CONTAINS.findall(source)]
    for name, literals in _ONE_OF.findall(source):
        parts = [part.strip() for part in literals.split(",") if part.strip()]
        found += [Comparison(_split(name), part.strip("'"), "'" in part) for part in parts]
    return tuple(found)


def local_names(source: str) -> dict[str, str]:
    """Loop variables with the path they run over: ``rows.exists(r, …)`` gives ``{"r": "rows"}``."""
    pattern = re.compile(_NAME + r"\.(?:exists|exists_one|all|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
    return {local: over for over, local in pattern.findall(source)}


def _split(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))
