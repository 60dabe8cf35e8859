"""Many households in one job from the window, cards, lists, labels; a card lost and scanned."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter

from jiandang_desktop.demo.people import Village
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.pages.printing import PrintingPage
from jiandang_desktop.gui.pages.printing_chooser import CARDS, HOUSEHOLDS, LABELS
from jiandang_desktop.services import cards, life_events, prints, registration, registry, round_list, transfer
from jiandang_desktop.services.cards import CardStatus
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import DueFilter
from jiandang_desktop.services.registration import NewMember

from .test_print_preview import printing_page
from .window_desk import close, show_window, village


def families(desk: Desk, residents: int = 30) -> list[str]:
    generated = Village.load(desk.bench.resources, 3, desk.bench.clock.today())
    made = []
    for family in generated.generate(residents):
        members = [NewMember(person.answers) for person in family.members]
        made.append(registration.register_household(desk, family.answers, members).household_id)
    return made


@pytest.fixture
def page(qtbot, station) -> PrintingPage:
    station.ask(qtbot, families)
    page = printing_page(qtbot, station)
    page.refresh()
    station.settle(qtbot)
    return page


def queue_of(qtbot, page: PrintingPage) -> int:
    with qtbot.waitSignal(page.queue_shown, timeout=20_000) as shown:
        page.chooser.choose_kind(HOUSEHOLDS)
    return shown.args[0]


def printed(qtbot, station) -> int:
    """How many households have a print in the log."""
    return station.ask(qtbot, lambda desk: sum(last is not None for _, last in prints.overview(desk)))


def test_what_another_page_asks_for_is_printed_and_not_the_queue_that_was_chosen(qtbot, station, page, tmp_path):
    assert queue_of(qtbot, page) > 5
    with qtbot.waitSignal(page.pages_shown, timeout=20_000):
        page.show_list("round", lambda desk: round_list.pages(desk, where=DueFilter()))
    assert page.preview.isVisibleTo(page)
    assert not page.table.isVisibleTo(page)
    assert not page.chooser.isVisibleTo(page)
    page.save_pdf(tmp_path / "入户.pdf")
    station.settle(qtbot)
    assert (tmp_path / "入户.pdf").exists()
    assert printed(qtbot, station) == 0
    with qtbot.waitSignal(page.queue_shown, timeout=20_000):
        page.choose_here()
    assert page.table.isVisibleTo(page)
    assert page.chooser.isVisibleTo(page)


def test_a_village_is_saved_as_one_file_and_written_down(qtbot, station, page, tmp_path):
    count = queue_of(qtbot, page)
    assert count > 5
    seen = []
    page.queue.household_done.connect(lambda *_: seen.append(page.progress.label.text()))
    with qtbot.waitSignal(page.queue.finished, timeout=60_000) as done:
        page.save_pdf(tmp_path / "全村.pdf")
        assert page.progress.isVisible()
        assert page.progress.label.text() == f"第 1 户，共 {count} 户"
        assert not page.pdf_button.isEnabled()
    station.settle(qtbot)
    assert done.args[0] == count
    assert any(f"第 {count} 户，共 {count} 户" in words for words in seen)
    assert (tmp_path / "全村.pdf").read_bytes().startswith(b"%PDF")
    assert printed(qtbot, station) == count
    assert not page.progress.isVisible()
    assert "已记入打印记录" in page.message.text.text()
    page.chooser.only.setChecked(True)
    station.settle(qtbot)
    with qtbot.waitSignal(page.queue.refused, timeout=60_000) as refused:
        page.save_pdf(tmp_path / "新页.pdf")
    assert refused.args[0].code == "NOTHING_NEW"
    assert not (tmp_path / "新页.pdf").exists()


def test_stopping_leaves_no_file_and_no_log(qtbot, station, page, tmp_path):
    """Stopped after the third household with the button; the vault answers others meanwhile."""
    queue_of(qtbot, page)
    answered = []

    def third(place: int, _pages: int) -> None:
        station.session.ask(page, lambda desk: desk.today(), answered.append)
        if place == 2:
            qtbot.mouseClick(page.progress.stop, Qt.MouseButton.LeftButton)

    page.queue.household_done.connect(third)
    with qtbot.waitSignal(page.queue.stopped, timeout=60_000):
        page.save_pdf(tmp_path / "全村.pdf")
    station.settle(qtbot)
    assert list(tmp_path.glob("*.pdf*")) == []
    assert printed(qtbot, station) == 0
    assert answered
    assert page.pdf_button.isEnabled()
    assert page.chooser.isEnabled()
    assert "没有存文件" in page.message.text.text()


def test_a_queue_goes_to_the_printer_page_by_page(qtbot, station, page, tmp_path):
    count = queue_of(qtbot, page)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    with qtbot.waitSignal(page.queue.finished, timeout=60_000) as done:
        page.send(printer)
    station.settle(qtbot)
    households, pages = done.args
    assert households == count
    assert f"/Count {pages}".encode() in (tmp_path / "printed.pdf").read_bytes()
    assert printed(qtbot, station) == count


def test_a_refusal_in_the_middle_leaves_nothing(qtbot, station, page, tmp_path):
    """The place for the file is gone when everything is set: nothing is written down."""
    queue_of(qtbot, page)
    with qtbot.waitSignal(page.queue.refused, timeout=60_000) as refused:
        page.save_pdf(tmp_path / "gone" / "x.pdf")
    station.settle(qtbot)
    assert refused.args[0].code == "MEDIUM_MISSING"
    assert printed(qtbot, station) == 0


def test_locking_stops_the_queue(qtbot, station, page, tmp_path):
    queue_of(qtbot, page)
    page.save_pdf(tmp_path / "x.pdf")
    station.session.leave()
    qtbot.waitUntil(lambda: not station.session.tasks.busy, timeout=20_000)
    assert not page.queue.busy
    assert list(tmp_path.glob("*.pdf*")) == []


def test_only_new_pages_of_one_household(qtbot, station):
    page = printing_page(qtbot, station)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000):
        page.show_folder(station.household.id)
    assert "还没有打印过" in page.subtitle.text()
    printed = station.ask(qtbot, lambda desk: prints.note(desk, [prints.folder(desk, station.household.id).row]))
    assert printed is None
    page.new_button.click()
    qtbot.waitUntil(lambda: "没有新的内容" in page.message.text.text(), timeout=20_000)
    moved = station.people[-1].id

    def move(desk: Desk) -> None:
        other = registry.add_household(desk, {"address": "五组9号"})
        life_events.move_household(desk, moved, other.id, "02")

    station.ask(qtbot, move)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000):
        page.new_button.click()
    texts = {op.text for op in page.preview.pages[0].ops if hasattr(op, "text")}
    assert "补打说明" in texts


def test_cards_for_those_without_one_are_written_down_when_saved(qtbot, station, page, tmp_path):
    page.chooser.choose_kind(CARDS)
    station.settle(qtbot)
    assert page.chooser.only.isChecked()
    with qtbot.waitSignal(page.pages_shown, timeout=20_000) as shown:
        page.chooser.show_button.click()
    assert shown.args[0] % 2 == 0
    page.save_pdf(tmp_path / "cards.pdf")
    station.settle(qtbot)
    who = station.people[0].id
    assert station.ask(qtbot, lambda desk: cards.show(desk, who)).status is CardStatus.ISSUED
    page.chooser.show_button.click()
    qtbot.waitUntil(lambda: "没有要制卡的人" in page.message.text.text(), timeout=20_000)


def test_labels_are_previewed(qtbot, station, page):
    page.chooser.choose_kind(LABELS)
    station.settle(qtbot)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000) as shown:
        page.chooser.show_button.click()
    assert shown.args[0] >= 1


@pytest.fixture
def shown(qtbot, tmp_path):
    shown = show_window(qtbot, tmp_path / "vault", station=village())
    yield shown
    close(shown)


def test_a_lost_card_is_refused_at_the_search_box_by_name(shown):
    """In the folder: 挂失, asked twice; then the old card says so and opens nothing, the new one opens."""

    def prepare(desk: Desk) -> tuple[str, str]:
        household = families(desk, 4)[0]
        with desk.vault.read() as reader:
            person = reader.members(household)[0]
        cards.issue(desk, [person.id])
        return person.id, cards.show(desk, person.id).token

    person, old = shown.ask(prepare)
    shown.window.workplace.open_resident(person)
    shown.settle()
    tabs = shown.find("resident_tabs")
    tabs.setCurrentWidget(shown.find("tab_card"))
    assert shown.find("card_status").text() == "已发卡"
    shown.click("card_lost")
    assert shown.find("card_question").isVisible()
    shown.click("card_no")
    assert shown.find("card_status").text() == "已发卡"
    shown.click("card_lost")
    shown.click("card_yes")
    assert shown.find("card_status").text() == "已挂失，待补卡"
    assert not shown.find("card_lost").isEnabled()
    shown.click("rail_residents")
    box = shown.find("top_search")
    box.setFocus()
    box.setText(old)
    shown.qtbot.keyClick(box, Qt.Key.Key_Return)
    shown.settle()
    assert "已在" in shown.find("found_popup").nothing.text()
    assert "挂失" in shown.find("found_popup").nothing.text()
    assert shown.page().objectName() == "residents"
    shown.window.workplace.open_resident(person)
    shown.settle()
    shown.click("card_print")
    assert shown.page().objectName() == "printing"
    assert len(shown.page().preview.pages) == 2
    new = shown.ask(lambda desk: cards.show(desk, person).token)
    box.setText(new)
    shown.qtbot.keyClick(box, Qt.Key.Key_Return)
    shown.settle()
    assert shown.page().objectName() == "resident"


def test_the_list_of_a_submission_is_asked_for_where_one_submits(shown):
    shown.click("rail_submission")
    page = shown.page()
    assert page.list.isHidden() or not page.list.isEnabled()

    def refuse(desk: Desk) -> str:
        with pytest.raises(Problem) as refused:
            transfer.pages(desk)
        return refused.value.code

    assert shown.ask(refuse) == "NO_SUCH_BUNDLE"
