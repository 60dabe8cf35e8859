"""A scanner types a card from anywhere in the window; what has the focus keeps what it held (R4.4)."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from jiandang_desktop.gui.card_scanner import GAP_MS
from jiandang_desktop.gui.rehouse_dialog import RehouseDialog
from jiandang_desktop.services import cards, records

from .gui_desk import _household
from .window_desk import close, show_window, village


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=village())
    made.people = made.ask(_household)[1]
    yield made
    close(made)


def keys(shown, text: str, pause: int = 0) -> None:
    """Keys as the system gives them to the window, one after another or with a pause of so many milliseconds."""
    shown.window.activateWindow()
    shown.qtbot.waitUntil(shown.window.isActiveWindow, timeout=5_000)
    for key in text:
        code = Qt.Key.Key_Return if key == "\n" else Qt.Key(ord(key))
        QTest.keyClick(shown.window.windowHandle(), code)
        if pause:
            shown.qtbot.wait(pause)


def scan(shown, token: str, end: str = "\n") -> None:
    keys(shown, token + end)
    shown.settle()


def open_visit(shown, person):
    """An encounter with the focus in its first question."""
    page = shown.window.workplace.page("form")
    with shown.qtbot.waitSignal(page.opened, timeout=10_000):
        shown.window.workplace.open_form("encounter_record", person.id, None)
    return page


def test_a_scan_opens_the_folder_whatever_has_the_focus_and_changes_no_field(shown):
    person, other = shown.people[:2]
    page = open_visit(shown, other)
    keys(shown, "38.5")
    shown.qtbot.wait(2 * GAP_MS)
    assert page.panel.answers()["subjective"] == "38.5"
    scan(shown, person.answers["card_token"])
    assert shown.page().objectName() == "resident"
    assert shown.page().folder.resident.id == person.id
    page = open_visit(shown, other)
    assert page.panel.answers()["subjective"] == "38.5"


@pytest.mark.parametrize("rail", ["rail_residents", "rail_submission", "rail_management"])
def test_a_scan_opens_the_folder_from_every_page(shown, rail):
    shown.click(rail)
    if QApplication.focusWidget() is not None:
        QApplication.focusWidget().clearFocus()
    scan(shown, shown.people[0].answers["card_token"], "\n\n")
    assert shown.page().objectName() == "resident"
    assert shown.page().folder.resident.id == shown.people[0].id


def test_digits_typed_by_hand_arrive_in_order_with_what_follows(shown):
    page = open_visit(shown, shown.people[0])
    keys(shown, "12", pause=GAP_MS + 20)
    keys(shown, "34\n")
    assert page.panel.answers()["subjective"].startswith("1234")
    page.panel.go_to("objective")
    keys(shown, shown.people[0].answers["card_token"], pause=GAP_MS + 20)
    keys(shown, "\n")
    shown.settle()
    assert shown.page() is page
    assert page.panel.answers()["objective"] == shown.people[0].answers["card_token"]


def test_a_number_that_is_no_card_goes_to_its_field(shown):
    """An identity number from the same scanner has 18 digits."""
    page = open_visit(shown, shown.people[0])
    for number in ("150102196203051234", "1" * 25, "1" * 50):
        page.panel.set_answers({})
        page.panel.go_to("subjective")
        scan(shown, number)
        assert shown.page() is page
        assert page.panel.answers()["subjective"].strip() == number


def test_an_old_card_is_refused_with_its_day_and_opens_nothing(shown):
    person = shown.people[0]
    old = person.answers["card_token"]
    shown.ask(lambda desk: cards.issue(desk, [person.id]))
    shown.ask(lambda desk: cards.replace(desk, person.id, cards.CardEvent.LOST))
    today = shown.session.bench.clock.today().isoformat()
    for way in ("scanned", "typed"):
        shown.click("rail_residents")
        if way == "scanned":
            scan(shown, old)
        else:
            box = shown.find("top_search")
            box.setText(f"{old[:6]} {old[6:12]}-{old[12:]}")
            shown.qtbot.keyClick(box, Qt.Key.Key_Return)
            shown.settle()
        popup = shown.window.workplace.top.popup
        assert popup.isVisible()
        assert f"这张卡已在 {today} 挂失" in popup.nothing.text()
        assert shown.page().objectName() == "residents"
        popup.hide()


def test_a_visit_knows_whether_the_card_was_shown(shown):
    person = shown.people[0]
    scan(shown, person.answers["card_token"])
    assert open_visit(shown, person).panel.answers()["card_shown"] == "1"
    shown.window.workplace.open_resident(shown.people[1].id)
    assert "card_shown" not in open_visit(shown, shown.people[1]).panel.answers()


def test_a_visit_without_the_card_says_so_in_the_lists(shown):
    person = shown.people[0]
    said = dict.fromkeys(("subjective", "objective", "assessment", "plan"), "无")
    seen = {**said, "doctor": "李卫东", "encounter_date": shown.session.bench.clock.today().isoformat()}
    for answer in ("1", "2"):
        shown.ask(
            lambda desk, answer=answer: records.put_record(
                desk, "encounter_record", person.id, {**seen, "card_shown": answer}
            )
        )
    page = shown.window.workplace.page("resident")
    with shown.qtbot.waitSignal(page.looked, timeout=20_000):
        shown.window.workplace.open_resident(person.id)
    rows = [page.record_tabs["encounter"].model.row(place) for place in (0, 1)]
    assert sorted(row.reason for row in rows) == ["", "未出示信息卡"]


def test_a_scan_into_a_dialog_changes_no_field_there_and_says_so(shown):
    person, other = shown.people[:2]
    page = shown.window.workplace.page("resident")
    with shown.qtbot.waitSignal(page.looked, timeout=20_000):
        shown.window.workplace.open_resident(other.id)
    dialog = RehouseDialog(shown.session, page.folder.resident, lambda _told: None, shown.window)
    dialog.open()
    dialog.activateWindow()
    shown.qtbot.waitUntil(dialog.isActiveWindow, timeout=5_000)
    search = dialog.chooser.search
    search.setFocus()
    for key in person.answers["card_token"] + "\n":
        QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Return if key == "\n" else Qt.Key(ord(key)))
    shown.settle()
    assert search.text() == ""
    assert shown.page().folder.resident.id == other.id
    assert "再扫一次" in dialog.message.text.text()
    assert dialog.message.isVisible()
    shown.qtbot.keyClicks(search, "z")
    shown.qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert search.text() == ""
    shown.qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert not isValid(dialog) or not dialog.isVisible()


def test_a_scan_while_a_question_is_open_waits_for_its_answer(shown):
    shown.window._ask_to_close()
    dialog = QApplication.activeModalWidget() or shown.find("closing_dialog")
    dialog.setModal(True)
    page = shown.page()
    scan(shown, shown.people[0].answers["card_token"])
    assert shown.page() is page
    dialog.reject()
