"""A form's definition as JSON: everything that its file says (docs/cli.md). Empty and false values are left out."""

from typing import Any

from jiandang_desktop.forms.definition import Expression, Field, Form, Option


def form_shape(form: Form) -> dict[str, Any]:
    """The whole form; sections in the paper's order."""
    return _told(
        {
            "id": form.id,
            "version": form.version,
            "title": form.title,
            "subject": form.subject,
            "role": form.role,
            "group": form.group,
            "order": form.order,
            "repeats": form.repeats,
            "layout": form.layout,
            "printed_columns": form.printed_columns,
            "columns": [{"id": column.id, "title": column.title} for column in form.columns],
            "column_field": form.column_field,
            "date_field": form.date_field,
            "spec": form.spec,
            "filled_when": form.filled_when,
            "filled_by": form.filled_by,
            "confidence": form.confidence,
            "open_questions": list(form.open_questions),
            "edition_notes": list(form.edition_notes),
            "sections": [
                _told(
                    {
                        "id": part.id,
                        "title": part.title,
                        "page": part.page,
                        "note": part.note,
                        "fields": [_field(item) for item in part.fields],
                    }
                )
                for part in form.sections
            ],
            "rules": [
                {
                    "id": rule.id,
                    "check": rule.check.source,
                    "message": rule.message,
                    "fields": list(rule.fields),
                    "severity": rule.severity.value,
                    "origin": rule.origin,
                }
                for rule in form.rules
            ],
            "profiles": [
                _told(
                    {
                        "id": profile.id,
                        "title": profile.title,
                        "applies_when": _source(profile.applies_when),
                        "fields": list(profile.fields),
                        "severity": profile.severity.value,
                    }
                )
                for profile in form.profiles
            ],
        }
    )


def _field(item: Field) -> dict[str, Any]:
    return _told(
        {
            "id": item.id,
            "label": item.label,
            "paper_label": item.paper_label,
            "type": item.type.value,
            "unit": item.unit,
            "decimals": item.decimals,
            "required": item.required.value,
            "required_when": _source(item.required_when),
            "applies_when": _source(item.applies_when),
            "applies_to": list(item.applies_to),
            "minimum": item.minimum,
            "maximum": item.maximum,
            "warn_minimum": item.warn_minimum,
            "warn_maximum": item.warn_maximum,
            "pattern": item.pattern,
            "precision": item.precision if item.type.value == "date" else "",
            "code_table": item.code_table,
            "options": [_option(option) for option in item.options],
            "options_by_column": {
                column: [_option(option) for option in options] for column, options in item.options_by_column.items()
            },
            "max_selections": item.max_selections,
            "printed_codes": item.printed_codes,
            "default": item.default,
            "source": item.source,
            "derived": item.derived,
            "computed": _source(item.computed),
            "proposed": _source(item.proposed),
            "suggestions": list(item.suggestions),
            "starred": item.starred,
            "practice_addition": item.practice_addition,
            "confidence": item.confidence,
            "data_element": item.data_element,
            "note": item.note,
            "edition_note": item.edition_note,
            "columns": [_field(column) for column in item.columns],
            "rows": [_told({"id": row.id, "label": row.label, "when": _source(row.when)}) for row in item.fixed_rows],
            "printed_rows": item.printed_rows,
            "rows_note": item.rows_note,
        }
    )


def _option(option: Option) -> dict[str, Any]:
    return _told(
        {
            "code": option.code,
            "label": option.label,
            "exclusive": option.exclusive,
            "has_text": option.has_text,
            "number_unit": option.number_unit,
            "text_field": option.text_field,
            "selectable": option.selectable,
            "score": option.score,
        }
    )


def _source(expression: Expression | None) -> str:
    return expression.source if expression else ""


_WHEN_FALSE = frozenset({"printed_codes", "selectable"})
"""Flags that are true unless said otherwise: they are told where they are false."""


def _told(shape: dict[str, Any]) -> dict[str, Any]:
    """What says something: an absent key is an empty text or list, no number, false, or (flags above) true."""
    return {key: value for key, value in shape.items() if _says(key, value)}


def _says(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value is not (key in _WHEN_FALSE)
    return value is not None and value not in ("", [], {})
