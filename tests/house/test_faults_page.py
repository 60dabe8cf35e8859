"""docs/faults.md says only what is so: every test and every vector that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [A-Z]\d\d \|", line)
]
COUNTS = {"B": 54, "C": 7, "K": 11, "U": 14}


def test_every_case_has_its_line_in_order() -> None:
    ids = [line[0] for line in LINES]
    assert ids == sorted(set(ids))
    wanted = {f"{kind}{number:02}" for kind, count in COUNTS.items() for number in range(1, count + 1)}
    assert wanted <= set(ids)


def test_every_test_that_is_named_exists() -> None:
    known: dict[str, set[str]] = {}
    for line in LINES:
        for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line[2]):
            if file not in known:
                tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
                known[file] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert name in known[file], f"{line[0]}: {file}::{name}"


def test_every_vector_that_is_named_exists() -> None:
    for line in LINES:
        for name in re.findall(r"`([\w.-]+)`", line[2].partition("vectors ")[2]):
            assert (ROOT / "tests" / "bundles" / "vectors" / f"{name}.jdb").is_file(), f"{line[0]}: {name}"


def test_a_line_with_a_test_says_its_outcome_and_one_without_is_open() -> None:
    for line in LINES:
        assert len(line) == 4, line[0]
        assert (line[3] == "open") == (line[2] == ""), line[0]
        assert line[3], line[0]
