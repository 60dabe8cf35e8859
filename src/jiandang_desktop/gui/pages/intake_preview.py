"""What taking one bundle in would do: counts by kind, the items, and the few that a person decides."""

from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from jiandang_desktop.domain.records import RevisionId
from jiandang_desktop.gui.kit import (
    Card,
    DataTable,
    PlainButton,
    SectionTitle,
    Tone,
    column,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services.intake import IntakePlan
from jiandang_desktop.services.sorting import Kind, PlanItem

_TONES = {
    Kind.CONFLICT: Tone.DUE,
    Kind.DUPLICATE: Tone.DUE,
    Kind.QUALITY: Tone.WRONG,
    Kind.QUARANTINED: Tone.WRONG,
}
_DECISIONS = (Verdict.ARCHIVED, Verdict.HELD, Verdict.RETURNED)
_FIXED = frozenset({Kind.QUARANTINED, Kind.KNOWN})
"""Kinds that nobody can decide about."""


class IntakePreview(Card):
    """The right half of the page; ``decisions`` are what the archivist chose against the proposal."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("intake_preview", parent)
        self._session = session
        self.plan: IntakePlan | None = None
        self.path: Path | None = None
        self.decisions: dict[RevisionId, Verdict] = {}
        self.words: dict[RevisionId, str] = {}
        """What is written to those that go back."""
        self._kind: Kind | None = None
        say = session.text
        self.heading = SectionTitle("", "preview_title")
        self.note = quiet_label(name="preview_note")
        self.kinds = QHBoxLayout()
        self.kinds.setSpacing(SMALL)
        self._chips = QButtonGroup(self)
        self.model = Rows(self._columns(), self)
        self.items = DataTable("preview_items", self.model)
        self.items.set_widths(130, 0, 96, 96)
        self.decide = [
            PlainButton(say(f"intake.decide_{verdict.value}"), f"decide_{verdict.value}") for verdict in _DECISIONS
        ]
        self.archive = PlainButton(say("intake.archive"), "intake_archive")
        self.release = PlainButton(say("intake.release"), "intake_release")
        self.reason = quiet_label(name="preview_reason")
        self.reply = line_edit("preview_words", session.bench.text("decisions", "do.return_hint"))
        self.decide_label = quiet_label(say("intake.decide"))
        self.decide_label.setWordWrap(False)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.note)
        self.body.addLayout(self.kinds)
        room = QWidget()  # keeps its place where there are no items to show
        room.setLayout(column(self.items))
        self.body.addWidget(room, 1)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.reply)
        self.body.addLayout(row(self.decide_label, *self.decide, None, self.release, self.archive))
        self._chips.buttonClicked.connect(self._kind_chosen)
        self.items.row_changed.connect(self._item_chosen)
        for button in self.decide:
            button.clicked.connect(self._decided)
        self.reply.textEdited.connect(self._replied)
        self.show_nothing()

    def _columns(self) -> tuple[Column[PlanItem], ...]:
        say, bench = self._session.text, self._session.bench
        return (
            Column(say("columns.name"), lambda item: item.subject),
            Column(say("columns.form"), lambda item: item.form_title),
            Column(
                say("columns.kind"),
                lambda item: bench.text("terms", f"intake_kind.{item.kind.value}"),
                lambda item: _TONES.get(item.kind, Tone.PLAIN),
            ),
            Column(say("columns.verdict"), lambda item: say(f"intake.decide_{self._verdict(item).value}")),
        )

    def _verdict(self, item: PlanItem) -> Verdict:
        chosen = self.decisions.get(item.revision.id) if item.revision else None
        return chosen or item.verdict

    def forget(self) -> None:
        """What was decided has been done."""
        self.decisions.clear()
        self.words.clear()

    def show_nothing(self) -> None:
        """No bundle is chosen."""
        self._show(None, None, "", "")

    def show_refusal(self, file_name: str, sentence: str) -> None:
        """A file that isn't taken, and why."""
        self._show(None, None, file_name, sentence)

    def show_plan(self, path: Path, plan: IntakePlan) -> None:
        """A verified bundle."""
        title = self._session.text("intake.preview", village=plan.sender_name, file=path.name)
        note = self._session.text("intake.known") if plan.known_receipt is not None else ""
        if plan.generation:
            note = self._session.bench.text("terms", f"generation.{plan.generation}")
        if plan.date_doubtful:
            note += self._session.bench.text("exchange", "clock.bundle", at=plan.header.made_at[:16].replace("T", " "))
        self._show(plan, path, title, note)

    def _show(self, plan: IntakePlan | None, path: Path | None, title: str, note: str) -> None:
        self.plan, self.path = plan, path
        self._kind = None
        self.heading.setText(title)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._show_kinds()
        self._show_items()
        self.archive.setEnabled(plan is not None)
        self.archive.setVisible(plan is not None)
        self.items.setVisible(plan is not None and bool(plan.items))
        self.release.hide()
        known = plan is not None and plan.known_receipt is not None
        self.archive.setText(self._session.text("intake.archive_again" if known else "intake.archive"))

    def _show_kinds(self) -> None:
        for button in self._chips.buttons():
            self._chips.removeButton(button)
            self.kinds.removeWidget(button)
            button.hide()
            button.deleteLater()
        while self.kinds.count():
            self.kinds.takeAt(0)
        if self.plan is None or not self.plan.items:
            return
        counts = self.plan.counts()
        say, bench = self._session.text, self._session.bench
        lines = [("", say("intake.counts", word=say("intake.all_kinds"), count=len(self.plan.items)))]
        for kind in Kind:
            if counts.get(kind):
                word = bench.text("terms", f"intake_kind.{kind.value}")
                lines.append((kind.value, say("intake.counts", word=word, count=counts[kind])))
        for name, words in lines:
            button = PlainButton(words, f"kind_{name}")
            button.setProperty("kind", "filter")
            button.setCheckable(True)
            button.setChecked(not name)
            self._chips.addButton(button)
            self.kinds.addWidget(button)
        self.kinds.addStretch(1)

    def _show_items(self) -> None:
        items = self.plan.items if self.plan else ()
        self.model.show_rows([item for item in items if self._kind in (None, item.kind)])
        self._item_chosen(-1)

    def _kind_chosen(self, button: PlainButton) -> None:
        name = button.objectName().removeprefix("kind_")
        self._kind = Kind(name) if name else None
        self._show_items()

    def _item_chosen(self, place: int) -> None:
        item = self.model.row(place)
        open_ = item is not None and item.revision is not None and item.kind not in _FIXED
        self.decide_label.setVisible(open_)
        for button in self.decide:
            button.setVisible(open_)
        words = self._session.bench.text("terms", f"intake_reason.{item.reason}") if item and item.reason else ""
        self.reason.setText(words)
        self.reason.setVisible(bool(words))
        self._ask_reply(item)

    def _ask_reply(self, item: PlanItem | None) -> None:
        """A line for the words to whoever has to correct it."""
        back = item is not None and item.revision is not None and self._verdict(item) is Verdict.RETURNED
        if back and item is not None and item.revision is not None:
            self.reply.setText(self.words.get(item.revision.id, item.words))
        self.reply.setVisible(back)

    def _replied(self, text: str) -> None:
        item = self.model.row(self.items.chosen_row())
        if item is not None and item.revision is not None:
            self.words[item.revision.id] = text.strip()

    def _decided(self) -> None:
        button = self.sender()
        item = self.model.row(self.items.chosen_row())
        if isinstance(button, PlainButton) and item is not None and item.revision is not None:
            verdict = Verdict(button.objectName().removeprefix("decide_"))
            self.decisions[item.revision.id] = verdict
            place = self.items.chosen_row()
            self.model.dataChanged.emit(self.model.index(place, 0), self.model.index(place, 3))
            self._ask_reply(item)
            if verdict is Verdict.RETURNED:
                self.reply.setFocus()
