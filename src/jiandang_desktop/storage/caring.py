"""Keep duties and memberships: of the residents that one unit of work touched, or of everybody.

Worked out from what the other projections hold, by the same function for a single save, the rebuilding and the check.
"""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.domain.settings import chosen_rows
from jiandang_desktop.programmes.duties import Filed
from jiandang_desktop.storage.bodies import dump, load, parse
from jiandang_desktop.storage.care_rows import CARE_COLUMNS, Row, care_rows
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.projection_rows import MERGED_INTO, MOTHER, RESIDENT, Projector, insert_sql

SETTINGS_FORM = "programme_settings"
"""The form of the records that set a limit or a number of days otherwise."""
BASIS = "care_basis"
"""The setting of the vault that says what duties were worked out with."""

_EVERYBODY = (
    "SELECT s.place, s.id, v.body FROM residents s CROSS JOIN records r ON r.record_id = s.id"
    " CROSS JOIN revisions v ON v.place = r.current WHERE s.place > ? ORDER BY s.place LIMIT ?"
)
_FILED = (
    "SELECT r.record_id, r.form_id, r.event_date, v.body,"
    " (SELECT min(o.place) FROM revisions o WHERE o.record_id = r.record_id)"
    " FROM records r CROSS JOIN revisions v ON v.place = r.current"
    " WHERE r.subject_id IN (SELECT ? UNION SELECT id FROM residents WHERE merged_into = ?)"
    " AND r.complete = 1 AND r.record_id <> r.subject_id"
)
_CHILDREN = (
    "SELECT s.id, s.birth_date, v.body FROM search_terms t CROSS JOIN residents s ON s.place = t.resident"
    " CROSS JOIN records r ON r.record_id = s.id CROSS JOIN revisions v ON v.place = r.current"
    " WHERE t.term IN (SELECT ? UNION SELECT id FROM residents WHERE merged_into = ?) ORDER BY s.place"
)
_BATCH = 500
_INSERT = {table: insert_sql(table) for table in CARE_COLUMNS}


class Caring:
    """Works out the rows of the tables ``duties`` and ``memberships`` on one connection."""

    def __init__(self, connection: Connection, projector: Projector) -> None:
        self._connection = connection
        self._projector = projector
        self._settings: Mapping[str, Any] | None = None

    def differ(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
        """Whether another registry body may ask for other duties: the resident, the mother, whoever took the folder."""
        read = {MERGED_INTO, MOTHER, *self._projector.rules.resident_fields}
        return any(before.get(name) != now.get(name) for name in read)

    def renew(self, place: int, subject_id: str, answers: Mapping[str, Any]) -> None:
        """Write the rows of one resident in place of those that are there."""
        for table in CARE_COLUMNS:
            self._connection.execute(f"DELETE FROM {table} WHERE resident = ?", (place,))  # noqa: S608 - our own names
        for table, rows in self._rows(place, subject_id, answers).items():
            self._connection.executemany(_INSERT[table], rows)

    def is_current(self, today: str) -> bool:
        """Whether the rows were worked out with these programmes and with the settings that hold today."""
        return self._kept() == self._basis(today)

    def renew_everybody(self, today: str) -> None:
        """Write everybody's rows anew, with the settings that hold today."""
        basis = self._basis(today)
        self._settings = basis["settings"]
        self._connection.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (BASIS, dump(basis)))
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
            # Those that were kept, whatever the clock says today: the same records must give the same rows.
            self._settings = self._kept().get("settings", {})
        care = self._projector.rules.care(answers, self._filed(subject_id), self._settings)
        return care_rows(place, care)

    def _kept(self) -> Mapping[str, Any]:
        row = self._connection.execute("SELECT value FROM settings WHERE name = ?", (BASIS,)).fetchone()
        return dict(load(row[0])) if row else {}

    def _basis(self, today: str) -> Mapping[str, Any]:
        """What the rows depend on beside the records: which programmes, and what differs from their settings today."""
        rows = chosen_rows(settings_records(self._connection), today)
        differing = self._projector.rules.settings.differing(rows, today) if rows else {}
        return {"programmes": self._projector.rules_mark(), "settings": differing}

    def _filed(self, subject_id: str) -> list[Filed]:
        rows = self._connection.execute(_FILED, (subject_id, subject_id)).fetchall()
        # By day, then as they came here first: a correction later on doesn't put a visit behind another.
        rows.sort(key=itemgetter(2, 4))
        filed = [
            Filed(RecordId(record_id), FormId(form_id), event_date, parse(body)["answers"])
            for record_id, form_id, event_date, body, _ in rows
        ]
        return filed + self._children(subject_id)

    def _children(self, subject_id: str) -> list[Filed]:
        """The registrations of the children whose mother's this folder is; found by the term that names her."""
        rows = self._connection.execute(_CHILDREN, (subject_id, subject_id)).fetchall()
        return [
            Filed(RecordId(child_id), FormId(RESIDENT), born, parse(body)["answers"]) for child_id, born, body in rows
        ]


def settings_records(connection: Connection) -> list[Mapping[str, Any]]:
    """The answers of the records of settings that are here, in the order in which they came."""
    rows = connection.execute(
        "SELECT v.body FROM records r CROSS JOIN revisions v ON v.place = r.current"
        " WHERE r.form_id = 'programme_settings' AND r.complete = 1 ORDER BY r.current"
    )
    return [parse(body)["answers"] for (body,) in rows]
