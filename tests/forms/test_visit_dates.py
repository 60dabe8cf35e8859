"""What every form asks of the day of its visit, whether or not its definition says so itself."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.validator import Finding, check, compute

from .conftest import RESOURCES

DATED = sorted(
    path.stem
    for path in (RESOURCES / "forms").glob("*.toml")
    if "@" not in path.stem and "\ndate_field = " in path.read_text("utf-8")
)
BORN, TODAY = "1950-03-01", "2026-11-22"


def at_the_date(form: Form, day: str, context: Any) -> list[Finding]:
    answers = compute(form, {form.date_field: day}, context)
    if answers.get(form.date_field) != day:
        pytest.skip("the program gives the date")
    return [item for item in check(form, answers, context) if item.field_id == form.date_field]


@pytest.mark.parametrize("form_id", DATED)
def test_not_after_today(form_id: str, forms: FormCatalog, make_context: Any) -> None:
    found = at_the_date(forms.current(form_id), "2026-11-23", make_context(today=TODAY))
    assert Severity.ERROR in {item.severity for item in found}


@pytest.mark.parametrize("form_id", DATED)
def test_not_before_birth(form_id: str, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current(form_id)
    if form.subject != "resident":
        pytest.skip("nobody was born")
    found = at_the_date(form, "1950-02-28", make_context(today=TODAY, birth_date=BORN))
    assert Severity.ERROR in {item.severity for item in found}


@pytest.mark.parametrize("form_id", DATED)
def test_after_death_and_before_the_last_visit_is_asked(form_id: str, forms: FormCatalog, make_context: Any) -> None:
    form = forms.current(form_id)
    if form.subject != "resident":
        pytest.skip("nobody dies")
    dead = make_context(today=TODAY, birth_date=BORN, status="3", status_date="2026-11-01")
    assert at_the_date(form, "2026-11-02", dead)
    if form.repeats:
        later = make_context(today=TODAY, birth_date=BORN, previous={form.date_field: "2026-11-10"})
        assert at_the_date(form, "2026-11-02", later)


def test_nothing_is_said_of_a_possible_day(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("encounter_record")
    context = make_context(today=TODAY, birth_date=BORN, previous={"encounter_date": "2026-11-10"})
    assert at_the_date(form, "2026-11-10", context) == []
    assert at_the_date(form, TODAY, context) == []
    moved = make_context(today=TODAY, birth_date=BORN, status="4", status_date="2026-11-01")
    assert at_the_date(form, "2026-11-02", moved) == []
