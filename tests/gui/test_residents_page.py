"""The list of residents, the household card, and registering by the form."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from jiandang_desktop.gui.models.rows import WINDOW, Column, Rows, WindowedRows
from jiandang_desktop.services import folders, registry, search
from jiandang_desktop.services.registry import ISSUED

from .gui_desk import _household
from .window_desk import close, show_window, village


@pytest.fixture
def shown(qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=village())
    made.household, made.people = None, []
    yield made
    close(made)


@pytest.fixture
def lived_in(shown):
    shown.household, shown.people = shown.ask(_household)
    shown.click("rail_residents")
    return shown


def searched(shown, text):
    box = shown.find("residents_search")
    with shown.qtbot.waitSignal(shown.page().shown, timeout=5_000):
        box.setText(text)
    shown.settle()


def test_an_empty_list_teaches_what_to_do_first(shown):
    shown.click("rail_residents")
    assert shown.page().whole.currentIndex() == 1
    shown.click("residents_empty_action")
    assert shown.page().objectName() == "registry"


def test_everybody_is_listed_and_the_household_is_beside(lived_in):
    page = lived_in.page()
    assert page.model.rowCount() == len(lived_in.people)
    assert lived_in.find("household_address").text() == lived_in.household.address
    assert page.card.model.rowCount() == len(lived_in.people)


def test_find_as_you_type_then_down_and_enter_opens_the_folder(lived_in):
    who = lived_in.people[-1]
    searched(lived_in, who.name)
    page = lived_in.page()
    assert page.model.row(0).name == who.name
    lived_in.qtbot.keyClick(lived_in.find("residents_search"), Qt.Key.Key_Down)
    assert lived_in.window.focusWidget() is page.table
    lived_in.press(Qt.Key.Key_Return)
    assert lived_in.page().objectName() == "resident"


def test_nobody_found_says_how_to_search(lived_in):
    searched(lived_in, "zzzz")
    assert lived_in.page().list.currentIndex() == 1


def test_filters_keep_the_incomplete(lived_in):
    with lived_in.qtbot.waitSignal(lived_in.page().shown, timeout=5_000):
        lived_in.find("filter_incomplete").click()
    expected = [p for p in lived_in.people if not p.established]
    assert lived_in.page().model.rowCount() == len(expected)


def test_a_household_and_its_head_are_registered_with_the_form(shown):
    """F6, address, F2; then the head's form, its answers, F2; then the next member's form stands open."""
    shown.press(Qt.Key.Key_F6)
    page = shown.page()
    page.panel.set_answers({"address": "和平村3组12号", "village_group": "3"})
    shown.click("registry_save")
    assert shown.ask(registry.list_households)[0].address == "和平村3组12号"
    assert page.panel.form.id == "resident"
    start = page.panel.answers()
    assert start["relation_to_head"] == registry.HEAD
    assert start["current_address"] == "和平村3组12号"
    _, people = None, _one_person(shown)
    page.panel.set_answers({**start, **people})
    shown.click("registry_save")
    if not shown.find("confirm_card").isHidden():
        shown.click("confirm_sure")
    found = shown.ask(lambda desk: search.find(desk, ""))
    assert [who.name for who in found] == [people["name"]]
    assert found[0].record_code
    assert page.panel.form.id == "resident"
    assert "relation_to_head" not in page.panel.answers()


def _one_person(shown) -> dict[str, object]:
    from jiandang_desktop.demo.people import Village

    bench = shown.session.bench
    village_ = Village.load(bench.resources, 3, bench.clock.today())
    family = next(iter(village_.generate(10)))
    own = dict(family.members[0].answers)
    for given in (
        "current_address",
        "registered_address",
        "village_group",
        "relation_to_head",
        "household_id",
        "status",
    ):
        own.pop(given, None)
    return own


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_stored(shown):
    shown.press(Qt.Key.Key_F6)
    shown.click("registry_save")
    assert not shown.find("registry_message").isHidden()
    assert [f.field_id for f in shown.page().panel.shown_findings()] == ["address"]
    assert shown.ask(registry.list_households) == []


def test_a_likely_twin_is_asked_about_once(lived_in):
    who = lived_in.people[0]
    workplace = lived_in.window.workplace
    workplace.new_member(lived_in.household.id)
    lived_in.settle()
    page = lived_in.page()
    answers = {key: value for key, value in who.answers.items() if key not in ("id_no", "record_code", "card_token")}
    page.panel.set_answers({**answers, "id_type": "99D", "no_id_reason": "2", "relation_to_head": "99"})
    before = lived_in.ask(search.count)
    lived_in.click("registry_save")
    assert not lived_in.find("confirm_card").isHidden()
    assert lived_in.ask(search.count) == before
    for _ in range(3):
        if lived_in.find("confirm_card").isHidden():
            break
        lived_in.click("confirm_sure")
    assert page.panel.shown_findings() == ()
    assert lived_in.ask(search.count) == before + 1


def test_the_households_own_sheet_is_filled_in_beside_its_members(lived_in):
    """The registry's people and facts are offered; F2 leads back to the list, and the folder holds the sheet."""
    lived_in.click("household_form_household_folder")
    page = lived_in.page()
    offered = page.entry.offers
    assert [row["name"] for row in offered["members"]] == [who.name for who in lived_in.people]
    assert offered["address"] == lived_in.household.address
    page.panel.set_answers({**offered, "household_id": "15042120420100001", "total_persons": len(offered["members"])})
    lived_in.click("form_file")
    if not lived_in.find("confirm_card").isHidden():
        lived_in.click("confirm_sure")
    assert lived_in.page().objectName() == "residents"
    document = lived_in.ask(lambda desk: folders.document(desk, lived_in.household.id))
    assert [filled.form.id for filled in document.forms] == ["household_folder"]
    assert document.household["household_id"] == "15042120420100001"
    lived_in.click("household_form_household_folder")
    assert lived_in.page().panel.answers()["household_id"] == "15042120420100001"
    lived_in.press(Qt.Key.Key_F9)
    assert lived_in.page().preview.pages
    lived_in.window.workplace.show_page("residents")
    lived_in.click("household_form_household_folder")
    lived_in.press(Qt.Key.Key_Escape)
    assert lived_in.page().objectName() == "residents"


