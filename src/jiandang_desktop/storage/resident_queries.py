"""What is asked about residents and households."""

from collections.abc import Iterator
from typing import Any

from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.domain.search_terms import fold_query
from jiandang_desktop.ports.vault import HouseholdRow, ResidentFilter, ResidentRow
from jiandang_desktop.storage.bodies import parse
from jiandang_desktop.storage.connection import Connection

HEAD = "02"
"""GB/T 4761 code of the head of a household."""

_ALL = ResidentFilter()

_RESIDENT = (
    "SELECT s.id, s.household_id, s.name, s.sex, s.birth_date, s.id_type, s.id_no, s.phone, s.record_code,"
    " s.relation_to_head, s.village_group, s.address, s.status, s.station_id, s.established, s.last_number, v.body"
)
_BODY = " CROSS JOIN records r ON r.record_id = s.id CROSS JOIN revisions v ON v.place = r.current"
# CROSS JOIN keeps SQLite from starting at the wrong table: lists are small, the revisions many.

SHOWN = "(s.merged_into = '' OR NOT EXISTS (SELECT 1 FROM residents t WHERE t.id = s.merged_into))"
# Who was merged into a folder that is here shows in that one; where that one isn't here, it stays as it is.

_HITS = "SELECT DISTINCT resident FROM search_terms WHERE term >= ? AND term < ?"
_IN_ORDER = " ORDER BY s.address_order, s.household_id, s.relation_to_head, s.place"

_LIKELY = {
    "same_number": (
        "SELECT id_no FROM residents WHERE id_no <> '' GROUP BY id_no HAVING count(*) > 1",
        "s.id_no = g.id_no AND o.id_no = g.id_no",
    ),
    "same_name_birth": (
        "SELECT birth_date, folded_name FROM residents WHERE birth_date <> ''"
        " GROUP BY birth_date, folded_name HAVING count(*) > 1",
        "s.birth_date = g.birth_date AND s.folded_name = g.folded_name"
        " AND o.birth_date = g.birth_date AND o.folded_name = g.folded_name"
        " AND NOT (s.id_type = '01' AND o.id_type = '01' AND s.id_no <> '' AND o.id_no <> '' AND s.id_no <> o.id_no)",
    ),
}
"""For each reason to think that two are one: what occurs more than once, and the pairs (s, o) within it (g).

Two identity cards with different numbers are two people's.
"""

_NEIGHBOURS = (
    "SELECT s.id, s.address, s.sex, s.name, s.household_id FROM"
    " (SELECT address FROM residents WHERE address <> '' GROUP BY address HAVING count(DISTINCT household_id) > 1) g"
    " CROSS JOIN residents s WHERE s.address = g.address AND s.merged_into = '' ORDER BY s.address, s.place"
)

_HOUSEHOLD = (
    "SELECT h.id, h.address, h.village_group, h.door, h.phone,"  # noqa: S608 - our own words only
    " coalesce((SELECT s.name FROM residents s WHERE s.household_id = h.id AND s.relation_to_head = ?"
    f"  AND {SHOWN} ORDER BY s.place LIMIT 1), ''),"
    f" (SELECT count(*) FROM residents s WHERE s.household_id = h.id AND {SHOWN}), h.station_id, v.body"
    " FROM households h CROSS JOIN records r ON r.record_id = h.id CROSS JOIN revisions v ON v.place = r.current"
)


