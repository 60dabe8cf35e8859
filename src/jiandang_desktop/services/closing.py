"""What filing the form ``record_closure`` does to the registry: it ends the record in the same unit of work (R2.7).

The reason on the form decides the state of the record (codes/closing_reasons, D39), so the two can't disagree. Nothing
is erased, and reopening is an entry of its own (services.life_events).
"""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.ports.vault import ResidentRow, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_resident
from jiandang_desktop.services.registry import revise_registry

CLOSURE = FormId("record_closure")
DEAD = "3"
"""Status of somebody who died (codes/record_status)."""

OTHER = "9"
"""Status of a record that ended otherwise; the registry keeps its words with it."""

_TOLD_IN = ("death_cause", "destination_address", "lost_reason")
"""The form's questions that say why; only the one of the reason is answered."""


def close_by(
    desk: Desk, work: UnitOfWork, resident_id: SubjectId, closure: Mapping[str, Any], before: Mapping[str, Any] | None
) -> None:
    """Set the registry's state from a closure that is being filed; ``before`` are its answers where it is corrected.

    A correction of a closure that was overtaken meanwhile (the person came back) changes nothing of the registry.
    Problems: NO_SUCH_RESIDENT, ALREADY_CLOSED, KEPT_ELSEWHERE.
    """
    row = known_resident(work, resident_id)
    now = _state(desk, closure)
    if before is None:
        refuse_second_end(desk, row, now[0])
    elif (row.status, str(row.answers.get("status_date", ""))) != _state(desk, before):
        return
    words = _words(desk, closure)
    changes = {"status": now[0], "status_reason": words, "status_date": now[1]}
    revise_registry(desk, work, resident_id, {**changes, f"status.{OTHER}": words if now[0] == OTHER else None})


def refuse_second_end(desk: Desk, row: ResidentRow, status: str | None) -> None:
    """Nobody ends twice the same way, and nothing comes after death (ALREADY_CLOSED)."""
    if row.status in (DEAD, status):
        label = desk.bench.tables["record_status"].label(row.status)
        raise Problem("ALREADY_CLOSED", status=label, day=row.answers.get("status_date", ""))


def _state(desk: Desk, closure: Mapping[str, Any]) -> tuple[str, str]:
    """Status and day that a closure leads to."""
    status = desk.bench.tables["closing_reasons"].mapped(str(closure["closure_reason"]), "record_status")
    return str(status), str(closure["closure_date"])


def _words(desk: Desk, closure: Mapping[str, Any]) -> str:
    """Why, in the words of the form, else the reason's name."""
    code = str(closure["closure_reason"])
    told = (closure.get(key) for key in (*_TOLD_IN, f"closure_reason.{code}"))
    return next((str(words)[:200] for words in told if words), desk.bench.tables["closing_reasons"].label(code))
