"""变动 → 转到另一户: put one person into another household of the same village."""

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.gui.household_chooser import HouseholdChooser
from jiandang_desktop.gui.kit import (
    Dialog,
    ElidedLabel,
    LabelledRow,
    PlainButton,
    PrimaryButton,
    Tone,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import life_events
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.life_events import MARRIED, SPLIT
from jiandang_desktop.services.registry import HEAD

_CHANGED = Changes(registry=True, submissions=True)


class RehouseDialog(Dialog):
    """Asks into which household, why, and what they are to its head; ``done(sentence)`` is called when it is done."""

    def __init__(
        self, session: Session, resident: ResidentRow, done: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__("rehouse", session.text("title"), parent)
        self._session = session
        self._resident = resident
        self._told = done
        say = self.words
        self.chooser = HouseholdChooser(session, "rehouse", resident.household_id)
        self.reason = self._reasons()
        self.day = line_edit("rehouse_day")
        self.day.setText(session.bench.clock.today().isoformat())
        self.alone = QCheckBox(say("rehouse.alone"))
        self.alone.setObjectName("rehouse_alone")
        self.address = line_edit("rehouse_address", say("rehouse.address"))
        self.address.setText(str(resident.address))
        self.address.hide()
        self._sure: frozenset[str] = frozenset()
        """Warnings that were shown; going on after that confirms them."""
        self.go = PrimaryButton(say("rehouse.go"), "rehouse_go")
        stay = PlainButton(say("move.cancel"), "rehouse_cancel")
        self.lay_out(
            say("rehouse.title"),
            ElidedLabel(say("rehouse.who", name=resident.name), "rehouse_who"),
            quiet_label(say("rehouse.how")),
            self.chooser,
            self.alone,
            self.address,
            row(LabelledRow(say("rehouse.reason"), self.reason), LabelledRow(say("rehouse.day"), self.day)),
            go=self.go,
            close=stay,
        )
        self.go.clicked.connect(self._go)
        self.chooser.changed.connect(self._offer)
        self.alone.toggled.connect(self._found_home)
        self.address.textEdited.connect(lambda _text: self._offer())
        self.day.textEdited.connect(lambda _text: self._offer())
        self._offer()
        self.chooser.show_station(resident.station_id)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/decisions.toml``."""
        return self._session.bench.text("decisions", key, **values)

    def _reasons(self) -> QComboBox:
        """Why somebody comes into a household, as the registration asks it."""
        box = QComboBox()
        box.setObjectName("rehouse_reason")
        field = self._session.forms.current(FormId("resident")).field("household_reason")
        for option in field.options if field is not None else ():
            box.addItem(option.label, option.code)
        box.setCurrentIndex(box.findData(MARRIED))
        return box

    def _offer(self) -> None:
        self._sure = frozenset()
        chosen = self.chooser.household() is not None and bool(self.chooser.relation())
        self.go.setEnabled(bool(self.address.text().strip()) if self.alone.isChecked() else chosen)

    def _found_home(self, alone: bool) -> None:
        """A home of one's own, whose head one is, instead of somebody else's."""
        self.chooser.setVisible(not alone)
        self.address.setVisible(alone)
        self.reason.setCurrentIndex(self.reason.findData(SPLIT if alone else MARRIED))
        self._offer()

    def _go(self) -> None:
        alone, house, who = self.alone.isChecked(), self.chooser.household(), self._resident
        address = self.address.text().strip()
        if house is None and not alone:
            return
        reason, day, sure = str(self.reason.currentData()), self.day.text().strip(), self._sure
        relation = HEAD if alone else self.chooser.relation()
        new = {"address": address, "village_group": who.village_group} if alone else None
        target = house.id if house is not None and not alone else None

        def work(desk: Desk) -> ResidentRow:
            return life_events.move_household(
                desk, who.id, target, relation, new=new, day=day, reason=reason, confirmed=sure
            )

        def done(_row: ResidentRow) -> None:
            place = house.head_name or house.address if house is not None and not alone else address
            self._told(self.words("rehouse.done", head=place))
            self.accept()

        self._session.ask(self, work, done, changes=_CHANGED, failed=self._refused, holding=(self.go, self.chooser))

    def _refused(self, problem: Problem) -> None:
        findings = [each for each in problem.findings if isinstance(each, Finding)]
        words = "".join(each.message for each in findings)
        if problem.code == "ANSWERS_UNSURE":
            self._sure = frozenset(each.key for each in findings)
            self.message.say(words + self.words("rehouse.sure"), Tone.DUE)
            return
        self.message.say(words or self._session.sentence(problem), Tone.WRONG)
