"""Move somebody, or the whole household, to another village of the township."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QRadioButton, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.gui.kit import (
    LabelledRow,
    MessageBar,
    PlainButton,
    PrimaryButton,
    SectionTitle,
    Tone,
    column,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import LARGE, MEDIUM
from jiandang_desktop.ports.vault import StationRow
from jiandang_desktop.services import enrolment, moving
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.moving import Moved
from jiandang_desktop.services.resident_folder import ResidentFolder

_CHANGED = Changes(registry=True, records=True, submissions=True)


class MoveDialog(QDialog):
    """Asks where to and who goes along; ``moved(sentence)`` is called when it is done."""

    def __init__(
        self, session: Session, folder: ResidentFolder, moved: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("move_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(session.text("title"))
        self.setMinimumWidth(560)
        self._session = session
        self._folder = folder
        self._moved = moved
        say = self.words
        self.message = MessageBar("move_message")
        self.village = QComboBox()
        self.village.setObjectName("move_village")
        self.whole = QRadioButton(say("move.whole", count=len(folder.members)))
        self.alone = QRadioButton(say("move.alone"))
        self.whole.setObjectName("move_whole")
        self.alone.setObjectName("move_alone")
        self.whole.setChecked(True)
        self.address = line_edit("move_address")
        self.group = line_edit("move_group")
        self.go = PrimaryButton(say("move.go"), "move_go")
        stay = PlainButton(say("move.cancel"), "move_cancel")
        note = quiet_label(say("move.note"))
        who = QLabel(say("move.who", name=folder.resident.name))
        self.setLayout(
            column(
                SectionTitle(say("move.title")),
                who,
                self.village,
                row(self.whole, self.alone, None, spacing=MEDIUM),
                LabelledRow(say("move.address"), self.address),
                LabelledRow(say("move.group"), self.group),
                note,
                self.message,
                row(None, stay, self.go),
                spacing=MEDIUM,
                margins=LARGE,
            )
        )
        stay.clicked.connect(self.reject)
        self.go.clicked.connect(self._go)
        self.go.setEnabled(False)
        session.ask(self, enrolment.stations, self._show_villages)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def _show_villages(self, stations: list[StationRow]) -> None:
        now = self._folder.resident.station_id
        others = [each for each in stations if each.relation == "child" and not each.revoked and each.id != now]
        for station in others:
            self.village.addItem(station.name, station.id)
        self.go.setEnabled(bool(others))
        if not others:
            self.message.say(self.words("move.no_villages"), Tone.DUE)

    def _go(self) -> None:
        typed = {"address": self.address.text().strip(), "village_group": self.group.text().strip()}
        address = {field: words for field, words in typed.items() if words}
        if "address" not in address:
            self.message.say(self.words("move.address_missing"), Tone.WRONG)
            self.address.setFocus()
            return
        resident = self._folder.resident
        station = StationId(str(self.village.currentData()))
        whole = self.whole.isChecked()

        def work(desk: Desk) -> Moved:
            if whole and resident.household_id:
                return moving.move_household(desk, SubjectId(resident.household_id), station, address)
            return moving.move_resident(desk, resident.id, station, address=address)

        self._session.ask(
            self, work, self._done, changes=_CHANGED, failed=self._refused, holding=(self.go, self.village)
        )

    def _done(self, moved: Moved) -> None:
        self._moved(self.words("move.done", station=moved.station.name))
        self.accept()

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)
