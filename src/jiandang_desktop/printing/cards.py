"""Information cards: front and back side by side, four to a sheet, cut and folded in the middle.

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
SHEET = 4
_SIZES = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5)


def layout_cards(cards: Sequence[tuple[FilledForm, str]], context: PaperContext, fonts: FontBook) -> list[Page]:
    """Sheets of cards with their foot; each card is a filled card form and its token (GLYPH_MISSING)."""
    pages = card_sheets(cards, context, fonts)
    number_pages(pages, context, fonts)
    return pages


def card_sheets(cards: Sequence[tuple[FilledForm, str]], context: PaperContext, fonts: FontBook) -> list[Page]:
    """Sheets of cards without a foot."""
    pages = []
    for start in range(0, len(cards), SHEET):
        page = Page()
        for place, (filled, token) in enumerate(cards[start : start + SHEET]):
            page.ops += _card(filled, token, context, _TOP + place * (HEIGHT + 8), fonts)
        pages.append(page)
    return pages


def _card(filled: FilledForm, token: str, context: PaperContext, y: float, fonts: FontBook) -> list[Op]:
    parts = layout_of(filled.form).parts
    ops: list[Op] = [_cut_lines(y)]
    for number, part in enumerate(parts):
        x = _LEFT + number * PANEL
        with_code = bool(token) and number == len(parts) - 1
        ops += _side(filled, part, x, y, context, fonts, _QR if with_code else 0.0)
        if with_code:
            ops.append(qr_path(token, x + PANEL - _INSET - _QR + 2, y + HEIGHT - _INSET - _QR + 2, _QR))
    return ops


def _cut_lines(y: float) -> Lines:
    right, bottom, middle = _LEFT + 2 * PANEL, y + HEIGHT, _LEFT + PANEL
    return Lines(
        (
            (_LEFT, y, right, y),
            (_LEFT, bottom, right, bottom),
            (_LEFT, y, _LEFT, bottom),
            (right, y, right, bottom),
            (middle, y, middle, bottom),
        ),
        0.4,
        GREY,
        dash=3.0,
    )


def _side(
    filled: FilledForm, part: Part, x: float, y: float, context: PaperContext, fonts: FontBook, code: float
) -> list[Op]:
    title = part.title or layout_of(filled.form).title or filled.form.title
    width = fonts.width(title, _TITLE, "bold")
    top = y + _INSET + _TITLE + 5
    ops: list[Op] = [Text(x + (PANEL - width) / 2, y + _INSET + _TITLE - 2, title, _TITLE, "bold")]
    room = y + HEIGHT - _INSET - top - (code * 0.9 if code else 0)
    for size in _SIZES:
        rows = _rows(filled, part, size, context, fonts)
        used = sum(row.height for row in rows)
        if used <= room:
            break
    spare = min(1.35, room / used) if used else 1.0
    for row in rows:
        row.height *= max(1.0, spare)
    ops += draw(rows, x + _INSET, top, PANEL - 2 * _INSET, 1.2)
    if code:
        ops += _hint(x + _INSET, y + HEIGHT - _INSET - 9, fonts)
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
