"""Which form does what a line of the worklist asks for, and what is known on it from the start."""

from dataclasses import dataclass

from jiandang_desktop.domain.records import Answers, FormId, RecordId
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.programmes.person import ATTEMPT, MEMBERSHIP
from jiandang_desktop.services.due import DueLine, DutyLine

ANSWER = "answer"
"""The duty to answer a slip, in every programme that waits for one."""
_ENROL, _REFUSE = "1", "2"
"""Codes of the decision about a programme."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A form to open: a new sheet with what is known of it (``start``), or the record that waits for an answer."""

    form_id: FormId
    record_id: RecordId | None
    start: Answers


def doing(forms: FormCatalog, line: DueLine | DutyLine, today: str) -> Opening:
    """The form that does what a line of the worklist, or of one resident's duties, asks for.

    A proposal opens the decision to take the person in; an answer that is waited for opens the record that waits.
    """
    if isinstance(line, DueLine) and line.proposal:
        return _decision(line, _ENROL, today)
    if line.id == ANSWER:
        return Opening(line.form_id, line.called_by, {})
    form = forms.current(line.form_id)
    return Opening(line.form_id, None, {form.column_field: line.column} if line.column else {})


def refusing(line: DueLine, today: str) -> Opening:
    """The decision not to take somebody into a programme, or not to screen this year."""
    return _decision(line, _REFUSE, today)


def trying(line: DueLine, today: str) -> Opening:
    """The note that somebody was tried for and not reached."""
    return Opening(ATTEMPT, None, {"attempt_date": today, "for_programmes": [line.programme]})


def _decision(line: DueLine, decision: str, today: str) -> Opening:
    start = {"programme": line.programme, "decision": decision, "decision_date": today}
    return Opening(MEMBERSHIP, None, start)
