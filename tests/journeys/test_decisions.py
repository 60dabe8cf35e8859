"""Parallel changes, second folders, moves and corrections: decided at the township, and the same in the villages."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, RevisionId, StationId, SubjectId, new_id
from jiandang_desktop.domain.staff import RIGHTS, Right, Role, StaffMember
from jiandang_desktop.ports.vault import RecordRow, ResidentRow, Verdict
from jiandang_desktop.services import (
    audit,
    decisions,
    dispatch,
    duplicates,
    folders,
    generations,
    intake,
    moving,
    receipts,
    records,
    registry,
    resident_folder,
    search,
    staff,
    submission,
    worklist,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.intake import Kind
from jiandang_desktop.services.workbench import Workbench

from .conftest import PASSWORD, Pair, Trio, person, register

VISIT = {
    "subjective": "咳嗽三天",
    "objective": "咽红",
    "assessment": "上感",
    "plan": "多饮水",
    "doctor": "王秀兰",
    "encounter_date": "2026-11-24",
}


def heads(desk: Desk, record_id: str) -> int:
    with desk.vault.read() as reader:
        record = reader.record(RecordId(record_id))
    assert record is not None
    return len(record.heads)


def answers(desk: Desk, resident: str) -> dict[str, object]:
    with desk.vault.read() as reader:
        row = reader.resident(SubjectId(resident))
    assert row is not None
    return dict(row.answers)


def verdict(desk: Desk, record_id: str) -> str:
    with desk.vault.read() as reader:
        record = reader.record(RecordId(record_id))
    assert record is not None
    return record.verdict


# Parallel changes


def parallel(pair: Pair, below: dict[str, object], above: dict[str, object]) -> SubjectId:
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, above)
    registry.edit_resident(pair.village, resident, below)
    return resident


def come_down(pair: Pair) -> receipts.ReceiptApplied:
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    return receipts.apply(pair.village, path.read_bytes())


def test_different_questions_are_joined_by_rule_and_both_sides_have_both(pair: Pair) -> None:
    resident = parallel(pair, {"phone": "13900000001"}, {"ethnicity": "02"})
    plan = intake.plan(pair.township, pair.export())
    assert [item.kind for item in plan.items] == [Kind.MERGED]
    done = intake.archive(pair.township, plan)
    assert done.counts == {Verdict.ARCHIVED: 1}
    receipts.apply(pair.village, done.receipt)
    for desk in (pair.village, pair.township):
        assert heads(desk, resident) == 1
        assert answers(desk, resident)["phone"] == "13900000001"
        assert answers(desk, resident)["ethnicity"] == "02"
    assert decisions.waiting(pair.township) == []
    history = records.history(pair.village, RecordId(resident))
    assert {len(each.parents) for each in history} == {0, 1, 2}
    assert pair.village.vault.check().faults == pair.township.vault.check().faults == ()


def test_edits_one_after_the_other_beside_a_change_are_joined_once(pair: Pair) -> None:
    resident = parallel(pair, {"phone": "13900000001"}, {"ethnicity": "02"})
    registry.edit_resident(pair.village, resident, {"phone": "13900000002"})
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 2}
    assert heads(pair.village, resident) == heads(pair.township, resident) == 1
    assert answers(pair.village, resident)["phone"] == "13900000002"


def test_the_same_question_waits_for_the_archivist(pair: Pair) -> None:
    resident = parallel(pair, {"phone": "13900000001"}, {"phone": "13900000002", "ethnicity": "02"})
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.HELD: 1}
    assert verdict(pair.township, resident) in ("", "held")
    (case,) = decisions.waiting(pair.township)
    assert (case.reason, case.record_id, case.who) == ("parallel", resident, "王小满")
    sheet = decisions.show(pair.township, resident)
    assert [(each.field, each.open) for each in sheet.questions] == [("phone", True), ("ethnicity", False)]
    theirs = next(side for side in sheet.sides if side.revision.station_id == pair.village.station.id)
    with pytest.raises(Problem, match="CONFLICT_OPEN"):
        decisions.resolve(pair.township, case.record_id, {})
    decisions.resolve(pair.township, case.record_id, {"phone": theirs.revision.id})
    assert decisions.waiting(pair.township) == intake.held(pair.township) == []
    come_down(pair)
    for desk in (pair.village, pair.township):
        assert heads(desk, resident) == 1
        assert answers(desk, resident)["phone"] == "13900000001"
        assert answers(desk, resident)["ethnicity"] == "02"
    assert [row.state for row in submission.history(pair.village)] == ["archived", "archived"]
    assert pair.village.vault.check().faults == pair.township.vault.check().faults == ()


def test_an_answer_may_be_written_anew_and_a_merge_undone(pair: Pair) -> None:
    resident = parallel(pair, {"phone": "13900000001"}, {"phone": "13900000002"})
    pair.carry()
    with pytest.raises(Problem, match="CONFLICT_CHOICE"):
        decisions.resolve(pair.township, RecordId(resident), {"phone": {"name": "别人"}})
    decisions.resolve(pair.township, RecordId(resident), {"phone": {"phone": "13900000003"}})
    come_down(pair)
    assert answers(pair.village, resident)["phone"] == "13900000003"
    first = records.history(pair.township, RecordId(resident))[0]
    decisions.undo(pair.township, RecordId(resident), first.id)
    come_down(pair)
    assert "phone" not in answers(pair.village, resident)
    assert len(records.history(pair.village, RecordId(resident))) == 5


def test_a_conflict_ends_by_itself_when_both_sides_come_to_say_the_same(pair: Pair) -> None:
    resident = parallel(pair, {"phone": "13900000001"}, {"phone": "13900000002"})
    assert pair.take_in(pair.export()).counts == {Verdict.HELD: 1}
    registry.edit_resident(pair.village, resident, {"phone": "13900000002"})
    done = pair.take_in(pair.export())
    assert done.counts == {Verdict.ARCHIVED: 1}
    assert decisions.waiting(pair.township) == intake.held(pair.township) == []
    receipts.apply(pair.village, done.receipt)
    assert heads(pair.village, resident) == heads(pair.township, resident) == 1
    with pair.village.vault.read() as reader:
        verdicts = {reader.verdict(each.id) for each in reader.history(RecordId(resident))}
    assert verdicts == {"archived"}


def test_an_edit_made_while_two_states_lie_side_by_side_hides_neither(pair: Pair) -> None:
    resident = parallel(pair, {"phone": "13900000001"}, {"phone": "13900000002"})
    come_down(pair)
    assert heads(pair.village, resident) == 2
    registry.edit_resident(pair.village, resident, {"ethnicity": "02"})
    assert heads(pair.village, resident) == 2


# Moves


def moved(trio: Trio) -> tuple[SubjectId, RecordId]:
    resident = register(trio.first)
    visit = records.put_record(trio.first, "encounter_record", resident, VISIT).record.record_id
    trio.up(trio.first)
    household = answers(trio.first, resident)["household_id"]
    address = {"address": "安乐村1组2号", "village_group": "1"}
    moving.move_household(trio.township, SubjectId(str(household)), StationId(trio.second.station.id), address)
    return resident, visit


def test_a_household_that_moves_takes_its_folder_along(trio: Trio) -> None:
    resident, visit = moved(trio)
    trio.down(trio.second)
    assert [row.name for row in search.find(trio.second, "王小满")] == ["王小满"]
    folder = resident_folder.open_resident(trio.second, resident)
    assert [row.record_id for row in folder.records] == [visit]
    assert answers(trio.second, resident)["current_address"] == "安乐村1组2号"
    assert folders.document(trio.second, SubjectId(folder.resident.household_id)).members
    # The new village writes, and the township takes it without asking.
    registry.edit_resident(trio.second, resident, {"phone": "13900000009"})
    assert trio.up(trio.second).counts == {Verdict.ARCHIVED: 1}
    assert answers(trio.township, resident)["phone"] == "13900000009"
    assert trio.all_sound()


def test_the_old_village_may_read_and_not_write(trio: Trio) -> None:
    resident, visit = moved(trio)
    trio.down(trio.first)
    with pytest.raises(Problem, match="KEPT_ELSEWHERE") as refused:
        registry.edit_resident(trio.first, resident, {"phone": "13900000009"})
    assert refused.value.values_["station"] == "和平村卫生室"
    with pytest.raises(Problem, match="KEPT_ELSEWHERE"):
        records.put_record(trio.first, "encounter_record", resident, VISIT)
    assert resident_folder.open_resident(trio.first, resident).kept_by == "和平村卫生室"
    assert records.get_record(trio.first, visit).answers["plan"] == "多饮水"
    assert resident_folder.open_resident(trio.township, resident).kept_by == ""


def test_B26_nobody_is_registered_in_a_household_that_moved_away(trio: Trio) -> None:
    resident, _ = moved(trio)
    household = SubjectId(str(answers(trio.first, resident)["household_id"]))
    newcomer = registry.add_resident(trio.first, household, person(name="王小妹", relation_to_head="20")).id
    plan = intake.plan(trio.township, submission.export(trio.first, trio.stick).path.read_bytes())
    # The village hadn't heard of the move: the township decides.
    assert [(item.kind, item.reason) for item in plan.items] == [(Kind.CONFLICT, "other_stations_household")]
    receipts.apply(trio.first, intake.archive(trio.township, plan).receipt)
    assert [row.name for row in folders_of(trio.township, household)] == ["王小满"]
    # Now it has.
    with pytest.raises(Problem, match="KEPT_ELSEWHERE"):
        registry.add_resident(trio.first, household, person(name="王小弟", relation_to_head="20"))

    case = decisions.waiting(trio.township)[0]
    assert decisions.show(trio.township, case.revision_id).sides
    assert decisions.adopt(trio.township, case.revision_id) is None
    moving.move_resident(trio.township, newcomer, StationId(trio.second.station.id), household_id=household)
    trio.down(trio.second)
    assert [row.name for row in folders_of(trio.second, household)] == ["王小满", "王小妹"]
    assert trio.all_sound()


def folders_of(desk: Desk, household: SubjectId) -> list[ResidentRow]:
    with desk.vault.read() as reader:
        return reader.members(household)


def late(trio: Trio) -> tuple[SubjectId, list[RevisionId]]:
    """The old village changed something before it heard of the move."""
    resident, _ = moved(trio)
    registry.edit_resident(trio.first, resident, {"phone": "13900000001"})
    registry.edit_resident(trio.first, resident, {"phone": "13900000002"})
    records.put_record(trio.first, "encounter_record", resident, {**VISIT, "plan": "复诊"})
    data = submission.export(trio.first, trio.stick).path.read_bytes()
    plan = intake.plan(trio.township, data)
    assert {(item.kind, item.reason) for item in plan.items} == {(Kind.CONFLICT, "moved_away")}
    receipts.apply(trio.first, intake.archive(trio.township, plan).receipt)
    return resident, [item.revision.id for item in plan.items if item.revision is not None]


def test_B26_a_late_bundle_of_the_old_village_takes_no_effect_by_itself(trio: Trio) -> None:
    resident, _ = late(trio)
    assert "phone" not in answers(trio.township, resident)
    assert answers(trio.township, resident)["keeping_station"] == trio.second.station.id
    assert {case.reason for case in decisions.waiting(trio.township)} == {"moved_away"}
    assert trio.all_sound()


def test_a_late_change_that_is_adopted_goes_to_the_new_village(trio: Trio) -> None:
    resident, revisions = late(trio)
    assert [each.field for each in decisions.show(trio.township, revisions[1]).questions]
    assert decisions.adopt(trio.township, revisions[1]) is None  # with the one before it
    assert decisions.adopt(trio.township, revisions[2]) is None
    assert decisions.waiting(trio.township) == []
    trio.down(trio.second)
    for desk in (trio.township, trio.second):
        assert answers(desk, resident)["phone"] == "13900000002"
        assert answers(desk, resident)["keeping_station"] == trio.second.station.id
        plans = {row.answers["plan"] for row in resident_folder.open_resident(desk, resident).records}
        assert plans == {"多饮水", "复诊"}
    trio.down(trio.first)
    with trio.first.vault.read() as reader:
        assert {reader.verdict(each) for each in revisions} == {"archived"}
    assert trio.all_sound()


def test_a_late_change_that_is_returned_stays_out(trio: Trio) -> None:
    resident, revisions = late(trio)
    decisions.send_back(trio.township, revisions[0], "人已经迁走，请告诉安乐村")
    decisions.send_back(trio.township, revisions[1], "同上")
    trio.down(trio.first)
    with trio.first.vault.read() as reader:
        assert reader.verdict(revisions[1]) == "returned"
    assert "phone" not in answers(trio.township, resident)
    # Nobody can correct it here any more, so it isn't today's work.
    assert worklist.today(trio.first).returned == ()


def test_one_person_moves_into_a_household_of_the_other_village(trio: Trio) -> None:
    resident = register(trio.first)
    register(trio.second, name="魏雪梅")
    trio.up(trio.first)
    trio.up(trio.second)
    home = registry.list_households(trio.second)[0].id
    target = StationId(trio.second.station.id)
    moving.move_resident(trio.township, resident, target, household_id=home, relation="20")
    trio.down(trio.second)
    assert {row.name for row in registry.open_household(trio.second, home).members} == {"魏雪梅", "王小满"}
    with pytest.raises(Problem, match="KEPT_THERE"):
        moving.move_resident(trio.township, resident, target, household_id=home)
    own = SubjectId(str(answers(trio.first, resident)["household_id"]))
    with pytest.raises(Problem, match="HOUSEHOLD_ELSEWHERE"):
        moving.move_resident(trio.township, resident, StationId(trio.first.station.id), household_id=home)
    back = StationId(trio.first.station.id)
    moving.move_resident(trio.township, resident, back, household_id=own)
    trio.down(trio.first)
    registry.edit_resident(trio.first, resident, {"phone": "13900000009"})
    assert trio.up(trio.first).counts == {Verdict.ARCHIVED: 1}
    assert trio.all_sound()


def test_a_village_can_not_move_anybody_by_itself(trio: Trio) -> None:
    resident = register(trio.first)
    with pytest.raises(Problem, match="FIELD_NOT_YOURS"):
        registry.edit_resident(trio.first, resident, {"keeping_station": trio.second.station.id})
    with trio.first.vault.work("forge") as work:
        registry.revise_registry(trio.first, work, resident, {"keeping_station": trio.second.station.id})
        work.commit()
    data = submission.export(trio.first, trio.stick).path.read_bytes()
    plan = intake.plan(trio.township, data)
    assert [(item.kind, item.reason) for item in plan.items][-1] == (Kind.QUARANTINED, "above_only")


# Second folders


def twice(trio: Trio) -> tuple[SubjectId, SubjectId]:
    """One woman with a folder in each village; the second has a visit."""
    older = register(trio.first, filing_date="2024-01-05", consent_date="2024-01-05")
    newer = register(trio.second, name="王小满", phone="13900000005")
    records.put_record(trio.second, "encounter_record", newer, VISIT)
    trio.up(trio.first)
    trio.up(trio.second)
    return older, newer


def test_two_folders_of_one_person_become_one(trio: Trio) -> None:
    older, newer = twice(trio)
    (pair,) = duplicates.waiting(trio.township)
    assert (pair.first.id, pair.second.id, pair.reason) == (older, newer, "same_name_birth")
    _, differing = duplicates.compare(trio.township, newer, older)
    assert "phone" in {each.field for each in differing}
    code = pair.second.record_code
    duplicates.same_person(trio.township, newer, older, take=["phone"])
    assert duplicates.waiting(trio.township) == []
    for desk in (trio.township, trio.first):
        if desk is trio.first:
            trio.down(desk)
        assert [row.id for row in search.find(desk, "王小满")] == [older]
        assert [row.id for row in search.find(desk, code)] == [older]
        folder = resident_folder.open_resident(desk, newer)
        assert folder.resident.id == older
        assert [row.answers["plan"] for row in folder.records] == ["多饮水"]
        assert answers(desk, older)["phone"] == "13900000005"
        printed = folders.document(desk, SubjectId(folder.resident.household_id))
        assert [form.form.id for form in printed.members[0].forms].count("encounter_record") == 1
    trio.down(trio.second)
    with pytest.raises(Problem, match="KEPT_ELSEWHERE"):
        registry.edit_resident(trio.second, newer, {"phone": "13900000006"})
    assert "同一人" in str(answers(trio.second, newer)["status_reason"])
    # The first village goes on with all of it.
    (visit,) = resident_folder.open_resident(trio.first, older).records
    entry = records.open_entry(trio.first, "encounter_record", older, visit.record_id)
    records.file_record(trio.first, entry, {**entry.answers, "plan": "多休息"})
    assert trio.up(trio.first).counts == {Verdict.ARCHIVED: 1}
    for desk in (trio.first, trio.second, trio.township):
        desk.vault.rebuild()
    assert trio.all_sound()


def test_a_merge_of_folders_is_undone(trio: Trio) -> None:
    older, newer = twice(trio)
    duplicates.same_person(trio.township, older, newer)
    duplicates.separate(trio.township, newer)
    assert duplicates.waiting(trio.township) == []
    assert {row.id for row in search.find(trio.township, "王小满")} == {older, newer}
    trio.down(trio.first)
    trio.down(trio.second)
    registry.edit_resident(trio.second, newer, {"phone": "13900000006"})
    assert trio.up(trio.second).counts == {Verdict.ARCHIVED: 1}
    with pytest.raises(Problem, match="NOT_MERGED"):
        duplicates.separate(trio.township, newer)
    assert trio.all_sound()


def test_an_earlier_state_of_a_merged_folder_leaves_it_merged(trio: Trio) -> None:
    """The state of the folder stays with its words, so that what goes down is whole."""
    older, newer = register(trio.first), register(trio.second, birth_date="1962-03-05")
    trio.up(trio.first)
    trio.up(trio.second)
    survivor = duplicates.same_person(trio.township, older, newer).id
    merged = newer if survivor == older else older
    with trio.township.vault.read() as reader:
        begun = reader.history(RecordId(merged))[0].id
    decisions.undo(trio.township, RecordId(merged), begun)
    for village in (trio.first, trio.second):
        trio.down(village)
        with village.vault.read() as reader:
            assert not reader.held()
    state = answers(trio.township, merged)
    assert (state["merged_into"], state["status"]) == (survivor, "9")
    assert state["status.9"] == state["status_reason"]
    assert trio.all_sound()


def test_two_people_are_not_asked_about_again(trio: Trio) -> None:
    older, newer = twice(trio)
    duplicates.two_people(trio.township, older, newer)
    assert duplicates.waiting(trio.township) == []
    trio.down(trio.first)
    trio.down(trio.second)
    assert answers(trio.first, older)["distinct_from"] == newer
    assert answers(trio.second, newer)["distinct_from"] == older
    registry.edit_resident(trio.second, newer, {"phone": "13900000006"})
    assert trio.up(trio.second).counts == {Verdict.ARCHIVED: 1}


def test_names_that_sound_alike_at_one_address_are_asked_about(trio: Trio) -> None:
    register(trio.first, name="王小满")
    register(trio.second, name="王晓满", birth_date="1962-03-15")
    register(trio.second, name="李大海")
    trio.up(trio.first)
    trio.up(trio.second)
    assert [pair.reason for pair in duplicates.waiting(trio.township)] == ["sounds_alike"]


def test_the_same_number_is_held_and_what_follows_is_archived(trio: Trio, bench: Workbench) -> None:
    first = "46030219900101999"
    number = {
        "id_type": "01",
        "id_no": first + bench.id_documents.check_character(first),
        "no_id_reason": None,
        "sex": None,
        "birth_date": None,
    }
    older = register(trio.first, **number)
    trio.up(trio.first)
    newer = register(trio.second, **number)
    records.put_record(trio.second, "encounter_record", newer, VISIT)
    assert trio.up(trio.second).counts == {Verdict.ARCHIVED: 2, Verdict.HELD: 1}
    assert [pair.reason for pair in duplicates.waiting(trio.township)] == ["same_number"]
    assert verdict(trio.second, newer) == "held"
    duplicates.same_person(trio.township, older, newer)
    trio.down(trio.second)
    assert verdict(trio.second, newer) == "archived"
    assert intake.held(trio.township) == []


# What doesn't fit


def forge(desk: Desk, record: RecordRow, parents: tuple[RevisionId, ...], plan: str) -> RevisionId:
    """A revision of a visit as no window makes it."""
    with desk.vault.work("forge") as work:
        revision = desk.revision(
            desk.forms.current("encounter_record"),
            record_id=record.record_id,
            subject_id=record.subject_id,
            parents=parents,
            answers={**VISIT, "plan": plan},
            complete=True,
        )
        work.add_own_revision(revision, stream=desk.station.up_stream)
        work.commit()
    return revision.id


def test_B52_parents_that_are_unknown_or_of_another_record_are_quarantined(pair: Pair) -> None:
    resident = register(pair.village)
    visit = records.put_record(pair.village, "encounter_record", resident, VISIT).record
    other = records.put_record(pair.village, "encounter_record", resident, VISIT).record
    pair.carry()
    forge(pair.village, visit, (RevisionId("ab" * 32),), "无父")
    forge(pair.village, visit, (other.revision_id,), "别的表")
    plan = intake.plan(pair.township, pair.export())
    assert [(item.kind, item.reason) for item in plan.items] == [
        (Kind.QUARANTINED, "parent_missing"),
        (Kind.QUARANTINED, "record_mismatch"),
    ]
    intake.archive(pair.township, plan)
    assert heads(pair.township, visit.record_id) == 1
    assert pair.township.vault.check().faults == ()


def test_B52_very_many_parallel_revisions_of_one_record_stop_at_a_bound(pair: Pair) -> None:
    resident = register(pair.village)
    visit = records.put_record(pair.village, "encounter_record", resident, VISIT).record
    pair.carry()
    for number in range(80):
        forge(pair.village, visit, (visit.revision_id,), f"第{number}种")
    plan = intake.plan(pair.township, pair.export())
    assert plan.counts()[Kind.QUARANTINED] == 80 - 50
    intake.archive(pair.township, plan)
    assert heads(pair.township, visit.record_id) == 50
    (case,) = decisions.waiting(pair.township)
    sheet = decisions.show(pair.township, case.record_id)
    picked = sheet.sides[0].revision.id
    decisions.resolve(pair.township, case.record_id, {each.field: picked for each in sheet.questions if each.open})
    assert heads(pair.township, visit.record_id) == 1


def test_B27_a_record_of_a_household_that_is_nowhere_waits_and_finds_its_place(trio: Trio) -> None:
    """The household was held; when it is taken, what waited for it is placed too."""
    resident = register(trio.second)
    with trio.second.vault.work("forge") as work:
        household = str(answers(trio.second, resident)["household_id"])
        ghost = "c" * 32
        registry.revise_registry(trio.second, work, resident, {"household_id": ghost})
        work.commit()
    records.put_record(trio.second, "encounter_record", resident, VISIT)
    data = submission.export(trio.second, trio.stick).path.read_bytes()
    plan = intake.plan(trio.township, data)
    assert [item.reason for item in plan.items] == ["", "", "household_missing", ""]
    receipts.apply(trio.second, intake.archive(trio.township, plan).receipt)
    assert answers(trio.township, resident)["household_id"] == household
    assert verdict(trio.second, resident) == "quarantined"
    # The household comes later, and with it the change finds its place.
    with trio.second.vault.work("forge") as work:
        home = work.household(SubjectId(household))
        assert home is not None
        registry.write_registry(trio.second, work, "household", SubjectId(ghost), home.answers)
        work.commit()
    trio.up(trio.second)
    assert answers(trio.township, resident)["household_id"] == ghost
    trio.down(trio.second)
    assert verdict(trio.second, resident) == "archived"
    assert intake.held(trio.township) == []
    assert trio.all_sound()


# Corrections


def test_what_goes_back_is_corrected_and_goes_again(pair: Pair) -> None:
    resident = register(pair.village)
    visit = records.put_record(pair.village, "encounter_record", resident, VISIT).record
    pair.carry()
    with pytest.raises(Problem, match="REASON_MISSING"):
        decisions.send_back(pair.township, visit.revision_id, " ")
    decisions.send_back(pair.township, visit.revision_id, "计划写得太少")
    assert verdict(pair.township, visit.record_id) == "returned"
    come_down(pair)
    (line,) = worklist.today(pair.village).returned
    assert line.record.record_id == visit.record_id
    assert line.record.verdict_words == "计划写得太少"
    assert [row.state for row in submission.history(pair.village)] == ["returned"]
    entry = records.open_entry(pair.village, "encounter_record", resident, visit.record_id)
    records.file_record(pair.village, entry, {**entry.answers, "plan": "多饮水，三天后复诊"})
    assert worklist.today(pair.village).returned == ()
    assert verdict(pair.village, visit.record_id) == ""
    pair.carry()
    assert verdict(pair.village, visit.record_id) == verdict(pair.township, visit.record_id) == "archived"


def test_what_is_returned_at_intake_says_why(pair: Pair) -> None:
    resident = register(pair.village)
    pair.carry()
    records.put_record(pair.village, "encounter_record", resident, VISIT)
    plan = intake.plan(pair.township, pair.export())
    (item,) = plan.items
    assert item.revision is not None
    returned = {item.revision.id: Verdict.RETURNED}
    done = intake.archive(pair.township, plan, returned, words={item.revision.id: "写清楚用药"})
    receipts.apply(pair.village, done.receipt)
    (line,) = worklist.today(pair.village).returned
    assert line.record.verdict_words == "写清楚用药"
    registered = registry.show_resident(pair.township, resident)
    decisions.send_back(pair.township, records.history(pair.township, RecordId(registered.id))[-1].id, "电话呢")
    come_down(pair)
    assert {line.record.form_id for line in worklist.today(pair.village).returned} == {"encounter_record", "resident"}


@pytest.mark.parametrize("role", list(Role))
def test_K09_what_a_role_may_not_do_is_refused_in_the_services_and_written_down(pair: Pair, role: Role) -> None:
    """Export, key exchange, going on after a restore, handover, staff, audit log, print, records."""
    desk = pair.village
    resident = register(desk)
    with desk.vault.work("demote") as work:
        work.put_staff(StaffMember(desk.staff.id, desk.staff.name, frozenset({role})))
        work.commit()
    asked: dict[Right, Callable[[], object]] = {
        Right.EXPORT: lambda: submission.export(desk, pair.stick),
        Right.MANAGE_KEYS: lambda: generations.begin(desk),
        Right.MANAGE_STAFF: lambda: staff.add_staff(desk, "魏雪梅", frozenset({Role.DOCTOR}), PASSWORD),
        Right.READ_AUDIT: lambda: audit.rows(desk),
        Right.PRINT: lambda: folders.document(desk, SubjectId(resident)),
        Right.READ_RECORDS: lambda: registry.show_resident(desk, resident),
        Right.WRITE_RECORDS: lambda: registry.edit_resident(desk, resident, {"phone": "13900000001"}),
        Right.INTAKE: lambda: decisions.waiting(desk),
    }
    for right, call in asked.items():
        if right in RIGHTS[role]:
            continue
        with desk.vault.read() as reader:
            before = len(reader.audit_rows(limit=10_000))
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            call()
        with desk.vault.read() as reader:
            written = reader.audit_rows(limit=10_000)[before:]
        assert [(row.action, row.detail["right"]) for row in written] == [("refused", right.value)]
    assert list(pair.stick.iterdir()) == []


def test_K09_only_an_archivist_decides(pair: Pair) -> None:
    """The village's doctors have no right to it, whatever the window shows."""
    resident = register(pair.village)
    desk = pair.village
    with desk.vault.work("demote") as work:
        work.put_staff(StaffMember(desk.staff.id, desk.staff.name, frozenset({Role.DOCTOR})))
        work.commit()
    for refused in (
        lambda: decisions.waiting(desk),
        lambda: decisions.show(desk, resident),
        lambda: decisions.resolve(desk, RecordId(resident), {}),
        lambda: decisions.undo(desk, RecordId(resident), RevisionId("0" * 64)),
        lambda: decisions.send_back(desk, RevisionId("0" * 64), "x"),
        lambda: decisions.adopt(desk, RevisionId("0" * 64)),
        lambda: duplicates.waiting(desk),
        lambda: duplicates.two_people(desk, resident, resident),
        lambda: moving.move_household(desk, resident, StationId("0" * 16)),
    ):
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            refused()


