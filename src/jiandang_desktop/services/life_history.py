"""A person's life as the registry tells it: registered, moved, ended, back, read from the revisions of the registry."""

from collections.abc import Iterator
from dataclasses import dataclass

from jiandang_desktop.domain.records import RecordId, Revision, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_resident
from jiandang_desktop.services.registry import ACTIVE


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One thing that happened."""

    day: str
    kind: str
    """``registered``, ``household``, ``keeper``, ``returned``; ``status_<code>`` for an end (codes/record_status)."""
    detail: str
    """Why or where to, as it was written; '' for nothing."""
    person: str
    """Who wrote it down."""


def life_history(desk: Desk, resident_id: SubjectId) -> tuple[LifeEvent, ...]:
    """Everything in the order in which it was written (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        known_resident(reader, resident_id)
        return life_history_in(reader, resident_id)


def life_history_in(reader: Reader, resident_id: SubjectId) -> tuple[LifeEvent, ...]:
    """``life_history`` on a view that the caller has open; the caller asked for the right."""
    revisions = reader.history(RecordId(resident_id))
    known = {revision.id: revision for revision in revisions}
    events = []
    for revision in revisions:
        before = known.get(revision.parents[0]) if revision.parents else None
        events += [_registered(revision)] if before is None else list(_changes(before, revision))
    return tuple(events)


def _registered(revision: Revision) -> LifeEvent:
    day = str(revision.answers.get("filing_date") or revision.made_at[:10])
    return LifeEvent(day, "registered", str(revision.answers.get("filing_institution", "")), revision.author_name)


def _changes(before: Revision, now: Revision) -> Iterator[LifeEvent]:
    old, new, made = before.answers, now.answers, now.made_at[:10]

    def changed(*fields: str) -> bool:
        return any(old.get(field) != new.get(field) for field in fields)

    if changed("household_id"):
        day = str(new.get("household_since") or "") if changed("household_since") else ""
        yield LifeEvent(day or made, "household", str(new.get("current_address", "")), now.author_name)
    if changed("keeping_station"):
        yield LifeEvent(made, "keeper", str(new.get("keeping_name", "")), now.author_name)
    if changed("status", "status_date"):
        day, reason, status = (str(new.get(key, "")) for key in ("status_date", "status_reason", "status"))
        kind = "returned" if status == ACTIVE else f"status_{status}"
        yield LifeEvent(day or made, kind, reason, now.author_name)
