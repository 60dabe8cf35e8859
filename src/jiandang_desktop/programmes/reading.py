"""Read programme files (``resources/programmes/care``); ``care.schema.json`` beside them says what may stand there."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.programmes.conditions import Condition
from jiandang_desktop.programmes.definition import (
    Appointments,
    Closing,
    FollowUps,
    FreeText,
    Lost,
    Members,
    Next,
    Opening,
    Pregnancy,
    Process,
    Programme,
    Proposal,
    Window,
    Yearly,
)

_DOCUMENTING = frozenset({"source", "evidence", "note"})
"""Where an entry comes from and how sure it is: for people, and for the tests."""


def read_programme(path: Path, free_text: FreeText | None = None) -> Programme:
    """The programme of a file (ValueError, naming the file, where it isn't one)."""
    with path.open("rb") as file:
        raw = tomllib.load(file)
    try:
        return replace(_programme(raw), free_text=free_text)
    except (KeyError, TypeError, re.error) as error:
        raise ValueError(f"{path.name}: {error}") from error


def read_free_text(path: Path) -> FreeText:
    """How free text is read (``free_text.toml``)."""
    with path.open("rb") as file:
        raw = tomllib.load(file)
    fields = {FormId(form): tuple(names) for form, names in raw["fields"].items()}
    return FreeText(fields, re.compile(raw["denied"]["pattern"]))


def _programme(raw: Mapping[str, Any]) -> Programme:
    plain = _plain(raw)
    for key, read in _PARTS.items():
        if key in plain:
            plain[key] = tuple(map(read, plain[key]))
    for key, kind in {"members": Members, "lost": Lost, "pregnancy": Pregnancy}.items():
        if key in plain:
            plain[key] = kind(**_plain(plain[key]))
    if "appointments" in plain:
        plain["appointments"] = _appointments(plain["appointments"])
    if "follow_ups" in plain:
        plain["follow_ups"] = _follow_ups(plain["follow_ups"])
    if "written" in plain:
        plain["written"] = re.compile(plain["written"])
    plain["outside_of"] = tuple(raw.get("outside_of", ()))
    return Programme(**plain)


def _opening(raw: Mapping[str, Any]) -> Opening:
    return Opening(**_read(raw))


def _closing(raw: Mapping[str, Any]) -> Closing:
    return Closing(**_read(raw))


def _proposal(raw: Mapping[str, Any]) -> Proposal:
    found = _read(raw)
    found["codes"] = frozenset(raw.get("codes", ()))
    found["also"] = tuple(map(FormId, raw.get("also", ())))
    return Proposal(**found)


def _window(raw: Mapping[str, Any]) -> Window:
    found = _read(raw)
    if "fallback" in raw:
        shared = {key: value for key, value in raw.items() if key in ("id", "form")}
        found["fallback"] = _window({**shared, **raw["fallback"]})
    return Window(**found)


def _yearly(raw: Mapping[str, Any]) -> Yearly:
    found = _read(raw)
    found["evidence"] = tuple((FormId(item["form"]), tuple(item.get("any", ()))) for item in raw.get("evidence_of", ()))
    found.pop("evidence_of", None)
    return Yearly(**found)


def _process(raw: Mapping[str, Any]) -> Process:
    found = _read(raw)
    found["ends"] = tuple(raw["ends"])
    found["soon_texts"] = tuple(raw.get("soon_texts", ()))
    return Process(**found)


def _appointments(raw: Mapping[str, Any]) -> Appointments:
    forms = {FormId(written): FormId(form) for written, form in raw["forms"].items()}
    return Appointments(**{**_plain(raw), "forms": forms})


def _follow_ups(raw: Mapping[str, Any]) -> FollowUps:
    found = _read(raw)
    found["forms"] = tuple(map(FormId, raw["forms"]))
    found["after"] = tuple(_next(rule) for rule in raw["after"])
    if "returned" in raw:
        found["returned"] = _next(raw["returned"])
    return FollowUps(**found)


def _next(raw: Mapping[str, Any]) -> Next:
    return Next(**_read(raw))


_PARTS: Mapping[str, Any] = {
    "openings": _opening,
    "closings": _closing,
    "proposals": _proposal,
    "windows": _window,
    "yearly": _yearly,
    "processes": _process,
}
_CONDITIONS = frozenset({"when", "by_phone", "missed"})
_PATTERNS = frozenset({"soon"})


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in _DOCUMENTING}


def _read(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with its form named, its conditions compiled when first used and its patterns compiled."""
    found = _plain(raw)
    if "form" in found:
        found["form_id"] = FormId(found.pop("form"))
    for key in _CONDITIONS & found.keys():
        found[key] = Condition(found[key])
    for key in _PATTERNS & found.keys():
        found[key] = re.compile(found[key])
    return found
