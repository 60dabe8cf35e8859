"""Print: choose what and of whom, see it as it will lie on the table, print it or save it as PDF.

Folders of many households aren't previewed: they are a queue that is set and printed household by household.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.gui.kit import DataTable, EmptyState, Page, PlainButton, PrimaryButton, ProgressPanel, Tone
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.printing_chooser import CARDS, HOUSEHOLD, HOUSEHOLDS, LABELS, TRANSFER, PrintChooser
from jiandang_desktop.gui.print_preview import PrintPreview, print_pages
from jiandang_desktop.gui.print_queue import PdfTarget, PrinterTarget, PrintQueue, Target
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.gui.theme import MEDIUM, load_families
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.ports.vault import HouseholdRow, PrintRow
from jiandang_desktop.printing.display import Page as PaperPage
from jiandang_desktop.services import cards, folders, prints, transfer
from jiandang_desktop.services.cards import CardChoice
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.prints import Mode
from jiandang_desktop.services.work import Progress


@dataclass(frozen=True, slots=True)
class Laid:
    """Pages, and what to write down at the desk once they are on paper or in a file."""

    pages: Sequence[PaperPage]
    note: Callable[[Desk], object]
    words: str = ""
    """What else is to be said of them."""


Laying = Callable[[Desk, Progress], Laid]


@dataclass
class QueueLine:
    """A household in the queue."""

    household: HouseholdRow
    last: PrintRow | None
    state: str = ""
    tone: Tone | None = None
    pages: int = 0

    @property
    def code(self) -> str:
        """The household's number, '' where it has none yet."""
        return str(self.household.answers.get("household_code", ""))


