"""The household's folder: order, contents, page numbers, speed and size; cards and the recovery sheet."""

import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.printing import (
    FilledForm,
    FontBook,
    Page,
    PaperContext,
    layout_cards,
    layout_folder,
    layout_form,
    layout_recovery_sheet,
    write_pdf,
)
from jiandang_desktop.printing.display import A4, Lines, Text
from jiandang_desktop.printing.front import bag_label
from jiandang_desktop.printing.labels import BagLabel, layout_labels

from .conftest import ReadBack
from .samples import folders


def quiet(done: int, total: int) -> None:
    pass


def titles(pages: list[Page]) -> list[str]:
    """The large words of each page."""
    return ["".join(op.text for op in page.ops if getattr(op, "size", 0) >= 17) for page in pages]


def test_a_folder_is_in_the_official_order_and_numbered(
    catalog: FormCatalog, fonts: FontBook, read_back: ReadBack
) -> None:
    """Bag label, contents, then each member's cover first; sheets are numbered through; all names are found."""
    document = max(folders(catalog, 40), key=lambda each: len(each.members))
    pages = layout_folder(document, fonts, quiet)
    shown = titles(pages)
    assert shown[0].startswith("居民健康档案袋")
    assert shown[1].startswith("家庭健康档案目录")
    assert shown[2 if not shown[2].startswith("家庭健康") else 3].startswith("居民健康档案")
    text = read_back(pages)
    assert "目录1" in text
    front = titles(pages).index("居民健康档案")
    assert re.findall(r"第(\d+)页(?!，)", text) == [str(number) for number in range(1, len(pages) - front + 1)]
    for member in document.members:
        assert member.resident["name"] in text
        assert member.resident["record_code"] in text


def test_what_is_filed_about_the_household_comes_before_its_members(catalog: FormCatalog, fonts: FontBook) -> None:
    """Bag label, contents, the household's sheet, the first member's cover; the contents list the sheet first."""
    document = next(iter(folders(catalog, 10)))
    sheet = FilledForm(catalog.current("household_folder"), {"head_name": "朝鲁"})
    pages = layout_folder(replace(document, forms=(sheet,)), fonts, quiet)
    assert titles(pages)[1:4] == ["家庭健康档案目录", "家庭基本情况", "居民健康档案"]
    listed = [getattr(op, "text", "") for op in pages[1].ops]
    assert listed.index("家庭基本情况") < listed.index("居民健康档案封面")


def test_the_contents_name_the_page_on_which_a_form_begins(catalog: FormCatalog, fonts: FontBook) -> None:
    """The page listed for the first examination carries its title."""
    for document in folders(catalog, 40):
        pages = layout_folder(document, fonts, quiet)
        if "健康体检表" in titles(pages):
            break
    begins = titles(pages).index("健康体检表") - titles(pages).index("居民健康档案") + 1
    listed = {op.text for page in pages[1:4] for op in page.ops if re.fullmatch(r"\d+-\d+", getattr(op, "text", ""))}
    assert f"{begins}-{begins + 3}" in listed


def test_stopping_leaves_nothing(catalog: FormCatalog, fonts: FontBook) -> None:
    """Progress may raise after any member; the exception comes through."""

    class StopWork(Exception):  # noqa: N818 - not an error: a person's wish
        pass

    def stop(done: int, total: int) -> None:
        if done:
            raise StopWork

    with pytest.raises(StopWork):
        layout_folder(next(folders(catalog, 10)), fonts, stop)


def test_a_hundred_pages_are_fast_and_small(catalog: FormCatalog, fonts: FontBook) -> None:
    """100 pages stay under 1 MB and near the bar of 3 s (the benchmark measures it on a quiet machine)."""
    documents = list(folders(catalog, 60))
    fonts.width("热身", 9)
    fonts.width("热身", 9, "bold")
    start = time.process_time()
    pages: list[Page] = []
    for document in documents:
        pages += layout_folder(document, fonts, quiet)
        if len(pages) >= 100:
            break
    pdf = write_pdf(pages, fonts, "folder")
    spent = (time.process_time() - start) * 100 / len(pages)
    assert spent < 8
    assert len(pdf) * 100 / len(pages) < 1_000_000


def test_the_same_folder_gives_the_same_bytes(catalog: FormCatalog, fonts: FontBook) -> None:
    document = next(folders(catalog, 10))
    first, second = (write_pdf(layout_folder(document, fonts, quiet), fonts, "folder") for _ in range(2))
    assert first == second


