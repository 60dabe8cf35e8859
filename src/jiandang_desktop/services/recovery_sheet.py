"""The recovery sheet: printed once at set-up, kept in a locked drawer, never stored (R1.1)."""

from jiandang_desktop import printing
from jiandang_desktop.printing import Page
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.stations import recovery_groups


def recovery_pages(desk: Desk, recovery_code: str) -> list[Page]:
    """The sheet's page."""
    return printing.layout_recovery_sheet(
        station_name=desk.station.name,
        person=desk.staff.name,
        groups=recovery_groups(recovery_code),
        made_at=desk.now_label(),
        fonts=desk.bench.paper,
    )


def recovery_pdf(desk: Desk, recovery_code: str) -> bytes:
    """The sheet as a PDF."""
    title = desk.bench.text("paper", "recovery.title")
    return printing.write_pdf(recovery_pages(desk, recovery_code), desk.bench.paper, title)
