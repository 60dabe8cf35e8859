"""What needn't be asked again when a record is corrected: doubts about what the correction leaves as it was."""

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.checking import check
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.expressions import CelExpression
from jiandang_desktop.forms.findings import FormContext


def settled(form: Form, before: Answers, now: Answers, context: FormContext) -> frozenset[str]:
    """The keys of warnings that a filed record's answers raise and whose answers are the same ``now``.

    Whoever filed the record confirmed them.
    """
    changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    looked_at = {
        rule.id: rule.check.fields.union(rule.fields)
        for rule in form.of_answers(before).rules
        if isinstance(rule.check, CelExpression)
    }
    return frozenset(
        finding.key
        for finding in check(form, before, context)
        if finding.severity is Severity.WARN
        and changed.isdisjoint(looked_at.get(finding.rule_id, {finding.field_id.partition(".")[0]}))
    )
