"""The shipped programme files: sound, their names exist, everything has words, and what isn't sure says so."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.programmes.programme import Programmes
from jiandang_desktop.programmes.reading import read_free_text, read_programme

from .conftest import RESOURCES
from .people import MAN, Book

FOLDER = RESOURCES / "programmes"
FILES = sorted((FOLDER / "care").glob("*.toml"))
ANCHORS = {"birth", "discharge", "delivery", "lmp", "notice"}
SCOPES = {"visit", "before", "resident", "settings"}


def raw(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def entries(value: Any) -> Iterator[dict[str, Any]]:
    """Every table of a file that says something of its own."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from entries(part)
    elif isinstance(value, list):
        for part in value:
            yield from entries(part)


@pytest.fixture(scope="module")
def forms() -> FormCatalog:
    return FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))


@pytest.fixture(scope="module")
def words() -> dict[str, Any]:
    return raw(RESOURCES / "texts" / "programmes.toml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_fits_the_schema(path: Path) -> None:
    """Every entry names its source and how sure it is."""
    schema = json.loads((FOLDER / "care" / "care.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(raw(path), schema)
    assert raw(path)["id"] == path.stem


def test_settings_fit_the_schema() -> None:
    schema = json.loads((FOLDER / "settings.schema.json").read_text(encoding="utf-8"))
    settings = raw(FOLDER / "settings.toml")
    jsonschema.validate(settings, schema)
    ids = [entry["id"] for entry in settings["setting"]]
    assert len(ids) == len(set(ids))


def test_a_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('id = "broken"\nkind = "population"\norder = 1\nmystery = 3\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.toml"):
        read_programme(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_forms_fields_codes_and_settings_exist(path: Path, forms: FormCatalog, programmes: Programmes) -> None:
    """A name that leads nowhere would silently never hold."""
    whole = raw(path)
    for entry in entries(whole):
        for form_id in _forms_of(entry, whole):
            assert set(_missing(entry, forms.current(form_id))) == set(), f"{form_id} in {entry.get('id') or entry}"
        assert {entry[key] for key in ("anchor", "until", "done_by") if key in entry} <= ANCHORS
    for value in _numbers(whole):
        assert value in programmes.settings.by_id
    for written, form_id in whole.get("appointments", {}).get("forms", {}).items():
        assert forms.current(written).field("next_visit_date") is not None
        assert forms.current(form_id).repeats
    programme = programmes.get(path.stem)
    assert programme is not None
    for rule in programme.follow_ups.after if programme.follow_ups else ():
        if rule.when is not None:
            rule.when.expression.compiled()
            heads = {path[0] for path in rule.when.expression.paths}
            assert heads <= SCOPES
            _known_answers(rule.when.expression.paths, programme.follow_ups.forms, forms, programmes)  # type: ignore[union-attr]


def _forms_of(entry: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    named = [entry["form"]] if "form" in entry else []
    named += entry.get("forms", [])
    return named if "closes" in entry or "form" in entry else []


def _missing(entry: dict[str, Any], form: Form) -> Iterator[str]:
    """Fields, columns and codes that one entry names and that the form doesn't have."""
    names = [entry[key] for key in ("on", "answer", "starts") if entry.get(key)]
    names += [*entry.get("anchors", {}).values(), *entry.get("any", []), *entry.get("ends", [])]
    if not entry.get("also"):
        names += [*entry.get("soon_texts", []), *entry.get("at_least", {})]
    for name in names:
        table, _, column = name.partition(".")
        item = form.field(table)
        if item is None or (column and item.column(column) is None):
            yield name
    if "codes" in entry:
        item = form.field(entry["answer"])
        assert item is not None
        choice = item.column(entry["column"]) if "column" in entry else item
        assert choice is not None
        yield from (code for code in entry["codes"] if choice.options and choice.option(code) is None)
    if "column" in entry and "anchor" in entry:
        yield from {entry["column"]} - {column.id for column in form.columns}


def _numbers(value: Any) -> Iterator[str]:
    for entry in entries(value):
        for key, number in entry.items():
            if re.fullmatch(r"(.*_)?(days|months)|age_rule|only_with", key) and isinstance(number, str):
                yield number
        for key in ("at_least", "at_most"):
            yield from (limit for limit in entry.get(key, {}).values() if isinstance(limit, str))


def _known_answers(paths: Any, form_ids: Any, forms: FormCatalog, programmes: Programmes) -> None:
    for path in paths:
        if path[0] == "settings":
            assert path[1] in programmes.settings.by_id
        elif path[0] in ("visit", "before"):
            assert any(forms.current(form_id).field(path[1]) for form_id in form_ids), path


def test_values_read_together_exist_somewhere(forms: FormCatalog, programmes: Programmes) -> None:
    """Of several forms that are read for the same values each has at least one of the fields."""
    for programme in programmes:
        for proposal in programme.proposals:
            for form_id in (proposal.form_id, *proposal.also):
                known = [name for name in proposal.at_least if forms.current(form_id).field(name)]
                assert known or not proposal.at_least, (programme.id, form_id)


def test_free_text_is_read_where_it_can_stand(forms: FormCatalog, programmes: Programmes) -> None:
    """Each field, column or option with words exists; each form that proposes by words has some."""
    words = read_free_text(FOLDER / "free_text.toml")
    for form_id, names in words.fields.items():
        for name in names:
            field, _, rest = name.partition(".")
            item = forms.current(form_id).field(field)
            assert item is not None, name
            option = item.option(rest)
            assert not rest or item.column(rest) is not None or (option is not None and option.has_text), name
    for programme in programmes:
        sought = [each for each in programme.proposals if each.in_words]
        assert bool(sought) == (programme.written is not None), programme.id
        assert {form_id for each in sought for form_id in (each.form_id, *each.also)} <= words.fields.keys()


def test_columns_are_the_sheets_own(forms: FormCatalog, programmes: Programmes) -> None:
    for programme in programmes:
        for form_id, field in programme.columns.items():
            assert forms.current(form_id).column_field == field


def test_everything_has_words(programmes: Programmes, words: dict[str, Any], forms: FormCatalog) -> None:
    """Titles, badges, what each duty is, why, and why a stay ended."""
    ids = {programme.id for programme in programmes}
    assert ids == words["title"].keys() == words["badge"].keys()
    reasons = {"asked_again", "missed", "no_consent"}
    for path in FILES:
        whole = raw(path)
        duties = {
            entry["id"]
            for part in (whole.get("windows", []), whole.get("yearly", []), whole.get("processes", []))
            for entry in part
        }
        follow_ups = whole.get("follow_ups", {})
        duties |= {rule["id"] for rule in follow_ups.get("after", [])}
        duties |= {"first"} if "first_days" in follow_ups else set()
        duties |= {"appointment"} if "appointments" in whole else set()
        assert duties == words.get("duty", {}).get(path.stem, {}).keys(), path.stem
        reasons |= {
            entry[key]
            for entry in entries({key: value for key, value in whole.items() if key != "closings"})
            for key in ("reason", "first_reason", "prompt_reason", "soon_reason", "late_reason")
            if key in entry
        }
    assert reasons - {"no_consent"} == words["reason"].keys()
    membership = forms.current("programme_membership")
    closing, refusal = membership.field("closing_reason"), membership.field("refusal_reason")
    assert closing is not None
    assert refusal is not None
    assert {option.code for option in closing.options} <= words["ended"].keys()
    assert {option.code for option in refusal.options} | {"no_consent"} == words["refused"].keys()


def test_the_forms_offer_every_programme(programmes: Programmes, words: dict[str, Any], forms: FormCatalog) -> None:
    """One is taken in, refused or put off; tried for in vain for all that has lines on the list."""
    kinds = {programme.id: programme.kind for programme in programmes}
    decidable = [name for name, kind in kinds.items() if kind != "process"]
    decided = forms.current("programme_membership").field("programme")
    sought = forms.current("contact_attempt").field("for_programmes")
    assert decided is not None
    assert sought is not None
    assert [option.code for option in decided.options] == decidable
    assert [option.code for option in sought.options] == list(kinds)
    assert {option.code: option.label for option in decided.options} == {
        key: value for key, value in words["title"].items() if key in decidable
    }


def test_settings_change_what_is_due_not_before_their_day(programmes: Programmes) -> None:
    """Rows of programme_settings: the latest that has begun counts, impossible ones are passed over."""
    rows = [
        {"setting": "recall_days", "value": "10", "valid_from": "2026-06-01"},
        {"setting": "recall_days", "value": "12", "valid_from": "2026-01-01"},
        {"setting": "recall_days", "value": "1000", "valid_from": "2026-06-02"},
        {"setting": "unheard_of", "value": "1", "valid_from": "2026-01-01"},
        {"setting": "elderly_age_rule", "value": "tomorrow", "valid_from": "2026-01-01"},
    ]
    settings = programmes.settings
    assert settings.in_force(rows, "2026-05-31")["recall_days"] == 12
    assert settings.in_force(rows, "2026-06-02")["recall_days"] == 10
    assert settings.in_force(rows, "2025-12-31") == settings.defaults
    assert settings.in_force(rows, "2026-06-02")["elderly_age_rule"] == "year_end"


# -- against the reference


def test_windows_are_those_of_the_schedule(programmes: Programmes, reference: Path) -> None:
    """codes/service_schedule.yaml: days, columns and forms of every visit that it lists."""
    schedule = yaml.safe_load((reference / "codes" / "service_schedule.yaml").read_text(encoding="utf-8"))
    by_id = {entry["id"]: entry for entry in schedule["programmes"]}
    names = {"day_after_discharge": "discharge", "day_after_delivery": "delivery"}
    for programme_id in ("child_0_6", "maternal", "tuberculosis"):
        programme = programmes.get(programme_id)
        assert programme is not None
        ours = {window.id: window for window in programme.windows}
        for visit in by_id[programme_id]["visits"]:
            window = ours[visit["id"]]
            assert (window.opens, window.closes, window.form_id, window.column) == (
                visit["open"],
                visit["close"],
                visit["form"],
                visit.get("column", ""),
            )
            assert window.day_before is (visit.get("close_rule") == "day_before")
            assert (window.anchor if visit["unit"] in names else window.unit) == names.get(visit["unit"], visit["unit"])
            if "fallback" in visit:
                assert window.fallback is not None
                assert (window.fallback.opens, window.fallback.closes) == (
                    visit["fallback"]["open"],
                    visit["fallback"]["close"],
                )


def test_numbers_are_those_of_the_schedule(programmes: Programmes, reference: Path) -> None:
    schedule = yaml.safe_load((reference / "codes" / "service_schedule.yaml").read_text(encoding="utf-8"))
    defaults = programmes.settings.defaults
    for entry in schedule["programmes"]:
        if "recall_days" in entry:
            assert entry["recall_days"] == defaults["recall_days"]
            assert entry["routine_interval_max"] == {"months": defaults["routine_latest_months"]}
            assert entry["routine_interval_proposed"] == {"days": defaults["routine_proposed_days"]}
    assert defaults["elderly_age_rule"] == "year_end"
    assert defaults["routine_grace_days"] == 0
    assert defaults["enrolment_month_cutoff_day"] == schedule["settings"]["enrolment_month_cutoff_day"]


def test_what_the_reference_could_not_check_is_marked(reference: Path) -> None:
    """COPD numbers, the children's TCM months and 150/90 from 65 are from memory."""
    copd = raw(FOLDER / "care" / "copd.toml")
    assert {rule["evidence"] for rule in copd["follow_ups"]["after"]} == {"unverified"}
    assert {item["evidence"] for item in copd["yearly"]} == {"unverified"}
    child = raw(FOLDER / "care" / "child_0_6.toml")
    assert {item["evidence"] for item in child["windows"] if item["id"].startswith("tcm")} == {"unverified"}
    limits = {item["id"]: item["evidence"] for item in raw(FOLDER / "settings.toml")["setting"]}
    assert limits["hypertension_elderly_systolic"] == "unverified"


def test_no_file_of_anybody_costs_much(programmes: Programmes) -> None:
    """Worked out once for each changed resident inside the transaction: a member's three years well under 10 ms."""
    import time

    book = Book()
    for year in (2024, 2025, 2026):
        for month in (1, 4, 7, 10):
            book.pressure(f"{year}-{month:02d}-10", "1", next_visit_date=f"{year}-{month + 2:02d}-28")
        book.add("physical_exam", f"{year}-05-05", bp_left_systolic=132)
    programmes.care(MAN, book.records)
    begun = time.process_time()
    for _ in range(100):
        programmes.care(MAN, book.records)
    assert (time.process_time() - begun) / 100 < 0.01
