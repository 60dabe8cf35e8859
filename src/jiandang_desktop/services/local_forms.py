"""Forms and questions that a county adds to the program's own (R3.2)."""

from dataclasses import dataclass

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.local_forms import LocalDefinition
from jiandang_desktop.services.definition_words import definition_problem
from jiandang_desktop.services.desk import LOCAL_FORM, Desk
from jiandang_desktop.services.text_files import text_of

LIMIT = 400_000
"""Bytes of a definition file."""


def add(desk: Desk, data: bytes, file: str) -> Form:
    """Take a definition over: from now on the form is filled in as it says. The same file again changes nothing.

    Problems: NOT_ALLOWED, TEXT_NOT_UTF8, FORM_DEFINITION (file, line, cure), NO_SUCH_FORM, LOCAL_FORM_CHANGED where
    this version is known with another text, LOCAL_FORM_OLD where a newer one is.
    """
    desk.require(Right.MANAGE_STAFF)
    definition, form = _read(desk, data, file)
    known = {item.version: item for item in desk.forms.local() if item.form_id == definition.form_id}
    if definition.version in known:
        if known[definition.version].text != definition.text:
            raise Problem("LOCAL_FORM_CHANGED", form=definition.form_id, version=definition.version)
        return form
    if known and definition.version < max(known):
        raise Problem("LOCAL_FORM_OLD", form=definition.form_id, version=max(known))
    _keep(desk, definition)
    desk.read_forms()
    return form


@dataclass(frozen=True, slots=True)
class LocalForm:
    """A local definition in use and the form that it makes."""

    definition: LocalDefinition
    form: Form


def local_forms(desk: Desk) -> list[LocalForm]:
    """The local definitions in use, by form."""
    newest: dict[str, LocalDefinition] = {}
    for definition in sorted(desk.forms.local(), key=lambda item: item.version):
        newest[definition.form_id] = definition
    return [LocalForm(definition, desk.forms.current(form_id)) for form_id, definition in sorted(newest.items())]


def _read(desk: Desk, data: bytes, file: str) -> tuple[LocalDefinition, Form]:
    text = text_of(data, file)
    try:
        definition = LocalDefinition.of(text, file)
        return definition, desk.bench.forms.read_local(definition, strict=True)
    except DefinitionFault as fault:
        raise definition_problem(desk.bench, fault, file) from fault


def _keep(desk: Desk, definition: LocalDefinition) -> None:
    form = desk.forms.current(LOCAL_FORM)
    station = SubjectId(desk.station.id)
    with desk.vault.work("add_local_form") as work:
        mine = (row for row in work.records_of(station, form.id) if row.answers["form_id"] == definition.form_id)
        before = next(mine, None)
        revision = desk.revision(
            form,
            record_id=before.record_id if before else RecordId(new_id()),
            subject_id=station,
            parents=before.heads if before else (),
            answers={"form_id": definition.form_id, "version": definition.version, "definition": definition.text},
            complete=True,
        )
        work.add_own_revision(revision, stream=desk.station.up_stream)
        work.note(form=definition.form_id, version=definition.version)
        work.commit()
