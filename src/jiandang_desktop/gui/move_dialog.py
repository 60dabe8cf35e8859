"""Move somebody, or the whole household, to another village of the township: a new home there, or one that exists."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QRadioButton, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.gui.household_chooser import HouseholdChooser
from jiandang_desktop.gui.kit import (
    Dialog,
    ElidedLabel,
    LabelledRow,
    PlainButton,
    PrimaryButton,
    Tone,
    column,
    line_edit,
    quiet_label,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import StationRow
from jiandang_desktop.services import enrolment, moving
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.moving import Moved
from jiandang_desktop.services.resident_folder import ResidentFolder

_CHANGED = Changes(registry=True, records=True, submissions=True)


class MoveDialog(Dialog):
    """Asks where to and who goes along; ``moved(sentence)`` is called when it is done."""

    def __init__(
        self, session: Session, folder: ResidentFolder, moved: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("move", session.text("title"), parent)
        self._session = session
        self._folder = folder
        self._moved = moved
        say = self.words
        self.village = QComboBox()
        self.village.setObjectName("move_village")
        self.whole = QRadioButton(say("move.whole", count=len(folder.members)))
        self.alone = QRadioButton(say("move.alone"))
        self.whole.setObjectName("move_whole")
        self.alone.setObjectName("move_alone")
        self.join = QRadioButton(say("move.join"))
        self.join.setObjectName("move_join")
        self.whole.setChecked(True)
        self.address = line_edit("move_address")
        self.group = line_edit("move_group")
        self.new_home = QWidget()
        self.new_home.setLayout(
            column(LabelledRow(say("move.address"), self.address), LabelledRow(say("move.group"), self.group))
        )
        self.home = HouseholdChooser(session, "move_home", folder.resident.household_id)
        self.go = PrimaryButton(say("move.go"), "move_go")
        stay = PlainButton(say("move.cancel"), "move_cancel")
        note = quiet_label(say("move.note"))
        who = ElidedLabel(say("move.who", name=folder.resident.name), "move_who")
        whom = column(self.whole, self.alone, self.join)
        parts = (who, self.village, whom, self.new_home, self.home, note)
        self.lay_out(say("move.title"), *parts, go=self.go, close=stay)
        self.go.clicked.connect(self._go)
        self.join.toggled.connect(self._show_home)
        self.village.currentIndexChanged.connect(self._village_chosen)
        self.home.changed.connect(self._offer)
        self._show_home()
        session.ask(self, enrolment.stations, self._show_villages)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def _show_villages(self, stations: list[StationRow]) -> None:
        now = self._folder.resident.station_id
        others = [each for each in stations if each.relation == "child" and not each.revoked and each.id != now]
        for station in others:
            self.village.addItem(station.name, station.id)
        self._offer()
        if not others:
            self.message.say(self.words("move.no_villages"), Tone.DUE)

    def _show_home(self) -> None:
        """A new home is written, one that exists is chosen."""
        self.new_home.setVisible(not self.join.isChecked())
        self.home.setVisible(self.join.isChecked())
        self._offer()

    def _village_chosen(self) -> None:
        self.home.show_station(self._station())

    def _station(self) -> StationId:
        return StationId(str(self.village.currentData()))

    def _offer(self) -> None:
        chosen = self.home.household() is not None and bool(self.home.relation())
        self.go.setEnabled(self.village.count() > 0 and (chosen or not self.join.isChecked()))

    def _go(self) -> None:
        house, relation, who = self.home.household(), self.home.relation(), self._folder.resident.id
        station = self._station()
        if self.join.isChecked() and house is not None:
            self._do(lambda desk: moving.move_resident(desk, who, station, household_id=house.id, relation=relation))
            return
        typed = {"address": self.address.text().strip(), "village_group": self.group.text().strip()}
        address = {field: words for field, words in typed.items() if words}
        if "address" not in address:
            self.message.say(self.words("move.address_missing"), Tone.WRONG)
            self.address.setFocus()
            return
        resident = self._folder.resident
        whole = self.whole.isChecked()

        def work(desk: Desk) -> Moved:
            if whole and resident.household_id:
                return moving.move_household(desk, SubjectId(resident.household_id), station, address)
            return moving.move_resident(desk, resident.id, station, address=address)

        self._do(work)

    def _do(self, work: Callable[[Desk], Moved]) -> None:
        self._session.ask(
            self, work, self._done, changes=_CHANGED, failed=self._refused, holding=(self.go, self.village)
        )

    def _done(self, moved: Moved) -> None:
        self._moved(self.words("move.done", station=moved.station.name))
        self.accept()

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)
