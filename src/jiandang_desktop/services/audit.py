"""Read the audit log (R1.5): who did what, when; ids and counts, never names."""

from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import AuditRow
from jiandang_desktop.services.desk import Desk


def rows(desk: Desk, *, after: int = 0, limit: int = 200) -> list[AuditRow]:
    """Entries with a number above ``after``, oldest first (NOT_ALLOWED)."""
    desk.require(Right.READ_AUDIT)
    with desk.vault.read() as reader:
        return reader.audit_rows(after=after, limit=limit)


def faults(desk: Desk) -> tuple[tuple[str, str], ...]:
    """What is wrong with the log's chain; empty when nothing is (NOT_ALLOWED)."""
    desk.require(Right.READ_AUDIT)
    return tuple(fault for fault in desk.vault.check().faults if fault[0].startswith("audit"))
