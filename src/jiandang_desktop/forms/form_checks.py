"""What must fit together in a whole definition: ids, references by name, computed fields in an order."""

from collections.abc import Iterable, Iterator

from jiandang_desktop.forms.definition import Field, Form, Required, Section
from jiandang_desktop.forms.expressions import CelExpression
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.lines import Path
from jiandang_desktop.forms.table_reader import Source

SCOPES = frozenset(
    {
        "this",
        "form",
        "resident",
        "household",
        "station",
        "previous",
        "records",
        "programmes",
        "settings",
        "scores",
        "today",
    }
)
"""Names that expressions know beside the form's fields; no field may take one."""
_SHARED = frozenset({"records"})
"""But these, which official forms use as well. Bare, the name is the scope; the field is ``this.records``."""


def check_form(form: Form, source: Source) -> None:
    """Refuse duplicate ids and names of fields that don't exist (DefinitionFault)."""
    seen: set[str] = set()
    for path, field in placed_fields(form):
        if field.id in seen or field.id in SCOPES - _SHARED:
            raise _fault(source, (*path, "id"), f"id {field.id} is taken", "Choose another id")
        seen.add(field.id)
        _check_columns(field, path, source)
        _check_sheet(form, field, path, source)
    _check_names(form, source)


def placed_fields(form: Form) -> Iterator[tuple[Path, Field]]:
    """Every field with its place in the file."""
    for number, section in enumerate(form.sections):
        for place, field in enumerate(section.fields):
            yield ("section", number, "field", place), field


def computing_order(sections: Iterable[Section], source: Source) -> tuple[str, ...]:
    """Computed fields, each after the computed fields it reads; a circle is refused (DefinitionFault)."""
    computed: dict[str, CelExpression] = {}
    places: dict[str, Path] = {}
    for number, section in enumerate(sections):
        for place, field in enumerate(section.fields):
            if isinstance(field.computed, CelExpression):
                computed[field.id] = field.computed
                places[field.id] = ("section", number, "field", place, "computed")
    order: list[str] = []
    while computed:
        ready = [name for name, expression in computed.items() if not expression.fields & (computed.keys() - {name})]
        ready = [name for name in ready if name not in computed[name].fields]
        if not ready:
            names = ", ".join(computed)
            raise _fault(
                source, places[next(iter(computed))], f"computed fields in a circle: {names}", "Break the circle"
            )
        for name in ready:
            del computed[name]
        order += ready
    return tuple(order)


def _check_columns(field: Field, path: Path, source: Source) -> None:
    ids = [column.id for column in field.columns]
    if len(ids) != len(set(ids)) or "row" in ids:
        raise _fault(
            source, (*path, "column"), f"table {field.id}: two columns with one id, or one called row", "Rename"
        )


def _check_sheet(form: Form, field: Field, path: Path, source: Source) -> None:
    known = {column.id for column in form.columns}
    for name in (*field.applies_to, *field.options_by_column):
        if name not in known:
            raise _fault(
                source, (*path, "applies_to"), f"no sheet column {name}", "Add a [[column]] or correct the name"
            )


def _check_names(form: Form, source: Source) -> None:
    for key in ("date_field", "column_field"):
        name = getattr(form, key)
        if name and form.field(name) is None:
            raise _fault(source, (key,), f"{key} names no field: {name}", "Use the id of a field")
    if form.columns and not form.column_field:
        raise _fault(source, ("column_field",), "columns without column_field", "Say which field names the column")
    profiled = {name for profile in form.profiles for name in profile.fields}
    named = [("rule", number, rule.fields) for number, rule in enumerate(form.rules)]
    named += [("profile", number, profile.fields) for number, profile in enumerate(form.profiles)]
    for kind, number, names in named:
        if not names:
            raise _fault(source, (kind, number), f"a {kind} without fields", "Say at which fields it is shown")
        for name in names:
            if form.field(name) is None:
                raise _fault(source, (kind, number, "fields"), f"no field {name}", "Use ids of fields")
    for path, field in placed_fields(form):
        if field.required is Required.WHEN and field.required_when is None and field.id not in profiled:
            cure = "Add required_when, or list it in a profile"
            raise _fault(source, (*path, "required"), f"{field.id}: required when?", cure)


def _fault(source: Source, path: Path, text: str, cure: str) -> DefinitionFault:
    return DefinitionFault(source.file, source.lines.line(path), text, cure)
