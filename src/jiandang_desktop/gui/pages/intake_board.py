"""The township's board of villages and periods: received, late, missing; what to say on the telephone."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from jiandang_desktop.gui.kit import DataTable, PlainButton, SectionTitle, Tone, quiet_label, row
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.schedule_panel import SchedulePanel
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.ports.vault import StationRow
from jiandang_desktop.services.board import Board, BoardLine, Period, State
from jiandang_desktop.services.dispatch import Dispatch
from jiandang_desktop.services.exchange_words import missing_words, period_words, schedule_words, telephone_words

_TONES = {State.RECEIVED: Tone.CONFIRMED, State.LATE: Tone.DUE, State.MISSING: Tone.WRONG, State.DUE: Tone.PLAIN}
_SHOWN = 4
"""Periods in the table."""


class BoardPanel(QWidget):
    """One line for each village; under it the words for the telephone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows = Rows(self._columns(), self)
        self.table = DataTable("intake_board", self.rows)
        self.table.set_widths(0, 200, *[112] * _SHOWN, 130, 96)
        self._waiting: dict[str, int] = {}
        """How many entries a village hasn't said to have taken."""
        self.note = quiet_label(name="intake_board_note")
        self.title = SectionTitle(session.text("intake.board"))
        self.schedule = SchedulePanel(session, "board_schedule")
        self.kept = PlainButton("", "board_kept")
        self.send = PlainButton(session.text("intake.send"), "board_send")
        self.send_all = PlainButton("", "board_send_all")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addLayout(row(self.title, None, self.schedule, self.kept, spacing=MEDIUM))
        layout.addWidget(self.table, 1)
        below = row(self.note, self.send, self.send_all)
        below.setStretch(0, 1)
        layout.addLayout(below)
        self.table.row_changed.connect(self._say)

    def _columns(self) -> tuple[Column[BoardLine], ...]:
        say, bench = self._session.text, self._session.bench

        def period(place: int) -> Column[BoardLine]:
            return Column(
                say(f"intake.period_{place}"),
                lambda line: period_words(bench, line.periods[place]),
                lambda line: _tone(line.periods[place]),
            )

        return (
            Column(say("columns.village"), lambda line: line.station.name),
            Column(say("intake.schedule"), lambda line: schedule_words(bench, line.schedule)),
            *(period(place) for place in range(_SHOWN)),
            Column(
                say("intake.holes"),
                lambda line: missing_words(bench, line.missing[0]) if line.missing else "",
                lambda line: Tone.WRONG if line.missing else None,
            ),
            Column(say("intake.downward"), self._downward, right=True),
        )

    def _downward(self, line: BoardLine) -> str:
        count = self._waiting.get(line.station.id, 0)
        return str(count) if count else ""

    def lines(self) -> list[BoardLine]:
        """The villages shown."""
        return [self.rows.row(place) for place in range(self.rows.rowCount())]

    def station(self) -> StationRow | None:
        """The village under the cursor."""
        line = self.rows.row(self.table.chosen_row())
        return line.station if isinstance(line, BoardLine) else None

    def show_board(self, board: Board, waiting: Sequence[Dispatch] = ()) -> None:
        """Show the villages, and what waits here for each."""
        self._waiting = {each.station.id: each.entries for each in waiting}
        before = self.table.chosen_row()
        self._warning = self._session.bench.text("exchange", "clock_doubtful") if board.doubtful else ""
        if board.strangers:
            self._warning += self._session.bench.text("exchange", "strangers", count=board.strangers)
        parked = board.strangers + sum(line.parked for line in board.lines)
        self.kept.setText(self._session.text("intake.kept", count=parked))
        self.kept.setVisible(bool(parked))
        self.rows.show_rows(board.lines)
        self.table.choose_row(max(before, 0))
        self._say(self.table.chosen_row())

    def _say(self, place: int) -> None:
        line = self.rows.row(place)
        if line is not None:
            self.schedule.show_schedule(line.schedule, line.station.name, line.station.id)
        self.schedule.setVisible(line is not None)
        count = self._waiting.get(line.station.id, 0) if line is not None else 0
        self.send.setToolTip(line.station.name if line is not None else "")
        self.send.setVisible(count > 0)
        several = sum(1 for entries in self._waiting.values() if entries)
        self.send_all.setText(self._session.text("intake.send_all", count=several))
        self.send_all.setVisible(several > 1)
        said = telephone_words(self._session.bench, line) if line is not None else []
        self.note.setText("\n".join([*([self._warning] if self._warning else []), *said]))

    _warning = ""


def _tone(period: Period) -> Tone | None:
    return _TONES.get(period.state)
