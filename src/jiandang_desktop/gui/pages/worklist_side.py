"""Beside the worklist: why somebody is in it, who else of the household is, and what to do."""

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from jiandang_desktop.gui.kit import Card, LinkButton, PlainButton, PrimaryButton, column, quiet_label, row
from jiandang_desktop.gui.pages.worklist_rows import age_and_sex
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.services import due
from jiandang_desktop.services.due import DueFilter, DueLine, Worklist

_HOUSEHOLD = 4
"""Lines of others in the household that are shown."""
_PRESSING = frozenset({Band.OVERDUE, Band.WEEK, Band.LOST})


class WorkSide(Card):
    """``open_wanted``, ``refuse_wanted``, ``attempt_wanted`` with the line; ``resident_wanted`` with the resident."""

    open_wanted = Signal(object)
    refuse_wanted = Signal(object)
    attempt_wanted = Signal(object)
    resident_wanted = Signal(str)

    def __init__(self, session: Session, *, fills_in: bool, parent: QWidget | None = None) -> None:
        super().__init__("worklist_side", parent)
        self._session = session
        self._fills_in = fills_in
        """Whether forms are filled in here; where not, there is only the folder to look into."""
        self._line: DueLine | None = None
        self.name = QLabel()
        self.name.setObjectName("side_name")
        self.name.setProperty("kind", "section")
        self.name.setWordWrap(True)
        self.facts = quiet_label(name="side_facts")
        self.what = QLabel()
        self.what.setObjectName("side_what")
        self.what.setWordWrap(True)
        self.why = quiet_label(name="side_why")
        self.window_words = quiet_label(name="side_window")
        self.attempts = quiet_label(name="side_attempts")
        self.house_title = QLabel(session.text("worklist.same_house"))
        self.house_title.setProperty("kind", "label")
        self.house = QVBoxLayout()
        self.house.setSpacing(0)
        self.folder = LinkButton(session.text("worklist.folder"), "side_folder")
        self.attempt = PlainButton(session.text("worklist.attempt"), "side_attempt")
        self.refuse = PlainButton(session.text("worklist.refuse"), "side_refuse")
        self.open = PrimaryButton("", "side_open")
        self._lay_out()
        for button, wanted in (
            (self.open, self.open_wanted),
            (self.refuse, self.refuse_wanted),
            (self.attempt, self.attempt_wanted),
        ):
            button.clicked.connect(lambda _checked=False, signal=wanted: self._emit(signal))
        self.folder.clicked.connect(self._open_folder)
        self.clear()

    def _lay_out(self) -> None:
        """What is told is scrolled where notices above the list leave little room; what one does never is."""
        told = column(self.facts, self.what, self.why, self.window_words, self.attempts)
        told.addSpacing(SMALL)
        told.addWidget(self.house_title)
        told.addLayout(self.house)
        told.addStretch(1)
        inside = QWidget()
        inside.setObjectName("scrolled")
        inside.setLayout(told)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        head = row(self.name, self.folder)
        head.setStretch(0, 1)
        head.setAlignment(self.folder, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self.body.addWidget(scroll, 1)
        self.body.addLayout(row(None, self.attempt, self.refuse))
        self.body.addWidget(self.open)

    def clear(self) -> None:
        """Show nobody."""
        self._line = None
        for label in (self.name, self.facts, self.what, self.why, self.window_words, self.attempts):
            label.setText("")
        self._show_house(())
        for button in (self.open, self.attempt, self.refuse, self.folder):
            button.hide()

    def show_line(self, line: DueLine) -> None:
        """Show somebody's line."""
        say, person = self._session.text, line.person
        self._line = line
        self.name.setText(person.name)
        age = age_and_sex(self._session, person.sex, person.birth_date)
        self.facts.setText("　".join(part for part in (age, person.phone or say("worklist.no_phone")) if part))
        self.what.setText(line.what)
        self.why.setText(line.why)
        self.window_words.setText(self._window(line))
        tried = say("worklist.tried", times=line.attempts, day=line.last_attempt) if line.attempts else ""
        self.attempts.setText(tried)
        self.attempts.setVisible(bool(tried))
        key = "worklist.enrol" if line.proposal else "worklist.open"
        self.open.setText(say(key if self._fills_in else "worklist.look"))
        self.open.show()
        self.folder.setVisible(self._fills_in)
        self.attempt.setVisible(self._fills_in and not line.proposal)
        self.refuse.setText(say("worklist.refuse" if line.proposal else "worklist.put_off"))
        self.refuse.setVisible(self._fills_in and line.can_be_put_off)
        self._show_house(())
        if person.household_id:
            where = DueFilter(bands=_PRESSING, household_id=person.household_id)
            self._session.ask(self, lambda desk: due.worklist(desk, where=where, limit=20), self._house_found)

    def _emit(self, signal: SignalInstance) -> None:
        if self._line is not None:
            signal.emit(self._line)

    def _open_folder(self) -> None:
        if self._line is not None:
            self.resident_wanted.emit(self._line.person.id)

    def _window(self, line: DueLine) -> str:
        say = self._session.text
        if line.proposal:
            return ""
        key = "worklist.window_over" if line.state is DutyState.OVERDUE else "worklist.window"
        words = say(key, opens=line.opens, closes=line.closes)
        if line.target not in (line.opens, line.closes):
            words += "\n" + say("worklist.target", day=line.target)
        return words

    def _house_found(self, found: Worklist) -> None:
        line = self._line
        if line is None or (found.lines and found.lines[0].person.household_id != line.person.household_id):
            return  # the cursor went on meanwhile
        self._show_house(tuple(each for each in found.lines if (each.person.id, each.id) != (line.person.id, line.id)))

    def _show_house(self, lines: tuple[DueLine, ...]) -> None:
        while self.house.count():
            item = self.house.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()  # it goes later, and would stand there alone until then
                widget.deleteLater()
        for line in lines[:_HOUSEHOLD]:
            words = self._session.text("worklist.house_line", name=line.person.name, what=line.what)
            button = LinkButton(words, f"house_{line.person.id}_{line.id}")
            button.setProperty("align", "left")
            button.clicked.connect(lambda _checked=False, each=line: self.open_wanted.emit(each))
            self.house.addWidget(button)
        if len(lines) > _HOUSEHOLD:
            self.house.addWidget(quiet_label(self._session.text("worklist.house_more", count=len(lines) - _HOUSEHOLD)))
        self.house_title.setVisible(bool(lines))
