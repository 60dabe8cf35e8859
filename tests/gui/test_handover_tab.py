"""A village hands over to its township in two windows; the township says where the paper bags stand."""

from datetime import date, timedelta

import pytest
from tests.journeys.conftest import register

from jiandang_desktop.services import handover, registry, search, shelves

from .gui_desk import _household
from .test_submission_page import enrol, export, take_in
from .window_desk import close, show_window, township, village


@pytest.fixture
def pair(qtbot, tmp_path):
    """(village window, township window, stick), enrolled, with one household in the village."""
    stick = tmp_path / "stick"
    stick.mkdir()
    low = show_window(qtbot, tmp_path / "village", station=village())
    high = show_window(qtbot, tmp_path / "township", station=township())
    enrol(low, high, stick)
    low.ask(_household)
    yield low, high, stick
    close(low)
    close(high)


def open_tab(shown):
    shown.click("rail_management")
    tabs = shown.find("management_tabs")
    tab = shown.find("handover_tab")
    tabs.setCurrentWidget(tab)
    shown.settle()
    return tab


def hand_over(low, high, stick):
    open_tab(low)
    low.click("handover_above")
    assert low.find("handover_words").isVisible()
    low.type("handover_reason", "撤站")
    low.click("handover_begin")
    low.find("handover_place").set_folder(stick)
    low.click("handover_write")
    open_tab(high)
    high.find("takeover_place").set_folder(stick)
    high.click("takeover_count")


def test_from_the_choice_to_the_receipt(pair):
    low, high, stick = pair
    hand_over(low, high, stick)
    assert low.find("strip_vault").text().startswith("已移交给")
    assert not high.find("takeover_compared").isVisible()  # the township knows its village's key
    items = high.find("handover_items").model()
    names = [items.row(at).name for at in range(items.rowCount())]
    high.find("handover_items").choose_row(names.index("paper"))
    high.type("takeover_remark", "少一袋")
    high.click("takeover_note")
    high.click("takeover_sign")
    (receipt,) = stick.glob("*handover-receipt*")
    low.find("handover_tab").read_receipt(receipt)
    low.settle()
    known = low.ask(handover.state)
    assert [(item.name, item.remark) for item in known.items if item.remark] == [("paper", "少一袋")]
    assert "1 项没有确认" in low.find("handover_who").text()
    assert not low.find("handover_withdraw").isVisible()
    high.click("rail_residents")
    assert high.find("residents_table").model().rowCount() == 3


def test_withdrawing_asks_twice(pair):
    low, high, stick = pair
    hand_over(low, high, stick)
    low.click("handover_withdraw")
    assert low.ask(handover.state) is not None
    low.click("handover_withdraw")
    assert low.ask(handover.state) is None
    assert low.find("handover_read").isVisible()


def test_H02_withdrawn_too_late(pair):
    """The receipt says that the withdrawal doesn't count: closed again, and one more packet to write."""
    low, high, stick = pair
    hand_over(low, high, stick)
    high.click("takeover_sign")
    (receipt,) = stick.glob("*handover-receipt*")
    low.click("handover_withdraw")
    low.click("handover_withdraw")
    low.find("handover_tab").read_receipt(receipt)
    low.settle()
    assert "撤回不算数" in low.find("handover_who").text()
    assert low.find("strip_vault").text().startswith("已移交给")
    assert not low.find("handover_withdraw").isVisible()
    low.click("handover_write")
    known = low.ask(handover.state)
    assert (known.supplement, known.confirmed_at) == (False, "")


def test_bags_at_the_township(pair):
    low, high, stick = pair
    hand_over(low, high, stick)
    high.click("takeover_sign")
    high.click("rail_shelves")
    assert not high.find("shelves_lend").isVisible()
    for name, text in (("cabinet", "3"), ("shelf", "2"), ("number", "17")):
        high.type(f"shelves_{name}", text)
    high.click("shelves_place")
    high.type("shelves_to", "旗蒙医院 赵医生")
    high.click("shelves_lend")
    (lent,) = high.ask(shelves.out)
    assert (lent.place, lent.answers["lent_to"]) == ("3-2-17", "旗蒙医院 赵医生")
    high.click("shelves_back")
    assert high.ask(shelves.out) == []
    high.type("shelves_note", "找不到")
    high.click("shelves_lose")
    high.click("shelves_out")
    assert high.find("shelves_table").model().rowCount() == 1
    assert "找不到" in high.find("shelves_state").text()


