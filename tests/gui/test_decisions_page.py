"""冲突 in the township's window, 退回修改 in the village's, and a folder that moved."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.services import (
    decisions,
    dispatch,
    duplicates,
    enrolment,
    intake,
    receipts,
    records,
    registry,
    sign_in,
    stations,
    submission,
    worklist,
)
from jiandang_desktop.services.desk import Desk

from .window_desk import PASSWORD, Shown, close, show_window, township, village

TODAY = datetime.now().astimezone().date().isoformat()
PERSON = {
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
    "consent_date": TODAY,
    "consent_by": "1",
}
VISIT = {
    "subjective": "咳嗽",
    "objective": "咽红",
    "assessment": "上感",
    "plan": "多饮水",
    "doctor": "李卫东",
    "encounter_date": TODAY,
}


@dataclass
class Office:
    """A township's window and villages that work without one."""

    shown: Shown
    stick: Path
    folder: Path

    def village(self, name: str, code: str) -> Desk:
        new = stations.NewStation("village", name, code, "李卫东", PASSWORD)
        desk = stations.create_station(self.shown.session.bench, self.folder / code, new).desk
        request = enrolment.request(desk).data
        enrolment.accept(desk, self.shown.ask(lambda above: enrolment.approve(above, request)).data)
        return desk

    def up(self, desk: Desk) -> None:
        data = submission.export(desk, self.stick).path.read_bytes()
        receipts.apply(desk, self.shown.ask(lambda above: intake.archive(above, intake.plan(above, data))).receipt)

    def down(self, desk: Desk) -> None:
        station = StationId(desk.station.id)
        path, _ = self.shown.ask(lambda above: dispatch.send(above, station, self.stick))
        receipts.apply(desk, path.read_bytes())


@pytest.fixture
def office(qtbot, tmp_path):
    (tmp_path / "stick").mkdir()
    shown = show_window(qtbot, tmp_path / "township", station=township())
    yield Office(shown, tmp_path / "stick", tmp_path)
    close(shown)


def register(desk: Desk, **changes: object) -> SubjectId:
    household = registry.add_household(desk, {"address": "和平村3组12号"})
    return registry.add_resident(desk, household.id, {**PERSON, **changes}).id


def test_parallel_changes_are_decided_question_by_question(office):
    desk = office.village("和平村卫生室", "150102001201")
    resident = register(desk)
    office.up(desk)
    changes = {"phone": "13900000077", "current_address": "镇上"}
    office.shown.ask(lambda above: registry.edit_resident(above, resident, changes))
    registry.edit_resident(desk, resident, {"phone": "13900000088", "current_address": "村东", "former_names": "王满"})
    office.up(desk)
    shown = office.shown
    shown.click("rail_decisions")
    sheet = shown.page().sheet
    assert [each.field for each in sheet.sheet.questions] == ["phone", "current_address", "former_names"]
    assert not sheet.main.isEnabled()
    theirs = next(n for n, side in enumerate(sheet.sheet.sides) if side.station == "和平村卫生室")
    shown.click(f"decision_take_{theirs}")
    shown.type("decision_written", "村东新房")
    shown.click("decision_write")
    assert sheet.main.isEnabled()
    shown.click("decision_main")
    assert shown.page().stack.currentIndex() == 1  # nothing waits any more
    office.down(desk)
    row = registry.show_resident(desk, resident)
    assert (row.phone, row.address, row.answers["former_names"]) == ("13900000088", "村东新房", "王满")
    sign_in.lock(desk)


def test_two_folders_are_merged_with_the_better_answer(office):
    first = office.village("和平村卫生室", "150102001201")
    second = office.village("安乐村卫生室", "150102001202")
    older = register(first)
    newer = register(second, phone="13900000005")
    records.put_record(second, "encounter_record", newer, VISIT)
    office.up(first)
    office.up(second)
    shown = office.shown
    shown.click("rail_decisions")
    page = shown.page()
    assert page.sheet.pair is not None
    survivor = page.sheet.pair.first.id
    rows = [page.sheet.model.row(place).field for place in range(page.sheet.model.rowCount())]
    page.sheet.table.choose_row(rows.index("phone"))
    shown.click("decision_take_1" if survivor == older else "decision_take_0")
    shown.click("decision_main")
    assert page.stack.currentIndex() == 1
    kept = shown.ask(lambda above: registry.show_resident(above, survivor))
    assert kept.phone == "13900000005"
    for desk in (first, second):
        sign_in.lock(desk)


