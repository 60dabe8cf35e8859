"""接收 with many bundles, the board under it, and the schedule at both ends."""

import shutil
import time
from dataclasses import replace

import pytest
from tests.devices.sticks import fill_with_hostile_files

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.services import board, generations, parking, registry, schedule, search, submission

from .gui_desk import _household
from .test_submission_page import enrol, enrolled, export, pair, take_in  # noqa: F401 - fixtures
from .window_desk import PASSWORD, close, show_window, township, village


@pytest.fixture
def three(enrolled):  # noqa: F811 - the fixture above
    """Three bundles of one village, each holding what the one before it held and more; and a damaged file."""
    low, high, stick = enrolled
    export(low, stick)
    for phone in ("14000000001", "14000000002"):
        low.ask(lambda desk, phone=phone: _change(desk, phone))
        export(low, stick)
    (stick / "damaged.jdb").write_bytes(b"jiandang-bundle 1\n")
    return low, high, stick


def _change(desk, phone):
    with desk.vault.read() as reader:
        who = reader.residents(limit=1)[0]
    return registry.edit_resident(desk, SubjectId(who.id), {"phone": phone})


def look(high, stick):
    high.click("rail_intake")
    high.find("intake_place").set_folder(stick)
    high.click("intake_look")


def outcomes(high):
    model = high.page().found
    return [model.row(place).outcome.value for place in range(model.rowCount())]


def test_everything_is_taken_with_one_button_and_the_refused_is_named(three):
    low, high, stick = three
    look(high, stick)
    assert outcomes(high) == ["ready", "ready", "ready", "refused"]
    high.click("intake_take_all")
    assert outcomes(high) == ["known", "known", "known", "refused"]
    assert high.find("intake_message").property("tone") == "due"
    assert not high.find("intake_take_all").isEnabled()
    (receipt,) = stick.glob("*receipt*")
    low.click("rail_submission")
    low.page().read_receipt(receipt)
    low.settle()
    assert {row.state for row in low.ask(submission.history)} == {"archived"}
    high.click("intake_to_board")
    (line,) = high.ask(board.board).lines
    assert high.find("intake_board").model().rowCount() == 1
    assert line.taken == low.ask(submission.pending).last


def test_only_the_chosen_one_is_taken(three):
    _, high, stick = three
    look(high, stick)
    high.find("intake_bundles").choose_row(1)
    high.settle()
    high.click("intake_archive")
    assert outcomes(high) == ["ready", "known", "ready", "refused"]


def test_a_refused_file_can_t_be_taken_and_says_why(three):
    _, high, stick = three
    look(high, stick)
    high.find("intake_bundles").choose_row(3)
    high.settle()
    assert high.find("preview_note").text()
    assert not high.find("intake_archive").isEnabled()
    assert high.ask(parking.waiting) == []


def test_what_waits_for_a_village_is_written_for_it_and_read_there(enrolled):  # noqa: F811
    low, high, stick = enrolled
    export(low, stick)
    take_in(high, stick)
    high.ask(lambda desk: _change(desk, "14000000009"))
    high.click("intake_to_board")
    high.settle()
    assert high.find("board_send").toolTip() == high.find("intake_board").model().row(0).station.name
    before = set(stick.iterdir())
    high.click("board_send")
    (bundle,) = set(stick.iterdir()) - before
    assert bundle.name in high.find("intake_message").text.text()
    low.click("rail_submission")
    low.page().read_receipt(bundle)
    low.settle()
    assert low.ask(lambda desk: search.find(desk, "14000000009"))


def test_what_waits_is_written_for_every_village_at_once(enrolled, qtbot, tmp_path):  # noqa: F811
    low, high, stick = enrolled
    second = show_window(qtbot, tmp_path / "second", station=replace(village(), division_code="150102001202"))
    for path in stick.glob("*.jdb"):
        path.unlink()
    enrol(second, high, stick)
    high.click("rail_intake")
    high.find("intake_place").set_folder(stick)
    before = set(stick.iterdir())
    high.click("board_send_all")
    written = set(stick.iterdir()) - before
    assert len(written) == 2
    for shown in (low, second):
        assert sum(1 for path in written if _reads(shown, path)) == 1
    close(second)


def _reads(shown, path):
    shown.click("rail_submission")
    shown.page().read_receipt(path)
    shown.settle()
    return shown.find("submission_message").property("tone") != "wrong"


def test_what_is_put_aside_in_the_preview_is_decided_on_the_page_of_decisions(enrolled):  # noqa: F811
    low, high, stick = enrolled
    export(low, stick)
    look(high, stick)
    items = high.find("preview_items")
    place = next(n for n in range(items.model().rowCount()) if items.model().row(n).form_title == "居民登记")
    items.choose_row(place)
    high.click("decide_held")
    high.click("intake_take_all")
    assert high.session.text("intake.held") in high.find("intake_message").text.text()
    high.click("rail_decisions")
    assert high.find("decision_main").text() == high.session.bench.text("decisions", "do.archive")
    high.click("decision_main")
    assert high.page().stack.currentIndex() == 1


