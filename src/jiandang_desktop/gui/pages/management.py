"""管理: people, enrolment, local forms, the vault, what is filed about the station itself; each a tab."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.kit import Page
from jiandang_desktop.gui.pages.enrolment_tab import EnrolmentTab
from jiandang_desktop.gui.pages.handover_tab import HandoverTab
from jiandang_desktop.gui.pages.local_forms_tab import LocalFormsTab
from jiandang_desktop.gui.pages.staff_tab import StaffTab
from jiandang_desktop.gui.pages.station_tab import StationTab
from jiandang_desktop.gui.pages.vault_tab import VaultTab
from jiandang_desktop.gui.session import Session


class ManagementPage(Page):
    """The tabs that the signed-in person may use; services decide all the same.

    ``entry_wanted(form, station, record)``, ``print_wanted(form, station, record)``; ``list_wanted``: the handover's;
    ``attendance_wanted(record)``: who came to an activity.
    """

    entry_wanted = Signal(str, str, object)
    print_wanted = Signal(str, str, object)
    list_wanted = Signal()
    attendance_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("management", session.text("management.title"), parent)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("management_tabs")
        self.tabs.setDocumentMode(True)
        desk = session.desk
        self.staff = StaffTab(session)
        self.enrolment = EnrolmentTab(session)
        self.handover = HandoverTab(session)
        self.local_forms = LocalFormsTab(session)
        self.vault = VaultTab(session)
        self.tabs.addTab(self.staff, session.text("management.staff"))
        if desk is not None and desk.may(Right.MANAGE_KEYS):
            self.tabs.addTab(self.enrolment, session.text("management.enrolment"))
        if desk is not None and desk.may(Right.MANAGE_STAFF):
            self.tabs.addTab(self.local_forms, session.text("management.local_forms"))
        self.tabs.addTab(self.vault, session.text("management.vault"))
        if desk is not None and desk.may(Right.MANAGE_KEYS):
            self.tabs.addTab(self.handover, session.text("management.handover"))
        self.handover.list_wanted.connect(self.list_wanted)
        self.station = StationTab(session)
        self.station.entry_wanted.connect(self.entry_wanted)
        self.station.print_wanted.connect(self.print_wanted)
        self.station.attendance_wanted.connect(self.attendance_wanted)
        self.station.told.connect(self.message.say)
        if desk is not None and desk.may(Right.READ_RECORDS):
            self.tabs.addTab(self.station, session.text("management.activities"))
        self.tabs.currentChanged.connect(self._shown)
        self.body.addWidget(self.tabs, 1)
        self.setFocusProxy(self.tabs.tabBar())

    def refresh(self) -> None:
        """Read again what the shown tab shows."""
        self._shown(self.tabs.currentIndex())

    def _shown(self, _place: int) -> None:
        tab = self.tabs.currentWidget()
        if isinstance(tab, StaffTab | EnrolmentTab | HandoverTab | LocalFormsTab | StationTab):
            tab.refresh()
