"""One form of one person, from opening it to filing it. The draft is kept while one types; F2 files; Esc leaves."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import Answers, RecordId, SubjectId
from jiandang_desktop.forms.findings import Finding, FormContext
from jiandang_desktop.gui.forms.confirm_card import ConfirmCard
from jiandang_desktop.gui.forms.draft_keeper import DraftKeeper, DraftState
from jiandang_desktop.gui.forms.form_panel import FormPanel
from jiandang_desktop.gui.kit import Page, PlainButton, PrimaryButton, Tone, quiet_label
from jiandang_desktop.gui.session import Session
from jiandang_desktop.services import records
from jiandang_desktop.services.records import Entry, Filed


class FormPage(Page):
    """``filed(Filed)`` after F2, ``left(resident)`` after Esc or 返回 (empty where it isn't about a resident),
    ``print_wanted(form, subject, record)``."""

    filed = Signal(object)
    left = Signal(str)
    print_wanted = Signal(str, str, object)
    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("form_page", "", parent)
        self._session = session
        self.panel: FormPanel | None = None
        self.entry: Entry | None = None
        self._drafts: DraftKeeper | None = None
        self._unsure: tuple[Finding, ...] = ()
        self._filing = False
        self._at = ""
        """The question to begin at; else where the draft was left."""
        self.saved = DraftState(self.words)
        self.back_button = PlainButton(self.words("page.back"), "form_back")
        self.print_button = PlainButton(self.words("page.print"), "form_print")
        self.file_button = PrimaryButton(self.words("page.file"), "form_file")
        for widget in (self.saved, self.back_button, self.print_button, self.file_button):
            self.add_action(widget)
        self.confirm = ConfirmCard(self.words, self)
        self.body.addWidget(self.confirm)
        self._waiting = quiet_label(self.words("page.loading"), "form_loading")
        self.body.addWidget(self._waiting, 1)
        self.back_button.clicked.connect(self.leave)
        self.print_button.clicked.connect(self._print)
        self.file_button.clicked.connect(self.file)
        self.confirm.confirmed.connect(self.file)
        self.confirm.declined.connect(self._correct)
        for key, slot in ((Qt.Key.Key_F2, self.file), (Qt.Key.Key_F9, self._print), (Qt.Key.Key_Escape, self.leave)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    # Opening

    def open(
        self,
        form_id: str,
        subject_id: SubjectId,
        record_id: RecordId | None = None,
        start: Answers | None = None,
        *,
        at: str = "",
    ) -> None:
        """Open a form, with the draft where one was left, at question ``at``.

        ``start`` is what is known from where one came.
        """
        self.keep_draft()
        self._put_away()
        self._at = at
        self.title.setText("")
        self.subtitle.setText("")
        self._waiting.show()
        self._session.ask(
            self, lambda desk: records.open_entry(desk, form_id, subject_id, record_id, start), self.show_entry
        )

    def show_entry(self, entry: Entry) -> None:
        """Show an opened form."""
        self._put_away()
        self.entry = entry
        self.title.setText(entry.form.title)
        self.subtitle.setText(_whose(entry.context))
        self.panel = FormPanel(entry.form, self.words)
        self.panel.set_context(entry.context)
        self.panel.set_answers(entry.answers)
        self.panel.set_offers(entry.offers)
        self.panel.set_earlier([(visit.date, visit.answers) for visit in entry.earlier])
        self._drafts = DraftKeeper(self._session, entry.draft_place, self.panel, self._refused)
        self.saved.follow(self._drafts)
        self.panel.answers_changed.connect(self._changed)
        self.panel.finished.connect(self.file_button.setFocus)
        self.saved.say_opened(entry.draft_saved_at)
        self._waiting.hide()
        self.body.addWidget(self.panel, 1)
        self.panel.show()  # what isn't seen can't have the focus
        if self._at:
            self.panel.go_to_section(self._at)
        else:
            self.panel.go_to(entry.place)
        if entry.returned:
            self.message.say(self.words("page.returned", words=entry.returned), Tone.DUE)
        self.opened.emit()

    def _put_away(self) -> None:
        self.message.hide()
        self.confirm.hide()
        self._unsure = ()
        self._filing = False
        if self.panel is not None:
            self.body.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
        self.panel = None
        self._drafts = None

    # Leaving and filing

    def keep_draft(self) -> None:
        """Save what is typed: something else is shown next, or the window locks."""
        if self._drafts is not None:
            self._drafts.flush()

    def leave(self) -> None:
        """Go away; the draft stays. From the question "are you sure?" it goes back to the form."""
        if self.confirm.isVisible():
            self._correct()
            return
        if self._drafts is not None:
            self._drafts.save()
        is_of_resident = self.entry is not None and self.entry.form.subject == "resident"
        self.left.emit(self.entry.subject_id if self.entry and is_of_resident else "")

    def file(self) -> None:
        """File the form: findings appear beside the fields, rare values are asked for once."""
        if self.panel is None or self.entry is None or self._filing:
            return
        entry, answers = self.entry, self.panel.answers()
        sure = frozenset(finding.key for finding in self._unsure) if self.confirm.isVisible() else frozenset()
        self._filing = True
        task = self._session.ask(
            self,
            lambda desk: records.file_record(desk, entry, answers, sure),
            self._done,
            changes=Changes(records=True, drafts=True, registry=True, submissions=True),
            failed=self._refused,
            holding=(self.file_button,),
        )
        self._filing = task is not None

    def _done(self, filed: Filed) -> None:
        self._filing = False
        if self._drafts is not None:
            self._drafts.forget()
        self.confirm.hide()
        self.saved.setText("")
        self.filed.emit(filed)

    def _refused(self, problem: Problem) -> None:
        self._filing = False
        findings = tuple(item for item in problem.findings if isinstance(item, Finding))
        if problem.code == "ANSWERS_UNSURE" and findings and self.panel is not None:
            self._unsure = findings
            self.panel.set_findings(findings)
            self.message.hide()
            self.confirm.ask(findings)
        elif findings and self.panel is not None:
            self.confirm.hide()
            self.message.say(self._session.sentence(problem), Tone.WRONG)
            self.panel.set_findings(findings)
        else:
            self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _correct(self) -> None:
        self.confirm.hide()
        if self.panel is not None and self._unsure:
            self.panel.go_to(self._unsure[0].field_id.partition(".")[0])

    def _changed(self) -> None:
        if self.confirm.isVisible():
            self.confirm.hide()
        self._unsure = ()

    def _print(self) -> None:
        if self.entry is not None:
            if self._drafts is not None:
                self._drafts.save()
            self.print_wanted.emit(self.entry.form.id, self.entry.subject_id, self.entry.record_id)


def _whose(context: FormContext) -> str:
    """The resident, else the household, else the station that a form is about."""
    resident = context.resident
    if resident:
        return "　".join(str(resident[key]) for key in ("name", "record_code_short") if resident.get(key))
    return str(context.household.get("address", "") or context.station.get("name", ""))
