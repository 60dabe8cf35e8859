"""The vault on the 管理 page: check everything, make the lists again."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.kit import (
    Card,
    MessageBar,
    PlainButton,
    PrimaryButton,
    ProgressPanel,
    SectionTitle,
    Tone,
    quiet_label,
    row,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.ports.vault import CheckReport
from jiandang_desktop.services import generations, vault_care


class VaultTab(QWidget):
    """Full check and rebuilding, with words for what was found."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("vault_tab")
        self._session = session
        say = session.text
        self.message = MessageBar("vault_message")
        self.progress = ProgressPanel("vault_progress", say)
        self.progress.stop.hide()
        self.check = PlainButton(say("management.check"), "vault_check")
        self.rebuild = PlainButton(say("management.rebuild"), "vault_rebuild")
        self.check.clicked.connect(self._check)
        self.rebuild.clicked.connect(self._rebuild)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self.message)
        layout.addWidget(self.progress)
        for button, name in ((self.check, "check"), (self.rebuild, "rebuild")):
            card = Card()
            card.body.addLayout(row(SectionTitle(say(f"management.{name}")), None, button))
            card.body.addWidget(quiet_label(say(f"management.{name}_text")))
            layout.addWidget(card)
        self.accept = PlainButton(say("management.accept"), "vault_accept")
        self.confirm = PrimaryButton(say("management.accept_confirm"), "vault_accept_confirm")
        self.confirm.hide()
        self.accept.clicked.connect(self._ask_accept)
        self.confirm.clicked.connect(self._accept)
        if session.desk is not None and session.desk.may(Right.MANAGE_KEYS):
            card = Card()
            card.body.addLayout(row(SectionTitle(say("management.accept")), None, self.accept, self.confirm))
            card.body.addWidget(quiet_label(say("management.accept_text")))
            layout.addWidget(card)
        layout.addStretch(1)

    def _check(self) -> None:
        self.message.hide()
        self.progress.begin(self._session.text("management.checking"))
        self._session.ask(
            self, vault_care.check, self._checked, failed=self._refused, holding=(self.check, self.rebuild)
        )

    def _rebuild(self) -> None:
        self.message.hide()
        self.progress.begin(self._session.text("management.checking"))
        changes = Changes(registry=True, records=True)
        self._session.ask(
            self,
            vault_care.rebuild,
            self._checked,
            changes=changes,
            failed=self._refused,
            holding=(self.check, self.rebuild),
        )

    def _ask_accept(self) -> None:
        self.message.say(self._session.text("management.accept_ask"), Tone.DUE)
        self.confirm.show()
        self.accept.hide()

    def _accept(self) -> None:
        self._session.ask(
            self,
            generations.begin,
            self._accepted,
            changes=Changes(settings=True, submissions=True),
            failed=self._refused,
            holding=(self.confirm,),
        )

    def _accepted(self, _begun: object) -> None:
        self.confirm.hide()
        self.accept.show()
        self.message.say(self._session.text("management.accepted"), Tone.CONFIRMED)

    def _checked(self, report: CheckReport) -> None:
        self.progress.finish()
        say, bench = self._session.text, self._session.bench
        if report.faults:
            words = "、".join(bench.text("terms", f"fault.{code}", detail=detail) for code, detail in report.faults[:5])
            self.message.say(say("management.check_bad", count=len(report.faults), faults=words), Tone.WRONG)
            return
        counts = {
            "residents": report.residents,
            "revisions": report.revisions,
            "journal": report.journal_entries,
            "audit": report.audit_entries,
        }
        self.message.say(say("management.check_good", **counts), Tone.CONFIRMED)

    def _refused(self, problem: Problem) -> None:
        self.progress.finish()
        self.message.say(self._session.sentence(problem), Tone.WRONG)
