"""Look after the vault: full check, rebuilding the projections, folding the log when quiet."""

from jiandang_desktop.ports.vault import CheckReport
from jiandang_desktop.services.desk import Desk


def check(desk: Desk) -> CheckReport:
    """Read everything and compare (everybody may; nothing of a resident is shown)."""
    report = desk.vault.check()
    desk.vault.log("vault_check", faults=len(report.faults))
    return report


def rebuild(desk: Desk) -> CheckReport:
    """Make the projections again from the revisions, then check (VAULT_READ_ONLY)."""
    desk.vault.rebuild()
    desk.vault.log("vault_rebuild")
    return desk.vault.check()


def quiet(desk: Desk) -> None:
    """Fold the write-ahead log into the database; called when nobody types."""
    desk.vault.checkpoint()
