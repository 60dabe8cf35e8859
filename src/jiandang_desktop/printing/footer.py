"""The foot of a page: who printed it when, and which page of how many it is."""

from collections.abc import Sequence

from jiandang_desktop.printing.display import GREY, Page, Text
from jiandang_desktop.printing.documents import PaperContext
from jiandang_desktop.printing.fonts import FontBook

SIZE = 8.0
_BASE = 24.0
"""Baseline above the page's lower edge, in points."""


def number_pages(pages: Sequence[Page], context: PaperContext, fonts: FontBook, margin: float = 42.0) -> None:
    """Write the foot on every page: which of how many it is."""
    for number, page in enumerate(pages, 1):
        foot(page, fonts.words.text("footer.page", page=number, pages=len(pages)), context, fonts, margin)


def foot(page: Page, counted: str, context: PaperContext, fonts: FontBook, margin: float = 42.0) -> None:
    """Write the foot on one page; ``counted`` are the words at its right."""
    printed = printed_by(context, fonts)
    base = page.height - _BASE
    right = page.width - margin - fonts.width(counted, SIZE)
    page.ops.append(Text(right, base, counted, SIZE, colour=GREY))
    if printed:
        page.ops.append(Text(margin, base, printed, SIZE, colour=GREY))


def printed_by(context: PaperContext, fonts: FontBook) -> str:
    """Station, person and time of a print; '' where no time is known."""
    if not context.printed_at:
        return ""
    key = "footer.printed" if context.printed_by else "footer.printed_no_person"
    time = context.printed_at[:16].replace("T", " ")
    return fonts.words.text(key, station=context.station, person=context.printed_by, time=time)
