"""Forms and folders on paper: plain data in, pages (display lists) and PDF bytes out. Nothing touches the disk."""

from collections.abc import Sequence

from jiandang_desktop.printing.cards import layout_cards
from jiandang_desktop.printing.display import Lines, Page, Path, Rect, Text
from jiandang_desktop.printing.documents import FilledForm, FolderDocument, MemberPart, PaperContext
from jiandang_desktop.printing.folder import bag_label, layout_folder
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.forms import layout_form
from jiandang_desktop.printing.recovery import layout_recovery_sheet

__all__ = [
    "FilledForm",
    "FolderDocument",
    "FontBook",
    "Lines",
    "MemberPart",
    "Page",
    "PaperContext",
    "Path",
    "Rect",
    "Text",
    "bag_label",
    "layout_cards",
    "layout_folder",
    "layout_form",
    "layout_recovery_sheet",
    "write_pdf",
]


def write_pdf(pages: Sequence[Page], fonts: FontBook, title: str) -> bytes:
    """The pages as one PDF (``printing.pdf``); reportlab is loaded only now."""
    from jiandang_desktop.printing.pdf import write_pdf as write

    return write(pages, fonts, title)
