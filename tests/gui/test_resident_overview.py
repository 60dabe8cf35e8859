"""The overview as one reads it: what is due leads to its sheet, 变动 to the sheet of what happened."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.gui.kit import LinkButton
from jiandang_desktop.services import life_events, records, registry

from .gui_desk import LONG_NAME, _household
from .window_desk import close, show_window, village

BORN = {"name": "王小宝", "sex": "1", "consent": "1"}


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=village())
    made.people = made.ask(_household)[1]
    made.today = made.session.bench.clock.today().isoformat()
    yield made
    close(made)


def open_folder(shown, resident_id):
    page = shown.window.workplace.page("resident")
    with shown.qtbot.waitSignal(page.looked, timeout=20_000):
        shown.window.workplace.open_resident(resident_id)
    shown.settle()
    return page


def visit(desk, who, day, systolic, diastolic=88):
    """A visit with as few answers as the test needs."""
    known = {"visit_date": day, "systolic_bp": systolic, "diastolic_bp": diastolic, "visit_classification": "2"}
    with desk.vault.work("file_record") as work:
        entry = records.entry_in(desk, work, "hypertension_followup", who)
        records.file_in(desk, work, entry, {**entry.answers, **known})
        work.commit()


def choose(page, button, name):
    entries = {each.objectName(): each for each in button.menu_below.actions()}
    entries[name].trigger()


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


def woman(shown):
    return next(each for each in shown.people if each.sex == "2" and "1980" < each.birth_date < "2005")


def test_what_is_overdue_stands_first_and_its_button_opens_the_sheet(shown):
    who = shown.people[0]
    shown.ask(lambda desk: visit(desk, who.id, "2025-03-05", 150))
    page = open_folder(shown, who.id)
    buttons = [each.objectName() for each in page.overview.due.findChildren(LinkButton) if not each.isHidden()]
    due = [name for name in buttons if name.startswith("due_hypertension")]
    assert due
    assert any("逾期" in text for text in texts(page.overview.due))
    assert "高血压" in texts(page.head)
    form = shown.window.workplace.page("form")
    with shown.qtbot.waitSignal(form.opened, timeout=10_000):
        shown.find(due[0]).click()
    assert form.entry.form.id == "hypertension_followup"
    assert form.entry.earlier


def test_f2_offers_what_is_due_before_what_anybody_may_need(shown):
    who = shown.people[0]
    shown.ask(lambda desk: visit(desk, who.id, "2025-03-05", 150))
    page = open_folder(shown, who.id)
    names = [each.objectName() for each in page.add_button.menu_below.actions() if each.objectName()]
    assert names.index("add_due_hypertension_followup") < names.index("add_encounter_record")
    shown.press(Qt.Key.Key_F2)
    assert page.add_button.menu_below.isVisible()
    page.add_button.menu_below.hide()
    form = shown.window.workplace.page("form")
    with shown.qtbot.waitSignal(form.opened, timeout=10_000):
        choose(page, page.add_button, "add_encounter_record")
    assert form.entry.form.id == "encounter_record"


def test_the_last_values_and_what_records_say_stand_there(shown):
    who = shown.people[1]
    for day, systolic in (("2026-01-05", 150), ("2026-03-05", 138)):
        shown.ask(lambda desk, day=day, systolic=systolic: visit(desk, who.id, day, systolic))
    page = open_folder(shown, who.id)
    assert shown.find("value_blood_pressure").text() == "138/88"
    assert "↓ 12" in shown.find("value_when_blood_pressure").text()
    rows = [page.overview.timeline.model.row(place) for place in range(page.overview.timeline.model.rowCount())]
    told = [(row.day, row.title, row.content) for row in rows if row.line is not None]
    assert told[0] == ("2026-03-05", "高血压随访", "138/88　控制不满意")
    assert page.head.name.text() == LONG_NAME


def test_a_narrow_window_keeps_the_first_values_and_never_scrolls_sideways(shown):
    who = shown.people[0]
    exam = {"exam_date": "2026-03-05", "weight": 64.2, "height": 168.0, "bmi": 22.75, "waist": 80.5}
    exam |= {"bp_left_systolic": 132, "bp_left_diastolic": 84, "fasting_glucose_mmol": 5.1}

    def file(desk):
        for day in ("2025-03-05", "2026-03-05"):
            with desk.vault.work("file_record") as work:
                entry = records.entry_in(desk, work, "physical_exam", who.id)
                records.file_in(desk, work, entry, {**exam, "exam_date": day})
                work.commit()

    shown.ask(file)
    shown.window.resize(1366, 768)
    page = open_folder(shown, who.id)
    scroll = shown.find("overview_scroll")
    assert scroll.widget().width() <= scroll.viewport().width()
    assert shown.find("value_blood_pressure").isVisible()
    assert page.overview.values.width() <= scroll.viewport().width()


def test_a_birth_leads_to_the_childs_folder_and_both_name_each_other(shown):
    her = woman(shown)
    page = open_folder(shown, her.id)
    sheet = shown.window.workplace.page("registry")
    with shown.qtbot.waitSignal(sheet.opened, timeout=10_000):
        choose(page, page.event_button, "event_birth")
    assert sheet.panel.answers()["guardian_name"] == her.name
    answers = {**sheet.panel.answers(), **BORN, "birth_date": shown.today, "consent_date": shown.today}
    sheet.panel.set_answers(answers)
    sheet.panel.left_field.emit("sex")
    assert "F4" in sheet.panel.sheet.cells["relation_to_head"].note
    sheet.panel.answers_changed.emit()
    sheet.save()
    shown.settle()
    if sheet.confirm.isVisible():
        sheet.confirm.confirmed.emit()
        shown.settle()
    assert shown.page().objectName() == "resident"
    shown.qtbot.waitUntil(lambda: page.folder is not None and page.folder.resident.name == "王小宝", timeout=10_000)
    shown.settle()
    assert shown.find(f"member_{her.id}").isEnabled()
    assert any("母亲" in text for text in texts(page.overview.family))
    child = page.folder.resident
    page = open_folder(shown, her.id)
    assert shown.find(f"member_{child.id}").isEnabled()


def test_a_newborns_draft_goes_on_as_a_newborns(shown):
    her = woman(shown)
    sheet = shown.window.workplace.page("registry")
    with shown.qtbot.waitSignal(sheet.opened, timeout=10_000):
        shown.window.workplace.new_child(her.id)
    sheet.panel.set_answers({**sheet.panel.answers(), **BORN})
    sheet.panel.answers_changed.emit()
    sheet.leave()
    shown.settle()
    with shown.qtbot.waitSignal(sheet.opened, timeout=10_000):
        shown.window.workplace.open_form("resident", her.id, None)
    assert sheet.panel.answers()["name"] == "王小宝"
    assert sheet.title.text() == "登记新生儿"


def test_a_death_fills_its_sheet_in_and_ends_what_was_due(shown):
    who = shown.people[0]
    shown.ask(lambda desk: visit(desk, who.id, "2025-03-05", 150))
    page = open_folder(shown, who.id)
    form = shown.window.workplace.page("form")
    with shown.qtbot.waitSignal(form.opened, timeout=10_000):
        choose(page, page.event_button, "event_death")
    assert form.panel.answers()["closure_reason"] == "1"
    died = {"death_date": shown.today, "death_cause": "脑出血", "closure_date": shown.today, "recorder": "李卫东"}
    form.panel.set_answers({**form.panel.answers(), **died})
    form.file()
    shown.settle()
    if form.confirm.isVisible():
        form.file()
        shown.settle()
    assert shown.page() is page
    shown.qtbot.waitUntil(page.head.closed.isVisible, timeout=10_000)
    shown.settle()
    assert page.head.closed.text() == f"死亡 {shown.today}"
    assert "不再安排服务" in page.overview.due.nothing.text()
    offered = [each.objectName() for each in page.event_button.menu_below.actions() if each.objectName()]
    assert offered == ["event_edit", "event_not_dead"]


def test_who_is_not_dead_after_all_is_asked_about_in_the_dialog(shown):
    who = shown.people[0]
    died = {"death_date": shown.today, "death_cause": "脑出血"}
    shown.ask(lambda desk: life_events.death(desk, who.id, died))
    page = open_folder(shown, who.id)
    choose(page, page.event_button, "event_not_dead")
    dialog = shown.find("return_dialog")
    shown.click("return_go")
    assert dialog.rows["status_reason"].note.property("kind") == "wrong"
    dialog.reason.setText("同名误报")
    shown.click("return_go")
    assert dialog.rows["status_date"].note.property("kind") == "wrong"
    assert shown.ask(lambda desk: registry.show_resident(desk, who.id)).status == "3"
    shown.click("return_go")
    assert shown.ask(lambda desk: registry.show_resident(desk, who.id)).status == "1"
    shown.qtbot.waitUntil(lambda: not page.head.closed.isVisible(), timeout=10_000)


def test_an_event_chosen_over_a_draft_stands_on_it(shown):
    who = shown.people[0]
    typed = {"closure_reason": "3", "lost_reason": "外出"}

    def keep(desk):
        entry = records.open_entry(desk, "record_closure", who.id)
        records.keep_draft(desk, entry, typed, "")
        start = {"closure_reason": "1"}
        return records.open_entry(desk, "record_closure", who.id, None, start).answers

    answers = shown.ask(keep)
    assert (answers["closure_reason"], answers["lost_reason"]) == ("1", "外出")


def test_a_folder_of_another_person_shows_nothing_of_the_one_before(shown):
    first, second = shown.people[:2]
    shown.ask(lambda desk: visit(desk, first.id, "2025-03-05", 150))
    page = open_folder(shown, first.id)
    page.overview.forget()
    assert page.overview.timeline.model.rowCount() == 0
    assert page.overview.values.isHidden()
    page = open_folder(shown, second.id)
    rows = [page.overview.timeline.model.row(place) for place in range(page.overview.timeline.model.rowCount())]
    assert all(row.line is None for row in rows)
    assert RecordId(SubjectId(first.id)) not in [row.line for row in rows]


def test_a_child_is_linked_with_a_woman_of_the_household_by_one_choice(shown):
    her = woman(shown)
    born = {"name": "王小宝", "sex": "2", "birth_date": shown.today, "consent_by": "2", "guardian_name": "王"}
    start = {**her.answers, **born, "relation_to_head": "30", "id_type": "99D", "no_id_reason": "1"}
    kept = {key: value for key, value in start.items() if key not in registry.ISSUED and key != "id_no"}
    kept |= {"filing_date": shown.today, "consent_date": shown.today}
    home = SubjectId(her.household_id)
    child = shown.ask(lambda desk: registry.add_resident(desk, home, kept, frozenset({"twin"})))
    page = open_folder(shown, child.id)
    choose(page, page.event_button, f"event_mother_{her.id}")
    shown.settle()
    assert shown.ask(lambda desk: registry.show_resident(desk, child.id)).answers["mother_id"] == her.id
    shown.qtbot.waitUntil(lambda: any("母亲" in text for text in texts(page.overview.family)), timeout=10_000)

    def linked() -> str | None:
        return shown.ask(lambda desk: registry.show_resident(desk, child.id)).answers.get("mother_id")

    shown.settle()
    choose(page, page.event_button, "event_not_mother")
    shown.settle()
    assert linked() is None
    assert her.name in page.message.text.text()
    shown.qtbot.mouseClick(page.message.action, Qt.MouseButton.LeftButton)
    shown.settle()
    assert linked() == her.id


def test_a_household_without_its_head_says_what_to_do(shown):
    head = next(each for each in shown.people if each.relation_to_head == registry.HEAD)
    other = next(each for each in shown.people if each.id != head.id)
    died = {"death_date": shown.today, "death_cause": "脑出血"}
    page = open_folder(shown, other.id)
    assert page.overview.family.findChild(QLabel, "family_no_head") is None
    shown.ask(lambda desk: life_events.death(desk, head.id, died))
    page = open_folder(shown, other.id)
    assert page.overview.family.findChild(QLabel, "family_no_head") is not None


def test_the_history_of_the_registration_tells_the_end_with_its_reason(shown):
    who = shown.people[0]
    died = {"death_date": shown.today, "death_cause": "脑出血"}
    shown.ask(lambda desk: life_events.death(desk, who.id, died))
    page = open_folder(shown, who.id)
    lines = [page.history.lines.row(place) for place in range(page.history.lines.rowCount())]
    page.history.choose(next(line for line in lines if line.form_id == "resident"))
    shown.settle()
    page.history.revision_table.choose_row(0)
    shown.settle()
    changes = [page.history.changes.row(place) for place in range(page.history.changes.rowCount())]
    assert ("脑出血", shown.today) == tuple(
        next(each.after for each in changes if each.label == label) for label in ("原因", "日期")
    )
