"""What is wrong with a command line, in the program's words: argparse gives its reasons in English only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jiandang_desktop.cli.parsers import Words

_REASONS = {
    "missing": r"the following arguments are required: (?P<names>.*)",
    "unknown": r"unrecognized arguments: (?P<names>.*)",
    "choice": r"invalid choice: '?(?P<value>.*?)'? \(choose from (?P<choices>.*)\)",
    "number": r"invalid int value: '(?P<value>.*)'",
    "count": r"invalid count value: '(?P<value>.*)'",
    "empty": r"expected (one|at least one) argument",
    "together": r"not allowed with argument (?P<other>.*)",
    "ambiguous": r"ambiguous option: (?P<option>.*) could match (?P<matches>.*)",
    "nothing": r"ignored explicit argument '(?P<value>.*)'",
}
"""Key in the texts, and how argparse says it (Python 3.11 to 3.13)."""
_OF_ARGUMENT = re.compile(r"argument (?P<argument>[^:]+): (?P<reason>.*)", re.DOTALL)


def reason(words: Words, message: str) -> str:
    """argparse's ``message`` in words; as it is where it isn't known."""
    of_argument = _OF_ARGUMENT.fullmatch(message)
    if of_argument is not None:
        inner = reason(words, of_argument["reason"])
        return words("usage.argument", argument=of_argument["argument"], reason=inner)
    for key, pattern in _REASONS.items():
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return words(f"usage.{key}", **{name: _listed(text) for name, text in found.groupdict().items()})
    return message


def _listed(text: str) -> str:
    return text.replace("'", "").replace(", ", "、")
