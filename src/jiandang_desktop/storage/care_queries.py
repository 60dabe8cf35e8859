"""What is asked about duties and memberships: the worklist of a day.

The SQL says of a duty what ``Duty.state`` and ``programmes.bands.band_of`` say; a property test compares them.
"""

# ruff: noqa: S608 - our own names; what somebody typed is a parameter
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from jiandang_desktop.domain.addresses import address_order
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.ports.care import DueCounts, DuePerson, DueQuery, DueRow, MemberQuery
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.programmes.duties import Care, Membership, MembershipState
from jiandang_desktop.storage.care_rows import CARE_COLUMNS, read_duty, read_membership
from jiandang_desktop.storage.caring import settings_records
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.resident_queries import SHOWN

_PERSON = (
    "s.id, s.name, s.sex, s.birth_date, s.phone, s.village_group, s.address, s.household_id, s.relation_to_head,"
    " s.doctor, s.status, s.station_id"
)


def _in_year(column: str) -> str:
    """A day of a yearly duty in the year asked for (``Duty.on``)."""
    year = f"(CAST(substr({column}, 1, 4) AS INTEGER) + years)"
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    return (
        f"CASE WHEN years = 0 THEN {column}"
        f" WHEN substr({column}, 5) = '-02-29' AND NOT {leap} THEN printf('%04d-02-28', {year})"
        # Most windows lie within one year: their year is the day's, and nothing has to be reckoned.
        f" WHEN substr({column}, 1, 4) = substr(opens, 1, 4) THEN substr(:day, 1, 4) || substr({column}, 5)"
        f" ELSE printf('%04d', {year}) || substr({column}, 5) END"
    )


_YEARS = (
    "CASE WHEN yearly AND substr(:day, 1, 4) > substr(opens, 1, 4)"
    " THEN CAST(substr(:day, 1, 4) AS INTEGER) - CAST(substr(opens, 1, 4) AS INTEGER) ELSE 0 END"
)
_BAND = (
    "CASE"
    " WHEN lost_on <> '' AND lost_on <= :day AND (found_on = '' OR found_on > :day) THEN"
    f" CASE WHEN o <= :day THEN '{Band.LOST}' END"
    f" WHEN o <= :day AND finding THEN '{Band.FOUND}'"
    f" WHEN o <= :day AND c < :day THEN '{Band.OVERDUE}'"
    " WHEN c <= :until OR (short AND o <= :until) OR (o < t AND t <= :until) THEN"
    f" CASE WHEN o <= :day OR (lapses > o AND NOT finding) THEN '{Band.WEEK}' END"
    f" WHEN o <= :day THEN '{Band.YEAR}' END"
)
_KEY = "resident, ends, programme, id, known_from"
_READ = f"{_KEY}, opens, target, closes, lapses, short, lost_on, found_on"
# Only what is asked about: each further column costs as much as a comparison, at half a million rows.
_SAME_SHEET = (
    "e.shared AND e.resident = duties.resident AND e.form_id = duties.form_id AND e.sheet_column = duties.sheet_column"
)
_DUTY = f"SELECT {CARE_COLUMNS['duties']} FROM duties"
_MEMBERSHIP = f"SELECT {CARE_COLUMNS['memberships']} FROM memberships"
_FIRST = (Band.OVERDUE, Band.WEEK, Band.LOST, Band.YEAR, Band.FOUND)
"""Of one person, what comes first."""
_AS_WALKED = "s.station_id, s.address_order, s.household_id, s.relation_to_head, s.place"
_IN_ORDER = (
    f" ORDER BY {_AS_WALKED}, CASE band "
    + " ".join(f"WHEN '{band}' THEN {number}" for number, band in enumerate(_FIRST))
    + " END, c, programme, d.id"
)


