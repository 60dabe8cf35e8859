"""Days and clocks that are rare or wrong: what was entered stays what it is (table C)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.domain.records import RecordId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import clock, records, registry, sign_in, worklist

from .conftest import Pair, enrol, new_station, register
from .stations import reopen

VISIT = {"subjective": "咳", "objective": "红", "assessment": "感冒", "plan": "水", "doctor": "王秀兰"}
CHINA = timezone(timedelta(hours=8))


class Watch:
    """A clock that a test sets, its zone too."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 12, tzinfo=CHINA)

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def pair(watch: Watch, tmp_path: Path) -> Iterator[Pair]:
    bench = make_workbench(clock=watch)
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    enrol(village, township)
    stick = tmp_path / "stick"
    stick.mkdir()
    pair = Pair(village, township, stick)
    yield pair
    for desk in (pair.village, pair.township):
        sign_in.lock(desk)


@pytest.mark.parametrize("hours", [-10, 0, 9, 14])
def test_C04_another_zone_or_summer_time_shifts_no_day(pair: Pair, watch: Watch, hours: int) -> None:
    """A minute before midnight in one zone is another day in the next; a visit's day is what was written."""
    watch.time = datetime(2026, 6, 30, 23, 59, tzinfo=CHINA)
    resident = register(pair.village, consent_date="2026-06-30")
    visit = records.put_record(
        pair.village, "encounter_record", resident, {**VISIT, "encounter_date": "2026-06-30"}
    ).record
    watch.time = watch.time.astimezone(timezone(timedelta(hours=hours))) + timedelta(days=1)
    pair.village = reopen(pair.village)
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 3}
    for desk in (pair.village, pair.township):
        record = records.get_record(desk, visit.record_id)
        assert (record.event_date, record.answers["encounter_date"]) == ("2026-06-30", "2026-06-30")
        assert registry.show_resident(desk, resident).birth_date == "1962-03-05"
        assert desk.vault.check().faults == ()


@pytest.mark.parametrize("day", ["2028-02-29", "2038-01-19", "2038-01-20", "2100-02-28", "2100-03-01"])
@pytest.mark.parametrize("age", [0, 110])
def test_C05_rare_days_and_ages(pair: Pair, watch: Watch, day: str, age: int) -> None:
    """The end of 32-bit clocks, a century's missing leap day, somebody of 110 and somebody born today."""
    watch.time = datetime.fromisoformat(f"{day}T12:00:00+08:00")
    born = f"{int(day[:4]) - age}{'-02-28' if age and day.endswith('-02-29') else day[4:]}"
    consent = {"consent_by": "2", "guardian_name": "王秀英"} if age == 0 else {}
    resident = register(pair.village, birth_date=born, consent_date=day, **consent)
    visit = records.put_record(pair.village, "encounter_record", resident, {**VISIT, "encounter_date": day}).record
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 3}
    assert registry.show_resident(pair.township, resident).birth_date == born
    assert records.get_record(pair.township, visit.record_id).event_date == day
    assert pair.village.vault.check().faults == pair.township.vault.check().faults == ()


def test_C06_midnight_during_an_open_form_changes_no_day(pair: Pair, watch: Watch) -> None:
    resident = register(pair.village)
    watch.time = datetime(2026, 11, 24, 23, 58, tzinfo=CHINA)
    entry = records.open_entry(pair.village, "encounter_record", resident)
    answers = {**VISIT, "encounter_date": "2026-11-24"}
    records.keep_draft(pair.village, entry, answers, "plan")
    watch.time += timedelta(minutes=5)
    again = records.open_entry(pair.village, "encounter_record", resident)
    assert again.answers["encounter_date"] == "2026-11-24"
    filed = records.file_record(pair.village, entry, answers).record
    assert records.get_record(pair.village, RecordId(filed.record_id)).event_date == "2026-11-24"


def test_C07_with_a_wrong_clock_the_lists_of_work_say_so(pair: Pair, watch: Watch) -> None:
    """What is due is worked out from a day that can't be right: the home page gets its word for it."""
    register(pair.village)
    assert not worklist.today(pair.village).outlook.doubtful
    watch.time -= timedelta(days=400)
    assert worklist.today(pair.village).outlook.doubtful
    watch.time += timedelta(days=400)
    assert not worklist.today(pair.village).outlook.doubtful


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=3653)])
def test_C01_an_hour_a_day_or_ten_years_back_are_noticed(pair: Pair, watch: Watch, back: timedelta) -> None:
    """Both are saved, the notice stays after the second, and a zone alone is no doubt."""
    household = registry.add_household(pair.village, {"address": "和平村3组12号"}).id
    watch.time = watch.time.astimezone(timezone(timedelta(hours=-10)))
    assert clock.look(pair.village) is None
    watch.time -= back
    registry.edit_household(pair.village, household, {"phone": "13900000001"})
    assert clock.look(pair.village) is not None
    with pair.village.vault.read() as reader:
        now = reader.household(household)
    assert now is not None
    assert now.phone == "13900000001"
    watch.time += back + timedelta(minutes=1)
    assert clock.look(pair.village) is None
