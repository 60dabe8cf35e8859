"""Read a form definition (``resources/forms/<id>.toml``) into a ``Form``; docs/form-definition.md explains the file.

A file that isn't right is refused with its line and the cure (``DefinitionFault``). Expressions are compiled when
first used; ``strict=True`` compiles and checks them all, as tests and ``form check`` do.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.definition import Form, Profile, Rule, Section, Severity, SheetColumn
from jiandang_desktop.forms.expression_checks import check_expressions
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.field_reader import read_field, read_id
from jiandang_desktop.forms.form_checks import check_form, computing_order
from jiandang_desktop.forms.lines import LineIndex
from jiandang_desktop.forms.paper import parse_paper
from jiandang_desktop.forms.table_reader import Source, TableReader
from jiandang_desktop.forms.words import NO_WORDS, FormWords

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable
    from jiandang_desktop.domain.growth import GrowthStandards


__all__ = ["DefinitionFault", "load_form", "read_form", "read_rule"]


class _Subject(StrEnum):
    RESIDENT = "resident"
    HOUSEHOLD = "household"
    STATION = "station"


class _Role(StrEnum):
    RECORD = "record"
    REGISTRY = "registry"
    DATA = "data"


class _Layout(StrEnum):
    SINGLE = "single"
    VISIT_COLUMNS = "visit_columns"


def load_form(
    path: Path,
    tables: Mapping[str, "CodeTable"],
    *,
    growth: "GrowthStandards | None" = None,
    words: FormWords = NO_WORDS,
    settings: Mapping[str, Any] | None = None,
    strict: bool = False,
) -> Form:
    """The form defined in a file (DefinitionFault); ``growth`` is what its ratings of growth go by.

    ``settings``: the defaults of ``settings.<id>``.
    """
    text = path.read_text(encoding="utf-8")
    return read_form(text, path.name, tables, growth=growth, words=words, settings=settings, strict=strict)


def read_form(
    text: str,
    file: str,
    tables: Mapping[str, "CodeTable"],
    *,
    growth: "GrowthStandards | None" = None,
    words: FormWords = NO_WORDS,
    settings: Mapping[str, Any] | None = None,
    strict: bool = False,
) -> Form:
    """The form defined by the text of a file (DefinitionFault)."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionFault(file, _line_of(str(error)), f"not TOML: {error}", "Correct the line") from None
    source = Source(file, LineIndex(text), tables, growth)
    form = _form(TableReader(raw, (), source), words, settings or {})
    check_form(form, source)
    if strict:
        check_expressions(form, source)
    return form


def _form(table: TableReader, words: FormWords, settings: Mapping[str, Any]) -> Form:
    paper = table.value("paper")
    sections = tuple(map(_section, table.rows("section")))
    form_id = FormId(read_id(table))
    form = Form(
        id=form_id,
        version=table.integer("version", None),
        title=table.text("title", None),
        sections=sections,
        rules=tuple(map(read_rule, table.rows("rule"))),
        profiles=tuple(map(_profile, table.rows("profile"))),
        subject=table.word("subject", _Subject, _Subject.RESIDENT).value,
        role=table.word("role", _Role, _Role.RECORD).value,
        repeats=table.flag("repeats"),
        layout=table.word("layout", _Layout, _Layout.SINGLE).value,
        printed_columns=table.integer("printed_columns", 1),
        columns=tuple(map(_sheet_column, table.rows("column"))),
        column_field=table.text("column_field"),
        date_field=table.text("date_field"),
        order=table.integer("order"),
        spec=table.text("spec"),
        filled_when=table.text("filled_when"),
        filled_by=table.text("filled_by"),
        confidence=table.text("confidence"),
        open_questions=table.texts("open_questions"),
        edition_notes=table.texts("edition_notes"),
        group=table.text("group"),
        computing=computing_order(sections, table.source),
        words=words,
        settings=settings,
    )
    table.done()
    return _with_paper(form, paper)


def _with_paper(form: Form, raw: Any) -> Form:
    return replace(form, paper=parse_paper(raw, form)) if isinstance(raw, dict) else form


def _section(table: TableReader) -> Section:
    section = Section(
        id=read_id(table),
        title=table.text("title", None),
        fields=tuple(map(read_field, table.rows("field"))),
        page=table.integer("page", 1),
        note=table.text("note"),
    )
    table.done()
    return section


def read_rule(table: TableReader) -> Rule:
    """One ``[[rule]]`` (DefinitionFault)."""
    check = table.expression("check")
    if check is None:
        raise table.fault("check", "a rule without check", "Write what must hold, as CEL")
    rule = Rule(
        id=read_id(table),
        check=check,
        message=table.text("message", None),
        fields=table.texts("fields"),
        severity=table.word("severity", Severity, Severity.ERROR),
        origin=table.text("origin", None),
    )
    table.done()
    return rule


def _profile(table: TableReader) -> Profile:
    profile = Profile(
        id=read_id(table),
        title=table.text("title", None),
        applies_when=table.expression("applies_when"),
        fields=table.texts("fields"),
        severity=table.word("severity", Severity, Severity.WARN),
        origin=table.text("origin", None),
    )
    table.done()
    return profile


def _sheet_column(table: TableReader) -> SheetColumn:
    column = SheetColumn(read_id(table), table.text("title", None))
    table.done()
    return column


def _line_of(message: str) -> int:
    digits = message.partition("at line ")[2].partition(",")[0]
    return int(digits) if digits.isdigit() else 0
