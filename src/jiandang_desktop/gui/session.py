"""What every page works with: the workbench, the signed-in desk, the task runner, the words of the window."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.problems import sentence
from jiandang_desktop.gui.sticks import StickWatcher
from jiandang_desktop.gui.tasks import NOTHING, Lane, Task, TaskRunner
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.work import Progress
from jiandang_desktop.services.workbench import Workbench

if TYPE_CHECKING:
    from jiandang_desktop.forms.catalog import FormCatalog


class Session(QObject):
    """One running window. ``desk`` is None while nobody is signed in."""

    signed_in = Signal()
    locked = Signal()

    def __init__(self, bench: Workbench, folder: Path, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = bench
        self.folder = folder
        self.tasks = tasks
        self.desk: Desk | None = None
        self.sticks = StickWatcher(bench, tasks, self)
        self.made_up = False
        """Whether everybody in this vault is invented; the window says so all the time."""

    @property
    def forms(self) -> "FormCatalog":
        """The forms of the signed-in station: the program's and its local ones."""
        return self.desk.forms if self.desk is not None else self.bench.forms

    def text(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/window.toml``."""
        return self.bench.text("window", key, **values)

    def reason(self, code: str, **_values: object) -> str:
        """Why a record waits or came back, in words."""
        return self.bench.text("terms", f"intake_reason.{code}")

    def sentence(self, problem: Problem) -> str:
        """A problem in one line."""
        return sentence(self.bench.problems, problem)

    def enter(self, desk: Desk) -> None:
        """Somebody signed in."""
        self.desk = desk
        self.signed_in.emit()

    def leave(self) -> None:
        """Lock: forget the desk, close the vault in its lane, tell the window."""
        desk, self.desk = self.desk, None
        if desk is not None:
            from jiandang_desktop.services import sign_in

            self.tasks.run(self, lambda _progress: sign_in.lock(desk))
            self.locked.emit()

    def ask(
        self,
        owner: QObject,
        work: Callable[[Desk], Any],
        done: Callable[[Any], None] | None = None,
        *,
        changes: Changes = NOTHING,
        failed: Callable[[Problem], None] | None = None,
        holding: tuple[QWidget, ...] = (),
    ) -> Task | None:
        """Do something short at the desk, in the vault's lane; nothing while nobody is signed in."""
        desk = self.desk
        if desk is None:
            return None
        return self.tasks.run(
            owner, lambda _progress: work(desk), done, changes=changes, failed=failed, holding=holding
        )

    def work(
        self,
        owner: QObject,
        work: Callable[[Desk, Progress], Any],
        done: Callable[[Any], None] | None = None,
        *,
        advanced: Callable[[int, int], None],
        stopped: Callable[[], None] | None = None,
        changes: Changes = NOTHING,
        failed: Callable[[Problem], None] | None = None,
        holding: tuple[QWidget, ...] = (),
    ) -> Task | None:
        """Do something long at the desk, with progress and a way to stop."""
        desk = self.desk
        if desk is None:
            return None
        return self.tasks.run(
            owner,
            lambda progress: work(desk, progress),
            done,
            lane=Lane.VAULT,
            changes=changes,
            failed=failed,
            stopped=stopped,
            advanced=advanced,
            holding=holding,
        )
