"""Labels for many households' bags, ten to a sheet, cut apart along the dashed lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiandang_desktop.printing.display import A4, GREY, Lines, Op, Page, Text
from jiandang_desktop.printing.documents import PaperContext
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.footer import number_pages

_COLUMNS, _LINES = 2, 5
SHEET = _COLUMNS * _LINES
"""Labels on a sheet."""
_WIDTH, _HEIGHT = 263.0, 150.0
_LEFT, _TOP = (A4[0] - _COLUMNS * _WIDTH) / 2, 34.0
_INSET = 14.0
_CODE = 24.0
_SIZE = 11.0


@dataclass(frozen=True, slots=True)
class BagLabel:
    """What identifies a household's bag on the shelf."""

    code: str
    head: str
    address: str
    group: str
    members: int
    village: str
    station: str


def layout_labels(labels: Sequence[BagLabel], context: PaperContext, fonts: FontBook) -> list[Page]:
    """Sheets of labels with their foot (GLYPH_MISSING)."""
    pages = []
    for start in range(0, len(labels), SHEET):
        page = Page()
        for place, label in enumerate(labels[start : start + SHEET]):
            line, column = divmod(place, _COLUMNS)
            page.ops += _label(label, _LEFT + column * _WIDTH, _TOP + line * _HEIGHT, fonts)
        pages.append(page)
    number_pages(pages, context, fonts)
    return pages


def _label(label: BagLabel, x: float, y: float, fonts: FontBook) -> list[Op]:
    words = fonts.words
    right, bottom = x + _WIDTH, y + _HEIGHT
    frame = ((x, y, right, y), (x, bottom, right, bottom), (x, y, x, bottom), (right, y, right, bottom))
    ops: list[Op] = [Lines(frame, 0.4, GREY, dash=3.0)]
    left, room = x + _INSET, _WIDTH - 2 * _INSET
    ops.append(Text(left, y + 34, label.code, _CODE, "bold"))
    village = _fitting(label.village, room - fonts.width(label.code, _CODE, "bold") - 10, 10, fonts)
    ops.append(Text(right - _INSET - fonts.width(village, 10), y + 32, village, 10, colour=GREY))
    ops.append(Lines(((left, y + 44, right - _INSET, y + 44),), 0.8))
    head = words.text("bag.head", name=label.head or "＿" * 4)
    size = fonts.fitting(head, room, 14, "bold")
    ops.append(Text(left, y + 66, _fitting(head, room, size, fonts), size, "bold"))
    address = set_text(label.address, room, _SIZE, fonts)
    shown, _ = address.split(_SIZE * 3.2)
    ops += shown.draw(left, y + 76)
    facts = words.text("labels.facts", group=label.group or "—", count=label.members)
    ops.append(Text(left, bottom - 24, facts, 10))
    station = _fitting(label.station, room, 8, fonts)
    ops.append(Text(left, bottom - 10, station, 8, colour=GREY))
    return ops


def _fitting(text: str, room: float, size: float, fonts: FontBook) -> str:
    """As much of a line as there is room for."""
    if fonts.width(text, size, "bold") <= room:
        return text
    while text and fonts.width(text + "…", size, "bold") > room:
        text = text[:-1]
    return text + "…"
