"""The one place that shows a Problem or a bug to the person."""

import logging
import traceback
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from jiandang_desktop.domain.problems import Problem, ProblemCatalog, ProblemWords
from jiandang_desktop.gui.kit import PlainButton, PrimaryButton, SectionTitle, column, quiet_label, row
from jiandang_desktop.gui.theme import LARGE, MEDIUM

_log = logging.getLogger("jiandang")


def sentence(catalog: ProblemCatalog, problem: Problem) -> str:
    """What happened and what to do, in one line."""
    words = catalog.words(problem)
    return words.text + words.next_step


class ProblemDialog(QDialog):
    """What happened, what to do next, and the code to read out over the telephone."""

    def __init__(self, parent: QWidget | None, words: ProblemWords, code: str, say: Callable[..., str]) -> None:
        super().__init__(parent)
        self.setObjectName("problem_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say("problem.title"))
        self.setMinimumWidth(520)
        self._copied = f"{words.text}\n{words.next_step}\n[{code}]"
        title = SectionTitle(words.text, "problem_text")
        title.setWordWrap(True)
        next_step = QLabel(words.next_step)
        next_step.setObjectName("problem_next")
        next_step.setWordWrap(True)
        copy = PlainButton(say("problem.copy"), "problem_copy")
        close = PrimaryButton(say("problem.close"), "problem_close")
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        buttons = row(quiet_label(f"[{code}]", "problem_code"), None, copy, close)
        self.setLayout(column(title, next_step, buttons, spacing=MEDIUM, margins=LARGE))
        close.setDefault(True)
        close.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)


def show_problem(parent: QWidget | None, problem: Problem, catalog: ProblemCatalog, say: Callable[..., str]) -> None:
    """Tell a Problem; returns at once."""
    ProblemDialog(parent, catalog.words(problem), problem.code, say).open()


def show_bug(parent: QWidget | None, error: BaseException, say: Callable[..., str]) -> None:
    """Tell a fault of the program itself; its place goes to the log, its values (they may be personal) do not."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    trail = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    _log.error("bug %s at %s", type(error).__name__, trail)
    words = ProblemWords(say("problem.bug"), say("problem.bug_next"), 1)
    ProblemDialog(parent, words, f"BUG {type(error).__name__} {place}", say).open()
