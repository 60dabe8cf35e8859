"""One person with two folders, or two people who look like one: found, compared, decided once (R2.6).

Whoever was filed first keeps code and folder. The other folder stays what it is, says into which one it was merged,
and shows there; its code opens the surviving folder. That two are two people is written down in both, and not asked
again. Both decisions are revisions and go down to whoever keeps the folders.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, SubjectId
from jiandang_desktop.domain.search_terms import SEPARATOR
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Reader, ResidentRow, UnitOfWork, Verdict
from jiandang_desktop.services.desk import Desk, form_for
from jiandang_desktop.services.keeping import keeper_name
from jiandang_desktop.services.known import known_resident
from jiandang_desktop.services.merging import Question, question
from jiandang_desktop.services.placing import settle
from jiandang_desktop.services.registry import ACTIVE, ISSUED, revise_registry

CLOSED = "9"
"""Status of a folder that was merged into another (codes/record_status)."""
_MOST = 2000
_MERGE_SETS = ("status", "status.9", "status_reason", "status_date", "keeping_station", "keeping_name")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two folders that may be one person's; ``first`` is the one that would survive."""

    first: ResidentRow
    second: ResidentRow
    reason: str
    """``same_number``, ``same_name_birth``, ``sounds_alike`` or ``held``."""
    keepers: tuple[str, str]
    """Names of the stations that keep them."""


def waiting(desk: Desk) -> list[Pair]:
    """Pairs that nobody decided about yet, the most certain first (NOT_ALLOWED)."""
    desk.require(Right.INTAKE)
    with desk.vault.read() as reader:
        rows: dict[SubjectId, ResidentRow | None] = {}

        def row_of(resident_id: SubjectId) -> ResidentRow | None:
            if resident_id not in rows:
                rows[resident_id] = reader.resident(resident_id)
            return rows[resident_id]

        pairs: list[Pair] = []
        seen: set[frozenset[SubjectId]] = set()
        for one, other, reason in (*reader.likely_same(limit=_MOST), *_sounding_alike(desk, reader)):
            first, second = row_of(one), row_of(other)
            if first is None or second is None:
                continue
            found = _reason(desk, first, second, reason)
            key = frozenset((one, other))
            if found and key not in seen and not _known_apart(first, second):
                pairs.append(_pair(desk, reader, first, second, found))
                seen.add(key)
    return pairs


def compare(desk: Desk, one: SubjectId, other: SubjectId) -> tuple[Pair, tuple[Question, ...]]:
    """A pair side by side and the registry questions in which they differ (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    desk.require(Right.INTAKE)
    form = form_for(desk, "resident")
    with desk.vault.read() as reader:
        first, second = _two(reader, one, other)
        pair = _pair(desk, reader, first, second, _reason(desk, first, second, "sounds_alike"))
    states = (pair.first.answers, pair.second.answers)
    differing = tuple(
        question(form, states, item.id, pair.first.answers, is_open=item.id not in ISSUED)
        for item in form.fields()
        if item.id not in ISSUED - {"record_code", "status"}
        and pair.first.answers.get(item.id) != pair.second.answers.get(item.id)
    )
    desk.vault.log("compare_residents", subject_id=pair.first.id, other=pair.second.id)
    return pair, differing


def same_person(desk: Desk, one: SubjectId, other: SubjectId, take: Collection[str] = ()) -> ResidentRow:
    """Merge the later folder into the earlier one; ``take`` names questions answered better in the later one.

    The station that keeps the surviving folder gets all of the other's history.
    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, ALREADY_MERGED, SAME_FOLDER, FIELD_NOT_YOURS, ANSWERS_INVALID.
    """
    desk.require(Right.INTAKE)
    for field in take:
        if field in ISSUED:
            raise Problem("FIELD_NOT_YOURS", field=field)
    with desk.vault.work("same_person") as work:
        first, second = _two(work, one, other)
        survivor, merged = _by_age(first, second)
        station = survivor.station_id
        revise_registry(desk, work, survivor.id, _taken_over(survivor, merged, take))
        kept = {"keeping_station": station, "keeping_name": keeper_name(desk, work, survivor.id)}
        for folder in (merged, *work.merged_into(merged.id)):
            words = desk.bench.text("terms", "merging.merged", code=survivor.record_code, name=survivor.name)
            closed = {"status": CLOSED, f"status.{CLOSED}": words, "status_reason": words, "status_date": desk.today()}
            revise_registry(desk, work, folder.id, {**kept, **closed, "merged_into": survivor.id})
        _settle_held(desk, work, {survivor.id, merged.id})
        work.note(subject_id=survivor.id, merged=merged.id)
        work.commit()
        found = work.resident(survivor.id)
    if found is None:
        raise AssertionError("the survivor is a resident")
    return found


def two_people(desk: Desk, one: SubjectId, other: SubjectId) -> None:
    """Write down that two folders are two people's (NOT_ALLOWED, NO_SUCH_RESIDENT, ALREADY_MERGED, SAME_FOLDER)."""
    desk.require(Right.INTAKE)
    with desk.vault.work("two_people") as work:
        first, second = _two(work, one, other)
        _keep_apart(desk, work, first, second)
        _settle_held(desk, work, {first.id, second.id})
        work.note(subject_id=first.id, other=second.id)
        work.commit()


