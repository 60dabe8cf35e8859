"""The county's own forms and questions on the 管理 page: what is in use, take a new file over."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.gui.kit import DataTable, EmptyState, MessageBar, PrimaryButton, Tone, quiet_label, row
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.services import local_forms
from jiandang_desktop.services.local_forms import LocalForm


class LocalFormsTab(QWidget):
    """A table and one way to add to it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("local_forms_tab")
        self._session = session
        say = session.text
        self.message = MessageBar("local_forms_message")
        self.button = PrimaryButton(say("local_forms.add"), "local_forms_add")
        self.button.clicked.connect(self._choose)
        self.model = Rows(self._columns(), self)
        self.table = DataTable("local_forms_table", self.model)
        self.table.set_widths(0, 220, 120, 100)
        what = quiet_label(say("local_forms.what"))
        what.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addLayout(row(what, self.button))
        layout.addWidget(self.message)
        self.empty = EmptyState("local_forms_empty", say("local_forms.empty_title"), say("local_forms.empty_text"))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        layout.addWidget(self.stack, 1)

    def refresh(self) -> None:
        """Read the local forms again."""
        self._session.ask(self, local_forms.local_forms, self._show)

    def _show(self, known: list[LocalForm]) -> None:
        self.model.show_rows(known)
        self.stack.setCurrentIndex(0 if known else 1)

    def take(self, path: Path) -> None:
        """Take a definition file over."""
        medium = self._session.bench.medium
        self.message.hide()
        self._session.ask(
            self,
            lambda desk: local_forms.add(desk, medium.read_file(path, local_forms.LIMIT), path.name),
            self._taken,
            changes=Changes(records=True),
            failed=self._refused,
            holding=(self.button,),
        )

    def _columns(self) -> tuple[Column[LocalForm], ...]:
        say = self._session.text
        return (
            Column(say("local_forms.title"), lambda known: known.form.title),
            Column(say("local_forms.id"), lambda known: known.form.id),
            Column(
                say("local_forms.kind"),
                lambda known: say("local_forms.added" if known.definition.is_overlay else "local_forms.own"),
            ),
            Column(say("local_forms.version"), lambda known: str(known.definition.version)),
        )

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._session.text("local_forms.choose"))
        dialog.setNameFilter(self._session.text("local_forms.filter"))
        dialog.fileSelected.connect(lambda chosen: self.take(Path(chosen)))
        dialog.open()

    def _taken(self, form: Form) -> None:
        self.message.say(self._session.text("local_forms.taken", title=form.title), Tone.CONFIRMED)
        self.refresh()

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)
