"""The first start: a station in six steps by the keyboard, and the ways it says no."""

import pytest
from PySide6.QtCore import Qt

from jiandang_desktop.gui.wizards.first_start import FirstStart, first_start_flow
from jiandang_desktop.services import stations

from .window_desk import DOCTOR, PASSWORD, close, show_window


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault")
    yield made
    close(made)


def wizard(shown) -> FirstStart:
    found = shown.window.stack.currentWidget()
    assert isinstance(found, FirstStart)
    return found


def at(shown) -> str:
    return wizard(shown).flow.step.id


def choose_place(shown):
    for name, code in (("prefecture", "150100"), ("county", "150102"), ("township", "150102001")):
        box = shown.find(f"division_{name}")
        box.setCurrentIndex(box.findData(code))
    box = shown.find("division_village")
    box.setCurrentIndex(1)


def fill_person(shown, password=PASSWORD, again=PASSWORD):
    shown.type("person_name", DOCTOR)
    shown.type("person_password", password)
    shown.type("person_again", again)


def type_back(shown):
    state, step = wizard(shown).flow.state, wizard(shown).step
    groups = stations.recovery_groups(state["recovery_code"])
    shown.type("recovery_first", groups[step.asked[0]])
    shown.type("recovery_second", groups[step.asked[1]].lower())


def test_a_village_is_set_up_and_the_residents_page_opens(shown):
    """Welcome, place, person, recovery sheet, enrolment, ready: then one works in the new vault."""
    shown.click("first_start_next")
    choose_place(shown)
    assert len(shown.find("station_code").text()) == 12
    assert shown.find("station_name").text().endswith("卫生室")
    shown.click("first_start_next")
    fill_person(shown)
    shown.qtbot.keyClick(shown.find("person_again"), Qt.Key.Key_Return)
    shown.settle()
    assert at(shown) == "recovery"
    type_back(shown)
    shown.click("first_start_next")
    assert at(shown) == "enrol"
    assert "recovery_code" not in wizard(shown).flow.state
    shown.click("first_start_next")
    shown.click("first_start_next")
    assert shown.page().objectName() == "residents"
    assert shown.session.desk.staff.name == DOCTOR
    assert shown.session.bench.keeper.exists(shown.session.folder)


def test_a_place_that_is_no_whole_code_is_not_accepted(shown):
    shown.click("first_start_next")
    shown.type("station_code", "150102")
    shown.type("station_name", "和平村卫生室")
    shown.click("first_start_next")
    assert at(shown) == "place"
    assert "12" in shown.find("step_place").code_row.note.text()


def test_each_step_begins_where_there_is_something_to_do(shown):
    def focused() -> str:
        return shown.window.focusWidget().objectName()

    assert focused() == "first_start_next"
    shown.press(Qt.Key.Key_Return)
    assert focused() == "division_prefecture"
    choose_place(shown)
    shown.click("first_start_next")
    assert focused() == "person_name"
    fill_person(shown, "short", "short")
    shown.qtbot.keyClick(shown.find("person_again"), Qt.Key.Key_Return)
    assert focused() == "person_password"
    fill_person(shown)
    shown.qtbot.keyClick(shown.find("person_again"), Qt.Key.Key_Return)
    shown.settle()
    assert focused() == "recovery_print"
    shown.click("first_start_next")
    assert focused() == "recovery_first"
    type_back(shown)
    shown.click("first_start_next")
    assert focused() == "first_start_next"
    shown.press(Qt.Key.Key_Return)
    shown.press(Qt.Key.Key_Return)
    assert shown.page().isAncestorOf(shown.window.focusWidget())


def test_a_village_that_is_not_in_the_list_is_typed(shown):
    shown.click("first_start_next")
    shown.type("station_code", "150102001999")
    shown.type("station_name", "新村卫生室")
    shown.click("first_start_next")
    assert at(shown) == "person"


def test_short_and_different_passwords_are_refused_where_they_are_typed(shown):
    shown.click("first_start_next")
    choose_place(shown)
    shown.click("first_start_next")
    step = shown.find("step_person")
    fill_person(shown, "short", "short")
    shown.click("first_start_next")
    assert step.password_row.note.property("kind") == "wrong"
    fill_person(shown, PASSWORD, PASSWORD + "x")
    shown.click("first_start_next")
    assert step.again_row.note.property("kind") == "wrong"
    assert at(shown) == "person"
    assert not shown.session.bench.keeper.exists(shown.session.folder)


def test_the_recovery_sheet_must_be_typed_back(shown):
    shown.click("first_start_next")
    choose_place(shown)
    shown.click("first_start_next")
    fill_person(shown)
    shown.click("first_start_next")
    shown.type("recovery_first", "AAAAA")
    shown.type("recovery_second", "BBBBB")
    shown.click("first_start_next")
    assert at(shown) == "recovery"
    assert not shown.find("first_start_message").isHidden()
    assert shown.find("first_start_back").isHidden()


def test_one_can_look_around_among_invented_people_first(shown):
    """The demonstration opens beside the real vault's place, which stays empty, and says all the time what it is."""
    real = shown.session.folder
    shown.qtbot.mouseClick(shown.find("look_around"), Qt.MouseButton.LeftButton)
    shown.qtbot.waitUntil(lambda: not shown.session.tasks.busy, timeout=60_000)
    shown.settle()
    assert shown.page().objectName() == "residents"
    assert shown.page().model.rowCount() >= 100
    assert shown.session.text("rail.made_up") in shown.window.workplace.rail.foot.text()
    assert not shown.session.bench.keeper.exists(real)


def test_the_flow_needs_no_enrolment_at_the_top_and_never_goes_back_past_the_vault():
    flow = first_start_flow()
    flow.state |= {"level": "banner", "code": "150102", "station": "x", "person": "y", "password": "z" * 8}
    for _ in range(3):
        flow.go_on()
    assert flow.step.id == "recovery"
    assert not flow.may_go_back
    assert flow.go_on().id == "recovery"
    flow.state["typed_back"] = True
    assert flow.go_on().id == "ready"
    assert flow.last
    assert flow.place() == (5, 5)
