"""A line on the home page: answers that are waited for, that are late, that came."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from jiandang_desktop.gui.kit import Card, PlainButton, row
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.services import referrals
from jiandang_desktop.services.referrals import Counts


class ReferralNotice(Card):
    """Hidden while there is nothing to say. ``opened``: somebody wants to see the list."""

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("referral_notice", parent)
        self._session = session
        self.words = QLabel()
        self.words.setObjectName("referral_notice_words")
        self.button = PlainButton(session.bench.text("referrals", "do.list"), "referral_notice_open")
        self.button.clicked.connect(self.opened)
        self.body.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        self.body.addLayout(row(self.words, None, self.button, spacing=MEDIUM))
        self.hide()

    def refresh(self) -> None:
        """Count again."""
        self._session.ask(self, referrals.counts, self._show)

    def _show(self, found: Counts) -> None:
        say = self._session.bench.text
        key = "overdue" if found.overdue else "waiting"
        told = [say("referrals", f"notice.{key}", count=found.waiting, overdue=found.overdue)] if found.waiting else []
        told += [say("referrals", "notice.fresh", count=found.fresh)] if found.fresh else []
        self.words.setText("".join(told))
        self.setVisible(bool(told))
