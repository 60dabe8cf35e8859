"""What is asked about prints: what was printed of a household, what lies in its paper folder."""

from typing import Any

from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.ports.vault import PrintedSheet, PrintRow
from jiandang_desktop.storage.bodies import load
from jiandang_desktop.storage.connection import Connection

_SHEET = (
    "SELECT s.sheet, s.subject_id, s.form_id, s.content, s.records, s.first, s.numbers, s.pages FROM printed_sheets s"
)
_PRINT = "SELECT place, job, household_id, mode, at, staff_id, staff_name, pages FROM prints"
_SINCE_BEGUN = (
    " JOIN prints p ON p.place = s.print WHERE p.household_id = ? AND p.place >= coalesce("
    "(SELECT max(place) FROM prints WHERE household_id = ? AND mode = 'all'), 0) ORDER BY s.print, s.number"
)


class PrintQueries:
    """Part of ``ports.vault.Reader``."""

    _connection: Connection

    def prints(self, household_id: SubjectId, *, limit: int = 100) -> list[PrintRow]:
        """See ``ports.vault.Reader.prints``."""
        rows = self._connection.execute(
            _PRINT + " WHERE household_id = ? ORDER BY place DESC LIMIT ?", (household_id, limit)
        ).fetchall()
        return [_print(row, self._sheets(row[0])) for row in rows]

    def last_prints(self) -> dict[SubjectId, PrintRow]:
        """See ``ports.vault.Reader.last_prints``."""
        rows = self._connection.execute(
            f"{_PRINT} WHERE place IN (SELECT max(place) FROM prints GROUP BY household_id)"  # noqa: S608 - our own words
        )
        return {SubjectId(row[2]): _print(row, ()) for row in rows}

    def printed_sheets(self, household_id: SubjectId) -> list[PrintedSheet]:
        """See ``ports.vault.Reader.printed_sheets``."""
        rows = self._connection.execute(_SHEET + _SINCE_BEGUN, (household_id, household_id))
        return list({row[0]: _sheet(row) for row in rows}.values())

    def _sheets(self, place: int) -> tuple[PrintedSheet, ...]:
        rows = self._connection.execute(f"{_SHEET} WHERE s.print = ? ORDER BY s.number", (place,))
        return tuple(map(_sheet, rows))


def _print(row: tuple[Any, ...], sheets: tuple[PrintedSheet, ...]) -> PrintRow:
    _, job, household_id, mode, at, staff_id, staff_name, pages = row
    return PrintRow(job, SubjectId(household_id), mode, at, StaffId(staff_id), staff_name, pages, sheets)


def _sheet(row: tuple[Any, ...]) -> PrintedSheet:
    sheet, subject_id, form_id, content, records, first, numbers, pages = row
    return PrintedSheet(sheet, SubjectId(subject_id), FormId(form_id), content, load(records), first, numbers, pages)