def test_a_folder_goes_to_another_area_and_is_taken_in_there(qtbot, tmp_path):
    """From the button at the folder to the folder of the other station."""
    stick = tmp_path / "stick"
    stick.mkdir()
    low = show_window(qtbot, tmp_path / "village", station=village())
    far = show_window(qtbot, tmp_path / "far", station=village())
    _, people = low.ask(_household)
    resident = people[1]  # a name of 27 characters
    open_tab(far)
    far.find("takeover_place").set_folder(stick)
    far.click("takeover_invite")
    (card,) = stick.glob("*request*")
    low.window.workplace.open_resident(resident.id)
    low.settle()
    low.choose("resident_event", "event_leave")
    assert low.find("leave_alone").isChecked()
    dialog = low.find("leave_dialog")
    dialog.read_card(card)
    low.settle()
    assert not low.find("leave_go").isEnabled()
    low.find("leave_compared").setChecked(True)
    low.find("leave_place").set_folder(stick)
    low.type("leave_destination", "呼和浩特市")
    low.click("leave_go")
    (packet,) = stick.glob("*transfer*")
    low.click("leave_close")
    far.click("takeover_arrive")
    far.find("arrive_dialog").read_file(packet)
    far.settle()
    assert resident.name in far.find("arrive_who").text()
    far.find("arrive_compared").setChecked(True)
    far.click("arrive_go")
    assert far.ask(registry.list_households) == []  # no address yet
    far.type("arrive_address", "新华路1号")
    far.click("arrive_go")
    (there,) = far.ask(lambda desk: search.find(desk, resident.record_code))
    assert there.answers["transferred_from"]
    close(low)
    close(far)


def test_a_household_leaves_from_the_township_s_window_in_one_step(pair, qtbot, tmp_path):
    """Everybody in one file, taken in as one household; one of them alone first joins a household that is there."""
    low, high, stick = pair
    export(low, stick)
    take_in(high, stick)
    far = show_window(qtbot, tmp_path / "far", station=village())
    far.ask(lambda desk: register(desk, name="白建国", sex="1"))
    open_tab(far)
    far.find("takeover_place").set_folder(stick)
    before = set(stick.iterdir())
    far.click("takeover_invite")
    (card,) = set(stick.iterdir()) - before
    people = high.ask(lambda desk: search.find(desk, ""))
    assert len(people) > 1
    eldest = min(people, key=lambda who: who.birth_date)
    high.window.workplace.open_resident(eldest.id)
    high.settle()
    high.choose("resident_event", "event_leave")
    assert high.find("leave_alone").isChecked()
    high.find("leave_dialog").read_card(card)
    high.settle()
    high.find("leave_compared").setChecked(True)
    high.find("leave_place").set_folder(stick)
    high.type("leave_destination", "呼和浩特市")
    began = date.fromisoformat(eldest.answers["filing_date"])
    for days in (1, 2):  # before the record began: another day is asked about again
        high.type("leave_day", (began - timedelta(days)).isoformat())
        high.click("leave_go")
        assert {high.ask(lambda desk, who=who: registry.show_resident(desk, who.id)).status for who in people} == {"1"}
    high.find("leave_whole").setChecked(True)
    high.type("leave_day", high.session.bench.clock.today().isoformat())
    high.click("leave_go")
    assert {high.ask(lambda desk, who=who: registry.show_resident(desk, who.id)).status for who in people} == {"4"}
    (packet,) = stick.glob("*transfer*")
    high.click("leave_close")

    far.click("takeover_arrive")
    far.find("arrive_dialog").read_file(packet)
    far.settle()
    assert all(who.name in far.find("arrive_who").text() for who in people)
    far.find("arrive_compared").setChecked(True)
    assert not far.find("arrive_join").isVisible()
    whom = far.find("arrive_whom")
    whom.setCurrentIndex(whom.count() - 1)
    far.find("arrive_join").setChecked(True)
    far.settle()
    house = far.find("arrive_home").table
    house.choose_row(0)
    far.find("arrive_home").relations.setCurrentIndex(3)
    far.click("arrive_go")
    assert len(far.ask(lambda desk: search.find(desk, ""))) == 2
    far.type("arrive_address", "新华路1号")
    far.click("arrive_go")
    came = [who for who in far.ask(lambda desk: search.find(desk, "")) if who.answers.get("transferred_from")]
    assert sorted(who.name for who in came) == sorted(who.name for who in people)
    assert len({who.household_id for who in came}) == 2
    assert not far.find("arrive_go").isEnabled()
    assert not far.find("arrive_address").isVisible()
    close(far)
