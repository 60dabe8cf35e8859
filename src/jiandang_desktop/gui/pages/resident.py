"""A resident's folder: who it is, what is filed and what is missing, in the order of the paper folder."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QWidget

from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.gui.kit import Page, PlainButton, PrimaryMenuButton, Tone, quiet_label
from jiandang_desktop.gui.leaving_dialogs import SendAwayDialog
from jiandang_desktop.gui.move_dialog import MoveDialog
from jiandang_desktop.gui.pages.resident_card import ResidentCard
from jiandang_desktop.gui.pages.resident_due import wanted_now
from jiandang_desktop.gui.pages.resident_events import EventMenu, Offers
from jiandang_desktop.gui.pages.resident_head import ResidentHead
from jiandang_desktop.gui.pages.resident_history import HistoryTab
from jiandang_desktop.gui.pages.resident_overview import OverviewTab
from jiandang_desktop.gui.pages.resident_records import RecordLine, RecordsTab, record_lines, registry_lines
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.programmes.duties import MembershipState
from jiandang_desktop.programmes.person import MEMBERSHIP
from jiandang_desktop.services import charts, due_forms, overview, resident_folder
from jiandang_desktop.services.due import DutyLine
from jiandang_desktop.services.overview import Overview
from jiandang_desktop.services.registry import ACTIVE
from jiandang_desktop.services.resident_folder import ResidentFolder

GROUPS = ("basic", "exam", "followup", "special", "encounter", "card")
"""Tabs in the paper's order; forms of other groups lie under encounters."""


