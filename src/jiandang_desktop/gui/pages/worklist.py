"""今日工作: what was begun, what came back, what is incomplete, what waits for the next submission."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from jiandang_desktop.gui.kit import (
    Badge,
    Card,
    DataTable,
    EmptyState,
    Page,
    PlainButton,
    SectionTitle,
    Tone,
    column,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.referral_notice import ReferralNotice
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import worklist
from jiandang_desktop.services.exchange_words import outlook_words
from jiandang_desktop.services.worklist import DraftLine, ReturnedLine, TodayWork


class WorklistPage(Page):
    """``entry_wanted(form, subject, record)``, ``resident_wanted(resident)``, ``page_wanted(name)``."""

    entry_wanted = Signal(str, str, object)
    resident_wanted = Signal(str)
    page_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("worklist", session.text("worklist.title"), parent)
        self._session = session
        self.body.addWidget(self._build_pending())
        self.slips = ReferralNotice(session)
        self.slips.opened.connect(lambda: self.page_wanted.emit("referrals"))
        self.body.addWidget(self.slips)
        self.bands = QGridLayout()
        self.bands.setSpacing(MEDIUM)
        self.drafts, self.drafts_band = self._band("drafts", self._draft_columns(), (0, 110))
        self.returned, self.returned_band = self._band("returned", self._returned_columns(), (90, 0, 130))
        self.incomplete, self.incomplete_band = self._band("incomplete", self._incomplete_columns(), (120, 120, 0, 130))
        self.bands.addWidget(self.drafts_band, 0, 0)
        self.bands.addWidget(self.returned_band, 1, 0)
        self.bands.addWidget(self.incomplete_band, 0, 1, 2, 1)
        self.bands.setColumnStretch(0, 2)
        self.bands.setColumnStretch(1, 3)
        self.bands_holder = QWidget()
        self.bands_holder.setLayout(self.bands)
        self.bands.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.bands_holder, 1)
        self.empty = EmptyState(
            "worklist_empty",
            session.text("worklist.empty_title"),
            session.text("worklist.empty_text"),
            session.text("worklist.empty_action"),
        )
        self.empty.button.clicked.connect(self._go_residents)
        self.empty.hide()
        self.body.addWidget(self.empty, 1)
        self.drafts.row_chosen.connect(self._open_draft)
        self.returned.row_chosen.connect(self._open_returned)
        self.incomplete.row_chosen.connect(self._open_incomplete)

    def refresh(self) -> None:
        """Ask again what there is to do."""
        self._session.ask(self, worklist.today, self._show)
        self.slips.refresh()

    def _build_pending(self) -> Card:
        card = Card("worklist_pending")
        self.figure = QLabel("0")
        self.figure.setObjectName("pending_figure")
        self.figure.setProperty("kind", "figure")
        self.what = QLabel(self._session.text("worklist.pending_count"))
        self.pending_text = quiet_label(name="pending_text")
        self.pending_text.setWordWrap(False)
        self.due = Badge()
        self.due.setObjectName("worklist_due")
        self.doubtful = quiet_label(self._session.bench.text("exchange", "outlook.doubtful"), "worklist_doubtful")
        self.doubtful.hide()
        self.submit = PlainButton(self._session.text("worklist.go_submit"), "worklist_submit")
        self.submit.clicked.connect(self._go_submit)
        card.body.addLayout(row(self.figure, self.what, self.pending_text, None, self.due, self.submit, spacing=MEDIUM))
        card.body.addWidget(self.doubtful)
        return card

    def _band(self, name: str, columns: tuple[Column[Any], ...], widths: tuple[int, ...]) -> tuple[DataTable, QWidget]:
        title = SectionTitle(self._session.text(f"worklist.{name}"), f"worklist_{name}_title")
        table = DataTable(f"worklist_{name}", Rows(columns, self))
        table.set_widths(*widths)
        band = QWidget()
        layout = QVBoxLayout(band)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(column(title, table))
        return table, band

    def _draft_columns(self) -> tuple[Column[Any], ...]:
        say = self._session.text
        return (
            Column[Any](say("columns.form"), lambda line: _two(line.who, line.form_title)),
            Column[Any](say("columns.saved_at"), lambda line: line.draft.saved_at[5:16].replace("T", " ")),
        )

    def _returned_columns(self) -> tuple[Column[Any], ...]:
        say, reason = self._session.text, self._session.bench
        return (
            Column[Any](say("columns.name"), lambda line: line.who),
            Column[Any](say("columns.form"), lambda line: line.form_title),
            Column[Any](
                say("columns.reason"),
                lambda line: (
                    line.record.verdict_words
                    or reason.text("terms", f"intake_reason.{line.record.verdict_reason or 'answers'}")
                ),
                lambda _line: Tone.WRONG,
            ),
        )

    def _incomplete_columns(self) -> tuple[Column[Any], ...]:
        say = self._session.text
        session = self._session
        today = session.bench.clock.today()
        return (
            Column[Any](say("columns.name"), lambda who: who.name),
            Column[Any](
                say("columns.age"),
                lambda who: f"{sex_words(session, who.sex)} {age_words(session, who.birth_date, today)}".strip(),
            ),
            Column[Any](say("columns.address"), lambda who: who.address),
            Column[Any](say("columns.phone"), lambda who: who.phone),
        )

    def _show(self, work: TodayWork) -> None:
        waiting = work.pending
        self.figure.setText(f"{waiting.entries:,}")
        if not waiting.enrolled:
            words = self._session.text("worklist.not_enrolled")
        elif waiting.entries:
            words = self._session.text(
                "worklist.pending_text", residents=waiting.residents, unexported=waiting.not_yet_exported
            )
        else:
            words = self._session.text("worklist.pending_none")
        self.pending_text.setText(words)
        bench = self._session.bench
        urgent = work.outlook.overdue is not None or work.outlook.days == 0
        self.due.show_state(outlook_words(bench, work.outlook), Tone.DUE if urgent else Tone.PLAIN)
        self.due.setVisible(waiting.enrolled)
        self.doubtful.setVisible(work.outlook.doubtful)
        shown = (
            (self.drafts, self.drafts_band, work.drafts),
            (self.returned, self.returned_band, work.returned),
            (self.incomplete, self.incomplete_band, work.incomplete),
        )
        for table, band, rows in shown:
            _rows(table).show_rows(rows)
            band.setVisible(bool(rows))
        title = self.incomplete_band.findChild(SectionTitle)
        if title is not None and work.incomplete_total > len(work.incomplete):
            key, values = "worklist.incomplete_more", {"count": work.incomplete_total, "shown": len(work.incomplete)}
            title.setText(self._session.text(key, **values))
        self.bands.setColumnStretch(0, 2 if work.drafts or work.returned else 0)
        nothing = not (work.drafts or work.returned or work.incomplete)
        self.empty.setVisible(nothing)
        self.bands_holder.setVisible(not nothing)

    def _open_draft(self, place: int) -> None:
        line = _rows(self.drafts).row(place)
        if isinstance(line, DraftLine):
            self.entry_wanted.emit(line.draft.form_id, line.draft.subject_id, line.draft.record_id)

    def _open_returned(self, place: int) -> None:
        line = _rows(self.returned).row(place)
        if isinstance(line, ReturnedLine):
            self.entry_wanted.emit(line.record.form_id, line.record.subject_id, line.record.record_id)

    def _open_incomplete(self, place: int) -> None:
        who = _rows(self.incomplete).row(place)
        if isinstance(who, ResidentRow):
            self.resident_wanted.emit(who.id)

    def _go_submit(self) -> None:
        self.page_wanted.emit("submission")

    def _go_residents(self) -> None:
        self.page_wanted.emit("residents")


def _rows(table: DataTable) -> Rows:
    model = table.model()
    if not isinstance(model, Rows):
        raise TypeError("a band shows a whole list")
    return model


def _two(first: str, second: str) -> str:
    return f"{first}　{second}" if first else second
