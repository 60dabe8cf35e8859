"""When to submit: said in one line, changed in the same line. Used for the own schedule and for a village's."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.schedules import Every, Schedule
from jiandang_desktop.gui.kit import LinkButton, PlainButton, Tone, line_edit
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.services import schedule as service
from jiandang_desktop.services.exchange_words import schedule_words


class SchedulePanel(QWidget):
    """``told(sentence, tone)`` when it was changed or couldn't be."""

    told = Signal(str, object)

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session = session
        self._station: StationId | None = None
        self._schedule = Schedule()
        say = session.text
        self.words = QLabel()
        self.words.setObjectName(f"{name}_words")
        self.change = LinkButton(say("schedule.change"), f"{name}_change")
        self.every = QComboBox()
        self.every.setObjectName(f"{name}_every")
        for every in Every:
            self.every.addItem(say(f"schedule.every_{every.value}"), every.value)
        self.number = line_edit(f"{name}_number")
        self.number.setFixedWidth(64)
        self.unit = QLabel()
        self.save = PlainButton(say("schedule.save"), f"{name}_save")
        self.back = PlainButton(say("schedule.back"), f"{name}_back")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        self._editing = (self.every, self.number, self.unit, self.save, self.back)
        for widget in (self.words, self.change, *self._editing):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.change.clicked.connect(self._open)
        self.back.clicked.connect(self._close)
        self.save.clicked.connect(self._save)
        self.number.returnPressed.connect(self._save)
        self.every.currentIndexChanged.connect(self._every_chosen)
        self._close()

    def show_schedule(self, schedule: Schedule, words: str = "", station: StationId | None = None) -> None:
        """Show a schedule; with ``words`` instead of its own. ``station``: a station below."""
        if station != self._station:
            self._close()
        self._station, self._schedule = station, schedule
        self.words.setText(words or schedule_words(self._session.bench, schedule))

    def say_tone(self, tone: Tone) -> None:
        """Colour the line."""
        self.words.setProperty("tone", tone.value if tone is not Tone.PLAIN else "")
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)

    def _open(self) -> None:
        self._show_editing(True)
        self.every.setCurrentIndex(self.every.findData(self._schedule.every.value))
        self._every_chosen(0)
        self.number.setFocus()
        self.number.selectAll()

    def _close(self) -> None:
        self._show_editing(False)

    def _show_editing(self, editing: bool) -> None:
        for widget in self._editing:
            widget.setVisible(editing)
        self.words.setVisible(not editing)
        self.change.setVisible(not editing)

    def _every_chosen(self, _place: int) -> None:
        weeks = self.every.currentData() == Every.WEEKS.value
        self.unit.setText(self._session.text("schedule.unit_weeks" if weeks else "schedule.unit_day"))
        self.number.setText(str(self._schedule.weeks if weeks else self._schedule.day))

    def _save(self) -> None:
        every, number = self.every.currentData(), self.number.text().strip()
        station = self._station
        today = self._session.bench.clock.today().isoformat()
        key = "weeks" if every == Every.WEEKS.value else "day"
        try:
            wish = service.read_schedule({"every": every, key: number, "start": today})
        except Problem as problem:
            self.told.emit(self._session.sentence(problem), Tone.WRONG)
            return
        self._session.ask(
            self,
            lambda desk: service.set_schedule(desk, wish, station),
            lambda _done: self._saved(),
            changes=Changes(submissions=True),
            failed=lambda problem: self.told.emit(self._session.sentence(problem), Tone.WRONG),
            holding=(self.save,),
        )

    def _saved(self) -> None:
        self._close()
        key = "schedule.saved" if self._station is None else "schedule.saved_below"
        self.told.emit(self._session.text(key), Tone.PLAIN)
