"""Forms and folders on paper: plain data in, pages (display lists) and PDF bytes out. Nothing touches the disk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jiandang_desktop.printing.cards import layout_cards
from jiandang_desktop.printing.display import Lines, Page, Path, Rect, Text
from jiandang_desktop.printing.documents import (
    FilledForm,
    FolderDocument,
    LyingSheet,
    MemberPart,
    PaperContext,
    SetFolder,
)
from jiandang_desktop.printing.folder import TRENDS, layout_folder, set_folder
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.forms import layout_form
from jiandang_desktop.printing.front import bag_label
from jiandang_desktop.printing.labels import BagLabel, layout_labels
from jiandang_desktop.printing.listing import Listing, layout_list
from jiandang_desktop.printing.notes import layout_notes
from jiandang_desktop.printing.recovery import layout_recovery_sheet
from jiandang_desktop.printing.transfer import TransferLine, TransferList, layout_transfer_list

if TYPE_CHECKING:
    from jiandang_desktop.printing.pdf import PdfWriter

__all__ = [
    "TRENDS",
    "BagLabel",
    "FilledForm",
    "FolderDocument",
    "FontBook",
    "Lines",
    "Listing",
    "LyingSheet",
    "MemberPart",
    "Page",
    "PaperContext",
    "Path",
    "Rect",
    "SetFolder",
    "Text",
    "TransferLine",
    "TransferList",
    "bag_label",
    "layout_cards",
    "layout_folder",
    "layout_form",
    "layout_labels",
    "layout_list",
    "layout_notes",
    "layout_recovery_sheet",
    "layout_transfer_list",
    "new_pdf",
    "set_folder",
    "write_pdf",
]


def write_pdf(pages: Sequence[Page], fonts: FontBook, title: str) -> bytes:
    """The pages as one PDF (``printing.pdf``); reportlab is loaded only now."""
    from jiandang_desktop.printing.pdf import write_pdf as write

    return write(pages, fonts, title)


def new_pdf(fonts: FontBook, title: str) -> "PdfWriter":
    """A PDF to be written page by page; reportlab is loaded only now."""
    from jiandang_desktop.printing.pdf import PdfWriter

    return PdfWriter(fonts, title)
