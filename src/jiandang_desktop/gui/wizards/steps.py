"""The six steps of the first start."""

import re
import secrets
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QLabel, QWidget

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.enrolment import RequestPanel
from jiandang_desktop.gui.kit import (
    LabelledRow,
    LinkButton,
    MessageBar,
    PlainButton,
    Tone,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.print_preview import PageReplay, print_pages
from jiandang_desktop.gui.theme import LARGE, SMALL, load_families
from jiandang_desktop.gui.wizards.division_picker import DivisionPicker
from jiandang_desktop.gui.wizards.wizard_step import WizardStep
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.printing import Page
from jiandang_desktop.services import recovery_sheet, stations
from jiandang_desktop.services.desk import Desk

_SHORTEST_PASSWORD = 8
_DIGITS = {"village": 12, "township": 9, "banner": 6}


class WelcomeStep(WizardStep):
    """What this program is and what comes now."""

    id = "welcome"
    look_around = Signal()

    def build(self) -> None:
        """Three short points, and the way to look around first."""
        for key in ("point_offline", "point_paper", "point_secret"):
            label = QLabel(self.say(key))
            label.setWordWrap(True)
            self.rows.addWidget(label)
        self.made_up = LinkButton(self.say("look_around"), "look_around")
        self.made_up.clicked.connect(self.look_around)
        self.rows.addLayout(row(self.made_up, None))
        self.rows.addStretch(1)


class PlaceStep(WizardStep):
    """Level and place, by names."""

    id = "place"
    complains_itself = True

    def build(self) -> None:
        """Three levels, the picker, the code for places that aren't in the list, the station's name."""
        self.levels = QButtonGroup(self)
        buttons: list[QWidget | None] = []
        for level in ("village", "township", "banner"):
            button = PlainButton(self.session.text(f"level.{level}"), f"level_{level}")
            button.setProperty("kind", "choice")
            button.setCheckable(True)
            self.levels.addButton(button)
            buttons.append(button)
        self.rows.addLayout(row(*buttons, None))
        self.picker = DivisionPicker(self.session)
        self.code = line_edit("station_code", self.say("code_hint"))
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.code_row = LabelledRow(self.say("code"), self.code, self.say("code_note"))
        self.name = line_edit("station_name")
        self.name_row = LabelledRow(self.say("name"), self.name, self.say("name_note"))
        self.rows.addWidget(self.picker)
        names = row(spacing=LARGE)
        for item in (self.code_row, self.name_row):
            names.addWidget(item, 1, Qt.AlignmentFlag.AlignTop)
        self.rows.addLayout(names)
        self.rows.addStretch(1)
        self.levels.buttonClicked.connect(self._level_clicked)
        self.picker.picked.connect(self._picked)
        self.code.textChanged.connect(self._code_typed)
        self.name.textChanged.connect(self._name_typed)
        self.name.returnPressed.connect(self.wants_on)
        self.set_level("village")

    def opened(self) -> None:
        """At the place."""
        self.picker.enter()

    def set_level(self, level: str) -> None:
        """Choose what the station is."""
        self.state["level"] = level
        for button in self.levels.buttons():
            button.setChecked(button.objectName() == f"level_{level}")
        self.picker.set_level(level)
        self.altered.emit()

    def complaint(self) -> str:
        """A wrong code is said here, before a vault is made."""
        digits = _DIGITS[self.state["level"]]
        wrong = not re.fullmatch(rf"[1-9][0-9]{{{digits - 1}}}", self.state.get("code", ""))
        unnamed = not self.state.get("station")
        code_words = self.say("code_wrong", digits=digits) if wrong else ""
        name_words = self.say("name_missing") if unnamed else ""
        self.code_row.complain(code_words)
        self.name_row.complain(name_words)
        return code_words or name_words

    def _level_clicked(self, button: PlainButton) -> None:
        self.set_level(button.objectName().removeprefix("level_"))

    def _picked(self, code: str, name: str) -> None:
        self.code.setText(code or self.picker.deepest())
        if code:
            self.name.setText(self.session.text(f"station_name.{self.state['level']}", place=self._short(name)))

    def _short(self, name: str) -> str:
        """A village's name without the word for its committee, as a clinic would call itself."""
        for ending in self.session.text("station_name.endings").split():
            name = name.removesuffix(ending)
        return name

    def _code_typed(self, text: str) -> None:
        self.state["code"] = text.strip()
        self.altered.emit()

    def _name_typed(self, text: str) -> None:
        self.state["station"] = text.strip()
        self.altered.emit()


class PersonStep(WizardStep):
    """Name and password."""

    id = "person"
    complains_itself = True

    def build(self) -> None:
        """Name, password twice."""
        self.name = line_edit("person_name")
        self.password = line_edit("person_password", secret=True)
        self.again = line_edit("person_again", secret=True)
        self.name_row = LabelledRow(self.say("name"), self.name)
        self.password_row = LabelledRow(self.say("password"), self.password, self.say("password_note"))
        self.again_row = LabelledRow(self.say("again"), self.again)
        for item in (self.name_row, self.password_row, self.again_row):
            item.setMaximumWidth(440)
            self.rows.addWidget(item)
        self.rows.addStretch(1)
        for edit in (self.name, self.password, self.again):
            edit.textChanged.connect(self._typed)
        self.name.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self.wants_on)

    def opened(self) -> None:
        """Begin with the name."""
        self.name.setFocus()

    def complaint(self) -> str:
        """No name, too short, or the two differ."""
        unnamed = not self.name.text().strip()
        self.name_row.complain(self.say("name_missing") if unnamed else "")
        short = len(self.password.text()) < _SHORTEST_PASSWORD
        differ = self.password.text() != self.again.text()
        self.password_row.complain(self.say("short") if short else "")
        self.again_row.complain(self.say("differ") if differ and not short else "")
        wrong = ((unnamed, "name_missing", self.name), (short, "short", self.password), (differ, "differ", self.again))
        for is_so, key, edit in wrong:
            if is_so:
                edit.setFocus()
                edit.selectAll()
                return self.say(key)
        return ""

    def _typed(self, _text: str) -> None:
        self.state["person"] = self.name.text().strip()
        self.state["password"] = self.password.text()
        self.altered.emit()


