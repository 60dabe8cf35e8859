"""Fields, options and table columns of a definition file."""

import re

from jiandang_desktop.forms.definition import Field, FieldType, FixedRow, Option, Required
from jiandang_desktop.forms.table_reader import TableReader

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CODE = re.compile(r"[A-Za-z0-9_.]{1,32}")
_PRECISIONS = frozenset({"day", "month", "any"})
_CHOOSING = frozenset({FieldType.CHOICE, FieldType.MULTI_CHOICE})
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})


def read_field(table: TableReader, *, in_table: bool = False) -> Field:
    """One ``[[section.field]]`` or ``[[section.field.column]]`` (DefinitionFault)."""
    kind = table.word("type", FieldType)
    options = _options(table, kind)
    by_column = {name: tuple(map(_option, rows)) for name, rows in table.named_rows("options_by_column").items()}
    field = Field(
        id=read_id(table),
        label=table.text("label", None),
        type=kind,
        paper_label=table.text("paper_label"),
        unit=table.text("unit"),
        decimals=table.integer("decimals"),
        required=_required(table),
        required_when=table.expression("required_when"),
        applies_when=table.expression("applies_when"),
        options=options or _union(by_column),
        options_by_column=by_column,
        applies_to=table.texts("applies_to"),
        code_table=table.text("code_table"),
        minimum=table.number("min"),
        maximum=table.number("max"),
        warn_minimum=table.number("warn_min"),
        warn_maximum=table.number("warn_max"),
        pattern=table.text("pattern"),
        precision=table.text("precision", "day"),
        max_selections=table.integer("max_selections"),
        max_length=table.integer("max_length", 500),
        multiline=table.flag("multiline"),
        printed_codes=table.flag("printed_codes", default=True),
        starred=table.flag("starred"),
        note=table.text("note"),
        rows_note=table.text("rows_note"),
        suggestions=table.texts("suggestions"),
        default=table.value("default"),
        computed=table.expression("computed"),
        proposed=table.expression("proposed"),
        source=table.text("source"),
        derived=table.flag("derived"),
        columns=() if in_table else tuple(read_field(row, in_table=True) for row in table.rows("column")),
        fixed_rows=tuple(map(_fixed_row, table.rows("fixed_rows"))),
        printed_rows=table.integer("printed_rows"),
        practice_addition=table.flag("practice_addition"),
        confidence=table.text("confidence"),
        data_element=table.text("data_element"),
        edition_note=table.text("edition_note"),
    )
    table.done()
    _sound(field, table)
    return field


def read_id(table: TableReader) -> str:
    """The ``id`` of a table: small letters, digits, underscores."""
    name = table.text("id", None)
    if not _ID.fullmatch(name):
        raise table.fault("id", f"id is {name!r}", "Write small letters, digits and underscores, a letter first")
    return name


def _required(table: TableReader) -> Required:
    value = table.value("required")
    if value == "when":
        return Required.WHEN
    if value in (None, True, False):
        return Required.YES if value else Required.NO
    raise table.fault("required", f"required is {value!r}", 'Write true, false or "when"')


def _options(table: TableReader, kind: FieldType) -> tuple[Option, ...]:
    options = tuple(map(_option, table.rows("options")))
    name = table.raw.get("code_table")
    if name is None:
        return options
    if options:
        raise table.fault("options", "both options and code_table", "Keep one of them")
    if name not in table.source.tables:
        raise table.fault("code_table", f"no code table {name!r}", "Use the name of a file in resources/codes")
    if kind not in _CHOOSING and kind is not FieldType.CODE:
        raise table.fault("code_table", f"a {kind.value} field has no options", "Use choice, multi_choice or code")
    entries = table.source.tables[name].entries
    return tuple(
        Option(entry.code, entry.label, selectable=entry.selectable, has_text=entry.has_text) for entry in entries
    )


def _option(row: TableReader) -> Option:
    code = row.text("code", None)
    if not _CODE.fullmatch(code):
        raise row.fault("code", f"code is {code!r}", "Write letters and digits")
    option = Option(
        code=code,
        label=row.text("label", None),
        exclusive=row.flag("exclusive"),
        has_text=row.flag("has_text"),
        selectable=row.flag("selectable", default=True),
        score=row.integer("score") if "score" in row.raw else None,
        text_field=row.text("text_field"),
        text_computed=row.expression("text_computed"),
        text_proposed=row.expression("text_proposed"),
        number_unit=row.text("number_unit"),
    )
    row.done()
    return option


def _union(by_column: dict[str, tuple[Option, ...]]) -> tuple[Option, ...]:
    """Every option of any column, once per code; for reading a record whose column isn't known."""
    found: dict[str, Option] = {}
    for options in by_column.values():
        for option in options:
            found.setdefault(option.code, option)
    return tuple(found.values())


def _fixed_row(row: TableReader) -> FixedRow:
    fixed = FixedRow(read_id(row), row.text("label", None), row.expression("when"))
    row.done()
    return fixed


def _sound(field: Field, table: TableReader) -> None:
    """What a single field can get wrong by itself."""
    codes = [option.code for option in field.options]
    if field.type in _CHOOSING and not field.options:
        raise table.fault("options", "a choice without options", "Add options or code_table")
    if len(codes) != len(set(codes)):
        raise table.fault("options", "two options with the same code", "Give each option its own code")
    if field.type is FieldType.TABLE and not field.columns:
        raise table.fault("column", "a table without columns", "Add [[section.field.column]]")
    if field.precision not in _PRECISIONS:
        raise table.fault("precision", f"precision is {field.precision!r}", "Write day, month or any")
    if field.derived and not (field.source or field.computed):
        raise table.fault("derived", "derived from nothing", "Add source or computed")
    _bounds(field, table)
    try:
        re.compile(field.pattern)
    except re.error as error:
        raise table.fault("pattern", f"pattern: {error}", "Write a regular expression") from None


def _bounds(field: Field, table: TableReader) -> None:
    limits = (field.minimum, field.warn_minimum, field.warn_maximum, field.maximum)
    given = [limit for limit in limits if limit is not None]
    if given and field.type not in _NUMBERS:
        raise table.fault("min", f"bounds on a {field.type.value} field", "Remove min, max, warn_min and warn_max")
    if given != sorted(given):
        raise table.fault("min", "bounds out of order", "Keep min <= warn_min <= warn_max <= max")
