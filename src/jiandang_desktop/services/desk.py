"""The desk: one signed-in person at one open vault. Every service starts from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import (
    Answers,
    FormId,
    RecordId,
    Revision,
    RevisionId,
    StationId,
    SubjectId,
)
from jiandang_desktop.domain.staff import Right, StaffMember
from jiandang_desktop.ports.vault import Reader, ResidentRow, Vault
from jiandang_desktop.services.workbench import Workbench

if TYPE_CHECKING:
    from jiandang_desktop.domain.record_codes import RecordCodeScheme
    from jiandang_desktop.forms.catalog import FormCatalog
    from jiandang_desktop.forms.definition import Form
    from jiandang_desktop.forms.local_forms import LocalDefinition


LOCAL_FORM = FormId("local_form")
"""The form that keeps a local definition as a record: journalled, signed and sent like any other."""

SCHEDULE_FORM = FormId("submission_schedule")
"""The form that keeps a station's schedule as a record."""

KEPT_DATA = frozenset({LOCAL_FORM, SCHEDULE_FORM})
"""Forms that nobody fills in and whose records travel all the same."""

PROGRAMME_SETTINGS = FormId("programme_settings")
"""The form that keeps what a township or banner sets otherwise; every station below it gets the record."""


_WRITING = frozenset({Right.WRITE_RECORDS, Right.INTAKE})


@dataclass(frozen=True, slots=True)
class StationInfo:
    """The station that this vault belongs to."""

    id: StationId
    name: str
    level: str
    """``village``, ``township`` or ``banner``."""
    division_code: str
    """12 digits for a village, 9 for a township, 6 for a banner."""
    scheme_id: str
    village_segment: str
    parent_id: str
    parent_name: str
    generation: str
    serial_share: tuple[int, int]
    """Per cent of a village's serial range that this station may issue (rules.md 1.3)."""

    handed_to: str = ""
    """Name of the successor that everything was handed over to; nothing is written here any more."""

    @property
    def enrolled(self) -> bool:
        """Whether the station above has answered the enrolment."""
        return bool(self.parent_id)

    @property
    def up_stream(self) -> str:
        """Name of the journal stream that goes to the station above."""
        return f"{self.id}/up"

    def down_stream(self, station_id: str) -> str:
        """Name of the journal stream that goes down to another station."""
        return f"{self.id}/down/{station_id}"


class Desk:
    """A signed-in person's working place."""

    def __init__(self, bench: Workbench, vault: Vault, staff: StaffMember, station: StationInfo) -> None:
        self.bench = bench
        self.vault = vault
        self.staff = staff
        self.station = station
        self._forms: FormCatalog | None = None

    @property
    def forms(self) -> "FormCatalog":
        """The program's forms with the local ones that this vault holds."""
        return self._forms if self._forms is not None else self.read_forms()

    def read_forms(self) -> "FormCatalog":
        """Read the local definitions, on the vault's thread: at the sign-in and when one came."""
        with self.vault.read() as reader:
            self._forms = with_local(self.bench.forms, reader, self.station.id)
        return self._forms

    def may(self, right: Right) -> bool:
        """Whether the signed-in person has ``right``; for greying out only, ``require`` decides."""
        return self.staff.may(right) and not (right in _WRITING and self.station.handed_to)

    def require(self, right: Right) -> None:
        """Refuse unless the person has ``right`` at this moment (NOT_ALLOWED), and write the refusal down.

        Nobody may write at a station that handed over (STATION_CLOSED).
        """
        with self.vault.read() as reader:
            today = reader.staff_member(self.staff.id)
        if today is not None:
            self.staff = today
        if today is None or not today.may(right):
            self.vault.log("refused", right=right.value)
            raise Problem("NOT_ALLOWED", right=self.bench.text("terms", f"right.{right.value}"))
        if right in _WRITING:
            self.require_open()

    def require_open(self) -> None:
        """Refuse where the station handed everything over (STATION_CLOSED)."""
        if self.station.handed_to:
            raise Problem("STATION_CLOSED", station=self.station.handed_to)

    @property
    def scheme(self) -> "RecordCodeScheme":
        """How this station's record codes are built."""
        return self.bench.schemes[self.station.scheme_id]

    def short_code(self, row: ResidentRow) -> str:
        """A record code as the forms print it, by the scheme that it was issued in: another village may use another.

        Whole where no scheme reads it, '' where there is none.
        """
        scheme = self.bench.schemes.get(str(row.answers.get("record_code_scheme", "")), self.scheme)
        return scheme.short(row.record_code) if scheme.valid(row.record_code) else row.record_code

    @property
    def serial_block(self) -> tuple[int, int]:
        """First and last serial that this station may issue in a village."""
        return self.scheme.block(*self.station.serial_share)

    def now_label(self) -> str:
        """Local time as a label."""
        return self.bench.clock.now().isoformat(timespec="seconds")

    def today(self) -> str:
        """The local date, ISO."""
        return self.bench.clock.today().isoformat()

    def revision(
        self,
        form: "Form",
        *,
        record_id: RecordId,
        subject_id: SubjectId,
        parents: tuple[RevisionId, ...],
        answers: Answers,
        complete: bool,
    ) -> Revision:
        """A revision made here and now by the signed-in person (STATION_CLOSED)."""
        self.require_open()
        return Revision.make(
            record_id=record_id,
            form_id=form.id,
            form_version=form.version,
            subject_id=subject_id,
            parents=parents,
            answers=answers,
            complete=complete,
            author_id=self.staff.id,
            author_name=self.staff.name,
            station_id=self.station.id,
            made_at=self.now_label(),
        )


