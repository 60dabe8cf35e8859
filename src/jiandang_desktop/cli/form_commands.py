"""jiandang form …: what forms there are and what they ask."""

import argparse

from jiandang_desktop.cli.form_shapes import form_shape
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Field
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
    return Outcome({"form": form_shape(form)}, tuple(lines))


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
