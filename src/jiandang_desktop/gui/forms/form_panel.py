"""A whole form on the screen: sections at the left, the sheet, findings at the right.

The panel knows answers and the form, nothing of vaults. What is wrong is what ``forms.validator`` says; nothing is
judged here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QKeyCombination, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms import validator
from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.findings import Finding, FormContext
from jiandang_desktop.gui.forms.answer_words import answer_words
from jiandang_desktop.gui.forms.earlier_visits import Compared, EarlierVisits
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.forms.sheet import Sheet
from jiandang_desktop.gui.forms.side_lists import FindingsList, SectionList, SectionState, row_sentence
from jiandang_desktop.gui.kit import quiet_label
from jiandang_desktop.gui.theme import MEDIUM, SMALL

_PAUSE_MS = 250
_MISSING = frozenset({"required", "required_derived", "profile"})
_AROUND = 56
"""Pixels above and below a question that are in sight with it."""
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
        self._hints: dict[str, str] = {}
        """What the window has to say at a question beside findings and offers."""
        self._earlier: tuple[Answers, ...] = ()
        self._compared: Compared | None = None
        """The earlier visit that stands beside this one."""
        self._visited: set[str] = set()
        self._unjudged = False
        """Whether something changed since the last judgement."""
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
        self.earlier = EarlierVisits(self.form, self.words, self)
        self.sections.setFixedWidth(152)
        self.findings.setFixedWidth(208)
        keys = quiet_label(self.words("section.keys"), "section_keys")
        keys.setFixedWidth(152)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SMALL)
        left.addWidget(self.sections, 1)
        left.addWidget(keys)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(SMALL)
        middle.addWidget(self.earlier)
        middle.addWidget(self.scrolling, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addLayout(left)
        layout.addLayout(middle, 1)
        layout.addWidget(self.findings)
        for widget in (self.sections, keys):
            widget.setVisible(side_lists and len(self.form.sections) > 1)
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
        self.sheet.cell_leaving.connect(self._leaving)
        self.sheet.cell_left.connect(self._left)
        self.sheet.take_over_wanted.connect(self.take_over)
        self.sheet.walked_out.connect(self._walked_out)
        self.sections.jumped.connect(self.go_to_section)
        self.findings.jumped.connect(self.go_to)
        self.earlier.chosen.connect(self._compare)
        self._add_keys()

    def _add_keys(self) -> None:
        key, held = Qt.Key, Qt.Modifier
        keys: tuple[tuple[QKeyCombination | Qt.Key, Callable[[], None]], ...] = (
            (key.Key_PageDown, lambda: self._jump_section(1)),
            (key.Key_PageUp, lambda: self._jump_section(-1)),
            (held.CTRL | key.Key_PageDown, lambda: self._jump_section(1)),
            (held.CTRL | key.Key_PageUp, lambda: self._jump_section(-1)),
            (held.CTRL | key.Key_Down, lambda: self._jump_section(1)),
            (held.CTRL | key.Key_Up, lambda: self._jump_section(-1)),
            (key.Key_F7, lambda: self.earlier.step(1)),
            (held.SHIFT | key.Key_F7, lambda: self.earlier.step(-1)),
            (key.Key_F8, self._jump_finding),
        )
        for wanted, slot in keys:
            shortcut = QShortcut(QKeySequence(wanted), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # Answers

    def set_context(self, context: FormContext) -> None:
        """What the form's conditions may refer to beside its own answers."""
        self.context = context

    def set_answers(self, answers: Answers) -> None:
        """Show these answers; nothing of them counts as typed. What is wrong in them is said."""
        self._answers = dict(answers)
        self._visited = {key.partition(".")[0] for key in answers}
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

    def set_hint(self, field_id: str, sentence: str) -> None:
        """Say something at a question that is neither wrong nor offered; '' takes it back."""
        if self._hints.get(field_id, "") != sentence:
            self._hints[field_id] = sentence
            self._say_all()

    def set_earlier(self, visits: Sequence[tuple[str, Answers]]) -> None:
        """Earlier visits by day, newest first: the newest stands beside the sheet, F7 goes to the others."""
        self._earlier = tuple(answers for _day, answers in visits)
        self.earlier.show_visits(visits)
        self._compare(0 if visits else -1)

    def _compare(self, place: int) -> None:
        answers = self._earlier[place] if place >= 0 else None
        self._compared = None if answers is None else Compared(self.form.of_answers(answers), answers)
        with self.sheet.changing():
            self.sheet.show_earlier(self._compared.words() if self._compared else None)
            self._say_all()

    def take_over(self, field_id: str, earlier: bool = False) -> None:
        """Take an offered value over, or (where none is offered, or ``earlier``) that of the visit beside the sheet."""
        cell = self.sheet.cells[field_id]
        offers = {} if earlier else self._offered()
        if field_id in offers:
            taken = {key: offers[key] for key in (field_id, *cell.question.word_keys()) if key in offers}
        else:
            taken = self._takeable(field_id)
        if not taken or not cell.open:
            return
        cell.editor.show_answers(taken)
        self._changed(field_id)
        self.judge()

    def _takeable(self, field_id: str) -> dict[str, Any]:
        """The earlier visit's answer, where it can be this one's. A visit has its own day and its own column."""
        if self._compared is None or field_id in (self.form.date_field, self.form.column_field):
            return {}
        return self._compared.answer_for(self.sheet.cells[field_id].question)

    # Findings

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what a service found, beside what the panel finds itself, and go to the first."""
        self._told = tuple(findings)
        self._strict = True
        self.judge()
        if findings:
            self.go_to(findings[0].field_id.partition(".")[0])

    def tell(self, findings: Sequence[Finding], about: Collection[str]) -> None:
        """Show what a service says of these questions while one types, in place of what it said before."""
        kept = [item for item in self._told if item.field_id not in about]
        self._told = (*kept, *findings)
        self.judge()

    def shown_findings(self) -> tuple[Finding, ...]:
        """What is shown now."""
        return self._findings

    def judge(self) -> None:
        """Work out computed values, which questions apply, and what is to be said."""
        self._pause.stop()
        self._unjudged = False
        with self.sheet.changing():
            self._judge()

    def _judge(self) -> None:
        self._see(self.answers())
        answers = self.answers()
        known = validator.variables(self.form, answers, self.context)
        self._show_worked_out(answers, known)
        found = validator.check(self.form, answers, self.context)
        keys = {(finding.key, finding.row) for finding in found}
        told = tuple(finding for finding in self._told if (finding.key, finding.row) not in keys)
        self._findings = tuple(finding for finding in found if self._worth_saying(finding)) + told
        self._say_all(answers)
        self._show_sections(found, known)
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

    def _see(self, answers: Mapping[str, Any]) -> None:
        """Ask as the record's column of the sheet asks. While the column is typed anew, the one before stays."""
        seen = self.form.of_answers(answers)
        if seen is self._seen or (seen is self.form and not self._is_column(answers)):
            return
        self._seen = seen
        for item in seen.fields():
            cell = self.sheet.cells[item.id]
            if cell.by_column:
                cell.question = item
                cell.editor.ask(item)

    def _is_column(self, answers: Mapping[str, Any]) -> bool:
        return answers.get(self.form.column_field) in {column.id for column in self.form.columns}

    def _show_sections(self, found: Sequence[Finding], known: Mapping[str, Any]) -> None:
        """How complete each section is: what is demanded of it, what of that is there, and what is to be seen to."""
        missing = {finding.field_id for finding in found if finding.rule_id in _MISSING}
        said = [(finding.field_id.partition(".")[0], finding.severity) for finding in self._findings]
        states = {}
        for part in self.form.sections:
            names = {item.id for item in part.fields}
            applying = [item for item in part.fields if self.sheet.cells[item.id].applies]
            demanded = {item.id for item in applying if validator.is_required(item, known)} | (missing & names)
            here = [severity for name, severity in said if name in names]
            wrong = Severity.ERROR in here
            answered = sum(item.id in known for item in part.fields)
            states[part.id] = SectionState(len(demanded), len(missing & names), answered, len(here), wrong=wrong)
        self.sections.show_states(states)

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
            offered = name in offers and cell.open and offers[name] != answers.get(name)
            beside = self._takeable(name) if cell.earlier and cell.open else {}
            cell.key = "" if not beside else "Shift+F4" if offered and offers[name] != beside[name] else "F4"
            if said is not None:
                tone = "wrong" if said.severity is Severity.ERROR else "due"
                again |= self.sheet.say(name, row_sentence(said, self.words), tone)
            else:
                # What stands beside the question already isn't said again below it.
                shown = offered and cell.key != "F4"
                words = self.words("offer", value=answer_words(cell.question, offers)) if shown else ""
                again |= self.sheet.say(name, self._hints.get(name) or words or self._hint(name), "quiet")
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
        """Go to a question, or to the next one that is open; '' goes to the first.

        Past the end where the program answers them all.
        """
        names = list(self.sheet.cells)
        place = names.index(field_id) if field_id in names else 0
        cells = (self.sheet.cells[name] for name in names[place:] + names[:place])
        cell = next((item for item in cells if item.open), None)
        if cell is not None:
            cell.editor.come_in()
        else:
            self.finished.emit()

    def go_to_section(self, field_id: str) -> None:
        """Go to a section by its first question, with its title at the top."""
        self.go_to(field_id)
        self.scrolling.verticalScrollBar().setValue(self.sheet.title_above(field_id))
        self._keep_in_sight()

    def _jump_section(self, step: int) -> None:
        starts = [section.fields[0].id for section in self.form.sections if section.fields]
        names = list(self.sheet.cells)
        here = names.index(self.place()) if self.place() else 0
        first = {self._first_open(start): start for start in starts}
        ahead = [name for name in first if names.index(name) > here]
        behind = [name for name in first if names.index(name) < here]
        target = ahead[:1] if step > 0 else behind[-1:]
        if target:
            self.go_to_section(first[target[0]])

    def _first_open(self, start: str) -> str:
        names = list(self.sheet.cells)
        ahead = names[names.index(start) :]
        return next((name for name in ahead if self.sheet.cells[name].open), start)

    def _jump_finding(self) -> None:
        name = self.findings.next_after(self.place(), list(self.sheet.cells))
        if name:
            self.go_to(name)

    def _keep_in_sight(self) -> None:
        """Whatever the window becomes, the question one is at stays in sight, with the beginning of the next."""
        focused = self.sheet.focusWidget()
        if focused is None or not self.place():
            return
        bar, height = self.scrolling.verticalScrollBar(), self.scrolling.viewport().height()
        seen = self.sheet.cells[self.place()].rect
        if seen.bottom() < height:
            bar.setValue(0)  # the head of the form is seen with its first questions
            return
        if seen.height() > height - 2 * _AROUND:  # a long table: the row
            seen = QRect(focused.mapTo(self.sheet, QPoint(0, 0)), focused.size())
        if seen.bottom() + _AROUND > bar.value() + height:
            bar.setValue(seen.bottom() + _AROUND - height)
        if seen.top() - _AROUND < bar.value():
            bar.setValue(seen.top() - _AROUND)

    def _entered(self, name: str) -> None:
        self.sections.show_place(name)
        self._keep_in_sight()
        if self.sheet.cells[name].question.suggestions and self.sheet.say(name, self._hint(name), "quiet"):
            self.sheet.lay_out()

    def _leaving(self, name: str) -> None:
        """Before the keys go on: what is wrong is said at once, and the next question is the one that applies now."""
        self.sheet.cells[name].editor.tidy()
        self._show_understood(name)
        if self._unjudged or name not in self._visited:
            self._visited.add(name)
            self.judge()

    def _left(self, name: str) -> None:
        self._show_understood(name)
        if self._unjudged or name not in self._visited:
            self._visited.add(name)
            QTimer.singleShot(0, self, self.judge)  # not while the focus is on its way
        self.left_field.emit(name)

    def _show_understood(self, name: str) -> None:
        cell = self.sheet.cells[name]
        cleaned = validator.normalise(self.form, cell.editor.raw())
        if isinstance(cleaned.get(name), str | int | float) and not cell.question.options:
            cell.editor.show_answers(cleaned)

    def _changed(self, name: str) -> None:
        self._told = tuple(item for item in self._told if item.field_id.partition(".")[0] != name)
        self._unjudged = True
        self._pause.start()
        self.answers_changed.emit()

    def _walked_out(self, step: int) -> None:
        if step > 0:
            self.judge()
            self.finished.emit()
