"""Register a household and its members, or change their data, with the same form panel as every other form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, SubjectId
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.forms.validator import FormContext
from jiandang_desktop.gui.forms.confirm_card import ConfirmCard
from jiandang_desktop.gui.forms.draft_keeper import DraftKeeper, DraftState
from jiandang_desktop.gui.forms.form_panel import FormPanel
from jiandang_desktop.gui.kit import LinkButton, Page, PlainButton, PrimaryButton, Tone
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import DraftRow, HouseholdRow, ResidentRow
from jiandang_desktop.services import drafts, life_events, registry
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.drafts import DraftPlace
from jiandang_desktop.services.registry import HEAD, ISSUED, IdentityNotes
from jiandang_desktop.services.resident_folder import returned_words

Save = Callable[[Desk, dict[str, Any], frozenset[str]], Any]

_TWIN = "twin"


_OF_IDENTITY = frozenset({"id_type", "id_no", "id_confirmed_as_printed", "sex", "birth_date"})
"""Questions about which an identity number says something."""


@dataclass(frozen=True)
class _Opening:
    """A registry form about to be shown."""

    title: str
    place: DraftPlace
    start: Mapping[str, Any]
    save: Save
    after: Callable[[Any], None]
    context: FormContext
    draft: DraftRow | None
    subtitle: str = ""
    relations: Mapping[str, str] = field(default_factory=dict)
    """A newborn's relation to the head by its sex; empty for everybody else."""
    returned: str = ""
    """What the township wrote when it sent the registration back."""


def _asked(form: Form) -> Form:
    """The form without what the program fills in: nobody should wonder what to type there."""
    parts = (
        replace(part, fields=tuple(item for item in part.fields if item.id not in ISSUED)) for part in form.sections
    )
    return replace(form, sections=tuple(part for part in parts if part.fields))


def _typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in answers.items() if field not in ISSUED}


