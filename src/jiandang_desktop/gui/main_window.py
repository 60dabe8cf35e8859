"""The window: first start, sign-in or the workplace; the idle lock; the end.

The pages are imported when they are shown, so that the sign-in comes at once.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QLabel, QMainWindow, QStackedWidget, QWidget
from shiboken6 import isValid

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.idle_lock import IdleLock
from jiandang_desktop.gui.kit import PlainButton, PrimaryButton, SectionTitle, column, row
from jiandang_desktop.gui.pages.sign_in import SignInPage
from jiandang_desktop.gui.problems import show_bug, show_problem
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import LARGE, MEDIUM

if TYPE_CHECKING:
    from jiandang_desktop.gui.workplace import Workplace


class MainWindow(QMainWindow):
    """Shows one of three things; while locked nothing of a resident exists in it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._closing = False
        self._workplace: Workplace | None = None
        self.setObjectName("main_window")
        self.setWindowTitle(session.text("title"))
        self.setMinimumSize(1024, 700)
        self.stack = QStackedWidget()
        self.setCentralWidget(self.stack)
        self._goodbye = QTimer(self)
        self._goodbye.setSingleShot(True)
        self._goodbye.setInterval(0)
        self._goodbye.timeout.connect(self.close)
        self.idle = IdleLock(self)
        self.idle.too_long.connect(self._idle_too_long)
        session.locked.connect(self._show_sign_in)
        session.signed_in.connect(self._show_workplace)
        session.tasks.problem_met.connect(self._problem)
        session.tasks.bug_met.connect(self._bug)
        session.tasks.idle.connect(self._maybe_close)
        if session.bench.keeper.exists(session.folder):
            self._show_sign_in()
        else:
            self._show_first_start()

    @property
    def workplace(self) -> "Workplace | None":
        """The pages, None while nobody is signed in."""
        return self._workplace

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask while something is under way; else keep what is typed, lock, and go."""
        if self._session.tasks.busy and not self._closing:
            event.ignore()
            self._ask_to_close()
            return
        if self._session.desk is not None:
            # What is typed goes to the draft and the vault is closed in its lane; then the window goes.
            event.ignore()
            self._closing = True
            self._leave()
            return
        event.accept()

    def lock(self) -> None:
        """Keep what is typed as a draft and lock."""
        self._leave()

    def _idle_too_long(self) -> None:
        if self._session.tasks.busy:
            self.idle.watch()
        else:
            self.lock()

    def _leave(self) -> None:
        workplace = self.workplace
        if workplace is not None:
            workplace.keep_drafts()
        self._session.leave()

    def _show(self, widget: QWidget) -> None:
        while (old := self.stack.widget(0)) is not None:
            self.stack.removeWidget(old)
            old.deleteLater()
        self._workplace = None
        self.stack.addWidget(widget)
        self.stack.setCurrentWidget(widget)

    def _show_first_start(self) -> None:
        from jiandang_desktop.gui.wizards.first_start import FirstStart

        wizard = FirstStart(self._session)
        wizard.finished.connect(self._set_up)
        self._show(wizard)

    def _show_sign_in(self) -> None:
        self.idle.rest()
        if not self._closing:
            self._show(SignInPage(self._session))

    def _set_up(self, page: str) -> None:
        desk = self._session.desk
        if desk is not None:
            self._session.enter(desk)
            if self.workplace is not None:
                self.workplace.show_page(page)

    def _show_workplace(self) -> None:
        from jiandang_desktop.gui.workplace import Workplace

        workplace = Workplace(self._session)
        workplace.lock_wanted.connect(self.lock)
        self._show(workplace)
        workplace.setFocus()
        self._workplace = workplace
        self.idle.watch()

    def _problem(self, owner: QObject | None, problem: Problem) -> None:
        show_problem(self._near(owner), problem, self._session.bench.problems, self._session.text)

    def _bug(self, owner: QObject | None, error: BaseException) -> None:
        show_bug(self._near(owner), error, self._session.text)

    def _near(self, owner: QObject | None) -> QWidget:
        return owner.window() if isinstance(owner, QWidget) and isValid(owner) else self

    def _ask_to_close(self) -> None:
        say = self._session.text
        dialog = QDialog(self)
        dialog.setObjectName("closing_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setMinimumWidth(480)
        text = QLabel(say("closing.text"))
        text.setWordWrap(True)
        stop, wait = (
            PlainButton(say("closing.stop"), "closing_stop"),
            PrimaryButton(say("closing.wait"), "closing_wait"),
        )
        wait.clicked.connect(dialog.reject)
        stop.clicked.connect(dialog.accept)
        dialog.accepted.connect(self._stop_and_close)
        title = SectionTitle(say("closing.title"))
        dialog.setLayout(column(title, text, row(None, stop, wait), spacing=MEDIUM, margins=LARGE))
        wait.setFocus()
        dialog.open()

    def _stop_and_close(self) -> None:
        self._session.tasks.cancel_all()
        self._closing = True
        if not self._session.tasks.busy:
            self.close()

    def _maybe_close(self) -> None:
        # Not from inside the runner's own signal: the window may take it with it.
        if self._closing:
            self._goodbye.start()
