"""Which visits lie on which printed sheet."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Form

Visit = TypeVar("Visit")


def arrange(form: Form, visits: Sequence[Visit], answers_of: Callable[[Visit], Answers]) -> list[list[Visit | None]]:
    """Visits, oldest first, as sheets: one entry for each printed column, None for an empty one.

    A form that isn't a sheet of columns has one visit on each. Where the columns have a meaning (a month of age), a
    visit stands in its own; a second one of the same month begins a new sheet.
    """
    if not form.is_sheet:
        return [[visit] for visit in visits]
    places = {column.id: number for number, column in enumerate(form.columns)}
    sheets: list[list[Visit | None]] = []
    for visit in visits:
        place = places.get(str(answers_of(visit).get(form.column_field, "")))
        if place is None:
            place = next((number for number, taken in enumerate(sheets[-1]) if taken is None), None) if sheets else None
        if place is None or not sheets or sheets[-1][place] is not None:
            sheets.append([None] * form.sheet_width)
        sheets[-1][place or 0] = visit
    return sheets


def column_heads(form: Form) -> list[Answers]:
    """What an empty column of a sheet knows: which one it is."""
    if not form.columns:
        return [{} for _ in range(form.sheet_width)]
    return [{form.column_field: column.id} for column in form.columns]
