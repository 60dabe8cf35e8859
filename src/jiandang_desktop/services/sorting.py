"""Sort what an authentic bundle holds: each revision archived, held for a person, returned or quarantined by itself.

Nothing is written here. The sorter remembers what earlier entries of the same bundle bring, so that the preview
and the archiving say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import (
    FormId,
    MalformedRevision,
    RecordId,
    Revision,
    RevisionId,
    StationId,
    SubjectId,
)
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.validator import check_values
from jiandang_desktop.ports.vault import Reader, RecordRow, ResidentRow, Verdict
from jiandang_desktop.services import notices
from jiandang_desktop.services.desk import KEPT_DATA, LOCAL_FORM, definitions_of


class Kind(StrEnum):
    """What a preview calls an item."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    QUALITY = "quality"
    QUARANTINED = "quarantined"
    NOTICE = "notice"


_VERDICTS = {
    Kind.NEW: Verdict.ARCHIVED,
    Kind.CHANGED: Verdict.ARCHIVED,
    Kind.KNOWN: Verdict.ARCHIVED,
    Kind.CONFLICT: Verdict.HELD,
    Kind.DUPLICATE: Verdict.HELD,
    Kind.QUALITY: Verdict.RETURNED,
    Kind.QUARANTINED: Verdict.QUARANTINED,
    Kind.NOTICE: Verdict.ARCHIVED,
}


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One entry of a bundle and what is proposed for it. ``reason`` is a code with words in texts/intake.toml."""

    entry: Entry
    revision: Revision | None
    kind: Kind
    form_title: str
    subject: str
    """The resident's name or the household's address, for the archivist's eyes."""
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """What becomes of it unless a person decides otherwise."""
        return _VERDICTS[self.kind]

    @property
    def stored(self) -> bool:
        """Whether the revision enters the archive's records (returned ones do; their correction follows)."""
        return self.kind in (Kind.NEW, Kind.CHANGED, Kind.KNOWN, Kind.QUALITY) or self.reason == "parallel"


