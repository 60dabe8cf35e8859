"""What a county adds: a form of its own, or questions added to a form of the program (an overlay).

Everything local bears its author's namespace, ``x`` and the six digits of a division: forms are called
``x152223_…``, added questions and rules too. So nothing local can be mistaken for something official, and two
counties can't mean different things by one name.

Editions of the program's forms are numbered below ``STEP``. Overlay ``n`` laid over edition ``e`` of a form is its
edition ``n * STEP + e``: a record says by one number what it was filled in with.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.definition import Field, Form, Section
from jiandang_desktop.forms.expression_checks import check_expressions
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.field_reader import read_field, read_id
from jiandang_desktop.forms.form_checks import check_form, computing_order
from jiandang_desktop.forms.lines import LineIndex
from jiandang_desktop.forms.loader import read_form, read_rule
from jiandang_desktop.forms.table_reader import Source, TableReader
from jiandang_desktop.forms.words import NO_WORDS, FormWords

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable
    from jiandang_desktop.domain.growth import GrowthStandards

STEP = 1000
DATE_FIELD = "event_date"
"""The field that dates a local form that repeats: known without its definition."""
_NAMESPACE = re.compile(r"x[0-9]{6}")
_LOCAL_ID = re.compile(r"x[0-9]{6}_[a-z0-9_]{1,50}")


@dataclass(frozen=True, slots=True)
class LocalDefinition:
    """The text of a local definition and what its head says."""

    text: str
    file: str
    form_id: FormId
    """The local form, or the form of the program that is added to."""
    version: int
    is_overlay: bool

    @classmethod
    def of(cls, text: str, file: str) -> "LocalDefinition":
        """Read the head (DefinitionFault where it isn't one of a local definition)."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DefinitionFault(file, _line_of(error), f"not TOML: {error}", "Correct the line") from None
        source = Source(file, LineIndex(text), {})
        version, is_overlay = raw.get("version"), "extends" in raw
        form_id = raw.get("extends" if is_overlay else "id")
        if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version < STEP:
            raise _fault(source, "version", f"version is {version!r}", f"Write a whole number from 1 to {STEP - 1}")
        if not isinstance(form_id, str):
            raise _fault(source, "id", "neither id nor extends", "Name the form")
        if not is_overlay and not is_local(form_id):
            raise _fault(source, "id", f"{form_id} has no namespace", "Begin it with x, the county's six digits and _")
        return cls(text, file, FormId(form_id), version, is_overlay)


def is_local(form_id: str) -> bool:
    """Whether a form is a local one, by its name."""
    return _LOCAL_ID.fullmatch(form_id) is not None


def read_local_form(
    definition: LocalDefinition,
    tables: Mapping[str, "CodeTable"],
    *,
    growth: "GrowthStandards | None" = None,
    words: FormWords = NO_WORDS,
    settings: Mapping[str, Any] | None = None,
    strict: bool = False,
) -> Form:
    """A local form whole (DefinitionFault)."""
    form = read_form(
        definition.text, definition.file, tables, growth=growth, words=words, settings=settings, strict=strict
    )
    source = Source(definition.file, LineIndex(definition.text), tables)
    if form.role != "record":
        raise _fault(source, "role", f"role is {form.role}", "Leave it out: local forms are records")
    if form.date_field not in ("", DATE_FIELD):
        raise _fault(source, "date_field", f"date_field is {form.date_field}", f"Call the field {DATE_FIELD}")
    return form


def lay_over(
    base: Form,
    definition: LocalDefinition,
    tables: Mapping[str, "CodeTable"],
    *,
    growth: "GrowthStandards | None" = None,
    strict: bool = False,
) -> Form:
    """The base form with the overlay's questions and rules added (DefinitionFault). Nothing of the base changes."""
    source = Source(definition.file, LineIndex(definition.text), tables, growth)
    table = TableReader(tomllib.loads(definition.text), (), source)
    namespace = table.text("namespace", None)
    if not _NAMESPACE.fullmatch(namespace):
        raise _fault(source, "namespace", f"namespace is {namespace!r}", "Write x and the county's six digits")
    table.text("extends", None)
    table.integer("version", None)
    table.text("title")
    sections = list(base.sections)
    for part in table.rows("section"):
        _add_section(sections, part, namespace)
    rules = tuple(map(read_rule, table.rows("rule")))
    table.done()
    for rule in rules:
        if not rule.id.startswith(f"{namespace}_"):
            raise _fault(source, "rule", f"rule {rule.id} has no namespace", f"Begin its id with {namespace}_")
    form = replace(
        base,
        version=definition.version * STEP + base.version,
        sections=tuple(sections),
        rules=(*base.rules, *rules),
        computing=computing_order(sections, source),
    )
    check_form(form, source)
    if strict:
        check_expressions(form, source)
    return form


def _add_section(sections: list[Section], table: TableReader, namespace: str) -> None:
    section_id, title, after = read_id(table), table.text("title"), table.text("after")
    fields = tuple(map(read_field, table.rows("field")))
    table.done()
    for field in fields:
        if not field.id.startswith(f"{namespace}_"):
            raise table.fault("field", f"question {field.id} has no namespace", f"Begin its id with {namespace}_")
    place = next((number for number, part in enumerate(sections) if part.id == section_id), None)
    if place is None:
        if not section_id.startswith(f"{namespace}_") or not title:
            cure = f"Name a section of the form, or begin a new one's id with {namespace}_ and give it a title"
            raise table.fault("id", f"no section {section_id}", cure)
        sections.append(Section(section_id, title, fields))
        return
    known = sections[place].fields
    sections[place] = replace(sections[place], fields=_inserted(known, fields, after, table))


def _inserted(known: tuple[Field, ...], added: tuple[Field, ...], after: str, table: TableReader) -> tuple[Field, ...]:
    if not after:
        return (*known, *added)
    place = next((number for number, field in enumerate(known, 1) if field.id == after), None)
    if place is None:
        raise table.fault("after", f"no question {after} in this section", "Name the question that the new ones follow")
    return (*known[:place], *added, *known[place:])


def _fault(source: Source, key: Any, text: str, cure: str) -> DefinitionFault:
    return DefinitionFault(source.file, source.lines.line((key,)), text, cure)


def _line_of(error: Exception) -> int:
    digits = str(error).partition("at line ")[2].partition(",")[0]
    return int(digits) if digits.isdigit() else 0
