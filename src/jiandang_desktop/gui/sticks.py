"""Notices sticks that are plugged in or pulled out, for everything in the window that asks; takes one out safely."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.kit.badges import Tone
from jiandang_desktop.gui.problems import sentence
from jiandang_desktop.gui.tasks import Lane, TaskRunner
from jiandang_desktop.ports.medium import Drive
from jiandang_desktop.services.workbench import Workbench

INTERVAL = 2000
"""Milliseconds between two looks; a look reads one small list of the system."""


class StickWatcher(QObject):
    """``changed`` when ``drives`` isn't what it was. It looks from the first ``watch`` on, one look at a time.

    ``ejected(drive)`` when a stick was taken out of the system here, before ``changed``.
    """

    changed = Signal()
    ejected = Signal(object)

    def __init__(self, bench: Workbench, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._tasks = tasks
        self._looking = False
        self.drives: tuple[Drive, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.look)

    def watch(self) -> None:
        """Begin, and look at once."""
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Look in the devices' lane, unless it still does."""
        if self._tasks.ended:
            self._timer.stop()
        elif not self._looking:
            self._looking = True
            medium = self._bench.medium
            self._tasks.run(
                self,
                lambda _progress: medium.drives(),
                self._seen,
                lane=Lane.DEVICES,
                failed=self._unseen,
                background=True,
            )

    def eject(self, drive: Drive, told: Callable[[str, Tone], None], holding: tuple[QWidget, ...] = ()) -> None:
        """Flush everything to a stick and take it out of the system; only then ``told`` calls it safe to pull."""
        bench = self._bench
        told(bench.text("window", "places.ejecting", name=drive.name), Tone.DUE)

        def done(_nothing: object) -> None:
            self.drives = tuple(each for each in self.drives if each != drive)
            self.ejected.emit(drive)
            self.changed.emit()
            told(bench.text("window", "places.ejected", name=drive.name), Tone.PLAIN)
            self.look()

        self._tasks.run(
            self,
            lambda _progress: bench.medium.eject(drive),
            done,
            lane=Lane.DEVICES,
            failed=lambda problem: told(sentence(bench.problems, problem), Tone.WRONG),
            holding=holding,
        )

    def _seen(self, drives: list[Drive]) -> None:
        self._looking = False
        if tuple(drives) != self.drives:
            self.drives = tuple(drives)
            self.changed.emit()

    def _unseen(self, _problem: Problem) -> None:
        self._looking = False
