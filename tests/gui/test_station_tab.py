"""What is filed about the station itself: from 管理 to the form, to paper and back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.gui.forms.form_page import FormPage
from jiandang_desktop.gui.pages.printing import PrintingPage
from jiandang_desktop.gui.pages.resident_records import RecordLine
from jiandang_desktop.gui.pages.station_tab import StationTab
from jiandang_desktop.services import records

from .keying import Keys
from .window_desk import close, desk_of, show_window, township, village

FORM = "health_education_activity"


def activity() -> dict:
    example = load_example(make_workbench().resources, FORM)
    assert example
    return {**example.visits[0], "activity_time": "2025-03-04", "fill_date": "2025-03-05"}


@pytest.fixture(params=[village, township], ids=["village", "township"])
def shown(request, qtbot, tmp_path):
    made = show_window(qtbot, tmp_path / "vault", station=request.param())
    yield made
    close(made)


def open_tab(shown) -> StationTab:
    shown.click("rail_management")
    tabs, tab = shown.find("management_tabs"), shown.find("station_tab")
    tabs.setCurrentWidget(tab)
    shown.settle()
    return tab


def lines(tab: StationTab) -> list[RecordLine]:
    return [tab.records.model.row(place) for place in range(tab.records.model.rowCount())]


def file_one(shown) -> None:
    shown.ask(lambda desk: records.put_record(desk, FORM, SubjectId(desk.station.id), activity()))


def test_an_activity_is_begun_from_the_tab_and_its_draft_is_listed(shown):
    tab = open_tab(shown)
    assert tab.records.empty.isVisible()
    shown.click(f"new_{FORM}")
    page = shown.page()
    assert isinstance(page, FormPage)
    assert page.entry.form.id == FORM
    assert page.subtitle.text() == desk_of(shown).station.name
    shown.window.activateWindow()
    shown.qtbot.waitUntil(shown.window.isActiveWindow)
    page.panel.go_to("theme")
    shown.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    Keys().enter("控盐")
    page.leave()
    shown.settle()
    tab = open_tab(shown)
    assert [line.state for line in lines(tab)] == ["draft"]


def test_a_filed_activity_is_listed_opened_and_printed(shown):
    file_one(shown)
    tab = open_tab(shown)
    (line,) = lines(tab)
    assert (line.date, line.state) == ("2025-03-04", "filed")
    shown.click("open_activity")
    page = shown.page()
    assert isinstance(page, FormPage)
    assert page.panel.answers()["theme"] == activity()["theme"]
    tab = open_tab(shown)
    shown.click("print_record_activity")
    page = shown.page()
    assert isinstance(page, PrintingPage)
    assert len(page.preview.pages) == 1


def test_an_empty_sheet_can_be_printed(shown):
    open_tab(shown)
    shown.click(f"new_{FORM}")
    shown.click("form_print")
    page = shown.page()
    assert isinstance(page, PrintingPage)
    assert len(page.preview.pages) == 1


def test_filing_and_leaving_lead_back_to_the_list(shown):
    """The page one came from says what was filed; the list has it."""
    tab = open_tab(shown)
    shown.click(f"new_{FORM}")
    shown.page().panel.set_answers(activity())
    shown.page().file()
    shown.settle()
    assert shown.page().objectName() == "management"
    assert shown.page().message.isVisible()
    assert [line.state for line in lines(tab)] == ["filed"]
    shown.click("open_activity")
    shown.page().leave()
    shown.settle()
    assert shown.page().objectName() == "management"


def test_people_sign_in_beside_an_activity(shown):
    file_one(shown)
    tab = open_tab(shown)
    card = tab.attendance
    assert card.isVisible()
    card.search.insert("外村来的老张")
    shown.qtbot.waitUntil(card.popup.isVisible, timeout=5_000)
    shown.settle()
    shown.qtbot.keyClick(card.search, Qt.Key.Key_Return)
    shown.settle()
    shown.qtbot.waitUntil(lambda: card.model.rowCount() == 1, timeout=5_000)
    assert card.model.row(0).name == "外村来的老张"
    shown.click("attendance_print")
    assert isinstance(shown.page(), PrintingPage)
    tab = open_tab(shown)
    shown.click("attendance_strike")
    assert tab.attendance.model.rowCount() == 0
