"""A fault in a definition file in the words of the person who has to mend it: texts/form_faults.toml.

``forms`` speaks English to its developers; its sentences are the keys here, ``{}`` standing for what differs. A test
sees to it that every sentence has its words.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.services.workbench import Workbench

_INSIDE = re.compile(r"(?P<text>.*) \(in (?P<source>.*)\)", re.DOTALL)


def definition_problem(bench: Workbench, fault: DefinitionFault, file: str) -> Problem:
    """FORM_DEFINITION: the file, where in it, what is wrong and the cure."""
    words = _words(bench.resources)
    key = "where" if fault.line else "whole"
    where = str(words[key]).format(line=fault.line)
    what, cure = _what(words, fault.text), _said(words["cure"], fault.cure)
    return Problem("FORM_DEFINITION", file=file, line=fault.line, where=where, fault=what, cure=cure)


def _what(words: Mapping[str, Any], text: str) -> str:
    inside = _INSIDE.fullmatch(text)
    if inside is None:
        return _said(words["what"], text)
    return str(words["inside"]).format(what=_said(words["what"], inside["text"]), source=inside["source"])


def _said(known: Mapping[str, str], text: str) -> str:
    """The words of the most particular sentence that fits; the sentence itself where none does."""
    for template in sorted(known, key=lambda each: -len(each.replace("{}", ""))):
        pattern = "(.*?)".join(map(re.escape, template.split("{}")))
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found is not None:
            return known[template].format(*found.groups())
    return text


@cache
def _words(resources: Path) -> Mapping[str, Any]:
    with (resources / "texts" / "form_faults.toml").open("rb") as file:
        return tomllib.load(file)