def test_a_residents_data_are_changed_and_esc_leads_back(lived_in):
    who = lived_in.people[0]
    workplace = lived_in.window.workplace
    workplace.edit_resident(who.id)
    lived_in.settle()
    page = lived_in.page()
    page.panel.set_answers({**page.panel.answers(), "phone": "14000012345"})
    lived_in.click("registry_save")
    if not lived_in.find("confirm_card").isHidden():
        lived_in.click("confirm_sure")
    assert lived_in.ask(lambda desk: registry.show_resident(desk, who.id)).phone == "14000012345"
    assert lived_in.page().objectName() == "resident"


def test_the_models_keep_qts_rules(qtbot, qtmodeltester):
    rows = Rows([Column("a", str), Column("b", str, right=True)])
    rows.show_rows([1, 2, 3])
    qtmodeltester.check(rows)
    windowed = WindowedRows([Column("a", str)])
    tester = QAbstractItemModelTester(windowed, QAbstractItemModelTester.FailureReportingMode.Fatal)
    windowed.show_list(250, range(WINDOW))
    assert tester.model() is windowed


def test_a_window_that_comes_too_late_is_dropped(qtbot):
    model = WindowedRows([Column("a", str)])
    wanted = []
    model.window_wanted.connect(lambda offset, ticket: wanted.append((offset, ticket)))
    model.show_list(250, range(WINDOW))
    assert model.row(150) is None
    assert model.row(151) is None
    assert len(wanted) == 1
    model.show_list(250, range(WINDOW))
    model.put_window(*wanted[0], range(100, 200))
    assert model.row(150) is None
    model.put_window(*wanted[1], range(100, 200))
    assert model.row(150) == 150


def test_what_the_program_fills_in_is_never_asked(lived_in):
    """Marks, numbers and states that nobody types have no place on the registration's sheets."""
    page = lived_in.window.workplace.page("registry")
    for open_sheet in (page.new_household, lambda: page.edit_resident(lived_in.people[0].id)):
        open_sheet()
        lived_in.settle()
        assert not set(page.panel.sheet.cells) & ISSUED
        assert not set(page.panel.answers()) & ISSUED