# Put aside at intake


def put_aside(pair: Pair, changes: dict[str, object] | None = None) -> SubjectId:
    """A registration, or a change of one, that the archivist leaves for later when it comes."""
    resident = register(pair.village)
    if changes:
        pair.carry()
        registry.edit_resident(pair.village, resident, changes)
    plan = intake.plan(pair.township, pair.export())
    (item,) = (each for each in plan.items if each.revision and each.revision.record_id == resident)
    assert item.revision is not None
    done = intake.archive(pair.township, plan, decisions={item.revision.id: Verdict.HELD})
    receipts.apply(pair.village, done.receipt)
    assert verdict(pair.village, resident) == Verdict.HELD
    assert submission.history(pair.village)[0].state == "held"  # nothing of it went back
    return resident


def test_what_was_put_aside_waits_in_sight_and_is_archived(pair: Pair) -> None:
    resident = put_aside(pair)
    (case,) = decisions.waiting(pair.township)
    assert (case.reason, case.record_id, case.who) == ("put_aside", resident, "王小满")
    sheet = decisions.show(pair.township, case.revision_id)
    assert [side.revision.id for side in sheet.sides] == [case.revision_id]
    assert decisions.adopt(pair.township, case.revision_id) is None
    assert decisions.waiting(pair.township) == intake.held(pair.township) == []
    come_down(pair)
    for desk in (pair.village, pair.township):
        assert verdict(desk, resident) == Verdict.ARCHIVED
    assert submission.history(pair.village)[0].state == "archived"