def test_after_a_restore_the_originals_are_taken_in_again_and_what_they_lack_is_said(qtbot, enrolled):  # noqa: F811
    low, high, stick = enrolled
    folder = high.session.folder
    backup = folder.with_name("backup")
    high.session.leave()
    high.settle()
    shutil.copytree(folder, backup)
    high.type("sign_in_password", PASSWORD)
    high.click("sign_in_go")
    export(low, stick)
    take_in(high, stick)
    people = high.ask(lambda desk: search.find(desk, ""))
    shutil.copytree(folder / "archive", backup / "archive", dirs_exist_ok=True)
    restored = show_window(qtbot, backup)
    restored.type("sign_in_password", PASSWORD)
    restored.click("sign_in_go")
    assert restored.ask(lambda desk: search.find(desk, "")) == []
    restored.click("rail_management")
    restored.find("management_tabs").setCurrentWidget(restored.find("vault_tab"))
    restored.click("vault_restore")
    said = restored.find("vault_message").text.text()
    assert restored.session.text("management.restored", count=1) in said
    assert low.session.desk.station.name in said
    assert len(restored.ask(lambda desk: search.find(desk, ""))) == len(people)
    close(restored)


def test_nothing_is_sent_down_before_a_place_was_chosen(enrolled):  # noqa: F811
    _, high, stick = enrolled
    high.click("rail_intake")
    before = set(stick.iterdir())
    high.find("intake_place").box.setCurrentIndex(-1)
    high.click("board_send")
    assert high.find("intake_message").text.text() == high.session.text("places.choose_first")
    assert set(stick.iterdir()) == before


def test_U09_U10_a_hostile_stick_is_looked_at_within_two_seconds(enrolled):  # noqa: F811
    """50,000 foreign files, deep folders, links, pipes, 100 GB of nothing, names in every script: said once."""
    low, high, stick = enrolled
    export(low, stick)
    fill_with_hostile_files(stick)
    high.click("rail_intake")
    high.find("intake_place").set_folder(stick)
    began = time.monotonic()
    with high.qtbot.waitSignal(high.page().looked, timeout=20_000):
        high.find("intake_look").click()
    assert time.monotonic() - began < 2
    assert outcomes(high).count("ready") == 1
    said = high.find("intake_message").text.text()
    assert "pipe.jdb" in said
    assert "passwd.jdb" in said
    high.settle()
    high.click("intake_take_all")
    assert outcomes(high).count("known") == 1
    assert high.find("intake_message").text.text() != said
    assert (stick / "sparse.jdb").stat().st_size > 10**11


def test_the_schedule_is_changed_in_the_village_s_window(enrolled):  # noqa: F811
    low, _, _ = enrolled
    low.click("rail_submission")
    low.click("submission_schedule_change")
    low.type("submission_schedule_number", "10")
    low.click("submission_schedule_save")
    assert low.ask(schedule.outlook).schedule.day == 10
    assert "10" in low.find("submission_schedule_words").text()
    low.click("submission_schedule_change")
    low.type("submission_schedule_number", "40")
    low.click("submission_schedule_save")
    assert low.find("submission_message").property("tone") == "wrong"
    assert low.ask(schedule.outlook).schedule.day == 10


def test_the_township_sets_a_village_s_schedule(enrolled):  # noqa: F811
    low, high, _ = enrolled
    high.click("rail_intake")
    high.click("board_schedule_change")
    high.find("board_schedule_every").setCurrentIndex(2)
    high.type("board_schedule_number", "20")
    high.click("board_schedule_save")
    (line,) = high.ask(board.board).lines
    assert (line.schedule.every.value, line.schedule.day) == ("3", 20)
    assert line.station.id == low.session.desk.station.id


def test_the_home_page_says_when_the_next_submission_is_due(enrolled):  # noqa: F811
    low, _, _ = enrolled
    low.click("rail_worklist")
    due = low.ask(schedule.outlook).next_due.isoformat()
    assert due in low.find("worklist_due").text()
    assert due in low.find("strip_pending").text()


def test_a_parked_bundle_is_found_without_the_stick_and_says_whom_to_ask(qtbot, tmp_path):
    """A township that lost the first bundle: what came after it waits, and a person may take what can be placed."""
    stick, first = tmp_path / "stick", tmp_path / "first"
    first.mkdir()
    stick.mkdir()
    low = show_window(qtbot, tmp_path / "village", station=village())
    high = show_window(qtbot, tmp_path / "township", station=township())
    enrol(low, high, stick)
    high.ask(lambda desk: desk.vault.checkpoint())
    shutil.copytree(tmp_path / "township", tmp_path / "older", ignore=shutil.ignore_patterns("*.lock"))
    low.ask(_household)
    export(low, first)
    take_in(high, first)
    (receipt,) = first.glob("*receipt*")
    low.page().read_receipt(receipt)
    low.settle()
    low.ask(lambda desk: registry.add_household(desk, {"address": "和平村9组1号"}))
    for path in stick.glob("*.jdb"):
        path.unlink()
    export(low, stick)
    older = show_window(qtbot, tmp_path / "older")
    older.type("sign_in_password", PASSWORD)
    older.click("sign_in_go")
    older.ask(generations.begin)
    look(older, stick)
    assert outcomes(older) == ["parked"]
    assert "1" in older.find("preview_note").text()
    older.click("intake_take_all")
    older.click("intake_to_board")
    older.click("board_kept")
    assert outcomes(older) == ["parked"]
    older.click("intake_release")
    (waiting,) = older.ask(parking.waiting)
    assert waiting.released > 0
    assert older.ask(board.board).lines[0].missing == ((1, waiting.bundle.first - 1),)
    for shown in (low, high, older):
        close(shown)


def test_an_empty_archive_says_where_folders_come_from(pair):  # noqa: F811
    _, high, _ = pair
    high.click("rail_residents")
    high.click("residents_empty_action")
    assert high.page().objectName() == "intake"


def test_the_focus_stays_on_the_list_after_everything_was_taken(enrolled):  # noqa: F811
    low, high, stick = enrolled
    export(low, stick)
    look(high, stick)
    high.click("intake_take_all")
    assert high.window.focusWidget() is high.find("intake_bundles")
