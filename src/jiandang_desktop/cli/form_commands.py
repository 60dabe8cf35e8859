"""jiandang form …: what forms there are and what they ask."""

import argparse
from typing import Any

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.services import local_forms
from jiandang_desktop.services.form_library import check_definition


def form_list(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Every form."""
    forms = _forms(session).all()
    lines = tuple(session.words("form.line", id=form.id, version=form.version, title=form.title) for form in forms)
    shapes = [
        {"id": form.id, "version": form.version, "title": form.title, "subject": form.subject, "role": form.role}
        for form in forms
    ]
    return Outcome({"forms": shapes, "count": len(shapes)}, lines)


def form_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One form with its fields, options and rules."""
    form = _forms(session).current(arguments.FORM)
    lines = [session.words("form.line", id=form.id, version=form.version, title=form.title)]
    for part in form.sections:
        lines.append(part.title)
        lines += [_field_line(session, item) for item in part.fields]
    return Outcome({"form": _shape(form)}, tuple(lines))


def form_add(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take a county's own form or added questions over into the vault."""
    data = session.bench.medium.read_file(arguments.FILE, local_forms.LIMIT)
    form = local_forms.add(session.desk, data, arguments.FILE.name)
    line = session.words("form.added", title=form.title, version=form.version)
    return Outcome({"form": form.id, "version": form.version}, (line,))


def form_local(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """The county's own forms and questions that this vault knows."""
    found = local_forms.local_forms(session.desk)
    shapes = [
        {
            "form": known.form.id,
            "version": known.form.version,
            "title": known.form.title,
            "extends": known.definition.is_overlay,
        }
        for known in found
    ]
    lines = [
        session.words("form.line", id=known.form.id, version=known.form.version, title=known.form.title)
        for known in found
    ]
    return Outcome({"forms": shapes, "count": len(shapes)}, tuple(lines))


def form_check(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Check a definition file whole (FORM_DEFINITION names file, line and cure)."""
    form = check_definition(session.bench, arguments.FILE)
    return Outcome({"form": form.id, "ok": True}, (session.words("form.sound", title=form.title),))


def _forms(session: Session) -> FormCatalog:
    """The program's forms; with ``--vault`` also the local ones of that vault."""
    return session.desk.forms if session.arguments.vault else session.bench.forms


def _field_line(session: Session, item: Field) -> str:
    options = " ".join(f"{option.code} {option.label}" for option in item.options)
    unit = f" ({item.unit})" if item.unit else ""
    return session.words("form.field", id=item.id, label=item.label + unit, type=item.type.value, options=options)


def _shape(form: Form) -> dict[str, Any]:
    return {
        "id": form.id,
        "version": form.version,
        "title": form.title,
        "subject": form.subject,
        "role": form.role,
        "repeats": form.repeats,
        "layout": form.layout,
        "printed_columns": form.printed_columns,
        "spec": form.spec,
        "confidence": form.confidence,
        "open_questions": list(form.open_questions),
        "sections": [
            {"id": part.id, "title": part.title, "page": part.page, "fields": [_field(item) for item in part.fields]}
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
        "profiles": [{"id": p.id, "title": p.title, "fields": list(p.fields)} for p in form.profiles],
    }


def _field(item: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "id": item.id,
        "label": item.label,
        "type": item.type.value,
        "unit": item.unit,
        "decimals": item.decimals,
        "required": item.required.value,
        "minimum": item.minimum,
        "maximum": item.maximum,
        "warn_minimum": item.warn_minimum,
        "warn_maximum": item.warn_maximum,
        "pattern": item.pattern,
        "code_table": item.code_table,
        "computed": item.computed.source if item.computed else "",
        "derived": item.derived,
        "options": [
            {"code": o.code, "label": o.label, "exclusive": o.exclusive, "has_text": o.has_text} for o in item.options
        ],
    }
    if item.columns:
        shape["columns"] = [_field(column) for column in item.columns]
    if item.fixed_rows:
        shape["rows"] = [{"id": row.id, "label": row.label} for row in item.fixed_rows]
    return shape
