"""What is filed about the station itself: activities, not people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.ports.vault import DraftRow, RecordRow
from jiandang_desktop.services import activities, succession
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.resident_folder import record_state


@dataclass(frozen=True, slots=True)
class StationFolder:
    """Everything that the list of the station's own records shows."""

    station_id: SubjectId
    forms: tuple[Form, ...]
    """What can be filled in about a station."""
    records: tuple[RecordRow, ...]
    drafts: tuple[DraftRow, ...]
    """One's own."""
    states: tuple[str, ...]
    """State of each record, as ``record_state`` names it."""
    told: Mapping[RecordId, str] = field(default_factory=dict)
    """What else is to be said of a record, in words."""


def open_station(desk: Desk) -> StationFolder:
    """The records about this station and those that it took over (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    station_id = SubjectId(desk.station.id)
    forms = tuple(form for form in desk.forms.all() if form.subject == "station" and form.role == "record")
    known = {form.id for form in forms}
    with desk.vault.read() as reader:
        places = succession.with_predecessors(reader, desk.station.id)
        filed = (row for place in places for row in reader.records_of(SubjectId(place)))
        records = tuple(row for row in filed if row.form_id in known)
        return StationFolder(
            station_id=station_id,
            forms=forms,
            records=records,
            drafts=tuple(
                draft
                for draft in reader.drafts(desk.staff.id)
                if draft.subject_id == station_id and draft.form_id in known
            ),
            told={
                row.record_id: desk.bench.text(
                    "terms", "activity", theme=row.answers.get("theme", ""), count=row.answers.get("audience_count", 0)
                )
                for row in records
                if row.form_id == activities.FORM
            },
            states=tuple(record_state(desk, reader, row) for row in records),
        )
