"""People came from another area with a file of kind ``transfer``: new folders here, with where they came from (R9.7).

Each person is registered as any newcomer is, with a code of this station; the old code stays one that finds the folder.
The last state of each record is filed here; all earlier states stay in the file, which is kept for ever, and in the
journal. What this program can't file (a form of the other county) is named.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.bundles import ROTATED, Introduction, StationCard
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import (
    Answers,
    FormId,
    MalformedRevision,
    RecordId,
    Revision,
    RevisionId,
    SubjectId,
    new_id,
)
from jiandang_desktop.domain.search_terms import SEPARATOR
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check_values, compute
from jiandang_desktop.ports.vault import Reader, ResidentRow, UnitOfWork
from jiandang_desktop.services import bundle_rows
from jiandang_desktop.services.closing import CLOSURE
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.handover_packet import ENDS, REVISION, Item, Tally, differing
from jiandang_desktop.services.keeping import write_own
from jiandang_desktop.services.keys import known_keys, own_identities
from jiandang_desktop.services.leaving import TRANSFER, for_each
from jiandang_desktop.services.records import form_context
from jiandang_desktop.services.registry import HEAD, ISSUED, add_household_in, add_resident_in

_ARRIVALS = "arrivals"
"""Setting: the folders that were made of a transfer, by its generation and the id that each person had before."""
_NOT_OURS = ISSUED | {
    "household_since",
    "household_reason",
    "mother_id",
    "relation_to_head",
    "current_address",
    "village_group",
    "responsible_doctor",
    "former_codes",
    "status_reason",
    "status_date",
}
"""Answers of the registry that speak of the place that the person left."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One person of a transfer, and what would be filed of theirs."""

    id: SubjectId
    """At the station that the person left, as ``record_code`` and ``relation``."""
    name: str
    record_code: str
    relation: str
    birth_date: str
    forms: Mapping[FormId, int]
    """How many records of each form are filed here."""
    left_out: Mapping[FormId, int]
    """How many can't be: forms that this station doesn't know."""
    resident: SubjectId | None
    """The folder that was made of this very file before."""
    registry: Answers = field(repr=False)
    records: tuple[Revision, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a transfer holds."""

    card: StationCard
    fingerprint: tuple[str, ...]
    trusted: bool
    """Whether the sending station's key is known here; else two people compare the fingerprint."""
    left_on: str
    made_by: str
    people: tuple[Newcomer, ...]
    data: bytes = field(repr=False)

    @property
    def waiting(self) -> tuple[Newcomer, ...]:
        """Those who haven't a folder here of this file yet."""
        return tuple(each for each in self.people if each.resident is None)


def look(desk: Desk, data: bytes) -> Arrival:
    """Verify a transfer and say what taking it in would file; changes nothing.

    Problems: NOT_ALLOWED, BUNDLE_…, TRANSFER_DIFFERS where it doesn't hold what its own list says.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.read() as reader:
        came = _opened(desk, reader, data)
        head, revisions = _read(came)
        arrived = _arrived(reader, came)
        ended = known_keys(reader, came.card.station).get(came.card.signing_public)
        if ended not in (None, "", ROTATED):
            raise Problem("BUNDLE_REVOKED", name=came.card.name, key=came.card.key_id)
    return Arrival(
        card=came.card,
        fingerprint=bundles.fingerprint(came.card, desk.bench.fingerprint_words),
        trusted=ended == "",
        left_on=str(head["left_on"]),
        made_by=str(head["made_by"]),
        people=tuple(_newcomer(desk, subjects, revisions, arrived) for subjects in head["residents"]),
        data=data,
    )


def take(
    desk: Desk,
    arrival: Arrival,
    *,
    person: SubjectId | None = None,
    household_id: SubjectId | None = None,
    address: Answers | None = None,
    relation: str = HEAD,
    confirmed: frozenset[str] = frozenset(),
    compared: bool = False,
) -> tuple[ResidentRow, ...]:
    """Register everybody of a transfer, or only ``person`` (``Newcomer.id``), and file what came along.

    They live in a household here, or in a new one at ``address``. Several people found a new one, in which they are to
    each other what they were; one person is ``relation`` to the head. All or nobody; whoever has a folder of this
    file already isn't taken again.
    Problems: those of ``look`` and ``registry.add_resident``; FINGERPRINT_NOT_COMPARED, NO_SUCH_HOUSEHOLD,
    NO_SUCH_NEWCOMER, TRANSFER_ONE_BY_ONE.
    """
    desk.require(Right.WRITE_RECORDS)
    if not arrival.trusted and not compared:
        raise Problem("FINGERPRINT_NOT_COMPARED", fingerprint=" ".join(arrival.fingerprint))
    wanted = [each for each in arrival.people if person in (None, each.id)]
    if not wanted:
        raise Problem("NO_SUCH_NEWCOMER")
    with desk.vault.read() as reader:
        came = _opened(desk, reader, arrival.data)
        arrived = _arrived(reader, came)
    missing = [each for each in wanted if each.id not in arrived]
    own = relation if len(wanted) == 1 else ""
    if len(missing) > 1 and household_id is not None:
        raise Problem("TRANSFER_ONE_BY_ONE", count=len(missing))
    if missing:
        desk.vault.store_bundle(came.digest, arrival.data)
        with desk.vault.work("transfer_in") as work:
            if not arrived:
                _keep(work, came)
            home = household_id or add_household_in(desk, work, address or {})
            for_each(
                # Mothers are older than their children, whose sheets name them.
                [(who.name, who) for who in sorted(missing, key=lambda each: each.birth_date)],
                lambda who: _take_in(desk, work, arrived, who, _registration(arrival, who, home, own), confirmed),
            )
            work.note(station=arrival.card.station)
            work.set_setting(_ARRIVALS, {**work.setting(_ARRIVALS, {}), came.header.generation: arrived})
            work.commit()
    with desk.vault.read() as reader:
        return tuple(_there(reader, arrived[each.id]) for each in wanted)


def _take_in(
    desk: Desk,
    work: UnitOfWork,
    arrived: dict[SubjectId, SubjectId],
    who: Newcomer,
    answers: Answers,
    confirmed: frozenset[str],
) -> None:
    """Register one person and file what came along; ``arrived`` then knows the folder."""
    mother = arrived.get(SubjectId(str(who.registry.get("mother_id", ""))))
    linked = {**answers, "mother_id": mother} if mother else answers
    home = SubjectId(str(answers["household_id"]))
    folder = arrived[who.id] = add_resident_in(desk, work, home, linked, confirmed)
    for revision in who.records:
        _file(desk, work, folder, revision)
    work.note(subject_id=folder, records=len(who.records))


def _there(reader: Reader, resident_id: SubjectId) -> ResidentRow:
    row = reader.resident(resident_id)
    if row is None:
        raise AssertionError("a folder that was made is there")
    return row


def _arrived(reader: Reader, came: Introduction) -> dict[SubjectId, SubjectId]:
    """By the id at the station that was left: the folder that was made of this very file."""
    return dict(reader.setting(_ARRIVALS, {}).get(came.header.generation, {}))


def _newcomer(
    desk: Desk, subjects: Sequence[str], revisions: Sequence[Revision], arrived: Mapping[SubjectId, SubjectId]
) -> Newcomer:
    """The person of the first of the subjects; the others are folders that were merged into this one."""
    who = SubjectId(subjects[0])
    registry, records = _states([each for each in revisions if each.subject_id in subjects], RecordId(who))
    known = [each for each in records if _form(desk, each) is not None]
    return Newcomer(
        id=who,
        name=str(registry.answers.get("name", "")),
        record_code=str(registry.answers.get("record_code", "")),
        relation=str(registry.answers.get("relation_to_head", HEAD)),
        birth_date=str(registry.answers.get("birth_date", "")),
        forms=Counter(each.form_id for each in known),
        left_out=Counter(each.form_id for each in records if each not in known),
        resident=arrived.get(who),
        registry=registry.answers,
        records=tuple(known),
    )


def _opened(desk: Desk, reader: Reader, data: bytes) -> Introduction:
    return bundles.read_introduction(data, kind=TRANSFER, own=own_identities(reader), own_station=desk.station.id)


def _read(came: Introduction) -> tuple[Mapping[str, Any], list[Revision]]:
    """The first entry and the revisions, counted against the list at the end."""
    first, *inside, last = came.entries if len(came.entries) > 1 else (None, None)
    if first is None or last is None or (first.kind, last.kind) != (TRANSFER, ENDS):
        raise Problem("BUNDLE_ENTRIES")
    tally = Tally(lambda _revision_id: None)
    revisions = []
    try:
        for entry in inside:
            tally.add(entry.kind, entry.body, entry.body_bytes)
            if entry.kind == REVISION:
                revisions.append(Revision.from_parsed(entry.body, entry.body_bytes))
        listed = [Item.read(raw) for raw in last.body["items"]]
        if not all(isinstance(first.body[name], str) for name in ("left_on", "made_by")):
            raise TypeError
        if not _are_people(first.body["residents"]):
            raise TypeError
    except (KeyError, TypeError, ValueError, MalformedRevision) as error:
        raise Problem("BUNDLE_ENTRIES") from error
    wrong = differing(listed, tally.items())
    if wrong:
        raise Problem("TRANSFER_DIFFERS", items=len(wrong))
    return first.body, revisions


def _are_people(value: object) -> bool:
    """Lists of ids, one for each person: the registry record's, then those of folders that were merged into it."""
    lists = value if isinstance(value, list) else []
    sound = [each for each in lists if isinstance(each, list) and each and all(isinstance(one, str) for one in each)]
    return bool(lists) and len(sound) == len(lists)


def _states(revisions: Sequence[Revision], registry: RecordId) -> tuple[Revision, list[Revision]]:
    """The registry's last state, and the last state of each record; of one with several heads each of them."""
    followed: set[RevisionId] = {parent for each in revisions for parent in each.parents}
    last = [each for each in revisions if each.id not in followed]
    own = [each for each in last if each.record_id == registry and each.form_id == "resident"]
    if not own:
        raise Problem("BUNDLE_ENTRIES")
    others = ("resident", "household", CLOSURE)
    return own[-1], [each for each in last if each.form_id not in others]


def _form(desk: Desk, revision: Revision) -> Form | None:
    """The edition that a record was filled in by; None where it isn't known here or can't hold these answers."""
    try:
        form = desk.forms.edition(revision.form_id, revision.form_version)
    except Problem:
        return None
    fits = form.role == "record" and form.subject == "resident" and not check_values(form, revision.answers)
    return form if fits else None


def _registration(arrival: Arrival, who: Newcomer, home: SubjectId, relation: str) -> dict[str, Any]:
    """The answers for the sheet of a newcomer; without ``relation`` it stays what it was."""
    kept = {key: value for key, value in who.registry.items() if key.partition(".")[0] not in _NOT_OURS}
    codes = [who.record_code, *str(who.registry.get("former_codes", "")).split(SEPARATOR)]
    origin = {
        "former_codes": SEPARATOR.join(code for code in codes if code) or None,
        "household_id": home,
        "relation_to_head": relation or who.relation,
        "transferred_from": arrival.card.name,
        "transferred_on": arrival.left_on,
    }
    return {**kept, **{key: value for key, value in origin.items() if value}}


def _file(desk: Desk, work: UnitOfWork, resident_id: SubjectId, came: Revision) -> None:
    """A record as it was at the other station, with this folder's name and number on it."""
    form = _form(desk, came)
    if form is None:
        raise AssertionError("looked at before")
    context = form_context(desk, work, form, resident_id, None)
    revision = desk.revision(
        form,
        record_id=RecordId(new_id()),
        subject_id=resident_id,
        parents=(),
        answers=compute(form, came.answers, context),
        complete=came.complete,
    )
    write_own(desk, work, revision)


def _keep(work: UnitOfWork, came: Introduction) -> None:
    """The file's entries stay in the journal as they came, and the file itself in the archive folder."""
    header = came.header
    work.follow(header.stream, header.generation)
    for entry in came.entries:
        work.append_entry(entry.stream, entry.kind, entry.body_bytes)
    work.put_bundle(bundle_rows.come(header, came.digest, "archived", {"entries": header.entries}))
