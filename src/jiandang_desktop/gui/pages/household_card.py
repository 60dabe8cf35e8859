"""The household at the right of the list: where, who is in it, what one can do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.gui.kit import Card, DataTable, PlainButton, PrimaryButton, quiet_label, row
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import registry
from jiandang_desktop.services.registry import HouseholdSheet


class HouseholdCard(Card):
    """``resident_wanted(resident)``; ``new_member_wanted``, ``edit_wanted``, ``folder_wanted`` with the household;
    ``form_wanted(form, household, None)`` for the forms about the household itself."""

    resident_wanted = Signal(str)
    new_member_wanted = Signal(str)
    edit_wanted = Signal(str)
    folder_wanted = Signal(str)
    form_wanted = Signal(str, str, object)
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("household_card", parent)
        self._session = session
        self._household = ""
        self._resident = ""
        say = session.text
        self.address = QLabel()
        self.address.setObjectName("household_address")
        self.address.setProperty("kind", "section")
        self.address.setWordWrap(True)
        self.facts = quiet_label(name="household_facts")
        self.model = Rows(self._columns(), self)
        self.members = DataTable("household_members", self.model)
        self.members.set_widths(0, 100, 56)
        self.open = PrimaryButton(say("residents.open_folder"), "household_open")
        self.add = PlainButton(say("residents.add_member"), "household_add")
        self.edit = PlainButton(say("residents.edit_household"), "household_edit")
        self.paper = PlainButton(say("residents.print_folder"), "household_print")
        for item in (self.address, self.facts):
            self.body.addWidget(item)
        self.body.addWidget(self.members, 1)
        self.body.addLayout(row(self.add, self.edit))
        self.forms: dict[str, PlainButton] = {}
        self._papers = row(self.paper)
        self.body.addLayout(self._papers)
        self.body.addWidget(self.open)
        self.members.row_chosen.connect(self._open_member)
        self.open.clicked.connect(self._open_chosen)
        self.add.clicked.connect(self._add)
        self.edit.clicked.connect(self._edit)
        self.paper.clicked.connect(self._print)
        self.show_nobody()

    def _columns(self) -> tuple[Column[ResidentRow], ...]:
        session = self._session
        say = session.text
        today = session.bench.clock.today()
        relations = session.bench.tables["family_relation"]

        return (
            Column(say("columns.name"), lambda who: who.name),
            Column(say("columns.relation"), lambda who: relations.label(who.relation_to_head)),
            Column(
                say("columns.age"),
                lambda who: age_words(session, who.birth_date, today) or sex_words(session, who.sex),
                right=True,
            ),
        )

    def show_household(self, household_id: str, resident_id: str) -> None:
        """Show a household with the cursor on one of its members."""
        self._resident = resident_id
        if household_id == self._household:
            self._mark()
            return
        self._household = household_id
        self.reload()

    def reload(self) -> None:
        """Read the household again."""
        household_id = SubjectId(self._household)
        if household_id:
            self._session.ask(self, lambda desk: registry.open_household(desk, household_id), self._show)

    def show_nobody(self) -> None:
        """Nobody is chosen."""
        self._household = ""
        self.address.setText(self._session.text("residents.household"))
        self.facts.setText(self._session.text("residents.choose"))
        self.model.show_rows(())
        self._enable(on=False)

    def _show(self, sheet: HouseholdSheet) -> None:
        if sheet.household.id != self._household:
            return  # the cursor went on
        house = sheet.household
        self.address.setText(house.address)
        facts = (self._session.text("residents.members", count=len(sheet.members)), house.phone)
        self.facts.setText("　".join(fact for fact in facts if fact))
        self.model.show_rows(sheet.members)
        self._mark()
        self._offer(sheet)
        self._enable(on=True)
        self.shown.emit()

    def _mark(self) -> None:
        for place in range(self.model.rowCount()):
            if self.model.row(place).id == self._resident:
                self.members.choose_row(place)

    def _offer(self, sheet: HouseholdSheet) -> None:
        """A button for each form about the household; the forms are known only when a household was read."""
        for form in sheet.forms:
            if form.id not in self.forms:
                button = PlainButton(form.title, f"household_form_{form.id}")
                button.clicked.connect(lambda _=False, form_id=form.id: self._fill_in(form_id))
                self.forms[form.id] = button
                self._papers.addWidget(button)

    def _fill_in(self, form_id: str) -> None:
        self.form_wanted.emit(form_id, self._household, None)

    def _enable(self, *, on: bool) -> None:
        for button in (self.open, self.add, self.edit, self.paper, *self.forms.values()):
            button.setEnabled(on)

    def _open_member(self, place: int) -> None:
        self.resident_wanted.emit(self.model.row(place).id)

    def _open_chosen(self) -> None:
        place = self.members.chosen_row()
        if place >= 0:
            self._open_member(place)

    def _add(self) -> None:
        self.new_member_wanted.emit(self._household)

    def _edit(self) -> None:
        self.edit_wanted.emit(self._household)

    def _print(self) -> None:
        self.folder_wanted.emit(self._household)
