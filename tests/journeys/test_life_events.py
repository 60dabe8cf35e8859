"""Birth, another household, death, leaving, coming back: what each writes, what each refuses (R2.1, R2.7)."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.services import life_events, records, registry, search
from jiandang_desktop.services.closing import CLOSURE
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.life_history import life_history
from jiandang_desktop.services.workbench import Workbench

from .conftest import HOUSEHOLD, Pair, person, register

BORN = {"name": "王小宝", "sex": "1", "birth_date": "2026-11-20", "consent": "1", "consent_date": "2026-11-24"}
DIED = {"death_date": "2026-11-20", "death_cause": "脑出血"}
GONE = {"move_out_date": "2026-11-20", "destination_address": "前进村", "handover_date": "2026-11-24"}
LOST = {"lost_date": "2026-11-20", "lost_reason": "外出务工，电话不通"}
WENT = {"closure_reason": "9", "closure_reason.9": "重复建档", "closure_date": "2026-11-20"}
ENDS = {"death": (DIED, "3"), "moved_away": (GONE, "4"), "lost": (LOST, "2"), "ended": (WENT, "9")}


def mother(desk: Desk, **changes: object) -> SubjectId:
    return register(desk, **{"name": "李桂英", "birth_date": "1998-03-05", "filing_date": "2026-01-05", **changes})


def row(desk: Desk, resident: SubjectId) -> registry.ResidentRow:
    return registry.show_resident(desk, resident)


def findings(refused: pytest.ExceptionInfo[Problem]) -> set[tuple[str, str]]:
    return {(each.field_id, each.rule_id) for each in refused.value.findings}  # type: ignore[attr-defined]


def sure(refused: pytest.ExceptionInfo[Problem]) -> frozenset[str]:
    return frozenset(each.key for each in refused.value.findings)  # type: ignore[attr-defined]


# Birth


def test_a_newborn_without_a_number_stands_in_its_mothers_household_and_both_know_it(village: Desk) -> None:
    her = mother(village)
    child = life_events.birth(village, her, BORN)
    assert (child.household_id, child.id_no, child.answers["no_id_reason"]) == (row(village, her).household_id, "", "1")
    assert (child.relation_to_head, child.answers["guardian_name"]) == ("20", "李桂英")
    assert child.record_code
    with village.vault.read() as reader:
        found = life_events.mother_of(reader, child)
        assert found is not None
        assert found.id == her
        assert [each.id for each in life_events.children_of(reader, found)] == [child.id]


@pytest.mark.parametrize(("relation", "sex", "expected"), [("38", "2", "42"), ("10", "1", "20"), ("30", "1", "43")])
def test_the_childs_relation_follows_from_its_mothers(village: Desk, relation: str, sex: str, expected: str) -> None:
    """GB/T 4761: a daughter-in-law's daughter is a granddaughter of the head."""
    her = mother(village, relation_to_head=relation)
    assert life_events.birth(village, her, {**BORN, "sex": sex}).relation_to_head == expected


def test_the_number_comes_later_and_what_contradicts_it_is_shown(village: Desk, bench: Workbench) -> None:
    child = life_events.birth(village, mother(village), BORN)
    first = "46030220261121999"
    number = first + bench.id_documents.check_character(first)
    with pytest.raises(Problem) as asked:
        registry.edit_resident(village, child.id, {"id_type": "01", "id_no": number})
    assert asked.value.code == "ANSWERS_UNSURE"
    assert {field for field, _ in findings(asked)} == {"birth_date"}
    numbered = registry.edit_resident(village, child.id, {"id_type": "01", "id_no": number}, sure(asked))
    assert (numbered.id_no, numbered.birth_date) == (number, "2026-11-20")
    assert "no_id_reason" not in numbered.answers


def test_a_birth_that_cannot_be_is_refused_and_changes_nothing(village: Desk) -> None:
    her, him = mother(village), register(village, name="王大山", sex="1")
    for woman, changes, code, expected in (
        (her, {"birth_date": "1990-01-01"}, "ANSWERS_INVALID", {("birth_date", "before_mother")}),
        (her, {"birth_date": "2005-01-01"}, "ANSWERS_UNSURE", {("birth_date", "mothers_age")}),
        (her, {"birth_date": "2026-11-25"}, "ANSWERS_INVALID", {("birth_date", "birth_date_range")}),
        (him, {}, "MOTHER_NOT_FEMALE", set()),
    ):
        with pytest.raises(Problem) as refused:
            life_events.birth(village, woman, {**BORN, **changes})
        assert refused.value.code == code
        assert expected <= findings(refused)
    life_events.death(village, her, DIED)
    with pytest.raises(Problem) as refused:
        life_events.birth(village, her, {**BORN, "birth_date": "2026-11-21"})
    assert findings(refused) == {("birth_date", "after_mothers_death")}
    assert search.count(village) == 2
    assert life_events.birth(village, her, BORN).name == "王小宝"


