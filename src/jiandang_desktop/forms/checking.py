"""Check a whole form: every answer, what is missing, what must stay empty, tables, rules across fields, profiles."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.computing import row_variables, variables
from jiandang_desktop.forms.definition import Field, FieldType, Form, Required, Severity
from jiandang_desktop.forms.findings import Finding, FormContext
from jiandang_desktop.forms.functions import not_after
from jiandang_desktop.forms.value_checks import Fault, orphan_words, value_faults

_DEAD = "3"
"""Status of the record of somebody who died (codes/record_status)."""


def check(form: Form, answers: Answers, context: FormContext) -> tuple[Finding, ...]:
    """Everything to correct or to confirm, in paper order, rules last. Expects computed answers."""
    judge = _Check(form, answers, context)
    found = tuple(judge.run())
    return found + tuple(judge.dating(found))


def check_values(form: Form, answers: Answers) -> tuple[Finding, ...]:
    """Only what is wrong whatever the circumstances: unknown fields, types, codes, bounds, dates, characters."""
    bare = _Check(form, answers, FormContext(today=""))
    found = [*bare.unknown_keys(), *bare.nulls()]
    found += (finding for item in bare.form.fields() for finding in bare.values(item))
    return tuple(finding for finding in found if finding.severity is Severity.ERROR)


def applies(form: Form, item: Field, known: Mapping[str, Any]) -> bool:
    """Whether the question is asked; ``known`` are the form's variables. Unknown counts as asked."""
    column = known.get(form.column_field) if form.column_field else None
    if item.applies_to and column is not None and column not in item.applies_to:
        return False
    return item.applies_when is None or item.applies_when.value(known) is not False


def is_required(item: Field, known: Mapping[str, Any]) -> bool:
    """Whether an answer is demanded (where the question applies). Unknown doesn't demand."""
    if item.required is not Required.WHEN:
        return item.required is Required.YES
    return item.required_when is not None and item.required_when.value(known) is True


