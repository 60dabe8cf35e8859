"""Health education activities and who came: one record about the station, with the people who signed in (R7).

Whoever signed in with a folder is named by the record code, so that the attendance is found in that folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiandang_desktop import printing
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, StationId, SubjectId
from jiandang_desktop.domain.search_terms import SEPARATOR
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Reader, RecordRow, ResidentRow
from jiandang_desktop.printing import Listing, Page, PaperContext
from jiandang_desktop.services import records, succession
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_resident

FORM = FormId("health_education_activity")
_BLANK_LINES = 20
"""Lines for names on a sheet of sign-ins that is printed before the activity."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who signed in; ``resident`` is None for a name without a folder here."""

    name: str
    archive_no: str
    phone: str
    resident: ResidentRow | None


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity. ``count`` is what the form says: more may have come than signed in."""

    record: RecordRow
    day: str
    theme: str
    place: str
    count: int
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class Attended:
    """An activity that a resident came to."""

    record_id: RecordId
    day: str
    theme: str


def listing(desk: Desk) -> list[Activity]:
    """The activities of this station and of those it took over; at a township also of its villages, newest first.

    Problems: NOT_ALLOWED.
    """
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return [_activity(reader, row) for row in reader.records_of_form(FORM)]


def show(desk: Desk, record_id: RecordId) -> Activity:
    """One activity (NOT_ALLOWED, NO_SUCH_RECORD)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return _activity(reader, _record(reader, record_id))


def sign_in(
    desk: Desk, record_id: RecordId, residents: Sequence[SubjectId] = (), names: Sequence[str] = ()
) -> Activity:
    """Write down who came: residents once each, and people without a folder here by name.

    The number of people is raised where more have signed in than it says.
    Problems: NOT_ALLOWED, NO_SUCH_RECORD, NO_SUCH_RESIDENT, SIGNED_IN, ANSWERS_INVALID.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.read() as reader:
        row = _record(reader, record_id)
        came = [_row_of(reader, resident_id) for resident_id in residents]
    rows = [dict(each) for each in row.answers.get("participants", ())]
    known = {str(each.get("archive_no")) for each in rows}
    for each in came:
        if each.get("archive_no") in known:
            raise Problem("SIGNED_IN", name=each["name"])
    return _write(desk, row, [*rows, *came, *({"name": name.strip()} for name in names if name.strip())])


def strike(desk: Desk, record_id: RecordId, place: int) -> Activity:
    """Take the person in line ``place`` (from 0) off the list; the number of people stays as it was written.

    Problems: NOT_ALLOWED, NO_SUCH_RECORD.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.read() as reader:
        row = _record(reader, record_id)
    rows = list(row.answers.get("participants", ()))
    if not 0 <= place < len(rows):
        raise Problem("NO_SUCH_RECORD", id=record_id)
    return _write(desk, row, rows[:place] + rows[place + 1 :])


def attended(desk: Desk, reader: Reader, resident: ResidentRow) -> tuple[Attended, ...]:
    """The activities that a resident came to, newest first: those of the station that keeps the folder and our own.

    The caller asked for the right.
    """
    former = str(resident.answers.get("former_codes", "")).split(SEPARATOR)
    codes = {resident.record_code, *former} - {""}
    stations = dict.fromkeys((StationId(desk.station.id), resident.station_id))
    places = dict.fromkeys(place for station in stations for place in succession.with_predecessors(reader, station))
    found = [
        Attended(row.record_id, row.event_date, str(row.answers.get("theme", "")))
        for place in places
        for row in reader.records_of(SubjectId(place), FORM)
        if codes & {str(each.get("archive_no", "")) for each in row.answers.get("participants", ())}
    ]
    return tuple(sorted(found, key=lambda each: each.day, reverse=True))


def attendance_pages(desk: Desk, record_id: RecordId) -> list[Page]:
    """The list of who signed in, to be put behind the form; with lines to sign where nobody has yet.

    Problems: NOT_ALLOWED, NO_SUCH_RECORD, GLYPH_MISSING.
    """
    desk.require(Right.PRINT)
    activity = show(desk, record_id)
    words = desk.bench.paper.words
    rows = [
        (str(number), each.name, each.archive_no, each.phone, "")
        for number, each in enumerate(activity.participants, 1)
    ] or [(str(number), "", "", "", "") for number in range(1, _BLANK_LINES + 1)]
    listing_ = Listing(
        title=words.text("attendance.title"),
        head=words.text("attendance.head", day=activity.day, place=activity.place, theme=activity.theme),
        columns=words.lines("attendance.columns"),
        shares=(7, 20, 30, 20, 23),
        rows=rows,
        total=words.text("attendance.total", count=activity.count, signed=len(activity.participants)),
        centred=frozenset({0}),
    )
    context = PaperContext(station=desk.station.name, printed_by=desk.staff.name, printed_at=desk.now_label())
    return printing.layout_list(listing_, context, desk.bench.paper)


def _record(reader: Reader, record_id: RecordId) -> RecordRow:
    row = reader.record(record_id)
    if row is None or row.form_id != FORM:
        raise Problem("NO_SUCH_RECORD", id=record_id)
    return row


def _activity(reader: Reader, row: RecordRow) -> Activity:
    answers = row.answers
    return Activity(
        record=row,
        day=row.event_date,
        theme=str(answers.get("theme", "")),
        place=str(answers.get("place", "")),
        count=int(answers.get("audience_count", 0)),
        participants=tuple(_participant(reader, each) for each in answers.get("participants", ())),
    )


def _participant(reader: Reader, row: Mapping[str, Any]) -> Participant:
    code = str(row.get("archive_no", ""))
    resident = reader.resident_by_code(code) if code else None
    return Participant(str(row.get("name", "")), code, str(row.get("phone", "")), resident)


def _row_of(reader: Reader, resident_id: SubjectId) -> dict[str, str]:
    resident = known_resident(reader, resident_id)
    told = {"name": resident.name, "archive_no": resident.record_code, "phone": resident.phone}
    return {key: value for key, value in told.items() if value}


def _write(desk: Desk, row: RecordRow, rows: Sequence[Mapping[str, Any]]) -> Activity:
    count = max(int(row.answers.get("audience_count", 0)), len(rows))
    changes = {"participants": [dict(each) for each in rows] or None, "audience_count": count}
    records.change_record(desk, row.record_id, changes)
    return show(desk, row.record_id)