class CareQueries:
    """Part of ``ports.vault.Reader``."""

    _connection: Connection

    def settle(self) -> None:
        """See ``ResidentQueries.settle``."""

    def settle_care(self) -> None:
        """Before duties and memberships are read: write what a unit of work put off. Nothing outside one."""

    def due(self, query: DueQuery, *, limit: int = 200, offset: int = 0) -> list[DueRow]:
        """See ``ports.care.CareReader.due``."""
        self.settle_care()
        return self._due(query, None, limit, offset)

    def due_and_counts(self, query: DueQuery, *, limit: int = 200, offset: int = 0) -> tuple[list[DueRow], DueCounts]:
        """See ``ports.care.CareReader.due_and_counts``.

        Everybody's lines are looked at once, for the counts; they say how many each person has, and so whose lines the
        page holds.
        """
        self.settle_care()
        found = self._in_bands(query)
        if limit < 0:
            return self._due(query, None, limit, offset), _counted(found)
        shown = query.bands or frozenset(Band)
        each = Counter(resident for band, _, resident in found if band in shown)
        places, passed, ready = list[int](), 0, 0
        for (place,) in self._connection.execute(f"SELECT place FROM residents s ORDER BY {_AS_WALKED}"):
            if not each[place]:
                continue
            if not places and passed + each[place] <= offset:
                passed += each[place]
                continue
            places.append(place)
            ready += each[place]
            if limit <= passed + ready - offset:
                break
        return self._due(query, places, limit, offset - passed), _counted(found)

    def _due(self, query: DueQuery, places: list[int] | None, limit: int, offset: int) -> list[DueRow]:
        """Lines in order; ``places``: of these residents only."""
        values = _Values(query)
        lines = _lines(query, values, places)
        bands = values.these(query.bands or Band)
        rows = self._connection.execute(
            f"SELECT band, resident, ends, programme, d.id, known_from, {_PERSON} FROM ({lines}) d"
            f" CROSS JOIN residents s ON s.place = resident WHERE {_people(query, values)}"
            f" AND band IN ({bands}){_IN_ORDER} LIMIT :limit OFFSET :offset",
            {**values.named, "limit": limit, "offset": offset},
        ).fetchall()
        return [self._due_row(query.day, Band(row[0]), row[1:6], DuePerson(*row[6:])) for row in rows]

    def count_due(self, query: DueQuery) -> DueCounts:
        """See ``ports.care.CareReader.count_due``."""
        self.settle_care()
        return _counted(self._in_bands(query))

    def _in_bands(self, query: DueQuery) -> list[tuple[str, str, int]]:
        """Band, programme and resident of every line, whatever ``query.bands`` says."""
        values = _Values(query)
        lines, people = _lines(query, values), _people(query, values)
        found: list[tuple[str, str, int]] = self._connection.execute(
            f"SELECT band, programme, resident FROM ({lines}) CROSS JOIN residents s ON s.place = resident"
            f" WHERE {people} AND band IS NOT NULL",
            values.named,
        ).fetchall()
        return found

    def care_of(self, resident_id: SubjectId) -> tuple[DuePerson, Care] | None:
        """See ``ports.care.CareReader.care_of``."""
        self.settle_care()
        found = self._connection.execute(
            f"SELECT s.place, {_PERSON} FROM residents s WHERE s.id = ?",
            (resident_id,),
        ).fetchone()
        if found is None:
            return None
        place, *person = found
        duties = self._connection.execute(f"{_DUTY} WHERE resident = ? ORDER BY programme, opens, id", (place,))
        members = self._connection.execute(f"{_MEMBERSHIP} WHERE resident = ? ORDER BY number", (place,))
        return DuePerson(*person), Care(tuple(map(read_membership, members)), tuple(map(read_duty, duties)))

    def members_of(
        self, query: MemberQuery, *, limit: int = 200, offset: int = 0
    ) -> list[tuple[DuePerson, Membership]]:
        """See ``ports.care.CareReader.members_of``."""
        self.settle_care()
        columns = ", ".join(f"m.{name}" for name in CARE_COLUMNS["memberships"].split(", "))
        station = " AND s.station_id = :station" if query.station_id is not None else ""
        rows = self._connection.execute(
            f"SELECT {_PERSON}, {columns} FROM memberships m CROSS JOIN residents s ON s.place = m.resident"
            f" WHERE m.state = :state AND m.programme = :programme AND m.since <= :day AND m.until > :day AND {SHOWN}"
            f"{station} ORDER BY {_AS_WALKED} LIMIT :limit OFFSET :offset",
            {
                "state": query.state.value,
                "programme": query.programme,
                "day": query.day,
                "station": query.station_id,
                "limit": limit,
                "offset": offset,
            },
        )
        width = len(_PERSON.split(", "))
        return [(DuePerson(*row[:width]), read_membership(row[width:])) for row in rows]

    def count_members(self, day: str, station_id: str | None = None) -> dict[tuple[str, MembershipState], int]:
        """See ``ports.care.CareReader.count_members``."""
        self.settle_care()
        rows = self._connection.execute(
            "SELECT m.programme, m.state, count(*) FROM memberships m CROSS JOIN residents s ON s.place = m.resident"
            f" WHERE m.since <= ? AND m.until > ? AND {SHOWN} AND (? IS NULL OR s.station_id = ?)"
            " GROUP BY m.programme, m.state",
            (day, day, station_id, station_id),
        )
        return {(programme, MembershipState(state)): count for programme, state, count in rows}

    def programme_settings(self) -> list[Mapping[str, Any]]:
        """See ``ports.care.CareReader.programme_settings``."""
        return settings_records(self._connection)

    def programme_settings_records(self) -> list[RecordId]:
        """See ``ports.care.CareReader.programme_settings_records``."""
        rows = self._connection.execute("SELECT record_id FROM records WHERE form_id = 'programme_settings' ORDER BY 1")
        return [RecordId(record_id) for (record_id,) in rows]

    def doctors(self) -> list[str]:
        """See ``ports.care.CareReader.doctors``."""
        self.settle()
        rows = self._connection.execute("SELECT DISTINCT doctor FROM residents WHERE doctor <> '' ORDER BY doctor")
        return [doctor for (doctor,) in rows]

    def village_groups(self) -> list[str]:
        """See ``ports.care.CareReader.village_groups``."""
        self.settle()
        rows = self._connection.execute("SELECT DISTINCT village_group FROM residents WHERE village_group <> ''")
        return sorted((group for (group,) in rows), key=address_order)

    def _due_row(self, day: str, band: Band, key: tuple[int, str, str, str, str], person: DuePerson) -> DueRow:
        """A line with what it is about; a membership's key is its number in the place of ``ends``."""
        resident, ends, programme, duty_id, known_from = key
        if not duty_id:
            row = self._connection.execute(f"{_MEMBERSHIP} WHERE resident = ? AND number = ?", (resident, int(ends)))
            return DueRow(person, band, None, read_membership(row.fetchone()))
        row = self._connection.execute(
            f"{_DUTY} WHERE ends = ? AND resident = ? AND programme = ? AND id = ? AND known_from = ?",
            (ends, resident, programme, duty_id, known_from),
        ).fetchone()
        others = self._connection.execute(
            f"SELECT DISTINCT e.programme FROM duties e JOIN duties ON {_SAME_SHEET}"
            " WHERE duties.ends = ? AND duties.resident = ? AND duties.programme = ? AND duties.id = ?"
            " AND duties.known_from = ? AND duties.shared AND e.programme <> duties.programme"
            " AND e.opens <= ? AND e.ends > ? AND e.known_from <= ? ORDER BY 1",
            (ends, resident, programme, duty_id, known_from, day, day, day),
        )
        return DueRow(person, band, read_duty(row), also=tuple(each for (each,) in others))


