"""Check every expression of a form: it compiles, names what exists, compares with codes that exist, and types fit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.forms.definition import Field, FieldType, Form
from jiandang_desktop.forms.expressions import BadExpression, CelExpression
from jiandang_desktop.forms.faults import DefinitionFault
from jiandang_desktop.forms.form_checks import SCOPES, placed_fields
from jiandang_desktop.forms.lines import Path
from jiandang_desktop.forms.member_paths import comparisons, local_names
from jiandang_desktop.forms.table_reader import Source

STATION = frozenset(
    ("name", "level", "division_code", "township_name", "village_name", "parent_name", "doctor", "scheme", "phone")
)
"""What ``station.…`` may name."""

COMPUTED_RESIDENT = frozenset({"record_code_short", "last_visit_date"})
"""What ``resident.…`` may name beside the fields of the form ``resident``."""

COMPUTED_HOUSEHOLD = frozenset({"head_name", "head_id_no", "members"})
"""What ``household.…`` may name beside the fields of the form ``household``, in forms about a household."""

_COMPUTED = {"resident": COMPUTED_RESIDENT, "household": COMPUTED_HOUSEHOLD}
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})


@dataclass(frozen=True, slots=True)
class Placed:
    """An expression, where it stands, and the fields it may name bare."""

    expression: CelExpression
    path: Path
    names: Mapping[str, Field]


def check_expressions(form: Form, source: Source) -> None:
    """Refuse what can't work (DefinitionFault). Names in other forms need ``check_references``."""
    for placed in placed_expressions(form):
        _compiles(placed, source)
        for path in placed.expression.paths:
            _names_exist(form, placed, path, source)
        _codes_exist(form, placed, source)
        _types_fit(form, placed, source)


def check_references(form: Form, forms: Mapping[str, Form]) -> list[str]:
    """What the form's expressions and sources name in other forms and that isn't there; one sentence each."""
    missing = []
    for placed in placed_expressions(form):
        for path in placed.expression.paths:
            if not _known_elsewhere(path, forms):
                missing.append(f"{form.id}: {'.'.join(path)} in {placed.expression.source}")
    for field in form.fields():
        head, _, rest = field.source.partition(".")
        path = (head, rest) if head in SCOPES else ("records", head, rest)
        own = rest if head == "previous" else ""
        if field.source and not (form.field(own) if own else _known_elsewhere(path, forms)):
            missing.append(f"{form.id}: source {field.source} of {field.id}")
    return missing


def placed_expressions(form: Form) -> Iterator[Placed]:
    """Every expression of a form."""
    fields = {field.id: field for field in form.fields()}
    for path, field in placed_fields(form):
        yield from _of_field(field, path, fields)
        columns = {column.id: column for column in field.columns}
        for number, column in enumerate(field.columns):
            yield from _of_field(column, (*path, "column", number), columns)
        for number, row in enumerate(field.fixed_rows):
            yield from _placed(row.when, (*path, "fixed_rows", number), fields)
    for number, rule in enumerate(form.rules):
        yield from _placed(rule.check, ("rule", number, "check"), fields)
    for number, profile in enumerate(form.profiles):
        yield from _placed(profile.applies_when, ("profile", number, "applies_when"), fields)


def reads(form: Form, scope: str) -> bool:
    """Whether any expression of the form reads a scope (``programmes``, ``records`` …)."""
    return any(path[0] == scope for placed in placed_expressions(form) for path in placed.expression.paths)


def _of_field(field: Field, path: Path, names: Mapping[str, Field]) -> Iterator[Placed]:
    for key in ("required_when", "applies_when", "computed", "proposed"):
        yield from _placed(getattr(field, key), (*path, key), names)
    for number, option in enumerate(field.options):
        yield from _placed(option.text_computed, (*path, "options", number), names)
        yield from _placed(option.text_proposed, (*path, "options", number), names)


def _placed(expression: object, path: Path, names: Mapping[str, Field]) -> Iterator[Placed]:
    if isinstance(expression, CelExpression):
        yield Placed(expression, path, names)


def _compiles(placed: Placed, source: Source) -> None:
    try:
        placed.expression.compiled()
    except BadExpression as error:
        raise _fault(placed, source, f"not CEL: {error}", "See docs/form-definition.md, Expressions") from None


