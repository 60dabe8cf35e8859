"""Somebody moves to another area: write the folder for the station there; take in the folder of somebody who came."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.gui.enrolment import FingerprintLabel
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
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import arriving, handover, leaving
from jiandang_desktop.services.arriving import Arrival
from jiandang_desktop.services.enrolment import EnrolmentView
from jiandang_desktop.services.leaving import Sent
from jiandang_desktop.services.resident_folder import ResidentFolder

_CHANGED = Changes(registry=True, records=True, submissions=True)
_LARGEST = 512 * 2**20
_ROWS_HEIGHT = 120
"""Of the list of households: the whole must fit on a screen of 768 lines."""


class _FolderDialog(Dialog):
    """What both have in common: words of ``resources/texts/handover.toml``, a card to compare, warnings said twice."""

    def __init__(self, session: Session, name: str, parent: QWidget | None) -> None:
        super().__init__(name, session.text("title"), parent, width=680)
        self.session = session
        self.words = FingerprintLabel(f"{name}_words")
        self.who = quiet_label(name=f"{name}_who")
        self.sure = QCheckBox(self.say("take.compared"))
        self.sure.setObjectName(f"{name}_compared")
        self.sure.hide()
        self.confirmed: frozenset[str] = frozenset()
        """Warnings that were shown: pressing again says yes to them."""

    def say(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/handover.toml``."""
        return self.session.bench.text("handover", key, **values)

    def browse(self, read: Callable[[Path], None], _checked: bool = False) -> None:
        """Ask for a file."""
        dialog = QFileDialog(self, self.session.text("places.file_title"))
        dialog.setNameFilter("*.jdb")
        dialog.fileSelected.connect(lambda chosen: read(Path(chosen)))
        dialog.open()

    def refused(self, problem: Problem) -> None:
        """Say what is wrong; a warning may be passed by pressing again."""
        found = [each for each in problem.findings if isinstance(each, Finding)]
        words = "\n".join(each.message for each in found) or self.session.sentence(problem)
        if problem.code in ("ANSWERS_UNSURE", "RESIDENT_LIKE_ANOTHER"):
            self.confirmed |= {each.key for each in found} | {"twin"}
            words += "\n" + self.say("leave.again")
        self.message.say(words, Tone.WRONG)


class SendAwayDialog(_FolderDialog):
    """The receiving station's card, the day, where to, and the stick."""

    def __init__(self, session: Session, folder: ResidentFolder, parent: QWidget | None = None) -> None:
        super().__init__(session, "leave", parent)
        say = self.say
        self._resident = folder.resident
        self._view: EnrolmentView | None = None
        self.read = PlainButton(say("give.read"), "leave_read")
        self.day = line_edit("leave_day", say("leave.day_hint"))
        self.day.setText(session.bench.clock.today().isoformat())
        self.destination = line_edit("leave_destination")
        self.place = PlaceChooser(session, "leave_place")
        self.place.told.connect(self.message.say)
        self.go = PrimaryButton(say("leave.go"), "leave_go")
        stay = PlainButton(say("leave.close"), "leave_close")
        self.lay_out(
            say("leave.title"),
            ElidedLabel(say("leave.who", name=folder.resident.name), "leave_name"),
            quiet_label(say("leave.how")),
            row(self.read, None),
            self.who,
            self.words,
            self.sure,
            row(LabelledRow(say("leave.day"), self.day), LabelledRow(say("leave.destination"), self.destination)),
            self.place,
            go=self.go,
            close=stay,
        )
        self.who.hide()
        self.read.clicked.connect(partial(self.browse, self.read_card))
        self.sure.toggled.connect(self._offer)
        self.place.folder_chosen.connect(self._offer)
        self.go.clicked.connect(self._go)
        self._offer()

    def read_card(self, path: Path) -> None:
        """Read the receiving station's card file."""
        medium = self.session.bench.medium
        self.session.ask(
            self,
            lambda desk: handover.read_invitation(desk, medium.read_file(path, _LARGEST)),
            self._chosen,
            failed=self.refused,
            holding=(self.read,),
        )

    def _chosen(self, view: EnrolmentView) -> None:
        self._view = view
        self.message.hide()
        self.who.setText(self.say("give.says", name=view.card.name, code=view.card.division_code))
        self.who.show()
        self.words.show_words(view.fingerprint)
        self.sure.setChecked(False)
        self.sure.show()
        self._offer()

    def _offer(self) -> None:
        self.go.setEnabled(self._view is not None and self.sure.isChecked() and self.place.place() is not None)

    def _go(self) -> None:
        view, place, who, sure = self._view, self.place.place(), self._resident.id, self.confirmed
        if view is None or place is None:
            return
        typed = {"move_out_date": self.day.text().strip(), "destination_address": self.destination.text().strip()}
        closure = {field: text for field, text in typed.items() if text}
        self.session.ask(
            self,
            lambda desk: leaving.send(desk, who, view.card, closure, place, sure),
            self._sent,
            changes=_CHANGED,
            failed=self.refused,
            holding=(self.go,),
        )

    def _sent(self, done: Sent) -> None:
        say_written(self.session, self.message, self.say("leave.sent", file=done.path.name), [done.path])
        self._offer()


