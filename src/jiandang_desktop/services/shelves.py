"""Where each household's paper bag stands, who has it out until when, which are lost (R8.4).

It is this station's own affair: each change is a revision in a stream that goes to nobody
(``<station>/down/<itself>``), so it is journalled and kept like everything, and neither goes up nor down nor counts as
a village's record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop import printing
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, Revision, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.validator import require_valid
from jiandang_desktop.ports.vault import HouseholdRow, Reader, UnitOfWork
from jiandang_desktop.printing import Listing, Page, PaperContext
from jiandang_desktop.services.desk import Desk, form_for
from jiandang_desktop.services.known import known_household
from jiandang_desktop.services.registry import registry_context

FORM = FormId("shelf_place")
_LENT = ("lent_to", "lent_on", "lent_until", "lent_reason")
_LOST = ("lost_on", "lost_note")


@dataclass(frozen=True, slots=True)
class Bag:
    """A household's bag. ``state``: ``unplaced``, ``placed``, ``lent``, ``overdue`` (by today's date) or ``lost``."""

    household: HouseholdRow
    answers: Mapping[str, Any]
    state: str

    @property
    def place(self) -> str:
        """Cabinet, shelf and number, '' where none was given."""
        parts = (str(self.answers.get(field, "")) for field in ("cabinet", "shelf", "number"))
        return "-".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Movement:
    """Something that happened to a bag: ``placed``, ``lent``, ``returned``, ``lost`` or ``found``."""

    event: str
    at: str
    person: str
    answers: Mapping[str, Any]


def bags(desk: Desk, *, limit: int = 200, offset: int = 0) -> list[Bag]:
    """Bags of all households, in the order of the household list (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return [_bag(desk, reader, row) for row in reader.households(limit=limit, offset=offset)]


def count(desk: Desk) -> int:
    """How many households have a bag (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return reader.count_households()


def find(desk: Desk, text: str, *, limit: int = 200) -> list[Bag]:
    """Bags of households with a member found by ``text`` (name, pinyin, number, record code; NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        found = dict.fromkeys(row.household_id for row in reader.find_residents(text, limit=limit))
        rows = (reader.household(SubjectId(household_id)) for household_id in found)
        return [_bag(desk, reader, row) for row in rows if row is not None]


def bag(desk: Desk, household_id: SubjectId) -> Bag:
    """One household's bag (NOT_ALLOWED, NO_SUCH_HOUSEHOLD)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return _bag(desk, reader, known_household(reader, household_id))


def out(desk: Desk) -> list[Bag]:
    """Bags that aren't in their place: lent, the one due first on top, then the lost (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    stream = _stream(desk)
    with desk.vault.read() as reader:
        ids = reader.stream_revision_ids(stream, 1, reader.stream_head(stream).number)
        last: dict[SubjectId, Revision] = {}
        for revision_id in ids:
            revision = reader.revision(revision_id)
            if revision is not None:
                last[revision.subject_id] = revision
        away = [each.subject_id for each in last.values() if each.answers.get("lent_to") or each.answers.get("lost_on")]
        rows = (reader.household(household_id) for household_id in away)
        found = [_bag(desk, reader, row) for row in rows if row is not None]
    return sorted(found, key=lambda each: (each.state == "lost", str(each.answers.get("lent_until", "~"))))


def place(desk: Desk, household_id: SubjectId, cabinet: str, shelf: str, number: str = "") -> Bag:
    """Say where a bag stands; a lost one is found again (NOT_ALLOWED, NO_SUCH_HOUSEHOLD, BAG_LENT, ANSWERS_INVALID)."""
    where = {"cabinet": cabinet, "shelf": shelf, "number": number or None}

    def change(found: Bag) -> Mapping[str, Any]:
        if found.answers.get("lent_to"):
            raise Problem("BAG_LENT", name=found.answers["lent_to"])
        return {**where, **dict.fromkeys(_LOST)}

    return _change(desk, household_id, "shelf_place", change)


def lend(desk: Desk, household_id: SubjectId, to: str, until: str, reason: str = "") -> Bag:
    """Give a bag out (NOT_ALLOWED, NO_SUCH_HOUSEHOLD, BAG_UNPLACED, BAG_LENT, BAG_LOST, ANSWERS_INVALID)."""

    def change(found: Bag) -> Mapping[str, Any]:
        if found.state == "unplaced":
            raise Problem("BAG_UNPLACED")
        if found.answers.get("lent_to"):
            raise Problem("BAG_LENT", name=found.answers["lent_to"])
        if found.state == "lost":
            raise Problem("BAG_LOST")
        if not to.strip():
            raise Problem("BAG_TO_WHOM")
        return dict(zip(_LENT, (to.strip(), desk.today(), until, reason.strip() or None), strict=True))

    return _change(desk, household_id, "shelf_lend", change)


def bring_back(desk: Desk, household_id: SubjectId) -> Bag:
    """A lent bag stands in its place again (NOT_ALLOWED, NO_SUCH_HOUSEHOLD, BAG_NOT_LENT)."""

    def change(found: Bag) -> Mapping[str, Any]:
        if not found.answers.get("lent_to"):
            raise Problem("BAG_NOT_LENT")
        return dict.fromkeys(_LENT)

    return _change(desk, household_id, "shelf_return", change)


def lose(desk: Desk, household_id: SubjectId, note: str) -> Bag:
    """A bag can't be found; who had it last stays written (NOT_ALLOWED, NO_SUCH_HOUSEHOLD, BAG_UNPLACED, BAG_LOST)."""

    def change(found: Bag) -> Mapping[str, Any]:
        if found.state == "unplaced":
            raise Problem("BAG_UNPLACED")
        if found.state == "lost":
            raise Problem("BAG_LOST")
        if not note.strip():
            raise Problem("REASON_MISSING")
        return {**dict.fromkeys(_LENT), "lost_on": desk.today(), "lost_note": note.strip()}

    return _change(desk, household_id, "shelf_lost", change)


def history(desk: Desk, household_id: SubjectId) -> list[Movement]:
    """What happened to a bag, newest first (NOT_ALLOWED, NO_SUCH_HOUSEHOLD)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        known_household(reader, household_id)
        records = reader.records_of(household_id, FORM)
        revisions = [each for row in records for each in reader.history(row.record_id)]
    found, before = [], dict[str, Any]()
    for revision in revisions:
        now = dict(revision.answers)
        event = _event(before, now)
        about = before if event == "returned" else now
        found.append(Movement(event, revision.made_at, revision.author_name, about))
        before = now
    return found[::-1]


def pages(desk: Desk, village_group: str | None = None) -> list[Page]:
    """The shelf list by household on paper (NOT_ALLOWED, GLYPH_MISSING)."""
    desk.require(Right.PRINT)
    found: list[Bag] = []
    while part := bags(desk, limit=500, offset=len(found)):
        found += part
    wanted = [each for each in found if village_group in (None, each.household.village_group)]
    words = desk.bench.paper.words
    listing = Listing(
        title=words.text("shelves.title"),
        head=words.text("shelves.head", station=desk.station.name, day=desk.today()),
        columns=words.lines("shelves.columns"),
        shares=(6, 14, 14, 32, 16, 18),
        rows=[_line(desk, number, each) for number, each in enumerate(wanted, 1)],
        total=words.text("shelves.total", households=len(wanted), away=sum(_is_away(each) for each in wanted)),
        centred=frozenset({0, 4}),
    )
    context = PaperContext(station=desk.station.name, printed_by=desk.staff.name, printed_at=desk.now_label())
    return printing.layout_list(listing, context, desk.bench.paper)


def state_words(desk: Desk, found: Bag, *, short: bool = False) -> str:
    """How a bag stands, in words."""
    answers = {field: str(found.answers.get(field, "")) for field in (*_LENT, *_LOST)}
    return desk.bench.text("terms", f"bag_{'short' if short else 'state'}.{found.state}", **answers)


def _is_away(found: Bag) -> bool:
    return found.state in ("lent", "overdue", "lost")


def _line(desk: Desk, number: int, found: Bag) -> tuple[str, ...]:
    home = found.household
    code = str(home.answers.get("household_code", ""))
    return (str(number), code, home.head_name, home.address, found.place, state_words(desk, found))


def _event(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if now.get("lost_on") and not before.get("lost_on"):
        return "lost"
    if before.get("lost_on") and not now.get("lost_on"):
        return "found"
    if now.get("lent_to") and not before.get("lent_to"):
        return "lent"
    return "returned" if before.get("lent_to") and not now.get("lent_to") else "placed"


def _bag(desk: Desk, reader: Reader, row: HouseholdRow) -> Bag:
    records = reader.records_of(row.id, FORM)
    answers = records[0].answers if records else {}
    if answers.get("lost_on"):
        state = "lost"
    elif answers.get("lent_to"):
        state = "overdue" if str(answers.get("lent_until", "~")) < desk.today() else "lent"
    else:
        state = "placed" if answers else "unplaced"
    return Bag(row, answers, state)


def _change(desk: Desk, household_id: SubjectId, action: str, change: Callable[[Bag], Mapping[str, Any]]) -> Bag:
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work(action) as work:
        before = _bag(desk, work, known_household(work, household_id))
        merged = {**before.answers, **change(before)}
        _write(desk, work, household_id, {field: value for field, value in merged.items() if value is not None})
        work.commit()
    return bag(desk, household_id)


def _write(desk: Desk, work: UnitOfWork, household_id: SubjectId, answers: Mapping[str, Any]) -> None:
    form = form_for(desk, FORM)
    known = next(iter(work.records_of(household_id, FORM)), None)
    revision = desk.revision(
        form,
        record_id=known.record_id if known else RecordId(new_id()),
        subject_id=household_id,
        parents=known.heads if known else (),
        answers=require_valid(form, answers, registry_context(desk)),
        complete=True,
    )
    work.add_own_revision(revision, stream=_stream(desk))


def _stream(desk: Desk) -> str:
    return desk.station.down_stream(desk.station.id)
