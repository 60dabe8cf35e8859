"""Answers in a few words: what is offered, and what changed between two revisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.gui.forms.editors import in_words

LONGEST = 40
"""Longer answers are shortened where they are only mentioned."""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One question whose answer changed; '' where there was or is none."""

    label: str
    before: str
    after: str


def answer_words(field: Field, answers: Mapping[str, Any], longest: int = LONGEST) -> str:
    """The answer to a question as the paper would show it; '' for none. ``field`` is the sheet column's own."""
    value = answers.get(field.id)
    if value is None:
        return ""
    if field.columns:
        rows = [" ".join(str(cell) for key, cell in row.items() if key != "row") for row in value]
        return _short("；".join(rows), longest)
    codes = value if isinstance(value, list) else [value]
    if field.options:
        return _short(" ".join(_option_words(field, str(code), answers) for code in codes), longest)
    return _short(" ".join(filter(None, (in_words(field, value), field.unit))), longest)


def answer_changes(form: Form, before: Answers, after: Answers) -> list[AnswerChange]:
    """What differs between two revisions, in the paper's order; keys this edition doesn't know come last."""
    found = []
    keys: set[str] = set()
    for was, now in zip(form.of_answers(before).fields(), form.of_answers(after).fields(), strict=True):
        own = {now.id, *was.word_keys(), *now.word_keys()}
        keys |= own
        if was is not now or any(before.get(key) != after.get(key) for key in own):
            old, new = answer_words(was, before, 400), answer_words(now, after, 400)
            if old != new:
                found.append(AnswerChange(now.label, old, new))
    for key in sorted({*before, *after} - keys):
        if before.get(key) != after.get(key):
            found.append(AnswerChange(key, str(before.get(key, "")), str(after.get(key, ""))))
    return found


def _option_words(field: Field, code: str, answers: Mapping[str, Any]) -> str:
    option = field.option(code)
    words = answers.get(f"{field.id}.{code}", "")
    unit = option.number_unit if option and words else ""
    number = f"{code} " if field.printed_codes else ""
    return f"{number}{option.label if option else ''}{words}{unit}".strip()


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
