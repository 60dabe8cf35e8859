"""The vault as the services see it: one encrypted place, units of work, typed rows.

Writing goes through ``Vault.work``: everything in one unit of work, its journal entries and its audit entry are
committed together or not at all. Reading goes through ``Vault.read``. One thread owns a vault.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from jiandang_desktop.domain.records import FormId, RecordId, Revision, RevisionId, StationId, SubjectId
from jiandang_desktop.domain.staff import Role, StaffId, StaffMember
from jiandang_desktop.ports.care import CareReader
from jiandang_desktop.ports.rows import (
    AuditRow,
    BundleRow,
    CheckReport,
    DraftRow,
    HeldRow,
    HouseholdRow,
    Mark,
    OwnKeys,
    PrintedSheet,
    PrintRow,
    RecordRow,
    ResidentFilter,
    ResidentRow,
    StationKey,
    StationRow,
    StreamHead,
    Verdict,
)

__all__ = [
    "LATEST_SAVE",
    "AuditRow",
    "BundleRow",
    "CheckReport",
    "DraftRow",
    "FirstPerson",
    "HeldRow",
    "HouseholdRow",
    "Mark",
    "OwnKeys",
    "PrintRow",
    "PrintedSheet",
    "Reader",
    "RecordRow",
    "ResidentFilter",
    "ResidentRow",
    "StationKey",
    "StationRow",
    "StreamHead",
    "UnitOfWork",
    "Vault",
    "VaultKeeper",
    "Verdict",
]

LATEST_SAVE = "latest_save"
"""Setting: the latest local time (ISO with its zone) under which something was saved, to ten minutes, since a person
last confirmed the date. Every unit of work keeps it, and marks itself ``date_doubtful`` in the audit log where its own
time lies before (domain.labels.went_back)."""


class Reader(CareReader, Protocol):
    """Everything that can be asked of a vault."""

    def setting(self, name: str, default: Any = None) -> Any: ...
    def staff(self) -> list[StaffMember]: ...
    def staff_member(self, staff_id: StaffId) -> StaffMember | None: ...

    def resident(self, resident_id: SubjectId) -> ResidentRow | None: ...
    def residents(
        self,
        where: ResidentFilter = ...,
        *,
        limit: int = ...,
        offset: int = ...,
    ) -> list[ResidentRow]:
        """By village group, address, then household and relation."""
        ...

    def count_residents(self, where: ResidentFilter = ...) -> int: ...
    def find_residents(
        self,
        query: str,
        where: ResidentFilter = ...,
        *,
        limit: int = ...,
        offset: int = ...,
    ) -> list[ResidentRow]:
        """Residents with a search term that begins with the folded ``query``; exact names first."""
        ...

    def residents_by_id_no(self, id_no: str) -> list[ResidentRow]: ...
    def residents_by_name(self, folded_name: str) -> list[ResidentRow]:
        """Same name after folding (domain.names.search_form)."""
        ...

    def merged_into(self, resident_id: SubjectId) -> list[ResidentRow]:
        """The folders that were merged into a resident's."""
        ...

    def likely_same(self, *, limit: int = ...) -> list[tuple[SubjectId, SubjectId, str]]:
        """Pairs that may be one person: ``same_number`` or ``same_name_birth``. The one stored first comes first."""
        ...

    def neighbours(self) -> Iterator[tuple[SubjectId, str, str, str, str]]:
        """Id, address, sex, name and household of everybody at an address that several households have, by address."""
        ...

    def resident_by_code(self, record_code: str) -> ResidentRow | None:
        """Current or former record code."""
        ...

    def resident_by_token(self, token: str) -> ResidentRow | None: ...
    def resident_of_old_token(self, token: str) -> ResidentRow | None:
        """Whose card this is or once was."""
        ...

    def highest_serial(self, prefix: str, first: int, last: int) -> int | None:
        """Highest serial ever issued under a record code prefix within a block, None if none."""
        ...

    def highest_codes(self, station_id: StationId) -> list[str]:
        """The highest record code of each length among the residents that a station registered."""
        ...

    def household(self, household_id: SubjectId) -> HouseholdRow | None: ...
    def count_households(self) -> int: ...
    def households(self, *, limit: int = ..., offset: int = ...) -> list[HouseholdRow]: ...
    def members(self, household_id: SubjectId) -> list[ResidentRow]: ...

    def record(self, record_id: RecordId) -> RecordRow | None: ...
    def records_of(self, subject_id: SubjectId, form_id: FormId | None = None) -> list[RecordRow]:
        """By form, then event date, newest first; those of the folders merged into a resident's too."""
        ...

    def records_of_form(self, form_id: FormId, since: str = "") -> list[RecordRow]:
        """Everybody's records of one form with an event date not before ``since`` (ISO), newest first."""
        ...

    def parallel_records(self, *, limit: int = ...) -> list[RecordRow]:
        """Records with more than one head."""
        ...

    def records_by_verdict(self, verdict: Verdict, *, limit: int = ...) -> list[RecordRow]:
        """Records whose current revision has this verdict, newest number first."""
        ...

    def verdicts(self) -> list[tuple[RevisionId, str, str, str]]:
        """What was said of each revision: id, Verdict value, reason, the archivist's words; by id."""
        ...

    def verdict(self, revision_id: RevisionId) -> str:
        """A Verdict value, or '' while nothing was said of the revision."""
        ...

    def revision(self, revision_id: RevisionId) -> Revision | None: ...
    def revision_bodies(self) -> Iterator[tuple[RevisionId, bytes]]:
        """Every stored revision in the order of arrival: id and canonical body. A caller may write in between."""
        ...

    def revision_body(self, revision_id: RevisionId) -> bytes | None:
        """The canonical body of a stored revision."""
        ...

    def history(self, record_id: RecordId) -> list[Revision]:
        """All revisions, parents before children."""
        ...

    def drafts(self, staff_id: StaffId | None = None) -> list[DraftRow]: ...
    def draft(
        self, staff_id: StaffId, form_id: FormId, subject_id: SubjectId, record_id: RecordId | None
    ) -> DraftRow | None: ...

    def streams(self) -> list[tuple[str, str]]:
        """Every stream and generation that is kept here, in the order that they began; own ones have ''."""
        ...

    def generations(self, stream: str) -> Mapping[str, tuple[str, int] | None]:
        """Generations that wrote a peer's stream, in the order that they were first taken.

        Each with the entry (generation, number) of an earlier one that it goes on from. Questions about a stream mean
        the newest one unless one is named.
        """
        ...

    def stream_head(self, stream: str, generation: str | None = None) -> StreamHead: ...
    def stream_lines(self, stream: str, after: int = 0, generation: str | None = None) -> Iterator[tuple[int, bytes]]:
        """Journal lines (domain.chain.entry_line) with a number above ``after``, in order.

        Of a later generation only those that it wrote itself.
        """
        ...

    def stream_hash(self, stream: str, number: int, generation: str | None = None) -> str:
        """Hash of one entry; 64 zeros for number 0 (LookupError for an entry that isn't there)."""
        ...

    def stream_revision_ids(self, stream: str, first: int, last: int) -> list[RevisionId]: ...
    def count_by_form(self, stream: str, after: int) -> dict[str, int]:
        """How many journal entries per form id have a number above ``after``."""
        ...

    def mark(self, stream: str, name: str, generation: str | None = None) -> Mark | None: ...
    def stations(self) -> list[StationRow]: ...
    def station_by_key(self, key_id: str) -> StationRow | None: ...
    def station_keys(self) -> list[StationKey]:
        """Every signing key that another station has or had."""
        ...

    def own_keys(self) -> list[OwnKeys]:
        """Newest first."""
        ...

    def bundles(self, direction: str | None = None, peer: str | None = None) -> list[BundleRow]:
        """Newest first, in the order they were recorded."""
        ...

    def bundle(self, digest: str) -> BundleRow | None: ...
    def receipt_for(self, digest: str) -> bytes | None:
        """The receipt file issued for a bundle that was taken in."""
        ...

    def held(self, outcome: Verdict | None = None) -> list[HeldRow]: ...
    def held_revision(self, revision_id: RevisionId) -> HeldRow | None: ...
    def held_from(self, revision_id: RevisionId) -> list[StationId]:
        """Every station that sent a held revision; its row names the first."""
        ...

    def prints(self, household_id: SubjectId, *, limit: int = 100) -> list[PrintRow]:
        """What was printed of a household's folder, newest first."""
        ...

    def last_prints(self) -> dict[SubjectId, PrintRow]:
        """The last print of each household, without its sheets."""
        ...

    def printed_sheets(self, household_id: SubjectId) -> list[PrintedSheet]:
        """The last print of each sheet since the paper folder was begun, sheets taken out included."""
        ...

    def audit_facts(self, *, after: int = 0, limit: int = 1000) -> list[tuple[Any, ...]]:
        """What an entry's hash is made of: number, at, staff id, action, subject id, detail and heads as JSON texts."""
        ...

    def audit_rows(self, *, after: int = 0, limit: int = 1000) -> list[AuditRow]: ...
    def counts(self) -> dict[str, int]:
        """Residents, households, records, revisions, drafts, journal and audit entries."""
        ...


