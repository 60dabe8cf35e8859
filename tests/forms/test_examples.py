"""Each form has a filled example, and nothing is to be said against it."""

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import check, normalise

from .conftest import RESOURCES

RECORD_FORMS = sorted(path.stem for path in (RESOURCES / "demo" / "examples").glob("[a-z]*.toml"))
SHARE = 0.6
"""Share of a form's questions that its example answers in one visit or another."""


@pytest.mark.parametrize("form_id", RECORD_FORMS)
def test_the_example_can_be_filed(form_id: str, forms: FormCatalog) -> None:
    """Every visit passes the strict check, with only the warnings that the example names as confirmed."""
    form = forms.current(form_id)
    example = load_example(RESOURCES, form_id)
    assert example
    seen: set[str] = set()
    for answers, context in zip(example.filled(form), example.contexts(), strict=True):
        findings = check(form, answers, context)
        assert [one for one in findings if one.key not in example.confirmed] == []
        seen |= {one.key for one in findings}
        assert normalise(form, answers) == answers
    assert seen == example.confirmed


@pytest.mark.parametrize("form_id", RECORD_FORMS)
def test_the_example_fills_most_of_the_form(form_id: str, forms: FormCatalog) -> None:
    """An example with half the form empty shows nothing."""
    form = forms.current(form_id)
    example = load_example(RESOURCES, form_id)
    assert example
    answered = {key.partition(".")[0] for answers in example.filled(form) for key in answers}
    asked = asked_of(form)
    assert len(asked & answered) >= SHARE * len(asked)


def asked_of(form: Form) -> set[str]:
    return {item.id for item in form.fields()}
