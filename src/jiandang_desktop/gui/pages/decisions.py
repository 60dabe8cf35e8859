"""冲突: what waits at the township for a person: parallel changes, late changes, folders that may be one person's."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.gui.kit import DataTable, EmptyState, Page, Tone, row
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.decision_sheet import DecisionSheet
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.services import decisions, duplicates
from jiandang_desktop.services.decisions import Case, Sheet
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.duplicates import Pair
from jiandang_desktop.services.merging import Question

_CHANGED = Changes(registry=True, records=True, submissions=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to decide: a case or a pair."""

    what: Case | Pair

    @property
    def key(self) -> str:
        """Tells one line from another when the list is asked again."""
        if isinstance(self.what, Pair):
            return f"{self.what.first.id} {self.what.second.id}"
        return f"{self.what.record_id} {self.what.revision_id}"


class DecisionsPage(Page):
    """The list at the left, the one chosen at the right. ``resident_wanted(resident)`` opens a folder."""

    resident_wanted = Signal(str)
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("decisions", session.bench.text("decisions", "title"), parent)
        self._session = session
        self._key = ""
        self.lines = Rows(self._columns(), self)
        self.list = DataTable("decisions_list", self.lines)
        self.list.set_widths(0, 0, 112)
        self.list.setMinimumWidth(400)
        self.sheet = DecisionSheet(session)
        sides = row(self.list, self.sheet, spacing=MEDIUM)
        sides.setStretch(0, 4)
        sides.setStretch(1, 7)
        whole = QWidget()
        whole.setLayout(sides)
        sides.setContentsMargins(0, 0, 0, 0)
        self.empty = EmptyState("decisions_empty", self.words("empty_title"), self.words("empty_text"))
        self.stack = QStackedWidget()
        self.stack.addWidget(whole)
        self.stack.addWidget(self.empty)
        self.body.addWidget(self.stack, 1)
        self.setFocusProxy(self.list)
        self.list.row_changed.connect(self._chosen)
        self.sheet.resolve_wanted.connect(self._resolve)
        self.sheet.adopt_wanted.connect(self._adopt)
        self.sheet.return_wanted.connect(self._return)
        self.sheet.same_wanted.connect(self._same)
        self.sheet.two_wanted.connect(self._two)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def refresh(self) -> None:
        """Ask again what waits."""

        def look(desk: Desk) -> list[Line]:
            cases = [Line(case) for case in decisions.waiting(desk)]
            cases += [Line(pair) for pair in duplicates.waiting(desk)]
            return cases + [Line(case) for case in decisions.unplaced(desk)]

        self._session.ask(self, look, self._show)

    def _columns(self) -> tuple[Column[Line], ...]:
        return (
            Column(self.words("columns.who"), lambda line: _who(line.what) or self.words("list.nobody")),
            Column(self.words("columns.what"), self._about),
            Column(self.words("columns.why"), self._why, _tone),
        )

    def _about(self, line: Line) -> str:
        if isinstance(line.what, Pair):
            return self.words("list.pair")
        return line.what.form_title

    def _why(self, line: Line) -> str:
        kind = "duplicate" if isinstance(line.what, Pair) else line.what.reason
        return self.words(f"why.{kind}")

    def _show(self, lines: list[Line]) -> None:
        before = self._key
        self.lines.show_rows(lines)
        self.stack.setCurrentIndex(0 if lines else 1)
        places = [place for place, line in enumerate(lines) if line.key == before]
        if lines:
            self.list.choose_row(places[0] if places else 0)
        else:
            self.sheet.show_nothing()
        self.shown.emit()

    def _chosen(self, place: int) -> None:
        line = self.lines.row(place)
        if line is None:
            return
        self._key = line.key
        what = line.what
        if isinstance(what, Pair):
            pair = what
            self._session.ask(
                self,
                lambda desk: duplicates.compare(desk, pair.first.id, pair.second.id),
                self._show_pair,
                failed=self._refused,
            )
        else:
            case_id = what.record_id if what.reason == "parallel" else what.revision_id
            self._session.ask(
                self, lambda desk: decisions.show(desk, case_id), self.sheet.show_case, failed=self._refused
            )

    def _show_pair(self, found: tuple[Pair, tuple[Question, ...]]) -> None:
        self.sheet.show_pair(*found)

    # Deciding

    def _resolve(self, sheet: Sheet, choices: dict[str, Any]) -> None:
        self._do(lambda desk: decisions.resolve(desk, sheet.case.record_id, choices), "done.resolved")

    def _adopt(self, sheet: Sheet) -> None:
        def done(left: Case | None) -> None:
            self.list.setFocus()
            taken = "done.archived" if sheet.case.reason == "put_aside" else "done.adopted"
            self.message.say(self.words(taken if left is None else "done.adopted_open"))

        self._session.ask(
            self,
            lambda desk: decisions.adopt(desk, sheet.case.revision_id),
            done,
            changes=_CHANGED,
            failed=self._refused,
            holding=(self.sheet,),
        )

    def _return(self, sheet: Sheet, words: str) -> None:
        revision = sheet.case.revision_id
        self._do(lambda desk: decisions.send_back(desk, revision, words), "done.returned")

    def _same(self, pair: Pair, take: list[str]) -> None:
        values = {"name": pair.first.name, "code": pair.first.record_code}
        self._do(lambda desk: duplicates.same_person(desk, pair.first.id, pair.second.id, take), "done.same", **values)

    def _two(self, pair: Pair) -> None:
        self._do(lambda desk: duplicates.two_people(desk, pair.first.id, pair.second.id), "done.two")

    def _do(self, work: Any, key: str, **values: object) -> None:
        def done(_result: object) -> None:
            self.list.setFocus()
            self.message.say(self.words(key, **values))

        self._session.ask(
            self,
            work,
            done,
            changes=_CHANGED,
            failed=self._refused,
            holding=(self.sheet,),
        )

    def _refused(self, problem: Any) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)


def _tone(line: Line) -> Tone:
    """What can't be placed isn't due: most of it waits for something else to come."""
    waits = isinstance(line.what, Case) and line.what.reason == decisions.QUARANTINED
    return Tone.PLAIN if waits else Tone.DUE


def _who(what: Case | Pair) -> str:
    return what.first.name if isinstance(what, Pair) else what.who
