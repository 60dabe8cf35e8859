"""Limits and spans that a banner may change without a new program: their names, kinds and defaults.

Read from ``resources/programmes/settings.toml``. Forms read them as ``settings.<id>``, programmes by name in place of a
number; what a township sets is a record (form ``programme_settings``).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

SettingValue = int | float | str | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One of them."""

    id: str
    label: str
    type: Literal["integer", "decimal", "choice", "bool"]
    default: SettingValue
    source: str
    """The clause or decision that the default comes from."""
    evidence: str
    """``checked`` (seen in public transcriptions), ``practice`` (the project's choice) or ``unverified``."""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    options: Mapping[str, str] | None = None
    """Of a choice: codes and their words."""
    group: str = ""
    """The programme whose page shows it; '' for all."""

    def read(self, text: str) -> SettingValue | None:
        """The value that a text means; None where it isn't one or is out of bounds."""
        typed = text.strip()
        if self.type == "choice":
            return typed if typed in (self.options or {}) else None
        if self.type == "bool":
            return {"true": True, "false": False}.get(typed)
        try:
            value = int(typed) if self.type == "integer" else float(typed)
        except ValueError:
            return None
        low = self.minimum is None or value >= self.minimum
        return value if low and (self.maximum is None or value <= self.maximum) else None


class Settings:
    """All settings by id."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        self.by_id = {setting.id: setting for setting in settings}
        self.defaults: Mapping[str, SettingValue] = {item.id: item.default for item in self.by_id.values()}

    @classmethod
    def load(cls, path: Path) -> "Settings":
        """Read the file; one that isn't there holds none."""
        return _load(path)

    def in_force(self, rows: Iterable[Mapping[str, Any]], day: str) -> dict[str, SettingValue]:
        """What holds on ``day`` by the rows of ``programme_settings`` (``setting``, ``value``, ``valid_from``).

        Of two values for one setting the later ``valid_from`` counts, of the same day the row further down. A row that
        names no setting or no possible value is passed over: a newer program may have written it.
        """
        found = dict(self.defaults)
        for row in sorted(rows, key=lambda row: str(row.get("valid_from", ""))):
            setting = self.by_id.get(str(row.get("setting", "")))
            value = setting.read(str(row.get("value", ""))) if setting else None
            if setting and value is not None and str(row.get("valid_from", "")) <= day:
                found[setting.id] = value
        return found

    def differing(self, rows: Iterable[Mapping[str, Any]], day: str) -> dict[str, SettingValue]:
        """What holds on ``day`` and isn't the default."""
        found = self.in_force(rows, day)
        return {name: value for name, value in found.items() if value != self.defaults[name]}


def chosen_rows(records: Iterable[Mapping[str, Any]], day: str) -> list[Mapping[str, Any]]:
    """The rows that count of several records of ``programme_settings``, given in the order in which they came.

    A banner's word on a setting goes before a township's from its first day on. Of the records of one level the last
    one counts: another station took that one's place.
    """
    by_level = {str(record.get("level", "")): record.get("values") or [] for record in records}
    banner = by_level.get("banner", [])
    settled = {row.get("setting") for row in banner if str(row.get("valid_from", "")) <= day}
    return [row for row in by_level.get("township", []) if row.get("setting") not in settled] + banner


@lru_cache(maxsize=8)
def _load(path: Path) -> Settings:
    if not path.is_file():
        return Settings(())
    with path.open("rb") as file:
        raw = tomllib.load(file)
    return Settings(Setting(**entry) for entry in raw["setting"])
