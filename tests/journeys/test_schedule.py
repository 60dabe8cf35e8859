"""When to submit, what is overdue at both ends, what the township's board says; dates are labels (R9.2, C01, C02)."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from jiandang_desktop import MADE_ON
from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, StationId
from jiandang_desktop.domain.schedules import Every, Schedule
from jiandang_desktop.domain.staff import Role
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    audit,
    board,
    clock,
    dispatch,
    intake,
    receipts,
    receiving,
    registry,
    schedule,
    sign_in,
    staff,
    submission,
)
from jiandang_desktop.services.board import State
from jiandang_desktop.services.desk import Desk

from .conftest import PASSWORD, Pair, enrol, new_station, register


class Calendar:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.day = date(2026, 11, 1)

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=timezone(timedelta(hours=8)))

    def today(self) -> date:
        return self.day


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def pair(calendar: Calendar, tmp_path: Path) -> Iterator[Pair]:
    bench = make_workbench(clock=calendar)
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    enrol(village, township)
    stick = tmp_path / "stick"
    stick.mkdir()
    yield Pair(village, township, stick)
    for desk in (village, township):
        sign_in.lock(desk)


def enter(desk: Desk, **changes: object) -> None:
    """Register somebody on the day that the clock shows."""
    register(desk, **{"consent_date": desk.today(), "birth_date": f"{int(desk.today()[:4]) - 40}-01-01", **changes})


def states(pair: Pair) -> list[tuple[str, str]]:
    (line,) = board.board(pair.township).lines
    return [(period.due.isoformat(), period.state.value) for period in line.periods[:3]]


def come_in(pair: Pair) -> None:
    receiving.receive(pair.township, receiving.find(pair.township, [pair.stick]))


def test_monthly_on_the_25th_unless_something_else_is_set(pair: Pair) -> None:
    assert schedule.outlook(pair.village).schedule == Schedule()
    assert schedule.outlook(pair.village).next_due == date(2026, 11, 25)


def test_overdue_is_what_waited_when_the_day_passed(pair: Pair, calendar: Calendar) -> None:
    calendar.day = date(2026, 11, 26)
    assert schedule.outlook(pair.village).overdue is None  # nothing waited
    calendar.day = date(2026, 11, 20)
    enter(pair.village)
    calendar.day = date(2026, 11, 25)
    assert (schedule.outlook(pair.village).days, schedule.outlook(pair.village).overdue) == (0, None)
    calendar.day = date(2026, 11, 27)
    assert schedule.outlook(pair.village).overdue == date(2026, 11, 25)
    assert states(pair)[0] == ("2026-11-25", "missing")
    pair.export()
    seen = schedule.outlook(pair.village)
    assert (seen.overdue, seen.next_due, seen.unanswered) == (None, date(2026, 12, 25), "2026-11-27")
    come_in(pair)
    assert states(pair)[0] == ("2026-11-25", "late")


def test_what_was_entered_after_the_day_is_not_overdue(pair: Pair, calendar: Calendar) -> None:
    calendar.day = date(2026, 11, 26)
    enter(pair.village)
    calendar.day = date(2026, 11, 30)
    assert schedule.outlook(pair.village).overdue is None


def test_a_few_days_early_counts_for_the_coming_date(pair: Pair, calendar: Calendar) -> None:
    calendar.day = date(2026, 11, 22)
    enter(pair.village)
    pair.carry()
    assert schedule.outlook(pair.village).next_due == date(2026, 12, 25)
    calendar.day = date(2026, 11, 28)
    assert states(pair)[0] == ("2026-11-25", "received")


def test_the_board_knows_months_in_a_row(pair: Pair, calendar: Calendar) -> None:
    assert states(pair) == [("2026-10-25", "before"), ("2026-09-25", "before"), ("2026-08-25", "before")]
    calendar.day = date(2026, 11, 24)
    assert states(pair)[0] == ("2026-11-25", "due")
    enter(pair.village)
    pair.export()
    come_in(pair)
    calendar.day = date(2027, 1, 24)
    enter(pair.village, name="魏雪梅")
    pair.export()
    calendar.day = date(2027, 1, 28)
    come_in(pair)
    assert states(pair) == [("2027-01-25", "late"), ("2026-12-25", "missing"), ("2026-11-25", "received")]


def test_the_village_s_own_schedule_goes_up(pair: Pair) -> None:
    wish = Schedule(Every.WEEKS, weeks=2, start=date(2026, 11, 4))
    schedule.set_schedule(pair.village, wish)
    schedule.set_schedule(pair.village, wish)  # the same again writes nothing
    assert submission.pending(pair.village).entries == 1
    pair.carry()
    assert board.board(pair.township).lines[0].schedule == wish
    assert pair.township.vault.check().faults == ()


def test_the_township_sets_it_for_a_village_and_sends_it_down(pair: Pair) -> None:
    station = StationId(pair.village.station.id)
    schedule.set_schedule(pair.township, Schedule(Every.QUARTER, day=20), station)
    path, _ = dispatch.send(pair.township, station, pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    assert schedule.outlook(pair.village).next_due == date(2026, 12, 20)
    # The village changes it again: one record at both ends, no conflict.
    schedule.set_schedule(pair.village, Schedule(day=10))
    pair.carry()
    assert board.board(pair.township).lines[0].schedule == Schedule(day=10)
    assert board.board(pair.township).lines[0].schedule == schedule.outlook(pair.village).schedule


def test_only_one_s_own_villages(pair: Pair) -> None:
    with pytest.raises(Problem, match="NO_SUCH_STATION"):
        schedule.set_schedule(pair.township, Schedule(), StationId("0" * 16))


@pytest.mark.parametrize(
    "wish", [{"every": "1", "day": 0}, {"every": "4"}, {"every": "2", "weeks": 2}, {"every": "1", "day": "x"}]
)
def test_impossible_schedules_are_refused(wish: dict[str, object]) -> None:
    with pytest.raises(Problem, match="SCHEDULE_INVALID"):
        schedule.read_schedule(wish)


@pytest.mark.parametrize("back", ["2026-10-31", "2016-11-01"])
def test_C01_a_clock_that_goes_back_is_named_and_changes_no_order(pair: Pair, calendar: Calendar, back: str) -> None:
    household = registry.add_household(pair.village, {"address": "和平村3组12号"}).id
    calendar.day = date.fromisoformat(back)
    assert schedule.outlook(pair.village).doubtful
    registry.edit_household(pair.village, household, {"phone": "13900000001"})
    pair.carry()
    for desk in (pair.village, pair.township):
        with desk.vault.read() as reader:
            first, second = reader.history(RecordId(household))
            now = reader.household(household)
        assert second.parents == (first.id,)
        assert first.made_at > second.made_at
        assert now is not None
        assert now.phone == "13900000001"


def test_C02_a_clock_before_what_was_saved_is_called_doubtful_at_both_ends(pair: Pair, calendar: Calendar) -> None:
    enter(pair.village)
    pair.export()
    come_in(pair)
    assert not schedule.outlook(pair.village).doubtful
    assert not board.board(pair.township).doubtful
    calendar.day = date(1980, 1, 1)
    assert schedule.outlook(pair.village).doubtful
    assert board.board(pair.township).doubtful
    # Saving under the wrong date doesn't make it right; set right again it is believed again.
    for name in ("魏雪梅", "李文德"):
        enter(pair.village, name=name)
        assert schedule.outlook(pair.village).doubtful
    calendar.day = date(2026, 11, 3)
    assert not schedule.outlook(pair.village).doubtful
    assert not board.board(pair.township).doubtful


def test_C02_what_is_saved_under_a_doubtful_date_is_marked(pair: Pair, calendar: Calendar) -> None:
    enter(pair.village)
    calendar.day = date(2009, 1, 1)
    enter(pair.village, name="魏雪梅")
    calendar.day = date(2026, 11, 3)
    enter(pair.village, name="李文德")
    marked = [bool(row.detail.get("date_doubtful")) for row in audit.rows(pair.village) if row.action == "add_resident"]
    assert marked == [False, True, False]
    assert pair.village.vault.check().faults == ()


def test_C02_a_date_in_the_future_stays_doubtful_until_a_person_confirms_the_right_one(
    pair: Pair, calendar: Calendar
) -> None:
    calendar.day = date(2099, 5, 1)
    enter(pair.village)
    calendar.day = date(2026, 11, 3)
    enter(pair.village, name="魏雪梅")
    assert clock.look(pair.village) == clock.Doubt("2026-11-03 12:00", "2099-05-01 12:00")
    clock.confirm(pair.village)
    assert clock.look(pair.village) is None
    calendar.day = date(2026, 11, 1)
    assert schedule.outlook(pair.village).doubtful


def test_C02_before_the_program_was_made_no_date_is_right(pair: Pair, calendar: Calendar) -> None:
    calendar.day = MADE_ON - timedelta(days=1)
    assert clock.look(pair.village) is not None
    with pytest.raises(Problem, match="CLOCK_IMPOSSIBLE"):
        clock.confirm(pair.village)
    calendar.day = date(2026, 11, 2)
    assert clock.look(pair.village) is None


def test_C01_the_revision_with_the_earlier_date_is_named(pair: Pair, calendar: Calendar) -> None:
    household = registry.add_household(pair.village, {"address": "和平村3组12号"}).id
    calendar.day = date(2020, 1, 1)
    registry.edit_household(pair.village, household, {"phone": "13900000001"})
    with pair.village.vault.read() as reader:
        first, second = reader.history(RecordId(household))
    assert clock.doubtful_dates((first, second)) == {second.id}


@pytest.mark.parametrize(("day", "doubtful"), [("1980-01-04", True), ("2026-11-23", False), ("2099-06-01", True)])
def test_B20_a_bundle_s_impossible_date_is_said_and_used_for_nothing(
    pair: Pair, calendar: Calendar, day: str, doubtful: bool
) -> None:
    calendar.day = date.fromisoformat(day)
    enter(pair.village)
    data = pair.export()
    calendar.day = date(2026, 11, 24)
    plan = intake.plan(pair.township, data)
    assert plan.date_doubtful is doubtful
    assert pair.take_in(data).counts == {Verdict.ARCHIVED: 2}


def test_a_bundle_with_an_impossible_date_counts_when_it_came(pair: Pair, calendar: Calendar) -> None:
    calendar.day = date(2099, 6, 1)
    enter(pair.village)
    pair.export()
    calendar.day = date(2026, 11, 24)
    come_in(pair)
    assert states(pair)[0] == ("2026-11-25", State.RECEIVED.value)


def test_a_stranger_to_intake_may_not_see_the_board(pair: Pair) -> None:
    staff.add_staff(pair.township, "魏雪梅", frozenset({Role.ASSESSOR}), PASSWORD)
    folder = pair.township.vault.folder
    bench = pair.township.bench
    pair.township.vault.checkpoint()
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.lock"))
    other = sign_in.sign_in(bench, copy, "魏雪梅", PASSWORD)
    for call in (board.board, lambda desk: receiving.find(desk, [])):
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            call(other)
    sign_in.lock(other)
