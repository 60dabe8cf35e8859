"""What the validator finds and what it looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to correct or to confirm.

    ``field_id`` of a table cell is ``<table>.<column>``; ``row`` counts from 0.
    """

    field_id: str
    severity: Severity
    message: str
    rule_id: str
    row: int | None = None
    malformed: bool = False
    """The value isn't an answer to the question at all (another type, no date, hostile characters)."""

    @property
    def key(self) -> str:
        """What a person confirms when confirming a warning."""
        return f"{self.rule_id}:{self.field_id}"


@dataclass(frozen=True, slots=True)
class FormContext:
    """What a form's expressions may refer to beside its own answers."""

    today: str
    """ISO day."""
    resident: Mapping[str, Any] = field(default_factory=dict)
    household: Mapping[str, Any] = field(default_factory=dict)
    station: Mapping[str, Any] = field(default_factory=dict)
    previous: Answers = field(default_factory=dict)
    """Answers of the latest other visit; empty if none."""
    records: Mapping[Any, Answers] = field(default_factory=dict)
    """By form id: the current answers of forms that don't repeat, the latest of those that do."""
    programmes: Mapping[str, Mapping[str, str]] | None = None
    """By programme, as of today: ``state`` (proposed, open, refused, closed), ``since``, ``opened_on``, ``anchor``.

    A programme that isn't there has nothing to do with the person; None: nobody knows."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the defaults of ``settings.<id>``."""
    visits: Sequence[tuple[str, Answers]] = ()
    """Day and answers of all other visits, the latest first; where none are told, ``previous`` is the one before."""

    def before(self, day: object) -> Answers:
        """The visit directly before one of that day, in whatever order they are keyed; ``previous`` without a day."""
        if not self.visits or not isinstance(day, str) or not day:
            return self.previous
        return next((answers for at, answers in self.visits if at <= day), {})
