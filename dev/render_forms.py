"""Draw every form, blank and filled with an artificial resident's answers, into docs/forms/*.png (needs pypdfium2).

python dev/render_forms.py [--out docs/forms] [--dpi 80] [FORM ...]
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.demo.people import Village, load_words
from jiandang_desktop.demo.records import records_for
from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import FormContext, compute
from jiandang_desktop.printing import FilledForm, FontBook, Page, PaperContext, layout_form, write_pdf

ROOT = Path(__file__).parent.parent
RESOURCES = ROOT / "resources"


def main() -> None:
    """Draw the forms named, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("forms", nargs="*")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "forms")
    parser.add_argument("--dpi", type=int, default=80)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    fonts = FontBook(RESOURCES / "fonts")
    catalog = FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))
    for form in catalog.all():
        if form.role == "record" and (not options.forms or form.id in options.forms):
            for state, filled in (("blank", FilledForm(form, {})), ("filled", filled_form(form))):
                code = "201-00018" if state == "filled" else ""
                example = load_example(RESOURCES, form.id) if state == "filled" else None
                context = PaperContext(
                    name=str(example.resident.get("name", "")) if example else "",
                    short_code=code,
                    station="红星村卫生室",
                    printed_by="王医生",
                    printed_at="2026-11-25T09:30:00",
                )
                save(layout_form(filled, context, fonts), fonts, options.out / f"{form.id}-{state}", options.dpi)


def filled_form(form: Form) -> FilledForm:
    """The form's example, or the answers of the artificial resident who has the most of them."""
    example = load_example(RESOURCES, form.id)
    if example is not None:
        visits = example.filled(form)
        return FilledForm(form, visits[0], tuple(visits) if form.is_sheet else ())
    today = date(2026, 11, 24)
    words = load_words(RESOURCES)
    best: list[dict[str, Any]] = []
    for household in Village.load(RESOURCES, 7, today).generate(residents=300):
        for member in household.members:
            head = {**member.answers, "name": member.answers["name"], "archive_no_short": "201-00018"}
            head = {field.id: head[field.id] for field in form.fields() if field.id in head}
            found = [record.answers for record in records_for(member, words, today) if record.form_id == form.id]
            context = FormContext(today.isoformat(), member.answers, household.answers, {}, {}, {})
            filled = [compute(form, {**head, **answers}, context) for answers in found[: form.printed_columns]]
            if sum(map(len, filled)) > sum(map(len, best)) or (form.id == "archive_cover" and not best):
                best = filled or [{**head, "archive_no": "15012410820100018", "filing_date": "2024-05-08"}]
    if not best:
        return FilledForm(form, {})
    return FilledForm(form, best[0], tuple(best) if form.is_sheet else ())


def save(pages: list[Page], fonts: FontBook, stem: Path, dpi: int) -> None:
    """Pages as pictures, numbered where there are several."""
    document = pypdfium2.PdfDocument(write_pdf(pages, fonts, stem.name))
    for number, page in enumerate(document, 1):
        name = stem.name if len(pages) == 1 else f"{stem.name}-{number}"
        page.render(scale=dpi / 72).to_pil().save(stem.with_name(f"{name}.png"))


if __name__ == "__main__":
    main()
