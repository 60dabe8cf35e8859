"""Preview and printer draw the same pages as the PDF."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPrintSupport import QPrinter

from jiandang_desktop.gui.pages.printing import PrintingPage
from jiandang_desktop.gui.print_preview import PageReplay, PrintPreview, print_pages
from jiandang_desktop.gui.theme import load_families
from jiandang_desktop.printing.display import Lines, Page, Path, Rect, Text

from .form_desk import RESOURCES, dress


def sample(words: str = "健康体检表 𬱖䶮") -> Page:
    square = ((300.0, 400.0), (320.0, 400.0), (320.0, 420.0), (300.0, 420.0))
    return Page(
        ops=[
            Text(100, 100, words, 20, "bold"),
            Lines(((50, 200, 500, 200),), 2.0),
            Rect(50, 300, 100, 50, 1.0, (1.0, 0.0, 0.0)),
            Path((square,)),
        ]
    )


def drawn(page: Page) -> QImage:
    image = QImage(int(page.width), int(page.height), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    PageReplay(load_families(RESOURCES)).draw(painter, page)
    painter.end()
    return image


def dark(image: QImage, x: range, y: range) -> int:
    return sum(QColor(image.pixel(i, j)).lightness() < 128 for i in x for j in y)


def test_text_lines_rectangles_and_shapes_are_where_the_page_says(qtbot):
    dress()
    image = drawn(sample())
    assert dark(image, range(100, 330), range(78, 106)) > 500
    assert dark(image, range(100, 330), range(110, 180)) == 0
    assert dark(image, range(60, 490), range(199, 202)) > 400
    assert QColor(image.pixel(100, 325)) == QColor(255, 0, 0)
    assert QColor(image.pixel(310, 410)).lightness() < 20


@pytest.mark.parametrize("size", [9.0, 10.5, 11.3, 20.0])
def test_text_is_as_wide_on_the_screen_as_on_paper(qtbot, size):
    """A run of known width ends where the layouter thinks it ends, at sizes between two pixels as well."""
    dress()
    words = "健康体检表十个字宽度健康体检表十个字宽度"
    image = drawn(Page(ops=[Text(100, 100, words, size)]))
    ends = max(x for x in range(595) if dark(image, range(x, x + 1), range(75, 110)))
    assert abs(ends - (100 + len(words) * size)) <= 2


def test_only_pages_in_sight_cost_time_and_all_are_there(qtbot):
    dress()
    preview = PrintPreview(load_families(RESOURCES))
    qtbot.addWidget(preview)
    preview.resize(700, 600)
    preview.show_pages([sample(str(number)) for number in range(100)])
    with qtbot.waitExposed(preview):
        preview.show()
    assert preview.stack.page_top(99) > 50_000
    assert preview.verticalScrollBar().maximum() > 50_000


def test_the_printer_gets_every_page(qtbot, tmp_path):
    dress()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    assert print_pages([sample(), sample(), sample()], printer, PageReplay(load_families(RESOURCES)))
    pdf = (tmp_path / "printed.pdf").read_bytes()
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 3 or b"/Count 3" in pdf


def test_nothing_is_printed_where_there_is_nothing(qtbot, tmp_path):
    assert not print_pages([], QPrinter(), PageReplay(()))


def printing_page(qtbot, station) -> PrintingPage:
    page = PrintingPage(station.session)
    qtbot.addWidget(page)
    page.resize(1180, 700)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_a_household_is_found_by_typing_and_its_folder_shown_with_enter(qtbot, station):
    page = printing_page(qtbot, station)
    assert page.empty.isVisible()
    assert not page.print_button.isEnabled()
    page.search.setText(station.people[0].name)
    qtbot.waitUntil(lambda: page.found.count() > 0, timeout=10_000)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000) as shown:
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert shown.args[0] >= 2 + len(station.people)
    assert page.print_button.isEnabled()
    assert not page.progress.isVisible()


def test_a_pdf_is_saved_and_the_print_is_written_down(qtbot, station, tmp_path):
    page = printing_page(qtbot, station)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000):
        page.show_folder(station.household.id)
    page.save_pdf(tmp_path / "袋.pdf")
    station.settle(qtbot)
    assert (tmp_path / "袋.pdf").read_bytes().startswith(b"%PDF")
    assert page.message.isVisible()
    rows = station.ask(qtbot, _audit)
    assert rows[-1].action == "print"


def _audit(desk):
    with desk.vault.read() as reader:
        return reader.audit_rows()


def test_cards_and_blank_forms_are_previewed(qtbot, station):
    page = printing_page(qtbot, station)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000):
        page.show_folder(station.household.id)
    with qtbot.waitSignal(page.pages_shown, timeout=20_000):
        page.cards_button.click()
    with qtbot.waitSignal(page.pages_shown, timeout=20_000) as shown:
        page.show_record("physical_exam", station.people[0].id, None)
    assert shown.args[0] == 4
    with qtbot.waitSignal(page.pages_shown, timeout=20_000) as shown:
        page.notes_button.click()
    assert shown.args[0] > 4
    assert page.notes_button.isHidden()