def separate(desk: Desk, merged_id: SubjectId) -> ResidentRow:
    """Undo a merge of folders: the later one stands by itself again, with whoever kept it before.

    What the surviving folder took over from it goes back, except where that was changed since.
    Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, NOT_MERGED.
    """
    desk.require(Right.INTAKE)
    with desk.vault.work("separate_residents") as work:
        merged = known_resident(work, merged_id)
        survivor = work.resident(SubjectId(merged.merged_into)) if merged.merged_into else None
        if survivor is None:
            raise Problem("NOT_MERGED")
        before = _before_merge(work, merged)
        revise_registry(desk, work, merged.id, {**before, "merged_into": None})
        revise_registry(desk, work, survivor.id, _given_back(work, survivor, merged))
        first, second = _two(work, survivor.id, merged.id)
        _keep_apart(desk, work, first, second)
        work.note(subject_id=survivor.id, separated=merged.id)
        work.commit()
        found = work.resident(merged.id)
    if found is None:
        raise AssertionError("a separated resident is one")
    return found


def remember_two_people(desk: Desk, work: UnitOfWork, resident_id: SubjectId) -> None:
    """At intake: somebody with another's number was archived as a person of their own."""
    row = work.resident(resident_id)
    for other in work.residents_by_id_no(row.id_no) if row is not None else ():
        if row is not None and other.id != row.id and not _known_apart(row, other):
            _keep_apart(desk, work, row, other)


def _keep_apart(desk: Desk, work: UnitOfWork, first: ResidentRow, second: ResidentRow) -> None:
    for one, other in ((first, second), (second, first)):
        named = [*_listed(one, "distinct_from"), other.id]
        revise_registry(desk, work, one.id, {"distinct_from": SEPARATOR.join(dict.fromkeys(named))})


def _known_apart(first: ResidentRow, second: ResidentRow) -> bool:
    return second.id in _listed(first, "distinct_from") or first.id in _listed(second, "distinct_from")


def _listed(row: ResidentRow, field: str) -> list[str]:
    return [part for part in str(row.answers.get(field, "")).split(SEPARATOR) if part]


def _two(reader: Reader, one: SubjectId, other: SubjectId) -> tuple[ResidentRow, ResidentRow]:
    if one == other:
        raise Problem("SAME_FOLDER")
    rows = []
    for resident_id in (one, other):
        row = known_resident(reader, resident_id)
        if row.merged_into:
            raise Problem("ALREADY_MERGED", name=row.name, code=row.record_code)
        rows.append(row)
    return rows[0], rows[1]


def _by_age(first: ResidentRow, second: ResidentRow) -> tuple[ResidentRow, ResidentRow]:
    """The folder that was filed first, by its date and then its serial; the other."""

    def age(row: ResidentRow) -> tuple[str, str, str]:
        return str(row.answers.get("filing_date", "9")), row.record_code or "9", row.id

    return (first, second) if age(first) <= age(second) else (second, first)


def _pair(desk: Desk, reader: Reader, first: ResidentRow, second: ResidentRow, reason: str) -> Pair:
    older, newer = _by_age(first, second)
    return Pair(older, newer, reason, (keeper_name(desk, reader, older.id), keeper_name(desk, reader, newer.id)))


