"""The frame: sign in, lock, idle lock, pages, keys, search from anywhere, problems, the end."""

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.forms.entry_line import EntryLine
from jiandang_desktop.gui.pages.sign_in import SignInPage
from jiandang_desktop.ports.vault import LATEST_SAVE
from jiandang_desktop.services import registry, staff

from .gui_desk import _household
from .window_desk import DOCTOR, PASSWORD, close, show_window, township, village


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=village())
    yield made
    close(made)


def is_locked(shown) -> bool:
    return isinstance(shown.window.stack.currentWidget(), SignInPage)


def rail_names(shown) -> list[str]:
    return [b.objectName() for b in shown.find("rail").findChildren(QPushButton)]


def test_a_village_sees_its_pages_in_order_and_every_one_opens(shown):
    names = rail_names(shown)
    assert names == ["rail_worklist", "rail_residents", "rail_submission", "rail_printing", "rail_management"]
    for name in names:
        shown.click(name)
        assert shown.page().objectName() == name.removeprefix("rail_")


def test_a_township_sees_intake_and_archive(qtbot, tmp_path):
    shown = show_window(qtbot, tmp_path / "vault", station=township())
    pages = ("intake", "decisions", "residents", "worklist", "referrals", "shelves", "printing", "management")
    assert rail_names(shown) == [f"rail_{page}" for page in pages]
    assert shown.page().objectName() == "intake"
    close(shown)


