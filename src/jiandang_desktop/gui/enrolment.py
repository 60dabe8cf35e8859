"""Enrolment panels: ask to be taken in, take a village in; both sides compare eight words."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.kit import (
    MessageBar,
    PlainButton,
    PrimaryButton,
    SectionTitle,
    Tone,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.services import dispatch, enrolment
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.enrolment import EnrolmentFile, EnrolmentView

_CHANGED = Changes(settings=True)
LARGEST = 1 << 20
"""Bytes of an enrolment file at most."""


class FingerprintLabel(QLabel):
    """Eight words to compare over the telephone."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "code_words")
        self.hide()

    def show_words(self, words: tuple[str, ...]) -> None:
        """Show them in one line."""
        self.setText("  ".join(words))
        self.show()


class RequestPanel(QWidget):
    """Write the request to a stick; show the words of this station's key."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enrol_request")
        self._session = session
        self.place = PlaceChooser(session, "request_place")
        self.button = PlainButton(session.text("enrolment.write_request"), "request_write")
        self.button.clicked.connect(self._write)
        self.message = MessageBar("request_message")
        self.place.told.connect(self.message.say)
        self.hint = quiet_label(session.text("enrolment.compare_request"))
        self.hint.hide()
        self.words = FingerprintLabel("request_words")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addLayout(row(self.place, self.button))
        layout.addWidget(self.message)
        layout.addWidget(self.hint)
        layout.addWidget(self.words)

    def _write(self) -> None:
        place = self.place.place()
        if place is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return

        def write(desk: Desk) -> tuple[Path, EnrolmentFile]:
            made = enrolment.request(desk)
            return desk.bench.medium.write_file(place, made.file_name, made.data), made

        self._session.ask(self, write, self._written, failed=self._refused, holding=(self.button,))

    def _written(self, result: tuple[Path, EnrolmentFile]) -> None:
        path, made = result
        words = self._session.text("enrolment.request_written", file=path.name)
        say_written(self._session, self.message, words, [path])
        self.hint.show()
        self.words.show_words(made.fingerprint)

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)


class ReadPanel(QWidget):
    """Read the other side's file, compare its words, then take it in.

    ``kind`` is ``request`` (a township takes a village in and answers) or ``answer`` (a village takes its township).
    """

    def __init__(self, session: Session, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"enrol_{kind}")
        self._session = session
        self._kind = kind
        self._data = b""
        self._path: Path | None = None
        say = session.text
        self.title = SectionTitle(say(f"enrolment.{kind}_title"))
        self.open = PlainButton(say(f"enrolment.read_{kind}"), f"{kind}_open")
        self.take = PrimaryButton(say(f"enrolment.take_{kind}"), f"{kind}_take")
        self.refuse = PlainButton(say("enrolment.differ"), f"{kind}_differ")
        self.message = MessageBar(f"{kind}_message")
        self.who = quiet_label(name=f"{kind}_who")
        self.words = FingerprintLabel(f"{kind}_words")
        self.open.clicked.connect(self._browse)
        self.take.clicked.connect(self._take)
        self.refuse.clicked.connect(self._differ)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addLayout(row(self.title, None, self.open))
        self.replaces = QComboBox()
        self.replaces.setObjectName(f"{kind}_replaces")
        self.reason = line_edit(f"{kind}_reason", say("enrolment.reason"))
        self.replaces.currentIndexChanged.connect(self._replacing)
        for item in (self.message, self.who, self.words):
            layout.addWidget(item)
        layout.addLayout(row(self.replaces, self.reason))
        layout.addLayout(row(None, self.refuse, self.take))
        self._reset()

    def read(self, path: Path) -> None:
        """Read a file and show who it says it is from."""
        self._path = path
        read = enrolment.read_request if self._kind == "request" else enrolment.read_answer

        def look(desk: Desk) -> tuple[bytes, EnrolmentView]:
            data = desk.bench.medium.read_file(path, LARGEST)
            return data, read(desk, data)

        self._session.ask(self, look, self._looked, failed=self._refused, holding=(self.open,))

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._session.text("places.file_title"))
        dialog.setNameFilter("*.jdb")
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, path: str) -> None:
        self.read(Path(path))

    def _looked(self, result: tuple[bytes, EnrolmentView]) -> None:
        self._data, view = result
        self.message.hide()
        self.who.setText(self._session.text("enrolment.says", name=view.card.name, code=view.card.division_code))
        self.who.show()
        self.words.show_words(view.fingerprint)
        self._offer_replacing(view)
        self.take.show()
        self.refuse.show()
        self.take.setFocus()

    def _offer_replacing(self, view: EnrolmentView) -> None:
        """A station of the same place is known: is this its new computer?"""
        self.replaces.blockSignals(True)
        self.replaces.clear()
        known = [station for station in view.replaceable if station.id == view.card.station]
        if not known:
            self.replaces.addItem(self._session.text("enrolment.new_station"), None)
        for station in known or view.replaceable:
            self.replaces.addItem(self._session.text("enrolment.replaces", name=station.name), station.id)
        self.replaces.blockSignals(False)
        self.replaces.setVisible(bool(view.replaceable))
        self._replacing()

    def _replacing(self) -> None:
        self.reason.setVisible(self.replaces.currentData() is not None)

    def _take(self) -> None:
        data, path = self._data, self._path
        station, reason = self.replaces.currentData(), self.reason.text()

        def approve(desk: Desk) -> tuple[Path, EnrolmentFile]:
            made = enrolment.approve(desk, data, station, reason)
            folder = path.parent if path is not None else Path()
            written = desk.bench.medium.write_file(folder, made.file_name, made.data)
            if station is not None and desk.may(Right.INTAKE):
                # Its records travel home with the answer.
                dispatch.send(desk, station, folder)
            return written, made

        if self._kind == "request":
            self._session.ask(
                self, approve, self._approved, changes=_CHANGED, failed=self._refused, holding=(self.take,)
            )
        else:
            self._session.ask(
                self,
                lambda desk: enrolment.accept(desk, data),
                self._accepted,
                changes=Changes(submissions=True),
                failed=self._refused,
                holding=(self.take,),
            )

    def _approved(self, result: tuple[Path, EnrolmentFile]) -> None:
        path, made = result
        key = "enrolment.approved" if self.replaces.currentData() is None else "enrolment.replaced"
        self._reset()
        say_written(self._session, self.message, self._session.text(key, file=path.name), [path], Tone.CONFIRMED)
        self.who.setText(self._session.text("enrolment.own_words"))
        self.who.show()
        self.words.show_words(made.fingerprint)

    def _accepted(self, _row: object) -> None:
        self._reset()
        self.message.say(self._session.text("enrolment.accepted"), Tone.CONFIRMED)

    def _differ(self) -> None:
        self._reset()
        self.message.say(self._session.text("enrolment.differ_next"), Tone.WRONG)

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _reset(self) -> None:
        self._data = b""
        self.reason.clear()
        for item in (self.who, self.words, self.take, self.refuse, self.replaces, self.reason):
            item.hide()
