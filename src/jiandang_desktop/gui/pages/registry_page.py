"""Register a household and its members, or change their data, with the same form panel as every other form."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.forms.definition import Severity
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.forms.validator import FormContext
from jiandang_desktop.gui.forms.confirm_card import ConfirmCard
from jiandang_desktop.gui.forms.form_panel import FormPanel
from jiandang_desktop.gui.kit import Page, PlainButton, PrimaryButton, Tone
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import HouseholdRow, ResidentRow
from jiandang_desktop.services import registry
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registry import HEAD, HouseholdSheet

Save = Callable[[Desk, dict[str, Any], frozenset[str]], Any]

_ISSUED = frozenset(
    {
        "record_code",
        "record_code_scheme",
        "card_token",
        "cards",
        "household_id",
        "household_code",
        "status",
        "keeping_station",
    }
)
"""Answers that the program gives or that have their own way of changing; never sent as typed."""
_TWIN = "twin"


class RegistryPage(Page):
    """``left(resident id or '')`` after Esc; ``saved(row)`` after each F2."""

    left = Signal(str)
    saved = Signal(object)
    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("registry", "", parent)
        self._session = session
        self.panel: FormPanel | None = None
        self._save: Save | None = None
        self._after: Callable[[Any], None] | None = None
        self._unsure: frozenset[str] = frozenset()
        self._back_to = ""
        self._notice = ""
        self._before: dict[str, Any] = {}
        back = PlainButton(session.text("registry.back"), "registry_back")
        self.button = PrimaryButton(session.text("registry.save"), "registry_save")
        self.add_action(back)
        self.add_action(self.button)
        self.confirm = ConfirmCard(self.words, self)
        self.body.addWidget(self.confirm)
        back.clicked.connect(self.leave)
        self.button.clicked.connect(self.save)
        self.confirm.confirmed.connect(self._save_sure)
        self.confirm.declined.connect(self.confirm.hide)
        for key, slot in ((Qt.Key.Key_F2, self.save), (Qt.Key.Key_Escape, self.leave)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``, for the panel."""
        return self._session.bench.text("form_window", key, **values)

    # What is opened

    def new_household(self) -> None:
        """An empty household; after it is saved its head is asked for."""
        self._back_to = ""

        def save(desk: Desk, answers: dict[str, Any], _sure: frozenset[str]) -> HouseholdRow:
            return registry.add_household(desk, answers)

        self._open("household", "new_household", {}, save, self._household_made)

    def edit_household(self, household_id: SubjectId) -> None:
        """A household's data."""

        def save(desk: Desk, answers: dict[str, Any], _sure: frozenset[str]) -> HouseholdRow:
            return registry.edit_household(desk, household_id, self._changes(answers))

        def show(sheet: HouseholdSheet) -> None:
            self._open("household", "edit_household", dict(sheet.household.answers), save, self._done)

        self._back_to = ""
        self._session.ask(self, lambda desk: registry.open_household(desk, household_id), show)

    def new_resident(self, household_id: SubjectId) -> None:
        """Another member of a household; the first one is its head."""

        def look(desk: Desk) -> tuple[HouseholdSheet, dict[str, Any]]:
            sheet = registry.open_household(desk, household_id)
            return sheet, registry.resident_defaults(desk, sheet.household)

        self._session.ask(self, look, self._open_member)

    def edit_resident(self, resident_id: SubjectId) -> None:
        """A resident's registry data."""

        def save(desk: Desk, answers: dict[str, Any], sure: frozenset[str]) -> ResidentRow:
            return registry.edit_resident(desk, resident_id, self._changes(answers), sure)

        def show(row: ResidentRow) -> None:
            self._open("resident", "edit_resident", dict(row.answers), save, self._done)

        self._back_to = resident_id
        self._session.ask(self, lambda desk: registry.show_resident(desk, resident_id), show)

    def _open_member(self, found: tuple[HouseholdSheet, dict[str, Any]]) -> None:
        sheet, start = found
        house = sheet.household
        start |= {"household_id": house.id}
        if not sheet.members:
            start |= {"relation_to_head": HEAD}

        def save(desk: Desk, answers: dict[str, Any], sure: frozenset[str]) -> ResidentRow:
            typed = {field: value for field, value in answers.items() if field not in _ISSUED}
            return registry.add_resident(desk, house.id, typed, sure)

        key = "new_resident" if sheet.members else "new_head"
        self._open("resident", key, start, save, self._resident_made)
        self.subtitle.setText(house.address)

    def _open(
        self, form_id: str, title: str, answers: dict[str, Any], save: Save, after: Callable[[Any], None]
    ) -> None:
        if self.panel is not None:
            self.body.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
        self._save, self._after, self._before = save, after, answers
        self._unsure = frozenset()
        self.confirm.hide()
        self.message.hide()
        if self._notice:
            self.message.say(self._notice)
        self._notice = ""
        self.title.setText(self._session.text(f"registry.{title}"))
        self.subtitle.setText("")
        self.panel = FormPanel(self._session.forms.current(FormId(form_id)), self.words)
        self.panel.set_answers(answers)
        self.panel.answers_changed.connect(self._changed)
        self.panel.finished.connect(self.button.setFocus)
        self.body.addWidget(self.panel, 1)
        self._session.ask(self, registry.registry_context, self._know)

    def _know(self, context: FormContext) -> None:
        if self.panel is not None:
            self.panel.set_context(context)
            self.panel.go_to("")
        self.opened.emit()

    # Saving

    def save(self) -> None:
        """Save what is typed; findings appear beside the fields."""
        self._run(frozenset())

    def _save_sure(self) -> None:
        self._run(self._unsure)

    def _run(self, sure: frozenset[str]) -> None:
        panel, save = self.panel, self._save
        if panel is None or save is None or not self.button.isEnabled():
            return
        answers = panel.answers()
        self._session.ask(
            self,
            lambda desk: save(desk, answers, sure),
            self._after,
            changes=Changes(registry=True, submissions=True),
            failed=self._refused,
            holding=(self.button,),
        )

    def _changes(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What differs from what was opened; None takes an answer away."""
        before = {field: value for field, value in self._before.items() if field not in _ISSUED}
        now = {field: value for field, value in answers.items() if field not in _ISSUED}
        gone = dict.fromkeys(before.keys() - now.keys())
        return gone | {field: value for field, value in now.items() if before.get(field) != value}

    def _refused(self, problem: Problem) -> None:
        findings = tuple(item for item in problem.findings if isinstance(item, Finding))
        sentence = self._session.sentence(problem)
        if problem.code == "ANSWERS_UNSURE" and findings:
            self._unsure |= {finding.key for finding in findings}
            self.message.hide()
            self.confirm.ask(findings)
        elif problem.code == "RESIDENT_LIKE_ANOTHER":
            self._unsure |= {_TWIN}
            self.message.hide()
            self.confirm.ask((Finding("name", Severity.WARN, sentence, _TWIN),))
        else:
            self.confirm.hide()
            self.message.say(sentence, Tone.WRONG)
        if findings and self.panel is not None:
            self.panel.set_findings(findings)

    def _changed(self) -> None:
        self.confirm.hide()
        self._unsure = frozenset()

    # After saving

    def _household_made(self, house: HouseholdRow) -> None:
        self.saved.emit(house)
        self._notice = self._session.text("registry.household_saved")
        self.new_resident(house.id)

    def _resident_made(self, row: ResidentRow) -> None:
        self._back_to = row.id
        self.saved.emit(row)
        self._notice = self._session.text("registry.resident_saved", name=row.name, code=row.record_code)
        self.new_resident(SubjectId(row.household_id))

    def _done(self, row: object) -> None:
        self.saved.emit(row)
        self.leave()

    def leave(self) -> None:
        """Go away; from the question "are you sure?" back to the form."""
        if self.confirm.isVisible():
            self.confirm.hide()
            return
        self.message.hide()
        self.left.emit(self._back_to)
