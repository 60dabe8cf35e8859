"""Where the bags stand at the township: its own fact, journalled, and nobody else's."""

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import dispatch, registry, shelves, submission
from jiandang_desktop.services.desk import Desk

from .conftest import Pair, register


def household(desk: Desk) -> SubjectId:
    return registry.list_households(desk)[0].id


def test_a_bag_is_placed_lent_and_brought_back(pair: Pair) -> None:
    register(pair.village, relation_to_head="02")
    pair.carry()
    home = household(pair.township)
    assert shelves.bag(pair.township, home).state == "unplaced"
    with pytest.raises(Problem, match="BAG_UNPLACED"):
        shelves.lend(pair.township, home, "赵医生", "2026-12-24")
    shelves.place(pair.township, home, "3", "2", "17")
    lent = shelves.lend(pair.township, home, "红旗医院 赵医生", "2026-12-24", "住院")
    assert (lent.state, lent.place) == ("lent", "3-2-17")
    with pytest.raises(Problem, match="BAG_LENT"):
        shelves.lend(pair.township, home, "钱医生", "2026-12-24")
    assert [each.household.id for each in shelves.out(pair.township)] == [home]
    shelves.bring_back(pair.township, home)
    assert shelves.out(pair.township) == []
    shelves.lose(pair.township, home, "搬家时丢失")
    with pytest.raises(Problem, match="BAG_LOST"):
        shelves.lend(pair.township, home, "钱医生", "2026-12-24")
    found = shelves.place(pair.township, home, "3", "3")
    assert (found.state, found.place) == ("placed", "3-3")
    said = [each.event for each in shelves.history(pair.township, home)]
    assert said == ["found", "lost", "returned", "lent", "placed"]
    assert shelves.history(pair.township, home)[2].answers["lent_to"] == "红旗医院 赵医生"


def test_what_is_due_back_earlier_than_lent_is_refused(pair: Pair) -> None:
    register(pair.village)
    pair.carry()
    home = household(pair.township)
    shelves.place(pair.township, home, "1", "1")
    with pytest.raises(Problem, match="ANSWERS_INVALID"):
        shelves.lend(pair.township, home, "赵医生", "2026-11-01")


def test_a_bag_that_is_late_says_so(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    register(pair.village)
    pair.carry()
    home = household(pair.township)
    shelves.place(pair.township, home, "1", "1")
    shelves.lend(pair.township, home, "赵医生", "2026-11-30")
    monkeypatch.setattr(pair.township, "today", lambda: "2026-12-01")
    (late,) = shelves.out(pair.township)
    assert late.state == "overdue"
    assert "已过期" in shelves.state_words(pair.township, late)


def test_it_goes_neither_down_nor_up_and_is_no_record_of_the_village(pair: Pair) -> None:
    register(pair.village)
    pair.carry()
    waiting = [line.entries for line in dispatch.waiting(pair.township)]
    with pair.township.vault.read() as reader:
        up = reader.stream_head(pair.township.station.up_stream)
    shelves.place(pair.township, household(pair.township), "1", "1")
    assert [line.entries for line in dispatch.waiting(pair.township)] == waiting
    with pair.township.vault.read() as reader:
        assert reader.stream_head(pair.township.station.up_stream) == up
        assert reader.stream_head(pair.township.station.down_stream(pair.township.station.id)).number == 1
    assert submission.pending(pair.village).entries == 0
    assert pair.township.vault.check().faults == ()


def test_the_list_by_household_is_printed(pair: Pair) -> None:
    for name in ("王小满", "魏雪梅"):
        register(pair.village, name=name, relation_to_head="02")
    pair.carry()
    shelves.place(pair.township, household(pair.township), "3", "2", "17")
    shelves.lend(pair.township, household(pair.township), "赵医生", "2026-12-24")
    (page,) = shelves.pages(pair.township)
    told = "".join(getattr(op, "text", "") for op in page.ops)
    for words in ("居民健康档案存放目录", "王小满", "魏雪梅", "3-2-17", "借给赵医生", "没有登记位置"):
        assert words in told
