"""Keeps what is typed as a draft, a moment after the last key, and says so."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.forms.form_panel import FormPanel
from jiandang_desktop.gui.session import Session
from jiandang_desktop.services import drafts
from jiandang_desktop.services.drafts import DraftPlace

PAUSE_MS = 1000
"""A pause of typing this long saves."""


class DraftKeeper(QObject):
    """Watches a panel. ``saved(time label)`` after each save; ``saving_began`` when something is waiting."""

    saved = Signal(str)
    saving_began = Signal()

    def __init__(
        self, session: Session, place: DraftPlace, panel: FormPanel, refused: Callable[[Problem], None]
    ) -> None:
        super().__init__(panel)
        self._session = session
        self._place = place
        self._panel = panel
        self._refused = refused
        self._dirty = False
        self._under_way = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.save)
        panel.answers_changed.connect(self._changed)

    @property
    def dirty(self) -> bool:
        """Whether something typed is not saved yet."""
        return self._dirty

    def save(self) -> None:
        """Save now, if there is anything to save; one save at a time, in order."""
        self._pause.stop()
        if not self._dirty or self._under_way:
            return
        self._dirty, self._under_way = False, True
        place, answers, field = self._place, self._panel.answers(), self._panel.place()
        task = self._session.ask(
            self,
            lambda desk: drafts.keep_draft(desk, place, answers, field),
            self._kept,
            changes=Changes(drafts=True),
            failed=self._not_kept,
        )
        if task is None:
            self._under_way = False

    def flush(self) -> None:
        """Save what is typed even while a save is under way: the last chance before the form goes."""
        self._under_way = False
        self.save()

    def forget(self) -> None:
        """Nothing is to be saved any more: the form was filed."""
        self._pause.stop()
        self._dirty = False

    def _changed(self) -> None:
        self._dirty = True
        self._pause.start()
        self.saving_began.emit()

    def _kept(self, saved_at: str) -> None:
        self._under_way = False
        self.saved.emit(saved_at)
        if self._dirty:
            self._pause.start()

    def _not_kept(self, problem: Problem) -> None:
        self._under_way = False
        self._dirty = True
        self._refused(problem)


class DraftState(QLabel):
    """The corner that says what is saved."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("draft_state")
        self.setProperty("kind", "quiet")

    def follow(self, keeper: DraftKeeper) -> None:
        """Say what a keeper does."""
        keeper.saved.connect(self._say_saved)
        keeper.saving_began.connect(self._say_waiting)

    def say_opened(self, saved_at: str) -> None:
        """A draft of this time is gone on with; '' where there is none."""
        key = "page.draft_opened" if saved_at else "page.nothing_yet"
        self.setText(self._words(key, time=_clock(saved_at)))

    def _say_saved(self, saved_at: str) -> None:
        self.setText(self._words("page.draft_saved", time=_clock(saved_at)))

    def _say_waiting(self) -> None:
        self.setText(self._words("page.draft_waiting"))


def _clock(label: str) -> str:
    """Hour and minute of a time label."""
    return label[11:16]
