"""今日工作 in a real window: what is due stands in its band, Enter opens the form, filing leads back."""

from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from tests.urgent_visit import URGENT

from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.services import due, registry
from jiandang_desktop.services.desk import Desk

from .gui_desk import file
from .test_resident_folder import data_of_visit
from .window_desk import DOCTOR, Shown, close, show_window, village

HOUSE = {"address": "和平村三组5号", "village_group": "三组"}
GRANDFATHER = {
    "name": "于德海",
    "sex": "1",
    "birth_date": "1950-03-02",
    "relation_to_head": "02",
    "phone": "14000000001",
}
GRANDMOTHER = {"name": "乌云其木格", "sex": "2", "birth_date": "1953-07-09", "relation_to_head": "10"}
REGISTERED = {
    "id_type": "01",
    "no_id_reason": "4",
    "ethnicity": "01",
    "residence_type": "1",
    "consent": "1",
    "consent_by": "1",
    "responsible_doctor": "李卫东",
}


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=village())
    yield made
    close(made)


def days_ago(desk: Desk, days: int) -> str:
    return (desk.bench.clock.today() - timedelta(days)).isoformat()


def visit(desk: Desk, days: int, **changes: Any) -> dict[str, Any]:
    """A hypertension visit so many days ago, at home, pressure too high for the first time."""
    on = date.fromisoformat(days_ago(desk, days))
    return {
        **data_of_visit(),
        "visit_date": on.isoformat(),
        "visit_method": "2",
        "systolic_bp": 162,
        "diastolic_bp": 96,
        "visit_classification": "2",
        "next_visit_date": (on + timedelta(14)).isoformat(),
        **changes,
    }


@pytest.fixture
def couple(shown: Shown) -> list[Any]:
    """Two old people of one household, both with high blood pressure, both overdue."""

    def settle(desk: Desk) -> list[Any]:
        house = registry.add_household(desk, HOUSE)
        people = []
        for person in (GRANDFATHER, GRANDMOTHER):
            answers = {**REGISTERED, **person, "consent_date": "2020-01-05", "filing_date": "2020-01-05"}
            people.append(registry.add_resident(desk, house.id, answers, frozenset({"twin"})))
        for who in people:
            file(desk, "hypertension_followup", who, visit(desk, 20))
        return people

    return shown.ask(settle)


def lines(shown: Shown) -> list[Any]:
    page = shown.page()
    return [page.due_rows.row(place) for place in range(page.due_rows.rowCount())]


def open_band(shown: Shown, band: str) -> None:
    shown.click("rail_worklist")
    shown.click(f"band_{band}")


def test_an_empty_village_is_told_what_will_stand_here(shown):
    shown.click("rail_worklist")
    page = shown.page()
    assert page.lists.currentWidget() is page.nothing
    assert page.nothing.sentence.text()
    assert not page.side.isVisible()
    shown.click("worklist_empty_action")
    assert shown.page().objectName() == "residents"


def test_overdue_visits_come_first_with_the_reason_beside(shown, couple):
    shown.click("rail_worklist")
    page = shown.page()
    assert page.bands[Band.OVERDUE].isChecked()
    assert [(line.person.name, line.days) for line in lines(shown)] == [("于德海", -6), ("乌云其木格", -6)]
    assert shown.find("side_name").text() == "于德海"
    assert "2周内" in shown.find("side_why").text()
    assert "14000000001" in shown.find("side_facts").text()
    assert page.due_rows.data(page.due_rows.index(0, 2)) == "三组5号"


def test_a_household_is_done_in_one_visit(shown, couple):
    """Enter opens the form with the visit before beside it; the next member begins with the same day and way."""
    shown.click("rail_worklist")
    shown.press(Qt.Key.Key_Return)
    form = shown.page()
    assert form.objectName() == "form_page"
    assert form.entry.form.id == "hypertension_followup"
    assert [each.date for each in form.entry.earlier] == [shown.ask(lambda desk: days_ago(desk, 20))]
    answers = shown.ask(lambda desk: visit(desk, 1, systolic_bp=128, diastolic_bp=80, visit_classification="1"))
    answers["next_visit_date"] = shown.ask(lambda desk: days_ago(desk, -60))
    form.panel.set_answers(answers)
    form.file()
    shown.settle()
    if form.confirm.isVisible():
        form.file()
        shown.settle()
    page = shown.page()
    assert page.objectName() == "worklist"
    assert page.message.isVisible()
    assert [line.person.name for line in lines(shown)] == ["乌云其木格"]
    shown.press(Qt.Key.Key_Return)
    begun = shown.page().entry
    assert begun.subject_id == couple[1].id
    assert begun.answers["visit_date"] == answers["visit_date"]
    assert begun.answers["visit_method"] == "2"


def test_esc_leads_back_to_the_list(shown, couple):
    shown.click("rail_worklist")
    shown.press(Qt.Key.Key_Return)
    shown.press(Qt.Key.Key_Escape)
    assert shown.page().objectName() == "worklist"
    assert len(lines(shown)) == 2


def test_not_at_home_is_written_down_with_one_key(shown, couple):
    shown.click("rail_worklist")
    shown.press(Qt.Key.Key_F8)
    form = shown.page()
    assert form.entry.form.id == "contact_attempt"
    assert form.entry.answers["for_programmes"] == ["hypertension"]
    assert form.entry.answers["attempt_date"] == shown.ask(lambda desk: desk.today())
    form.panel.set_answers({**form.panel.answers(), "method": "2", "result": "1", "doctor_signature": "李卫东"})
    form.file()
    shown.settle()
    assert shown.page().objectName() == "worklist"
    line = lines(shown)[0]
    assert (line.attempts, line.last_attempt) == (1, shown.ask(lambda desk: desk.today()))
    assert shown.find("side_attempts").isVisible()