def test_a_household_moves_and_a_late_change_is_returned(office):
    first = office.village("和平村卫生室", "150102001201")
    office.village("安乐村卫生室", "150102001202")
    resident = register(first)
    office.up(first)
    shown = office.shown
    assert shown.window.workplace is not None
    shown.window.workplace.open_resident(resident)
    shown.settle()
    shown.choose("resident_event", "event_move")
    dialog = shown.find("move_dialog")
    assert dialog.village.count() == 1
    shown.click("move_go")
    assert dialog.message.isVisible()
    shown.type("move_address", "安乐村1组2号")
    shown.click("move_go")
    assert "安乐村卫生室" in shown.find("resident_message").text.text()
    registry.edit_resident(first, resident, {"phone": "13900000001"})
    office.up(first)
    shown.click("rail_decisions")
    assert not shown.find("decision_return").isEnabled()
    shown.type("decision_words", "人已迁走，请告诉安乐村")
    shown.click("decision_return")
    assert shown.page().stack.currentIndex() == 1
    sign_in.lock(first)


def test_a_record_is_sent_back_and_given_an_earlier_state_from_its_history(office):
    desk = office.village("和平村卫生室", "150102001201")
    resident = register(desk)
    visit = records.put_record(desk, "encounter_record", resident, VISIT).record
    entry = records.open_entry(desk, "encounter_record", resident, visit.record_id)
    records.file_record(desk, entry, {**entry.answers, "plan": "别的"})
    office.up(desk)
    shown = office.shown
    assert shown.window.workplace is not None
    shown.window.workplace.open_resident(resident)
    shown.settle()
    page = shown.page()
    page.tabs.setCurrentWidget(page.history)
    page.history.line_table.choose_row(0)
    shown.settle()
    assert not shown.find("history_return").isEnabled()
    shown.type("history_words", "写清楚")
    shown.click("history_return")
    assert shown.ask(lambda above: records.get_record(above, visit.record_id)).verdict_words == "写清楚"
    page.history.line_table.choose_row(0)
    shown.settle()
    page.history.revision_table.choose_row(1)
    shown.click("history_undo")
    assert shown.ask(lambda above: records.get_record(above, visit.record_id)).answers["plan"] == "多饮水"
    office.down(desk)
    assert records.get_record(desk, visit.record_id).answers["plan"] == "多饮水"
    sign_in.lock(desk)


def test_merged_folders_are_separated_again_and_the_taken_answer_goes_back(office):
    first = office.village("和平村卫生室", "150102001201")
    second = office.village("安乐村卫生室", "150102001202")
    older = register(first, phone="13900000001", filing_date="2024-01-05", consent_date="2024-01-05")
    newer = register(second, phone="13900000005")
    office.up(first)
    office.up(second)
    shown = office.shown
    shown.ask(lambda above: duplicates.same_person(above, older, newer, ["phone"]))
    page = open_history(shown, older)
    assert not shown.find("history_merged").isHidden()
    assert shown.ask(lambda above: registry.show_resident(above, older)).phone == "13900000005"
    shown.click("history_separate")
    assert "又是单独的一份" in page.message.text.text()
    assert shown.find("history_merged").isHidden()
    for desk, resident, phone in ((first, older, "13900000001"), (second, newer, "13900000005")):
        office.down(desk)
        row = registry.show_resident(desk, resident)
        assert (row.phone, row.merged_into, row.answers.get("former_codes")) == (phone, "", None)
        registry.edit_resident(desk, resident, {"phone": "13900000009"})
    assert shown.ask(duplicates.waiting) == []
    for desk in (first, second):
        sign_in.lock(desk)


