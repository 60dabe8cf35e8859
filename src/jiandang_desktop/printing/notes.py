"""How a form is filled in, for its back: when and by whom, and what its definition says of single questions."""

from jiandang_desktop.forms.definition import Form
from jiandang_desktop.printing.display import Page
from jiandang_desktop.printing.documents import PaperContext
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.listing import Listing, layout_list


def layout_notes(form: Form, context: PaperContext, fonts: FontBook) -> list[Page]:
    """The filling notes as pages of their own; none where the definition says nothing (GLYPH_MISSING)."""
    words = fonts.words
    rows = [(part.title, "", part.note) for part in form.sections if part.note]
    rows += [(part.title, item.label, item.note) for part in form.sections for item in part.fields if item.note]
    if not rows:
        return []
    rows.sort(key=lambda row: [part.title for part in form.sections].index(row[0]))
    told = [
        words.text(f"fill.{key}", words=said)
        for key, said in (("when", form.filled_when), ("by", form.filled_by))
        if said
    ]
    listing = Listing(
        title=words.text("fill.title"),
        head="\n".join([words.text("fill.form", title=form.title), *told]),
        columns=words.lines("fill.columns"),
        shares=(16, 24, 60),
        rows=rows,
        total=words.text("fill.spec", spec=form.spec),
        merged=tuple(0 if number and row[0] == rows[number - 1][0] else -1 for number, row in enumerate(rows)),
    )
    return layout_list(listing, context, fonts)