def test_who_else_of_the_household_waits_is_offered(shown, couple):
    shown.click("rail_worklist")
    link = next(
        item.widget()
        for item in (shown.page().side.house.itemAt(n) for n in range(shown.page().side.house.count()))
        if "乌云其木格" in item.widget().text()
    )
    shown.qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    shown.settle()
    assert shown.page().entry.subject_id == couple[1].id


def test_a_proposal_is_taken_in_or_refused(shown, couple):
    def diagnose(desk: Desk) -> None:
        encounter = {
            "subjective": "口干多饮一个月。",
            "objective": "一般情况可。",
            "assessment": "2型糖尿病",
            "plan": "饮食控制，随访。",
            "encounter_date": days_ago(desk, 2),
            "doctor": "李卫东",
        }
        file(desk, "encounter_record", couple[0], encounter)

    shown.ask(diagnose)
    open_band(shown, Band.FOUND)
    place = next(n for n, line in enumerate(lines(shown)) if line.proposal and line.programme == "diabetes2")
    shown.page().due_table.choose_row(place)
    shown.settle()
    assert shown.find("side_refuse").isVisible()
    assert not shown.find("side_attempt").isVisible()
    shown.click("side_refuse")
    start = shown.page().entry.answers
    assert (start["programme"], start["decision"]) == ("diabetes2", "2")
    shown.press(Qt.Key.Key_Escape)
    shown.find("due_table").row_chosen.emit(place)
    shown.settle()
    assert shown.page().entry.form.id == "programme_membership"


def test_a_screening_is_put_off_or_tried(shown, couple):
    def settle(desk: Desk) -> None:
        house = registry.add_household(desk, {**HOUSE, "address": "和平村三组6号"})
        answers = {**REGISTERED, **GRANDFATHER, "name": "于德山", "birth_date": "1985-03-02"}
        answers |= {"consent_date": "2020-01-05", "filing_date": "2020-01-05"}
        registry.add_resident(desk, house.id, answers, frozenset({"twin"}))

    shown.ask(settle)
    open_band(shown, Band.FOUND)
    place = next(n for n, line in enumerate(lines(shown)) if line.programme == "screening_bp")
    shown.page().due_table.choose_row(place)
    shown.settle()
    assert shown.find("side_attempt").isVisible()
    assert shown.find("side_refuse").text() == "今年不做"
    shown.click("side_refuse")
    start = shown.page().entry.answers
    assert (start["programme"], start["decision"]) == ("screening_bp", "2")


def test_filters_narrow_the_list_and_its_paper(shown, couple):
    shown.click("rail_worklist")
    page = shown.page()
    page.programme.setCurrentIndex(page.programme.findData("elderly_65"))
    page.programme.activated.emit(page.programme.currentIndex())
    shown.settle()
    assert page.lists.currentWidget() is page.nothing
    shown.click("band_year")
    assert {line.programme for line in lines(shown)} == {"elderly_65"}
    shown.click("worklist_print")
    assert shown.page().objectName() == "printing"
    assert shown.window.focusWidget() is shown.find("print_preview")
    shown.press(Qt.Key.Key_Escape)
    assert shown.page() is page
    assert {line.programme for line in lines(shown)} == {"elderly_65"}
    counted = shown.ask(lambda desk: due.worklist(desk).counts[Band.OVERDUE].people)
    assert counted == 2


@pytest.mark.usefixtures("couple")
def test_what_one_does_stays_whole_where_notices_leave_little_room(shown):
    shown.click("rail_worklist")
    page = shown.page()
    page.message.say("甲" * 60)
    page.slips.words.setText("乙")
    page.slips.show()
    page.submission.show()
    shown.window.resize(1366, 768)
    shown.settle()
    side = page.side
    assert side.attempt.geometry().bottom() < side.open.geometry().top()
    assert side.open.height() >= side.open.sizeHint().height()
    assert side.attempt.height() >= side.attempt.sizeHint().height()


@pytest.mark.usefixtures("couple")
def test_what_was_filed_says_whose_it_is_when_the_list_has_gone_on(shown):
    shown.click("rail_worklist")
    page = shown.page()
    who = lines(shown)[0].person
    shown.window.workplace.open_form("hypertension_followup", who.id, None)
    shown.settle()
    form = shown.page()
    today = shown.session.bench.clock.today()
    typed = {"visit_date": today.isoformat(), "next_visit_date": (today + timedelta(days=10)).isoformat()}
    typed |= {"weight": 60, "bmi": 22.0, "visit_classification": "2", "doctor_signature": DOCTOR}
    form.panel.set_answers({**form.panel.answers(), **URGENT, **typed})
    form.panel.judge()
    shown.click("form_file")
    form.confirm.confirmed.emit()
    shown.settle()
    assert shown.page() is page
    assert page.message.text.text().startswith(f"{who.name} 要紧急转诊")


@pytest.mark.usefixtures("couple")
def test_up_leads_from_the_list_to_the_bands_and_down_back_again(shown):
    shown.click("rail_worklist")
    table = shown.page().due_table
    assert shown.window.focusWidget() is table
    shown.press(Qt.Key.Key_Up)
    assert shown.window.focusWidget() is shown.find("band_overdue")
    shown.press(Qt.Key.Key_Down)
    assert shown.window.focusWidget() is table
    assert table.chosen_row() == 0