class RecoveryStep(WizardStep):
    """The recovery sheet: print it, and prove it by typing two groups back."""

    id = "recovery"

    def build(self) -> None:
        """The groups, the ways to paper, two inputs."""
        self.groups = QGridLayout()
        self.groups.setSpacing(SMALL)
        self.rows.addLayout(self.groups)
        self.place = PlaceChooser(self.session, "recovery_place")
        self.save = PlainButton(self.say("save"), "recovery_save")
        self.save.clicked.connect(self._save)
        self.print = PlainButton(self.say("print"), "recovery_print")
        self.print.clicked.connect(self._lay_out)
        self.rows.addLayout(row(self.print, None))
        self.rows.addLayout(row(self.place, self.save))
        self.message = MessageBar("recovery_message")
        self.place.told.connect(self.message.say)
        self.rows.addWidget(self.message)
        self.typed = [line_edit("recovery_first"), line_edit("recovery_second")]
        self.typed_rows = [LabelledRow("", edit) for edit in self.typed]
        self.rows.addWidget(quiet_label(self.say("prove")))
        self.rows.addLayout(row(*self.typed_rows, spacing=LARGE))
        self.rows.addStretch(1)
        self.asked: tuple[int, int] = (0, 1)
        for edit in self.typed:
            edit.textChanged.connect(self._typed_back)
        self.typed[0].returnPressed.connect(self.typed[1].setFocus)
        self.typed[1].returnPressed.connect(self.wants_on)

    def opened(self) -> None:
        """Show the code of the vault that was just made."""
        groups = stations.recovery_groups(self.state["recovery_code"])
        first, second = sorted(secrets.SystemRandom().sample(range(len(groups)), 2))
        self.asked = (first, second)
        for place, words in enumerate(groups):
            label = QLabel(f"{place + 1}.  {words}")
            label.setObjectName(f"recovery_group_{place}")
            label.setProperty("kind", "code_words")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            self.groups.addWidget(label, place // 3, place % 3)
        for place, labelled in zip(self.asked, self.typed_rows, strict=True):
            title = labelled.findChild(QLabel)
            if title is not None:
                title.setText(self.say("group", number=place + 1))
        self.print.setFocus()

    def complaint(self) -> str:
        """The groups must be those of the sheet."""
        if self.state.get("typed_back"):
            return ""
        self.typed[0].setFocus()
        self.typed[0].selectAll()
        return self.say("wrong")

    def _typed_back(self, _text: str) -> None:
        typed = {place: edit.text() for place, edit in zip(self.asked, self.typed, strict=True)}
        self.state["typed_back"] = stations.recovery_typed_back(self.state["recovery_code"], typed)
        self.altered.emit()

    def _lay_out(self) -> None:
        code = self.state["recovery_code"]
        self.session.ask(
            self,
            lambda desk: recovery_sheet.recovery_pages(desk, code),
            self._print,
            failed=self._refused,
            holding=(self.print,),
        )

    def _print(self, pages: list[Page]) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            replay = PageReplay(load_families(self.session.bench.resources))
            if print_pages(pages, printer, replay):
                self.message.say(self.say("printed"))

    def _save(self) -> None:
        place, code = self.place.place(), self.state["recovery_code"]
        if place is None:
            self.message.say(self.session.text("places.choose_first"), Tone.DUE)
            return

        def write(desk: Desk) -> Path:
            data = recovery_sheet.recovery_pdf(desk, code)
            return desk.bench.medium.write_file(place, self.say("file_name"), data)

        self.session.ask(self, write, self._saved, failed=self._refused, holding=(self.save,))

    def _saved(self, path: Path) -> None:
        say_written(self.session, self.message, self.say("saved", file=path.name), [path], Tone.DUE)

    def _refused(self, problem: Problem) -> None:
        self.message.say(self.session.sentence(problem), Tone.WRONG)


class EnrolStep(WizardStep):
    """Write the enrolment request now, or later from the 管理 page."""

    id = "enrol"

    def build(self) -> None:
        """The same panel as on the page."""
        self.panel = RequestPanel(self.session)
        self.rows.addWidget(self.panel)
        self.rows.addStretch(1)


class ReadyStep(WizardStep):
    """Everything is there."""

    id = "ready"

    def build(self) -> None:
        """What to do first."""
        for key in ("first", "second", "third"):
            label = QLabel(self.say(key))
            label.setWordWrap(True)
            self.rows.addWidget(label)
        self.rows.addStretch(1)
