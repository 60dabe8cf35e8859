"""What a vault answers with: typed rows, and how a list is narrowed. ``ports.vault`` is the door to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId, RevisionId, StationId, SubjectId
from jiandang_desktop.domain.staff import StaffId


class Verdict(StrEnum):
    """What the archive said about a revision."""

    ARCHIVED = "archived"
    HELD = "held"
    QUARANTINED = "quarantined"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class StreamHead:
    """How far a journal stream goes: number of the last entry (0 = none) and its hash (64 zeros = none)."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a stream that somebody reached: ``exported``, ``received`` (own streams) or ``taken`` (a peer's)."""

    stream: str
    name: str
    generation: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """A resident as lists and searches show one. ``answers`` is the whole registry body."""

    id: SubjectId
    household_id: str
    name: str
    sex: str
    birth_date: str
    id_type: str
    id_no: str
    phone: str
    record_code: str
    relation_to_head: str
    village_group: str
    address: str
    status: str
    station_id: StationId
    established: bool
    """First record complete: every part the plan demands is filed."""
    last_number: int
    """Highest number in the own upward stream of any revision about the resident; 0 if none."""
    answers: Mapping[str, Any]

    @property
    def merged_into(self) -> str:
        """The resident whose folder took this one in ('' where none): one person who was registered twice."""
        return str(self.answers.get("merged_into", ""))


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household; ``head_name`` is the member whose relation is head."""

    id: SubjectId
    address: str
    village_group: str
    door: str
    phone: str
    head_name: str
    members: int
    station_id: StationId
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """The current state of one record. More than one entry in ``heads`` means parallel revisions."""

    record_id: RecordId
    form_id: FormId
    form_version: int
    subject_id: SubjectId
    revision_id: RevisionId
    heads: tuple[RevisionId, ...]
    complete: bool
    event_date: str
    """Value of the form's date field, else ``made_at``'s date."""
    answers: Mapping[str, Any]
    author_name: str
    station_id: StationId
    made_at: str
    number: int
    """Number in the own upward stream; 0 when the revision came from another station."""
    verdict: str
    """A Verdict value, or '' while no receipt spoke of the revision."""
    verdict_reason: str
    verdict_words: str = ""
    """What the archivist wrote to it."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """Answers being typed. One draft per (staff, form, subject, record)."""

    id: str
    staff_id: StaffId
    form_id: FormId
    subject_id: SubjectId
    record_id: RecordId | None
    answers: Mapping[str, Any]
    place: str
    """Field that had the focus, so that the form opens where it was."""
    saved_at: str


@dataclass(frozen=True, slots=True)
class ResidentFilter:
    """What a list shows: None means no restriction."""

    household_id: str | None = None
    village_group: str | None = None
    status: str | None = None
    established: bool | None = None
    above_number: int | None = None
    """Only residents whose ``last_number`` is above this: not yet submitted."""
    station_id: str | None = None
    merged: bool = False
    """Folders that were merged into another one too: every folder, not only every person."""


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station this one knows: its keys and how it is trusted."""

    id: StationId
    name: str
    level: str
    division_code: str
    key_id: str
    signing_public: bytes
    recipient: str
    certificate: bytes
    relation: str
    """``self``, ``parent`` or ``child``."""
    revoked: bool = False
    revoked_reason: str = ""


@dataclass(frozen=True, slots=True)
class StationKey:
    """A signing key that another station has or had.

    What was taken under it before it ended stays valid: entries of ``generation`` up to ``number``.
    """

    key_id: str
    station_id: StationId
    signing_public: bytes
    ended: str = ""
    """'' while it is valid; else ``rotated``, ``revoked`` or ``lost``."""
    reason: str = ""
    ended_on: str = ""
    """A label."""
    generation: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The station's private keys."""

    signing_seed: bytes = field(repr=False)
    identity_secret: str = field(repr=False)
    key_id: str


@dataclass(frozen=True, slots=True)
class BundleRow:
    """A bundle made here (``direction`` out) or taken in here (in)."""

    digest: str
    direction: str
    kind: str
    peer: str
    stream: str
    generation: str
    first: int
    last: int
    head: str
    file_name: str
    made_at: str
    state: str
    """out: written, received, archived, returned. in: parked, archived."""
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A revision from an authentic bundle that waited: held for a person's decision, or quarantined.

    ``outcome`` HELD and QUARANTINED wait; ARCHIVED and RETURNED say what a person decided.
    """

    revision_id: RevisionId
    station_id: StationId
    outcome: Verdict
    reason: str
    """A reason code with words in ``resources/texts``."""
    bundle_digest: str
    body: bytes


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit log; ``detail`` holds ids and counts, never names or answers."""

    number: int
    at: str
    staff_id: str
    action: str
    subject_id: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """One sheet as it went to paper in a print."""

    sheet: str
    """Which sheet of the folder: the same name at each print."""
    subject_id: SubjectId
    form_id: FormId
    content: str
    """Fingerprint of what was printed; another one now means that the paper is out of date."""
    records: Mapping[RecordId, RevisionId]
    first: int
    """Page number in the paper folder, 0 for pages without one."""
    numbers: int
    """How many page numbers belong to the sheet."""
    pages: int
    """How many pages it has; 0 where it was taken out of the folder."""


@dataclass(frozen=True, slots=True)
class PrintRow:
    """What was printed of one household's folder, when and by whom."""

    job: str
    """Households printed in one go share it."""
    household_id: SubjectId
    mode: str
    """``all``: the paper folder begins anew. ``new``: pages were added or replaced."""
    at: str
    staff_id: StaffId
    staff_name: str
    pages: int
    sheets: tuple[PrintedSheet, ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of ``vault check``; ``faults`` are codes with words in ``resources/texts``."""

    revisions: int
    journal_entries: int
    audit_entries: int
    residents: int
    content: str
    """SHA-256 over everything that is kept for ever but the audit log: equal sums, equal vaults."""
    faults: tuple[tuple[str, str], ...]
