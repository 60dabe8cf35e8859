"""Today's work, as a plain list for now: what was begun, what is incomplete, what came back."""

from dataclasses import dataclass

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import DraftRow, RecordRow, ResidentFilter, ResidentRow
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registry import ACTIVE, REGISTRY_FORMS
from jiandang_desktop.services.resident_folder import returned
from jiandang_desktop.services.schedule import Outlook, outlook
from jiandang_desktop.services.submission import Pending, pending


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One's own unfinished form and whose it is."""

    draft: DraftRow
    form_title: str
    who: str


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A record that came back."""

    record: RecordRow
    form_title: str
    who: str


@dataclass(frozen=True, slots=True)
class TodayWork:
    """The home page."""

    drafts: tuple[DraftLine, ...]
    incomplete: tuple[ResidentRow, ...]
    incomplete_total: int
    returned: tuple[ReturnedLine, ...]
    pending: Pending
    outlook: Outlook


def today(desk: Desk, *, limit: int = 200) -> TodayWork:
    """What waits for the signed-in person (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    own = desk.station.id if desk.station.level == "village" else None
    unfinished = ResidentFilter(established=False, status=ACTIVE, station_id=own)
    with desk.vault.read() as reader:

        def who(subject_id: SubjectId) -> str:
            row = reader.resident(subject_id)
            house = reader.household(subject_id) if row is None else None
            return row.name if row else house.head_name or house.address if house else ""

        def title(form_id: str) -> str:
            return desk.bench.form_title(form_id)

        def whose(draft: DraftRow) -> str:
            """Whoever is being registered is nobody yet: by the name typed so far, else by the household."""
            return str(draft.answers.get("name") or draft.answers.get("address") or "") or who(draft.subject_id)

        def line(draft: DraftRow) -> DraftLine:
            registered = draft.form_id not in REGISTRY_FORMS or draft.record_id is not None
            return DraftLine(draft, title(draft.form_id), who(draft.subject_id) if registered else whose(draft))

        drafts = tuple(map(line, reader.drafts(desk.staff.id)))
        back = tuple(ReturnedLine(row, title(row.form_id), who(row.subject_id)) for row in returned(desk, reader))
        incomplete = tuple(reader.residents(unfinished, limit=limit))
        total = reader.count_residents(unfinished)
    return TodayWork(drafts, incomplete, total, back, pending(desk), outlook(desk))
