"""管理 → 登记 and 档案库: new keys, a lost computer, an end to a key, going on from what is here."""

import pytest
from PySide6.QtCore import Qt

from jiandang_desktop.services import enrolment, intake, keys, receipts, registry, search, submission

from .gui_desk import _household
from .test_submission_page import enrol
from .window_desk import PASSWORD, close, show_window, township, village


@pytest.fixture
def enrolled(qtbot, tmp_path):
    """(village window, township window, stick), the village's first household archived."""
    stick = tmp_path / "stick"
    stick.mkdir()
    low = show_window(qtbot, tmp_path / "village", station=village())
    high = show_window(qtbot, tmp_path / "township", station=township())
    enrol(low, high, stick)
    low.ask(_household)
    carry(low, high, stick)
    yield low, high, stick
    close(low)
    close(high)


def carry(low, high, stick):
    data = low.ask(lambda desk: submission.export(desk, stick)).path.read_bytes()
    done = high.ask(lambda desk: intake.archive(desk, intake.plan(desk, data)))
    low.ask(lambda desk: receipts.apply(desk, done.receipt))


def open_tab(shown, number):
    shown.click("rail_management")
    shown.find("management_tabs").setCurrentIndex(number)
    shown.settle()


def states(shown):
    model = shown.find("stations_table").model()
    return [model.index(place, 4).data() for place in range(model.rowCount())]


def test_new_keys_are_announced_and_confirmed(enrolled):
    low, high, stick = enrolled
    open_tab(low, 1)
    assert states(low) == ["有效", "有效"]
    low.click("keys_rotate")
    assert "1 个单位确认" in low.find("keys_message").text.text()
    assert states(low) == ["新密钥等 1 个单位确认", "有效"]
    carry(low, high, stick)
    open_tab(high, 1)
    assert states(high) == ["有效"] * 3
    low.ask(lambda desk: registry.edit_resident(desk, search.find(desk, "", limit=1)[0].id, {"phone": "13900000001"}))
    carry(low, high, stick)
    high.find("enrolment_tab").refresh()
    high.settle()
    assert sorted(states(high)) == ["已换新", "有效", "有效"]
    low.find("enrolment_tab").refresh()
    low.settle()
    assert states(low)[0] == "有效"


def test_a_key_ends_with_a_reason(enrolled):
    _, high, _ = enrolled
    open_tab(high, 1)
    assert high.find("keys_end").isHidden()
    high.find("stations_table").selectRow(1)
    assert not high.find("keys_end").isHidden()
    high.click("keys_end")
    assert high.find("keys_message").property("tone") == "wrong"
    high.type("keys_reason", "电脑被盗")
    high.click("keys_end")
    assert states(high) == ["有效", "已停用"]
    high.find("stations_table").selectRow(1)
    assert "电脑被盗" in high.find("keys_words").text()
    assert [row.revoked for row in high.ask(enrolment.stations) if row.relation == "child"] == [True]


def test_a_new_computer_takes_the_place_of_a_lost_one(enrolled, qtbot, tmp_path):
    low, high, stick = enrolled
    new = show_window(qtbot, tmp_path / "new", station=village())
    made = new.ask(enrolment.request)
    request = stick / made.file_name
    request.write_bytes(made.data)
    open_tab(high, 1)
    high.find("enrol_request").read(request)
    high.settle()
    choice = high.find("request_replaces")
    assert not choice.isHidden()
    assert choice.count() == 2
    assert high.find("request_reason").isHidden()
    choice.setCurrentIndex(1)
    assert not high.find("request_reason").isHidden()
    high.click("request_take")
    assert high.find("request_message").property("tone") == "wrong"
    high.type("request_reason", "电脑坏了")
    before = set(stick.rglob("*.jdb"))
    high.click("request_take")
    answer, down = sorted(set(stick.rglob("*.jdb")) - before, key=lambda path: "answer" not in path.name)
    new.ask(lambda desk: enrolment.accept(desk, answer.read_bytes()))
    station = new.session.desk.station.id
    assert station == low.session.desk.station.id
    assert new.ask(lambda desk: receipts.apply(desk, down.read_bytes())).came
    assert "换了电脑，已停用" in [line.replace(" ", "") for line in states(high)]
    close(new)


def test_going_on_from_what_is_here_asks_once_more(enrolled):
    low, high, stick = enrolled
    before = low.session.desk.station.generation
    open_tab(low, 3)
    assert low.find("vault_accept_confirm").isHidden()
    low.click("vault_accept")
    assert low.session.desk.station.generation == before
    low.click("vault_accept_confirm")
    assert low.find("vault_message").property("tone") == "confirmed"
    assert low.session.desk.station.generation != before
    carry(low, high, stick)


def test_what_the_township_lost_is_sent_again_by_a_button(enrolled):
    low, _, _ = enrolled
    received = low.ask(submission.pending).first - 1

    def lost(desk):
        with desk.vault.work("test") as work:
            work.set_setting("asked_again", {"number": 0, "last": received})
            work.commit()

    low.ask(lost)
    low.click("rail_submission")
    assert not low.find("submission_send_again").isHidden()
    low.click("submission_send_again")
    assert low.find("submission_send_again").isHidden()
    assert low.ask(submission.pending).entries == received
    assert low.ask(keys.overview)[0].waiting == 0
    assert low.ask(lambda desk: submission.pending(desk).missing_above) is None


def test_a_copy_that_may_have_been_replaced_says_so_when_it_is_opened(enrolled):
    low, _, _ = enrolled

    def another(desk):
        with desk.vault.work("test") as work:
            work.set_setting("known_generations", {desk.station.up_stream: "another computer's"})
            work.commit()

    low.click("rail_submission")
    assert low.find("submission_maybe_replaced").isHidden()
    low.ask(another)
    low.click("top_lock")
    low.type("sign_in_password", PASSWORD)
    low.qtbot.keyClick(low.find("sign_in_password"), Qt.Key.Key_Return)
    low.settle()
    assert "另一台电脑" in low.find("strip_pending").text()
    low.click("rail_submission")
    assert not low.find("submission_maybe_replaced").isHidden()
    assert "从现有资料继续" in low.find("submission_maybe_replaced").text.text()
