"""From anywhere in the window to the preview of what goes on paper."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.gui.pages.printing import PrintingPage
from jiandang_desktop.printing import Page as PaperPage
from jiandang_desktop.services import activities, handover_list, round_list, shelves
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import DueFilter


class ToPaper(QObject):
    """``show_page`` brings the page 打印 to the front and gives it."""

    def __init__(self, show_page: Callable[[], PrintingPage], parent: QObject) -> None:
        super().__init__(parent)
        self._show_page = show_page

    def folder(self, household_id: str) -> None:
        """A household's folder."""
        self._show_page().show_folder(SubjectId(household_id))

    def card(self, resident_id: str) -> None:
        """Somebody's information card."""
        self._show_page().show_card(SubjectId(resident_id))

    def record(self, form_id: str, subject_id: str, record_id: RecordId | None) -> None:
        """One form."""
        self._show_page().show_record(form_id, SubjectId(subject_id), record_id)

    def transfer_list(self) -> None:
        """The list that goes with the newest submission."""
        self._show_page().show_transfer_list("")

    def shelf_list(self) -> None:
        """The list of the bags."""
        self._list("shelves", shelves.pages)

    def round_list(self, where: DueFilter) -> None:
        """The round list of what the worklist shows."""
        self._list("round", lambda desk: round_list.pages(desk, where=where))

    def handover_list(self) -> None:
        """The list of a handover for both signatures."""
        self._list("handover", handover_list.pages)

    def attendance(self, record_id: RecordId) -> None:
        """Who came to an activity."""
        self._list("attendance", lambda desk: activities.attendance_pages(desk, record_id))

    def _list(self, what: str, pages: Callable[[Desk], Sequence[PaperPage]]) -> None:
        self._show_page().show_list(what, pages)
