"""Registering in the window: what is typed stays, and the identity number speaks at once."""

import pytest
from PySide6.QtCore import Qt

from jiandang_desktop.gui.forms.draft_keeper import PAUSE_MS
from jiandang_desktop.services import registry, search, worklist

from .keying import Keys
from .window_desk import PASSWORD, close, show_window, village

FIFTEEN, EIGHTEEN = "152223510101002", "152223195101010025"


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=village())
    made.house = made.ask(lambda desk: registry.add_household(desk, {"address": "和平村3组12号"}))
    yield made
    close(made)


def panel_of(shown):
    shown.window.activateWindow()
    shown.qtbot.waitUntil(shown.window.isActiveWindow, timeout=5_000)
    page = shown.page()
    assert page.objectName() == "registry"
    shown.qtbot.waitUntil(lambda: page.panel is not None and page.panel.place() != "", timeout=5_000)
    return page.panel


def member(shown):
    shown.find("workplace").new_member(shown.house.id)
    shown.settle()
    return panel_of(shown)


def number_typed(shown, panel, number):
    keys = Keys()
    panel.go_to("id_no")
    keys.press(Qt.Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
    keys.enter(number)
    shown.settle()


def test_a_new_member_is_kept_as_a_draft_and_goes_on_from_the_worklist(shown):
    panel = member(shown)
    keys = Keys()
    panel.go_to("name")
    keys.enter("王小满")
    shown.qtbot.wait(PAUSE_MS + 200)
    shown.settle()
    assert "草稿已保存" in shown.find("draft_state").text()
    shown.press(Qt.Key.Key_Escape)
    lines = shown.ask(worklist.today).drafts
    assert [(line.who, line.draft.form_id) for line in lines] == [("王小满", "resident")]
    shown.find("workplace").show_page("worklist")
    shown.settle()
    shown.find("worklist_drafts").row_chosen.emit(0)
    shown.settle()
    again = panel_of(shown)
    assert again.answers()["name"] == "王小满"
    assert again.place() != "name"
    assert "草稿填写" in shown.find("draft_state").text()


def test_another_page_or_the_lock_keeps_what_is_typed(shown):
    panel = member(shown)
    Keys().enter("") if panel.place() != "name" else None
    panel.go_to("name")
    Keys().type("李")
    shown.find("workplace").show_page("residents")
    shown.settle()
    assert member(shown).answers()["name"] == "李"


def test_K11_the_idle_lock_keeps_what_is_typed_and_encrypted(shown):
    panel = member(shown)
    panel.go_to("name")
    Keys().type("吐尔逊尼亚孜")
    folder = shown.session.desk.vault.folder
    shown.window.idle.too_long.emit()
    shown.settle()
    assert shown.session.desk is None
    assert not any("吐尔逊尼亚孜".encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())
    shown.type("sign_in_password", PASSWORD)
    shown.click("sign_in_go")
    shown.settle()
    assert member(shown).answers()["name"] == "吐尔逊尼亚孜"


def test_a_draft_can_be_put_aside_and_found_again(shown):
    panel = member(shown)
    panel.go_to("name")
    Keys().type("王小满")
    shown.press(Qt.Key.Key_Escape)
    panel = member(shown)
    button = shown.find("registry_again")
    assert button.isVisible()
    shown.click("registry_again")
    assert "name" not in panel.answers()
    assert panel.answers()["current_address"] == "和平村3组12号"
    shown.click("registry_again")
    assert panel.answers()["name"] == "王小满"


def test_after_saving_there_is_no_draft(shown):
    shown.find("workplace").new_household()
    shown.settle()
    panel = panel_of(shown)
    panel.go_to("address")
    Keys().type("和平村4组1号")
    shown.find("workplace").show_page("residents")
    shown.settle()
    assert [line.draft.form_id for line in shown.ask(worklist.today).drafts] == ["household"]
    shown.find("workplace").new_household()
    shown.settle()
    assert panel_of(shown).answers()["address"] == "和平村4组1号"
    shown.click("registry_save")
    shown.qtbot.wait(50)
    shown.settle()
    assert shown.ask(worklist.today).drafts == ()


def test_a_fifteen_digit_number_gets_its_hint_and_stays_an_alias(shown):
    panel = member(shown)
    number_typed(shown, panel, FIFTEEN)
    assert "15位" in panel.sheet.cells["id_no"].note
    assert panel.sheet.cells["id_no"].tone == "quiet"
    assert panel.answers()["id_no"] == FIFTEEN
    for field in ("sex", "birth_date"):
        panel.go_to(field)
        Keys().press(Qt.Key.Key_F4)
    assert (panel.answers()["sex"], panel.answers()["birth_date"]) == ("2", "1951-01-01")
    answers = {**panel.answers(), "name": "王秀兰", "residence_type": "1", "consent": "1", "ethnicity": "01"}
    answers |= {"consent_date": shown.ask(lambda desk: desk.today()), "consent_by": "1"}
    for issued in ("household_id", "status"):
        answers.pop(issued, None)
    row = shown.ask(lambda desk: registry.add_resident(desk, shown.house.id, answers))
    assert row.id_no == EIGHTEEN
    assert row.answers["former_id_nos"] == FIFTEEN
    for part in (FIFTEEN, FIFTEEN[4:11], EIGHTEEN):
        found = shown.ask(lambda desk, part=part: search.find(desk, part))
        assert [who.id for who in found] == [row.id], part
    changed = shown.ask(lambda desk: registry.edit_resident(desk, row.id, {"phone": "13900000001"}))
    assert changed.answers["former_id_nos"] == FIFTEEN


def test_a_permit_typed_as_an_identity_card_proposes_its_kind(shown):
    panel = member(shown)
    number_typed(shown, panel, "H12345678")
    assert "06" not in panel.answers()["id_type"]
    assert panel.sheet.cells["id_no"].tone == "wrong"
    assert "港澳" in panel.sheet.cells["id_no"].note
    panel.go_to("id_type")
    Keys().press(Qt.Key.Key_F4)
    assert panel.answers()["id_type"] == "06"
    Keys().enter()
    shown.settle()
    assert panel.sheet.cells["id_no"].tone != "wrong"


def test_a_number_against_the_typed_birth_date_is_said_at_the_date(shown):
    panel = member(shown)
    panel.go_to("birth_date")
    Keys().enter("19520303")
    number_typed(shown, panel, EIGHTEEN)
    assert panel.sheet.cells["birth_date"].tone == "due"
    number_typed(shown, panel, EIGHTEEN[:-1] + "9")
    assert panel.sheet.cells["id_no"].tone == "wrong"
