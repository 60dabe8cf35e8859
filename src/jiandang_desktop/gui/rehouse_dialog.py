"""变动 → 转到另一户: put one person into another household of the same village."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.household_chooser import HouseholdChooser
from jiandang_desktop.gui.kit import (
    ElidedLabel,
    MessageBar,
    PlainButton,
    PrimaryButton,
    SectionTitle,
    Tone,
    column,
    quiet_label,
    row,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import LARGE, MEDIUM
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import registry
from jiandang_desktop.services.desk import Desk

_CHANGED = Changes(registry=True, submissions=True)


class RehouseDialog(QDialog):
    """Asks into which household, and what they are to its head; ``done(sentence)`` is called when it is done."""

    def __init__(
        self, session: Session, resident: ResidentRow, done: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("rehouse_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(session.text("title"))
        self.setMinimumWidth(640)
        self._session = session
        self._resident = resident
        self._told = done
        say = self.words
        self.message = MessageBar("rehouse_message")
        self.chooser = HouseholdChooser(session, "rehouse", resident.household_id)
        self.go = PrimaryButton(say("rehouse.go"), "rehouse_go")
        stay = PlainButton(say("move.cancel"), "rehouse_cancel")
        self.setLayout(
            column(
                SectionTitle(say("rehouse.title")),
                ElidedLabel(say("rehouse.who", name=resident.name), "rehouse_who"),
                quiet_label(say("rehouse.how")),
                self.chooser,
                self.message,
                row(None, stay, self.go),
                spacing=MEDIUM,
                margins=LARGE,
            )
        )
        stay.clicked.connect(self.reject)
        self.go.clicked.connect(self._go)
        self.chooser.changed.connect(self._offer)
        self._offer()
        self.chooser.show_station(resident.station_id)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def _offer(self) -> None:
        self.go.setEnabled(self.chooser.household() is not None and bool(self.chooser.relation()))

    def _go(self) -> None:
        house, relation, who = self.chooser.household(), self.chooser.relation(), self._resident.id
        if house is None:
            return

        def work(desk: Desk) -> ResidentRow:
            return registry.move_resident(desk, who, house.id, relation)

        def done(_row: ResidentRow) -> None:
            self._told(self.words("rehouse.done", head=house.head_name or house.address))
            self.accept()

        self._session.ask(self, work, done, changes=_CHANGED, failed=self._refused, holding=(self.go, self.chooser))

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)
