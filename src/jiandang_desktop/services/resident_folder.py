"""A resident's folder as one opens it: who, with whom, what is filed, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import DraftRow, HouseholdRow, Mark, Reader, RecordRow, ResidentRow, Verdict
from jiandang_desktop.services import referrals
from jiandang_desktop.services.cards import CARD_NOT_SHOWN, CARD_QUESTION
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.first_record import Part, parts
from jiandang_desktop.services.keeping import kept_elsewhere
from jiandang_desktop.services.known import known_resident


@dataclass(frozen=True, slots=True)
class ResidentFolder:
    """Everything the folder's screen shows."""

    resident: ResidentRow
    household: HouseholdRow | None
    members: tuple[ResidentRow, ...]
    records: tuple[RecordRow, ...]
    drafts: tuple[DraftRow, ...]
    parts: tuple[Part, ...]
    states: tuple[str, ...]
    """State of each record, as ``record_state`` names it."""
    told: Mapping[RecordId, str] = field(default_factory=dict)
    """How far the referrals and consultations among the records are, in words."""
    registry: tuple[RecordRow, ...] = ()
    """The registration of the person and of the household, where they are here."""
    registry_states: tuple[str, ...] = ()
    merged: tuple[ResidentRow, ...] = ()
    """Folders that were merged into this one."""
    kept_by: str = ""
    """The other station that keeps this folder; here it is only read. '' where it may be written."""


def open_resident(desk: Desk, resident_id: SubjectId) -> ResidentFolder:
    """Open a folder, or the one that took it in (NOT_ALLOWED, NO_SUCH_RESIDENT); the view is logged."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        resident = known_resident(reader, resident_id)
        if resident.merged_into:
            resident = reader.resident(SubjectId(resident.merged_into)) or resident
            resident_id = resident.id
        household = reader.household(SubjectId(resident.household_id)) if resident.household_id else None
        members = tuple(reader.members(household.id)) if household else ()
        records = tuple(
            row
            for row in reader.records_of(resident_id)
            if desk.forms.edition(row.form_id, row.form_version).role == "record"
        )
        about = (resident_id, household.id if household else resident_id)
        registry = [reader.record(RecordId(subject)) for subject in dict.fromkeys(about)]
        registered = tuple(row for row in registry if row is not None)
        drafts = tuple(draft for draft in reader.drafts(desk.staff.id) if draft.subject_id == resident_id)
        slips = referrals.among(desk, reader, records)
        without = desk.bench.text("terms", "card_not_shown")
        folder = ResidentFolder(
            resident=resident,
            household=household,
            members=members,
            records=records,
            drafts=drafts,
            parts=parts(desk.bench, reader, resident_id),
            states=tuple(record_state(desk, reader, row) for row in records),
            told={
                **{row.record_id: without for row in records if row.answers.get(CARD_QUESTION) == CARD_NOT_SHOWN},
                **{name: referrals.state_words(desk, slip, short=True) for name, slip in slips.items()},
            },
            registry=registered,
            registry_states=tuple(record_state(desk, reader, row) for row in registered),
            merged=tuple(reader.merged_into(resident_id)),
            kept_by=kept_elsewhere(desk, reader, resident_id),
        )
    desk.vault.log("view_resident", subject_id=resident_id)
    return folder


def record_state(desk: Desk, reader: Reader, row: RecordRow) -> str:
    """``filed``, ``exported``, ``archived``, ``held``, ``quarantined`` or ``returned``: never claimed early.

    Green words are for what a receipt confirmed; an export alone is no more than ``exported``.
    """
    if row.verdict:
        return row.verdict
    exported: Mark | None = reader.mark(desk.station.up_stream, "exported")
    return "exported" if row.number and exported and row.number <= exported.number else "filed"


def returned_words(reader: Reader, record_id: RecordId) -> str:
    """What the township wrote about the present state of a record that it sent back, '' where it didn't."""
    record = reader.record(record_id)
    return record.verdict_words if record is not None and record.verdict == Verdict.RETURNED else ""


def returned(desk: Desk, reader: Reader, limit: int = 200) -> list[RecordRow]:
    """Records that the township sent back, to be corrected here."""
    rows = reader.records_by_verdict(Verdict.RETURNED, limit=limit)
    return [row for row in rows if not kept_elsewhere(desk, reader, row.subject_id)]