def read_station(reader: Reader) -> StationInfo:
    """The station of a vault (VAULT_NO_STATION where set-up was cut off)."""
    raw: dict[str, Any] | None = reader.setting("station")
    if raw is None:
        raise Problem("VAULT_NO_STATION")
    return StationInfo(
        id=StationId(raw["id"]),
        name=raw["name"],
        level=raw["level"],
        division_code=raw["division_code"],
        scheme_id=raw["scheme"],
        village_segment=raw["village_segment"],
        parent_id=raw.get("parent_id", ""),
        parent_name=raw.get("parent_name", ""),
        generation=reader.setting("generation"),
        handed_to=(reader.setting("handover") or {}).get("successor", {}).get("name", ""),
        serial_share=tuple(raw.get("serial_share", (0, 40) if raw["level"] == "village" else (80, 100))),
    )


def with_local(forms: "FormCatalog", reader: Reader, station: StationId) -> "FormCatalog":
    """A catalog with the local definitions of this station and of those whose records it archives."""
    places = [station, *(row.id for row in reader.stations())]
    rows = [row for place in places for row in reader.records_of(SubjectId(place), LOCAL_FORM)]
    revisions = [revision for row in rows for revision in reader.history(row.record_id)]
    return forms.with_local(definitions_of(revisions)) if revisions else forms


def definitions_of(revisions: Iterable[Revision]) -> "Iterator[LocalDefinition]":
    """The local definitions that revisions of the form ``local_form`` hold."""
    from jiandang_desktop.forms.local_forms import LocalDefinition

    for revision in revisions:
        yield LocalDefinition.of(str(revision.answers["definition"]), f"{revision.answers['form_id']}.toml")


def form_for(desk: Desk, form_id: str) -> "Form":
    """The current edition of a form (NO_SUCH_FORM)."""
    return desk.forms.current(FormId(form_id))


def station_answers(desk: Desk) -> dict[str, Any]:
    """The station as forms name it (``station.<field>``)."""
    station = desk.station
    divisions = desk.bench.divisions
    township = divisions.name(station.division_code[:9]) if station.level != "banner" else None
    village = divisions.name(station.division_code) if station.level == "village" else None
    return {
        "name": station.name,
        "level": station.level,
        "division_code": station.division_code,
        "township_name": township or station.parent_name or station.name,
        "village_name": village or station.name,
        "parent_name": station.parent_name,
        "doctor": desk.staff.name,
        "scheme": station.scheme_id,
    }
