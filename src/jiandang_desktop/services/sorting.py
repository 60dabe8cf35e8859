"""Sort what an authentic bundle holds: each revision archived, held for a person, returned or quarantined by itself.

Nothing is written here. The sorter remembers what earlier entries of the same bundle bring, so that the preview
and the archiving say the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from jiandang_desktop.bundles import is_real_time
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
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.validator import check_values
from jiandang_desktop.forms.value_checks import hostile_character
from jiandang_desktop.ports.vault import Reader, RecordRow, ResidentRow, Verdict
from jiandang_desktop.services import notices, succession
from jiandang_desktop.services.desk import KEPT_DATA, LOCAL_FORM, PROGRAMME_SETTINGS, Desk, definitions_of
from jiandang_desktop.services.freshness import own_past
from jiandang_desktop.services.merging import compare_heads, label
from jiandang_desktop.services.registry import REGISTRY_FORMS


class Kind(StrEnum):
    """What a preview calls an item."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    MERGED = "merged"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    QUALITY = "quality"
    QUARANTINED = "quarantined"
    NOTICE = "notice"


_VERDICTS = {
    Kind.NEW: Verdict.ARCHIVED,
    Kind.CHANGED: Verdict.ARCHIVED,
    Kind.KNOWN: Verdict.ARCHIVED,
    Kind.MERGED: Verdict.ARCHIVED,
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
    words: str = ""
    """For whoever has to correct it: what was found."""

    @property
    def verdict(self) -> Verdict:
        """What becomes of it unless a person decides otherwise."""
        return _VERDICTS[self.kind]

    @property
    def stored(self) -> bool:
        """Whether the revision enters the archive's records whatever is decided of it.

        A returned one does, and its correction follows; one that lies beside another (a parallel change, a second
        folder of one person) does, and a decision follows.
        """
        kinds = (Kind.NEW, Kind.CHANGED, Kind.KNOWN, Kind.QUALITY, Kind.MERGED)
        return self.kind in kinds or self.reason in BESIDE


BESIDE = frozenset({"parallel", "same_number"})
"""Reasons to wait for a decision about something that is in the archive already."""
GIVEN_BACK = "given_back"
"""Reason of what was lost here by a restore and came back by somebody who didn't write it, and of what builds on it."""
CLOSED_STATION = "closed_station"
"""Reason of what a station wrote after it had handed over: an old backup of it was put back, say."""
FOREIGN = frozenset({"moved_away", "other_stations_subject", "other_stations_household", GIVEN_BACK, CLOSED_STATION})
"""Reasons of what isn't in the archive yet and enters it only when a person adopts it."""
PLACELESS = frozenset({"parent_missing", "household_missing", "subject_missing", GIVEN_BACK})
"""Reasons that pass when something else comes or is decided."""


_ABOVE_ONLY = ("keeping_station", "merged_into", "distinct_from")
"""Answers that only the station above changes."""
_MOST_FAULTS = 5
_LONGEST_NAME = 200
"""Characters of an author's name, many more than any has."""
_MOST_HEADS = 50
"""States of one record that may lie side by side; no two villages ever bring about more."""


def _above_only(answers: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(answers.get(field) for field in _ABOVE_ONLY)


def _mislabelled(revision: Revision) -> bool:
    """Whether the time or the author's name is none that could be shown."""
    name = revision.author_name
    return not is_real_time(revision.made_at) or len(name) > _LONGEST_NAME or bool(hostile_character(name))


class Sorter:
    """Sorts the entries of one bundle in order."""

    def __init__(self, desk: Desk, reader: Reader, sender: StationId) -> None:
        self._desk = desk
        self._forms = desk.forms
        self._reader = reader
        self._sender = sender
        stations = reader.stations()
        self._own = next((row.id for row in stations if row.relation == "self"), "")
        self._below = {row.id for row in stations if row.relation == "child"}
        self._restored = bool(own_past(reader))
        self._succession = succession.known(reader)
        self._heads: dict[RecordId, frozenset[RevisionId]] = {}
        self._records: dict[RecordId, tuple[FormId, SubjectId]] = {}
        self._subjects: dict[SubjectId, tuple[FormId, str]] = {}
        """Who and what this bundle registered: a resident or a household, and the station that did."""
        self._numbers: dict[str, SubjectId] = {}
        self._codes: dict[str, SubjectId] = {}
        self._mothers: dict[SubjectId, str] = {}
        self._seen: dict[RevisionId, RecordId] = {}
        self._above: dict[RevisionId, tuple[Any, ...]] = {}
        self._waiting: dict[RevisionId, str] = {}
        """What this bundle brings and isn't stored: it waits, and so does what builds on it."""
        self._archived: dict[RecordId, RecordRow | None] = {}
        self._residents: dict[SubjectId, ResidentRow | None] = {}

    def sort(self, entry: Entry) -> PlanItem:
        """What is proposed for the next entry."""
        if entry.kind == succession.TOOK_OVER and not succession.proven(
            self._reader, self._succession, entry, self._sender
        ):
            return PlanItem(entry, None, Kind.QUARANTINED, "", "", "takeover_unproven")
        if entry.kind in succession.KINDS:
            self._succession = self._succession.after(entry, self._sender)
        if entry.kind in notices.KINDS:
            return PlanItem(entry, None, Kind.NOTICE, "", "", f"notice_{entry.kind}")
        if entry.kind != "revision":
            return PlanItem(entry, None, Kind.QUARANTINED, "", "", "kind_unknown")
        try:
            revision = Revision.from_parsed(entry.body, entry.body_bytes)
        except MalformedRevision as error:
            raise Problem("BUNDLE_ENTRIES") from error
        kind, reason, words = self.judge(revision)
        form = self._form(revision)
        item = PlanItem(entry, revision, kind, form.title if form else "", self._label(revision), reason, words)
        if item.stored and kind is not Kind.KNOWN:
            # What is known again says nothing of what was done since: of later heads, of a move.
            self._remember(revision)
        elif kind is Kind.CONFLICT:
            self._waiting[revision.id] = reason
        return item

    def judge(self, revision: Revision) -> tuple[Kind, str, str]:
        """Kind, reason and words for one revision, not remembered."""
        form = self._form(revision)
        kind, reason = self._judge(revision, form)
        return kind, reason, self._faults(revision, form) if form is not None and kind is Kind.QUALITY else ""

    def finish(self, items: Sequence[PlanItem]) -> tuple[PlanItem, ...]:
        """The same items once all are sorted: parallel changes that the rule can merge are called so."""
        beside: defaultdict[RecordId, list[Revision]] = defaultdict(list)
        parallel = set[RecordId]()
        for item in items:
            if item.revision is not None and item.stored:
                beside[item.revision.record_id].append(item.revision)
                if item.reason == "parallel":
                    parallel.add(item.revision.record_id)
        merged = {record_id for record_id in parallel if self._mergeable(record_id, beside[record_id])}
        return tuple(
            replace(item, kind=Kind.MERGED)
            if item.reason == "parallel" and item.revision is not None and item.revision.record_id in merged
            else item
            for item in items
        )

    def _mergeable(self, record_id: RecordId, new: list[Revision]) -> bool:
        heads = sorted(self._current_heads(record_id))
        revisions = {each.id: each for each in [*self._reader.history(record_id), *new]}
        comparison = compare_heads(self._desk, self._reader, revisions, heads)
        return comparison is not None and not comparison.open

    def _judge(self, revision: Revision, form: Form | None) -> tuple[Kind, str]:
        if revision.id in self._seen or self._reader.revision(revision.id) is not None:
            return Kind.KNOWN, ""
        fault = self._strange(revision, form)
        if form is None or fault:
            return Kind.QUARANTINED, fault
        faults = check_values(form, revision.answers)
        if any(found.malformed for found in faults) or _mislabelled(revision):
            return Kind.QUARANTINED, "answers_malformed"
        waits = self._foreign(revision) or self._builds_on_held(revision)
        if waits:
            return Kind.CONFLICT, waits
        fault = self._misplaced(revision, form)
        if fault:
            return Kind.QUARANTINED, fault
        conflict = self._conflict(revision)
        if conflict:
            return conflict
        if faults:
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

    def _strange(self, revision: Revision, form: Form | None) -> str:
        """Why a revision can't be taken from this sender at all, '' if it can."""
        kept = KEPT_DATA | ({PROGRAMME_SETTINGS} if self._lost_here(revision.station_id) else set())
        if form is None or (form.role == "data" and form.id not in kept):
            return "form_unknown"
        if not self._carries_on(revision.station_id, self._sender) and not self._lost_here(revision.station_id):
            return "other_station"
        place = self._place(revision.record_id)
        if place is not None and place != (revision.form_id, revision.subject_id):
            return "record_mismatch"
        return ""

    def _misplaced(self, revision: Revision, form: Form) -> str:
        """Why a revision can't be placed yet, '' if it can."""
        for parent in revision.parents:
            of_record = self._record_of(parent)
            if of_record != revision.record_id:
                return "parent_missing" if of_record is None else "record_mismatch"
        if len(self._current_heads(revision.record_id) - set(revision.parents)) >= _MOST_HEADS:
            return "too_many_heads"
        if form.role == "registry":
            return self._registry_fault(revision)
        if form.subject == "station":
            own = revision.form_id == PROGRAMME_SETTINGS and revision.subject_id == self._own
            return "" if own or self._carries_on(revision.subject_id, self._sender) else "subject_missing"
        return "" if self._subject_station(form.subject, revision.subject_id) else "subject_missing"

    def _registry_fault(self, revision: Revision) -> str:
        if str(revision.record_id) != str(revision.subject_id):
            return "record_mismatch"
        if not self._as_settled(revision):
            return "above_only"
        if revision.form_id != "resident":
            return ""
        household = SubjectId(str(revision.answers.get("household_id", "")))
        if household and not self._subject_station("household", household):
            return "household_missing"
        if self._is_own_ancestor(revision):
            return "mother_circle"
        known = self._resident(revision.subject_id)
        code = str(revision.answers.get("record_code", ""))
        if known is not None and known.record_code == code:
            return ""
        owner = self._owner(code, self._codes, self._code_owner)
        return "code_taken" if owner not in (None, revision.subject_id) else ""

    def _is_own_ancestor(self, revision: Revision) -> bool:
        """Whether the mother that a revision names, or hers in turn, is the person herself."""
        mother, passed = str(revision.answers.get("mother_id", "")), set[str]()
        while mother and mother != revision.subject_id and mother not in passed:
            passed.add(mother)
            mother = self._mother(SubjectId(mother))
        return bool(mother) and mother == revision.subject_id

    def _mother(self, subject_id: SubjectId) -> str:
        if subject_id in self._mothers:
            return self._mothers[subject_id]
        row = self._resident(subject_id)
        return str(row.answers.get("mother_id", "")) if row is not None else ""

    def _as_settled(self, revision: Revision) -> bool:
        """Whether a registry revision leaves alone what only the station above changes."""
        said = _above_only(revision.answers)
        known = self._record(revision.record_id) if revision.parents else None
        if said == _above_only(known.answers if known else {}):
            return True
        stored = (self._reader.revision(parent) for parent in revision.parents)
        before = [_above_only(parent.answers) for parent in stored if parent is not None]
        before += [self._above[parent] for parent in revision.parents if parent in self._above]
        return said in before or (self._gives_away(revision) and any(said[1:] == each[1:] for each in before))

    def _gives_away(self, revision: Revision) -> bool:
        """Whether a station names itself as keeper, or the one that took it over."""
        return self._carries_on(revision.station_id, str(revision.answers.get("keeping_station", "")))

    def _carries_on(self, station: str, sender: str) -> bool:
        return self._succession.carries_on(station, sender)

    def _foreign(self, revision: Revision) -> str:
        """Why a change doesn't take effect by itself: somebody else keeps whom it is about."""
        if not self._carries_on(revision.station_id, self._sender):
            # Whoever brings it can't prove that it is ours or that village's, so a person looks at it.
            return GIVEN_BACK
        if self._sender in self._succession.named and not self._to_successor(revision):
            return CLOSED_STATION
        station = self._subject_station("", revision.subject_id)
        if not station or self._carries_on(station, self._sender) or self._takes_back(revision):
            return "other_stations_household" if self._moves_in_elsewhere(revision) else ""
        kept_before = any(
            self._sender in (each.station_id, each.answers.get("keeping_station"))
            for each in self._reader.history(RecordId(revision.subject_id))
        )
        return "moved_away" if kept_before else "other_stations_subject"

    def _moves_in_elsewhere(self, revision: Revision) -> bool:
        """Whether somebody is put into a household that another station keeps, as one that didn't know of its move."""
        if revision.form_id != "resident":
            return False
        household = SubjectId(str(revision.answers.get("household_id", "")))
        known = self._resident(revision.subject_id)
        if known is not None and known.household_id == household:
            return False
        station = self._subject_station("household", household)
        return bool(station) and not self._carries_on(station, self._sender)

    def _to_successor(self, revision: Revision) -> bool:
        """Whether a closed station gives somebody to the one that took it over: all that is still its own to write."""
        keeper = str(revision.answers.get("keeping_station", ""))
        given = revision.form_id in REGISTRY_FORMS and keeper != self._sender
        return given and self._carries_on(self._sender, keeper)

    def _takes_back(self, revision: Revision) -> bool:
        """Whether a station that called its handover off keeps again whom it had given away itself."""
        if self._sender in self._succession.named or revision.answers.get("keeping_station") != self._sender:
            return False
        stored = [parent for parent in map(self._reader.revision, revision.parents) if parent is not None]
        return revision.form_id in REGISTRY_FORMS and any(
            parent.station_id == self._sender and parent.answers.get("keeping_station") != self._sender
            for parent in stored
        )

    def _lost_here(self, author: StationId) -> bool:
        """Whether something of this author may have been here before a restore."""
        return self._restored and (author == self._own or author in self._below)

    def _builds_on_held(self, revision: Revision) -> str:
        """Why the revision that this one follows waits, '' where it follows what is known or what nobody has."""
        for parent in revision.parents:
            if self._known(parent):
                continue
            if parent in self._waiting:
                return self._waiting[parent]
            row = self._reader.held_revision(parent)
            if row is not None and row.outcome is not Verdict.QUARANTINED:
                return row.reason
        return ""

    def _conflict(self, revision: Revision) -> tuple[Kind, str] | None:
        if revision.form_id == "resident" and self._twin(revision) is not None:
            return Kind.DUPLICATE, "same_number"
        heads = self._current_heads(revision.record_id)
        if heads and not heads <= set(revision.parents):
            return Kind.CONFLICT, "parallel"
        return None

    def _twin(self, revision: Revision) -> SubjectId | None:
        """Somebody else with the same number, unless both were found to be two people or were that before."""
        number = str(revision.answers.get("id_no", ""))
        owner = self._owner(number, self._numbers, lambda value: self._number_owner(value, revision.subject_id))
        if owner is None or owner == revision.subject_id:
            return None
        known = self._resident(revision.subject_id)
        return None if known is not None and known.id_no == number else owner

    def _faults(self, revision: Revision, form: Form) -> str:
        """What is wrong with the answers, for the one who corrects them."""
        found = check_values(form, revision.answers)[:_MOST_FAULTS]
        return "\N{FULLWIDTH SEMICOLON}".join(f"{label(form, each.field_id)} {each.message}" for each in found)

    def _remember(self, revision: Revision) -> None:
        self._seen[revision.id] = revision.record_id
        heads = self._current_heads(revision.record_id) - set(revision.parents)
        self._heads[revision.record_id] = heads | {revision.id}
        self._records[revision.record_id] = (revision.form_id, revision.subject_id)
        if revision.form_id == LOCAL_FORM:
            # The records that follow may be filled in by it.
            self._forms = self._forms.with_local([*self._forms.local(), *definitions_of([revision])])
        if revision.form_id in REGISTRY_FORMS:
            self._above[revision.id] = _above_only(revision.answers)
            self._subjects.setdefault(revision.subject_id, (revision.form_id, revision.station_id))
        if revision.form_id == "resident":
            self._mothers[revision.subject_id] = str(revision.answers.get("mother_id", ""))
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
        return self._record_of(revision_id) is not None

    def _record_of(self, revision_id: RevisionId) -> RecordId | None:
        """The record that a known revision belongs to."""
        if revision_id in self._seen:
            return self._seen[revision_id]
        stored = self._reader.revision(revision_id)
        return stored.record_id if stored is not None else None

    def _current_heads(self, record_id: RecordId) -> frozenset[RevisionId]:
        if record_id not in self._heads:
            record = self._record(record_id)
            self._heads[record_id] = frozenset(record.heads) if record else frozenset()
        return self._heads[record_id]

    def _subject_station(self, subject: str, subject_id: SubjectId) -> str:
        """The station that keeps a subject, '' if there is no such subject."""
        if subject_id in self._subjects:
            kind, station = self._subjects[subject_id]
            return station if subject in ("", kind) else ""
        resident = self._resident(subject_id) if subject != "household" else None
        household = self._reader.household(subject_id) if subject != "resident" and resident is None else None
        found = resident or household
        return found.station_id if found else ""

    def _owner(self, value: str, here: Mapping[str, SubjectId], look_up: Any) -> SubjectId | None:
        if not value:
            return None
        found = here.get(value)
        return found if found is not None else look_up(value)

    def _number_owner(self, id_no: str, subject_id: SubjectId) -> SubjectId | None:
        rows = [row for row in self._reader.residents_by_id_no(id_no) if row.id != subject_id]
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
        if revision.form_id in REGISTRY_FORMS:
            return str(revision.answers.get("name") or revision.answers.get("address") or "")
        row = self._resident(revision.subject_id)
        if row is not None:
            return row.name
        return str(revision.answers.get("name") or revision.answers.get("head_name") or "")
