"""Filled-in examples, one file for each form (``resources/demo/examples/<form>.toml``): artificial people only.

They are what the printed pictures, the tests and anybody who wants to see a form filled in take.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.findings import FormContext
from jiandang_desktop.forms.validator import compute

AROUND = "_around.toml"
"""The resident, household and station that the examples are about where they don't say otherwise."""


@dataclass(frozen=True, slots=True)
class Example:
    """One artificial person's (or household's, station's) filling of a form."""

    today: str
    """ISO day on which it is filled in."""
    visits: tuple[Answers, ...]
    """Answers by field id, oldest first; one for a form that doesn't repeat."""
    resident: Answers
    household: Answers
    station: Answers
    records: Mapping[str, Answers] = field(default_factory=dict)
    """Latest answers of other forms that this one refers to, by form id."""
    confirmed: frozenset[str] = frozenset()
    """Keys of the warnings that the example's doctor confirmed (``Finding.key``)."""

    def contexts(self) -> list[FormContext]:
        """What stands around each visit; the visit before is the one before it."""
        before: list[Answers] = [{}, *self.visits]
        return [
            FormContext(self.today, self.resident, self.household, self.station, previous, self.records)
            for previous in before[: len(self.visits)]
        ]

    def filled(self, form: Form) -> list[dict[str, Any]]:
        """The visits as they are stored: with everything that is computed or taken over."""
        return [compute(form, answers, context) for answers, context in zip(self.visits, self.contexts(), strict=True)]


def load_example(resources: Path, form_id: str) -> Example | None:
    """The example of a form, or None."""
    folder = resources / "demo" / "examples"
    path = folder / f"{form_id}.toml"
    if not path.is_file():
        return None
    raw, around = (tomllib.loads(file.read_text(encoding="utf-8")) for file in (path, folder / AROUND))
    return Example(
        today=raw["today"],
        visits=tuple(raw["visit"]),
        resident={**around["resident"], **raw.get("resident", {})},
        household={**around["household"], **raw.get("household", {})},
        station=around["station"],
        records=raw.get("records", {}),
        confirmed=frozenset(raw.get("confirmed", ())),
    )
