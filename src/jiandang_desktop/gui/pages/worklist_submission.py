"""The line above today's work: what waits for the next submission, and the way there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from jiandang_desktop.gui.kit import Badge, Card, PlainButton, Tone, quiet_label, row
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.ports.medium import DriveState
from jiandang_desktop.services.exchange_words import outlook_words
from jiandang_desktop.services.worklist import TodayWork


class SubmissionCard(Card):
    """``page_wanted("submission")``."""

    page_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("worklist_pending", parent)
        self._session = session
        self.body.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        self.figure = QLabel("0")
        self.figure.setObjectName("pending_figure")
        self.figure.setProperty("kind", "figure")
        self.what = QLabel(session.text("worklist.pending_count"))
        self.words = quiet_label(name="pending_text")
        self.words.setWordWrap(False)
        self.due = Badge()
        self.due.setObjectName("worklist_due")
        self.doubtful = quiet_label(session.bench.text("exchange", "outlook.doubtful"), "worklist_doubtful")
        self.doubtful.hide()
        self.submit = PlainButton(session.text("worklist.go_submit"), "worklist_submit")
        self.submit.clicked.connect(lambda: self.page_wanted.emit("submission"))
        self.body.addLayout(row(self.figure, self.what, self.words, None, self.due, self.submit, spacing=MEDIUM))
        self.body.addWidget(self.doubtful)
        session.sticks.changed.connect(self._say_button)
        self._say_button()

    def show_work(self, work: TodayWork) -> None:
        """Show what waits."""
        waiting, say = work.pending, self._session.text
        self.figure.setText(f"{waiting.entries:,}")
        if not waiting.enrolled:
            self.words.setText(say("worklist.not_enrolled"))
        elif waiting.entries:
            key = "worklist.pending_text"
            self.words.setText(say(key, residents=waiting.residents, unexported=waiting.not_yet_exported))
        else:
            self.words.setText(say("worklist.pending_none"))
        urgent = work.outlook.overdue is not None or work.outlook.days == 0
        self.due.show_state(outlook_words(self._session.bench, work.outlook), Tone.DUE if urgent else Tone.PLAIN)
        self.due.setVisible(waiting.enrolled)
        self.doubtful.setVisible(work.outlook.doubtful)

    def _say_button(self) -> None:
        """With a stick plugged in the way leads to the export."""
        readable = any(drive.state is not DriveState.UNREADABLE for drive in self._session.sticks.drives)
        self.submit.setText(self._session.text("worklist.go_export" if readable else "worklist.go_submit"))