def test_a_child_registered_before_is_linked_later_and_never_in_a_circle(village: Desk) -> None:
    her = mother(village, birth_date="1970-03-05")
    child = register(village, name="王小花", birth_date="1995-01-01")
    grandchild = life_events.birth(village, child, BORN)
    life_events.link_mother(village, child, her)
    assert row(village, child).answers["mother_id"] == her
    with pytest.raises(Problem) as refused:
        life_events.link_mother(village, her, child)
    assert refused.value.code == "MOTHER_ROUND_ABOUT"
    assert "mother_id" not in life_events.link_mother(village, child, None).answers
    assert row(village, grandchild.id).answers["mother_id"] == child


# Ends and returns


@pytest.mark.parametrize("event", ENDS)
def test_an_end_writes_form_and_registry_together(village: Desk, event: str) -> None:
    """D39: the reason on the form decides the state of the record."""
    who = register(village, filing_date="2026-01-05")
    answers, status = ENDS[event]
    filed = getattr(life_events, event)(village, who, answers)
    assert filed.record.form_id == CLOSURE
    now = row(village, who)
    assert (now.status, now.answers["status_date"]) == (status, "2026-11-20")
    assert now.answers["status_reason"] in answers.values()
    assert [each.kind for each in life_history(village, who)] == ["registered", f"status_{status}"]


