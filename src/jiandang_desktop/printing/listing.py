"""A list on A4: title, a few lines above, ruled rows over as many pages as needed, two signatures if wanted."""

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


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands in a list. ``signatures`` are keys of resources/texts/paper.toml, one for each side."""

    title: str
    head: str
    columns: Sequence[str]
    shares: Sequence[float]
    rows: Sequence[Sequence[str]]
    total: str
    centred: frozenset[int] = frozenset()
    merged: tuple[int, ...] = ()
    """By row: the column whose cell goes on from the row above, -1 where none does."""
    signatures: tuple[str, ...] = ()


def layout_list(document: Listing, context: PaperContext, fonts: FontBook) -> list[Page]:
    """The list with its foot; signatures stand on the last page (GLYPH_MISSING)."""
    note = set_text(document.head, _WIDTH, _SIZE, fonts)
    heads = _row(document.columns, document, fonts, bold=True)
    rows = [_row(texts, document, fonts) for texts in document.rows]
    for number, column in enumerate(document.merged):
        if column >= 0:
            whose = rows[number].boxes[column]
            rows[number].boxes[column] = Box(whose.left, whose.right, None, continues=True)
    rows.append(GridRow([Box(0, _WIDTH, set_text(document.total, _WIDTH - 2 * PAD, _SIZE, fonts, "bold"))], 20))
    fit_heights([heads, *rows], _PAD)
    top = _TOP + 14 + note.height + 6
    room = A4[1] - top - 44 - heads.height
    made = paginate(rows, room, room, _PAD, together=True)
    if document.signatures and sum(row.height for row in made[-1]) > room - _SIGN:
        made = _last_row_over(made)
    pages = []
    for number, part in enumerate(made):
        page = Page()
        width = fonts.width(document.title, 17, "bold")
        page.ops.append(Text((A4[0] - width) / 2, _TOP, document.title, 17, "bold"))
        page.ops += note.draw(_MARGIN, _TOP + 14)
        page.ops += draw([heads, *part], _MARGIN, top, _WIDTH, _PAD)
        if number == len(made) - 1:
            end = top + heads.height + sum(row.height for row in part)
            page.ops += _signatures(end + 26, document.signatures, fonts)
        pages.append(page)
    number_pages(pages, context, fonts, _MARGIN)
    return pages


def _last_row_over(made: list[list[GridRow]]) -> list[list[GridRow]]:
    """The total goes to a page of its own with the signatures."""
    *before, last = made
    return [*before, last[:-1], last[-1:]] if len(last) > 1 else made


def _row(texts: Sequence[str], document: Listing, fonts: FontBook, *, bold: bool = False) -> GridRow:
    boxes, at = [], 0.0
    for number, (text, share) in enumerate(zip(texts, document.shares, strict=True)):
        width = _WIDTH * share / sum(document.shares)
        block = set_text(text, width - 2 * PAD, _SIZE, fonts, "bold" if bold else "regular")
        boxes.append(Box(at, at + width, block, "centre" if bold or number in document.centred else "left"))
        at += width
    return GridRow(boxes, 20)


def _signatures(y: float, keys: Sequence[str], fonts: FontBook) -> list[Op]:
    ops: list[Op] = []
    for column, key in enumerate(keys):
        x = _MARGIN + column * (_WIDTH / 2 + 8)
        for number, line in enumerate(fonts.words.lines(key)):
            ops.append(Text(x, y + number * 26, line, 11))
    return ops
