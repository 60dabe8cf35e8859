"""Find residents as one types (R5)."""

from jiandang_desktop.domain.search_terms import fold_query
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import ResidentFilter, ResidentRow
from jiandang_desktop.services.desk import Desk

EVERYBODY = ResidentFilter()
LONGEST_QUERY = 60
"""Nothing findable is longer; more than this is a slip of the clipboard."""


def find(
    desk: Desk, text: str, where: ResidentFilter = EVERYBODY, *, limit: int = 50, offset: int = 0
) -> list[ResidentRow]:
    """Residents by any part of name, pinyin, initials, number, phone, code or card; all where ``text`` is empty."""
    desk.require(Right.READ_RECORDS)
    query = fold_query(text)
    with desk.vault.read() as reader:
        if not text.strip():
            return reader.residents(where, limit=limit, offset=offset)
        # Nothing but signs names nobody; it must not list everybody.
        if not query or len(query) > LONGEST_QUERY:
            return []
        return reader.find_residents(query, where, limit=limit, offset=offset)


def count(desk: Desk, where: ResidentFilter = EVERYBODY) -> int:
    """How many residents a filter keeps."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return reader.count_residents(where)