class RegistryPage(Page):
    """``left(resident id or '')`` after Esc; ``written(row)`` after each F2."""

    left = Signal(str)
    written = Signal(object)
    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("registry", "", parent)
        self._session = session
        self.panel: FormPanel | None = None
        self._opening: _Opening | None = None
        self._drafts: DraftKeeper | None = None
        self._aside: dict[str, Any] | None = None
        """A draft that was put aside to begin anew."""
        self._unsure: frozenset[str] = frozenset()
        self._back_to = ""
        self._notice = ""
        self._before: dict[str, Any] = {}
        back = PlainButton(session.text("registry.back"), "registry_back")
        self.button = PrimaryButton(session.text("registry.save"), "registry_save")
        self.saved = DraftState(self.words)
        self.again = LinkButton(session.text("registry.start_again"), "registry_again")
        self.again.hide()
        self.again.clicked.connect(self._start_again)
        self.add_action(self.again)
        self.add_action(self.saved)
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

        def look(desk: Desk) -> _Opening:
            place = DraftPlace(FormId("household"), SubjectId(desk.station.id))
            return _opening(desk, "new_household", place, {}, self._add_household, self._household_made)

        self._session.ask(self, look, self._open)

    def edit_household(self, household_id: SubjectId) -> None:
        """A household's data."""
        self._back_to = ""

        def save(desk: Desk, answers: dict[str, Any], _sure: frozenset[str]) -> HouseholdRow:
            return registry.edit_household(desk, household_id, self._changes(answers))

        def look(desk: Desk) -> _Opening:
            answers = registry.open_household(desk, household_id).household.answers
            place = DraftPlace(FormId("household"), household_id, RecordId(household_id))
            return _opening(desk, "edit_household", place, answers, save, self._done)

        self._session.ask(self, look, self._open)

    def new_resident(self, household_id: SubjectId) -> None:
        """Another member of a household; the first one is its head."""

        def save(desk: Desk, answers: dict[str, Any], sure: frozenset[str]) -> ResidentRow:
            typed = _typed(answers)
            return registry.add_resident(desk, household_id, typed, sure)

        def look(desk: Desk) -> _Opening:
            sheet = registry.open_household(desk, household_id)
            start = {**registry.resident_defaults(desk, sheet.household), "household_id": household_id}
            if not sheet.members:
                start["relation_to_head"] = HEAD
            place = DraftPlace(FormId("resident"), household_id)
            title = "new_resident" if sheet.members else "new_head"
            opening = _opening(desk, title, place, start, save, self._resident_made)
            return replace(opening, subtitle=sheet.household.address)

        self._session.ask(self, look, self._open)

    def new_child(self, mother_id: SubjectId) -> None:
        """A woman's newborn: her household, linked with her, without a number yet."""
        self._back_to = mother_id

        def save(desk: Desk, answers: dict[str, Any], sure: frozenset[str]) -> ResidentRow:
            return life_events.birth(desk, mother_id, _typed(answers), sure)

        def look(desk: Desk) -> _Opening:
            sheet = life_events.newborn(desk, mother_id)
            place = DraftPlace(FormId("resident"), mother_id)
            opening = _opening(desk, "new_child", place, sheet.answers, save, self._child_born)
            mother = self._session.text("registry.of_mother", name=sheet.answers["guardian_name"])
            return replace(opening, subtitle=f"{mother}　{sheet.household.address}", relations=sheet.relations)

        self._session.ask(self, look, self._open)

    def edit_resident(self, resident_id: SubjectId) -> None:
        """A resident's registry data."""
        self._back_to = resident_id

        def save(desk: Desk, answers: dict[str, Any], sure: frozenset[str]) -> ResidentRow:
            return registry.edit_resident(desk, resident_id, self._changes(answers), sure)

        def look(desk: Desk) -> _Opening:
            answers = registry.show_resident(desk, resident_id).answers
            place = DraftPlace(FormId("resident"), resident_id, RecordId(resident_id))
            return _opening(desk, "edit_resident", place, answers, save, self._done)

        self._session.ask(self, look, self._open)

    def open_draft(self, form_id: str, subject_id: SubjectId, record_id: RecordId | None) -> None:
        """Go on with a registration that was begun."""
        if form_id == "household":
            self.edit_household(subject_id) if record_id else self.new_household()
        elif record_id:
            self.edit_resident(subject_id)
        else:
            # A registration that was begun is a household's new member, or a woman's newborn.
            begun = self._begun
            self._session.ask(
                self, lambda desk: registry.is_household(desk, subject_id), lambda home: begun(home, subject_id)
            )

    def _begun(self, is_home: bool, subject_id: SubjectId) -> None:
        if is_home:
            self.new_resident(subject_id)
        else:
            self.new_child(subject_id)

    def _add_household(self, desk: Desk, answers: dict[str, Any], _sure: frozenset[str]) -> HouseholdRow:
        return registry.add_household(desk, answers)

    def _open(self, opening: _Opening) -> None:
        if self.panel is not None:
            self.body.removeWidget(self.panel)
            self.panel.hide()
            self.panel.deleteLater()
        self._opening = opening
        self._before = dict(opening.start)
        self._unsure = frozenset()
        self.confirm.hide()
        self.message.hide()
        if self._notice:
            self.message.say(self._notice)
        if opening.returned:
            self.message.say(self.words("page.returned", words=opening.returned), Tone.DUE)
        self._notice = ""
        self.title.setText(self._session.text(f"registry.{opening.title}"))
        self.subtitle.setText(opening.subtitle)
        draft = opening.draft
        panel = FormPanel(_asked(self._session.forms.current(opening.place.form_id)), self.words)
        self.panel = panel
        panel.set_context(opening.context)
        panel.set_answers(_typed(draft.answers if draft else opening.start))
        self._drafts = DraftKeeper(self._session, opening.place, panel, self._refused)
        self.saved.follow(self._drafts)
        self.saved.say_opened(draft.saved_at if draft else "")
        self._aside = None
        self.again.setText(self._session.text("registry.start_again"))
        self.again.setVisible(draft is not None)
        panel.answers_changed.connect(self._changed)
        panel.left_field.connect(self._ask_of_number)
        panel.left_field.connect(self._offer_relation)
        panel.finished.connect(self.button.setFocus)
        self.body.addWidget(panel, 1)
        panel.show()
        panel.go_to(draft.place if draft else "")
        if draft is not None:
            self._ask_of_number("id_no")
        self.opened.emit()

    def _start_again(self) -> None:
        """Put a draft aside and begin anew; the same button brings it back."""
        if self.panel is None or self._opening is None:
            return
        aside, self._aside = self._aside, None
        if aside is None:
            self._aside = self.panel.answers()
        self.panel.set_answers(_typed(self._opening.start) if aside is None else aside)
        self.again.setText(self._session.text(f"registry.{'start_again' if aside else 'draft_back'}"))
        self.panel.answers_changed.emit()
        self.panel.go_to("")

    # What the identity number says

    def _ask_of_number(self, field: str) -> None:
        panel = self.panel
        if panel is None or field not in _OF_IDENTITY or panel.form.field("id_no") is None:
            return
        answers = panel.answers()
        self._session.ask(
            panel,
            lambda desk: registry.identity_notes(desk, answers),
            self._say_of_number,
            failed=lambda _problem: None,
        )

    def _say_of_number(self, notes: IdentityNotes) -> None:
        if self.panel is not None:
            with self.panel.sheet.changing():
                self.panel.set_hint("id_no", notes.hint)
                self.panel.set_offers(notes.offers)
                self.panel.tell(notes.findings, _OF_IDENTITY)

    def _offer_relation(self, _field: str) -> None:
        relations = self._opening.relations if self._opening is not None else {}
        if self.panel is not None and relations:
            code = relations.get(str(self.panel.answers().get("sex", "")))
            self.panel.set_offers({"relation_to_head": code} if code else {})

    # Saving

    def save(self) -> None:
        """Save what is typed; findings appear beside the fields."""
        self._run(frozenset())

    def _save_sure(self) -> None:
        self._run(self._unsure)

    def _run(self, sure: frozenset[str]) -> None:
        panel, opening = self.panel, self._opening
        if panel is None or opening is None or not self.button.isEnabled():
            return
        answers = panel.answers()

        def save(desk: Desk) -> Any:
            row = opening.save(desk, answers, sure)
            drafts.drop_draft(desk, opening.place)
            return row

        self._session.ask(
            self,
            save,
            self._saved,
            changes=Changes(registry=True, drafts=True, submissions=True),
            failed=self._refused,
            holding=(self.button,),
        )

    def _saved(self, row: Any) -> None:
        if self._drafts is not None:
            self._drafts.forget()
        if self._opening is not None:
            self._opening.after(row)

    def _changes(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What differs from what was opened; None takes an answer away."""
        before, now = _typed(self._before), _typed(answers)
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
        self.written.emit(house)
        self._notice = self._session.text("registry.household_saved")
        self.new_resident(house.id)

    def _resident_made(self, row: ResidentRow) -> None:
        self._back_to = row.id
        self.written.emit(row)
        self._notice = self._session.text("registry.resident_saved", name=row.name, code=row.record_code)
        self.new_resident(SubjectId(row.household_id))

    def _child_born(self, row: ResidentRow) -> None:
        self._back_to = row.id
        self._done(row)

    def _done(self, row: object) -> None:
        self.written.emit(row)
        self.leave()

    def keep_draft(self) -> None:
        """Save what is typed: something else is shown next, or the window locks."""
        if self._drafts is not None:
            self._drafts.flush()

    def leave(self) -> None:
        """Go away, the draft stays; from the question "are you sure?" back to the form."""
        if self.confirm.isVisible():
            self.confirm.hide()
            return
        if self._drafts is not None:
            self._drafts.save()
        self.message.hide()
        self.left.emit(self._back_to)


def _opening(
    desk: Desk, title: str, place: DraftPlace, start: Mapping[str, Any], save: Save, after: Callable[[Any], None]
) -> _Opening:
    """Everything that the form needs, asked for in one go."""
    returned = ""
    if place.record_id is not None:
        with desk.vault.read() as reader:
            returned = returned_words(reader, place.record_id)
    return _Opening(
        title=title,
        place=place,
        start=start,
        save=save,
        after=after,
        context=registry.registry_context(desk),
        draft=drafts.draft_at(desk, place),
        returned=returned,
    )
