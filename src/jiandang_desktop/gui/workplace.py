"""What a signed-in person works in: rail, top bar, pages, bottom strip, and the keys that lead between them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.records import Answers, RecordId, SubjectId
from jiandang_desktop.gui.after_filing import AfterFiling
from jiandang_desktop.gui.card_scanner import scanner_for
from jiandang_desktop.gui.clock_notice import ClockNotice
from jiandang_desktop.gui.forms.form_page import FormPage
from jiandang_desktop.gui.kit import Dialog, Page, StatusStrip, Tone, row
from jiandang_desktop.gui.pages.decisions import DecisionsPage
from jiandang_desktop.gui.pages.intake import IntakePage
from jiandang_desktop.gui.pages.management import ManagementPage
from jiandang_desktop.gui.pages.printing import PrintingPage
from jiandang_desktop.gui.pages.referrals import ReferralsPage
from jiandang_desktop.gui.pages.registry_page import RegistryPage
from jiandang_desktop.gui.pages.resident import ResidentPage
from jiandang_desktop.gui.pages.residents import ResidentsPage
from jiandang_desktop.gui.pages.shelves import ShelvesPage
from jiandang_desktop.gui.pages.submission import SubmissionPage
from jiandang_desktop.gui.pages.worklist import RETURNED, WorklistPage
from jiandang_desktop.gui.rail import Rail
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Lane
from jiandang_desktop.gui.theme import LARGE, SMALL
from jiandang_desktop.gui.to_paper import ToPaper
from jiandang_desktop.gui.top_bar import TopBar
from jiandang_desktop.ports.medium import DriveState
from jiandang_desktop.services import schedule, submission
from jiandang_desktop.services.cards import CARD_QUESTION, CARD_SHOWN
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.exchange_words import outlook_words
from jiandang_desktop.services.records import Filed
from jiandang_desktop.services.registry import REGISTRY_FORMS
from jiandang_desktop.services.schedule import Outlook
from jiandang_desktop.services.submission import Pending

VILLAGE = ("worklist", "residents", "submission", "printing", "management")
ABOVE = ("intake", "decisions", "residents", "worklist", "referrals", "shelves", "printing", "management")
"""Pages in the rail."""
_ABOVE_TITLES = {"residents": "archive", "worklist": "due"}
"""What a township calls pages that villages have too: its archive, what is due in its villages."""
_RETURNING = ("worklist", "referrals")
"""Lists to which a form that was opened from them leads back."""
_NOTHING: Answers = {}


class Workplace(QWidget):
    """Pages are made when first shown. ``lock_wanted`` with the lock's button or Ctrl+L."""

    lock_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workplace")
        self._session = session
        desk = session.desk
        if desk is None:
            raise ValueError("the workplace needs somebody signed in")
        self.village = desk.station.level == "village"
        self._names = VILLAGE if self.village else ABOVE
        self._pages: dict[str, QWidget] = {}
        self._came_from = self._names[0]
        self._paper_from = ""
        """The page that asked for what is shown on the page for paper."""
        self._by_card = ""
        """Whose folder was opened by the card, so that the visit needn't ask whether it was shown."""
        self._back_to = ""
        """The list that the open form was opened from, to which one comes back; '' leads to the folder."""
        self.to_paper = ToPaper(self._printing, self)
        self._after = AfterFiling(session, self.open_form, self.to_paper.record, self)
        self._build(desk)
        self._add_keys()
        scanner_for(self).scanned.connect(self._scanned)
        session.tasks.changed.connect(self._changed)
        session.tasks.busy_changed.connect(self._busy)
        session.sticks.changed.connect(self._say_stick)
        self.show_page(self._names[0])
        self._refresh_strip()
        self._say_stick()
        session.sticks.watch()
        # Form definitions are read before the first folder is opened, so that opening it doesn't wait for them.
        session.tasks.run(self, lambda _progress: session.forms.all(), lane=Lane.COMPUTING)

    def _build(self, desk: Desk) -> None:
        say = self._session.text
        titles = tuple((name, say(f"rail.{self._title_key(name)}")) for name in self._names)
        foot = say("rail.foot", station=desk.station.name, person=desk.staff.name)
        if self._session.made_up:
            foot += "\n" + say("rail.made_up")
        self.rail = Rail(say("rail.title"), titles, foot)
        self.top = TopBar(self._session)
        self.clock = ClockNotice(self._session)
        self.stack = QStackedWidget()
        self.strip = StatusStrip(("vault", "pending", "stick", "keys"))
        right = QVBoxLayout()
        right.setSpacing(0)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.top)
        notice = row(self.clock)
        notice.setContentsMargins(LARGE, SMALL, LARGE, 0)
        right.addLayout(notice)
        right.addWidget(self.stack, 1)
        right.addWidget(self.strip)
        layout = QHBoxLayout(self)
        layout.setSpacing(0)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.rail)
        layout.addLayout(right, 1)
        self.rail.page_chosen.connect(self._rail_chosen)
        self.top.resident_chosen.connect(self.open_resident)
        self.top.card_shown.connect(self.open_by_card)
        self.top.lock_wanted.connect(self.lock_wanted)

    def _title_key(self, name: str) -> str:
        return name if self.village else _ABOVE_TITLES.get(name, name)

    def _add_keys(self) -> None:
        keys = (
            (QKeySequence(Qt.Key.Key_F3), self.top.enter),
            (QKeySequence(Qt.Key.Key_F5), self._show_first),
            (QKeySequence(Qt.Key.Key_F6), self.new_household),
            (QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_L), self.lock_wanted.emit),
        )
        for key, slot in keys:
            QShortcut(key, self).activated.connect(slot)

    # Pages

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Into the page that is shown, so that its keys work at once."""
        (self.stack.currentWidget() or self.rail).setFocus(reason)

    def show_page(self, name: str) -> None:
        """Show one of the rail's pages."""
        page = self.page(name)
        self.top.popup.hide()
        self.keep_drafts()
        self.rail.show_chosen(name)
        self._came_from = name if name in self._names else self._came_from
        self.stack.setCurrentWidget(page)
        refresh = getattr(page, "refresh", None)
        if refresh is not None:
            refresh()
        page.setFocus()

    def page(self, name: str) -> QWidget:
        """A page by its name, made when first asked for."""
        if name not in self._pages:
            page = self._make(name)
            self._pages[name] = page
            self.stack.addWidget(page)
        return self._pages[name]

    def _make(self, name: str) -> QWidget:
        maker = getattr(self, f"_make_{name}")
        page: QWidget = maker()
        return page

    def _make_worklist(self) -> QWidget:
        page = WorklistPage(self._session)
        page.entry_wanted.connect(self.open_form)
        page.resident_wanted.connect(self.open_resident)
        page.page_wanted.connect(self.show_page)
        page.list_wanted.connect(self.to_paper.round_list)
        return page

    def _make_residents(self) -> QWidget:
        page = ResidentsPage(self._session, self._title_key("residents"))
        page.resident_wanted.connect(self.open_resident)
        page.new_household_wanted.connect(self.new_household)
        page.intake_wanted.connect(lambda: self.show_page("intake"))
        page.new_member_wanted.connect(self.new_member)
        page.edit_household_wanted.connect(self.edit_household)
        page.folder_wanted.connect(self.to_paper.folder)
        page.form_wanted.connect(self.open_form)
        return page

    def _make_submission(self) -> QWidget:
        page = SubmissionPage(self._session)
        page.list_wanted.connect(self.to_paper.transfer_list)
        page.page_wanted.connect(self.show_page)
        page.returned_wanted.connect(self._show_returned)
        return page

    def _make_printing(self) -> QWidget:
        page = PrintingPage(self._session)
        page.left.connect(self._left_paper)
        return page

    def _make_intake(self) -> QWidget:
        page = IntakePage(self._session)
        page.page_wanted.connect(self.show_page)
        return page

    def _make_shelves(self) -> QWidget:
        page = ShelvesPage(self._session)
        page.list_wanted.connect(self.to_paper.shelf_list)
        return page

    def _make_referrals(self) -> QWidget:
        page = ReferralsPage(self._session)
        page.left.connect(self.go_back)
        page.entry_wanted.connect(self.open_form)
        page.print_wanted.connect(self.to_paper.record)
        page.resident_wanted.connect(self.open_resident)
        return page

    def _make_decisions(self) -> QWidget:
        page = DecisionsPage(self._session)
        page.resident_wanted.connect(self.open_resident)
        return page

    def _make_management(self) -> QWidget:
        page = ManagementPage(self._session)
        page.entry_wanted.connect(self.open_form)
        page.print_wanted.connect(self.to_paper.record)
        page.list_wanted.connect(self.to_paper.handover_list)
        page.attendance_wanted.connect(self.to_paper.attendance)
        return page

    def _make_resident(self) -> QWidget:
        page = ResidentPage(self._session)
        page.card_wanted.connect(self.to_paper.card)
        page.entry_wanted.connect(self.open_form)
        page.print_wanted.connect(self.to_paper.record)
        page.folder_wanted.connect(self.to_paper.folder)
        page.edit_wanted.connect(self.edit_resident)
        page.refer_wanted.connect(self._after.begin_referral)
        page.resident_wanted.connect(self.open_resident)
        page.sheet_wanted.connect(lambda form, subject, start: self.open_form(form, subject, None, start))
        page.child_wanted.connect(self.new_child)
        page.left.connect(self.go_back)
        return page

    def _make_form(self) -> QWidget:
        page = FormPage(self._session)
        page.filed.connect(self._filed)
        page.left.connect(self._left_form)
        page.print_wanted.connect(self.to_paper.record)
        return page

    def _make_registry(self) -> QWidget:
        page = RegistryPage(self._session)
        page.left.connect(self._left_registry)
        return page

    # Ways between them

    def go_back(self) -> None:
        """To the page of the rail one came from."""
        self.show_page(self._came_from)

    def open_by_card(self, resident_id: str) -> None:
        """Open the folder of whoever showed a card."""
        self.open_resident(resident_id)
        self._by_card = resident_id

    def _scanned(self, token: str) -> None:
        asking = QApplication.activeModalWidget()
        if asking is not None:  # a question is open, which has to be answered first
            QApplication.beep()
            if isinstance(asking, Dialog):
                asking.message.say(self._session.text("top.answer_first"), Tone.DUE)
            return
        self.top.scan(token)

    def open_resident(self, resident_id: str) -> None:
        """Open a folder."""
        self._by_card = resident_id if resident_id == self._by_card else ""
        page = self.page("resident")
        self.show_page("resident")
        if isinstance(page, ResidentPage):
            page.show_resident(SubjectId(resident_id))

    def open_form(
        self,
        form_id: str,
        subject_id: str,
        record_id: RecordId | None,
        start: Answers = _NOTHING,
        at: str = "",
    ) -> None:
        """Open a form of somebody, at question ``at``, a new sheet with the answers of ``start``.

        A registration that was begun goes on where it was.
        """
        if form_id in REGISTRY_FORMS:
            registry_page = self._registry()
            if registry_page is not None:
                registry_page.open_draft(form_id, SubjectId(subject_id), record_id)
            return
        page = self.page("form")
        shown = self.stack.currentWidget()
        self._back_to = next((name for name in _RETURNING if self._pages.get(name) is shown), "")
        self.show_page("form")
        if isinstance(page, FormPage):
            start = {**self._known(form_id, subject_id), **start}
            page.open(form_id, SubjectId(subject_id), record_id, start, at=at)

    def _known(self, form_id: str, subject_id: str) -> dict[str, str]:
        """What a new sheet needn't ask."""
        shown = subject_id == self._by_card and self._session.forms.current(form_id).field(CARD_QUESTION) is not None
        return {CARD_QUESTION: CARD_SHOWN} if shown else {}

    def new_household(self) -> None:
        """F6."""
        registry_page = self._registry()
        if registry_page is not None:
            registry_page.new_household()

    def new_member(self, household_id: str) -> None:
        """Add somebody to a household."""
        registry_page = self._registry()
        if registry_page is not None:
            registry_page.new_resident(SubjectId(household_id))

    def new_child(self, mother_id: str) -> None:
        """Register a woman's newborn."""
        registry_page = self._registry()
        if registry_page is not None:
            registry_page.new_child(SubjectId(mother_id))

    def edit_household(self, household_id: str) -> None:
        """Change a household's data."""
        registry_page = self._registry()
        if registry_page is not None:
            registry_page.edit_household(SubjectId(household_id))

    def edit_resident(self, resident_id: str) -> None:
        """Change a resident's registry data."""
        registry_page = self._registry()
        if registry_page is not None:
            registry_page.edit_resident(SubjectId(resident_id))

    def _show_returned(self) -> None:
        page = self.page("worklist")
        if isinstance(page, WorklistPage):
            page.choose_band(RETURNED)
        self.show_page("worklist")

    def _rail_chosen(self, name: str) -> None:
        page = self.page(name)
        if isinstance(page, PrintingPage):
            self._paper_from = ""
            page.choose_here()
            page.offer_way_back(False)
        self.show_page(name)

    def _printing(self) -> PrintingPage:
        """The page for paper, from which one comes back to where one is now."""
        page = self.page("printing")
        shown = self.stack.currentWidget()
        if shown is not page:
            self._paper_from = next((name for name, each in self._pages.items() if each is shown), "")
        came_from = self._came_from
        self.show_page("printing")
        self._came_from = came_from
        if not isinstance(page, PrintingPage):
            raise TypeError("printing is a page of its own")
        page.offer_way_back(bool(self._paper_from))
        return page

    def keep_drafts(self) -> None:
        """Save what is typed as a draft before anything else is shown."""
        page = self.stack.currentWidget()
        if isinstance(page, FormPage | RegistryPage):
            page.keep_draft()

    def _registry(self) -> RegistryPage | None:
        page = self.page("registry")
        self.show_page("registry")
        return page if isinstance(page, RegistryPage) else None

    def _show_first(self) -> None:
        self.show_page(self._names[0])

    def _filed(self, filed: Filed) -> None:
        record = filed.record
        work = self._pages.get("worklist")
        if isinstance(work, WorklistPage):
            work.visited(record)
        is_of_resident = self._session.forms.current(record.form_id).subject == "resident"
        self._left_form(record.subject_id if is_of_resident else "")
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            self._after.tell(filed, page)

    def _left_form(self, resident_id: str) -> None:
        if self._back_to:
            self.show_page(self._back_to)
        elif resident_id:
            self.open_resident(resident_id)
        else:
            self.go_back()

    def _left_registry(self, resident_id: str) -> None:
        if resident_id:
            self.open_resident(resident_id)
        else:
            self.go_back()

    def _left_paper(self) -> None:
        if self._paper_from:
            self.rail.show_chosen(self._came_from)
            self.show_page(self._paper_from)

    # The strip

    def _changed(self, changes: Changes) -> None:
        page = self.stack.currentWidget()
        refresh = getattr(page, "refresh", None)
        if refresh is not None:
            refresh()
        if changes.registry or changes.records or changes.submissions:
            self._refresh_strip()

    def _busy(self, busy: bool) -> None:
        if busy:
            return
        self._say_vault()

    def _refresh_strip(self) -> None:
        keys = "strip.keys" if self.village else "strip.keys_above"
        self.strip.say("keys", self._session.text(keys))
        self.clock.refresh()
        self._say_vault()
        if self.village:
            self._session.ask(
                self,
                lambda desk: (submission.pending(desk), schedule.outlook(desk)),
                self._say_pending,
                failed=self._no_pending,
            )

    def _say_vault(self) -> None:
        desk = self._session.desk
        if desk is None:
            return
        if desk.station.handed_to:
            self.strip.say("vault", self._session.text("strip.closed", station=desk.station.handed_to))
            return
        reason = desk.vault.read_only_reason
        self.strip.say("vault", self._session.text("strip.read_only_plain" if reason else "strip.vault"))

    def _say_pending(self, found: tuple[Pending, Outlook]) -> None:
        waiting, coming = found
        key = "strip.pending" if waiting.entries else "strip.nothing"
        words = self._session.text(key, count=waiting.entries)
        desk = self._session.desk
        if desk is not None and desk.station.handed_to:
            words = ""  # nothing is submitted from here any more
        elif waiting.maybe_replaced:
            words = self._session.text("strip.maybe_replaced")
        elif waiting.enrolled:
            words += "　" + outlook_words(self._session.bench, coming)
        self.strip.say("pending", words)

    def _say_stick(self) -> None:
        drives = [one for one in self._session.sticks.drives if one.state is not DriveState.UNREADABLE]
        words = ""
        if len(drives) == 1:
            words = self._session.text("strip.stick", name=drives[0].name)
        elif drives:
            words = self._session.text("strip.sticks", count=len(drives))
        self.strip.say("stick", words)

    def _no_pending(self, _problem: object) -> None:
        self.strip.say("pending", "")
