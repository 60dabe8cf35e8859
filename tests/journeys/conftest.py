"""Two real stations, a folder that acts as the stick, a clock that stands still."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.services import dispatch, enrolment, intake, receipts, registry, sign_in, stations, submission
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.intake import Archived
from jiandang_desktop.services.receipts import ReceiptApplied
from jiandang_desktop.services.workbench import Workbench

PASSWORD = "correct horse"
LIMIT = 512 * 1024 * 1024


class StoppedClock:
    """2026-11-24, noon, in China."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=8)))

    def today(self) -> date:
        return self.now().date()


@dataclasses.dataclass
class Pair:
    """A village and a township that know each other."""

    village: Desk
    township: Desk
    stick: Path

    def carry(self) -> tuple[Archived, ReceiptApplied]:
        """One round: export, intake, receipt home."""
        archived = self.take_in(self.export())
        return archived, receipts.apply(self.village, archived.receipt)

    def export(self) -> bytes:
        return submission.export(self.village, self.stick).path.read_bytes()

    def take_in(self, data: bytes) -> Archived:
        return intake.archive(self.township, intake.plan(self.township, data))


@dataclasses.dataclass
class Trio:
    """Two villages of one township."""

    first: Desk
    second: Desk
    township: Desk
    stick: Path

    def up(self, village: Desk) -> Archived:
        """One round: submission, intake, receipt home."""
        data = submission.export(village, self.stick).path.read_bytes()
        done = intake.archive(self.township, intake.plan(self.township, data))
        receipts.apply(village, done.receipt)
        return done

    def down(self, village: Desk) -> receipts.ReceiptApplied:
        """What waits at the township comes down."""
        path, _ = dispatch.send(self.township, StationId(village.station.id), self.stick)
        return receipts.apply(village, path.read_bytes())

    def all_sound(self) -> bool:
        return all(desk.vault.check().faults == () for desk in (self.first, self.second, self.township))


@pytest.fixture(scope="session")
def bench() -> Workbench:
    return make_workbench(clock=StoppedClock())


def new_station(bench: Workbench, folder: Path, level: str, division: str) -> Desk:
    new = stations.NewStation(level, "和平村卫生室", division, "王秀兰", PASSWORD)
    return stations.create_station(bench, folder, new).desk


def enrol(village: Desk, township: Desk) -> None:
    request = enrolment.request(village)
    enrolment.accept(village, enrolment.approve(township, request.data).data)


@pytest.fixture
def village(bench: Workbench, tmp_path: Path) -> Iterator[Desk]:
    desk = new_station(bench, tmp_path / "village", "village", "150421204203")
    yield desk
    sign_in.lock(desk)


@pytest.fixture
def pair(bench: Workbench, village: Desk, tmp_path: Path) -> Iterator[Pair]:
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    enrol(village, township)
    stick = tmp_path / "stick"
    stick.mkdir()
    yield Pair(village, township, stick)
    sign_in.lock(township)


@pytest.fixture
def trio(pair: Pair, bench: Workbench, tmp_path: Path) -> Iterator[Trio]:
    second = new_station(bench, tmp_path / "second", "village", "150421204204")
    enrol(second, pair.township)
    three = Trio(pair.village, second, pair.township, pair.stick)
    yield three
    for desk in (three.second, three.first, three.township):
        sign_in.lock(desk)


HOUSEHOLD = {"address": "和平村3组12号", "village_group": "3", "door": "12"}


def person(**changes: object) -> dict[str, object]:
    """Registry answers of somebody who lives here; an artificial number (docs/generated-people.md)."""
    answers: dict[str, object] = {
        "name": "王小满",
        "sex": "2",
        "birth_date": "1962-03-05",
        "no_id_reason": "4",
        "id_type": "99D",
        "ethnicity": "01",
        "relation_to_head": "02",
        "residence_type": "1",
        "filing_source": "1",
        "consent": "1",
        "consent_date": "2026-11-24",
        "consent_by": "1",
    }
    return {key: value for key, value in {**answers, **changes}.items() if value is not None}


def register(desk: Desk, **changes: object) -> SubjectId:
    household = registry.add_household(desk, HOUSEHOLD)
    return registry.add_resident(desk, household.id, person(**changes)).id