def test_all_fonts_are_embedded(catalog: FormCatalog, fonts: FontBook, tmp_path: Path) -> None:
    """Paper looks the same everywhere: no font is left to the reader's machine."""
    path = tmp_path / "folder.pdf"
    path.write_bytes(write_pdf(layout_folder(next(folders(catalog, 10)), fonts, quiet), fonts, "folder"))
    rows = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert rows
    assert all(re.search(r"\byes yes yes\b", row) for row in rows)


def test_cards_hold_the_token_and_nothing_else_in_the_code(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, tmp_path: Path
) -> None:
    """The QR codes on the backs of four cards read back as the tokens."""
    form = catalog.current("health_record_card")
    cards = [(FilledForm(form, {"name": "乌云其木格"}), f"JD1-{number:016x}") for number in range(4)]
    path = tmp_path / "cards.pdf"
    path.write_bytes(write_pdf(layout_cards(cards, context, fonts), fonts, "cards"))
    subprocess.run(["pdftoppm", "-r", "200", "-png", str(path), str(tmp_path / "cards")], check=True)
    picture = sorted(tmp_path.glob("cards*.png"))[1]
    read = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], capture_output=True, text=True, check=True)
    assert sorted(line for line in read.stdout.split() if line.startswith("JD1-")) == [token for _, token in cards]


def test_backs_are_mirrored_so_that_they_meet_their_fronts(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext
) -> None:
    """Nine cards are two sheets of two pages; turned over its long edge, each back lies behind its front."""
    form = catalog.current("health_record_card")
    cards = [(FilledForm(form, {"name": f"甲{n}", "other_notes": f"乙{n}"}), "") for n in range(9)]
    pages = layout_cards(cards, replace(context, name=""), fonts)
    assert len(pages) == 4
    for front, back, numbers in ((pages[0], pages[1], range(8)), (pages[2], pages[3], [8])):
        for number in numbers:
            there = next(op for op in front.ops if getattr(op, "text", "") == f"甲{number}")
            behind = next(op for op in back.ops if getattr(op, "text", "") == f"乙{number}")
            assert (there.x < A4[0] / 2) == (behind.x > A4[0] / 2)
            assert abs(there.y - behind.y) < 186


def test_the_recovery_sheet_shows_every_group(fonts: FontBook, read_back: ReadBack) -> None:
    groups = [f"K7Q{letter}-W" for letter in "ABCDEFGH"]
    text = read_back(
        layout_recovery_sheet(
            station_name="红星村卫生室", person="白玉梅", groups=groups, made_at="2026-11-25T09:30:00", fonts=fonts
        )
    )
    assert all(group in text for group in groups)
    assert "白玉梅" in text


def test_a_cover_shows_the_whole_code_cut_as_the_scheme_says(
    catalog: FormCatalog, fonts: FontBook, read_back: ReadBack
) -> None:
    """17 digits are 6-3-3-5; of 16 digits the short code says which of the two ways it is."""
    form = catalog.current("archive_cover")
    for code, short, shown in (
        ("15222310820100018", "201-00018", "152223-108-201-00018"),
        ("1522231082000018", "20-00018", "152223-108-20-00018"),
        ("1522231082010018", "201-0018", "152223-108-201-0018"),
    ):
        context = PaperContext(short_code=short)
        assert shown in read_back(layout_form(FilledForm(form, {"archive_no": code}), context, fonts))


def test_the_longest_name_stays_whole_and_within_the_bags_labels(catalog: FormCatalog, fonts: FontBook) -> None:
    name = "艾力库尔班江·买买提·阿不都热合曼·吐尔逊尼亚孜江"
    document = next(folders(catalog, 10))
    page = bag_label(replace(document, household={**document.household, "head_name": name}), fonts)
    (head,) = (op for op in page.ops if isinstance(op, Text) and op.text.endswith(name))
    table = [x for op in page.ops if isinstance(op, Lines) for segment in op.segments for x in (segment[0], segment[2])]
    assert min(table) + 10 < head.x
    assert head.x + fonts.width(head.text, head.size, "bold") < max(table) - 10
    small = BagLabel("201-0001", name, "和平村10组8号", "10", 3, "和平村", "和平村卫生室")
    texts = [op for op in layout_labels([small], PaperContext(), fonts)[0].ops if isinstance(op, Text)]
    (shown,) = (op for op in texts if name in op.text)
    assert shown.x + fonts.width(shown.text, shown.size, "bold") <= A4[0] / 2