def _reason(desk: Desk, first: ResidentRow, second: ResidentRow, found: str) -> str:
    """Why a pair is asked about, '' where it needn't be: two sound numbers that differ are two people's."""
    if first.id_no and first.id_no == second.id_no:
        return "same_number"
    if first.id_type == second.id_type == "01" and first.id_no and second.id_no:
        return ""
    if found == "same_name_birth" or (first.name == second.name and first.birth_date == second.birth_date):
        guardians = {row.answers.get("guardian_name") for row in (first, second)} - {None}
        return "same_name_birth" if len(guardians) < 2 else ""
    pinyin = desk.bench.pinyin
    return "sounds_alike" if set(pinyin.readings(first.name)) & set(pinyin.readings(second.name)) else ""


def _sounding_alike(desk: Desk, reader: Reader) -> Iterator[tuple[SubjectId, SubjectId, str]]:
    """Pairs of different households at one address, of one sex, whose names can be read alike."""
    readings: dict[str, frozenset[str]] = {}
    for _, people in groupby(reader.neighbours(), key=itemgetter(1)):
        by_sound: dict[tuple[str, str], list[tuple[SubjectId, str]]] = {}
        for resident_id, _, sex, name, household in people:
            if name not in readings:
                readings[name] = frozenset(desk.bench.pinyin.readings(name))
            for sound in readings[name]:
                alike = by_sound.setdefault((sex, sound), [])
                yield from ((other, resident_id, "sounds_alike") for other, home in alike if home != household)
                alike.append((resident_id, household))


def _taken_over(survivor: ResidentRow, merged: ResidentRow, take: Collection[str]) -> dict[str, Any]:
    """What the surviving folder gets: the other's code and name as former ones, and the answers it is to take."""
    codes = [*_listed(survivor, "former_codes"), merged.record_code, *_listed(merged, "former_codes")]
    names = [*_listed(survivor, "former_names"), *(() if merged.name == survivor.name else (merged.name,))]
    changes: dict[str, Any] = {field: merged.answers.get(field) for field in take}
    changes["former_codes"] = SEPARATOR.join(dict.fromkeys(code for code in codes if code)) or None
    changes["former_names"] = SEPARATOR.join(dict.fromkeys(names)) or None
    return changes


def _given_back(reader: Reader, survivor: ResidentRow, merged: ResidentRow) -> dict[str, Any]:
    """What the surviving folder had before it took the other in, for answers that are still as the merge left them."""
    known = {revision.id: revision for revision in reader.history(RecordId(survivor.id))}
    codes = {code for code in (merged.record_code, *_listed(merged, "former_codes")) if code}
    for merge in reversed(known.values()):
        before = next((known[parent].answers for parent in merge.parents if parent in known), None)
        came = codes & (_parts(merge.answers, "former_codes") - _parts(before or {}, "former_codes"))
        if before is None or not came:
            continue
        changed = {
            field
            for field in merge.answers.keys() | before.keys()
            if merge.answers.get(field) != before.get(field) and survivor.answers.get(field) == merge.answers.get(field)
        }
        names = _parts(merge.answers, "former_names") - _parts(before, "former_names")
        listed = {"former_codes": codes, "former_names": names}
        kept = {
            field: [each for each in _listed(survivor, field) if each not in gone] for field, gone in listed.items()
        }
        answers = {field: before.get(field) for field in changed - ISSUED}
        return answers | {field: SEPARATOR.join(each) or None for field, each in kept.items()}
    left = [code for code in _listed(survivor, "former_codes") if code not in codes]
    return {"former_codes": SEPARATOR.join(left) or None}


def _parts(answers: Mapping[str, Any], field: str) -> set[str]:
    return set(str(answers.get(field, "")).split(SEPARATOR)) - {""}


def _before_merge(reader: Reader, merged: ResidentRow) -> Mapping[str, Any]:
    """The state of the folder before it was merged."""
    for revision in reversed(reader.history(RecordId(merged.id))):
        if not revision.answers.get("merged_into"):
            return {field: revision.answers.get(field) for field in _MERGE_SETS}
    return {**dict.fromkeys(_MERGE_SETS), "status": ACTIVE}


def _settle_held(desk: Desk, work: UnitOfWork, residents: Collection[str]) -> None:
    """A duplicate that waited for this decision is archived."""
    for row in work.held(Verdict.HELD):
        if row.reason == "same_number" and Revision.read(row.body).subject_id in residents:
            settle(desk, work, row, Verdict.ARCHIVED, "decided")
