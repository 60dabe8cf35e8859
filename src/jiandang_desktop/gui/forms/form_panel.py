"""A whole form on the screen: sections at the left, the sheet, findings at the right.

The panel knows answers and the form, nothing of vaults. What is wrong is what ``forms.validator`` says; nothing is
judged here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms import validator
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.findings import Finding, FormContext
from jiandang_desktop.gui.forms.answer_words import answer_words
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.forms.sheet import Sheet
from jiandang_desktop.gui.forms.side_lists import FindingsList, SectionList, row_sentence
from jiandang_desktop.gui.theme import MEDIUM

_PAUSE_MS = 250
_MISSING = frozenset({"required", "required_derived", "profile"})
NOTHING_KNOWN = FormContext(today="")


class FormPanel(QWidget):
    """Answers to a form.

    ``answers_changed`` after the person changed something; ``left_field(id)`` after leaving a question;
    ``finished`` when Enter goes past the last one.
    """

    answers_changed = Signal()
    left_field = Signal(str)
    finished = Signal()

    def __init__(self, form: Form, words: Words, parent: QWidget | None = None, *, side_lists: bool = True) -> None:
        super().__init__(parent)
        self.form = form
        self._seen = form
        """The form as the record's column of the sheet asks it."""
        self.words = words
        self.context = NOTHING_KNOWN
        self._answers: dict[str, Any] = {}
        self._offers: dict[str, Any] = {}
        self._findings: tuple[Finding, ...] = ()
        self._told: tuple[Finding, ...] = ()
        """Findings from outside (a service refused); each goes when its question is changed."""
        self._visited: set[str] = set()
        self._waiting: frozenset[str] = frozenset()
        """Questions whose options aren't known before the column of the sheet is."""
        self._strict = False
        self._labels = {item.id: item.label for item in form.fields()}
        self._build(side_lists=side_lists)

    def _build(self, *, side_lists: bool) -> None:
        self.sheet = Sheet(self.form, self.words)
        self.scrolling = QScrollArea(self)
        self.scrolling.setObjectName("form_scroll")
        self.scrolling.setWidgetResizable(True)
        self.scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scrolling.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scrolling.setWidget(self.sheet)
        self.sections = SectionList(self.form, self.words, self)
        self.findings = FindingsList(self.words, self)
        self.sections.setFixedWidth(152)
        self.findings.setFixedWidth(208)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self.sections)
        layout.addWidget(self.scrolling, 1)
        layout.addWidget(self.findings)
        self.sections.setVisible(side_lists and len(self.form.sections) > 1)
        self.findings.setVisible(side_lists)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.judge)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._keep_in_sight)
        self.sheet.laid_out.connect(self._settling.start)
        self.sheet.cell_changed.connect(self._changed)
        self.sheet.cell_entered.connect(self._entered)
        self.sheet.cell_left.connect(self._left)
        self.sheet.take_over_wanted.connect(self.take_over)
        self.sheet.walked_out.connect(self._walked_out)
        self.sections.jumped.connect(self.go_to)
        self.findings.jumped.connect(self.go_to)
        for key, step in ((Qt.Key.Key_PageDown, 1), (Qt.Key.Key_PageUp, -1)):
            shortcut = QShortcut(QKeySequence(Qt.Modifier.CTRL | key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._jump_section(step))
        next_finding = QShortcut(QKeySequence(Qt.Key.Key_F8), self)
        next_finding.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        next_finding.activated.connect(self._jump_finding)

    # Answers

    def set_context(self, context: FormContext) -> None:
        """What the form's conditions may refer to beside its own answers."""
        self.context = context

    def set_answers(self, answers: Answers) -> None:
        """Show these answers; nothing of them counts as typed."""
        self._answers = dict(answers)
        self._visited = set()
        self._strict = False
        self._told = ()
        with self.sheet.changing():
            self._see(answers)
            for cell in self.sheet.cells.values():
                cell.editor.show_answers(self._answers)
            self.judge()

    def answers(self) -> dict[str, Any]:
        """What is answered now: cleaned by the validator, what cannot be read as it was typed; computed filled in."""
        return validator.compute(self.form, self._typed(), self.context)

    def _typed(self) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for cell in self.sheet.cells.values():
            shown |= cell.editor.raw()
        own = {key for item in self._seen.fields() for key in (item.id, *item.word_keys())}
        unknown = {key: value for key, value in self._answers.items() if key not in own}
        return validator.normalise(self.form, {**unknown, **shown})

    def set_offers(self, offers: Answers) -> None:
        """Last values, shown in grey; F4 takes the one of the current question over."""
        self._offers = dict(offers)
        self._say_all()

    def take_over(self, field_id: str) -> None:
        """Take an offered value over."""
        offers = self._offered()
        if field_id not in offers or not self.sheet.cells[field_id].open:
            return
        keys = (field_id, *self.sheet.cells[field_id].question.word_keys())
        self.sheet.cells[field_id].editor.show_answers({key: offers[key] for key in keys if key in offers})
        self._changed(field_id)
        self.judge()

    # Findings

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what a service found, beside what the panel finds itself, and go to the first."""
        self._told = tuple(findings)
        self._strict = True
        self.judge()
        if findings:
            self.go_to(findings[0].field_id.partition(".")[0])

    def shown_findings(self) -> tuple[Finding, ...]:
        """What is shown now."""
        return self._findings

    def judge(self) -> None:
        """Work out computed values, which questions apply, and what is to be said."""
        self._pause.stop()
        with self.sheet.changing():
            self._judge()

    def _judge(self) -> None:
        if self._see(self.answers()):
            self.answers_changed.emit()
        answers = self.answers()
        known = validator.variables(self.form, answers, self.context)
        self._show_worked_out(answers, known)
        found = validator.check(self.form, answers, self.context)
        self._show_missing(found)
        keys = {(finding.key, finding.row) for finding in found}
        told = tuple(finding for finding in self._told if (finding.key, finding.row) not in keys)
        self._findings = tuple(finding for finding in found if self._worth_saying(finding)) + told
        self._say_all(answers)
        self.findings.show_findings(self._findings, self._labels)

    def _worth_saying(self, finding: Finding) -> bool:
        """Before the first try to finish, only what is wrong where the person has been; never that more is to come."""
        if self._strict:
            return True
        return finding.rule_id not in _MISSING and finding.field_id.partition(".")[0] in self._visited

    def _show_worked_out(self, answers: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        lost = known.get(self.form.column_field) is None
        self._waiting = frozenset(name for name, cell in self.sheet.cells.items() if lost and cell.by_column)
        for name, cell in self.sheet.cells.items():
            item = cell.question
            worked_out = item.derived or (item.computed is not None and item.computed.value(known) is not None)
            if worked_out:
                cell.editor.show_answers(answers)
            applies = self._is_open(name, known, answers)
            if applies != cell.applies or worked_out != cell.locked:
                self.sheet.set_state(name, applies=applies, locked=worked_out)

    def _is_open(self, name: str, known: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
        """Whether a question can be answered; one that shouldn't have been is open until it is emptied."""
        if name in answers or (name == self.sheet.current and self.sheet.cells[name].open):
            return True
        return name not in self._waiting and validator.applies(self.form, self.sheet.cells[name].question, known)

    def _see(self, answers: Mapping[str, Any]) -> bool:
        """Ask as the record's column of the sheet asks; whether that changed anything.

        While the column is being typed anew, the one before stays.
        """
        seen = self.form.of_answers(answers)
        if seen is self._seen or (seen is self.form and not self._is_column(answers)):
            return False
        self._seen = seen
        for item in seen.fields():
            cell = self.sheet.cells[item.id]
            if cell.by_column:
                cell.question = item
                cell.editor.ask(item)
        return True

    def _is_column(self, answers: Mapping[str, Any]) -> bool:
        return answers.get(self.form.column_field) in {column.id for column in self.form.columns}

    def _show_missing(self, found: Sequence[Finding]) -> None:
        missing = {finding.field_id for finding in found if finding.rule_id in _MISSING}
        self.sections.show_missing(
            {part.id: sum(item.id in missing for item in part.fields) for part in self.form.sections}
        )

    def _say_all(self, answers: Mapping[str, Any] | None = None) -> None:
        answers = self.answers() if answers is None else answers
        by_field: dict[str, Finding] = {}
        for finding in self._findings:
            root = finding.field_id.partition(".")[0]
            if root not in by_field or finding.severity is Severity.ERROR:
                by_field.setdefault(root, finding)
        offers = self._offered(answers)
        again = False
        for name, cell in self.sheet.cells.items():
            said = by_field.get(name)
            if said is not None:
                tone = "wrong" if said.severity is Severity.ERROR else "due"
                again |= self.sheet.say(name, row_sentence(said, self.words), tone)
            else:
                shown = name in offers and cell.open and offers[name] != answers.get(name)
                words = self.words("offer", value=answer_words(cell.question, offers)) if shown else ""
                again |= self.sheet.say(name, words or self._hint(name), "quiet")
        if again:
            self.sheet.lay_out()

    def _hint(self, name: str) -> str:
        item = self.sheet.cells[name].question
        if name in self._waiting:
            return self.words("column.first", label=self._labels[self.form.column_field])
        if name != self.sheet.current or not item.suggestions:
            return ""
        numbered = (f"Ctrl+{place} {words}" for place, words in enumerate(item.suggestions[:9], 1))
        return "   ".join(numbered)

    def _offered(self, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
        answers = self.answers() if answers is None else answers
        return {**self._offers, **validator.proposals(self.form, answers, self.context)}

    # Places

    def place(self) -> str:
        """The question that has the focus, or had it last."""
        return self.sheet.current

    def go_to(self, field_id: str) -> None:
        """Go to a question; '' goes to the first open one, and past the end where the program answers them all."""
        cell = self.sheet.cells.get(field_id)
        if cell is None or not cell.open:
            cell = next((item for item in self.sheet.cells.values() if item.open), None)
        if cell is not None:
            cell.editor.come_in()
        else:
            self.finished.emit()

    def _jump_section(self, step: int) -> None:
        starts = [section.fields[0].id for section in self.form.sections if section.fields]
        names = list(self.sheet.cells)
        here = names.index(self.place()) if self.place() else 0
        ahead = [name for name in starts if names.index(name) > here]
        behind = [name for name in starts if names.index(name) < here]
        target = (ahead[:1] if step > 0 else behind[-1:]) or [names[here]]
        cells = (self.sheet.cells[name] for name in names[names.index(target[0]) :])
        cell = next((item for item in cells if item.open), None)
        if cell is not None:
            cell.editor.come_in()

    def _jump_finding(self) -> None:
        name = self.findings.next_after(self.place(), list(self.sheet.cells))
        if name:
            self.go_to(name)

    def _keep_in_sight(self) -> None:
        """Whatever the window becomes, the question one is at stays in sight."""
        focused = self.sheet.focusWidget()
        if focused is not None:
            self.scrolling.ensureWidgetVisible(focused, 0, 110)

    def _entered(self, name: str) -> None:
        self.sections.show_place(name)
        self._keep_in_sight()
        if self.sheet.cells[name].question.suggestions and self.sheet.say(name, self._hint(name), "quiet"):
            self.sheet.lay_out()

    def _left(self, name: str) -> None:
        self._visited.add(name)
        cell = self.sheet.cells[name]
        cleaned = validator.normalise(self.form, cell.editor.raw())
        if isinstance(cleaned.get(name), str | int | float) and not cell.question.options:
            cell.editor.show_answers(cleaned)
        self._pause.start()
        self.left_field.emit(name)

    def _changed(self, name: str) -> None:
        self._told = tuple(item for item in self._told if item.field_id.partition(".")[0] != name)
        self._pause.start()
        self.answers_changed.emit()

    def _walked_out(self, step: int) -> None:
        if step > 0:
            self.judge()
            self.finished.emit()
