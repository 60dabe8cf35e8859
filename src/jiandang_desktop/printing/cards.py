"""Information cards: eight to a sheet, fronts on one page and backs on the next, mirrored so that they meet when the
sheet is turned over its long edge. In a folder a card lies as one strip, front and back side by side.

The QR code holds the card's random token and nothing about the person.
"""

from collections.abc import Sequence
from typing import Any

from jiandang_desktop.forms.paper import Cell, Part, layout_of
from jiandang_desktop.printing.display import A4, GREY, Lines, Op, Page, Text
from jiandang_desktop.printing.documents import FilledForm, PaperContext
from jiandang_desktop.printing.filling import Filler
from jiandang_desktop.printing.flow import set_runs
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.footer import number_pages
from jiandang_desktop.printing.grid import PAD, Box, GridRow, draw, fit_heights
from jiandang_desktop.printing.qr import qr_path

PANEL = 263.0
"""Width of one side in points (93 mm)."""
HEIGHT = 186.0
"""Height of a card in points (66 mm)."""
_LEFT = (A4[0] - 2 * PANEL) / 2
_TOP = 28.0
_INSET = 9.0
_TITLE = 11.0
_QR = 48.0
_GAP = 8.0
_COLUMNS = 2
_LINES = 4
SHEET = _COLUMNS * _LINES
"""Cards on a sheet."""
_SIZES = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5)

Card = tuple[FilledForm, str]
"""A filled card form and the token of its code."""


def layout_cards(cards: Sequence[Card], context: PaperContext, fonts: FontBook) -> list[Page]:
    """Sheets of cards with their foot: a page of fronts, then the page of their backs (GLYPH_MISSING)."""
    pages: list[Page] = []
    for start in range(0, len(cards), SHEET):
        pages += _sheet(cards[start : start + SHEET], context, fonts)
    number_pages(pages, context, fonts)
    return pages


def card_strip(card: Card, context: PaperContext, fonts: FontBook) -> Page:
    """One card, front and back side by side, without a foot."""
    filled, token = card
    page = Page()
    page.ops.append(_cut_lines(_LEFT, _TOP, 2))
    for number, part in enumerate(layout_of(filled.form).parts):
        page.ops += _side(filled, part, _LEFT + number * PANEL, _TOP, context, fonts, token if number else "")
    return page


def _sheet(cards: Sequence[Card], context: PaperContext, fonts: FontBook) -> tuple[Page, Page]:
    """Fronts with lines to cut along; backs without, so that a printer that is a millimetre off doesn't show."""
    front, back = Page(), Page()
    for place, (filled, token) in enumerate(cards):
        line, column = divmod(place, _COLUMNS)
        y = _TOP + line * (HEIGHT + _GAP)
        x, mirrored = _LEFT + column * PANEL, _LEFT + (_COLUMNS - 1 - column) * PANEL
        first, second = layout_of(filled.form).parts
        front.ops.append(_cut_lines(x, y, 1))
        front.ops += _side(filled, first, x, y, context, fonts, "")
        back.ops += _side(filled, second, mirrored, y, context, fonts, token)
    for page, key in ((front, "card.front"), (back, "card.back")):
        words = fonts.words.text(key)
        page.ops.append(Text((A4[0] - fonts.width(words, 8)) / 2, A4[1] - 24, words, 8, colour=GREY))
    return front, back


def _cut_lines(x: float, y: float, sides: int) -> Lines:
    bottom = y + HEIGHT
    right = x + sides * PANEL
    edges = [x + number * PANEL for number in range(sides + 1)]
    return Lines(
        ((x, y, right, y), (x, bottom, right, bottom), *((edge, y, edge, bottom) for edge in edges)),
        0.4,
        GREY,
        dash=3.0,
    )


def _side(
    filled: FilledForm, part: Part, x: float, y: float, context: PaperContext, fonts: FontBook, token: str
) -> list[Op]:
    """One side with its left top corner at (x, y), and the code of ``token`` if there is one."""
    title = part.title or layout_of(filled.form).title or filled.form.title
    width = fonts.width(title, _TITLE, "bold")
    top = y + _INSET + _TITLE + 5
    ops: list[Op] = [Text(x + (PANEL - width) / 2, y + _INSET + _TITLE - 2, title, _TITLE, "bold")]
    room = y + HEIGHT - _INSET - top - (_QR * 0.9 if token else 0)
    for size in _SIZES:
        rows = _rows(filled, part, size, context, fonts)
        used = sum(row.height for row in rows)
        if used <= room:
            break
    spare = min(1.55, room / used) if used else 1.0
    for row in rows:
        row.height *= max(1.0, spare)
    ops += draw(rows, x + _INSET, top, PANEL - 2 * _INSET, 1.2)
    if token:
        ops += _hint(x + _INSET, y + HEIGHT - _INSET - 9, fonts)
        ops.append(qr_path(token, x + PANEL - _INSET - _QR + 2, y + HEIGHT - _INSET - _QR + 2, _QR))
    return ops


def _hint(x: float, y: float, fonts: FontBook) -> list[Op]:
    lines = fonts.words.lines("card.hint")
    return [Text(x, y + number * 9.5, line, 6.5, colour=GREY) for number, line in enumerate(lines)]


def _rows(filled: FilledForm, part: Part, size: float, context: PaperContext, fonts: FontBook) -> list[GridRow]:
    filler = Filler(filled.form, layout_of(filled.form), fonts.words)
    answers: dict[str, Any] = {**({"name": context.name} if context.name else {}), **filled.answers}
    rows = []
    for row in part.rows:
        boxes, at = [], 0.0
        for cell, share in zip(row.cells, row.widths, strict=True):
            width = (PANEL - 2 * _INSET) * share / sum(row.widths)
            boxes.append(_box(cell, filler, answers, at, at + width, size, fonts))
            at += width
        rows.append(GridRow(boxes, 12.5))
    fit_heights(rows, 1.2)
    return rows


def _box(
    cell: Cell, filler: Filler, answers: dict[str, Any], left: float, right: float, size: float, fonts: FontBook
) -> Box:
    if cell.continues:
        return Box(left, right, None, continues=True)
    block = set_runs(filler.runs(cell, answers), right - left - 2 * PAD, size, fonts)
    return Box(left, right, block, "centre" if cell.is_label else "left")
