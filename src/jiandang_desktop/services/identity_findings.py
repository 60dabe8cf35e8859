"""What an identity number says against the answers typed beside it (R2.3): shown, never overwritten."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.domain.identity import IdentityReading
from jiandang_desktop.forms.definition import Severity
from jiandang_desktop.forms.validator import Finding
from jiandang_desktop.services.workbench import Workbench


def identity_findings(bench: Workbench, reading: IdentityReading, answers: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Findings at ``id_no``, ``sex`` and ``birth_date``; decisions D27 and D34 say which may be confirmed."""
    as_printed = bool(answers.get("id_confirmed_as_printed"))
    found = [
        Finding(
            "id_no",
            Severity.WARN if as_printed and item.confirmable else Severity(item.severity),
            item.message,
            item.code,
        )
        for item in reading.findings
    ]
    for field, value in (("sex", reading.sex), ("birth_date", reading.birth_date)):
        typed = answers.get(field)
        if value and typed and typed != value:
            message = bench.text("registry", f"contradiction.{field}", number=value, typed=typed)
            found.append(Finding(field, Severity.WARN, message, f"id_contradicts_{field}"))
    return tuple(found)
