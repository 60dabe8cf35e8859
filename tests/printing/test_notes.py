"""How a form is filled in, for its back: every note of its definition, nothing where there is none."""

import pytest

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Field, FieldType, Form, Section
from jiandang_desktop.printing import FontBook, PaperContext, layout_notes

from .conftest import ReadBack


@pytest.mark.parametrize("form_id", ["physical_exam", "hypertension_followup", "newborn_visit", "personal_info"])
def test_every_note_is_on_the_back(
    form_id: str, catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    form = catalog.current(form_id)
    text = read_back(layout_notes(form, context, fonts))
    for part in form.sections:
        for item in part.fields:
            assert "".join(item.note.split()) in text
    assert "填表说明" in text
    assert "".join(form.filled_when.split()) in text


def test_a_form_without_notes_has_no_back(fonts: FontBook, context: PaperContext) -> None:
    section = Section("one", "体征", (Field("weight", "体重", FieldType.DECIMAL),))
    assert layout_notes(Form(FormId("bare"), 1, "小表", (section,)), context, fonts) == []
