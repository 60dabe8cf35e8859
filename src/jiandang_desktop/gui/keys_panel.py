"""Who is known with which key: new keys for this station, an end to another one's."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.gui.kit import (
    DataTable,
    MessageBar,
    PlainButton,
    SectionTitle,
    Tone,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.ports.vault import StationRow
from jiandang_desktop.services import enrolment, keys
from jiandang_desktop.services.keys import KeyLine, Rotated


class KeysPanel(QWidget):
    """Every key with its state and, for the newest ones, the eight words to compare."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys_panel")
        self._session = session
        say = session.text
        self.rotate = PlainButton(say("keys.rotate"), "keys_rotate")
        self.message = MessageBar("keys_message")
        self.model = Rows(self._columns(), self)
        self.table = DataTable("stations_table", self.model)
        self.table.set_widths(180, 150, 90, 0, 190)
        self.table.setMinimumHeight(200)
        self.words = quiet_label(name="keys_words")
        self.reason = line_edit("keys_reason", say("keys.reason"))
        self.end = PlainButton(say("keys.end"), "keys_end")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addLayout(row(SectionTitle(say("management.stations")), None, self.rotate))
        layout.addWidget(self.message)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.words)
        layout.addLayout(row(self.reason, self.end))
        self.table.row_changed.connect(self._chosen)
        self.rotate.clicked.connect(self._rotate)
        self.end.clicked.connect(self._end)
        self._chosen(-1)

    def _columns(self) -> tuple[Column[KeyLine], ...]:
        say = self._session.text
        return (
            Column(say("first_start.place.name"), lambda line: line.name),
            Column(say("first_start.place.code"), lambda line: line.division_code),
            Column(say("columns.station_relation"), lambda line: say(f"management.relation_{line.relation}")),
            Column(say("columns.fingerprint"), lambda line: " ".join(line.words)),
            Column(
                say("columns.state"),
                self._state,
                lambda line: Tone.WRONG if line.ended else Tone.DUE if line.waiting else Tone.PLAIN,
            ),
        )

    def _state(self, line: KeyLine) -> str:
        if line.waiting:
            return self._session.text("keys.waiting", count=line.waiting)
        return self._session.text(f"keys.state_{line.ended or 'valid'}")

    def refresh(self) -> None:
        """Read the keys again."""
        self._session.ask(self, keys.overview, self._show)

    def _show(self, lines: list[KeyLine]) -> None:
        self.model.show_rows(lines)
        self._chosen(self.table.chosen_row())

    def _chosen(self, place: int) -> None:
        line = self.model.row(place)
        words = ""
        if line is not None:
            bench = self._session.bench
            state = bench.text("terms", f"key.{line.ended or 'valid'}", reason=line.reason, on=line.ended_on[:10])
            words = self._session.text("keys.detail", name=line.name, number=line.key_id, state=state)
        self.words.setText(words)
        below = line is not None and line.relation == "child" and not line.ended
        self.reason.setVisible(below)
        self.end.setVisible(below)

    def _rotate(self) -> None:
        self._session.ask(self, keys.rotate, self._rotated, failed=self._refused, holding=(self.rotate,))

    def _rotated(self, made: Rotated) -> None:
        self.message.say(self._session.text("keys.rotated", count=made.announced, words=" ".join(made.fingerprint)))
        self.refresh()

    def _end(self) -> None:
        line, reason = self.model.row(self.table.chosen_row()), self.reason.text()
        if line is None:
            return
        station = StationId(line.station_id)
        self._session.ask(
            self,
            lambda desk: enrolment.revoke(desk, station, reason),
            self._ended,
            failed=self._refused,
            holding=(self.end,),
        )

    def _ended(self, station: StationRow) -> None:
        self.reason.clear()
        self.message.say(self._session.text("keys.ended", name=station.name), Tone.CONFIRMED)
        self.refresh()

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)
