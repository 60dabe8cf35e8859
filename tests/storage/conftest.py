"""A vault in a folder of its own, and words to fill it with."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.records import (
    FormId,
    RecordId,
    Revision,
    RevisionId,
    StationId,
    SubjectId,
    new_id,
)
from jiandang_desktop.domain.staff import Role, StaffId
from jiandang_desktop.ports.vault import FirstPerson, UnitOfWork
from jiandang_desktop.programmes.first_record import FirstRecord
from jiandang_desktop.storage import SqlCipherKeeper, key_file
from jiandang_desktop.storage.care_rows import CareRules, NoRules
from jiandang_desktop.storage.vault import SqlCipherVault

RESOURCES = Path(__file__).parents[2] / "resources"
STATION = StationId("00112233445566aa")
OTHER_STATION = StationId("ffeeddccbbaa0011")
UP = f"{STATION}/up"
PASSWORD = "长城长江-2026"
PERSON = FirstPerson(StaffId("a" * 32), "王秀兰", PASSWORD, frozenset({Role.DOCTOR, Role.ADMINISTRATOR}))


class FixedClock:
    """Always the same moment: nothing may depend on it."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=8)))

    def today(self) -> date:
        return self.now().date()


@dataclass
class Place:
    """A vault folder, its keeper, and what waiting was asked for."""

    folder: Path
    waits: list[float] = field(default_factory=list)
    recovery: str = ""

    @property
    def keeper(self) -> SqlCipherKeeper:
        return make_keeper(self.waits.append)

    def create(self) -> SqlCipherVault:
        vault, self.recovery = self.keeper.create(self.folder, PERSON)
        return vault

    def open(self, password: str = PASSWORD) -> SqlCipherVault:
        return self.keeper.open(self.folder, PERSON.name, password)


def make_keeper(
    wait: Callable[[float], None] = lambda seconds: None, rules: CareRules | None = None, mark: str = ""
) -> SqlCipherKeeper:
    """A keeper as the program makes it, but for the clock, the waiting and the programmes (none unless given)."""
    return SqlCipherKeeper(
        clock=FixedClock(),
        load_pinyin=lambda: Pinyin.load(RESOURCES / "codes"),
        load_first_record=lambda: FirstRecord.load(RESOURCES / "programmes" / "first_record.toml"),
        date_field=lambda form_id, version: "visit_date" if form_id == "hypertension_followup" else "",
        load_rules=lambda: rules or NoRules(),
        rules_mark=lambda: mark,
        wait=wait,
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "建档 数据")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A new vault and its key: stretching passwords is dear, so most tests work on a copy."""
    place = Place(tmp_path_factory.mktemp("once") / "vault")
    place.create().close()
    found = key_file.read(place.folder).open_with_password(PERSON.name, PASSWORD)
    assert found is not None
    return place.folder, found[0]


@pytest.fixture
def vault(place: Place, made_once: tuple[Path, bytes]) -> Iterator[SqlCipherVault]:
    """A new, open vault in the folder of ``place``."""
    folder, key = made_once
    shutil.copytree(folder, place.folder)
    opened = place.keeper._open(place.folder, key, PERSON.id, "sign_in")
    yield opened
    opened.close()


def revision(
    form_id: str,
    subject_id: str,
    answers: dict[str, Any],
    *,
    record_id: str | None = None,
    parents: tuple[RevisionId, ...] = (),
    station: StationId = STATION,
    complete: bool = True,
) -> Revision:
    """A revision of a form; the record of a registry form is the subject's own."""
    own = subject_id if form_id in ("resident", "household") else new_id()
    return Revision.make(
        record_id=RecordId(record_id or own),
        form_id=FormId(form_id),
        form_version=1,
        subject_id=SubjectId(subject_id),
        parents=parents,
        answers=answers,
        complete=complete,
        author_id=PERSON.id,
        author_name=PERSON.name,
        station_id=station,
        made_at="2026-11-24T09:30:00+08:00",
    )


def resident_answers(name: str = "李桂芳", number: int = 1, **more: Any) -> dict[str, Any]:
    """Registry answers of a resident of the test village."""
    return {
        "name": name,
        "sex": "2",
        "birth_date": "1950-03-01",
        "id_type": "01",
        "id_no": f"150102195003{number:06d}",
        "phone": f"139{number:08d}",
        "record_code": f"150102001001{number:05d}",
        "card_token": f"token{number:015d}",
        "household_id": "household-1",
        "relation_to_head": "02",
        "village_group": "1组",
        "current_address": f"测试村1组{number}号",
        "status": "active",
        **more,
    }


def add_resident(work: UnitOfWork, name: str = "李桂芳", number: int = 1, **more: Any) -> Revision:
    """Register a resident in an open unit of work."""
    made = revision("resident", new_id(), resident_answers(name, number, **more))
    work.add_own_revision(made, stream=UP)
    return made


_UNDO = {
    2: ("DROP TABLE printed_sheets", "DROP TABLE prints", "DROP TABLE card_tokens"),
    3: (
        "ALTER TABLE streams DROP COLUMN generation",
        "ALTER TABLE streams DROP COLUMN base",
        "ALTER TABLE streams DROP COLUMN base_number",
        "DROP TABLE station_keys",
    ),
    4: (
        "DROP INDEX records_parallel",
        "DROP INDEX residents_by_address",
        "DROP INDEX residents_by_birth",
        "DROP INDEX residents_by_merge",
        "ALTER TABLE residents DROP COLUMN merged_into",
        "ALTER TABLE verdicts DROP COLUMN words",
    ),
    5: (
        "DELETE FROM settings WHERE name = 'care_basis'",
        "DROP INDEX records_of_settings",
        "DROP TABLE memberships",
        "DROP TABLE duties",
        "DROP INDEX residents_as_walked",
        "ALTER TABLE residents DROP COLUMN address_order",
        "ALTER TABLE residents DROP COLUMN doctor",
    ),
    6: ("DROP TABLE held_from",),
    7: ("DROP INDEX records_of_form",),
    8: (
        "DROP INDEX residents_in_order",
        "DROP INDEX residents_of_group",
        "DROP INDEX households_in_order",
        "ALTER TABLE households DROP COLUMN address_order",
        "CREATE INDEX residents_in_order ON residents (village_group, address, household_id, relation_to_head, place)",
        "CREATE INDEX households_in_order ON households (village_group, address, place)",
    ),
    9: ("DELETE FROM settings WHERE name = 'latest_save'",),
}
"""What takes each step of the schema back."""


def make_old(vault: SqlCipherVault, version: int) -> None:
    """Take the schema of an open vault back to an earlier version; the next opening upgrades it."""
    connection = vault._connection
    newest = connection.execute("PRAGMA user_version").fetchone()[0]
    for step in range(newest, version, -1):
        for statement in _UNDO[step]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version}")
