"""上报 and 接收 together: a village and a township in two windows, with a folder as the stick between them."""

import pytest
from PySide6.QtCore import Qt

from jiandang_desktop.services import board, enrolment, submission

from .gui_desk import _household
from .window_desk import close, show_window, township, village


@pytest.fixture
def pair(qtbot, tmp_path):
    """(village window, township window, stick): enrolled through the panels of both windows."""
    stick = tmp_path / "stick"
    stick.mkdir()
    low = show_window(qtbot, tmp_path / "village", station=village())
    high = show_window(qtbot, tmp_path / "township", station=township())
    yield low, high, stick
    close(low)
    close(high)


@pytest.fixture
def enrolled(pair):
    low, high, stick = pair
    enrol(low, high, stick)
    low.ask(_household)
    return low, high, stick


def enrol(low, high, stick):
    for shown in (low, high):
        shown.click("rail_management")
        shown.find("management_tabs").setCurrentIndex(1)
    low.find("request_place").set_folder(stick)
    low.click("request_write")
    own_words = low.find("request_words").text()
    (request,) = stick.glob("*.jdb")
    high.find("enrol_request").read(request)
    high.settle()
    assert high.find("request_words").text() == own_words
    high.click("request_take")
    (answer,) = set(stick.glob("*.jdb")) - {request}
    low.find("enrol_answer").read(answer)
    low.settle()
    low.click("answer_take")


def export(low, stick):
    low.click("rail_submission")
    low.find("submission_place").set_folder(stick)
    before = set(stick.iterdir())
    low.click("submission_export")
    (path,) = set(stick.iterdir()) - before
    return path


def take_in(high, stick):
    high.click("rail_intake")
    high.find("intake_place").set_folder(stick)
    high.click("intake_look")
    high.click("intake_archive")


def test_without_enrolment_the_page_says_what_to_do(pair):
    low, _, _ = pair
    low.click("rail_submission")
    assert low.page().whole.currentIndex() == 1
    low.click("submission_not_enrolled_action")
    assert low.page().objectName() == "management"


def test_enrolment_goes_through_both_windows_and_shows_the_same_words(pair):
    low, high, stick = pair
    enrol(low, high, stick)
    assert low.session.desk.station.enrolled
    assert [row.relation for row in high.ask(enrolment.stations) if row.relation == "child"] == ["child"]


def test_nothing_is_written_without_a_place(enrolled):
    low, _, _ = enrolled
    low.click("rail_submission")
    low.page().place.box.setCurrentIndex(-1)
    low.click("submission_export")
    assert not low.find("submission_message").isHidden()
    assert low.ask(submission.history) == []


def test_the_loop_export_intake_receipt_states_said_honestly(enrolled):
    """Written is not delivered: the state turns green only with the receipt."""
    low, high, stick = enrolled
    path = export(low, stick)
    assert path.name in low.find("submission_message").text.text()
    assert [row.state for row in low.ask(submission.history)] == ["written"]
    waiting = low.ask(submission.pending)
    assert waiting.entries > 0
    before = set(stick.iterdir())
    take_in(high, stick)
    assert high.find("intake_message").property("tone") == "confirmed"
    assert high.ask(board.board).lines[0].taken == waiting.last
    (receipt,) = set(stick.iterdir()) - before
    low.page().read_receipt(receipt)
    low.settle()
    assert [row.state for row in low.ask(submission.history)] == ["archived"]
    assert low.ask(submission.pending).entries == 0
    low.page().read_receipt(receipt)
    low.settle()
    assert low.find("submission_message").property("tone") == "plain"


def test_the_same_bundle_again_changes_nothing(enrolled):
    low, high, stick = enrolled
    export(low, stick)
    take_in(high, stick)
    files = set(stick.iterdir())
    taken = high.ask(board.board).lines[0].taken
    take_in(high, stick)
    assert high.ask(board.board).lines[0].taken == taken
    assert set(stick.iterdir()) == files


def test_a_damaged_bundle_is_named_with_its_reason_and_cant_be_archived(enrolled):
    low, high, stick = enrolled
    path = export(low, stick)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    for other in stick.glob("*.jdb"):
        other.unlink()
    path.write_bytes(data)
    high.click("rail_intake")
    high.find("intake_place").set_folder(stick)
    high.click("intake_look")
    assert high.page().found.row(0).problem.code.startswith("BUNDLE_")
    village_name = low.session.desk.station.name
    assert high.find("intake_bundles").model().index(0, 0).data() == village_name
    assert high.find("preview_title").text() == high.session.text(
        "intake.claimed", village=village_name, file=path.name
    )
    assert high.find("preview_note").text()
    assert not high.find("intake_archive").isEnabled()


def test_a_stick_without_bundles_says_so(enrolled, tmp_path):
    _, high, _ = enrolled
    empty = tmp_path / "empty"
    empty.mkdir()
    high.click("rail_intake")
    high.find("intake_place").set_folder(empty)
    high.click("intake_look")
    assert not high.find("intake_message").isHidden()


def test_a_decision_returns_one_record_to_the_village(enrolled):
    low, high, stick = enrolled
    export(low, stick)
    high.click("rail_intake")
    high.find("intake_place").set_folder(stick)
    high.click("intake_look")
    preview = high.page().preview
    preview.items.choose_row(1)
    high.click("decide_returned")
    before = set(stick.iterdir())
    high.click("intake_archive")
    (receipt,) = set(stick.iterdir()) - before
    low.click("rail_submission")
    low.page().read_receipt(receipt)
    low.settle()
    assert low.find("submission_message").property("tone") == "due"
    assert low.ask(submission.history)[0].state == "returned"
    low.click("submission_message_action")
    assert low.page().objectName() == "worklist"
    assert low.find("band_returned").isChecked()
    assert low.window.focusWidget() is low.find("worklist_returned")
    low.press(Qt.Key.Key_Return)
    assert low.page().objectName() == "registry"
