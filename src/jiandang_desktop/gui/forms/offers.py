"""A value that is offered, in a few words."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.forms.definition import Field
from jiandang_desktop.gui.forms.editors import in_words

_LONGEST = 40


def offer_words(field: Field, offers: Mapping[str, Any]) -> str:
    """The offered answer to a question as the paper would show it."""
    value = offers[field.id]
    if field.columns:
        rows = [" ".join(str(cell) for cell in row.values()) for row in value]
        return _short("；".join(rows))
    codes = value if isinstance(value, list) else [value]
    if field.options:
        return _short(" ".join(_option_words(field, str(code), offers) for code in codes))
    return _short(" ".join(filter(None, (in_words(field, value), field.unit))))


def _option_words(field: Field, code: str, offers: Mapping[str, Any]) -> str:
    option = field.option(code)
    words = offers.get(field.text_key(code), "")
    number = f"{code} " if field.printed_codes else ""
    return f"{number}{option.label if option else ''}{words}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
