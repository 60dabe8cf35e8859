"""Sign in, also after locking: names, password, nothing else."""

from collections.abc import Sequence
from importlib import import_module

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.gui.kit import (
    Card,
    LabelledRow,
    LinkButton,
    PlainButton,
    PrimaryButton,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Lane
from jiandang_desktop.gui.theme import LARGE, MEDIUM
from jiandang_desktop.services import sign_in
from jiandang_desktop.services.desk import Desk


def _load_rest(session: Session) -> None:
    import_module("jiandang_desktop.gui.workplace")
    session.bench.forms.all()


class SignInPage(QWidget):
    """Opens the vault for one of its people, with a password or with the recovery sheet."""

    signed_in = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in")
        self._session = session
        self._readied = False
        self.title = QLabel(session.text("sign_in.title"))
        self.title.setProperty("kind", "title")
        self.password_form, self.recovery_form = self._password_form(), self._recovery_form()
        self.recovery_form.hide()
        card = Card("sign_in_card")
        card.setFixedWidth(480)
        card.body.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        card.body.setSpacing(MEDIUM)
        card.body.addWidget(self.title)
        card.body.addWidget(self.password_form)
        card.body.addWidget(self.recovery_form)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(row(None, card, None))
        layout.addLayout(row(None, self._help(), None))
        layout.addStretch(3)
        session.tasks.run(
            self,
            lambda _progress: sign_in.people(session.bench, session.folder),
            self._show_people,
            failed=self._refused,
        )

    def _password_form(self) -> QWidget:
        say = self._session.text
        self.name = QComboBox()
        self.name.setObjectName("sign_in_name")
        self.password = line_edit("sign_in_password", secret=True)
        self.password.installEventFilter(self)
        self.password_row = LabelledRow(say("sign_in.password"), self.password)
        self.button = PrimaryButton(say("sign_in.go"), "sign_in_go")
        self.button.clicked.connect(self._sign_in)
        self.password.returnPressed.connect(self._sign_in)
        self.password.textEdited.connect(self._get_ready)
        forgotten = LinkButton(say("sign_in.forgotten"), "sign_in_forgotten")
        forgotten.clicked.connect(self._show_recovery)
        return _stacked(
            LabelledRow(say("sign_in.name"), self.name), self.password_row, row(forgotten, None, self.button)
        )

    def _recovery_form(self) -> QWidget:
        say = self._session.text
        self.code = line_edit("recovery_code", say("sign_in.code_hint"))
        self.code.setMaxLength(400)
        self.new_password = line_edit("recovery_password", secret=True)
        self.code_row = LabelledRow(say("sign_in.code"), self.code)
        self.recover_button = PrimaryButton(say("sign_in.recover"), "recovery_go")
        self.recover_button.clicked.connect(self._recover)
        back = PlainButton(say("sign_in.back"), "recovery_back")
        back.clicked.connect(self._show_password)
        new_row = LabelledRow(say("sign_in.new_password"), self.new_password, say("sign_in.password_rule"))
        return _stacked(self.code_row, new_row, row(back, None, self.recover_button))

    def _help(self) -> QLabel:
        help_ = quiet_label(self._session.text("sign_in.help"), "sign_in_help")
        help_.setFixedWidth(480)
        help_.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return help_

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Notice capital letters while the password is typed."""
        if watched is self.password and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            letter = event.text()
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if letter.isascii() and letter.isalpha():
                locked = letter.isupper() != shifted
                self.password_row.complain(self._session.text("sign_in.caps") if locked else "")
        return super().eventFilter(watched, event)

    def _show_people(self, people: Sequence[tuple[StaffId, str]]) -> None:
        for _, name in people:
            self.name.addItem(name)
        self.password.setFocus()

    def _get_ready(self) -> None:
        """While the password is typed the rest of the program is loaded: forms, pages, paper."""
        if not self._readied:
            self._readied = True
            self._session.tasks.run(self._session, lambda _progress: _load_rest(self._session), lane=Lane.COMPUTING)

    def _sign_in(self) -> None:
        bench, folder = self._session.bench, self._session.folder
        name, password = self.name.currentText(), self.password.text()
        if not self.button.isEnabled():
            return
        self.password_row.complain("")
        self._session.tasks.run(
            self,
            lambda _progress: sign_in.sign_in(bench, folder, name, password),
            self._entered,
            failed=self._refused,
            holding=(self.button,),
        )

    def _recover(self) -> None:
        bench, folder = self._session.bench, self._session.folder
        name, code, password = self.name.currentText(), self.code.text(), self.new_password.text()
        self._session.tasks.run(
            self,
            lambda _progress: sign_in.recover(bench, folder, code, name, password),
            self._entered,
            failed=self._recovery_refused,
            holding=(self.recover_button,),
        )

    def _entered(self, desk: Desk) -> None:
        self.password.clear()
        self.code.clear()
        self.new_password.clear()
        self._session.enter(desk)
        self.signed_in.emit()

    def _refused(self, problem: Problem) -> None:
        self.password_row.complain(self._session.sentence(problem))
        self.password.selectAll()
        self.password.setFocus()

    def _recovery_refused(self, problem: Problem) -> None:
        self.code_row.complain(self._session.sentence(problem))
        self.code.setFocus()

    def _show_form(self, *, recovery: bool) -> None:
        self.password_form.setVisible(not recovery)
        self.recovery_form.setVisible(recovery)

    def _show_recovery(self) -> None:
        self.title.setText(self._session.text("sign_in.recovery_title", name=self.name.currentText()))
        self._show_form(recovery=True)
        self.code.setFocus()

    def _show_password(self) -> None:
        self.title.setText(self._session.text("sign_in.title"))
        self._show_form(recovery=False)
        self.password.setFocus()


def _stacked(*items: QWidget | object) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(MEDIUM)
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)  # type: ignore[arg-type]
    layout.addStretch(1)
    return page