class _Values:
    """Values of a query's parameters, by name."""

    def __init__(self, query: DueQuery) -> None:
        self.named: dict[str, Any] = {"day": query.day, "until": query.until}

    def these(self, values: Iterable[str]) -> str:
        """Parameters for a list of values."""
        return ", ".join(map(self.this, sorted(values)))

    def this(self, value: str) -> str:
        """A parameter for one value."""
        name = f"v{len(self.named)}"
        self.named[name] = value
        return f":{name}"


def _counted(found: Iterable[tuple[str, str, int]]) -> DueCounts:
    met: defaultdict[str, set[int]] = defaultdict(set)
    lines = Counter[tuple[str, str]]()
    for band, programme, resident in found:
        met[band].add(resident)
        lines[band, programme] += 1
    return DueCounts(
        lines={(Band(band), programme): count for (band, programme), count in lines.items()},
        people={band: len(met[band]) for band in Band},
    )


def _lines(query: DueQuery, values: _Values, places: list[int] | None = None) -> str:
    """SQL of everything that stands in a band: duties, and proposals with their number in the place of ``ends``."""
    whose, index = _whose(query, values, places)
    which = f" AND programme IN ({values.these(query.programmes)})" if query.programmes else ""
    finding = f"programme IN ({values.these(query.findings)})" if query.findings else "0"
    alive = (
        # What is neither done nor lapsed on the day, and was called for by then; it lies together at the table's end.
        f"SELECT {_READ}, {_YEARS} AS years, {finding} AS finding FROM duties{index}"
        f" WHERE ends > :day AND known_from <= :day{whose}{which}"
        # One examination serves every programme that asks for it: it is listed once, under the first of them.
        f" AND NOT (shared AND EXISTS (SELECT 1 FROM duties e WHERE {_SAME_SHEET} AND e.programme < duties.programme"
        f" AND e.opens <= :day AND e.ends > :day AND e.known_from <= :day{which.replace('programme', 'e.programme')}))"
    )
    days = ", ".join(
        f"{_in_year(column)} AS {name}" for name, column in {"o": "opens", "t": "target", "c": "closes"}.items()
    )
    windows = f"SELECT {_KEY}, lapses, short, lost_on, found_on, finding, {days} FROM ({alive})"
    # The limits keep SQLite from writing these expressions into each place that names them, to be reckoned there again.
    windows += " LIMIT -1"
    return (
        f"SELECT {_BAND} AS band, {_KEY}, c FROM ({windows})"
        f" UNION ALL SELECT '{Band.FOUND}', resident, CAST(number AS TEXT), programme, '', since, since"
        f" FROM memberships WHERE state = '{MembershipState.PROPOSED}' AND since <= :day AND until > :day{whose}{which}"
        " LIMIT -1"
    )


def _whose(query: DueQuery, values: _Values, places: list[int] | None) -> tuple[str, str]:
    """For single people: a condition on ``resident``, and the index by which their duties are found at once."""
    if places is not None:
        condition = f" AND resident IN ({', '.join(map(str, places))})"
    elif query.resident_id is not None:
        condition = f" AND resident = (SELECT place FROM residents WHERE id = {values.this(query.resident_id)})"
    elif query.household_id is not None:
        home = values.this(query.household_id)
        condition = f" AND resident IN (SELECT place FROM residents WHERE household_id = {home})"
    else:
        return "", ""
    return condition, " INDEXED BY duties_of_resident"


def _people(query: DueQuery, values: _Values) -> str:
    asked = {"village_group": query.village_group, "doctor": query.doctor, "station_id": query.station_id}
    wanted = [f"s.{column} = {values.this(value)}" for column, value in asked.items() if value is not None]
    return " AND ".join([SHOWN, *wanted])
