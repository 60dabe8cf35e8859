"""The vault on the 管理 page: check everything, make the lists again, take the originals in again after a restore."""

from PySide6.QtWidgets import QWidget

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
    scrolled,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.ports.vault import CheckReport
from jiandang_desktop.services import dispatch, generations, receiving, vault_care
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.exchange_words import not_restored_words
from jiandang_desktop.services.receiving import Outcome, Reception
from jiandang_desktop.services.work import Progress


class VaultTab(QWidget):
    """Full check and rebuilding, with words for what was found."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("vault_tab")
        self._session = session
        self._task: Task | None = None
        say = session.text
        self.message = MessageBar("vault_message")
        self.progress = ProgressPanel("vault_progress", say)
        self.progress.stop.hide()
        self.check = PlainButton(say("management.check"), "vault_check")
        self.rebuild = PlainButton(say("management.rebuild"), "vault_rebuild")
        self.check.clicked.connect(self._check)
        self.rebuild.clicked.connect(self._rebuild)
        layout = scrolled(self)
        layout.addWidget(self.message)
        layout.addWidget(self.progress)
        for button, name in ((self.check, "check"), (self.rebuild, "rebuild")):
            card = Card()
            card.body.addLayout(row(SectionTitle(say(f"management.{name}")), None, button))
            card.body.addWidget(quiet_label(say(f"management.{name}_text")))
            layout.addWidget(card)
        self.restore = PlainButton(say("management.restore"), "vault_restore")
        self.restore.clicked.connect(self._restore)
        self.progress.stopped.connect(self._stop)
        desk = session.desk
        if desk is not None and desk.station.level != "village" and desk.may(Right.INTAKE):
            card = Card()
            card.body.addLayout(row(SectionTitle(say("management.restore")), None, self.restore))
            card.body.addWidget(quiet_label(say("management.restore_text")))
            layout.addWidget(card)
        self.accept = PlainButton(say("management.accept"), "vault_accept")
        self.confirm = PrimaryButton(say("management.accept_confirm"), "vault_accept_confirm")
        self.confirm.hide()
        self.accept.clicked.connect(self._ask_accept)
        self.confirm.clicked.connect(self._accept)
        if desk is not None and desk.may(Right.MANAGE_KEYS):
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

    def _restore(self) -> None:
        """Take in again what lies in the archive folder and isn't in the vault."""

        def work(desk: Desk, progress: Progress) -> tuple[Reception, list[str]]:
            done = receiving.restore(desk, progress)
            return done, [each.station.name for each in dispatch.waiting(desk)]

        self.message.hide()
        self.progress.begin(self._session.text("management.restoring"))
        self.progress.stop.show()
        self._task = self._session.work(
            self,
            work,
            self._restored,
            advanced=self.progress.advance,
            failed=self._refused,
            changes=Changes(registry=True, records=True, submissions=True),
            holding=(self.check, self.rebuild, self.restore),
        )

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _restored(self, found: tuple[Reception, list[str]]) -> None:
        self._end()
        done, holders = found
        say, counts = self._session.text, done.counts()
        count = counts.get(Outcome.ARCHIVED, 0)
        parts = [say("management.restored_stopped" if done.stopped else "management.restored", count=count)]
        refused = next((line.problem for line in done.lines if line.problem is not None), None)
        if refused is not None:
            reason = self._session.sentence(refused)
            parts.append(say("management.restored_refused", count=counts.get(Outcome.REFUSED, 0), reason=reason))
        parts.append(not_restored_words(self._session.bench, holders))
        self.message.say("\n".join(parts), Tone.DUE)

    def _end(self) -> None:
        self._task = None
        self.progress.finish()
        self.progress.stop.hide()

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
        self._end()
        self.message.say(self._session.sentence(problem), Tone.WRONG)