class UnitOfWork(Reader, Protocol):
    """A transaction. Leaving the block without ``commit`` or with an exception rolls everything back."""

    def commit(self) -> None:
        """Write the audit entry, commit durably, then note the new heads beside the database."""
        ...

    def note(self, *, subject_id: str = "", **detail: Any) -> None:
        """Add to the audit entry that ``commit`` writes: ids and counts only."""
        ...

    def add_own_revision(self, revision: Revision, *, stream: str | None) -> int:
        """Store a revision made here, update projections, append it to ``stream``; returns its number (0 if None)."""
        ...

    def add_foreign_revision(self, revision: Revision, *, bundle_digest: str, stream: str) -> bool:
        """Store a revision that came in an authentic bundle and append it to the sender's ``stream``.

        False if the revision was here already (the entry is appended all the same).
        """
        ...

    def adopt_revision(self, revision: Revision, *, bundle_digest: str) -> None:
        """Store a revision that came earlier and waited since: its entry is in the sender's stream already."""
        ...

    def append_entry(self, stream: str, kind: str, body: bytes) -> int:
        """Append an entry that is not a stored revision (a receipt, an acknowledgement, a held revision)."""
        ...

    def follow(self, stream: str, generation: str, base: tuple[str, int] | None = None) -> None:
        """From here on, in this unit of work, a peer's ``stream`` means what this generation wrote of it.

        One that is new goes on from entry ``base`` (generation and number) of another one.
        """
        ...

    def save_draft(self, draft: DraftRow) -> None:
        """Insert or replace; writes no audit entry of its own content."""
        ...

    def drop_draft(self, draft_id: str) -> None: ...
    def set_setting(self, name: str, value: Any) -> None: ...
    def put_staff(self, member: StaffMember) -> None: ...
    def put_station(self, station: StationRow) -> None: ...
    def rename_station(self, station_id: StationId, new_id: StationId) -> None: ...
    def put_station_key(self, key: StationKey) -> None: ...
    def add_own_keys(self, keys: OwnKeys) -> None: ...
    def set_mark(self, mark: Mark) -> None: ...
    def put_bundle(self, bundle: BundleRow, *, receipt: bytes | None = None) -> None: ...
    def put_held(self, row: HeldRow) -> None: ...
    def add_print(self, row: PrintRow) -> None: ...
    def set_verdict(self, revision_id: RevisionId, verdict: Verdict, reason: str, words: str = "") -> None: ...
    def forget_verdicts(self, revision_ids: Sequence[RevisionId]) -> None:
        """As if no receipt had spoken of these revisions; the receipts themselves stay in their stream."""
        ...


