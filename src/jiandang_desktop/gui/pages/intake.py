"""接收: what lies on the stick, verified or why not; a preview by kind; archive one or all; the receipts back."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.kit import (
    DataTable,
    EmptyState,
    Page,
    PlainButton,
    PrimaryButton,
    ProgressPanel,
    Tone,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.intake_board import BoardPanel
from jiandang_desktop.gui.pages.intake_preview import IntakePreview
from jiandang_desktop.gui.pages.intake_words import outcome_words, title_words, why_words
from jiandang_desktop.gui.pages.submission import LARGEST
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.ports.medium import Drive, Place
from jiandang_desktop.ports.vault import BundleRow
from jiandang_desktop.services import board, dispatch, intake, parking, receiving
from jiandang_desktop.services.board import Board
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.dispatch import Dispatch
from jiandang_desktop.services.intake import IntakePlan
from jiandang_desktop.services.receiving import Found, Line, Outcome, Reception
from jiandang_desktop.services.work import Progress

_CHANGED = Changes(registry=True, records=True, submissions=True)
_TAKEABLE = (Outcome.READY, Outcome.FOLLOWS)
_TONES = {
    Outcome.READY: Tone.CONFIRMED,
    Outcome.FOLLOWS: Tone.CONFIRMED,
    Outcome.ARCHIVED: Tone.CONFIRMED,
    Outcome.KNOWN: Tone.PLAIN,
    Outcome.PARKED: Tone.DUE,
    Outcome.REFUSED: Tone.WRONG,
}


class IntakePage(Page):
    """``page_wanted(name)`` leads to the enrolment; ``looked`` when the files were verified."""

    page_wanted = Signal(str)
    looked = Signal()
    archived = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("intake", session.text("intake.title"), parent)
        self._session = session
        self._task: Task | None = None
        self._places: tuple[Path, ...] = ()
        self._place: Found | None = None
        self._receipts_to: Place | None = None
        self._build_controls()
        self.found = Rows(self._found_columns(), self)
        self.bundles = DataTable("intake_bundles", self.found)
        self.bundles.set_widths(0, 104, 120)
        self.board = BoardPanel(session)
        self.board.schedule.told.connect(self.message.say)
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
        self.preview.release.clicked.connect(self.release)
        self.board.kept.clicked.connect(self.show_kept)
        self.board.send.clicked.connect(self.send)
        self.board.send_all.clicked.connect(self.send_all)
        self.take_all.clicked.connect(self.archive_all)
        self.to_board.clicked.connect(lambda: self._show_work(shown=False))
        self.empty.button.clicked.connect(self._go_enrol)

    def _build_controls(self) -> None:
        say = self._session.text
        self.place = PlaceChooser(self._session, "intake_place")
        self.look_button = PrimaryButton(say("intake.look"), "intake_look")
        self.open_button = PlainButton(say("intake.open_file"), "intake_open")
        self.to_board = PlainButton(say("intake.to_board"), "intake_to_board")
        self.to_board.hide()
        self.progress = ProgressPanel("intake_progress", say)
        self.summary = quiet_label(name="intake_summary")
        self.summary.setWordWrap(False)
        self.take_all = PrimaryButton(say("intake.take_all"), "intake_take_all")
        self.take_all.setEnabled(False)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(MEDIUM)
        left.addWidget(self.bundles, 1)
        left.addWidget(self.summary)
        left.addLayout(row(None, self.take_all))
        self.work = QWidget()
        sides = row(left, self.preview, spacing=MEDIUM)
        sides.setStretch(0, 4)
        sides.setStretch(1, 6)
        self.work.setLayout(sides)
        self.work.hide()
        below = QWidget()
        layout = QVBoxLayout(below)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addLayout(row(self.place, self.to_board, self.open_button, self.look_button))
        layout.addWidget(self.progress)
        layout.addWidget(self.work, 1)
        layout.addWidget(self.board, 1)
        self.whole = QStackedWidget()
        self.whole.addWidget(below)
        self.whole.addWidget(self.empty)
        self.body.addWidget(self.whole, 1)

    def _found_columns(self) -> tuple[Column[Line], ...]:
        say = self._session.text
        return (
            Column(say("columns.village"), lambda line: line.sender_name or line.claimed or line.name),
            Column(say("columns.range"), _range, right=True),
            Column(say("columns.state"), self._state, lambda line: _TONES[line.outcome]),
        )

    def _state(self, line: Line) -> str:
        return self._session.text(f"intake.outcome.{line.outcome.value}")

    # Looking

    def refresh(self) -> None:
        """The board again; the stick is looked at when asked."""
        self._session.ask(self, lambda desk: (board.board(desk), dispatch.waiting(desk)), self._show_board)

    def _show_board(self, found: tuple[Board, list[Dispatch]]) -> None:
        villages, waiting = found
        self.board.show_board(villages, waiting)
        self.whole.setCurrentIndex(0 if villages.lines else 1)

    def send(self) -> None:
        """Write for the village under the board's cursor what it hasn't taken: changes, decisions, receipts again."""
        place, station = self.place.place(), self.board.station()
        if place is None or station is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return
        self.message.hide()
        self._start("intake.sending", lambda desk, _progress: dispatch.send(desk, station.id, place), self._sent)

    def _sent(self, result: tuple[Path, BundleRow]) -> None:
        self._end()
        path, bundle = result
        name = next((row.station.name for row in self.board.lines() if row.station.id == bundle.peer), bundle.peer)
        count = bundle.summary.get("entries", 0)
        words = self._session.text("intake.sent", name=name, file=path.name, count=count)
        say_written(self._session, self.message, words, [path])
        self.refresh()

    def send_all(self) -> None:
        """Write for every village what it hasn't taken."""
        place = self.place.place()
        if place is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return
        self.message.hide()
        self._start("intake.sending", lambda desk, progress: dispatch.send_all(desk, place, progress), self._all_sent)

    def _all_sent(self, paths: list[Path]) -> None:
        self._end()
        say_written(self._session, self.message, self._session.text("intake.sent_all", count=len(paths)), paths)
        self.refresh()

    def look(self) -> None:
        """Verify every bundle in the chosen place."""
        place, folder = self.place.place(), self.place.folder()
        if place is None or folder is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return
        self.message.hide()
        self.read((folder,), place if isinstance(place, Drive) else None)

    def read(self, places: tuple[Path, ...], receipts_to: Place | None = None) -> None:
        """Verify these files, or what is in these folders; receipts go to a stick, or beside each bundle."""
        self._places = places
        self._receipts_to = receipts_to

        def work(desk: Desk, progress: Progress) -> tuple[Found, list[Line]]:
            place = receiving.find(desk, places)
            return place, receiving.look(desk, place, progress)

        self._start("intake.reading", work, self._show_found)

    def _show_found(self, result: tuple[Found, list[Line]]) -> None:
        self._end()
        self._place, lines = result
        before = self.preview.path
        self.preview.forget()
        self._show_lines(lines)
        if not lines:
            self.message.say(self._session.text("intake.found_none"), Tone.DUE)
        else:
            self.bundles.choose_row(_first(lines, before))
            self.bundles.setFocus()
        if self._place.passed_over and self.message.isHidden():
            names = "　".join(item.name for item in self._place.passed_over[:5])
            count = len(self._place.passed_over)
            self.message.say(self._session.text("intake.passed_over", count=count, names=names))
        self.looked.emit()

    def _show_work(self, *, shown: bool) -> None:
        """The bundles of the stick, or the board."""
        self.work.setVisible(shown)
        self.board.setVisible(not shown)
        self.to_board.setVisible(shown)
        self.look_button.step_back(behind=shown)

    def _show_lines(self, lines: Sequence[Line]) -> None:
        say = self._session.text
        self.found.show_rows(lines)
        self._show_work(shown=bool(lines))
        counts = [
            say("intake.counts", word=say(f"intake.outcome.{outcome.value}"), count=number)
            for outcome in Outcome
            if (number := sum(1 for line in lines if line.outcome is outcome))
        ]
        self.summary.setText("　".join([say("intake.found", count=len(lines)), *counts]))
        fresh = [line for line in lines if line.outcome in _TAKEABLE or _parkable(line)]
        self.take_all.setText(say("intake.take_all_count", count=len(fresh)) if fresh else say("intake.take_all"))
        self.take_all.setEnabled(bool(fresh))
        if not lines:
            self.preview.show_nothing()

    def _chosen(self, place: int) -> None:
        line = self.found.row(place)
        if line is None:
            self.preview.show_nothing()
        elif line.outcome in (Outcome.READY, Outcome.KNOWN) and line.path is not None:
            self._session.ask(self, _planning(line.path), self._show_plan, failed=self._not_shown)
        else:
            self.preview.show_refusal(title_words(self._session, line), why_words(self._session, line))
            waits = line.outcome is Outcome.PARKED and line.missing is not None and line.bundle is not None
            self.preview.release.setVisible(waits)

    def _show_plan(self, found: tuple[Path, IntakePlan]) -> None:
        path, plan = found
        line = self.found.row(self.bundles.chosen_row())
        if line is not None and line.path == path:
            self.preview.show_plan(path, plan)

    def _not_shown(self, problem: Problem) -> None:
        self.preview.show_refusal("", self._session.sentence(problem))

    # Archiving

    def archive(self) -> None:
        """Archive what the preview shows and write the receipt beside the bundle."""
        path = self.preview.path
        if self.preview.plan is not None and path is not None:
            self._receive(lambda desk: receiving.find(desk, (path,)))

    def release(self) -> None:
        """Put what can be placed of the chosen parked bundle into the archive; the gap stays."""
        line = self.found.row(self.bundles.chosen_row())
        if line is not None and line.bundle is not None:
            digest = line.bundle.digest
            self._session.ask(
                self,
                lambda desk: parking.release(desk, digest),
                self._released,
                changes=_CHANGED,
                failed=self._refused,
                holding=(self.preview.release,),
            )

    def _released(self, count: int) -> None:
        self.message.say(self._session.text("intake.released", count=count), Tone.DUE)

    def show_kept(self) -> None:
        """The bundles that wait here, without any stick."""
        self._session.ask(self, receiving.kept, self._show_kept)

    def _show_kept(self, lines: list[Line]) -> None:
        self._place = None
        self._show_lines(lines)
        self.bundles.choose_row(0)

    def archive_all(self) -> None:
        """Archive everything that fits, keep what waits, write a receipt for each village."""
        place = self._place
        if place is not None:
            self._receive(lambda _desk: place)

    def _receive(self, find: Callable[[Desk], Found]) -> None:
        decisions, words = dict(self.preview.decisions), dict(self.preview.words)
        back = self._receipts_to

        def work(desk: Desk, progress: Progress) -> tuple[Reception, Found, list[Line]]:
            done = receiving.receive(
                desk, find(desk), receipts_to=back, decisions=decisions, words=words, progress=progress
            )
            place = receiving.find(desk, self._places)
            return done, place, receiving.look(desk, place)

        self.message.hide()
        self._start("intake.archiving", work, self._received, changes=_CHANGED)

    def _received(self, result: tuple[Reception, Found, list[Line]]) -> None:
        self._end()
        done, self._place, lines = result
        before = self.preview.path
        self.preview.forget()
        self._show_lines(lines)
        self.bundles.choose_row(_first(lines, before))
        self.bundles.setFocus()
        words, tone = outcome_words(self._session, done)
        say_written(self._session, self.message, words, done.receipts, tone)
        self.archived.emit(done)

    def _start(
        self,
        words: str,
        work: Callable[[Desk, Progress], object],
        done: Callable[..., None],
        changes: Changes | None = None,
    ) -> None:
        self.progress.begin(self._session.text(words))
        self._task = self._session.work(
            self,
            work,
            done,
            advanced=self.progress.advance,
            stopped=self._was_stopped,
            failed=self._refused,
            changes=changes or Changes(),
            holding=(self.preview, self.take_all, self.look_button, self.open_button, self.bundles, self.board),
        )

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
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter("*.jdb")
        dialog.filesSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, paths: list[str]) -> None:
        self.read(tuple(map(Path, paths)))

    def _go_enrol(self) -> None:
        self.page_wanted.emit("management")


def _planning(path: Path) -> Callable[[Desk], tuple[Path, IntakePlan]]:
    return lambda desk: (path, intake.verify(desk, desk.bench.medium.read_file(path, LARGEST)))


def _parkable(line: Line) -> bool:
    """A bundle that waits and isn't kept here yet."""
    return line.outcome is Outcome.PARKED and line.bundle is None


def _first(lines: Sequence[Line], before: Path | None) -> int:
    """Where the cursor goes: the first that can be taken, else where it was."""
    fresh = (n for n, line in enumerate(lines) if line.outcome in _TAKEABLE)
    same = (n for n, line in enumerate(lines) if line.path == before)
    return next(fresh, next(same, 0))


def _range(line: Line) -> str:
    piece = line.header or line.bundle
    return f"{piece.first}–{piece.last}" if piece is not None else ""
