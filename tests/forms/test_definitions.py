"""The shipped definitions, all of them: they load strictly, refer to what exists, and load fast enough."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import FieldType
from jiandang_desktop.forms.expression_checks import check_references
from jiandang_desktop.forms.loader import load_form
from jiandang_desktop.programmes.first_record import FirstRecord

from .conftest import RESOURCES

FILES = sorted((RESOURCES / "forms").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_definition_is_sound(path: Path, tables: Any, forms: FormCatalog) -> None:
    """Every expression compiles, names existing fields and codes, and its types fit; the file is named as its id."""
    form = load_form(path, tables, settings=forms.settings.defaults, strict=True)
    assert path.stem.partition("@")[0] == form.id
    assert form.version >= 1
    assert form.group in ("basic", "exam", "followup", "special", "encounter", "card", "activity")


def test_references_to_other_forms_exist(forms: FormCatalog) -> None:
    known = {form.id: form for form in forms.all()}
    assert [line for form in known.values() for line in check_references(form, known)] == []


def test_every_rule_says_where_it_comes_from(forms: FormCatalog) -> None:
    for form in forms.all():
        for rule in form.rules:
            assert rule.origin == "proposal" or rule.origin.startswith("spec "), f"{form.id} {rule.id}"


def test_a_repeating_form_has_a_date(forms: FormCatalog) -> None:
    for form in forms.all():
        field = form.field(form.date_field)
        # What the program keeps for itself is dated by its revisions.
        assert form.role == "data" or not form.repeats or (field and field.type is FieldType.DATE), form.id


def test_forms_come_in_the_folders_order(forms: FormCatalog) -> None:
    ids = [form.id for form in forms.all() if form.role == "record" and form.subject == "resident"]
    assert ids.index("archive_cover") < ids.index("personal_info") < ids.index("physical_exam")
    assert ids[-3:] == ["health_record_card", "record_closure", "archive_access_request"], (
        "the national forms come first"
    )


def test_unknown_form_or_edition_is_a_problem(forms: FormCatalog) -> None:
    for ask in (lambda: forms.current("horoscope"), lambda: forms.edition("personal_info", 99)):
        with pytest.raises(Problem) as raised:
            ask()
        assert raised.value.code == "NO_SUCH_FORM"
    assert forms.edition("personal_info", 1) is forms.current("personal_info")


def test_older_editions_stay_readable(tmp_path: Path, tables: Any) -> None:
    """``<id>@<version>.toml`` serves the records that were filled in it."""
    (tmp_path / "forms").mkdir()
    small = 'id = "sheet"\nversion = {}\ntitle = "表"\n'
    (tmp_path / "forms" / "sheet.toml").write_text(small.format(3))
    (tmp_path / "forms" / "sheet@2.toml").write_text(small.format(2))
    catalog = FormCatalog.load(tmp_path / "forms", tables)
    assert catalog.current("sheet").version == 3
    assert catalog.edition("sheet", 2).version == 2
    assert [form.version for form in catalog.all()] == [3]


def test_the_largest_form_loads_quickly(tables: Any) -> None:
    """Start-up loads a few forms; none may take long (measured: some 40 ms)."""
    begun = time.process_time()
    load_form(RESOURCES / "forms" / "physical_exam.toml", tables)
    assert time.process_time() - begun < 2.0


def test_the_schema_takes_every_definition() -> None:
    """form.schema.json, which editors complete from, agrees with the loader on the shipped files."""
    import json

    import jsonschema

    schema = json.loads((RESOURCES / "forms" / "form.schema.json").read_text(encoding="utf-8"))
    for path in FILES:
        with path.open("rb") as file:
            jsonschema.validate(tomllib.load(file), schema)


@pytest.mark.parametrize(
    ("birth", "needed"),
    [
        ("2019-01-05", ("personal_info", "physical_exam", "health_record_card")),
        ("2019-01-06", ("health_record_card",)),
        ("1950-01-01", ("personal_info", "physical_exam", "health_record_card")),
    ],
)
def test_first_record_depends_on_age_at_filing(birth: str, needed: tuple[str, ...]) -> None:
    """Children 0-6 have neither the personal information form nor the examination form."""
    programme = FirstRecord.load(RESOURCES / "programmes" / "first_record.toml")
    assert programme.needed({"birth_date": birth, "filing_date": "2026-01-05"}) == needed