class _Flashes(QObject):
    """Notes every window that appears and isn't a dialog: a widget shown before it has its place flashes and takes
    the focus from the window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


@pytest.mark.parametrize("station", [village(), township()], ids=["village", "township"])
def test_nothing_flashes_and_the_keys_work_from_the_sign_in_on(qtbot, tmp_path, station):
    shown = show_window(qtbot, tmp_path / "vault", station=station)
    shown.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    shown.type("sign_in_password", PASSWORD)
    flashes = _Flashes()
    QApplication.instance().installEventFilter(flashes)
    shown.qtbot.keyClick(shown.find("sign_in_password"), Qt.Key.Key_Return)
    shown.settle()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert shown.page().isAncestorOf(focused)
    for name in (*rail_names(shown), "rail_referrals"):
        shown.window.workplace.show_page(name.removeprefix("rail_"))
        shown.settle()
    QApplication.instance().removeEventFilter(flashes)
    assert flashes.seen == []
    close(shown)


def test_locking_destroys_the_pages_and_the_password_opens_again(shown):
    shown.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert is_locked(shown)
    assert shown.session.desk is None
    assert shown.find("sign_in_name").currentText() == DOCTOR
    shown.type("sign_in_password", "wrong password")
    shown.click("sign_in_go")
    assert shown.window.stack.currentWidget().password_row.note.property("kind") == "wrong"
    shown.type("sign_in_password", PASSWORD)
    shown.qtbot.keyClick(shown.find("sign_in_password"), Qt.Key.Key_Return)
    shown.settle()
    assert shown.page().objectName() == "worklist"


def test_capital_letters_are_hinted_at(shown):
    shown.click("top_lock")
    shown.qtbot.keyClick(shown.find("sign_in_password"), "A")
    assert shown.window.stack.currentWidget().password_row.note.text()
    shown.qtbot.keyClick(shown.find("sign_in_password"), "a")
    assert not shown.window.stack.currentWidget().password_row.note.text()


def test_ten_minutes_without_a_key_lock(shown):
    assert shown.window.idle.timer.interval() == 600_000
    shown.window.idle.too_long.emit()
    shown.settle()
    assert is_locked(shown)


def test_keys_lead_to_search_worklist_and_new_household(shown):
    shown.click("rail_management")
    shown.press(Qt.Key.Key_F5)
    assert shown.page().objectName() == "worklist"
    shown.press(Qt.Key.Key_F3)
    assert shown.window.focusWidget() is shown.find("top_search")
    shown.press(Qt.Key.Key_F6)
    assert shown.page().objectName() == "registry"
    shown.press(Qt.Key.Key_Escape)
    assert shown.page().objectName() == "worklist"


def test_search_and_a_scanned_card_open_the_folder_from_anywhere(shown):
    _, people = shown.ask(_household)
    box = shown.find("top_search")
    for text in (people[0].name, people[0].answers["card_token"]):
        shown.click("rail_submission")
        box.setFocus()
        box.setText(text)
        shown.qtbot.keyClick(box, Qt.Key.Key_Return)
        shown.settle()
        assert shown.page().objectName() == "resident"
        assert shown.page().folder.resident.id == people[0].id


def test_who_is_not_found_gets_a_hint(shown):
    box = shown.find("top_search")
    box.setText("zzzz")
    shown.qtbot.keyClick(box, Qt.Key.Key_Return)
    shown.settle()
    assert not shown.find("found_popup").isHidden()
    assert shown.page().objectName() == "worklist"


def test_what_was_found_goes_when_one_works_elsewhere_and_esc_leads_back(shown):
    _, people = shown.ask(_household)
    shown.click("rail_residents")
    worked = shown.window.focusWidget()
    found = shown.find("found_popup")

    def look():
        shown.press(Qt.Key.Key_F3)
        shown.qtbot.keyClicks(shown.find("top_search"), people[0].answers["id_no"][-4:])
        shown.qtbot.waitUntil(found.isVisible, timeout=10_000)

    look()
    shown.press(Qt.Key.Key_Escape)
    assert found.isHidden()
    assert shown.window.focusWidget() is worked
    look()
    shown.press(Qt.Key.Key_F5)
    assert found.isHidden()
    look()
    shown.find("due_table").setFocus()
    shown.find("worklist").setFocus()
    shown.qtbot.waitUntil(found.isHidden, timeout=5_000)


def test_a_form_of_the_longest_name_shows_where_it_is_cut(shown):
    _, people = shown.ask(_household)
    who = people[1]
    shown.window.workplace.open_form("hypertension_followup", who.id, None)
    shown.settle()
    page = shown.page()
    assert "…" in page.subtitle.shown()
    assert page.subtitle.toolTip().startswith(who.name)
    line = next(each for each in page.panel.findChildren(EntryLine) if each.text() == who.name)
    assert line.shown().endswith("…")
    QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, QPoint(), QPoint()))
    assert line.toolTip() == who.name


def test_enter_on_the_last_button_leads_to_what_is_missing(shown):
    """The button has the focus when the last question was answered; it is out of use while the form is filed."""
    _, people = shown.ask(_household)
    shown.window.workplace.open_form("hypertension_followup", people[0].id, None)
    shown.settle()
    form = shown.page()
    form.file_button.setFocus()
    shown.press(Qt.Key.Key_Return)
    assert form.panel.place() == form.panel.shown_findings()[0].field_id
    assert form.panel.isAncestorOf(shown.window.focusWidget())
    shown.press(Qt.Key.Key_F6)
    shown.find("registry_save").setFocus()
    shown.press(Qt.Key.Key_Return)
    page = shown.page()
    assert page.panel.isAncestorOf(shown.window.focusWidget())


def test_a_problem_nobody_takes_is_shown_with_its_next_step(shown):
    def refuse(_desk):
        raise Problem("NOTHING_TO_SUBMIT")

    shown.session.ask(shown.session, refuse)
    shown.settle()
    dialog = shown.window.findChild(QDialog, "problem_dialog")
    assert "[NOTHING_TO_SUBMIT]" in shown.find("problem_code").text()
    assert shown.find("problem_next").text()
    dialog.accept()


def test_a_bug_is_shown_without_its_values(shown):
    def fail(_desk):
        raise ValueError("王小明 150102200001011234")

    shown.session.ask(shown.session, fail)
    shown.qtbot.waitUntil(lambda: bool(shown.bugs), timeout=5_000)
    shown.bugs.clear()
    words = "".join(shown.find(name).text() for name in ("problem_text", "problem_next", "problem_code"))
    assert "ValueError" in words
    assert "王小明" not in words
    shown.window.findChild(QDialog, "problem_dialog").accept()


def test_closing_while_something_runs_asks_first(shown):
    import threading

    go_on = threading.Event()
    shown.session.tasks.run(shown.session, lambda _p: go_on.wait(20))
    shown.window.close()
    assert shown.window.isVisible()
    assert shown.window.findChild(QDialog, "closing_dialog") is not None
    go_on.set()
    shown.settle()


def test_closing_locks_the_vault_and_goes(shown):
    shown.window.close()
    shown.qtbot.waitUntil(lambda: not shown.window.isVisible(), timeout=10_000)
    assert shown.session.desk is None


def test_staff_are_added_and_their_password_reset_on_the_page(shown):
    shown.click("rail_management")
    shown.type("staff_name", "王桂芳")
    shown.type("staff_password", "eight letters")
    shown.find("role_doctor").setChecked(True)
    shown.click("staff_add_go")
    assert [who.name for who in shown.ask(staff.list_staff)] == [DOCTOR, "王桂芳"]
    shown.type("staff_name", "无职责")
    shown.find("role_doctor").setChecked(False)
    shown.click("staff_add_go")
    assert not shown.find("staff_message").isHidden()
    assert len(shown.ask(staff.list_staff)) == 2


def test_the_vault_is_checked_on_the_page(shown):
    shown.click("rail_management")
    shown.find("management_tabs").setCurrentIndex(2)
    shown.click("vault_check")
    assert shown.find("vault_message").property("tone") == "confirmed"


def test_C02_the_notice_about_the_date_stays_until_somebody_says_that_it_is_right(shown):
    """It stands above every page, and neither a save nor another page takes it away."""
    notice = shown.find("clock_notice")
    assert not notice.isVisible()

    def later(desk):
        with desk.vault.work("test") as work:
            work.set_setting(LATEST_SAVE, "2099-01-01T12:00:00+08:00")
            work.commit()

    shown.ask(later)
    shown.ask(lambda desk: registry.add_household(desk, {"address": "和平村3组12号"}))
    shown.session.tasks.changed.emit(Changes(registry=True))
    shown.settle()
    assert notice.isVisible()
    assert "2099-01-01" in notice.text.text()
    for name in ("rail_residents", "rail_management"):
        shown.click(name)
        assert notice.isVisible()
    shown.click("clock_notice_action")
    assert not notice.isVisible()
