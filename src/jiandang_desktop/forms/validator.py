"""The one validator: screens use it while somebody types, services when a form is filed, intake when it arrives."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.checking import applies, check, check_values, is_required
from jiandang_desktop.forms.computing import compute, offers, proposals, variables
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.findings import Finding, FormContext
from jiandang_desktop.forms.normalising import normalise
from jiandang_desktop.forms.settled import settled

__all__ = [
    "Finding",
    "FormContext",
    "applies",
    "check",
    "check_values",
    "compute",
    "is_required",
    "normalise",
    "offers",
    "proposals",
    "refuse",
    "require_valid",
    "settled",
    "variables",
]


def require_valid(
    form: Form, answers: Answers, context: FormContext, confirmed: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Cleaned, computed and sound answers.

    ANSWERS_INVALID where something must be corrected; ANSWERS_UNSURE where warnings aren't among ``confirmed``
    (``Finding.key``).
    """
    cleaned = compute(form, normalise(form, answers), context)
    refuse(check(form, cleaned, context), confirmed)
    return cleaned


def refuse(findings: tuple[Finding, ...], confirmed: frozenset[str] = frozenset()) -> None:
    """Nothing if there is nothing to correct or to confirm any more (ANSWERS_INVALID, ANSWERS_UNSURE)."""
    errors = tuple(finding for finding in findings if finding.severity is Severity.ERROR)
    if errors:
        raise Problem("ANSWERS_INVALID", findings=errors, **_counted(errors))
    unsure = tuple(finding for finding in findings if finding.key not in confirmed)
    if unsure:
        raise Problem("ANSWERS_UNSURE", findings=unsure, **_counted(unsure))


def _counted(findings: tuple[Finding, ...]) -> Mapping[str, object]:
    return {"count": len(findings), "first": findings[0].message}
