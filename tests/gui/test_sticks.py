"""Sticks in the window: noticed by themselves, chosen by a person, called safe only when ejected."""

from dataclasses import replace

import pytest
from tests.devices.sticks import FolderSticks, folder_stick

from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import DriveState
from jiandang_desktop.services import search, submission

from .gui_desk import _household
from .test_submission_page import enrol
from .window_desk import close, show_window, township, village


@pytest.fixture
def window(qtbot, tmp_path):
    """An enrolled village with something to submit, at its 上报 page; (window, what is plugged in)."""
    low = show_window(qtbot, tmp_path / "village", station=village())
    high = show_window(qtbot, tmp_path / "township", station=township())
    paper = tmp_path / "paper"
    paper.mkdir()
    enrol(low, high, paper)
    low.ask(_household)
    close(high)
    sticks = FolderSticks()
    low.session.bench.medium = FileMedium(sticks)
    low.click("rail_submission")
    low.find("submission_place").box.setCurrentIndex(-1)
    yield low, sticks
    close(low)


def plug(shown, sticks, *drives):
    """Plugged in or out; the watcher's next look sees it."""
    sticks.drives = list(drives)
    shown.session.sticks.look()
    shown.qtbot.waitUntil(lambda: shown.session.sticks.drives == tuple(drives), timeout=5_000)


def chosen(shown):
    return shown.find("submission_place").box.currentText()


def said(shown):
    return shown.find("submission_message").text.text()


def test_a_stick_is_noticed_by_itself_with_its_name_and_room(window, tmp_path):
    shown, sticks = window
    stick = folder_stick(tmp_path / "stick", "KINGSTON")
    sticks.drives = [stick]
    shown.qtbot.waitUntil(lambda: "KINGSTON" in chosen(shown), timeout=10_000)  # by the timer alone
    assert "8.0 GB" in chosen(shown)
    assert "KINGSTON" in shown.find("strip_stick").text()
    sticks.drives = []
    shown.qtbot.waitUntil(lambda: chosen(shown) == "", timeout=10_000)
    assert "KINGSTON" in said(shown)
    assert shown.find("strip_stick").text() == ""


def test_U03_written_is_not_yet_safe_only_ejecting_says_so(window, tmp_path):
    shown, sticks = window
    stick = folder_stick(tmp_path / "stick")
    plug(shown, sticks, stick)
    shown.click("submission_export")
    safe = shown.session.text("places.ejected", name="STICK")
    assert safe not in said(shown)
    assert shown.session.text("places.eject") in said(shown)
    (path,) = (stick.path / "jiandang").glob("*.jdb")
    assert path.name in said(shown)
    shown.click("submission_place_eject")
    assert said(shown) == safe
    assert sticks.ejected == [stick]
    assert shown.find("submission_place").place() is None


def test_U03_whatever_was_written_is_ejected_from_the_sentence_that_says_so(window, tmp_path):
    """One way for an export, an enrolment request, a card for a handover and a PDF."""
    shown, sticks = window
    stick = folder_stick(tmp_path / "stick")

    def export():
        shown.click("submission_export")

    def request():
        tabs(shown, 1)
        shown.find("request_place").box.setCurrentIndex(0)
        shown.click("request_write")

    def card():
        tabs(shown, "handover")
        shown.click("takeover_invite")

    def paper():
        page = print_blank(shown)
        page.save_pdf(stick.path / "blank.pdf")
        shown.settle()

    writers = ((export, "submission_message"), (request, "request_message"), (card, "handover_message"))
    for write, message in (*writers, (paper, "printing_message")):
        plug(shown, sticks, stick)
        sticks.ejected = []
        write()
        bar = shown.find(message)
        assert shown.session.text("places.eject_first", name="STICK") in bar.text.text()
        shown.click(f"{message}_action")
        assert bar.text.text() == shown.session.text("places.ejected", name="STICK")
        assert not bar.action.isVisible()
        assert sticks.ejected == [stick]


def tabs(shown, which):
    shown.click("rail_management")
    found = shown.find("management_tabs")
    if isinstance(which, str):
        which = next(n for n in range(found.count()) if found.widget(n).isAncestorOf(shown.find(f"{which}_tab")))
    found.setCurrentIndex(which)
    shown.settle()


def print_blank(shown):
    workplace = shown.window.workplace
    resident = shown.ask(lambda desk: search.find(desk, ""))[0]
    workplace.to_paper.record("encounter_record", resident.id, None)
    shown.settle()
    page = shown.page()
    shown.qtbot.waitUntil(page.pdf_button.isEnabled, timeout=20_000)
    return page


@pytest.mark.parametrize("code", ["MEDIUM_BUSY", "MEDIUM_NOT_EJECTED"])
def test_U03_a_refused_ejection_says_not_to_pull(window, tmp_path, code):
    shown, sticks = window
    plug(shown, sticks, folder_stick(tmp_path / "stick"))
    sticks.refusal = code
    shown.click("submission_place_eject")
    assert shown.find("submission_message").property("tone") == "wrong"
    assert said(shown) == shown.session.sentence(Problem(code, name="STICK"))
    assert shown.find("submission_place").place() is not None


def test_U05_among_two_sticks_a_person_chooses(window, tmp_path):
    """The one that was chosen by itself is let go of when a second one comes; one chosen by hand stays."""
    shown, sticks = window
    one, two = folder_stick(tmp_path / "one", "ONE"), folder_stick(tmp_path / "two", "TWO", "B002-0002")
    plug(shown, sticks, one)
    assert "ONE" in chosen(shown)
    plug(shown, sticks, one, two)
    place = shown.find("submission_place")
    assert place.place() is None
    shown.click("submission_export")
    assert shown.ask(submission.history) == []
    place.box.setCurrentIndex(1)
    place.box.activated.emit(1)
    assert place.place() == two
    plug(shown, sticks, two)
    assert place.place() == two
    shown.click("submission_export")
    assert list((two.path / "jiandang").iterdir())
    assert list(one.path.iterdir()) == []


def test_U04_another_stick_in_its_place_is_asked_about(window, tmp_path):
    """Changed between the last look and the export: the window still shows the first one."""
    shown, sticks = window
    stick = folder_stick(tmp_path / "stick")
    plug(shown, sticks, stick)
    sticks.drives = [replace(stick, name="OTHER", volume="B002-0002")]
    shown.click("submission_export")
    assert "OTHER" in said(shown)
    assert list(stick.path.iterdir()) == []
    assert shown.ask(submission.history) == []


def test_U06_a_stick_that_cant_be_opened_is_shown_and_cant_be_chosen(window, tmp_path):
    shown, sticks = window
    plug(shown, sticks, replace(folder_stick(tmp_path / "stick", "sdb"), state=DriveState.UNREADABLE))
    place = shown.find("submission_place")
    assert "sdb" in place.box.itemText(0)
    assert place.place() is None
    assert not place.box.model().item(0).isEnabled()
    assert shown.find("strip_stick").text() == ""


def test_looking_for_sticks_does_not_make_the_window_busy(window):
    """Nobody waits for it: neither closing the window nor locking."""
    shown, _ = window
    heard = []
    shown.session.tasks.busy_changed.connect(heard.append)
    shown.session.sticks.look()
    assert not shown.session.tasks.busy
    assert heard == []