class Vault(Protocol):
    """An open vault."""

    folder: Path
    staff_id: StaffId
    read_only_reason: str
    """'' or a code with words: why nothing can be written (VAULT_BEHIND, VAULT_DAMAGED, VAULT_FOLDER_READ_ONLY)."""

    def read(self) -> AbstractContextManager[Reader]:
        """A consistent view."""
        ...

    def work(self, action: str) -> AbstractContextManager[UnitOfWork]:
        """Begin a unit of work; ``action`` is the audit's word (VAULT_READ_ONLY, VAULT_FULL, VAULT_IO)."""
        ...

    def log(self, action: str, *, subject_id: str = "", **detail: Any) -> None:
        """An audit entry of its own, for what was only looked at or printed. No effect when read-only."""
        ...

    def add_slot(self, staff_id: StaffId, name: str, password: str) -> None: ...
    def change_password(self, staff_id: StaffId, password: str) -> None:
        """Rewrap this person's slot (PASSWORD_RULE)."""
        ...

    def confirm_password(self, staff_id: StaffId, password: str) -> None:
        """Nothing if this is the person's password (VAULT_PASSWORD)."""
        ...

    def remove_slot(self, staff_id: StaffId) -> None: ...
    def new_recovery_code(self) -> str:
        """Replace the recovery slot; the old sheet no longer works."""
        ...

    def check(self) -> CheckReport:
        """Read everything: pages, chains, hashes, heads, projections."""
        ...

    def rebuild(self) -> None:
        """Throw the projections away and make them again from the revisions."""
        ...

    def accept_state(self) -> AbstractContextManager[int]:
        """Go on from what is here after a loss was seen (VAULT_BEHIND, VAULT_HEAD_LOST); a person decides that.

        Settled by the first unit of work that is committed inside. Gives the number of the last audit entry that is
        known to have been there.
        """
        ...

    def store_bundle(self, digest: str, data: bytes) -> None:
        """Keep an original bundle for ever in the vault's archive folder (durably, before the unit of work)."""
        ...

    def read_bundle(self, digest: str) -> bytes | None: ...
    def read_bundle_start(self, digest: str, size: int) -> bytes:
        """At most ``size`` bytes of an original's beginning, unchecked; none where it isn't there."""
        ...

    def kept_bundles(self) -> list[str]:
        """Digests of all originals in the archive folder."""
        ...

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the database; called when quiet."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """The person who sets a station up."""

    id: StaffId
    name: str
    password: str = field(repr=False)
    roles: frozenset[Role]


class VaultKeeper(Protocol):
    """Makes, finds and opens vaults."""

    def exists(self, folder: Path) -> bool: ...
    def people(self, folder: Path) -> Sequence[tuple[StaffId, str]]:
        """Who has a key slot: ids and names for the sign-in list (VAULT_MISSING, VAULT_KEYS_DAMAGED)."""
        ...

    def create(self, folder: Path, first: FirstPerson) -> tuple[Vault, str]:
        """A new vault in an empty or absent folder, and its recovery code (VAULT_EXISTS, PASSWORD_RULE, VAULT_IO)."""
        ...

    def open(self, folder: Path, name: str, password: str) -> Vault:
        """Open (VAULT_MISSING, VAULT_PASSWORD, VAULT_DAMAGED, VAULT_NEWER, VAULT_IN_USE, VAULT_KEYS_DAMAGED)."""
        ...

    def recover(self, folder: Path, recovery_code: str, name: str, new_password: str) -> Vault:
        """Open with the recovery sheet and give ``name`` a new password (RECOVERY_CODE names the bad group)."""
        ...
