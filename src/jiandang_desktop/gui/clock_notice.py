"""The bar above every page while the computer's date can't be believed."""

from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.kit import MessageBar, Tone
from jiandang_desktop.gui.session import Session
from jiandang_desktop.services import clock
from jiandang_desktop.services.clock import Doubt


class ClockNotice(MessageBar):
    """Stays until the date is right again or somebody says that it is; it can't be put away otherwise."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("clock_notice", parent)
        self._session = session
        self.button.hide()

    def refresh(self) -> None:
        """Look at the date again."""
        self._session.ask(self, clock.look, self._show)

    def _show(self, doubt: Doubt | None) -> None:
        if doubt is None:
            self.hide()
            return
        words = self._words("clock.doubtful", now=doubt.now, latest=doubt.latest)
        self.say(words, Tone.DUE, self._words("clock.right"), self._confirm)

    def _confirm(self) -> None:
        self._session.ask(
            self,
            clock.confirm,
            lambda _done: self.refresh(),
            changes=Changes(submissions=True),
            failed=self._refused,
            holding=(self.action,),
        )

    def _refused(self, problem: Problem) -> None:
        self.say(self._session.sentence(problem), Tone.WRONG)

    def _words(self, key: str, **values: object) -> str:
        return self._session.bench.text("exchange", key, **values)
