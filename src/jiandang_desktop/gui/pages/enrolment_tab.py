"""Enrolment on the 管理 page: ask, read, compare, take; and the stations that are known with their keys."""

from PySide6.QtWidgets import QWidget

from jiandang_desktop.gui.enrolment import ReadPanel, RequestPanel
from jiandang_desktop.gui.keys_panel import KeysPanel
from jiandang_desktop.gui.kit import Card, SectionTitle, quiet_label, scrolled
from jiandang_desktop.gui.session import Session

_MANY = 320
"""Pixels of a list of several stations."""


class EnrolmentTab(QWidget):
    """A village asks and reads the answer; a township reads requests; one in between does both."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enrolment_tab")
        self._session = session
        level = session.desk.station.level if session.desk is not None else "village"
        layout = scrolled(self)
        self.keys = KeysPanel(session)
        if level != "village":
            self.request_reader = ReadPanel(session, "request")
            layout.addWidget(_card(self.request_reader))
            # Many stations: they come before what is done once.
            self.keys.table.setMinimumHeight(_MANY)
            layout.addWidget(self.keys, 1)
        if level != "banner":
            self.request = RequestPanel(session)
            self.answer_reader = ReadPanel(session, "answer")
            title = SectionTitle(session.text("enrolment.compare_title"))
            layout.addWidget(_card(title, quiet_label(session.text("enrolment.how")), self.request))
            layout.addWidget(_card(self.answer_reader))
        if level == "village":
            layout.addWidget(self.keys, 1)
        session.tasks.changed.connect(self._something_changed)

    def refresh(self) -> None:
        """Read the stations and their keys again."""
        self.keys.refresh()

    def _something_changed(self, _changes: object) -> None:
        if self.isVisible():
            self.refresh()


def _card(*items: QWidget) -> Card:
    card = Card()
    for item in items:
        card.body.addWidget(item)
    return card
