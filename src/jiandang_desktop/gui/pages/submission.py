"""上报: what goes, the export to a stick, what became of earlier ones, the receipt that comes back."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QStackedWidget, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.kit import (
    Card,
    DataTable,
    EmptyState,
    MessageBar,
    Page,
    PlainButton,
    PrimaryButton,
    ProgressPanel,
    SectionTitle,
    Tone,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.schedule_panel import SchedulePanel
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.ports.vault import BundleRow, Verdict
from jiandang_desktop.services import losses, receipts, submission
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.exchange_words import submission_words
from jiandang_desktop.services.receipts import ReceiptApplied
from jiandang_desktop.services.schedule import Outlook, outlook
from jiandang_desktop.services.submission import Exported, Pending

LARGEST = 512 * 1024 * 1024
"""Bytes of a bundle at most (bundles.limits)."""
_CHANGED = Changes(submissions=True, records=True)


class SubmissionPage(Page):
    """``page_wanted(name)`` leads to the enrolment, ``list_wanted`` to the list on paper; ``shown`` when refreshed."""

    page_wanted = Signal(str)
    returned_wanted = Signal()
    """Somebody wants to see what came back to be corrected."""
    list_wanted = Signal()
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("submission", session.text("submission.title"), parent)
        self._session = session
        self._task: Task | None = None
        say = session.text
        self.list = PlainButton(say("submission.list"), "submission_list")
        self.receipt = PlainButton(say("submission.receipt"), "submission_receipt")
        self.add_action(self.list)
        self.add_action(self.receipt)
        self.replaced = MessageBar("submission_maybe_replaced")
        self.progress = ProgressPanel("submission_progress", say)
        self.model = Rows(self._columns(), self)
        self.history = DataTable("submission_history", self.model)
        self.history.set_widths(150, 0, 130, 70, 190)
        below = QWidget()
        layout = QVBoxLayout(below)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self.replaced)
        layout.addWidget(self._build_waiting())
        layout.addWidget(self.progress)
        layout.addWidget(SectionTitle(say("submission.history")))
        layout.addWidget(self.history, 1)
        self.unknown = EmptyState(
            "submission_not_enrolled",
            say("submission.not_enrolled_title"),
            say("submission.not_enrolled_text"),
            say("submission.not_enrolled_action"),
        )
        self.whole = QStackedWidget()
        self.whole.addWidget(below)
        self.whole.addWidget(self.unknown)
        self.body.addWidget(self.whole, 1)
        self.unknown.button.clicked.connect(self._go_enrol)
        self.export_button.clicked.connect(self.export)
        self.place.told.connect(self.message.say)
        self.receipt.clicked.connect(self._browse)
        self.list.clicked.connect(self.list_wanted)
        self.progress.stopped.connect(self._stop)
        self.setFocusProxy(self.export_button)

    def _build_waiting(self) -> Card:
        say = self._session.text
        card = Card("submission_waiting")
        self.figure = QLabel("0")
        self.figure.setObjectName("submission_figure")
        self.figure.setProperty("kind", "figure")
        self.what = QLabel(say("submission.waiting"))
        self.people = quiet_label(name="submission_people")
        self.people.setWordWrap(False)
        self.forms = quiet_label(name="submission_forms")
        self.schedule = SchedulePanel(self._session, "submission_schedule")
        self.schedule.told.connect(self.message.say)
        self.place = PlaceChooser(self._session, "submission_place")
        self.export_button = PrimaryButton(say("submission.export"), "submission_export")
        self.missing = quiet_label(name="submission_missing")
        self.missing.setWordWrap(False)
        self.again = PlainButton(say("submission.send_again"), "submission_send_again")
        self.again.clicked.connect(self._send_again)
        card.body.addLayout(row(self.missing, None, self.again))
        card.body.addLayout(row(self.figure, self.what, self.people, None, spacing=MEDIUM))
        card.body.addWidget(self.forms)
        card.body.addWidget(self.schedule)
        card.body.addLayout(row(self.place, self.export_button))
        return card

    def _columns(self) -> tuple[Column[BundleRow], ...]:
        say = self._session.text
        bench = self._session.bench
        tones = {"written": Tone.DUE, "received": Tone.CONFIRMED, "archived": Tone.CONFIRMED}
        tones |= {"held": Tone.DUE, "returned": Tone.WRONG}
        return (
            Column(say("columns.date"), lambda made: made.made_at[:16].replace("T", " ")),
            Column(say("columns.file"), lambda made: made.file_name),
            Column(say("columns.range"), lambda made: f"{made.first}–{made.last}", right=True),
            Column(say("columns.entries"), lambda made: str(made.summary.get("entries", "")), right=True),
            Column(
                say("columns.state"),
                lambda made: bench.text("terms", f"bundle_state.{made.state}"),
                lambda made: tones.get(made.state, Tone.PLAIN),
            ),
        )

    def refresh(self) -> None:
        """Ask again what waits and what became of the rest."""
        self._session.ask(
            self, lambda desk: (submission.pending(desk), submission.history(desk), outlook(desk)), self._show
        )

    def _show(self, found: tuple[Pending, list[BundleRow], Outlook]) -> None:
        waiting, made, coming = found
        self.schedule.show_schedule(coming.schedule, submission_words(self._session.bench, coming))
        self.schedule.say_tone(Tone.DUE if coming.overdue or coming.doubtful else Tone.PLAIN)
        say = self._session.text
        self.whole.setCurrentIndex(0 if waiting.enrolled else 1)
        self.receipt.setVisible(waiting.enrolled)
        self.list.setVisible(waiting.enrolled)
        self.list.setEnabled(bool(made))
        lost = waiting.missing_above
        self.missing.setText(say("submission.missing", first=lost.first, last=lost.last) if lost else "")
        self.missing.setVisible(lost is not None)
        self.again.setVisible(lost is not None)
        if waiting.maybe_replaced:
            self.replaced.say(self._session.bench.text("exchange", "maybe_replaced"), Tone.DUE)
        else:
            self.replaced.hide()
        self.figure.setText(f"{waiting.entries:,}")
        self.what.setText(say("submission.waiting" if waiting.entries else "submission.nothing"))
        facts = []
        if waiting.entries:
            facts.append(say("submission.people", count=waiting.residents))
            facts.append(say("submission.range", first=waiting.first, last=waiting.last))
            if waiting.not_yet_exported:
                facts.append(say("submission.unexported", count=waiting.not_yet_exported))
            else:
                facts.append(say("submission.again"))
        self.people.setText("　".join(facts))
        parts = [say("submission.by_form", form=title, count=n) for title, n in waiting.by_form.items()]
        self.forms.setText("　".join(parts))
        self.forms.setVisible(bool(parts))
        self.export_button.setEnabled(bool(waiting.entries) and self._task is None)
        self.model.show_rows(made)
        self.shown.emit()

    def export(self) -> None:
        """Write the bundle to the chosen place."""
        place = self.place.place()
        if place is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return
        self.message.hide()
        self.progress.begin(self._session.text("submission.exporting"))
        self._task = self._session.work(
            self,
            lambda desk, progress: submission.export(desk, place, progress),
            self._exported,
            advanced=self.progress.advance,
            stopped=self._was_stopped,
            changes=_CHANGED,
            failed=self._refused,
            holding=(self.export_button, self.place, self.receipt),
        )

    def read_receipt(self, path: Path) -> None:
        """Take a receipt in."""

        def take(desk: Desk) -> ReceiptApplied:
            return receipts.apply(desk, desk.bench.medium.read_file(path, LARGEST))

        self.message.hide()
        self._session.ask(self, take, self._applied, changes=_CHANGED, failed=self._refused, holding=(self.receipt,))

    def _exported(self, result: Exported) -> None:
        self._task = None
        self.progress.finish()
        count = result.bundle.summary.get("entries", 0)
        words = self._session.text("submission.exported", file=result.path.name, count=count)
        say_written(self._session, self.message, words, [result.path])
        self.refresh()

    def _applied(self, result: ReceiptApplied) -> None:
        if result.already:
            self.message.say(self._session.text("submission.applied_known"))
            return
        if result.above_handed_to:
            self.message.say(
                self._session.text("submission.above_handed_to", station=result.above_handed_to), Tone.WRONG
            )
            return
        if result.handed_to:
            self.message.say(self._session.text("submission.handed_to", station=result.handed_to), Tone.WRONG)
            return
        words = verdict_words(self._session, result.counts)
        wrong = any(result.counts.get(verdict) for verdict in Verdict if verdict is not Verdict.ARCHIVED)
        said = self._session.text("submission.applied", words=words)
        if result.counts.get(Verdict.HELD):
            said += self._session.text("submission.held")
        tone = Tone.DUE if wrong else Tone.CONFIRMED
        if result.counts.get(Verdict.RETURNED):
            self.message.say(said, tone, self._session.text("submission.correct"), self.returned_wanted.emit)
        else:
            self.message.say(said, tone)

    def _send_again(self) -> None:
        self._session.ask(
            self,
            losses.send_again,
            lambda _missing: self.refresh(),
            changes=_CHANGED,
            failed=self._refused,
            holding=(self.again,),
        )

    def _refused(self, problem: Problem) -> None:
        self._task = None
        self.progress.finish()
        self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _was_stopped(self) -> None:
        self._task = None
        self.progress.finish()
        self.message.say(self._session.text("submission.stopped"))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _browse(self) -> None:
        start = str(self.place.folder() or "")
        dialog = QFileDialog(self, self._session.text("places.file_title"), start)
        dialog.setNameFilter("*.jdb")
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, path: str) -> None:
        self.read_receipt(Path(path))

    def _go_enrol(self) -> None:
        self.page_wanted.emit("management")


def verdict_words(session: Session, counts: Mapping[Verdict, int]) -> str:
    """How many of each verdict, in words."""
    words = [
        session.text(
            "submission.verdict", word=session.bench.text("terms", f"verdict.{verdict.value}"), count=counts[verdict]
        )
        for verdict in Verdict
        if counts.get(verdict)
    ]
    return session.text("submission.comma").join(words)
