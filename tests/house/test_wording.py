"""Every refusal has words, every word is used, and no Chinese hides in the code."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "jiandang_desktop"
WORDS = ROOT / "resources" / "texts" / "problems"
HAN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def _words() -> dict[str, dict[str, Any]]:
    return {
        code: entry for path in WORDS.glob("*.toml") for code, entry in tomllib.loads(path.read_text("utf-8")).items()
    }


def _raised() -> Iterator[tuple[str, str, set[str] | None]]:
    """Place, code and value names (None where they are unpacked) of each ``Problem("CODE", …)``."""
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"):
                continue
            code = node.args[0] if node.args else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                names = {keyword.arg for keyword in node.keywords}
                known = None if None in names else {name for name in names if name}
                yield f"{path.relative_to(ROOT)}:{node.lineno}", code.value, known


def _strings() -> Iterator[tuple[str, str]]:
    """Place and value of each string literal that isn't a docstring."""
    for path, tree in MODULES.items():
        described = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_every_problem_raised_has_words() -> None:
    """Nobody meets a bare code."""
    words = _words()
    assert [f"{place} {code}" for place, code, _ in _raised() if code not in words] == []


def test_every_placeholder_is_given_a_value() -> None:
    """The sentence of a code asks only for values that each place raising it passes."""
    words = _words()
    lacking = []
    for place, code, names in _raised():
        entry = words.get(code)
        if entry is None or names is None:
            continue
        missing = set(re.findall(r"{(\w+)}", entry["text"] + entry["next"])) - names
        if missing:
            lacking.append(f"{place} {code} needs {sorted(missing)}")
    assert lacking == []


def test_every_code_with_words_is_used() -> None:
    """Words for a refusal that can't happen any more are taken out."""
    literals = {value for _, value in _strings()}
    assert sorted(_words().keys() - literals) == []


def test_problem_words_are_whole() -> None:
    """Each code says what happened, what to do next and how the command line exits; in Chinese."""
    for code, entry in _words().items():
        assert set(entry) == {"text", "next", "exit"}, code
        assert entry["exit"] in {"BUG": {1}, "STOPPED": {130}}.get(code, {2, 3, 4, 5}), code
        assert HAN.search(entry["text"]), code
        assert HAN.search(entry["next"]), code


def test_no_code_is_defined_twice() -> None:
    """One refusal, one file."""
    codes = [code for path in WORDS.glob("*.toml") for code in tomllib.loads(path.read_text("utf-8"))]
    assert len(codes) == len(set(codes))


def test_no_chinese_in_python() -> None:
    """What a person reads lives in resources, never in the code; ranges of characters are no words."""
    ranges = re.compile(f"{HAN.pattern}-{HAN.pattern}")
    assert [f"{place} {value}" for place, value in _strings() if HAN.search(ranges.sub("", value))] == []


@pytest.mark.parametrize("path", sorted((ROOT / "resources").rglob("*.toml")), ids=lambda path: path.name)
def test_resource_files_parse(path: Path) -> None:
    """Every TOML file of the program is TOML."""
    tomllib.loads(path.read_text(encoding="utf-8"))
