"""Print: choose a household, see its folder as it will lie on the table, print it or save it as PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.gui.kit import (
    EmptyState,
    Page,
    PlainButton,
    PrimaryButton,
    ProgressPanel,
    SearchBox,
    Tone,
    quiet_label,
)
from jiandang_desktop.gui.print_preview import PrintPreview, print_pages
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.gui.theme import MEDIUM, load_families
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.printing.display import Page as PaperPage
from jiandang_desktop.services import cards, folders, prints, search
from jiandang_desktop.services.cards import CardChoice
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.prints import Mode
from jiandang_desktop.services.work import Progress

_HOUSEHOLD = Qt.ItemDataRole.UserRole
_FOUND = 30


@dataclass(frozen=True, slots=True)
class Laid:
    """Pages, and what to write down at the desk once they are on paper or in a file."""

    pages: Sequence[PaperPage]
    note: Callable[[Desk], object]


Laying = Callable[[Desk, Progress], Laid]


class PrintingPage(Page):
    """``left`` after Esc. ``pages_shown(count)`` when a preview stands."""

    left = Signal()
    pages_shown = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("printing", session.bench.text("form_window", "printing.title"), parent)
        self._session = session
        self._task: Task | None = None
        self._laid: Laid | None = None
        self._household = SubjectId("")
        self._build_actions()
        self._build_chooser()
        self.progress = ProgressPanel("printing_progress", self.words)
        self.progress.stopped.connect(self._stop)
        self.preview = PrintPreview(load_families(session.bench.resources))
        self.empty = EmptyState(
            "printing_empty", self.words("printing.choose_title"), self.words("printing.choose_sentence")
        )
        right = QVBoxLayout()
        right.setSpacing(MEDIUM)
        right.addWidget(self.progress)
        right.addWidget(self.empty, 1)
        right.addWidget(self.preview, 1)
        below = QHBoxLayout()
        below.setSpacing(MEDIUM)
        below.addWidget(self._chooser)
        below.addLayout(right, 1)
        self.body.addLayout(below, 1)
        self._show_state(0)

    def _build_actions(self) -> None:
        self.folder_button = PlainButton(self.words("printing.folder"), "printing_folder")
        self.cards_button = PlainButton(self.words("printing.cards"), "printing_cards")
        self.pdf_button = PlainButton(self.words("printing.pdf"), "printing_pdf")
        self.print_button = PrimaryButton(self.words("printing.print"), "printing_print")
        slots = (
            (self.folder_button, self._again),
            (self.cards_button, self._show_cards),
            (self.pdf_button, self._ask_pdf),
            (self.print_button, self._ask_printer),
        )
        for button, slot in slots:
            button.clicked.connect(slot)
            self.add_action(button)
        for key, wish in ((Qt.Key.Key_F9, self._ask_printer), (Qt.Key.Key_Escape, self.left.emit)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wish)

    def _build_chooser(self) -> None:
        self._chooser = QWidget()
        self._chooser.setFixedWidth(300)
        self.search = SearchBox("printing_search", self.words("printing.search"))
        self.search.setToolTip(self.words("printing.search"))
        self.found = QListWidget()
        self.found.setObjectName("printing_found")
        self.found.setWordWrap(True)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nobody = quiet_label(self.words("printing.nobody"), "printing_nobody")
        self.nobody.hide()
        layout = QVBoxLayout(self._chooser)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search)
        layout.addWidget(self.nobody)
        layout.addWidget(self.found, 1)
        self.search.searched.connect(self._search)
        self.search.chosen.connect(self._choose_first)
        self.search.moved_down.connect(self._into_list)
        self.found.itemActivated.connect(self._choose)
        self.found.itemClicked.connect(self._choose)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    # Choosing

    def _search(self, text: str) -> None:
        if text:
            self._session.ask(self, lambda desk: search.find(desk, text, limit=_FOUND), self._show_found)
        else:
            self._show_found([])

    def _show_found(self, people: list[ResidentRow]) -> None:
        self.found.clear()
        for person in people:
            if person.household_id:
                item = QListWidgetItem(f"{person.name}\n{person.address}", self.found)
                item.setData(_HOUSEHOLD, person.household_id)
        self.nobody.setVisible(not people and bool(self.search.text().strip()))

    def _choose_first(self, _text: str) -> None:
        if self.found.count():
            self._choose(self.found.item(0))

    def _into_list(self) -> None:
        if self.found.count():
            self.found.setCurrentRow(max(self.found.currentRow(), 0))
            self.found.setFocus()

    def _choose(self, item: QListWidgetItem) -> None:
        self.show_folder(SubjectId(str(item.data(_HOUSEHOLD))))

    # Laying out

    def show_folder(self, household_id: SubjectId) -> None:
        """Preview a household's whole folder."""
        self._household = household_id

        def lay_out(desk: Desk, progress: Progress) -> Laid:
            found = prints.folder(desk, household_id, Mode.ALL, progress)
            return Laid(found.pages, lambda desk: prints.note(desk, [found.row]))

        self._lay_out(lay_out)

    def show_record(self, form_id: str, subject_id: SubjectId, record_id: RecordId | None) -> None:
        """Preview one record's form; without a record the empty form with the resident's head."""
        self._household = SubjectId("")
        what = "blank" if record_id is None else "form"

        def lay_out(desk: Desk, _progress: Progress) -> Laid:
            if record_id is not None:
                pages = folders.record_pages(desk, record_id)
            else:
                pages = folders.blank_pages(desk, form_id, subject_id)
            return Laid(pages, lambda desk: folders.note_printed(desk, what, subject_id, len(pages)))

        self._lay_out(lay_out)

    def _again(self) -> None:
        if self._household:
            self.show_folder(self._household)

    def _show_cards(self) -> None:
        household_id = self._household
        if not household_id:
            return

        def lay_out(desk: Desk, _progress: Progress) -> Laid:
            people = [row.id for row in cards.choose(desk, CardChoice(household_id))]
            return Laid(folders.card_pages(desk, people), lambda desk: cards.issue(desk, people))

        self._lay_out(lay_out)

    def _lay_out(self, laying: Laying) -> None:
        self._stop()
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
        if self._task is not None and not self._task.finished:
            self._task.cancel()

    def _show_pages(self, laid: Laid) -> None:
        self._laid = laid
        self.progress.finish()
        self.preview.show_pages(laid.pages)
        self._show_state(len(laid.pages))
        self.pages_shown.emit(len(laid.pages))

    def _refused(self, problem: Problem) -> None:
        self.progress.finish()
        self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _show_state(self, count: int) -> None:
        self.preview.setVisible(count > 0)
        self.empty.setVisible(count == 0)
        self.subtitle.setText(self.words("printing.pages", count=count) if count else "")
        for button in (self.pdf_button, self.print_button):
            button.setEnabled(count > 0)
        for button in (self.folder_button, self.cards_button):
            button.setEnabled(bool(self._household))

    # Printing and saving

    def _ask_printer(self) -> None:
        if not self.preview.pages:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setObjectName("print_dialog")
        dialog.accepted.connect(lambda: self.send(printer))
        QDialog.open(dialog)

    def send(self, printer: QPrinter) -> None:
        """Print what the preview shows; the print is written down."""
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
        dialog.selectFile(self.words("printing.pdf_name"))
        dialog.fileSelected.connect(lambda path: self.save_pdf(Path(path)))
        dialog.open()

    def save_pdf(self, path: Path) -> None:
        """Save what the preview shows where the person said; it is written down."""
        pages, title = self.preview.pages, self.words("printing.title")
        medium = self._session.bench.medium

        def work(desk: Desk) -> int:
            pdf = folders.write_pdf(desk, pages, title)
            medium.write_file(path.parent, path.name, pdf)
            return len(pages)

        self._session.ask(self, work, self._saved, failed=self._refused, holding=(self.pdf_button,))

    def _saved(self, count: int) -> None:
        self._note()
        self.message.say(self.words("printing.saved", count=count), Tone.DUE)

    def _note(self) -> None:
        if self._laid is not None:
            self._session.ask(self, self._laid.note, changes=Changes(registry=True))