class ArriveDialog(_FolderDialog):
    """The file that somebody brought, what is in it, and the household they live in now."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "arrive", parent)
        say = self.say
        self._arrival: Arrival | None = None
        self._how = quiet_label(say("arrive.how"))
        self.read = PlainButton(say("arrive.read"), "arrive_read")
        self.join = QCheckBox(say("arrive.join"))
        self.join.setObjectName("arrive_join")
        self.address = line_edit("arrive_address")
        self.new_home = LabelledRow(say("arrive.address"), self.address)
        self.home = HouseholdChooser(session, "arrive_home", "")
        self.home.table.setFixedHeight(_ROWS_HEIGHT)
        self.go = PrimaryButton(say("arrive.go"), "arrive_go")
        stay = PlainButton(say("leave.close"), "arrive_close")
        self.lay_out(
            say("arrive.title"),
            self._how,
            row(self.read, None),
            self.who,
            self.words,
            self.sure,
            self.new_home,
            self.join,
            self.home,
            go=self.go,
            close=stay,
        )
        self.who.hide()
        self.home.hide()
        self.read.clicked.connect(partial(self.browse, self.read_file))
        self.sure.toggled.connect(self._offer)
        self.join.toggled.connect(self._show_home)
        self.home.changed.connect(self._offer)
        self.go.clicked.connect(self._go)
        self._offer()

    def read_file(self, path: Path) -> None:
        """Look into the file that somebody brought."""
        medium = self.session.bench.medium
        self.session.ask(
            self,
            lambda desk: arriving.look(desk, medium.read_file(path, _LARGEST)),
            self._looked,
            failed=self.refused,
            holding=(self.read,),
        )

    def _looked(self, arrival: Arrival) -> None:
        self._arrival = arrival
        self._how.hide()
        told = {"name": arrival.name, "code": arrival.record_code, "station": arrival.card.name}
        lines = [self.say("arrive.holds", **told, day=arrival.left_on)]
        title = self.session.bench.form_title
        lines += [self.say("arrive.form", form=title(form), count=n) for form, n in arrival.forms.items()]
        lines += [self.say("arrive.left_out", form=title(form), count=n) for form, n in arrival.left_out.items()]
        lines += [] if len(lines) > 1 else [self.say("arrive.nothing")]
        lines += [] if arrival.trusted else [self.say("take.compare")]
        lines += [self.say("arrive.already")] if arrival.resident else []
        self.message.hide()
        self.who.setText("\n".join(lines))
        self.who.show()
        self.words.show_words(arrival.fingerprint)
        self.words.setVisible(not arrival.trusted)
        self.sure.setChecked(False)
        self.sure.setVisible(not arrival.trusted)
        self._offer()

    def _show_home(self) -> None:
        self.new_home.setVisible(not self.join.isChecked())
        self.home.setVisible(self.join.isChecked())
        if self.join.isChecked():
            self.home.show_station(None)
        self._offer()

    def _offer(self) -> None:
        arrival = self._arrival
        known = arrival is not None and (arrival.trusted or self.sure.isChecked())
        chosen = self.home.household() is not None and bool(self.home.relation())
        self.go.setEnabled(known and (chosen or not self.join.isChecked()))

    def _go(self) -> None:
        arrival, house, confirmed = self._arrival, self.home.household(), self.confirmed
        if arrival is None:
            return
        address = self.address.text().strip()
        take = partial(arriving.take, compared=True, confirmed=confirmed)
        if self.join.isChecked() and house is not None:
            take = partial(take, household_id=house.id, relation=self.home.relation())
        elif address:
            take = partial(take, address={"address": address})
        else:
            self.message.say(self.say("arrive.address_missing"), Tone.WRONG)
            return
        self.session.ask(
            self,
            lambda desk: take(desk, arrival),
            self._arrived,
            changes=_CHANGED,
            failed=self.refused,
            holding=(self.go,),
        )

    def _arrived(self, resident: ResidentRow) -> None:
        self._arrival = None
        self.message.say(self.say("arrive.done", name=resident.name, code=resident.record_code), Tone.CONFIRMED)
        self._offer()
