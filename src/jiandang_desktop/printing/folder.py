"""A household's folder: bag label, list of contents, forms about the household, then each member's papers."""

from collections.abc import Sequence
from typing import Any

from jiandang_desktop.printing.display import A4, Op, Page, Text
from jiandang_desktop.printing.documents import FolderDocument, MemberPart, PaperContext, Progress
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.footer import number_pages
from jiandang_desktop.printing.forms import form_body
from jiandang_desktop.printing.grid import PAD, Box, GridRow, draw, fit_heights, paginate
from jiandang_desktop.printing.trends import ORDER as TRENDS
from jiandang_desktop.printing.trends import trend_pages

_MARGIN = 50.0
_WIDTH = A4[0] - 2 * _MARGIN
_SIZE = 11.0
_ROW = 26.0
_ROOM = A4[1] - 150.0


def layout_folder(document: FolderDocument, fonts: FontBook, progress: Progress) -> list[Page]:
    """The whole folder (GLYPH_MISSING). ``progress`` counts members and may raise; nothing is left then."""
    context = PaperContext(
        station=str(document.station.get("name", "")),
        printed_by=document.printed_by,
        printed_at=document.printed_at,
    )
    own = [(filled.form.title, form_body(filled, context, fonts)) for filled in document.forms]
    bodies: list[list[tuple[str, list[Page]]]] = []
    progress(0, len(document.members))
    for done, member in enumerate(document.members, 1):
        bodies.append(_member(member, context, fonts))
        progress(done, len(document.members))
    front = [bag_label(document, fonts)]
    named = [(str(document.household.get("head_name", "")), own)]
    named += [(str(part.resident.get("name", "")), body) for part, body in zip(document.members, bodies, strict=True)]
    count = len(_contents(named, 1, fonts))
    front += _contents(named, 1 + count, fonts)
    pages = front + [page for _, part in named for _, body in part for page in body]
    number_pages(pages, context, fonts)
    return pages


def _member(member: MemberPart, context: PaperContext, fonts: FontBook) -> list[tuple[str, list[Page]]]:
    own = context.of(member.resident)
    parts = [
        (filled.form.order, filled.form.title, form_body(filled, own, fonts, member.card_token))
        for filled in member.forms
    ]
    if member.trends:
        parts.append((TRENDS, fonts.words.text("trends.title"), trend_pages(member.trends, own, fonts)))
    return [(title, body) for _, title, body in sorted(parts, key=lambda part: part[0])]


def bag_label(document: FolderDocument, fonts: FontBook) -> Page:
    """What is stuck on the household's bag."""
    words, household = fonts.words, document.household
    page = Page()
    _centred(page.ops, words.text("bag.title"), 92, 24, fonts)
    head = str(household.get("head_name", ""))
    _centred(page.ops, words.text("bag.head", name=head), 140, 17, fonts)
    station = document.station
    entries = [
        ("bag.address", household.get("address") or household.get("current_address")),
        ("bag.group", household.get("village_group")),
        ("bag.phone", household.get("phone")),
        ("bag.code", household.get("household_code") or household.get("household_id")),
        ("bag.hukou", household.get("hukou_no")),
        ("bag.village", station.get("village_name")),
        ("bag.township", station.get("township_name")),
        ("bag.station", station.get("name")),
        ("bag.count", words.text("bag.persons", count=len(document.members))),
    ]
    rows = [_cells((words.text(key), str(value or "")), (24, 76), fonts, centre=(0,)) for key, value in entries]
    heads = tuple(words.lines("bag.columns"))
    rows.append(_cells(heads, _MEMBERS, fonts, centre=range(5)))
    rows += [
        _cells(_member_line(number, part, words), _MEMBERS, fonts, centre=(0, 2))
        for number, part in enumerate(document.members, 1)
    ]
    fit_heights(rows, 5)
    page.ops += draw(rows, _MARGIN, 165, _WIDTH, 5)
    return page


_MEMBERS = (8.0, 26.0, 10.0, 24.0, 32.0)


def _member_line(number: int, member: MemberPart, words: Any) -> tuple[str, ...]:
    resident = member.resident
    sex = str(resident.get("sex", ""))
    named = words.text(f"sex.{sex}") if sex in ("0", "1", "2", "9") else sex
    return (
        str(number),
        str(resident.get("name", "")),
        named,
        str(resident.get("birth_date", "")),
        str(resident.get("record_code", "")),
    )


def _contents(
    named: Sequence[tuple[str, Sequence[tuple[str, list[Page]]]]], before: int, fonts: FontBook
) -> list[Page]:
    """The list of contents, with the page that each form begins on."""
    words = fonts.words
    widths = (10.0, 24.0, 48.0, 18.0)
    rows = [_cells(tuple(words.lines("contents.columns")), widths, fonts, centre=range(4), bold=True)]
    page, number = before + 1, 0
    for name, parts in named:
        for title, body in parts:
            number += 1
            last = page + len(body) - 1
            span = str(page) if last == page else f"{page}-{last}"
            rows.append(_cells((str(number), name, title, span), widths, fonts, centre=(0, 3)))
            page = last + 1
    fit_heights(rows, 4)
    pages = []
    for part in paginate(rows, _ROOM, _ROOM, 4):
        sheet = Page()
        _centred(sheet.ops, words.text("contents.title"), 78, 20, fonts)
        sheet.ops += draw(part, _MARGIN, 100, _WIDTH, 4)
        pages.append(sheet)
    return pages


def _cells(
    texts: Sequence[str],
    shares: Sequence[float],
    fonts: FontBook,
    *,
    centre: Sequence[int] = (),
    bold: bool = False,
) -> GridRow:
    boxes, at = [], 0.0
    for number, (text, share) in enumerate(zip(texts, shares, strict=True)):
        width = _WIDTH * share / sum(shares)
        block = set_text(text, width - 2 * PAD - 4, _SIZE, fonts, "bold" if bold else "regular")
        boxes.append(Box(at, at + width, block, "centre" if number in centre else "left"))
        at += width
    return GridRow(boxes, _ROW)


def _centred(ops: list[Op], text: str, base: float, size: float, fonts: FontBook) -> None:
    width = fonts.width(text, size, "bold")
    shrunk = size * min(1.0, _WIDTH / width) if width else size
    ops.append(Text((A4[0] - fonts.width(text, shrunk, "bold")) / 2, base, text, shrunk, "bold"))
