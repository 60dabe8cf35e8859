"""How an adult's measures change, from all records that hold them; which fields, ``resources/trends.toml`` says."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.forms.functions import days_between
from jiandang_desktop.ports.vault import Reader, RecordRow
from jiandang_desktop.printing.documents import Trend, TrendLine
from jiandang_desktop.services.desk import Desk


def gather(desk: Desk, reader: Reader, resident_id: SubjectId) -> tuple[Trend, ...]:
    """The trends in which something was measured on at least two days."""
    rows = sorted(reader.records_of(resident_id), key=lambda row: (row.event_date, row.number, row.record_id))
    found = []
    for raw in _trends(desk.bench.resources / "trends.toml"):
        lines = tuple(line for line in (_line(entry, rows) for entry in raw["line"]) if len(line.points) > 1)
        if lines:
            limits = tuple(map(float, raw.get("limits", ())))
            found.append(Trend(raw["title"], raw.get("unit", ""), lines, limits, float(raw.get("span", 0))))
    return tuple(found)


def _line(raw: Mapping[str, Any], rows: Sequence[RecordRow]) -> TrendLine:
    return TrendLine(raw["label"], tuple(values_by_day(raw["fields"], rows).items()))


def values_by_day(fields: Sequence[str], rows: Sequence[RecordRow]) -> dict[str, float]:
    """One value for each day: of several records of a day the last counts. ``rows`` come in the order of the days."""
    return dict(_values(fields, rows))


def _values(fields: Sequence[str], rows: Sequence[RecordRow]) -> Iterator[tuple[str, float]]:
    for row in rows:
        if days_between(row.event_date, row.event_date) is None:
            continue
        for name in fields:
            form_id, _, field = name.partition(".")
            value = row.answers.get(field) if row.form_id == form_id else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield row.event_date, float(value)
                break


@cache
def _trends(path: Path) -> tuple[Mapping[str, Any], ...]:
    with path.open("rb") as file:
        return tuple(tomllib.load(file)["trend"])