def test_a_registration_is_sent_back_with_words_and_comes_again(office):
    desk = office.village("和平村卫生室", "150102001201")
    resident = register(desk)
    office.up(desk)
    shown = office.shown
    for place, (title, words) in enumerate((("resident", "电话呢"), ("household", "门牌写清楚"))):
        page = open_history(shown, resident)
        assert page.history.lines.row(place).form_id == title
        page.history.line_table.choose_row(place)
        shown.settle()
        shown.type("history_words", words)
        shown.click("history_return")
    office.down(desk)
    back = {line.record.form_id: line.record.verdict_words for line in worklist.today(desk).returned}
    assert back == {"resident": "电话呢", "household": "门牌写清楚"}
    registry.edit_resident(desk, resident, {"phone": "13900000001"})
    assert [line.record.form_id for line in worklist.today(desk).returned] == ["household"]
    office.up(desk)
    assert shown.ask(lambda above: registry.show_resident(above, resident)).phone == "13900000001"
    sign_in.lock(desk)


def test_one_person_moves_into_a_household_of_the_other_village(office):
    first = office.village("和平村卫生室", "150102001201")
    second = office.village("安乐村卫生室", "150102001202")
    resident = register(first)
    home = registry.add_household(second, {"address": "安乐村10组2号", "village_group": "10"})
    registry.add_resident(second, home.id, {**PERSON, "name": "赵大山", "birth_date": "1950-01-01"})
    office.up(first)
    office.up(second)
    shown = office.shown
    assert shown.window.workplace is not None
    shown.window.workplace.open_resident(resident)
    shown.settle()
    shown.choose("resident_event", "event_move")
    dialog = shown.find("move_dialog")
    dialog.join.click()
    shown.settle()
    assert not dialog.go.isEnabled()
    dialog.home.table.choose_row(0)
    dialog.home.relations.setCurrentIndex(dialog.home.relations.findData("30"))
    shown.click("move_go")
    office.down(second)
    row = registry.show_resident(second, resident)
    assert (row.household_id, row.relation_to_head, row.village_group) == (home.id, "30", "10")
    for desk in (first, second):
        sign_in.lock(desk)


def open_history(shown, resident):
    workplace = shown.window.workplace
    assert workplace is not None
    workplace.open_resident(resident)
    shown.settle()
    page = shown.page()
    page.tabs.setCurrentWidget(page.history)
    return page


def test_what_is_returned_is_opened_from_todays_work_with_the_words(qtbot, tmp_path):
    """A village's window; the township works without one."""
    shown = show_window(qtbot, tmp_path / "village", station=village())
    new = stations.NewStation("township", "海东路卫生院", "150102001", "赵主任", PASSWORD)
    above = stations.create_station(shown.session.bench, tmp_path / "above", new).desk
    answer = enrolment.approve(above, shown.ask(enrolment.request).data).data
    shown.ask(lambda desk: enrolment.accept(desk, answer))
    resident = shown.ask(register)
    visit = shown.ask(lambda desk: records.put_record(desk, "encounter_record", resident, VISIT)).record
    data = shown.ask(lambda desk: submission.export(desk, tmp_path)).path.read_bytes()
    paper = intake.archive(above, intake.plan(above, data)).receipt
    shown.ask(lambda desk: receipts.apply(desk, paper))
    decisions.send_back(above, visit.revision_id, "计划写得太少")
    with above.vault.read() as reader:
        registered = reader.record(RecordId(resident))
    assert registered is not None
    decisions.send_back(above, registered.revision_id, "电话呢")
    path, _ = dispatch.send(above, StationId(shown.session.desk.station.id), tmp_path)
    shown.ask(lambda desk: receipts.apply(desk, path.read_bytes()))
    shown.click("rail_worklist")
    page = shown.page()
    model = page.tables["returned"].model()
    said = {model.row(place).record.form_id: place for place in range(model.rowCount())}
    assert [column.words(model.row(said["resident"])) for column in model.columns][-1] == "电话呢"
    page.tables["returned"].row_chosen.emit(said["encounter_record"])
    shown.settle()
    assert shown.page().objectName() == "form_page"
    assert "计划写得太少" in shown.page().message.text.text()
    shown.click("rail_worklist")
    page.tables["returned"].row_chosen.emit(said["resident"])
    shown.settle()
    assert shown.page().objectName() == "registry"
    assert "电话呢" in shown.page().message.text.text()
    sign_in.lock(above)
    close(shown)