class _Check:
    def __init__(self, form: Form, answers: Answers, context: FormContext) -> None:
        self.form = form.of_answers(answers)
        self.answers = answers
        self._context = context

    @cached_property
    def known(self) -> Mapping[str, Any]:
        """Made when a condition asks for it: answers judged by themselves mostly don't."""
        return variables(self.form, self.answers, self._context)

    def run(self) -> Iterator[Finding]:
        yield from self.unknown_keys()
        profiled = self._profiled()
        for item in self.form.fields():
            yield from self._field(item, profiled)
        yield from self._rules()

    def unknown_keys(self) -> Iterator[Finding]:
        for key in self.answers:
            if not self._is_known(key):
                shown = key.encode("ascii", "replace").decode()[:60] if isinstance(key, str) else "?"
                yield self._finding(shown, Fault("unknown_field"), shown)

    def nulls(self) -> Iterator[Finding]:
        """Questions answered with nothing: what isn't answered isn't there."""
        for item in self.form.fields():
            if item.id in self.answers and self.answers[item.id] is None:
                yield self._finding(item.id, Fault(f"type_{item.type.value}"), item.label)

    def _is_known(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        if self.form.field(key) is not None:
            return True
        # The words behind an option stand under ``<field>.<code>``.
        item = self.form.field(key.rpartition(".")[0])
        return item is not None and key in item.word_keys()

    def values(self, item: Field) -> Iterator[Finding]:
        value = self.answers.get(item.id)
        faults = orphan_words(item, self.answers) if value is None else value_faults(item, value, self.answers)
        yield from (self._finding(item.id, fault, item.label) for fault in faults)
        if item.type is FieldType.TABLE and isinstance(value, list | tuple):
            yield from self._table(item, [row for row in value if isinstance(row, Mapping)])

    def _field(self, item: Field, profiled: Mapping[str, tuple[str, Severity]]) -> Iterator[Finding]:
        is_empty = item.id not in self.answers
        if not applies(self.form, item, self.known):
            if not is_empty:
                yield self._finding(item.id, Fault("not_applicable"), item.label)
            return
        if is_empty and is_required(item, self.known):
            yield self._finding(item.id, Fault("required_derived" if item.derived else "required"), item.label)
        elif is_empty and item.id in profiled:
            title, severity = profiled[item.id]
            yield self._finding(item.id, Fault("profile", {"profile": title}, severity), item.label)
        yield from self.values(item)

    def _table(self, table: Field, rows: list[Mapping[str, Any]]) -> Iterator[Finding]:
        fixed = {row.id for row in table.fixed_rows}
        seen: set[object] = set()
        for number, row in enumerate(rows):
            name = row.get("row")
            if (fixed or name is not None) and (name not in fixed or name in seen):
                yield self._finding(table.id, Fault("row_unknown"), table.label, number)
            seen.add(name)
            yield from self._row(table, row, number)
        yield from self._exclusive_rows(table, rows)

    def _row(self, table: Field, row: Mapping[str, Any], number: int) -> Iterator[Finding]:
        known = row_variables(table, row, self.known)
        texts = {
            column.text_key(option.code) for column in table.columns for option in column.options if option.has_text
        }
        allowed = {"row", *texts, *(column.id for column in table.columns)}
        if not set(row) <= allowed:
            yield self._finding(table.id, Fault("unknown_column"), table.label, number)
        for column in table.columns:
            place, value = f"{table.id}.{column.id}", row.get(column.id)
            if value is None:
                if is_required(column, known) and applies(self.form, column, known):
                    yield self._finding(place, Fault("required"), column.label, number)
                continue
            if not applies(self.form, column, known):
                yield self._finding(place, Fault("not_applicable"), column.label, number)
            for fault in value_faults(column, value, row):
                yield self._finding(place, fault, column.label, number)

    def _exclusive_rows(self, table: Field, rows: list[Mapping[str, Any]]) -> Iterator[Finding]:
        """A row that says 无 stands alone."""
        for column in table.columns:
            for option in column.options:
                if option.exclusive and len(rows) > 1 and any(row.get(column.id) == option.code for row in rows):
                    place = f"{table.id}.{column.id}"
                    yield self._finding(place, Fault("exclusive", {"option": option.label}), column.label)

    def _rules(self) -> Iterator[Finding]:
        for rule in self.form.rules:
            if rule.check.value(self.known) is False:
                yield Finding(rule.fields[0], rule.severity, rule.message, rule.id)

    def dating(self, found: Collection[Finding]) -> Iterator[Finding]:
        """Whether the day of the visit can be right: what every form asks of its date, if no own rule said it."""
        item = self.form.field(self.form.date_field)
        told = {finding.severity for finding in found if item is not None and finding.field_id == item.id}
        if item is None or Severity.ERROR in told:
            return
        fault = self._fault_of_day(item, self.answers.get(item.id))
        if fault is not None and (fault.severity is Severity.ERROR or not told):
            yield self._finding(item.id, fault, item.label)

    def _fault_of_day(self, item: Field, day: Any) -> Fault | None:
        resident = self._context.resident
        born, died = resident.get("birth_date"), resident.get("status_date")
        before = self._context.previous.get(item.id)
        if self._context.today and not_after(day, self._context.today) is False:
            return Fault("date_future")
        if not_after(born, day) is False:
            return Fault("date_before_birth", {"birth": born})
        if resident.get("status") == _DEAD and not_after(day, died) is False:
            return Fault("date_after_death", {"death": died}, Severity.WARN)
        if not_after(before, day) is False:
            return Fault("date_order", {"before": before}, Severity.WARN)
        return None

    def _profiled(self) -> dict[str, tuple[str, Severity]]:
        found: dict[str, tuple[str, Severity]] = {}
        for profile in self.form.profiles:
            if profile.applies_when is None or profile.applies_when.value(self.known) is True:
                for name in profile.fields:
                    found.setdefault(name, (profile.title, profile.severity))
        return found

    def _finding(self, field_id: str, fault: Fault, label: str, row: int | None = None) -> Finding:
        message = self.form.words.say(fault.word, label=label, **fault.values)
        return Finding(field_id, fault.severity, message, fault.word, row, fault.malformed)
