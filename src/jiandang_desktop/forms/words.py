"""The words of findings (``resources/texts/forms.toml``): no sentence for a person lives in Python."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_NAME = re.compile(r"\{[a-z_]+\}")


@dataclass(frozen=True, slots=True)
class FormWords:
    """Sentences by key; a sentence names its values in braces."""

    findings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "FormWords":
        """Read the ``[finding]`` table of a texts file."""
        with path.open("rb") as file:
            return cls(dict(tomllib.load(file)["finding"]))

    def say(self, key: str, **values: object) -> str:
        """The sentence ``key`` with its values filled in; the key itself where no words are loaded."""
        shown = {"{" + name + "}": str(value) for name, value in values.items()}
        return _NAME.sub(lambda match: shown.get(match.group(), match.group()), self.findings.get(key, key))


NO_WORDS = FormWords()
"""For forms that are built without words."""
