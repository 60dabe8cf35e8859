"""Keep duties and memberships: of the residents that one unit of work touched, or of everybody.

Worked out from what the other projections hold, by the same function for a single save, the rebuilding and the check.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import itemgetter
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.programmes.duties import Filed
from jiandang_desktop.storage.bodies import parse
from jiandang_desktop.storage.care_rows import CARE_COLUMNS, Row, care_rows
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.projection_rows import Projector, insert_sql

SETTINGS_FORM = "programme_settings"
"""The form of the records that set a limit or a number of days otherwise."""

_EVERYBODY = (
    "SELECT s.place, s.id, v.body FROM residents s CROSS JOIN records r ON r.record_id = s.id"
    " CROSS JOIN revisions v ON v.place = r.current WHERE s.place > ? ORDER BY s.place LIMIT ?"
)
_BATCH = 500
_INSERT = {table: insert_sql(table) for table in CARE_COLUMNS}


class Caring:
    """Works out the rows of the tables ``duties`` and ``memberships`` on one connection."""

    def __init__(self, connection: Connection, projector: Projector) -> None:
        self._connection = connection
        self._projector = projector
        self._settings: Mapping[str, Any] | None = None

    def concerns(self, form_id: str) -> bool:
        """Whether records of the form say anything to a programme."""
        return form_id in self._projector.rules.forms

    def forget_settings(self) -> None:
        """A record of settings was changed."""
        self._settings = None

    def renew(self, place: int, subject_id: str, answers: Mapping[str, Any]) -> None:
        """Write the rows of one resident in place of those that are there."""
        for table in CARE_COLUMNS:
            self._connection.execute(f"DELETE FROM {table} WHERE resident = ?", (place,))  # noqa: S608 - our own names
        for table, rows in self._rows(place, subject_id, answers).items():
            self._connection.executemany(_INSERT[table], rows)

    def renew_everybody(self) -> None:
        """Write everybody's rows anew."""
        for table in CARE_COLUMNS:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        for found in self._everybody():
            for table, rows in found.items():
                self._connection.executemany(_INSERT[table], rows)

    def expected_rows(self) -> Iterator[tuple[str, Row]]:
        """Table and row of everything that both tables must hold, in no order that matters."""
        for found in self._everybody():
            for table, rows in found.items():
                yield from ((table, row) for row in rows)

    def _everybody(self) -> Iterator[Mapping[str, list[Row]]]:
        after, people = 0, [(0, "", b"")]
        while people:
            people = self._connection.execute(_EVERYBODY, (after, _BATCH)).fetchall()
            for place, subject_id, body in people:
                yield self._rows(place, subject_id, parse(body)["answers"])
            after = people[-1][0] if people else after

    def _rows(self, place: int, subject_id: str, answers: Mapping[str, Any]) -> Mapping[str, list[Row]]:
        """By table, the rows of one resident."""
        if self._settings is None:
            self._settings = self._read_settings()
        care = self._projector.rules.care(answers, self._filed(subject_id), self._settings)
        return care_rows(place, care)

    def _read_settings(self) -> Mapping[str, Any]:
        rows = self._connection.execute(
            "SELECT v.body FROM records r CROSS JOIN revisions v ON v.place = r.current"
            " WHERE r.form_id = 'programme_settings' AND r.complete = 1 ORDER BY r.record_id"
        )
        return self._projector.rules.settings([parse(body)["answers"] for (body,) in rows])

    def _filed(self, subject_id: str) -> list[Filed]:
        rows = self._connection.execute(self._filed_sql, (subject_id, subject_id)).fetchall()
        # By day, then as they came here first: a correction later on doesn't put a visit behind another.
        rows.sort(key=itemgetter(2, 4))
        return [
            Filed(RecordId(record_id), FormId(form_id), event_date, parse(body)["answers"])
            for record_id, form_id, event_date, body, _ in rows
        ]

    @cached_property
    def _filed_sql(self) -> str:
        forms = ", ".join(f"'{form}'" for form in sorted(self._projector.rules.forms))
        return (
            "SELECT r.record_id, r.form_id, r.event_date, v.body,"  # noqa: S608 - ids of our own forms
            " (SELECT min(o.place) FROM revisions o WHERE o.record_id = r.record_id)"
            " FROM records r CROSS JOIN revisions v ON v.place = r.current"
            " WHERE r.subject_id IN (SELECT ? UNION SELECT id FROM residents WHERE merged_into = ?)"
            f" AND r.complete = 1 AND r.form_id IN ({forms})"
        )
