"""Answers in the words that stand on paper."""

from typing import Any

from jiandang_desktop.forms.definition import Field, FieldType, Option
from jiandang_desktop.printing.words import PaperWords

MAX_PRINTED_OPTIONS = 30
"""Longer lists (peoples, relations) are printed as the chosen words only, as on paper."""


def has_printed_options(item: Field) -> bool:
    """Whether the form prints the field's options."""
    return bool(item.options) and len(item.options) <= MAX_PRINTED_OPTIONS


def codes(value: Any) -> list[str]:
    """Chosen codes of a choice or of several choices."""
    if value is None:
        return []
    return [str(code) for code in value] if isinstance(value, list | tuple) else [str(value)]


def words_of(item: Field, value: Any, words: PaperWords) -> str:
    """One answer as text, without its unit; '' for no answer. Unknown codes are printed as they are."""
    match value:
        case None:
            return ""
        case bool():
            return words.text("answer.yes" if value else "answer.no")
        case float() | int():
            return number(item, value)
        case list() | tuple():
            return words.text("answer.and").join(words_of(item, part, words) for part in value)
        case dict():
            return " ".join(str(part) for part in value.values())
    option = item.option(str(value))
    if option:
        return option.label
    return date_words(str(value), words) if item.type is FieldType.DATE else str(value)


def number(item: Field, value: float) -> str:
    """A number with the form's decimals; one that has more is printed as it is stored."""
    if isinstance(value, int) and item.type is not FieldType.DECIMAL:
        return str(value)
    shown = f"{value:.{item.decimals}f}"
    return shown if float(shown) == value else str(value)


def date_words(date: str, words: PaperWords) -> str:
    """``2026-11-22``, ``2026-11`` or ``2026`` as a date is written on the form; other text stays."""
    parts = date.split("-")
    if len(parts) > 3 or not all(part.isdigit() for part in parts):
        return date
    units = (words.text("answer.year"), words.text("answer.month"), words.text("answer.day"))
    numbers = [parts[0], *(str(int(part)) for part in parts[1:])]
    return "".join(figure + unit for figure, unit in zip(numbers, units, strict=False))


def option_words(option: Option, *, with_code: bool) -> str:
    """An option as the form prints it."""
    return f"{option.code} {option.label}" if with_code else option.label
