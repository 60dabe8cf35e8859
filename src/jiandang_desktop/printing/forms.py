"""A form to pages, whatever its look: table, visit sheet, cover, card or growth chart."""

from jiandang_desktop.forms.paper import layout_of
from jiandang_desktop.printing.cards import card_strip
from jiandang_desktop.printing.cover import cover_page
from jiandang_desktop.printing.display import Page
from jiandang_desktop.printing.documents import FilledForm, PaperContext
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.footer import number_pages
from jiandang_desktop.printing.growth_chart import growth_pages
from jiandang_desktop.printing.sheet import SheetSetter


def layout_form(filled: FilledForm, context: PaperContext, fonts: FontBook) -> list[Page]:
    """One filled, half filled or blank form with its foot (GLYPH_MISSING)."""
    pages = form_body(filled, context, fonts)
    number_pages(pages, context, fonts)
    return pages


def form_body(filled: FilledForm, context: PaperContext, fonts: FontBook, card_token: str = "") -> list[Page]:
    """The form's pages without their foot."""
    match layout_of(filled.form).kind:
        case "cover":
            return [cover_page(filled, context, fonts)]
        case "card":
            return [card_strip((filled, card_token), context, fonts)]
        case "growth":
            return growth_pages(filled, context, fonts)
        case _:
            return SheetSetter(filled, context, fonts).pages()
