"""Clean what was typed or came as data, without guessing: what can't be read stays, to be shown as a finding."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from jiandang_desktop.forms.definition import Field, FieldType, Form

_DATE = re.compile(r"(\d{4})[-./\u5e74](\d{1,2})(?:[-./\u6708](\d{1,2})\u65e5?|\u6708?)")
# \u5e74 \u6708 \u65e5: the signs for year, month and day.
_YEAR = re.compile(r"(\d{4})\u5e74")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?")
_BETWEEN = re.compile(r"[\s,;/、，；|]+")


def normalise(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with full-width digits made plain, dates as ISO, decimal commas as points, and nothing empty left.

    Options come in the paper's order, once each. Keys the form doesn't know stay, for the check to refuse.
    """
    found = {}
    for key, value in raw.items():
        item = form.field(key)
        cleaned = _clean(item, value) if item else _words(value)
        if not _is_empty(cleaned):
            found[key] = cleaned
    return found


def _clean(item: Field, value: Any) -> Any:
    cleaners: dict[FieldType, Callable[[Field, Any], Any]] = {
        FieldType.INTEGER: _number,
        FieldType.DECIMAL: _number,
        FieldType.DATE: _date,
        FieldType.CODE: _code,
        FieldType.CHOICE: _choice,
        FieldType.MULTI_CHOICE: _choices,
        FieldType.TABLE: _rows,
        FieldType.BOOL: _bool,
    }
    return cleaners.get(item.type, _text)(item, value)


def _text(item: Field, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    return lines if item.multiline else " ".join(part.strip() for part in lines.split("\n") if part.strip())


def _words(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _code(item: Field, value: Any) -> Any:
    if item.options:
        return _choice(item, value)
    return "".join(_plain(value).split()) if isinstance(value, str) else value


def _number(item: Field, value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and item.type is FieldType.INTEGER and abs(value) < 1e15:
        return int(value)
    if not isinstance(value, str):
        return value
    text = _plain(value).replace(" ", "")
    if _INTEGER.fullmatch(text):
        return int(text)
    if item.type is FieldType.DECIMAL and _DECIMAL.fullmatch(text):
        return float(text.replace(",", "."))
    return value.strip()


def _date(_item: Field, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = _plain(value).replace(" ", "")
    match = _DATE.fullmatch(text) or (_COMPACT.fullmatch(text) if len(text) in (6, 8) else None)
    if match:
        parts = [match.group(1), match.group(2).zfill(2)]
        return "-".join([*parts, match.group(3).zfill(2)] if match.group(3) else parts)
    year = _YEAR.fullmatch(text)
    return year.group(1) if year else text


def _choice(_item: Field, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _plain(value).strip() if isinstance(value, str) else value


def _choices(item: Field, value: Any) -> Any:
    parts = [part for part in _BETWEEN.split(_plain(value)) if part] if isinstance(value, str) else value
    if isinstance(parts, int) and not isinstance(parts, bool):
        parts = [parts]
    if not isinstance(parts, list | tuple):
        return value
    codes = [_choice(item, part) for part in parts]
    if not all(isinstance(code, str) for code in codes):
        return codes
    order = {option.code: place for place, option in enumerate(item.options)}
    return sorted(dict.fromkeys(codes), key=lambda code: order.get(code, len(order)))


def _bool(_item: Field, value: Any) -> Any:
    return {"true": True, "false": False}.get(value.strip().lower(), value) if isinstance(value, str) else value


def _rows(item: Field, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return _words(value)
    rows = [_row(item, row) if isinstance(row, Mapping) else row for row in value]
    return [row for row in rows if not _is_empty(row) and not (isinstance(row, dict) and set(row) == {"row"})]


def _row(item: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in row.items():
        column = item.column(key)
        cleaned = _clean(column, value) if column else _words(value)
        if not _is_empty(cleaned):
            found[key] = cleaned
    return found


def _plain(text: str) -> str:
    """Full-width digits, letters and punctuation as ASCII; Chinese characters untouched."""
    return "".join(
        unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" else char for char in text
    ).replace("\u3000", " ")


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], (), {})
