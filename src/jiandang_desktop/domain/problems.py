"""The one kind of expected failure.

A ``Problem`` carries a stable code and the values its sentence needs. The Chinese words, the next step
and the exit code of each code are in ``resources/texts/problems/``, a file per area; nothing here is shown to anyone.
Anything that is not a ``Problem`` is a bug and is caught once, at the top.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class Problem(Exception):  # noqa: N818 - the domain's word for an expected failure
    """An expected refusal or failure: ``code`` is stable, ``values`` fill the sentence.

    ``findings`` lists field findings (see ``forms.validator.Finding``) where the code is about answers.
    Values must never hold more personal data than the sentence needs, and are not logged.
    """

    def __init__(self, code: str, /, *, findings: tuple[object, ...] = (), **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.findings = findings
        self.values_ = values


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """What a person reads for one code."""

    text: str
    next_step: str
    exit_code: int


class ProblemCatalog:
    """Words for every problem code, loaded from the files of one folder."""

    def __init__(self, entries: Mapping[str, ProblemWords]) -> None:
        self._entries = dict(entries)

    @classmethod
    def load(cls, folder: Path) -> "ProblemCatalog":
        """Read every file of the folder; each table is a code with ``text``, ``next`` and ``exit``.

        A code that two files define is a bug (ValueError).
        """
        entries: dict[str, ProblemWords] = {}
        for path in sorted(folder.glob("*.toml")):
            with path.open("rb") as file:
                raw = tomllib.load(file)
            twice = entries.keys() & raw.keys()
            if twice:
                raise ValueError(f"{path.name} defines again: {sorted(twice)}")
            entries |= {code: ProblemWords(entry["text"], entry["next"], entry["exit"]) for code, entry in raw.items()}
        return cls(entries)

    def codes(self) -> frozenset[str]:
        """Every code that has words."""
        return frozenset(self._entries)

    def words(self, problem: Problem) -> ProblemWords:
        """Words for ``problem`` with its values filled in; a code without words is a bug (KeyError)."""
        entry = self._entries[problem.code]
        values = {name: str(value) for name, value in problem.values_.items()}
        return ProblemWords(_fill(entry.text, values), _fill(entry.next_step, values), entry.exit_code)


def _fill(template: str, values: Mapping[str, str]) -> str:
    """Replace ``{name}`` by its value; values are never themselves treated as templates."""
    parts = template.split("{")
    filled = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += values[name] + rest
    return filled
