"""People move to another area: write the folders for the station there; take in the folders of those who came."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QRadioButton, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
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
    column,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import arriving, handover, leaving
from jiandang_desktop.services.arriving import Arrival, Newcomer
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

    def changed(self, *_: object) -> None:
        """Something else was typed or chosen: what was confirmed was about what stood there before."""
        self.confirmed = frozenset()

    def refused(self, problem: Problem) -> None:
        """Say what is wrong; a warning may be passed by pressing again."""
        found = [each for each in problem.findings if isinstance(each, Finding)]
        words = "\n".join(each.message for each in found) or self.session.sentence(problem)
        if problem.code in ("ANSWERS_UNSURE", "RESIDENT_LIKE_ANOTHER"):
            self.confirmed |= {each.key for each in found} | {"twin"}
            words += "\n" + self.say("leave.again")
        self.message.say(words, Tone.WRONG)


class SendAwayDialog(_FolderDialog):
    """Who leaves, the receiving station's card, the day, where to, and the stick."""

    def __init__(self, session: Session, folder: ResidentFolder, parent: QWidget | None = None) -> None:
        super().__init__(session, "leave", parent)
        say = self.say
        self._resident = folder.resident
        self._together: tuple[ResidentRow, ...] = ()
        """Everybody of the household who leaves with this person."""
        self._view: EnrolmentView | None = None
        self.whole = QRadioButton()
        self.whole.setObjectName("leave_whole")
        self.alone = QRadioButton(say("leave.alone", name=folder.resident.name))
        self.alone.setObjectName("leave_alone")
        self.alone.setChecked(True)
        self.whom = QWidget()
        self.whom.setLayout(column(self.whole, self.alone))
        self.whom.hide()
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
            self.whom,
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
        for edit in (self.day, self.destination):
            edit.textChanged.connect(self.changed)
        self.whole.toggled.connect(self.changed)
        self.go.clicked.connect(self._go)
        self._offer()
        household = folder.resident.household_id
        if household:
            session.ask(self, lambda desk: leaving.leaving_together(desk, SubjectId(household)), self._show_household)

    def _show_household(self, together: tuple[ResidentRow, ...]) -> None:
        """Offer the whole household where this person doesn't leave it alone."""
        self._together = together
        several = len(together) > 1 and self._resident.id in {row.id for row in together}
        if several:
            names = "\N{IDEOGRAPHIC COMMA}".join(row.name for row in together)
            self.whole.setText(self.say("leave.whole", count=len(together)))
            self.whole.setToolTip(names)
        self.whom.setVisible(several)

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
        view, place, sure = self._view, self.place.place(), self.confirmed
        if view is None or place is None:
            return
        who = [row.id for row in self._together] if self.whole.isChecked() else [self._resident.id]
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
        words = self.say("leave.sent", file=done.path.name, count=len(done.names))
        say_written(self.session, self.message, words, [done.path])
        self._offer()


class ArriveDialog(_FolderDialog):
    """The file that somebody brought, what is in it, and the household they live in now."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "arrive", parent)
        say = self.say
        self._arrival: Arrival | None = None
        self._how = quiet_label(say("arrive.how"))
        self.read = PlainButton(say("arrive.read"), "arrive_read")
        self.whom = QComboBox()
        self.whom.setObjectName("arrive_whom")
        self.whom.hide()
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
            self.whom,
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
        self.whom.currentIndexChanged.connect(lambda _place: self._show_home())
        self.join.toggled.connect(lambda _on: self._show_home())
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
        lines = [self.say("arrive.holds", station=arrival.card.name, day=arrival.left_on, count=len(arrival.people))]
        for who in arrival.people:
            lines += self._lines_of(who, whole=len(arrival.people) == 1)
        lines += [] if arrival.trusted else [self.say("take.compare")]
        self.message.hide()
        self.who.setText("\n".join(lines))
        self.who.show()
        self.words.show_words(arrival.fingerprint)
        self.words.setVisible(not arrival.trusted)
        self.sure.setChecked(False)
        self.sure.setVisible(not arrival.trusted)
        self._offer_whom(arrival)

    def _lines_of(self, who: Newcomer, *, whole: bool) -> list[str]:
        """Who somebody is and what comes along: every form, or one line where there are several people."""
        title = self.session.bench.form_title
        told = {"name": who.name, "code": who.record_code}
        count = sum(who.forms.values())
        forms = [self.say("arrive.form", form=title(form), count=n) for form, n in who.forms.items()] if whole else []
        out = [self.say("arrive.left_out", form=title(form), count=n) for form, n in who.left_out.items()]
        nothing = [self.say("arrive.nothing")] if whole and not forms and not out else []
        already = [self.say("arrive.already", name=who.name)] if who.resident else []
        first = self.say("arrive.person", **told) if whole else self.say("arrive.person_count", **told, count=count)
        return [first, *forms, *out, *nothing, *already]

    def _offer_whom(self, arrival: Arrival) -> None:
        """Everybody at once, or one after the other, where there are several."""
        people = arrival.waiting or arrival.people
        self.whom.clear()
        if len(people) > 1:
            self.whom.addItem(self.say("arrive.everybody", count=len(people)), "")
        for who in people:
            self.whom.addItem(self.say("arrive.only", name=who.name), who.id)
        self.whom.setVisible(len(people) > 1)
        self._show_home()

    def _show_home(self) -> None:
        """One person may join a household; several found one of their own."""
        self.changed()
        one = bool(self.whom.currentData()) or self._arrival is None
        joins = one and self.join.isChecked()
        self.join.setVisible(one)
        self.new_home.setVisible(not joins)
        self.home.setVisible(joins)
        if joins:
            self.home.show_station(None)
        self._offer()

    def _joins(self) -> bool:
        return self.join.isChecked() and not self.join.isHidden()

    def _offer(self) -> None:
        arrival = self._arrival
        known = arrival is not None and (arrival.trusted or self.sure.isChecked())
        chosen = self.home.household() is not None and bool(self.home.relation())
        self.go.setEnabled(known and (chosen or not self._joins()))

    def _go(self) -> None:
        arrival, house, confirmed = self._arrival, self.home.household(), self.confirmed
        if arrival is None:
            return
        address = self.address.text().strip()
        person = SubjectId(str(self.whom.currentData())) if self.whom.currentData() else None
        take = partial(arriving.take, person=person, compared=True, confirmed=confirmed)
        if self._joins() and house is not None:
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

    def _arrived(self, people: tuple[ResidentRow, ...]) -> None:
        arrival, self._arrival = self._arrival, None
        each = (self.say("arrive.one", name=row.name, code=row.record_code) for row in people)
        words = self.say("arrive.done", people="\N{IDEOGRAPHIC COMMA}".join(each))
        self.message.say(words, Tone.CONFIRMED)
        self.confirmed = frozenset()
        if arrival is not None and len(people) < len(arrival.waiting):
            self.session.ask(self, lambda desk: arriving.look(desk, arrival.data), self._go_on, failed=self.refused)
        else:
            for asked in (self.whom, self.new_home, self.join, self.home):
                asked.hide()
        self._offer()

    def _go_on(self, arrival: Arrival) -> None:
        """The others of the same file; what was done stays in sight."""
        self._arrival = arrival
        self.join.setChecked(False)
        self.address.clear()
        self._offer_whom(arrival)