class ResidentPage(Page):
    """``entry_wanted(form, subject, record or None)``, ``folder_wanted(household)``, ``card_wanted(resident)``,
    ``print_wanted(form, subject, record or None)``, ``edit_wanted(resident)``, ``resident_wanted(resident)``,
    ``refer_wanted(record)`` and ``left`` lead elsewhere."""

    entry_wanted = Signal(str, str, object)
    print_wanted = Signal(str, str, object)
    folder_wanted = Signal(str)
    card_wanted = Signal(str)
    edit_wanted = Signal(str)
    resident_wanted = Signal(str)
    refer_wanted = Signal(object)
    sheet_wanted = Signal(str, str, object)
    """A new sheet of a form about somebody, with the answers that are known from where one came."""
    child_wanted = Signal(str)
    """The sheet for a woman's newborn."""
    left = Signal()
    shown = Signal()
    looked = Signal()
    """The overview is complete."""
    glanced = Signal()
    """The overview has its charts."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("resident", "", parent)
        self._session = session
        self.folder: ResidentFolder | None = None
        self._resident = SubjectId("")
        self._seen: Overview | None = None
        self.title.hide()
        self.subtitle.hide()
        self.head = ResidentHead(self.words, self)
        back = PlainButton(self.words("resident.back"), "resident_back")
        self.event_button = EventMenu(session)
        self.print_button = PlainButton(self.words("resident.print_folder"), "resident_print")
        self.add_button = PrimaryMenuButton(self.words("resident.add"), "resident_add")
        for button in (back, self.print_button, self.event_button, self.add_button):
            self.head.add_action(button)
        self.event_button.sheet_wanted.connect(self.sheet_wanted)
        self.event_button.child_wanted.connect(self.child_wanted)
        self.event_button.told.connect(self.message.say)
        self.event_button.unlinked.connect(self._say_unlinked)
        self.event_button.edit_wanted.connect(lambda: self.edit_wanted.emit(self._resident))
        self.event_button.move_wanted.connect(self._move)
        self.event_button.leave_wanted.connect(self._send_away)
        back.clicked.connect(self.left)
        self.print_button.clicked.connect(self._print_folder)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("resident_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self._waiting = quiet_label(self.words("resident.loading"), "resident_loading")
        self.body.addWidget(self.head)
        self.body.addWidget(self._waiting)
        self.body.addWidget(self.tabs, 1)
        self._build_tabs()
        keys = (
            (Qt.Key.Key_F2, self.add_button.click),
            (Qt.Key.Key_F9, self._print_folder),
            (Qt.Key.Key_Escape, self.left.emit),
        )
        for key, slot in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        session.tasks.changed.connect(self._refresh)

    def _build_tabs(self) -> None:
        self.overview = OverviewTab(self._session)
        self.overview.part_chosen.connect(self._open_part)
        self.overview.duty_chosen.connect(self._do)
        self.overview.programme_asked.connect(self._decide)
        self.overview.line_chosen.connect(self._open_line)
        self.overview.resident_chosen.connect(self.resident_wanted)
        self.tabs.addTab(self.overview, self.words("resident.tab.overview"))
        self.record_tabs: dict[str, RecordsTab] = {}
        sources = self._session.bench.slips.sources
        for group in GROUPS:
            tab = RecordsTab(group, self.words, refer_from=sources)
            tab.refer_wanted.connect(lambda line: self.refer_wanted.emit(line.record_id))
            tab.opened.connect(self._open_line)
            tab.new_wanted.connect(self._open_part)
            tab.printed.connect(self._print_line)
            tab.blank_wanted.connect(lambda form_id: self.print_wanted.emit(form_id, self._resident, None))
            tab.history_wanted.connect(self._show_history)
            self.record_tabs[group] = tab
            self.tabs.addTab(tab, self.words(f"resident.tab.{group}"))
        self.card = ResidentCard(self._session)
        self.card.print_wanted.connect(self.card_wanted)
        self.card.told.connect(self.message.say)
        self.record_tabs["card"].add_top(self.card)
        self.history = HistoryTab(self._session, self.words)
        self.history.told.connect(self.message.say)
        self.tabs.addTab(self.history, self.words("resident.tab.history"))

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    def show_resident(self, resident_id: SubjectId) -> None:
        """Open a resident's folder."""
        if resident_id != self._resident:
            self._resident = resident_id
            self._waiting.show()
            self.head.clear()
            self.overview.forget()
            self._seen = None
            self.tabs.setCurrentIndex(0)

        def show(folder: ResidentFolder) -> None:
            if self._resident == resident_id:  # else another folder was opened meanwhile
                self._show(folder)

        self._session.ask(self, lambda desk: resident_folder.open_resident(desk, resident_id), show)
        self._session.ask(self, lambda desk: overview.look(desk, resident_id), self._show_overview)
        self._session.ask(self, lambda desk: charts.glance(desk, resident_id), self._show_glance)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Into what is shown of the folder, as soon as it is there."""
        if self._waiting.isVisible():
            super().setFocus(reason)
        elif self.tabs.currentWidget() is self.overview:
            self.overview.enter()
        else:
            self.tabs.tabBar().setFocus(reason)

    def _refresh(self, _changes: object) -> None:
        if self.isVisible() and self._resident:
            self.show_resident(self._resident)

    def _show(self, folder: ResidentFolder) -> None:
        # A folder that was merged into another opens that one.
        self._resident = folder.resident.id
        self.folder = folder
        self._show_keeper(folder)
        is_first = self._waiting.isVisible()
        self._waiting.hide()
        info = self._session.forms.current(FormId("personal_info"))
        ended = self._ended(folder)
        self.head.show_resident(folder, self._session.bench.clock.today(), info.field("drug_allergy"), ended)
        known = {form.id: form for form in self._session.forms.all()}
        forms = {form.id: form for form in known.values() if form.role == "record"}
        lines = record_lines(folder, forms, self.words, self._session.reason)
        self.overview.show_folder(folder, lines)
        for group, tab in self.record_tabs.items():
            own = [form for form in forms.values() if form.subject == "resident" and _group(form) == group]
            tab.show_lines([line for line in lines if line.form_id in {form.id for form in own}], own)
        self.card.show_resident(folder.resident)
        registered = registry_lines(folder, known, self.words, self._session.reason)
        filed = [line for line in lines if line.record is not None]
        self.history.show_lines([*filed, *registered], folder.merged)
        self._offer_events(None)
        self._offer_forms()
        if is_first:
            self.overview.enter()
        self.shown.emit()

    def _show_overview(self, seen: Overview) -> None:
        if self.folder is None or seen.resident_id != self._resident:
            return
        self._seen = seen
        self.overview.show_overview(seen)
        stays = [each.programme for each in seen.care.memberships if each.state is MembershipState.OPEN]
        titles = [self._session.bench.text("programmes", f"badge.{name}") for name in dict.fromkeys(stays)]
        self.head.show_groups(titles)
        self._offer_events(seen.mother)
        self._offer_forms()
        self.looked.emit()

    def _ended(self, folder: ResidentFolder) -> str:
        resident = folder.resident
        if resident.status == ACTIVE:
            return ""
        status = self._session.bench.tables["record_status"].label(resident.status)
        return self.words("resident.ended", status=status, day=str(resident.answers.get("status_date", "")))

    def _offer_forms(self) -> None:
        """What can be filled in: what is due first, then what anybody may need."""
        self.add_button.clear()
        if self.folder is None or self._seen is None:
            return
        due = wanted_now(self._seen.care)
        for entry in due:
            text, name = self.words("resident.add_due", what=entry.first.what), f"add_due_{entry.first.form_id}"
            self.add_button.offer(text, name, partial(self._do, entry.first))
        self.add_button.part()
        for form_id in self._seen.offered:
            title = self._session.forms.current(form_id).title
            self.add_button.offer(title, f"add_{form_id}", partial(self._open_part, form_id))

    def _do(self, line: DutyLine) -> None:
        """Open what does a duty: a new sheet, or the slip that waits for its answer."""
        opening = due_forms.doing(self._session.forms, line, self._session.bench.clock.today().isoformat())
        if opening.record_id is not None:
            self.entry_wanted.emit(opening.form_id, self._resident, opening.record_id)
        else:
            self.sheet_wanted.emit(opening.form_id, self._resident, opening.start)

    def _decide(self, programme: str) -> None:
        self.sheet_wanted.emit(MEMBERSHIP, self._resident, {"programme": programme})

    def _show_glance(self, found: charts.Glance) -> None:
        if found.resident_id == self._resident:
            self.overview.show_glance(found, self._session.bench.clock.today().isoformat())
            self.glanced.emit()

    def _show_keeper(self, folder: ResidentFolder) -> None:
        """A folder that another village keeps is only read."""
        if folder.kept_by:
            words = self._session.bench.text("decisions", "kept.elsewhere", station=folder.kept_by)
            self.message.say(words, Tone.DUE)

    def _offer_events(self, mother: ResidentRow | None) -> None:
        """What may be changed; a township moves a folder to another of its villages, a writer sends one away."""
        desk, folder = self._session.desk, self.folder
        if desk is None or folder is None:
            return
        ours = not folder.kept_by
        writes = ours and desk.may(Right.WRITE_RECORDS)
        self.add_button.setEnabled(writes)
        moves = desk.station.level == "township" and desk.may(Right.INTAKE)
        offers = Offers(edit=ours, events=writes, move=moves, leave=writes and desk.may(Right.EXPORT))
        self.event_button.show_resident(folder.resident, offers, folder.members, mother)

    def _say_unlinked(self, sentence: str, undo: Callable[[], None]) -> None:
        self.message.say(sentence, action=self.words("event.undo"), do=undo)

    def _move(self) -> None:
        """To another village, which the township decides."""
        if self.folder is not None:
            MoveDialog(self._session, self.folder, self.message.say, self).open()

    def _send_away(self) -> None:
        """Out of the area: a file for the station there."""
        if self.folder is not None:
            SendAwayDialog(self._session, self.folder, self).open()

    def _open_line(self, line: RecordLine) -> None:
        if self.folder is not None and self.folder.kept_by and line.record is not None:
            # What may not be changed here is looked at as it is printed.
            self._print_line(line)
            return
        self.entry_wanted.emit(line.form_id, self._resident, line.record_id)

    def _open_part(self, form_id: str) -> None:
        self.entry_wanted.emit(form_id, self._resident, None)

    def _print_line(self, line: RecordLine) -> None:
        self.print_wanted.emit(line.form_id, self._resident, line.record_id)

    def _print_folder(self) -> None:
        if self.folder is not None and self.folder.resident.household_id:
            self.folder_wanted.emit(self.folder.resident.household_id)

    def _show_history(self, line: RecordLine) -> None:
        self.tabs.setCurrentWidget(self.history)
        self.history.choose(line)


def _group(form: Form) -> str:
    return form.group if form.group in GROUPS else "encounter"
