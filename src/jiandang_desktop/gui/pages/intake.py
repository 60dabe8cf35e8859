"""接收: what lies on the stick, verified or why not; a preview by kind; archive; the receipt back to the same place."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from jiandang_desktop.bundles import read_header
from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.kit import (
    DataTable,
    EmptyState,
    Page,
    PlainButton,
    PrimaryButton,
    ProgressPanel,
    SectionTitle,
    Tone,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.intake_preview import IntakePreview
from jiandang_desktop.gui.pages.submission import LARGEST, verdict_words
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.services import intake
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.intake import Archived, BoardLine, IntakePlan
from jiandang_desktop.services.work import Progress

_CHANGED = Changes(registry=True, records=True, submissions=True)
Listing = Callable[[Desk], list[Path]]
_FOR_US = "submission"


@dataclass(frozen=True, slots=True)
class FoundBundle:
    """A file on the stick: its plan, or why it isn't taken."""

    path: Path
    plan: IntakePlan | None
    problem: Problem | None


class IntakePage(Page):
    """``page_wanted(name)`` leads to the enrolment; ``looked`` when the files were verified."""

    page_wanted = Signal(str)
    looked = Signal()
    archived = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("intake", session.text("intake.title"), parent)
        self._session = session
        self._task: Task | None = None
        self._paths: tuple[Path, ...] = ()
        self._build_controls()
        self.found = Rows(self._found_columns(), self)
        self.bundles = DataTable("intake_bundles", self.found)
        self.bundles.set_widths(0, 64, 168)
        self.board_rows = Rows(self._board_columns(), self)
        self.board = DataTable("intake_board", self.board_rows)
        self.board.set_widths(0, 112, 96)
        self.preview = IntakePreview(session)
        self.empty = EmptyState(
            "intake_empty",
            session.text("intake.empty_title"),
            session.text("intake.empty_text"),
            session.text("intake.empty_action"),
        )
        self._lay_out()
        self.look_button.clicked.connect(self.look)
        self.place.told.connect(self.message.say)
        self.open_button.clicked.connect(self._browse)
        self.bundles.row_changed.connect(self._chosen)
        self.progress.stopped.connect(self._stop)
        self.setFocusProxy(self.look_button)
        self.preview.archive.clicked.connect(self.archive)
        self.empty.button.clicked.connect(self._go_enrol)

    def _build_controls(self) -> None:
        say = self._session.text
        self.place = PlaceChooser(self._session, "intake_place")
        self.look_button = PrimaryButton(say("intake.look"), "intake_look")
        self.open_button = PlainButton(say("intake.open_file"), "intake_open")
        self.progress = ProgressPanel("intake_progress", say)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(MEDIUM)
        left.addWidget(self.bundles, 3)
        left.addWidget(SectionTitle(self._session.text("intake.board")))
        left.addWidget(self.board, 2)
        sides = row(left, self.preview, spacing=MEDIUM)
        sides.setStretch(0, 4)
        sides.setStretch(1, 6)
        below = QWidget()
        layout = QVBoxLayout(below)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addLayout(row(self.place, self.open_button, self.look_button))
        layout.addWidget(self.progress)
        layout.addLayout(sides, 1)
        self.whole = QStackedWidget()
        self.whole.addWidget(below)
        self.whole.addWidget(self.empty)
        self.body.addWidget(self.whole, 1)

    def _found_columns(self) -> tuple[Column[FoundBundle], ...]:
        say = self._session.text
        return (
            Column(say("columns.village"), self._sender),
            Column(say("columns.entries"), _count, right=True),
            Column(say("columns.state"), self._state, _state_tone),
        )

    def _board_columns(self) -> tuple[Column[BoardLine], ...]:
        say = self._session.text
        never = say("intake.board_never")
        return (
            Column(say("columns.village"), lambda line: line.station.name),
            Column(say("columns.last"), lambda line: line.last_bundle.made_at[:10] if line.last_bundle else never),
            Column(say("columns.taken"), lambda line: f"{line.taken:,}", right=True),
        )

    def _sender(self, found: FoundBundle) -> str:
        return found.plan.sender_name if found.plan else found.path.name

    def _state(self, found: FoundBundle) -> str:
        if found.plan is None:
            return self._session.text("intake.not_ours")
        if found.plan.known_receipt is not None:
            return self._session.text("intake.known")
        return self._session.text("intake.verified", count=len(found.plan.items))

    # Looking

    def refresh(self) -> None:
        """The board again; the stick is looked at when asked."""
        self._session.ask(self, intake.board, self._show_board)

    def _show_board(self, lines: list[BoardLine]) -> None:
        self.board_rows.show_rows(lines)
        self.whole.setCurrentIndex(0 if lines else 1)

    def look(self) -> None:
        """Verify every bundle in the chosen place."""
        folder = self.place.folder()
        if folder is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return
        self.message.hide()
        self._verify(lambda desk: desk.bench.medium.list_files(folder, ".jdb"))

    def read(self, paths: tuple[Path, ...]) -> None:
        """Verify these files."""
        self._verify(lambda _desk: list(paths))

    def _verify(self, listing: Listing) -> None:
        def work(desk: Desk, progress: Progress) -> list[FoundBundle]:
            paths = listing(desk)
            found = []
            for done, path in enumerate(paths):
                progress(done, len(paths))
                found.append(_verified(desk, path))
            return [bundle for bundle in found if bundle is not None]

        self.progress.begin(self._session.text("intake.reading"))
        self._task = self._session.work(
            self,
            work,
            self._show_found,
            advanced=self.progress.advance,
            stopped=self._was_stopped,
            failed=self._refused,
            holding=(self.look_button, self.open_button),
        )

    def _show_found(self, found: list[FoundBundle]) -> None:
        self._end()
        before = self.preview.path
        self._paths = tuple(item.path for item in found)
        self.found.show_rows(found)
        if not found:
            self.message.say(self._session.text("intake.found_none"), Tone.DUE)
            self.preview.show_nothing()
        else:
            self.bundles.choose_row(_first(found, before))
            self.bundles.setFocus()
        self.looked.emit()

    def _chosen(self, place: int) -> None:
        found = self.found.row(place)
        if found is None:
            self.preview.show_nothing()
        elif found.plan is None:
            self.preview.show_refusal(found.path.name, self._session.sentence(found.problem))
        else:
            self.preview.show_plan(found.path, found.plan)

    # Archiving

    def archive(self) -> None:
        """Archive what the preview shows and write the receipt beside the bundle."""
        plan, path = self.preview.plan, self.preview.path
        if plan is None or path is None:
            return
        decisions = dict(self.preview.decisions)

        def work(desk: Desk, progress: Progress) -> tuple[Archived, str]:
            done = intake.archive(desk, plan, decisions, progress)
            return done, desk.bench.medium.write_file(path.parent, done.receipt_name, done.receipt).name

        self.message.hide()
        self.progress.begin(self._session.text("intake.archiving"))
        self._task = self._session.work(
            self,
            work,
            self._archived,
            advanced=self.progress.advance,
            stopped=self._was_stopped,
            changes=_CHANGED,
            failed=self._refused,
            holding=(self.preview, self.look_button, self.open_button, self.bundles),
        )

    def _archived(self, result: tuple[Archived, str]) -> None:
        self._end()
        done, file_name = result
        key = "intake.archived_known" if done.already else "intake.archived"
        words = self._session.text(key, words=verdict_words(self._session, done.counts), file=file_name)
        self.message.say(words, Tone.PLAIN if done.already else Tone.CONFIRMED)
        self.archived.emit(done)
        self.read(self._paths)

    def _refused(self, problem: Problem) -> None:
        self._end()
        self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _was_stopped(self) -> None:
        self._end()
        self.message.say(self._session.text("intake.stopped"))

    def _end(self) -> None:
        self._task = None
        self.progress.finish()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._session.text("places.file_title"), str(self.place.folder() or ""))
        dialog.setNameFilter("*.jdb")
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, path: str) -> None:
        self.read((Path(path),))

    def _go_enrol(self) -> None:
        self.page_wanted.emit("management")


def _verified(desk: Desk, path: Path) -> FoundBundle | None:
    """The file with its plan or its refusal; None for what is plainly somebody else's (our own receipts)."""
    try:
        data = desk.bench.medium.read_file(path, LARGEST)
        if read_header(data).kind != _FOR_US:
            return None
        return FoundBundle(path, intake.plan(desk, data), None)
    except Problem as problem:
        return FoundBundle(path, None, problem)


def _first(found: list[FoundBundle], before: Path | None) -> int:
    """Where the cursor goes: the first that waits, else where it was."""
    fresh = (n for n, item in enumerate(found) if item.plan is not None and item.plan.known_receipt is None)
    same = (n for n, item in enumerate(found) if item.path == before)
    return next(fresh, next(same, 0))


def _count(found: FoundBundle) -> str:
    fresh = found.plan is not None and found.plan.known_receipt is None
    return str(len(found.plan.items)) if found.plan is not None and fresh else ""


def _state_tone(found: FoundBundle) -> Tone:
    if found.plan is None:
        return Tone.WRONG
    return Tone.PLAIN if found.plan.known_receipt is not None else Tone.CONFIRMED
