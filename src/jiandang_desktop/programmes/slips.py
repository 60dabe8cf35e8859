"""Slips: what goes out to another institution and comes back answered (R7), as ``resources/referrals.toml`` says.

A referral and the request for a consultation are the same kind of thing: one record, whose first part the asking
station writes and whose second part the one that was asked. Here is what to read in such a record, and what a
referral takes over from the visit that it is written after.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.records import Answers, FormId

REFERRAL = FormId("two_way_referral")
_BLANK = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class SlipKind:
    """Which questions of a form say how far a slip is; '' where the form has no such question."""

    id: str
    """Also of the programme whose duty is to see to the answer (resources/programmes/care)."""
    form_id: FormId
    asked_on: str
    """The day that it went out; a record without it never waited for anybody."""
    to: str
    about: str
    answered: tuple[str, ...]
    """Any of these says that the other side answered."""
    answered_on: str
    result: str
    answer_from: str
    """The question at which the answer begins."""
    out: frozenset[str]
    """Sections that the asking side fills in."""
    sender: str = ""
    department: str = ""
    shown: tuple[str, ...] = ()
    """What somebody who looks at it wants to read, both sides' answers."""
    accepted_on: str = ""
    accepted_by: str = ""
    tracked_on: str = ""
    tracked: str = ""
    """What was learnt otherwise, by telephone: nobody waits for the slip any more (RF02)."""

    def answer_at(self, *, asking: bool) -> str:
        """The question at which what became of it is noted: by the side that asked, or by the one that answers."""
        return self.tracked_on if asking else self.answer_from

    def is_answered(self, answers: Answers) -> bool:
        """Whether the other side's part is there."""
        return any(answers.get(name) for name in self.answered)


@dataclass(frozen=True, slots=True)
class SlipSource:
    """What a referral takes from a record of one form."""

    form_id: FormId
    rules: frozenset[str] = frozenset()
    urgent: frozenset[str] = frozenset()
    reason: str = ""
    """The question in which the visit itself says that it refers."""
    to: str = ""
    department: str = ""
    without: Mapping[str, Any] = field(default_factory=dict)
    """The visit's answers if it said nothing of a referral."""
    fill: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def silent(self, answers: Answers) -> dict[str, Any]:
        """The visit as if nothing had been said of a referral, for its rules to judge."""
        said = {self.reason, self.to, self.department}
        return {**{key: value for key, value in answers.items() if key not in said}, **self.without}


@dataclass(frozen=True, slots=True)
class Slips:
    """Everything of ``resources/referrals.toml``."""

    kinds: tuple[SlipKind, ...]
    sources: Mapping[FormId, SlipSource]
    rows: Mapping[str, str]
    """By table field: how one of its rows is written in a sentence."""

    @classmethod
    def load(cls, path: Path) -> "Slips":
        """Read the file."""
        with path.open("rb") as file:
            raw = tomllib.load(file)
        sources = [_source(entry) for entry in raw["from"]]
        kinds = tuple(_kind(entry) for entry in raw["kind"])
        return cls(kinds, {each.form_id: each for each in sources}, raw["rows"])

    @property
    def referral(self) -> SlipKind:
        """The referral's kind."""
        return next(kind for kind in self.kinds if kind.form_id == REFERRAL)

    def kind_of(self, form_id: FormId) -> SlipKind | None:
        """The kind whose form this is."""
        return next((kind for kind in self.kinds if kind.form_id == form_id), None)


def sentence(pieces: tuple[str, ...], words: Callable[[str], str], between: str) -> str:
    """The pieces of which every ``{answer}`` is there, one after another; ``words`` gives '' for a missing one."""
    whole = [piece for piece in pieces if all(map(words, _BLANK.findall(piece)))]
    return between.join(_BLANK.sub(lambda blank: words(blank[1]), piece) for piece in whole)


def _kind(raw: Mapping[str, Any]) -> SlipKind:
    own = {**raw, "form_id": FormId(raw["form"]), "sender": raw.get("from", "")}
    own |= {"answered": tuple(raw["answered"]), "shown": tuple(raw["shown"]), "out": frozenset(raw["out"])}
    return SlipKind(**{key: value for key, value in own.items() if key not in ("form", "from")})


def _source(raw: Mapping[str, Any]) -> SlipSource:
    return SlipSource(
        form_id=FormId(raw["form"]),
        rules=frozenset(raw.get("rules", ())),
        urgent=frozenset(raw.get("urgent", ())),
        reason=raw.get("reason", ""),
        to=raw.get("to", ""),
        department=raw.get("department", ""),
        without=raw.get("without", {}),
        fill={name: tuple(pieces) for name, pieces in raw["fill"].items()},
    )
