"""All projections made from the revisions alone, for rebuilding and for the check.

Memory stays small at a million revisions: one record at a time, and per resident only what its row needs at the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from jiandang_desktop.storage.bodies import parse
from jiandang_desktop.storage.care_rows import Row
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.projection_rows import (
    HOUSEHOLD,
    MERGED_INTO,
    RESIDENT,
    Origin,
    Projector,
    Stored,
    choose_current,
    codes_of,
    is_established,
    token_of,
)

_OTHERS = "form_id NOT IN ('resident', 'household')"
_REGISTRY = "form_id IN ('resident', 'household')"

_Owners = dict[str, tuple[int, int]]
"""Who has a code or token: place of the revision that brought it, and of the resident."""


def expected_rows(connection: Connection, projector: Projector) -> Iterator[tuple[str, Row]]:
    """Table and row of everything the projection tables must hold, in no order that matters."""
    filed: defaultdict[str, set[str]] = defaultdict(set)
    for revisions in _records(connection, _OTHERS):
        row = _record_row(projector, revisions)[1]
        if row[5]:
            filed[row[2]].add(row[1])
        yield "records", row
    merges = [(survivor, frozenset(filed.get(merged, ()))) for merged, survivor in _merges(connection, projector)]
    for survivor, forms in merges:
        filed[survivor] |= forms
    yield from _registry_rows(connection, projector, filed)


def _merges(connection: Connection, projector: Projector) -> Iterator[tuple[str, str]]:
    """Who was merged into whom; a merge is never a resident's first revision."""
    changed = (
        "form_id = 'resident' AND record_id IN"
        " (SELECT record_id FROM revisions WHERE form_id = 'resident' GROUP BY record_id HAVING count(*) > 1)"
    )
    for revisions in _records(connection, changed):
        current = _record_row(projector, revisions)[0].raw
        if current["answers"].get(MERGED_INTO) and current["record"] == current["subject"]:
            yield current["subject"], current["answers"][MERGED_INTO]


def _registry_rows(
    connection: Connection, projector: Projector, filed: defaultdict[str, set[str]]
) -> Iterator[tuple[str, Row]]:
    codes: _Owners = {}
    tokens: _Owners = {}
    numbers = dict(connection.execute("SELECT subject_id, max(number) FROM revisions GROUP BY subject_id"))
    for revisions in _records(connection, _REGISTRY):
        current, row = _record_row(projector, revisions)
        yield "records", row
        first, subject_id = revisions[0], current.raw["subject"]
        origin = Origin(first.place, first.raw["station"])
        if row[0] != subject_id:
            continue
        if row[1] == HOUSEHOLD:
            yield "households", projector.household(current, origin)
        if row[1] == RESIDENT:
            answers = current.raw["answers"]
            forms = {*filed.get(subject_id, ()), *([RESIDENT] if row[5] else [])}
            established = is_established(projector.needed(answers), forms)
            last = numbers[subject_id]
            yield "residents", projector.resident(current, origin, established=established, last_number=last)
            for term in projector.terms(answers):
                yield "search_terms", (term, origin.place)
            for revision in revisions:
                _claim(codes, codes_of(revision.raw["answers"]), revision.place, origin.place)
                token = token_of(revision.raw["answers"])
                _claim(tokens, [token] if token else [], revision.place, origin.place)
    for code, (_, resident) in codes.items():
        yield "record_codes", (len(code), code, resident)
    for token, (_, resident) in tokens.items():
        yield "card_tokens", (token, resident)


def _claim(owners: _Owners, names: Iterable[str], place: int, resident: int) -> None:
    """A code or token belongs to whoever had it first, whichever record is read first here."""
    for name in names:
        claim = (place, resident)
        owners[name] = min(owners.get(name, claim), claim)


def _records(connection: Connection, where: str) -> Iterator[list[Stored]]:
    """The revisions of each record, in order of arrival."""
    rows = connection.execute(
        f"SELECT record_id, place, id, body FROM revisions WHERE {where} ORDER BY record_id, place"  # noqa: S608
    )
    for _, group in groupby(rows, key=itemgetter(0)):
        yield [Stored(place, revision_id.hex(), parse(body)) for _, place, revision_id, body in group]


def _record_row(projector: Projector, revisions: list[Stored]) -> tuple[Stored, Row]:
    by_id = {revision.id: revision for revision in revisions}
    parents = {parent for revision in revisions for parent in revision.raw["parents"]}
    heads = [revision_id for revision_id in by_id if revision_id not in parents]
    if len(heads) == 1:
        return by_id[heads[0]], projector.record(by_id[heads[0]], heads)
    chosen = choose_current(heads, lambda each: by_id[each].raw if each in by_id else None)
    return by_id[chosen], projector.record(by_id[chosen], heads)
