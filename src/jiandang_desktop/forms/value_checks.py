"""Check one answer by itself: type, options, bounds, dates, characters. Raises nothing; yields what it finds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from jiandang_desktop.forms.computing import chosen, fits
from jiandang_desktop.forms.definition import Field, FieldType, Option, Severity

_FORMATS = {
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "month": re.compile(r"\d{4}-\d{2}"),
    "any": re.compile(r"\d{4}(-\d{2}(-\d{2})?)?"),
}
_HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_MALFORMED = frozenset(
    {"characters", "too_long", "date_impossible"}
    | {f"date_{precision}" for precision in _FORMATS}
    | {f"type_{kind.value}" for kind in FieldType}
)
_YEARS = range(1850, 2201)
_WORDS = frozenset({FieldType.TEXT, FieldType.SIGNATURE, FieldType.CODE})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value: a key of the words, the values of its sentence, and where (a text's own key)."""

    word: str
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    at: str = ""

    @property
    def malformed(self) -> bool:
        """Whether the value isn't an answer to this question at all: nothing here can read, list or print it."""
        return self.word in _MALFORMED


def value_faults(item: Field, value: Any, around: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of one answer; ``around`` is the form or the row that holds it (for the words behind options)."""
    if not fits(item, value):
        yield Fault("type_" + item.type.value)
        return
    if item.options:
        yield from _option_faults(item, value, around)
    elif item.type in _WORDS:
        yield from _text_faults(item, value)
    elif item.type is FieldType.DATE:
        yield from _date_faults(item, value)
    elif item.type in (FieldType.INTEGER, FieldType.DECIMAL):
        yield from _number_faults(item, value)


def hostile_character(text: str, *, multiline: bool = False) -> str:
    """``U+0000`` and the like for the first character that no answer may hold, '' if there is none.

    Refused: control characters (line breaks only where several lines are asked for), halves of characters, and
    the invisible marks that turn the direction of writing.
    """
    for found in _HOSTILE.finditer(text):
        if found[0] != "\n" or not multiline:
            return f"U+{ord(found[0]):04X}"
    return ""


def _text_faults(item: Field, value: str, at: str = "") -> Iterator[Fault]:
    bad = hostile_character(value, multiline=item.multiline)
    if bad:
        yield Fault("characters", {"character": bad}, at=at)
    if len(value) > item.max_length:
        yield Fault("too_long", {"length": len(value), "limit": item.max_length}, at=at)
    if item.pattern and not at and not re.fullmatch(item.pattern, value):
        yield Fault("pattern")


def _date_faults(item: Field, value: str) -> Iterator[Fault]:
    if not _FORMATS[item.precision].fullmatch(value) or not value.isascii():
        yield Fault("date_" + item.precision, {"value": value[:20]})
        return
    parts = [int(part) for part in value.split("-")]
    try:
        date(*[*parts, 1, 1][:3])
    except ValueError:
        yield Fault("date_impossible", {"value": value})
        return
    if parts[0] not in _YEARS:
        yield Fault("date_impossible", {"value": value})


def _number_faults(item: Field, value: float) -> Iterator[Fault]:
    limits = {
        "minimum": _shown(item.minimum),
        "maximum": _shown(item.maximum),
        "unit": item.unit,
        "value": _shown(value),
    }
    if not abs(value) < 1e15:
        yield Fault("bounds", limits)
        return
    if item.type is FieldType.DECIMAL and -int(Decimal(repr(value)).normalize().as_tuple().exponent) > item.decimals:
        yield Fault("decimals", {"decimals": item.decimals})
    if _outside(value, item.minimum, item.maximum):
        yield Fault("bounds", limits)
    elif _outside(value, item.warn_minimum, item.warn_maximum):
        usual = {"minimum": _shown(item.warn_minimum), "maximum": _shown(item.warn_maximum)}
        yield Fault("unusual", {**limits, **usual}, Severity.WARN)


def _option_faults(item: Field, value: Any, around: Mapping[str, Any]) -> Iterator[Fault]:
    codes = [value] if isinstance(value, str) else list(value)
    options = [item.option(code) for code in codes]
    for code, option in zip(codes, options, strict=True):
        if option is None:
            yield Fault("option", {"value": code[:20]})
        elif not option.selectable:
            yield Fault("not_selectable", {"option": option.label})
    if len(set(codes)) != len(codes):
        yield Fault("duplicate")
    exclusive = next((option for option in options if option and option.exclusive), None)
    if exclusive and len(codes) > 1:
        yield Fault("exclusive", {"option": exclusive.label})
    for option in item.options:
        if option.has_text:
            yield from _words_faults(item, option, around, is_chosen=chosen(value, option.code))


def _words_faults(item: Field, option: Option, around: Mapping[str, Any], *, is_chosen: bool) -> Iterator[Fault]:
    key = item.text_key(option.code)
    words = around.get(key)
    if words is None:
        if is_chosen:
            yield Fault("text_missing", {"option": option.label}, at=key)
    elif option.text_field:
        return
    elif not isinstance(words, str):
        yield Fault("type_text", at=key)
    elif not is_chosen:
        yield Fault("text_unwanted", {"option": option.label}, at=key)
    else:
        if option.number_unit and not re.fullmatch(r"\d+(\.\d+)?", words):
            yield Fault("number_after_option", {"option": option.label, "unit": option.number_unit}, at=key)
        yield from _text_faults(item, words, at=key)


def orphan_words(item: Field, around: Mapping[str, Any]) -> Iterator[Fault]:
    """Words behind options of a question that has no answer."""
    for option in item.options:
        if option.has_text and not option.text_field and item.text_key(option.code) in around:
            yield Fault("text_unwanted", {"option": option.label}, at=item.text_key(option.code))


def _outside(value: float, minimum: float | None, maximum: float | None) -> bool:
    return (minimum is not None and value < minimum) or (maximum is not None and value > maximum)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else str(value)
