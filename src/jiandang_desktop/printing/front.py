"""What lies in front of a household's papers: the bag's label, the list of contents, the note on what goes where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.printing.display import A4, Lines, Op, Page, Text
from jiandang_desktop.printing.documents import FolderDocument, MemberPart
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.grid import PAD, Box, GridRow, draw, fit_heights, paginate

MARGIN = 50.0
WIDTH = A4[0] - 2 * MARGIN
_SIZE = 11.0
_ROW = 26.0
_ROOM = A4[1] - 150.0


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """A sheet in the list of contents: whose, which, on which pages."""

    name: str
    title: str
    pages: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do with the paper folder."""

    pages: str
    name: str
    title: str
    what: str


def bag_label(document: FolderDocument, fonts: FontBook) -> Page:
    """What is stuck on the household's bag."""
    words, household = fonts.words, document.household
    page = Page()
    centred(page.ops, words.text("bag.title"), 92, 24, fonts)
    head = str(household.get("head_name", ""))
    centred(page.ops, words.text("bag.head", name=head), 140, 17, fonts)
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
    page.ops += draw(rows, MARGIN, 165, WIDTH, 5)
    return page


_AROUND = 12.0
"""Points at the least between a title and the edges of what stands below it."""
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


def contents(lines: Sequence[ContentsLine], last: int, fonts: FontBook) -> list[Page]:
    """The list of contents; ``last`` is the folder's highest page number."""
    words = fonts.words
    widths = (10.0, 24.0, 48.0, 18.0)
    rows = [_cells(tuple(words.lines("contents.columns")), widths, fonts, centre=range(4), bold=True)]
    rows += [
        _cells((str(number), line.name, line.title, line.pages), widths, fonts, centre=(0, 3))
        for number, line in enumerate(lines, 1)
    ]
    return _table(rows, words.text("contents.title"), words.text("contents.count", pages=last), fonts)


def change_note(document: FolderDocument, changes: Sequence[Change], last: int, fonts: FontBook) -> list[Page]:
    """Which pages go where in the paper folder that lies there already; signed by whoever put them in."""
    words, household = fonts.words, document.household
    widths = (14.0, 18.0, 36.0, 32.0)
    rows = [_cells(tuple(words.lines("changes.columns")), widths, fonts, centre=range(4), bold=True)]
    rows += [_cells((each.pages, each.name, each.title, each.what), widths, fonts, centre=(0,)) for each in changes]
    whose = words.text(
        "changes.whose",
        head=str(household.get("head_name", "")),
        code=str(household.get("household_code") or ""),
        address=str(household.get("address") or ""),
    )
    pages = _table(rows, words.text("changes.title"), whose, fonts)
    end = pages[-1]
    done = words.text("changes.done", pages=last)
    end.ops.append(Text(MARGIN, A4[1] - 70, done, _SIZE))
    sign = words.text("changes.sign")
    x = A4[0] - MARGIN - fonts.width(sign, _SIZE) - 200
    end.ops.append(Text(x, A4[1] - 48, sign, _SIZE))
    line = x + fonts.width(sign, _SIZE) + 4
    end.ops.append(Lines(((line, A4[1] - 45, A4[0] - MARGIN, A4[1] - 45),), 0.6))
    return pages


def _table(rows: Sequence[GridRow], title: str, below: str, fonts: FontBook) -> list[Page]:
    """Rows as pages, each with the title and a line of words under it."""
    fit_heights(rows, 4)
    pages = []
    note = set_text(below, WIDTH, _SIZE - 1, fonts)
    top = 96 + note.height
    for part in paginate(rows, _ROOM - note.height, _ROOM - note.height, 4):
        sheet = Page()
        centred(sheet.ops, title, 72, 20, fonts)
        sheet.ops += note.draw(MARGIN, 84)
        sheet.ops += draw(part, MARGIN, top, WIDTH, 4)
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
        width = WIDTH * share / sum(shares)
        block = set_text(text, width - 2 * PAD - 4, _SIZE, fonts, "bold" if bold else "regular")
        boxes.append(Box(at, at + width, block, "centre" if number in centre else "left"))
        at += width
    return GridRow(boxes, _ROW)


def centred(ops: list[Op], text: str, base: float, size: float, fonts: FontBook) -> None:
    """A title in the middle of the page, smaller where it is too long; it ends before the tables below it do."""
    shrunk = fonts.fitting(text, WIDTH - 2 * _AROUND, size, "bold")
    ops.append(Text((A4[0] - fonts.width(text, shrunk, "bold")) / 2, base, text, shrunk, "bold"))
