"""Fill in what the program knows or can work out: derived fields, computed fields, offers and proposals."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Field, FieldType, Form
from jiandang_desktop.forms.findings import FormContext
from jiandang_desktop.forms.functions import round_half_up

_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL})


def variables(form: Form, answers: Answers, context: FormContext) -> dict[str, Any]:
    """What expressions of the form may name. Answers of a wrong type count as empty."""
    known = {item.id: answers[item.id] for item in form.fields() if fits(item, answers.get(item.id))}
    for item in form.fields():
        if item.columns and item.id in known:
            known[item.id] = [_padded(item, row) for row in known[item.id]]
    whole = {**{key: answers[key] for key in answers if "." in key}, **known}
    return {
        **known,
        "this": whole,
        "form": whole,
        "scores": _scores(form, known),
        "resident": context.resident,
        "household": context.household,
        "station": context.station,
        "previous": context.before(answers.get(form.date_field)),
        "records": context.records,
        "programmes": context.programmes,
        "settings": {**form.settings, **context.settings},
        "today": context.today,
    }


def row_variables(table: Field, row: Mapping[str, Any], around: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions of a table column may name: the row's cells bare, the form's answers as ``form.<field>``."""
    cells = {column.id: row[column.id] for column in table.columns if fits(column, row.get(column.id))}
    scopes = ("form", "resident", "household", "station", "previous", "records", "programmes", "settings", "today")
    return {**{name: around[name] for name in scopes}, **cells, "this": cells}


def compute(form: Form, answers: Answers, context: FormContext) -> dict[str, Any]:
    """The answers with derived and computed values filled in.

    A derived field always takes the program's value and is empty where there is none. A computed field takes its
    value as soon as the answers it reads are there; until then what was typed stays.
    """
    found = dict(answers)
    for item in form.fields():
        if item.derived and item.source:
            _take(found, item, sourced(item, context), _source_root(item, context))
    for table in form.fields():
        if any(column.computed for column in table.columns) and isinstance(found.get(table.id), list):
            around = variables(form, found, context)
            found[table.id] = [_computed_row(table, row, around) for row in found[table.id]]
    order = [item for item in map(form.field, form.computing) if item is not None]
    for item in order:
        known = variables(form, found, context)
        value = _fitted(item, item.computed.value(known) if item.computed else None)
        if value is not None or item.derived:
            _take(found, item, value, {})
    _fill_texts(form, found, context)
    return found


def _computed_row(table: Field, row: Any, around: Mapping[str, Any]) -> Any:
    """A row with its computed cells, in the order of the columns."""
    if not isinstance(row, Mapping):
        return row
    found = dict(row)
    for column in table.columns:
        if column.computed is not None:
            value = _fitted(column, column.computed.value(row_variables(table, found, around)))
            if value is not None:
                found[column.id] = value
    return found


def offers(form: Form, context: FormContext) -> dict[str, Any]:
    """Last values and known values that may be taken over by a key press; never taken over by themselves."""
    found: dict[str, Any] = {}
    for item in form.fields():
        value = None if item.derived else sourced(item, context)
        if value is not None:
            found[item.id] = value
    known = proposals(form, {}, context)
    return {**known, **found}


def proposals(form: Form, answers: Answers, context: FormContext) -> dict[str, Any]:
    """What the program proposes from what is answered so far (class, next date …), for a person to take or leave."""
    known = variables(form, answers, context)
    found: dict[str, Any] = {}
    for item in form.fields():
        value = _fitted(item, item.proposed.value(known) if item.proposed else None)
        if value is None:
            continue
        found[item.id] = value
        for option in item.options:
            words = option.text_proposed.value(known) if option.text_proposed else None
            if isinstance(words, str) and words and chosen(value, option.code):
                found[item.text_key(option.code)] = words
    return found


def sourced(item: Field, context: FormContext) -> Any:
    """The value that a field's ``source`` names, None if there is none or it doesn't fit the field."""
    if item.source == "today":
        return context.today
    name = item.source.partition(".")[2]
    return _fitted(item, _source_root(item, context).get(name)) if name else None


def chosen(value: object, code: str) -> bool:
    """Whether an answer to a choice holds this option."""
    return code in value if isinstance(value, list | tuple) else value == code


def fits(item: Field, value: object) -> bool:
    """Whether a value has the field's type."""
    match item.type:
        case FieldType.INTEGER:
            return type(value) is int
        case FieldType.DECIMAL:
            return type(value) in (int, float)
        case FieldType.BOOL:
            return isinstance(value, bool)
        case FieldType.MULTI_CHOICE:
            return isinstance(value, list | tuple) and all(isinstance(code, str) for code in value)
        case FieldType.TABLE:
            return isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value)
        case _:
            return isinstance(value, str)


def _source_root(item: Field, context: FormContext) -> Mapping[str, Any]:
    head = item.source.partition(".")[0]
    scopes: dict[str, Mapping[str, Any]] = {
        "resident": context.resident,
        "household": context.household,
        "station": context.station,
        "previous": context.previous,
    }
    return scopes[head] if head in scopes else context.records.get(head, {})


def _take(found: dict[str, Any], item: Field, value: Any, root: Mapping[str, Any]) -> None:
    """Put a value in place of whatever was there, with the words that belong to its options."""
    found.pop(item.id, None)
    for option in item.options:
        if option.has_text and not option.text_field and (root or item.derived):
            found.pop(item.text_key(option.code), None)
            words = root.get(f"{item.source.partition('.')[2]}.{option.code}")
            if isinstance(words, str) and chosen(value, option.code):
                found[item.text_key(option.code)] = words
    if value is not None:
        found[item.id] = value


def _fill_texts(form: Form, found: dict[str, Any], context: FormContext) -> None:
    known: dict[str, Any] | None = None
    for item in form.fields():
        for option in item.options:
            if option.text_computed and chosen(found.get(item.id), option.code):
                known = known or variables(form, found, context)
                words = option.text_computed.value(known)
                if isinstance(words, str) and words:
                    found[item.text_key(option.code)] = words


def _fitted(item: Field, value: Any) -> Any:
    """A worked-out value as an answer of the field; None where it doesn't fit or is empty."""
    if value is None or value in ("", []):
        return None
    if item.type in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        rounded = round_half_up(value, item.decimals if item.type is FieldType.DECIMAL else 0)
        whole = item.type is FieldType.INTEGER and rounded is not None
        return int(rounded) if whole and rounded is not None else rounded
    if not fits(item, value):
        return None
    if item.options:
        codes = [value] if isinstance(value, str) else value
        return value if all(item.option(code) for code in codes) else None
    return value


def _padded(table: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in which every column is there: an empty cell is null, so that one empty cell doesn't hide the others."""
    cells = {column.id: row[column.id] if fits(column, row.get(column.id)) else None for column in table.columns}
    return {"row": row.get("row"), **cells}


def _scores(form: Form, known: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for item in form.fields():
        value = known.get(item.id)
        option = item.option(value) if isinstance(value, str) and item.options else None
        if option is not None and option.score is not None:
            found[item.id] = float(option.score)
    return found