def test_a_change_that_was_put_aside_shows_what_was_before_and_goes_back_with_words(pair: Pair) -> None:
    resident = put_aside(pair, {"phone": "14000900001"})
    (case,) = decisions.waiting(pair.township)
    sheet = decisions.show(pair.township, case.revision_id)
    assert [(each.field, each.words) for each in sheet.questions] == [("phone", ("", "14000900001"))]
    decisions.send_back(pair.township, case.revision_id, "号码不对")
    assert decisions.waiting(pair.township) == intake.held(pair.township) == []
    come_down(pair)
    assert verdict(pair.village, resident) == Verdict.RETURNED
    registry.edit_resident(pair.village, resident, {"phone": "14000900002"})
    pair.carry()
    assert answers(pair.township, resident)["phone"] == "14000900002"
    assert decisions.waiting(pair.township) == []


# What can't be placed


@pytest.mark.parametrize("form", ["encounter_record", "form_of_a_newer_program"])
def test_what_cannot_be_placed_waits_in_sight_and_goes_back_with_words(pair: Pair, form: str) -> None:
    """A visit of somebody unknown, and one on a form that this program doesn't know: laid open by its keys."""
    known = pair.village.forms.current("encounter_record")
    subject = register(pair.village) if form != known.id else SubjectId(new_id())
    with pair.village.vault.work("forge") as work:
        visit = pair.village.revision(
            replace(known, id=FormId(form)),
            record_id=RecordId(new_id()),
            subject_id=subject,
            parents=(),
            answers=VISIT,
            complete=True,
        )
        work.add_own_revision(visit, stream=pair.village.station.up_stream)
        work.commit()
    pair.carry()
    assert decisions.waiting(pair.township) == []
    (case,) = decisions.unplaced(pair.township)
    fault = "subject_missing" if form == known.id else "form_unknown"
    assert (case.reason, case.fault, case.revision_id) == ("quarantined", fault, visit.id)
    sheet = decisions.show(pair.township, case.revision_id)
    assert ("咳嗽三天",) in [each.words for each in sheet.questions]
    with pytest.raises(Problem, match="NO_SUCH_CASE"):
        decisions.adopt(pair.township, case.revision_id)
    decisions.send_back(pair.township, case.revision_id, "查无此人")
    assert decisions.unplaced(pair.township) == []
    come_down(pair)
    with pair.village.vault.read() as reader:
        assert reader.verdict(visit.id) == Verdict.RETURNED
    assert pair.township.vault.check().faults == ()


def test_what_was_missing_takes_it_out_of_sight(pair: Pair) -> None:
    """The household comes later: its member takes the place and nobody is asked any more."""
    resident = register(pair.village)
    later = SubjectId(new_id())
    with pair.village.vault.work("forge") as work:
        registry.revise_registry(pair.village, work, resident, {"household_id": later})
        work.commit()
    pair.carry()
    assert [case.fault for case in decisions.unplaced(pair.township)] == ["household_missing"]
    with pair.village.vault.work("forge") as work:
        registry.write_registry(pair.village, work, "household", later, {"address": "3组12号", "village_group": "3"})
        work.commit()
    pair.carry()
    assert decisions.unplaced(pair.township) == []
    assert answers(pair.township, resident)["household_id"] == later
