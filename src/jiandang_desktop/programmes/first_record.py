"""The first record (建档): which forms it needs, by who the resident is (plan 二(一)4).

Read from ``resources/programmes/first_record.toml``: each ``[[part]]`` names a form and, where it doesn't hold for
everybody, a CEL condition over ``resident`` (registry answers).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.definition import Expression
from jiandang_desktop.forms.expressions import compile_expression


@dataclass(frozen=True, slots=True)
class FirstRecordPart:
    """One form that a first record needs."""

    form_id: FormId
    applies_when: Expression | None

    def applies(self, resident: Mapping[str, Any]) -> bool:
        """Whether this resident's first record needs the form."""
        return self.applies_when is None or self.applies_when.value({"resident": resident}) is True


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """The parts of a first record."""

    parts: tuple[FirstRecordPart, ...]

    @classmethod
    def load(cls, path: Path) -> "FirstRecord":
        """Read the programme file."""
        with path.open("rb") as file:
            raw = tomllib.load(file)
        return cls(
            tuple(
                FirstRecordPart(
                    FormId(part["form"]),
                    compile_expression(part["applies_when"]) if "applies_when" in part else None,
                )
                for part in raw["part"]
            )
        )

    def needed(self, resident: Mapping[str, Any]) -> tuple[FormId, ...]:
        """The forms that this resident's first record needs, in order."""
        return tuple(part.form_id for part in self.parts if part.applies(resident))

    def complete(self, resident: Mapping[str, Any], filed: frozenset[FormId]) -> bool:
        """Whether every needed form is filed."""
        needed = self.needed(resident)
        return bool(needed) and all(form_id in filed for form_id in needed)
