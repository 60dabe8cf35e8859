"""The list that goes with a submission (移交/报送清单): what was handed over, signed by both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiandang_desktop.printing.display import A4, Op, Page, Text
from jiandang_desktop.printing.documents import PaperContext
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.footer import number_pages
from jiandang_desktop.printing.grid import PAD, Box, GridRow, draw, fit_heights, paginate

_MARGIN = 42.0
_WIDTH = A4[0] - 2 * _MARGIN
_TOP = 58.0
_SIGN = 104.0
"""Room for the two signatures under the table."""
_SIZE = 9.5
_PAD = 3.0
_SHARES = (6.0, 13.0, 13.0, 21.0, 40.0, 7.0)
_CENTRED = frozenset({0, 5})


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One resident, or one household's own papers."""

    household_code: str
    head: str
    name: str
    record_code: str
    forms: tuple[tuple[str, int], ...]
    """Titles of the forms and how many of each."""


@dataclass(frozen=True, slots=True)
class TransferList:
    """A submission as people sign it."""

    sender: str
    receiver: str
    file_name: str
    digest: str
    first: int
    last: int
    made_at: str
    lines: tuple[TransferLine, ...]


def layout_transfer_list(document: TransferList, context: PaperContext, fonts: FontBook) -> list[Page]:
    """The list with its foot; the signatures stand on the last page (GLYPH_MISSING)."""
    words = fonts.words
    head = words.text(
        "transfer.head",
        sender=document.sender,
        receiver=document.receiver or "＿" * 10,
        file=document.file_name,
        first=document.first,
        last=document.last,
        time=document.made_at[:16].replace("T", " "),
        digest=document.digest[:16],
    )
    note = set_text(head, _WIDTH, _SIZE, fonts)
    heads = _row(words.lines("transfer.columns"), fonts, bold=True)
    rows = _merged([_row(texts, fonts) for texts in _texts(document, fonts)], document.lines)
    households = len({line.household_code or line.head for line in document.lines})
    people = len({line.record_code for line in document.lines if line.record_code})
    papers = sum(count for line in document.lines for _, count in line.forms)
    total = words.text("transfer.total", households=households, people=people, papers=papers)
    rows.append(GridRow([Box(0, _WIDTH, set_text(total, _WIDTH - 2 * PAD, _SIZE, fonts, "bold"))], 20))
    fit_heights([heads, *rows], _PAD)
    top = _TOP + 14 + note.height + 6
    room = A4[1] - top - 44 - heads.height
    made = paginate(rows, room, room, _PAD)
    if sum(row.height for row in made[-1]) > room - _SIGN:
        made = _last_row_over(made)
    pages = []
    for number, part in enumerate(made):
        page = Page()
        title = words.text("transfer.title")
        page.ops.append(Text((A4[0] - fonts.width(title, 17, "bold")) / 2, _TOP, title, 17, "bold"))
        page.ops += note.draw(_MARGIN, _TOP + 14)
        page.ops += draw([heads, *part], _MARGIN, top, _WIDTH, _PAD)
        if number == len(made) - 1:
            end = top + heads.height + sum(row.height for row in part)
            page.ops += _signatures(end + 26, fonts)
        pages.append(page)
    number_pages(pages, context, fonts, _MARGIN)
    return pages


def _merged(rows: list[GridRow], lines: Sequence[TransferLine]) -> list[GridRow]:
    """A household stands once beside all of its people."""
    for number in range(1, len(rows)):
        same = lines[number - 1].household_code, lines[number - 1].head
        if lines[number].household_code and same == (lines[number].household_code, lines[number].head):
            whose = rows[number].boxes[1]
            rows[number].boxes[1] = Box(whose.left, whose.right, None, continues=True)
    return rows


def _last_row_over(made: list[list[GridRow]]) -> list[list[GridRow]]:
    """The total goes to a page of its own with the signatures."""
    *before, last = made
    return [*before, last[:-1], last[-1:]] if len(last) > 1 else made


def _texts(document: TransferList, fonts: FontBook) -> list[tuple[str, ...]]:
    words = fonts.words
    found: list[tuple[str, ...]] = []
    for number, line in enumerate(document.lines, 1):
        forms = words.text("answer.and").join(
            title if count == 1 else words.text("transfer.several", title=title, count=count)
            for title, count in line.forms
        )
        papers = str(sum(count for _, count in line.forms))
        code = line.household_code or words.text("transfer.no_code")
        found.append((str(number), f"{code}\n{line.head}".strip(), line.name, line.record_code, forms, papers))
    return found


def _row(texts: Sequence[str], fonts: FontBook, *, bold: bool = False) -> GridRow:
    boxes, at = [], 0.0
    for number, (text, share) in enumerate(zip(texts, _SHARES, strict=True)):
        width = _WIDTH * share / sum(_SHARES)
        block = set_text(text, width - 2 * PAD, _SIZE, fonts, "bold" if bold else "regular")
        boxes.append(Box(at, at + width, block, "centre" if bold or number in _CENTRED else "left"))
        at += width
    return GridRow(boxes, 20)


def _signatures(y: float, fonts: FontBook) -> list[Op]:
    ops: list[Op] = []
    for column, key in enumerate(("transfer.giver", "transfer.taker")):
        x = _MARGIN + column * (_WIDTH / 2 + 8)
        for number, line in enumerate(fonts.words.lines(key)):
            ops.append(Text(x, y + number * 26, line, 11))
    return ops
