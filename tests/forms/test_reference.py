"""Each definition says what the reference catalogue says, but for differences listed with their reasons."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Field, Form, Option

LISTED = Path(__file__).with_name("reference_differences.toml")
REQUIRED = {True: "yes", False: "no", "conditional": "when"}
LAYOUTS = {
    "single": "single",
    "visit_columns": "visit_columns",
    "age_columns": "visit_columns",
    "single_plus_table": "single",
}
"""Columns by age are columns with a meaning ([[column]]); a table is a field of a single sheet."""
PRECISION = {None: "day", "month": "month", "day, month or year": "any", "year or month or day": "any"}


OUTSIDE = frozenset(
    {
        "resident",
        "household",
        "local_form",
        "shelf_place",
        "submission_schedule",
        "programme_membership",
        "programme_settings",
        "contact_attempt",
        "blood_pressure_check",
        "psychosis_followup_2018",
    }
)
"""Registry and working forms, which the catalogue doesn't have, and a form compared in test_psychosis_cases."""


def shipped_ids() -> list[str]:
    folder = Path(__file__).resolve().parents[2] / "resources" / "forms"
    return sorted(path.stem for path in folder.glob("*.toml") if "@" not in path.stem and path.stem not in OUTSIDE)


@pytest.mark.parametrize("form_id", shipped_ids())
def test_definition_equals_reference(form_id: str, forms: FormCatalog, reference: Path) -> None:
    """Ids, labels, types, options, codes, bounds, units, required, pages, sections, in the same order."""
    raw = yaml.safe_load((reference / "forms" / f"{form_id}.yaml").read_text(encoding="utf-8"))
    with LISTED.open("rb") as file:
        allowed = {item["what"] for item in tomllib.load(file).get("difference", ()) if item["form"] == form_id}
    found = set(form_differences(forms.current(form_id), raw))
    assert found - allowed == set()
    assert allowed - found == set(), "listed differences that are none any more"


def test_every_listed_difference_has_a_reason() -> None:
    with LISTED.open("rb") as file:
        for item in tomllib.load(file).get("difference", ()):
            assert len(item["reason"]) > 10


def form_differences(form: Form, raw: dict[str, Any]) -> Iterator[str]:
    info = raw["form"]
    yield from differing(form.id, "title", form.title, info["title_zh"])
    yield from differing(form.id, "layout", form.layout, LAYOUTS[info.get("layout", "single")])
    yield from differing(form.id, "printed_columns", form.printed_columns, info.get("printed_columns", 1))
    yield from differing(form.id, "confidence", form.confidence, info["confidence"])
    columns = [(column.id, column.title) for column in form.columns]
    yield from differing(form.id, "columns", columns, [(one["id"], one["label_zh"]) for one in raw.get("columns", ())])
    ours = [(part.id, part.title, part.page) for part in form.sections]
    theirs = [(part["id"], part["title_zh"], part.get("page", 1)) for part in raw["sections"]]
    yield from differing(form.id, "sections", ours, theirs)
    for part, raw_part in zip(form.sections, raw["sections"], strict=True):
        yield from list_differences(part.id, part.fields, raw_part["fields"])
    profiles = [(one.id, one.title, list(one.fields)) for one in form.profiles]
    raw_profiles = [
        (one["id"], one["title_zh"], one["required_fields"]) for one in raw.get("completeness_profiles", ())
    ]
    yield from differing(form.id, "profiles", profiles, raw_profiles)


def list_differences(place: str, fields: tuple[Field, ...], raw: list[dict[str, Any]]) -> Iterator[str]:
    yield from differing(place, "fields", [field.id for field in fields], [item["id"] for item in raw])
    by_id = {item["id"]: item for item in raw}
    for field in fields:
        if field.id in by_id:
            yield from field_differences(f"{place}.{field.id}", field, by_id[field.id])


def field_differences(place: str, field: Field, raw: dict[str, Any]) -> Iterator[str]:
    pairs: dict[str, tuple[object, object]] = {
        "label": (field.label, raw["label_zh"]),
        "paper_label": (field.paper_label, raw.get("label_zh_on_paper", "")),
        "type": (field.type.value, raw["type"]),
        "unit": (field.unit, raw.get("unit", "")),
        "decimals": (field.decimals, raw.get("decimals", 0)),
        "required": (field.required.value, REQUIRED[raw["required"]]),
        "min": (field.minimum, raw.get("min")),
        "max": (field.maximum, raw.get("max")),
        "warn_min": (field.warn_minimum, raw.get("warn_min")),
        "warn_max": (field.warn_maximum, raw.get("warn_max")),
        "pattern": (field.pattern, raw.get("pattern", "")),
        "precision": (field.precision, PRECISION[raw.get("precision")]),
        "max_selections": (field.max_selections, raw.get("max_selections", 0)),
        "printed_codes": (field.printed_codes, raw.get("printed_codes", True)),
        "printed_rows": (field.printed_rows, raw.get("printed_rows", 0)),
        "starred": (field.starred, raw.get("starred", False)),
        "practice_addition": (field.practice_addition, raw.get("practice_addition", False)),
        "data_element": (field.data_element, raw.get("data_element", "")),
        "note": (field.note, raw.get("note_zh", "")),
        "suggestions": (list(field.suggestions), raw.get("suggested_values", [])),
        "code_table": (bool(field.code_table), "code_table" in raw),
        "fixed_rows": (
            [(row.id, row.label, row.when is not None) for row in field.fixed_rows],
            [(row["id"], row["label_zh"], "when" in row) for row in raw.get("fixed_rows", ())],
        ),
    }
    if "options_by_column" in raw:
        ours_by_column = {column: option_facts(options) for column, options in field.options_by_column.items()}
        theirs_by_column = {column: raw_option_facts(options) for column, options in raw["options_by_column"].items()}
        pairs["options_by_column"] = (ours_by_column, theirs_by_column)
    elif not field.code_table:
        pairs["options"] = (option_facts(field.options), raw_option_facts(raw.get("options", ())))
    for name, (ours, theirs) in pairs.items():
        yield from differing(place, name, ours, theirs)
    if raw["type"] == "table":
        yield from list_differences(place, field.columns, raw["columns"])


def option_facts(options: Iterable[Option]) -> list[tuple[object, ...]]:
    return [(o.code, o.label, o.exclusive, o.has_text, o.selectable, o.score) for o in options]


def raw_option_facts(options: Iterable[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (
            o["code"],
            o["label_zh"],
            o.get("exclusive", False),
            o.get("other_text", False) or bool(o.get("count")),
            o.get("selectable", True),
            o.get("score"),
        )
        for o in options
    ]


def differing(place: str, name: str, ours: object, theirs: object) -> Iterator[str]:
    if ours != theirs:
        yield f"{place}: {name}"
