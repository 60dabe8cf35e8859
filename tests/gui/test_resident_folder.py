"""A resident's folder and the form page over a real vault."""

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.gui.forms.form_page import FormPage
from jiandang_desktop.gui.kit import MenuButton
from jiandang_desktop.gui.pages.resident import ResidentPage
from jiandang_desktop.gui.pages.resident_head import age_words, masked
from jiandang_desktop.gui.pages.resident_vaccinations import VaccinationCard
from jiandang_desktop.gui.rehouse_dialog import RehouseDialog
from jiandang_desktop.programmes.immunization import Given, ImmunizationSchedule, Plan
from jiandang_desktop.services import records, registry

from .form_desk import RESOURCES, words
from .gui_desk import file
from .keying import Keys
from .test_form_panel import VISIT


def data_of_visit() -> dict:
    answers = {key: value for key, value in VISIT.items() if value and key != "medications"}
    return {
        **answers,
        "symptoms": ["1"],
        "medications": [{"drug_name": "硝苯地平缓释片", "times_per_day": 2, "dose_each": "20mg"}],
    }


def open_form(qtbot, station, form_id="hypertension_followup", place=0) -> FormPage:
    page = FormPage(station.session)
    qtbot.addWidget(page)
    page.resize(1180, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    with qtbot.waitSignal(page.opened, timeout=10_000):
        page.open(form_id, station.people[place].id)
    return page


def open_folder(qtbot, station, place=0) -> ResidentPage:
    page = ResidentPage(station.session)
    qtbot.addWidget(page)
    page.resize(1180, 700)
    with qtbot.waitExposed(page):
        page.show()
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.show_resident(station.people[place].id)
    return page


def test_typing_keeps_a_draft_and_says_so_and_the_form_opens_where_it_was_left(qtbot, station):
    page = open_form(qtbot, station)
    page.panel.go_to("systolic_bp")
    Keys().enter("136")
    with qtbot.waitSignal(page._drafts.saved, timeout=10_000):
        page.leave()
    assert words("page.draft_saved", time="")[:5] in page.saved.text()
    again = open_form(qtbot, station)
    assert again.panel.answers()["systolic_bp"] == 136
    assert again.panel.place() == "diastolic_bp"


def test_the_question_one_is_at_is_in_sight_when_the_form_opens(qtbot, station):
    page = open_form(qtbot, station)
    line = QApplication.focusWidget()
    qtbot.waitUntil(lambda: line.visibleRegion().boundingRect() == line.rect())
    assert page.panel.place() == "visit_date"


def test_a_visit_typed_and_filed_is_stored_like_the_same_visit_given_as_data(qtbot, station):
    page, keys = open_form(qtbot, station), Keys()
    while page.panel.place() != "doctor_signature":
        if page.panel.place() == "medications":
            for cell in VISIT["medications"]:
                keys.enter(cell)
            keys.enter()
        else:
            keys.enter(VISIT.get(page.panel.place(), ""))
    keys.type(VISIT["doctor_signature"])
    with qtbot.waitSignal(page.filed, timeout=10_000) as filed:
        page.file()
        station.settle(qtbot)
        if page.confirm.isVisible():
            page.file()
    typed = filed.args[0].record
    given = station.ask(qtbot, lambda desk: file(desk, "hypertension_followup", station.people[0], data_of_visit()))
    assert dict(typed.answers) == dict(given.record.answers)
    assert station.ask(qtbot, lambda desk: desk.vault.read().__enter__().drafts()) == []


def test_filing_a_bad_form_shows_every_finding_and_files_nothing(qtbot, station):
    page = open_form(qtbot, station)
    page.panel.go_to("systolic_bp")
    Keys().enter("999")
    qtbot.keyClick(page, Qt.Key.Key_F2)
    station.settle(qtbot)
    assert "systolic_bp" in {finding.field_id for finding in page.panel.shown_findings()}
    assert page.message.isVisible()
    person = station.people[0].id
    assert station.ask(qtbot, lambda desk: records.list_records(desk, person, "hypertension_followup")) == []


def test_rare_values_are_asked_for_in_the_page_and_enter_confirms(qtbot, station):
    page = open_form(qtbot, station)
    page.panel.set_answers({**data_of_visit(), "systolic_bp": 85, "diastolic_bp": 45})
    page.file()
    station.settle(qtbot)
    assert page.confirm.isVisible()
    page.confirm.declined.emit()
    assert not page.confirm.isVisible()
    page.file()
    station.settle(qtbot)
    with qtbot.waitSignal(page.filed, timeout=10_000):
        Keys().enter()


def test_esc_leaves_and_keeps_the_draft(qtbot, station):
    page = open_form(qtbot, station)
    page.panel.go_to("signs_other")
    Keys().type("abc")
    with qtbot.waitSignal(page.left):
        Keys().press(Qt.Key.Key_Escape)
    station.settle(qtbot)
    drafts = station.ask(qtbot, _drafts)
    assert [draft.answers["signs_other"] for draft in drafts] == ["abc"]


def _drafts(desk):
    with desk.vault.read() as reader:
        return reader.drafts()


def test_the_folder_says_what_is_missing_and_leads_to_the_form(qtbot, station):
    page = open_folder(qtbot, station)
    assert page.head.name.text() == station.people[0].name
    assert page.folder.parts
    with qtbot.waitSignal(page.entry_wanted) as wanted:
        page.overview.part_chosen.emit(page.folder.parts[0].form_id)
    assert wanted.args == [page.folder.parts[0].form_id, station.people[0].id, None]


def test_a_filed_record_appears_in_its_tab_with_its_state_and_opens_with_enter(qtbot, station):
    station.ask(qtbot, lambda desk: file(desk, "hypertension_followup", station.people[0], data_of_visit()))
    page = open_folder(qtbot, station)
    tab = page.record_tabs["followup"]
    assert tab.model.rowCount() == 1
    assert tab.model.row(0).state_words == "已完成"
    page.tabs.setCurrentWidget(tab)
    with qtbot.waitSignal(page.entry_wanted) as wanted:
        qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    assert wanted.args[2] == tab.model.row(0).record_id


def test_history_shows_what_each_revision_changed(qtbot, station):
    person = station.people[0]
    filed = station.ask(qtbot, lambda desk: file(desk, "hypertension_followup", person, data_of_visit()))

    def correct(desk):
        entry = records.open_entry(desk, "hypertension_followup", person.id, filed.record.record_id)
        sure = frozenset({"population:visit_date", "known_illness:visit_date"})
        return records.file_record(desk, entry, {**entry.answers, "systolic_bp": 138}, sure)

    station.ask(qtbot, correct)
    page = open_folder(qtbot, station)
    page._show_history(page.record_tabs["followup"].model.row(0))
    station.settle(qtbot)
    assert page.history.revisions.rowCount() == 2
    change = page.history.changes.row(0)
    assert (change.label, change.before, change.after) == ("血压 收缩压", "136 mmHg", "138 mmHg")
    page.history.revision_table.choose_row(1)
    assert page.history.changes.rowCount() > 20


def test_a_drug_allergy_stands_in_red_at_the_top(qtbot, station):
    person = station.people[0]
    page = open_folder(qtbot, station)
    assert not page.head.warning.isVisible()
    station.ask(qtbot, lambda desk: file(desk, "hypertension_followup", person, data_of_visit()))
    folder = open_folder(qtbot, station).folder
    record = replace(folder.records[0], form_id=FormId("personal_info"), answers={"drug_allergy": ["2"]})
    field = station.session.bench.forms.current(FormId("personal_info")).field("drug_allergy")
    page.head.show_resident(replace(folder, records=(record,)), station.session.bench.clock.today(), field)
    assert "青霉素" in page.head.warning.text()


def test_the_number_is_masked_until_asked_for(qtbot, station):
    page = open_folder(qtbot, station)
    number = station.people[0].id_no
    assert number not in page.head.number.text()
    page.head.number.click()
    assert page.head.number.text() == number


def test_the_longest_name_and_address_end_in_an_ellipsis_and_the_whole_is_told(qtbot, station):
    name, address = (
        "艾力库尔班江·买买提·阿不都热合曼·吐尔逊尼亚孜江",
        "新巴尔虎左旗阿木古郎镇" + "巴彦布尔德嘎查" * 9 + "10组8号",
    )
    house, who = station.household, station.people[0]
    station.ask(qtbot, lambda desk: registry.edit_household(desk, house.id, {"address": address}))
    station.ask(qtbot, lambda desk: registry.edit_resident(desk, who.id, {"name": name}, frozenset({"twin"})))
    page = open_folder(qtbot, station)
    page.resize(900, 700)
    qtbot.waitUntil(lambda: page.head.contact.shown().endswith("…"), timeout=5_000)
    for label, whole in ((page.head.name, name), (page.head.contact, address)):
        assert label.shown().endswith("…")
        assert whole in label.text()
        assert whole in label.toolTip()
    assert page.print_button.visibleRegion().boundingRect().width() == page.print_button.width()


def test_somebody_is_put_into_another_household(qtbot, station):
    who = station.people[-1]
    other = station.ask(qtbot, lambda desk: registry.add_household(desk, {"address": "和平村10组8号", "door": "8"}))
    page = open_folder(qtbot, station, len(station.people) - 1)
    entry = next(each for each in page.event_button.menu_below.actions() if each.objectName() == "event_rehouse")
    entry.trigger()
    dialog = page.window().findChild(RehouseDialog)
    qtbot.waitUntil(lambda: dialog.chooser.model.rowCount() == 1, timeout=5_000)  # not the one they live in
    assert not dialog.go.isEnabled()
    dialog.chooser.search.setText("10组")
    qtbot.waitUntil(lambda: not station.session.tasks.busy, timeout=5_000)
    dialog.chooser.table.choose_row(0)
    dialog.chooser.relations.setCurrentIndex(dialog.chooser.relations.findData("97"))
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.go.click()
    row = station.ask(qtbot, lambda desk: registry.show_resident(desk, who.id))
    assert (row.household_id, row.relation_to_head, row.address) == (other.id, "97", "和平村10组8号")
    assert page.message.isVisible()


def test_somebody_founds_a_household_of_their_own_and_a_wrong_day_changes_nothing(qtbot, station):
    who = station.people[-1]
    page = open_folder(qtbot, station, len(station.people) - 1)
    dialog = RehouseDialog(station.session, page.folder.resident, page.message.say, page)
    dialog.open()
    dialog.alone.setChecked(True)
    assert dialog.reason.currentData() == "3"
    dialog.address.setText(" ")
    dialog.address.textEdited.emit(" ")
    assert not dialog.go.isEnabled()
    dialog.address.setText("和平村10组9号")
    dialog.day.setText("20991231")
    dialog.address.textEdited.emit("")
    dialog.go.click()
    station.settle(qtbot)
    assert "今天" in dialog.message.text.text()
    assert station.ask(qtbot, lambda desk: registry.show_resident(desk, who.id)).household_id == who.household_id
    dialog.day.setText("20260901")
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.go.click()
    row = station.ask(qtbot, lambda desk: registry.show_resident(desk, who.id))
    assert (row.address, row.relation_to_head) == ("和平村10组9号", "02")
    assert row.answers["household_since"] == "2026-09-01"


def test_masks_and_ages():
    assert masked("11010119500301001X") == "110101********001X"
    assert age_words("1950-03-01", date(2026, 2, 28), words) == "75岁"
    assert age_words("2025-12-31", date(2026, 11, 24), words) == "10个月"
    assert age_words("", date(2026, 11, 24), words) == ""


def test_the_overview_shows_how_measures_change(qtbot, station):
    for day, systolic in (("2026-03-02", 138), ("2026-06-01", 132)):
        visit = {**data_of_visit(), "visit_date": day, "systolic_bp": systolic, "next_visit_date": "2026-11-30"}
        station.ask(qtbot, lambda desk, visit=visit: file(desk, "hypertension_followup", station.people[0], visit))
    page = open_folder(qtbot, station)
    qtbot.waitUntil(page.overview.charts.isVisible)
    strip = page.overview.charts
    assert "血压（mmHg）" in strip.accessibleName()
    assert strip.height() == strip.sizeHint().height()
    assert strip.grab().toImage().pixelColor(2, 2).isValid()
    assert page.overview.vaccinations.isHidden()
    page.resize(2200, 900)
    qtbot.waitUntil(lambda: strip.height() == strip.sizeHint().height())


def test_without_measures_the_overview_has_no_charts(qtbot, station):
    page = open_folder(qtbot, station, place=1)
    with qtbot.waitSignal(page.glanced, timeout=10_000):
        page.show_resident(station.people[1].id)
    assert not page.overview.charts.isVisible()


def test_a_childs_overview_says_which_doses_are_due(qtbot):
    schedule = ImmunizationSchedule.load(RESOURCES / "programmes")
    card = VaccinationCard(words)
    qtbot.addWidget(card)
    born = [Given("hepb_1", "2026-01-05"), Given("bcg_1", "2026-01-05")]
    card.show_plan(schedule.plan("2026-01-05", "1", born, "2026-03-10"), "2026-03-10")
    shown = [label.text() for label in card.findChildren(QLabel) if not label.isHidden()]
    assert "乙肝疫苗 2" in shown
    assert "脊灰疫苗 1" in shown
    assert shown.count("可种") == 3
    card.show_plan(schedule.plan("2026-01-05", "1", born, "2026-01-20"), "2026-01-20")
    assert card.next.text() == "目前没有该种的。 下一剂最早 2026-02-05"
    card.show_plan(Plan(schedule.versions[0]), "2026-01-20")
    assert card.isHidden()


def test_a_tab_of_many_forms_offers_them_in_menus(qtbot, station):
    """Fourteen buttons side by side could not be read; a menu opens with the keyboard and names each form whole."""
    page = open_folder(qtbot, station)
    page.tabs.setCurrentWidget(page.record_tabs["special"])
    button = page.record_tabs["special"].findChild(MenuButton, "new_special")
    titles = [action.text() for action in button.menu_below.actions()]
    assert "新填《预防接种卡》" in titles
    assert button.sizeHint().width() <= button.width()
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert button.menu_below.isVisible()
    with qtbot.waitSignal(page.entry_wanted, timeout=1_000) as wanted:
        next(act for act in button.menu_below.actions() if act.objectName() == "new_vaccination_card").trigger()
    assert wanted.args[0] == "vaccination_card"
    button.menu_below.hide()
    blanks = page.record_tabs["special"].findChild(MenuButton, "blank_special")
    with qtbot.waitSignal(page.print_wanted, timeout=1_000) as printed:
        next(act for act in blanks.menu_below.actions() if act.objectName() == "blank_newborn_visit").trigger()
    assert printed.args[0] == "newborn_visit"