def _names_exist(form: Form, placed: Placed, path: tuple[str, ...], source: Source) -> None:
    head, rest = path[0], path[1:]
    if head in placed.names:
        return
    if head not in SCOPES:
        raise _fault(placed, source, f"no field {head}", "Use the id of a field of this form")
    own: Iterable[str] | None = {
        "this": placed.names,
        "form": {field.id for field in form.fields()},
        "previous": {field.id for field in form.fields()},
        "scores": {field.id for field in form.fields()},
        "station": STATION,
        "settings": form.settings or None,
    }.get(head)
    if own is not None and (not rest or rest[0] not in own):
        raise _fault(placed, source, f"no {'.'.join(path)}", f"Use {head}.<a name that exists>")
    if head == "records" and not rest:
        raise _fault(placed, source, "records without a form", "Write records.<form>.<field>")


def _codes_exist(form: Form, placed: Placed, source: Source) -> None:
    """A literal compared with a choice must be one of its codes: ``sex == '3'`` or ``sex == 1`` can't be meant."""
    local = local_names(placed.expression.source)
    for item in comparisons(placed.expression.source):
        field = _field_at(form, placed, item.path, local)
        if field is None or not (field.options or field.type in _NUMBERS):
            continue
        good = item.quoted and field.option(item.literal) is not None if field.options else not item.quoted
        if not good:
            raise _fault(
                placed, source, f"{field.id} is never {item.literal}", "Compare with one of its codes, in quotes"
            )


def _field_at(form: Form, placed: Placed, path: tuple[str, ...], local: Mapping[str, str]) -> Field | None:
    head = path[0]
    if head in local and len(path) == 2:
        table = _field_at(form, placed, tuple(local[head].split(".")), {})
        return table.column(path[1]) if table else None
    if head in placed.names and len(path) == 1:
        return placed.names[head]
    if head == "this" and len(path) == 2:
        return placed.names.get(path[1])
    if head in ("form", "previous") and len(path) == 2:
        return form.field(path[1])
    return None


def _types_fit(form: Form, placed: Placed, source: Source) -> None:
    """Evaluate with made-up answers of the right types; an operation that no set of answers allows is refused."""
    if any(
        path[0] in ("records", "resident", "household", "station", "programmes") for path in placed.expression.paths
    ):
        return
    complaint = ""
    for sample in (0, 1, 2):
        names = {name: _sample(field, sample) for name, field in placed.names.items()}
        whole = {field.id: _sample(field, sample) for field in form.fields()}
        scores = {name: float(sample + 1) for name in whole}
        scopes = {"this": names, "form": whole, "previous": whole, "scores": scores, "today": "2026-01-15"}
        scopes["settings"] = {
            name: float(value) if type(value) is int else value for name, value in form.settings.items()
        }
        try:
            placed.expression.strictly({**names, **scopes})
        except (TypeError, RuntimeError, KeyError, ValueError) as error:
            complaint = str(error).splitlines()[0][:80]
        else:
            return
    raise _fault(placed, source, f"types don't fit: {complaint}", "Numbers are doubles: write 100.0 in arithmetic")


def _sample(field: Field, number: int) -> Any:
    codes = [option.code for option in field.options] or ["1"]
    code = codes[number % len(codes)]
    match field.type:
        case FieldType.INTEGER | FieldType.DECIMAL:
            return float((field.minimum or 0) + number + 1)
        case FieldType.BOOL:
            return number % 2 == 0
        case FieldType.DATE:
            return {"day": "2020-02-29", "month": "2020-02", "any": "2020"}[field.precision]
        case FieldType.MULTI_CHOICE:
            return [code]
        case FieldType.TABLE:
            return [{column.id: _sample(column, number) for column in field.columns}]
        case _:
            return code


def _known_elsewhere(path: tuple[str, ...], forms: Mapping[str, Form]) -> bool:
    head, rest = path[0], path[1:]
    if head == "records":
        return len(rest) < 2 or rest[0] not in forms or forms[rest[0]].field(rest[1]) is not None
    if head in ("resident", "household") and rest and head in forms:
        return forms[head].field(rest[0]) is not None or rest[0] in _COMPUTED[head]
    if head == "station" and rest:
        return rest[0] in STATION
    return True


def _fault(placed: Placed, source: Source, text: str, cure: str) -> DefinitionFault:
    return DefinitionFault(source.file, source.lines.line(placed.path), f"{text} (in {placed.expression.source})", cure)