class PrintingPage(Page):
    """``left`` after Esc. ``pages_shown(count)`` when a preview stands, ``queue_shown(count)`` when a queue does."""

    left = Signal()
    pages_shown = Signal(int)
    queue_shown = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("printing", session.bench.text("form_window", "printing.title"), parent)
        self._session = session
        self._task: Task | None = None
        self._laid: Laid | None = None
        self._household = SubjectId("")
        self._notes: Callable[[], None] | None = None
        self._given = ""
        """What another page asked for, '' where it is chosen here."""
        self.lines: list[QueueLine] = []
        self._build_actions()
        self.chooser = PrintChooser(session)
        self.chooser.setFixedWidth(300)
        self.search, self.found = self.chooser.search, self.chooser.found
        self.progress = ProgressPanel("printing_progress", self._progress_words)
        self.preview = PrintPreview(load_families(session.bench.resources))
        self.empty = EmptyState("printing_empty", "", "")
        self.model = Rows(self._queue_columns(), self)
        self.table = DataTable("printing_queue", self.model)
        self.table.set_widths(110, 110, 0, 160, 150)
        self.queue = PrintQueue(session, self)
        self._target: Target | None = None
        """What the queue prints into, last."""
        self._build_body()
        self._connect()
        self._kind_changed()

    def _build_actions(self) -> None:
        self.back_button = PlainButton(self.words("printing.back"), "printing_back")
        self.back_button.clicked.connect(self.left)
        self.add_action(self.back_button)
        self.back_button.hide()
        self.folder_button = PlainButton(self.words("printing.folder"), "printing_folder")
        self.new_button = PlainButton(self.words("printing.new"), "printing_new")
        self.notes_button = PlainButton(self.words("printing.notes"), "printing_notes")
        self.cards_button = PlainButton(self.words("printing.cards"), "printing_cards")
        self.pdf_button = PlainButton(self.words("printing.pdf"), "printing_pdf")
        self.print_button = PrimaryButton(self.words("printing.print"), "printing_print")
        slots = (
            (self.folder_button, lambda: self.show_folder(self._household)),
            (self.new_button, lambda: self.show_folder(self._household, Mode.NEW)),
            (self.notes_button, self._add_notes),
            (self.cards_button, self._show_household_cards),
            (self.pdf_button, self._ask_pdf),
            (self.print_button, self._ask_printer),
        )
        for button, slot in slots:
            button.clicked.connect(slot)
            self.add_action(button)
        self.notes_button.hide()
        for key, wish in ((Qt.Key.Key_F9, self._ask_printer), (Qt.Key.Key_Escape, self._leave)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wish)

    def _build_body(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(MEDIUM)
        right.addWidget(self.progress)
        for widget in (self.empty, self.preview, self.table):
            right.addWidget(widget, 1)
        below = QHBoxLayout()
        below.setSpacing(MEDIUM)
        below.addWidget(self.chooser)
        below.addLayout(right, 1)
        self.body.addLayout(below, 1)

    def _connect(self) -> None:
        self.progress.stopped.connect(self._stop)
        chooser, queue = self.chooser, self.queue
        chooser.kind_changed.connect(self._kind_changed)
        chooser.household_chosen.connect(lambda household: self.show_folder(SubjectId(household)))
        chooser.choice_changed.connect(self._choice_changed)
        chooser.shown_wanted.connect(self._show_chosen)
        chooser.bundle_chosen.connect(self.show_transfer_list)
        queue.household_done.connect(self._household_done)
        queue.closing.connect(lambda: self.progress.stop.setEnabled(False))
        queue.finished.connect(self._queue_finished)
        queue.stopped.connect(self._queue_stopped)
        queue.refused.connect(self._queue_refused)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    def _progress_words(self, key: str, **values: object) -> str:
        if key == "progress.count" and self.queue.busy:
            done, total = int(str(values["done"])), int(str(values["total"]))
            return self.words("printing.queue_count", number=min(done + 1, total), total=total)
        return self.words(key, **values)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:  # noqa: N802 - Qt's name
        """Into the pages or the queue, so that the keys scroll them; else into the choice."""
        if not self.preview.isHidden():
            self.preview.setFocus(reason)
        elif not self.table.isHidden():
            self.table.enter()
        elif not self.chooser.isHidden():
            self.chooser.enter()
        else:
            super().setFocus(reason)

    def refresh(self) -> None:
        """Read again what can be chosen."""
        self.chooser.refresh()
        if self._is_queue and not self.queue.busy:
            self._show_queue()

    def offer_way_back(self, there: bool) -> None:
        """Whether Esc leads back to a page that asked for what is shown."""
        self.back_button.setVisible(there)

    def choose_here(self) -> None:
        """What another page asked for goes; one chooses here."""
        if self._given and self._give(""):
            self._kind_changed()

    def _give(self, what: str) -> bool:
        """Make room for what another page asked for (its name in the audit log), without the choice beside it; '' with
        it. False while a queue prints."""
        if self.queue.busy:
            self.message.say(self.words("printing.queue_busy"), Tone.DUE)
            return False
        self._given = what
        self._household = SubjectId("")
        self._laid = None
        self.chooser.setVisible(not what)
        self.empty.title.setText("")
        self.empty.sentence.setText("")
        self.preview.show_pages(())
        self._offer_household()
        self._show_state()
        return True

    def _offer_household(self) -> None:
        for button in (self.folder_button, self.new_button, self.cards_button):
            button.setVisible(not self._given and self.chooser.kind == HOUSEHOLD)

    @property
    def _is_queue(self) -> bool:
        return not self._given and self.chooser.kind == HOUSEHOLDS

    # What is chosen

    def _kind_changed(self) -> None:
        kind = self.chooser.kind
        self._laid = None
        self._household = SubjectId("")
        self.message.hide()
        self.empty.title.setText(self.words(f"printing.empty.{kind}_title"))
        self.empty.sentence.setText(self.words(f"printing.empty.{kind}"))
        self._offer_household()
        self.preview.show_pages(())
        self._show_state()
        if kind == HOUSEHOLDS:
            self._show_queue()
        elif kind in (CARDS, LABELS):
            self._count_chosen()

    def _choice_changed(self) -> None:
        if self.chooser.kind == HOUSEHOLDS:
            self._show_queue()
        else:
            self._count_chosen()

    def _count_chosen(self) -> None:
        kind, group, missing = self.chooser.kind, self.chooser.group, self.chooser.only.isChecked()

        def count(desk: Desk) -> int:
            if kind == CARDS:
                return len(cards.choose(desk, CardChoice(village_group=group, missing=missing)))
            return len(prints.households(desk, group))

        def show(found: int) -> None:
            if kind == self.chooser.kind:
                self.chooser.count.setText(self.words(f"printing.chosen.{kind}", count=found))
                self.chooser.show_button.setEnabled(found > 0)

        self._session.ask(self, count, show)

    def _show_chosen(self) -> None:
        kind, group, missing = self.chooser.kind, self.chooser.group, self.chooser.only.isChecked()

        def lay_out(desk: Desk, _progress: Progress) -> Laid:
            if kind == CARDS:
                return _cards(desk, CardChoice(village_group=group, missing=missing))
            pages = folders.label_pages(desk, [row.id for row in prints.households(desk, group)])
            return Laid(pages, lambda desk: folders.note_printed(desk, "labels", SubjectId(""), len(pages)))

        self._lay_out(lay_out)

    # Laying out

    def show_folder(self, household_id: SubjectId, mode: Mode = Mode.ALL) -> None:
        """Preview a household's folder, or what is to be added to its paper folder."""
        if not household_id:
            return
        if not self._give(""):
            return
        self.chooser.choose_kind(HOUSEHOLD)
        self._household = household_id
        self._show_state()

        def lay_out(desk: Desk, progress: Progress) -> Laid:
            found = prints.folder(desk, household_id, mode, progress)
            log = prints.history(desk, household_id)
            return Laid(found.pages, lambda desk: prints.note(desk, [found.row]), self._last_words(log))

        self._lay_out(lay_out)

    def show_record(
        self, form_id: str, subject_id: SubjectId, record_id: RecordId | None, *, with_notes: bool = False
    ) -> None:
        """Preview one record's form; without a record the empty form with the resident's head.

        ``with_notes`` adds how it is filled in, for the back.
        """
        what = "blank" if record_id is None else "form"
        if not self._give(what):
            return

        def lay_out(desk: Desk, _progress: Progress) -> Laid:
            if record_id is not None:
                pages = folders.record_pages(desk, record_id)
            else:
                pages = folders.blank_pages(desk, form_id, subject_id)
            if with_notes:
                pages = [*pages, *folders.note_pages(desk, form_id)]
            return Laid(pages, lambda desk: folders.note_printed(desk, what, subject_id, len(pages)))

        def add_notes() -> None:
            self.show_record(form_id, subject_id, record_id, with_notes=True)

        self._lay_out(lay_out, None if with_notes else add_notes)

    def show_card(self, resident_id: SubjectId) -> None:
        """Preview one resident's card."""
        if self._give("card"):
            self._lay_out(lambda desk, _progress: _cards_of(desk, [resident_id]))

    def show_transfer_list(self, digest: str) -> None:
        """Preview the list that goes with a submission; '' is the newest one."""
        if not self._give(""):
            return
        self.chooser.choose_kind(TRANSFER)

        def lay_out(desk: Desk, _progress: Progress) -> Laid:
            pages = transfer.pages(desk, digest)
            return Laid(pages, lambda desk: folders.note_printed(desk, "transfer", SubjectId(""), len(pages)))

        self._lay_out(lay_out)

    def show_list(self, what: str, pages: Callable[[Desk], Sequence[PaperPage]]) -> None:
        """Preview a list that another page asked for; ``what`` names it in the audit log."""
        if not self._give(what):
            return

        def lay_out(desk: Desk, _progress: Progress) -> Laid:
            made = pages(desk)
            return Laid(made, lambda desk: folders.note_printed(desk, what, SubjectId(""), len(made)))

        self._lay_out(lay_out)

    def _show_household_cards(self) -> None:
        household_id = self._household
        if household_id:
            self._lay_out(lambda desk, _progress: _cards(desk, CardChoice(household_id)))

    def _add_notes(self) -> None:
        if self._notes is not None:
            self._notes()

    def _lay_out(self, laying: Laying, notes: Callable[[], None] | None = None) -> None:
        """Lay pages out; ``notes`` lays them out again with how the form is filled in."""
        if self.queue.busy:
            self.message.say(self.words("printing.queue_busy"), Tone.DUE)
            return
        self._stop()
        self._notes = notes
        self.notes_button.setVisible(notes is not None)
        self.message.hide()
        self.progress.begin(self.words("printing.laying_out"))
        self._task = self._session.work(
            self,
            laying,
            self._show_pages,
            advanced=self.progress.advance,
            stopped=self.progress.finish,
            failed=self._refused,
        )

    def _stop(self) -> None:
        if self.queue.busy:
            self.queue.stop()
        elif self._task is not None and not self._task.finished:
            self._task.cancel()

    def _leave(self) -> None:
        self.left.emit()

    def _show_pages(self, laid: Laid) -> None:
        self._laid = laid
        self.progress.finish()
        self.preview.show_pages(laid.pages)
        self._show_state()
        if self.isVisible() and not self.chooser.isAncestorOf(self.window().focusWidget() or self):
            self.setFocus()  # whoever chooses goes on choosing
        self.pages_shown.emit(len(laid.pages))

    def _refused(self, problem: Problem) -> None:
        self.progress.finish()
        self.message.say(self._session.sentence(problem), Tone.PLAIN if problem.code == "NOTHING_NEW" else Tone.WRONG)

    def _show_state(self) -> None:
        queue = self._is_queue
        count = len(self.preview.pages)
        self.table.setVisible(queue and bool(self.lines))
        self.preview.setVisible(not queue and count > 0)
        self.empty.setVisible(not self.lines if queue else count == 0)
        said = self._laid.words if self._laid and count else ""
        parts = [self.words("printing.pages", count=count), said] if count and not queue else []
        self.subtitle.setText("　".join(part for part in parts if part))
        for button in (self.pdf_button, self.print_button):
            button.setEnabled(bool(self.lines) and not self.queue.busy if queue else count > 0)
        for button in (self.folder_button, self.new_button, self.cards_button):
            button.setEnabled(bool(self._household))

    def _last_words(self, log: Sequence[PrintRow]) -> str:
        if not log:
            return self.words("printing.never")
        last = log[0]
        return self.words("printing.last", time=last.at[:10], person=last.staff_name, pages=last.pages)

    # The queue

    def _queue_columns(self) -> tuple[Column[QueueLine], ...]:
        return (
            Column(
                self.words("printing.queue.code"), lambda line: str(line.household.answers.get("household_code", ""))
            ),
            Column(self.words("printing.queue.head"), lambda line: line.household.head_name),
            Column(self.words("printing.queue.address"), lambda line: line.household.address),
            Column(self.words("printing.queue.last"), self._last_print),
            Column(self.words("printing.queue.state"), lambda line: line.state, lambda line: line.tone),
        )

    def _last_print(self, line: QueueLine) -> str:
        return self.words("printing.queue.never") if line.last is None else line.last.at[:10]

    def _show_queue(self) -> None:
        if self.queue.busy:
            return
        group = self.chooser.group

        def show(found: list[tuple[HouseholdRow, PrintRow | None]]) -> None:
            if not self._is_queue or self.queue.busy or group != self.chooser.group:
                return
            self.lines = [QueueLine(household, last) for household, last in found]
            self.model.show_rows(self.lines)
            self.chooser.count.setText(self.words("printing.chosen.households", count=len(found)))
            self._show_state()
            self.queue_shown.emit(len(found))

        self._session.ask(self, lambda desk: prints.overview(desk, group), show)

    def run_queue(self, target: Target) -> None:
        """Print the listed households."""
        if self.queue.busy or not self.lines:
            return
        for line in self.lines:
            line.state, line.tone, line.pages = self.words("printing.queue.waiting"), None, 0
        self.model.show_rows(self.lines)
        self.message.hide()
        self._target = target
        self.chooser.setEnabled(False)
        mode = Mode.NEW if self.chooser.only.isChecked() else Mode.ALL
        self.queue.begin([line.household.id for line in self.lines], mode, target)
        self.progress.begin("")
        self.progress.stop.setEnabled(True)
        self.progress.advance(0, len(self.lines))
        self._show_state()

    def _household_done(self, place: int, pages: int) -> None:
        line = self.lines[place]
        line.state = self.words("printing.queue.done", pages=pages) if pages else self.words("printing.queue.nothing")
        line.tone = Tone.PLAIN
        line.pages = pages
        last = len(self.model.columns) - 1
        self.model.dataChanged.emit(self.model.index(place, 0), self.model.index(place, last))
        self.table.scrollTo(self.model.index(place, 0))
        self.progress.advance(place + 1, len(self.lines))

    def _queue_over(self) -> None:
        self.progress.finish()
        self.chooser.setEnabled(True)
        self._show_state()

    def _queue_finished(self, households: int, pages: int) -> None:
        self._queue_over()
        today = self._session.bench.clock.now().isoformat(timespec="seconds")
        words = self.words("printing.queue_finished", households=households, pages=pages)
        paths = [self._target.path] if isinstance(self._target, PdfTarget) else []
        say_written(self._session, self.message, words, paths, Tone.DUE)
        for line in self.lines:
            if line.pages:
                line.last = PrintRow("", line.household.id, "", today, self._staff(), "", 0, ())
        self.model.show_rows(self.lines)

    def _staff(self) -> StaffId:
        desk = self._session.desk
        return desk.staff.id if desk is not None else StaffId("")

    def _queue_stopped(self) -> None:
        self._queue_over()
        self._forget_states()
        self.message.say(self.words("printing.queue_stopped"))

    def _queue_refused(self, problem: Problem) -> None:
        self._queue_over()
        self._forget_states()
        self._refused(problem)

    def _forget_states(self) -> None:
        for line in self.lines:
            line.state, line.tone, line.pages = "", None, 0
        self.model.show_rows(self.lines)

    # Printing and saving

    def _ask_printer(self) -> None:
        if not self.print_button.isEnabled():
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setObjectName("print_dialog")
        dialog.accepted.connect(lambda: self.send(printer))
        QDialog.open(dialog)

    def send(self, printer: QPrinter) -> None:
        """Print what is chosen; the print is written down."""
        if self._is_queue:
            self.run_queue(PrinterTarget(printer, self.preview.replay))
            return
        count = len(self.preview.pages)
        if not print_pages(self.preview.pages, printer, self.preview.replay):
            self.message.say(self.words("printing.failed"), Tone.WRONG)
            return
        self._note()
        self.message.say(self.words("printing.sent", count=count))

    def _ask_pdf(self) -> None:
        dialog = QFileDialog(self, self.words("printing.pdf_title"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.words("printing.pdf_filter"))
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(self.words(f"printing.pdf_name.{self._given or self.chooser.kind}"))
        dialog.fileSelected.connect(lambda path: self.save_pdf(Path(path)))
        dialog.open()

    def save_pdf(self, path: Path) -> None:
        """Save what is chosen where the person said; it is written down."""
        if self._is_queue:
            self.run_queue(PdfTarget(self._session.bench, path))
            return
        pages, title = self.preview.pages, self.words("printing.title")
        medium = self._session.bench.medium

        def work(desk: Desk) -> Path:
            return medium.write_file(path.parent, path.name, folders.write_pdf(desk, pages, title))

        self._session.ask(
            self,
            work,
            lambda written: self._saved(written, len(pages)),
            failed=self._refused,
            holding=(self.pdf_button,),
        )

    def _saved(self, path: Path, count: int) -> None:
        self._note()
        say_written(self._session, self.message, self.words("printing.saved", count=count), [path], Tone.DUE)

    def _note(self) -> None:
        if self._laid is not None:
            self._session.ask(self, self._laid.note, changes=Changes(registry=True))


def _cards(desk: Desk, choice: CardChoice) -> Laid:
    return _cards_of(desk, [row.id for row in cards.choose(desk, choice)])


def _cards_of(desk: Desk, people: Sequence[SubjectId]) -> Laid:
    """Cards; once they are printed it is written down who has one."""
    if not people:
        raise Problem("NO_CARDS_WANTED")
    return Laid(folders.card_pages(desk, people), lambda desk: cards.issue(desk, people))
