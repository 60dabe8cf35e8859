"""Every fault of a definition file has words for whoever has to mend it: file, line, what, cure."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.services.definition_words import definition_problem

ROOT = Path(__file__).parents[2]
WORDS: dict[str, Any] = tomllib.loads((ROOT / "resources/texts/form_faults.toml").read_text(encoding="utf-8"))
HAN = re.compile("[\u4e00-\u9fff]")


def sentence(node: ast.expr) -> str:
    """The constant parts of a text, {} where something is filled in; '' for a name."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def raised() -> list[tuple[str, str]]:
    found = []
    for path in sorted((ROOT / "src/jiandang_desktop/forms").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and name in ("fault", "_fault", "DefinitionFault") and len(node.args) > 1:
                found += [("what", sentence(node.args[-2])), ("cure", sentence(node.args[-1]))]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "cure":
                found.append(("cure", sentence(node.value)))
    return [(kind, text) for kind, text in found if text and text != "{} (in {})"]


@pytest.mark.parametrize(("kind", "text"), raised())
def test_every_sentence_has_its_words(kind: str, text: str) -> None:
    assert text in WORDS[kind]
    assert HAN.search(WORDS[kind][text])


@pytest.mark.parametrize("text", [*WORDS["what"], *WORDS["cure"]])
def test_what_is_filled_in_appears_in_the_words(text: str) -> None:
    kind = "what" if text in WORDS["what"] else "cure"
    values = [f"value{number}" for number in range(text.count("{}"))]
    filled = text
    for value in values:
        filled = filled.replace("{}", value, 1)
    fault = DefinitionFault("f.toml", 3, *((filled, "Rename") if kind == "what" else ("bounds out of order", filled)))
    said = definition_problem(make_workbench(), fault, "f.toml").values_
    assert (said["file"], said["line"]) == ("f.toml", 3)
    words = str(said["fault" if kind == "what" else "cure"])
    assert HAN.search(words)
    shown = re.findall(r"\{(\d)\}", WORDS[kind][text])
    assert all(values[int(number)] in words for number in shown)


def test_an_expression_is_quoted_and_a_whole_file_has_no_line() -> None:
    fault = DefinitionFault("f.toml", 0, "no field wieght (in wieght > 3)", "Use the id of a field of this form")
    said = definition_problem(make_workbench(), fault, "f.toml").values_
    assert "wieght > 3" in str(said["fault"])
    assert said["where"] == WORDS["whole"]
