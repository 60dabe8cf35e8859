"""How a record came to be as it is: every revision, who and when, and what each one changed.

In the township's window a record is sent back from here to be corrected, or given an earlier state again, and a folder
that was merged into this one is made a folder of its own again.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.records import Answers, RecordId, Revision, RevisionId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.forms.answer_words import AnswerChange, answer_changes
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import DataTable, PlainButton, Tone, line_edit, quiet_label, row
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.resident_records import RecordLine, line_columns
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import decisions, duplicates, records
from jiandang_desktop.services.clock import doubtful_dates
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registry import INNER

_CHANGED = Changes(registry=True, records=True, submissions=True)


class HistoryTab(QWidget):
    """Records at the left, revisions and what they changed at the right. ``told(sentence)`` after a decision."""

    told = Signal(str)

    def __init__(self, session: Session, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tab_history")
        self._session = session
        self._words = words
        self._revisions: list[Revision] = []
        self._doubtful: frozenset[RevisionId] = frozenset()
        self._asked: RecordId | None = None
        self.lines: Rows = Rows(line_columns(words)[:2], self)
        self.line_table = DataTable("history_records", self.lines)
        self.line_table.set_widths(110, 0)
        self.revisions: Rows = Rows(
            [
                Column(words("resident.column.when"), self._when, self._doubted),
                Column(words("resident.column.author"), lambda item: item.author_name),
            ],
            self,
        )
        self.revision_table = DataTable("history_revisions", self.revisions)
        self.revision_table.set_widths(250, 0)
        self.changes: Rows = Rows(
            [
                Column[AnswerChange](words("resident.column.field"), lambda change: change.label),
                Column[AnswerChange](words("resident.column.before"), lambda change: change.before),
                Column[AnswerChange](words("resident.column.after"), lambda change: change.after),
            ],
            self,
        )
        self.change_table = DataTable("history_changes", self.changes)
        self.change_table.set_widths(190, 0, 0)
        self.hint = quiet_label(words("resident.history_title"), "history_hint")
        self.reply = line_edit("history_words", self._decide("do.return_hint"))
        self.back = PlainButton(self._decide("do.return"), "history_return")
        self.restore = PlainButton(self._decide("do.undo"), "history_undo")
        self.merged = QComboBox()
        self.merged.setObjectName("history_merged")
        self.separate = PlainButton(self._decide("do.separate"), "history_separate")
        self.merged_title = quiet_label(self._decide("merged.title"), "history_merged_title")
        self.merged_title.setWordWrap(False)
        self._arrange()
        self.line_table.row_changed.connect(self._ask)
        self.revision_table.row_changed.connect(self._compare)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(SMALL)
        right.addWidget(self.revision_table, 2)
        right.addWidget(self.change_table, 3)
        below = QHBoxLayout()
        below.setSpacing(MEDIUM)
        below.addWidget(self.line_table, 2)
        below.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.addWidget(self.hint)
        layout.addLayout(below, 1)
        layout.addLayout(row(self.reply, self.back, self.restore))
        layout.addLayout(row(self.merged_title, self.merged, self.separate, None))
        self.reply.textChanged.connect(self._offer)
        self.back.clicked.connect(self._send_back)
        self.restore.clicked.connect(self._undo)
        self.separate.clicked.connect(self._separate)
        self._offer()

    def _when(self, item: Revision) -> str:
        day = item.made_at[:16].replace("T", " ")
        return f"{day}　{self._words('resident.date_doubtful')}" if item.id in self._doubtful else day

    def _doubted(self, item: Revision) -> Tone | None:
        return Tone.DUE if item.id in self._doubtful else None

    def _decide(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def _offer(self) -> None:
        """What a township's archivist may do with the revision under the cursor: the newest goes back, an older one
        comes again."""
        desk = self._session.desk
        may = desk is not None and desk.station.level == "township" and desk.may(Right.INTAKE)
        place = self.revision_table.chosen_row()
        for widget in (self.reply, self.back, self.restore):
            widget.setVisible(may)
        for part in (self.merged_title, self.merged, self.separate):
            part.setVisible(may and self.merged.count() > 0)
        self.back.setEnabled(place == 0 and bool(self.reply.text().strip()))
        self.restore.setEnabled(place > 0)

    def _send_back(self) -> None:
        revision, words = self.revisions.row(self.revision_table.chosen_row()), self.reply.text()
        if revision is not None:
            self._do(lambda desk: decisions.send_back(desk, revision.id, words), "done.returned")

    def _undo(self) -> None:
        revision = self.revisions.row(self.revision_table.chosen_row())
        if revision is not None:
            self._do(lambda desk: decisions.undo(desk, revision.record_id, revision.id), "done.undone")

    def _separate(self) -> None:
        resident, name = SubjectId(str(self.merged.currentData())), self.merged.currentText()
        self._do(lambda desk: duplicates.separate(desk, resident), "done.separated", who=name)

    def _do(self, work: Callable[[Desk], object], key: str, **values: object) -> None:
        def done(_result: object) -> None:
            self.reply.clear()
            self.told.emit(self._decide(key, **values))

        self._session.ask(self, work, done, changes=_CHANGED, holding=(self.back, self.restore, self.separate))

    def show_lines(self, lines: Sequence[RecordLine], merged: Sequence[ResidentRow] = ()) -> None:
        """Offer these records, and these folders that were merged into this one."""
        self._asked = None
        self.merged.clear()
        for folder in merged:
            self.merged.addItem(self._decide("merged.folder", name=folder.name, code=folder.record_code), folder.id)
        self.hint.setText(self._words("resident.history_title" if lines else "resident.history_none"))
        self.lines.show_rows(lines)
        self.revisions.show_rows(())
        self.changes.show_rows(())
        self._offer()

    def choose(self, line: RecordLine) -> None:
        """Show one record's history."""
        for place in range(self.lines.rowCount()):
            if self.lines.row(place).record_id == line.record_id:
                self.line_table.choose_row(place)

    def _ask(self, place: int) -> None:
        line = self.lines.row(place)
        if line is None or line.record_id in (None, self._asked):
            return
        record_id = self._asked = line.record_id
        self._session.ask(self, lambda desk: records.history(desk, record_id), self._show)

    def _show(self, revisions: list[Revision]) -> None:
        if revisions and revisions[0].record_id != self._asked:
            return  # another record was chosen meanwhile
        self._revisions = list(reversed(revisions))
        self._doubtful = doubtful_dates(revisions)
        self.revisions.show_rows(self._revisions)
        self.revision_table.choose_row(0)

    def _compare(self, place: int) -> None:
        """Against the revision it was made from; the first one against an empty form."""
        revision = self.revisions.row(place)
        self._offer()
        if revision is None:
            self.changes.show_rows(())
            return
        known = {item.id: item for item in self._revisions}
        before = next((known[parent].answers for parent in revision.parents if parent in known), {})
        form = self._session.forms.edition(revision.form_id, revision.form_version)
        after = revision.answers
        if form.role == "registry":
            before, after = _told(before), _told(after)
        self.changes.show_rows(answer_changes(form, before, after))


def _told(answers: Answers) -> Answers:
    """A registration without the marks and ids that say nothing to a person."""
    return {field: value for field, value in answers.items() if field.partition(".")[0] not in INNER}