class Sorter:
    """Sorts the entries of one bundle in order."""

    def __init__(self, forms: FormCatalog, reader: Reader, sender: StationId) -> None:
        self._forms = forms
        self._reader = reader
        self._sender = sender
        self._own = next((row.id for row in reader.stations() if row.relation == "self"), "")
        self._heads: dict[RecordId, frozenset[RevisionId]] = {}
        self._records: dict[RecordId, tuple[FormId, SubjectId]] = {}
        self._subjects: dict[SubjectId, str] = {}
        self._numbers: dict[str, SubjectId] = {}
        self._codes: dict[str, SubjectId] = {}
        self._seen: set[RevisionId] = set()
        self._archived: dict[RecordId, RecordRow | None] = {}
        self._residents: dict[SubjectId, ResidentRow | None] = {}

    def sort(self, entry: Entry) -> PlanItem:
        """What is proposed for the next entry."""
        if entry.kind in notices.KINDS:
            return PlanItem(entry, None, Kind.NOTICE, "", "", f"notice_{entry.kind}")
        if entry.kind != "revision":
            return PlanItem(entry, None, Kind.QUARANTINED, "", "", "kind_unknown")
        try:
            revision = Revision.from_parsed(entry.body, entry.body_bytes)
        except MalformedRevision as error:
            raise Problem("BUNDLE_ENTRIES") from error
        form = self._form(revision)
        kind, reason = self._judge(revision, form)
        item = PlanItem(entry, revision, kind, form.title if form else "", self._label(revision), reason)
        if item.stored:
            self._remember(revision)
        return item

    def _judge(self, revision: Revision, form: Form | None) -> tuple[Kind, str]:
        if revision.id in self._seen or self._reader.revision(revision.id) is not None:
            return Kind.KNOWN, ""
        fault = self._misplaced(revision, form)
        if fault:
            return Kind.QUARANTINED, fault
        conflict = self._conflict(revision)
        if conflict:
            return conflict
        if form is not None and check_values(form, revision.answers):
            return Kind.QUALITY, "answers"
        if revision.form_id == LOCAL_FORM:
            fault = self._definition_fault(revision)
            if fault:
                return Kind.QUARANTINED, fault
        return (Kind.CHANGED if revision.parents else Kind.NEW), ""

    def _definition_fault(self, revision: Revision) -> str:
        """Why a local definition can't be used here: it is wrong, or the same version is known with another text."""
        try:
            for definition in definitions_of([revision]):
                known = [
                    item.text
                    for item in self._forms.local()
                    if (item.form_id, item.version) == (definition.form_id, definition.version)
                ]
                if known and definition.text not in known:
                    return "form_differs"
                self._forms.read_local(definition, strict=True)
        except (DefinitionFault, Problem, KeyError):
            return "form_faulty"
        return ""

    def _misplaced(self, revision: Revision, form: Form | None) -> str:
        """Why a revision can't be placed yet, '' if it can."""
        if form is None or (form.role == "data" and form.id not in KEPT_DATA):
            return "form_unknown"
        if revision.station_id not in (self._sender, self._own):
            return "other_station"
        place = self._place(revision.record_id)
        if place is not None and place != (revision.form_id, revision.subject_id):
            return "record_mismatch"
        if any(not self._known(parent) for parent in revision.parents):
            return "parent_missing"
        if form.role == "registry":
            return self._registry_fault(revision)
        if form.subject == "station":
            return "" if str(revision.subject_id) == self._sender else "subject_missing"
        return "" if self._subject_station(form.subject, revision.subject_id) else "subject_missing"

    def _registry_fault(self, revision: Revision) -> str:
        if str(revision.record_id) != str(revision.subject_id):
            return "record_mismatch"
        if revision.form_id != "resident":
            return ""
        household = SubjectId(str(revision.answers.get("household_id", "")))
        if household and not self._subject_station("household", household):
            return "household_missing"
        known = self._resident(revision.subject_id)
        code = str(revision.answers.get("record_code", ""))
        if known is not None and known.record_code == code:
            return ""
        owner = self._owner(code, self._codes, self._code_owner)
        return "code_taken" if owner not in (None, revision.subject_id) else ""

    def _conflict(self, revision: Revision) -> tuple[Kind, str] | None:
        if revision.station_id == self._own:
            # Our own word, lost here by a restore; the village can't prove it, so a person looks at it.
            return Kind.CONFLICT, "given_back"
        station = self._subject_station("", revision.subject_id)
        if station and station != self._sender:
            return Kind.CONFLICT, "other_stations_subject"
        if revision.form_id == "resident":
            owner = self._owner(str(revision.answers.get("id_no", "")), self._numbers, self._number_owner)
            if owner not in (None, revision.subject_id):
                return Kind.DUPLICATE, "same_number"
        heads = self._current_heads(revision.record_id)
        if heads and not heads <= set(revision.parents):
            return Kind.CONFLICT, "parallel"
        return None

    def _remember(self, revision: Revision) -> None:
        self._seen.add(revision.id)
        heads = self._current_heads(revision.record_id) - set(revision.parents)
        self._heads[revision.record_id] = heads | {revision.id}
        self._records[revision.record_id] = (revision.form_id, revision.subject_id)
        if revision.form_id == LOCAL_FORM:
            # The records that follow may be filled in by it.
            self._forms = self._forms.with_local([*self._forms.local(), *definitions_of([revision])])
        if revision.form_id in ("resident", "household"):
            self._subjects.setdefault(revision.subject_id, revision.station_id)
        if revision.form_id == "resident":
            for field, owners in (("id_no", self._numbers), ("record_code", self._codes)):
                value = revision.answers.get(field)
                if value:
                    owners[str(value)] = revision.subject_id

    def _form(self, revision: Revision) -> Form | None:
        try:
            return self._forms.edition(revision.form_id, revision.form_version)
        except Problem:
            return None

    def _place(self, record_id: RecordId) -> tuple[FormId, SubjectId] | None:
        if record_id in self._records:
            return self._records[record_id]
        record = self._record(record_id)
        return (record.form_id, record.subject_id) if record else None

    def _known(self, revision_id: RevisionId) -> bool:
        return revision_id in self._seen or self._reader.revision(revision_id) is not None

    def _current_heads(self, record_id: RecordId) -> frozenset[RevisionId]:
        if record_id not in self._heads:
            record = self._record(record_id)
            self._heads[record_id] = frozenset(record.heads) if record else frozenset()
        return self._heads[record_id]

    def _subject_station(self, subject: str, subject_id: SubjectId) -> str:
        """The station that keeps a subject, '' if there is no such subject."""
        if subject_id in self._subjects:
            return self._subjects[subject_id]
        resident = self._resident(subject_id) if subject != "household" else None
        household = self._reader.household(subject_id) if subject != "resident" and resident is None else None
        found = resident or household
        return found.station_id if found else ""

    def _owner(self, value: str, here: Mapping[str, SubjectId], look_up: Any) -> SubjectId | None:
        if not value:
            return None
        found = here.get(value)
        return found if found is not None else look_up(value)

    def _number_owner(self, id_no: str) -> SubjectId | None:
        rows = self._reader.residents_by_id_no(id_no)
        return rows[0].id if rows else None

    def _record(self, record_id: RecordId) -> RecordRow | None:
        if record_id not in self._archived:
            self._archived[record_id] = self._reader.record(record_id)
        return self._archived[record_id]

    def _resident(self, subject_id: SubjectId) -> ResidentRow | None:
        """As archived before this bundle."""
        if subject_id not in self._residents:
            self._residents[subject_id] = self._reader.resident(subject_id)
        return self._residents[subject_id]

    def _code_owner(self, code: str) -> SubjectId | None:
        row = self._reader.resident_by_code(code)
        return row.id if row else None

    def _label(self, revision: Revision) -> str:
        if revision.form_id in ("resident", "household"):
            return str(revision.answers.get("name") or revision.answers.get("address") or "")
        row = self._resident(revision.subject_id)
        if row is not None:
            return row.name
        return str(revision.answers.get("name") or revision.answers.get("head_name") or "")