def test_the_form_filed_by_itself_ends_the_record_too(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    answers = {**DIED, "closure_reason": "1", "closure_date": "2026-11-20", "recorder": "王秀兰"}
    records.put_record(village, CLOSURE, who, answers)
    assert row(village, who).status == "3"


def test_what_is_refused_changes_neither_form_nor_registry(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    for answers in ({"death_cause": "不详"}, *({**DIED, "death_date": day} for day in ("2026-11-25", "1950-01-01"))):
        with pytest.raises(Problem) as refused:
            life_events.death(village, who, answers)
        assert refused.value.code == "ANSWERS_INVALID"
    assert row(village, who).status == "1"
    assert records.list_records(village, who) == []


def test_a_death_before_the_last_visit_is_asked_about_at_its_field(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    visit = dict.fromkeys(("subjective", "objective", "assessment", "plan"), "无")
    seen = {**visit, "doctor": "王秀兰", "encounter_date": "2026-11-22"}
    records.put_record(village, "encounter_record", who, seen)
    with pytest.raises(Problem) as asked:
        life_events.death(village, who, DIED)
    assert findings(asked) == {("closure_date", "closure_after_visits")}
    life_events.death(village, who, DIED, sure(asked))
    assert row(village, who).status == "3"


def test_back_again_is_an_entry_of_its_own_and_the_end_stays(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    life_events.lost(village, who, LOST)
    life_events.returned(village, who, "外出务工返回", "2026-11-23")
    assert row(village, who).status == "1"
    assert len(records.list_records(village, who, CLOSURE)) == 1
    assert [each.kind for each in life_history(village, who)] == ["registered", "status_2", "returned"]
    with pytest.raises(Problem) as refused:
        life_events.returned(village, who, "又回来", "2026-11-24")
    assert refused.value.code == "NOT_CLOSED"


def test_who_is_not_dead_after_all_is_asked_about_once(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    life_events.death(village, who, DIED)
    with pytest.raises(Problem) as asked:
        life_events.returned(village, who, "同名误报", "2026-11-24")
    assert findings(asked) == {("status_date", "was_dead")}
    assert life_events.returned(village, who, "同名误报", "2026-11-24", sure(asked)).status == "1"


@pytest.mark.parametrize(
    ("reason", "day"), [(" ", "2026-11-24"), ("返回", "2026-11-25"), ("返回", "昨天"), ("返回", "")]
)
def test_a_return_without_reason_or_on_a_day_to_come_is_refused(village: Desk, reason: str, day: str) -> None:
    who = register(village, filing_date="2026-01-05")
    life_events.lost(village, who, LOST)
    with pytest.raises(Problem) as refused:
        life_events.returned(village, who, reason, day)
    assert refused.value.code == "ANSWERS_INVALID"
    assert row(village, who).status == "2"


def test_nobody_ends_twice_but_the_lost_may_be_found_dead(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    life_events.lost(village, who, LOST)
    with pytest.raises(Problem) as refused:
        life_events.lost(village, who, {**LOST, "lost_date": "2026-11-21"})
    assert refused.value.code == "ALREADY_CLOSED"
    life_events.death(village, who, {**DIED, "death_date": "2026-11-21"})
    for event in ("lost", "moved_away", "death"):
        with pytest.raises(Problem) as refused:
            getattr(life_events, event)(village, who, ENDS[event][0])  # and nothing has to be confirmed first
        assert refused.value.code == "ALREADY_CLOSED"


def test_a_corrected_end_corrects_the_registry_unless_it_was_overtaken(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    record = life_events.lost(village, who, LOST).record

    def correct(day: str) -> None:
        answers = {**record.answers, "lost_date": day, "closure_date": day}
        records.put_record(village, CLOSURE, who, answers, record.record_id)

    correct("2026-11-19")
    assert row(village, who).answers["status_date"] == "2026-11-19"
    life_events.returned(village, who, "返回", "2026-11-23")
    correct("2026-11-18")
    assert row(village, who).status == "1"


# Another household


def test_marriage_puts_somebody_into_another_household_and_both_stay_known(village: Desk) -> None:
    bride = register(village, relation_to_head="30", filing_date="2026-01-05")
    other = registry.add_household(village, {**HOUSEHOLD, "address": "和平村1组3号", "village_group": "1"})
    moved = life_events.move_household(village, bride, other.id, "38", day="2026-10-01")
    assert (moved.household_id, moved.relation_to_head, moved.village_group) == (other.id, "38", "1")
    assert (moved.answers["household_since"], moved.answers["household_reason"]) == ("2026-10-01", "2")
    last = life_history(village, bride)[-1]
    assert (last.day, last.kind, last.detail) == ("2026-10-01", "household", "和平村1组3号")
    with pytest.raises(Problem) as refused:
        life_events.move_household(village, bride, other.id, "38")
    assert refused.value.code == "SAME_HOUSEHOLD"


def test_a_household_splits_in_one_step_or_not_at_all(village: Desk) -> None:
    son = register(village, name="王大山", sex="1", relation_to_head="20", filing_date="2026-01-05")
    before = row(village, son).household_id
    count = len(registry.list_households(village))
    with pytest.raises(Problem):
        life_events.move_household(village, son, None, "02", new={"address": "和平村3组13号"}, day="2026-11-25")
    assert len(registry.list_households(village)) == count
    moved = life_events.move_household(village, son, None, "02", new={"address": "和平村3组13号"}, reason="3")
    assert moved.household_id != before
    assert moved.address == "和平村3组13号"


def test_a_household_left_without_its_head_is_named(village: Desk) -> None:
    head = register(village, filing_date="2026-01-05")
    home = SubjectId(row(village, head).household_id)
    registry.add_resident(village, home, person(name="王小花", relation_to_head="30", birth_date="1995-01-01"))
    assert not life_events.lacks_head(village, home)
    life_events.death(village, head, DIED)
    assert life_events.lacks_head(village, home)


# Travelling


def test_what_happened_reaches_the_township(pair: Pair) -> None:
    her = mother(pair.village)
    child = life_events.birth(pair.village, her, BORN)
    life_events.moved_away(pair.village, her, GONE)
    pair.carry()
    with pair.township.vault.read() as reader:
        above = reader.resident(her)
        assert above is not None
        assert above.status == "4"
        assert [each.id for each in life_events.children_of(reader, above)] == [child.id]
    assert [each.kind for each in life_history(pair.township, her)] == ["registered", "status_4"]


# Whatever happens in whatever order


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["death", "moved_away", "lost", "ended", "returned"]), st.integers(1, 24)), max_size=7
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HAPPENINGS)
def test_the_register_says_what_happened_last_and_the_history_everything(village: Desk, happened: list[Any]) -> None:
    """An independent account of one life: what is refused changes nothing, what is accepted is never taken away."""
    home = registry.add_household(village, HOUSEHOLD)
    who = registry.add_resident(village, home.id, person(filing_date="2026-01-05"), frozenset({"twin"})).id
    status, ends, told = "1", 0, ["registered"]
    for event, day in happened:
        after = "1" if event == "returned" else ENDS[event][1]
        may = status != "1" if event == "returned" else status not in ("3", after)
        assert happens(village, who, event, f"2026-11-{day:02d}") == may
        if may:
            status = after
            ends += event != "returned"
            told.append("returned" if after == "1" else f"status_{after}")
        assert row(village, who).status == status
        assert len(records.list_records(village, who, CLOSURE)) == ends
        assert [each.kind for each in life_history(village, who)] == told
    with village.vault.read() as reader:
        assert len(reader.history(RecordId(who))) == len(told)


def happens(desk: Desk, who: SubjectId, event: str, day: str) -> bool:
    """Let it happen, confirming whatever is only unusual; whether it was accepted."""
    fields = {"death": "death_date", "moved_away": "move_out_date", "lost": "lost_date", "ended": "closure_date"}
    sure: frozenset[str] = frozenset()
    for _ in range(2):
        try:
            if event == "returned":
                life_events.returned(desk, who, "返回", day, sure)
            else:
                getattr(life_events, event)(desk, who, {**ENDS[event][0], fields[event]: day}, sure)
        except Problem as problem:
            if problem.code != "ANSWERS_UNSURE":
                return False
            sure = frozenset(each.key for each in problem.findings)  # type: ignore[attr-defined]
        else:
            return True
    return False