class ResidentQueries:
    """Part of ``ports.vault.Reader``."""

    _connection: Connection

    def settle(self) -> None:
        """Before projections are read: write what a unit of work put off. Nothing outside one."""

    def resident(self, resident_id: SubjectId) -> ResidentRow | None:
        """A resident by id."""
        return next(iter(self._residents("s.id = ?", [resident_id], 1)), None)

    def residents(self, where: ResidentFilter = _ALL, *, limit: int = 100, offset: int = 0) -> list[ResidentRow]:
        """See ``ports.vault.Reader.residents``."""
        condition, values = _condition(where)
        return self._residents(condition, values, limit, offset)

    def count_residents(self, where: ResidentFilter = _ALL) -> int:
        """How many residents a list would show."""
        self.settle()
        condition, values = _condition(where)
        sql = f"SELECT count(*) FROM residents s WHERE {condition}"  # noqa: S608 - our own words only
        return int(self._connection.execute(sql, values).fetchone()[0])

    def find_residents(
        self, query: str, where: ResidentFilter = _ALL, *, limit: int = 50, offset: int = 0
    ) -> list[ResidentRow]:
        """See ``ports.vault.Reader.find_residents``; an empty query lists everybody."""
        if not query.strip():
            return self.residents(where, limit=limit, offset=offset)
        folded = fold_query(query)
        if not folded:
            return []
        self.settle()
        condition, values = _condition(where)
        exact = self._exact(folded, condition, values, limit, offset)
        if len(exact) == limit:
            return exact
        passed = max(0, offset - self._count_exact(folded, condition, values)) if offset else 0
        return exact + self._beginning(folded, condition, values, limit - len(exact), passed)

    def residents_by_id_no(self, id_no: str) -> list[ResidentRow]:
        """Everybody with this identity number."""
        return self._residents(f"s.id_no = ? AND s.id_no <> '' AND {SHOWN}", [id_no], -1)

    def residents_by_name(self, folded_name: str) -> list[ResidentRow]:
        """See ``ports.vault.Reader.residents_by_name``."""
        return self._residents(f"s.folded_name = ? AND {SHOWN}", [folded_name], -1)

    def merged_into(self, resident_id: SubjectId) -> list[ResidentRow]:
        """The folders that were merged into a resident's."""
        return self._residents("s.merged_into = ? AND s.merged_into <> ''", [resident_id], -1)

    def likely_same(self, *, limit: int = 500) -> list[tuple[SubjectId, SubjectId, str]]:
        """See ``ports.vault.Reader.likely_same``; each pair once, under its strongest reason."""
        self.settle()
        found: dict[tuple[SubjectId, SubjectId], str] = {}
        for reason, (repeated, condition) in _LIKELY.items():
            rows = self._connection.execute(
                f"SELECT s.id, o.id FROM ({repeated}) g CROSS JOIN residents s CROSS JOIN residents o"  # noqa: S608
                f" WHERE {condition} AND o.place > s.place AND s.merged_into = '' AND o.merged_into = ''"
                " ORDER BY s.place, o.place LIMIT ?",
                (limit,),
            )
            for first, second in rows:
                found.setdefault((first, second), reason)
        return [(first, second, reason) for (first, second), reason in found.items()]

    def neighbours(self) -> Iterator[tuple[SubjectId, str, str, str, str]]:
        """See ``ports.vault.Reader.neighbours``."""
        self.settle()
        yield from self._connection.execute(_NEIGHBOURS)

    def resident_by_code(self, record_code: str) -> ResidentRow | None:
        """Who has, or had first, this record code."""
        values = [len(record_code), record_code]
        found = self._residents("s.place = (SELECT resident FROM record_codes WHERE digits = ? AND code = ?)", values)
        return self._survivor(next(iter(found), None))

    def resident_by_token(self, token: str) -> ResidentRow | None:
        """Whose card carries this token."""
        found = self._residents("s.card_token = ? AND s.card_token <> ''", [token], 1)
        return self._survivor(next(iter(found), None))

    def resident_of_old_token(self, token: str) -> ResidentRow | None:
        """See ``ports.vault.Reader.resident_of_old_token``."""
        condition = "s.place = (SELECT resident FROM card_tokens WHERE token = ?)"
        return next(iter(self._residents(condition, [token], 1)), None)

    def highest_serial(self, prefix: str, first: int, last: int) -> int | None:
        """See ``ports.vault.Reader.highest_serial``; schemes of several lengths share a prefix."""
        highest = None
        for width in range(len(str(first)), 10):
            low, high = f"{prefix}{first:0{width}d}", f"{prefix}{min(last, 10**width - 1):0{width}d}"
            row = self._connection.execute(
                "SELECT max(code) FROM record_codes WHERE digits = ? AND code BETWEEN ? AND ?",
                (len(low), low, high),
            ).fetchone()
            if row[0] is not None and row[0].isascii() and row[0].isdigit():
                highest = max(highest or 0, int(row[0][len(prefix) :]))
        return highest

    def highest_codes(self, station_id: StationId) -> list[str]:
        """See ``ports.vault.Reader.highest_codes``."""
        rows = self._connection.execute(
            "SELECT max(record_code) FROM residents WHERE station_id = ? AND record_code <> ''"
            " GROUP BY length(record_code) ORDER BY 1",
            (station_id,),
        )
        return [code for (code,) in rows]

    def household(self, household_id: SubjectId) -> HouseholdRow | None:
        """A household by id."""
        rows = self._connection.execute(_HOUSEHOLD + " WHERE h.id = ?", (HEAD, household_id))
        return next(map(_household, rows), None)

    def count_households(self) -> int:
        """How many there are."""
        return int(self._connection.execute("SELECT count(*) FROM households").fetchone()[0])

    def households(self, *, limit: int = 100, offset: int = 0) -> list[HouseholdRow]:
        """By village group and address, as one walks."""
        sql = _HOUSEHOLD + " ORDER BY h.address_order, h.place LIMIT ? OFFSET ?"
        return list(map(_household, self._connection.execute(sql, (HEAD, limit, offset))))

    def members(self, household_id: SubjectId) -> list[ResidentRow]:
        """Everybody of a household, the head first, then by relation."""
        found = self._residents(f"s.household_id = ? AND {SHOWN}", [household_id], -1)
        return sorted(found, key=lambda row: (row.relation_to_head != HEAD, row.relation_to_head))

    def _residents(self, condition: str, values: list[Any], limit: int = 1, offset: int = 0) -> list[ResidentRow]:
        self.settle()
        sql = f"{_RESIDENT} FROM residents s{_BODY} WHERE {condition}{_IN_ORDER} LIMIT ? OFFSET ?"
        return list(map(_resident, self._connection.execute(sql, [*values, limit, offset])))

    def _survivor(self, row: ResidentRow | None) -> ResidentRow | None:
        """Whose folder took this one in, where that one is here."""
        merged = SubjectId(row.merged_into) if row is not None else SubjectId("")
        return (self.resident(merged) or row) if merged else row

    def _exact(self, folded: str, condition: str, values: list[Any], limit: int, offset: int) -> list[ResidentRow]:
        sql = f"{_RESIDENT} FROM residents s{_BODY} WHERE s.folded_name = ? AND {condition}{_IN_ORDER} LIMIT ? OFFSET ?"
        return list(map(_resident, self._connection.execute(sql, [folded, *values, limit, offset])))

    def _count_exact(self, folded: str, condition: str, values: list[Any]) -> int:
        sql = f"SELECT count(*) FROM residents s WHERE s.folded_name = ? AND {condition}"  # noqa: S608
        return int(self._connection.execute(sql, [folded, *values]).fetchone()[0])

    def _beginning(self, folded: str, condition: str, values: list[Any], limit: int, offset: int) -> list[ResidentRow]:
        # In the order of the terms, so that the search stops at the limit instead of sorting every hit.
        sql = (
            f"{_RESIDENT} FROM ({_HITS}) t"
            f" CROSS JOIN residents s ON s.place = t.resident{_BODY}"
            f" WHERE s.folded_name <> ? AND {condition} LIMIT ? OFFSET ?"
        )
        bounds = [folded, folded + "\U0010ffff", folded]
        return list(map(_resident, self._connection.execute(sql, [*bounds, *values, limit, offset])))


def _condition(where: ResidentFilter) -> tuple[str, list[Any]]:
    tests = {
        "s.household_id = ?": where.household_id,
        "s.village_group = ?": where.village_group,
        "s.status = ?": where.status,
        "s.established = ?": None if where.established is None else int(where.established),
        "s.last_number > ?": where.above_number,
        "s.station_id = ?": where.station_id,
    }
    asked = {test: value for test, value in tests.items() if value is not None}
    return " AND ".join(["1" if where.merged else SHOWN, *asked]), list(asked.values())


def _resident(row: tuple[Any, ...]) -> ResidentRow:
    answers = parse(row[-1])["answers"]
    return ResidentRow(*[*row[:14], bool(row[14]), row[15], answers])


def _household(row: tuple[Any, ...]) -> HouseholdRow:
    return HouseholdRow(*[*row[:8], parse(row[8])["answers"]])
