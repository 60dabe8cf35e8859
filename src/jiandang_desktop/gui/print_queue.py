"""Many households in one print job: read in the vault's lane, set in the computing lane, one after another.

The window stays free: between two households the vault answers others. A job that is stopped or refused leaves
nothing: the file is written and the log kept only when everything is set.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrinter

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId, new_id
from jiandang_desktop.gui.print_preview import PageReplay, begin_printing, draw_next
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Lane, Task
from jiandang_desktop.ports.vault import PrintRow
from jiandang_desktop.printing.display import Page
from jiandang_desktop.services import prints
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.prints import Collected, FolderPrint, Mode
from jiandang_desktop.services.work import Progress
from jiandang_desktop.services.workbench import Workbench


class Target(Protocol):
    """Where a job goes to."""

    def compute(self, found: FolderPrint) -> None:
        """Take a household's pages; called in the computing lane."""
        ...

    def paint(self, found: FolderPrint) -> Sequence[Page]:
        """Pages that the window's thread still has to draw, one by one."""
        ...

    def draw(self, page: Page) -> bool:
        """Draw one page; False where the printer takes no more."""
        ...

    def end(self) -> None:
        """Everything is set; called in the devices' lane. May refuse (MEDIUM_…)."""
        ...

    def abandon(self) -> None:
        """Leave nothing."""
        ...


class PdfTarget:
    """One file, written when everything is set."""

    def __init__(self, bench: Workbench, path: Path) -> None:
        self._bench = bench
        self.path = path
        """Where the file is to be; once it was written, where it is."""
        self._job = prints.Job(bench)

    def compute(self, found: FolderPrint) -> None:
        """Write the household's pages into the document in memory."""
        self._job.add(found)

    def paint(self, _found: FolderPrint) -> Sequence[Page]:
        """Nothing is drawn."""
        return ()

    def draw(self, _page: Page) -> bool:
        """Nothing is drawn."""
        return True

    def end(self) -> None:
        """Write the file (MEDIUM_…, NOTHING_NEW)."""
        self.path = self._bench.medium.write_file(self.path.parent, self.path.name, self._job.finish().pdf)

    def abandon(self) -> None:
        """There is no file yet."""


class PrinterTarget:
    """A printer's one job."""

    def __init__(self, printer: QPrinter, replay: PageReplay) -> None:
        self._printer = printer
        self._replay = replay
        self._painter: QPainter | None = None

    def compute(self, _found: FolderPrint) -> None:
        """Painters live in the window's thread."""

    def paint(self, found: FolderPrint) -> Sequence[Page]:
        """All of a household's pages."""
        return found.pages

    def draw(self, page: Page) -> bool:
        """Send one page."""
        if self._painter is None:
            self._painter = begin_printing(self._printer)
            return self._painter is not None and draw_next(page, self._printer, self._painter, self._replay, first=True)
        return draw_next(page, self._printer, self._painter, self._replay, first=False)

    def end(self) -> None:
        """Nothing waits in this lane; the painter ends with ``close``."""

    def close(self) -> None:
        """The last page is sent."""
        if self._painter is not None:
            self._painter.end()
            self._painter = None

    def abandon(self) -> None:
        """Tell the printer to forget the job."""
        if self._painter is not None:
            self._printer.abort()
            self.close()


class PrintQueue(QObject):
    """One job at a time.

    ``household_done(place, pages)`` as it goes on (pages 0: nothing new), then one of ``finished(households, pages)``,
    ``stopped()``, ``refused(Problem)``. ``closing`` when it can't be stopped any more.
    """

    household_done = Signal(int, int)
    finished = Signal(int, int)
    stopped = Signal()
    refused = Signal(object)
    closing = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._target: Target | None = None
        self._setting: Task | None = None
        self._households: Sequence[SubjectId] = ()
        self._mode = Mode.ALL
        self._job = ""
        self._place = 0
        self._rows: list[PrintRow] = []
        self._waiting: list[Page] = []
        self._pages = 0
        self._stop = False
        session.locked.connect(self._locked)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._target is not None

    def begin(self, households: Sequence[SubjectId], mode: Mode, target: Target) -> None:
        """Start a job; the one before must be over."""
        self._households, self._mode, self._target = tuple(households), mode, target
        self._job, self._place, self._rows, self._stop = new_id(), 0, [], False
        self._next()

    def stop(self) -> None:
        """Stop at the next step; nothing half done is left."""
        self._stop = True
        if self._setting is not None and not self._setting.finished:
            self._setting.cancel()

    def _next(self) -> None:
        if self._stop:
            self._end_stopped()
        elif self._place == len(self._households):
            self._close()
        else:
            household = self._households[self._place]
            mode, job = self._mode, self._job
            self._session.ask(
                self, lambda desk: prints.collect(desk, household, mode, job), self._collected, failed=self._refuse
            )

    def _collected(self, collected: Collected) -> None:
        bench, target = self._session.bench, self._target
        if target is None:
            return
        if self._stop:
            self._end_stopped()
            return

        def lay_out(progress: Progress) -> FolderPrint:
            found = prints.lay_out(bench, collected, progress)
            target.compute(found)
            return found

        self._setting = self._session.tasks.run(
            self, lay_out, self._set, lane=Lane.COMPUTING, failed=self._refuse, stopped=self._end_stopped
        )

    def _set(self, found: FolderPrint) -> None:
        if self._target is None:
            return
        if found.pages:
            self._rows.append(found.row)
        self._waiting = list(self._target.paint(found))
        self._pages = len(found.pages)
        self._draw()

    def _draw(self) -> None:
        """Draw one page, then let the window breathe."""
        if self._target is None:
            return
        if self._stop:
            self._end_stopped()
        elif self._waiting:
            if self._target.draw(self._waiting.pop(0)):
                QTimer.singleShot(0, self._draw)
            else:
                self._refuse(Problem("PRINTER_REFUSED"))
        else:
            self.household_done.emit(self._place, self._pages)
            self._place += 1
            self._next()

    def _close(self) -> None:
        target = self._target
        if target is None:
            return
        if not self._rows:
            self._refuse(Problem("NOTHING_NEW"))
            return
        self.closing.emit()
        if isinstance(target, PrinterTarget):
            target.close()
        self._session.tasks.run(
            self, lambda _progress: target.end(), self._written, lane=Lane.DEVICES, failed=self._refuse
        )

    def _written(self, _nothing: object) -> None:
        rows = tuple(self._rows)

        def note(desk: Desk) -> None:
            prints.note(desk, rows)

        self._session.ask(self, note, self._noted, failed=self._refuse)

    def _noted(self, _nothing: object) -> None:
        households, pages = len(self._rows), sum(row.pages for row in self._rows)
        self._forget()
        self.finished.emit(households, pages)

    def _end_stopped(self) -> None:
        if self._target is not None:
            self._target.abandon()
            self._forget()
            self.stopped.emit()

    def _refuse(self, problem: Problem) -> None:
        if self._target is not None:
            self._target.abandon()
            self._forget()
            self.refused.emit(problem)

    def _locked(self) -> None:
        if self._target is not None:
            self._stop = True
            self._end_stopped()

    def _forget(self) -> None:
        self._target, self._setting, self._rows, self._waiting = None, None, [], []
