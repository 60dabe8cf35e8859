"""居民: find as one types, filters, the list, and the household of the one under the cursor."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QStackedWidget, QWidget

from jiandang_desktop.domain.addresses import address_order
from jiandang_desktop.gui.kit import DataTable, EmptyState, Page, PlainButton, PrimaryButton, SearchBox, Tone, row
from jiandang_desktop.gui.models.rows import WINDOW, Column, WindowedRows
from jiandang_desktop.gui.pages.household_card import HouseholdCard
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.ports.vault import ResidentFilter, ResidentRow
from jiandang_desktop.services import registry, search
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registry import ACTIVE

FOUND = 200
"""Rows of a search at most; more words narrow it."""
_FILTERS = ("all", "incomplete", "unsubmitted")


class ResidentsPage(Page):
    """Signals lead to the folder, the registry form, the printing page."""

    resident_wanted = Signal(str)
    new_household_wanted = Signal()
    intake_wanted = Signal()
    """From an archive that is empty: to where bundles are taken in."""
    new_member_wanted = Signal(str)
    edit_household_wanted = Signal(str)
    folder_wanted = Signal(str)
    form_wanted = Signal(str, str, object)
    shown = Signal()

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__("residents", session.text(f"{title}.title"), parent)
        self._session = session
        self._first_step = self.intake_wanted if title == "archive" else self.new_household_wanted
        self._ticket = 0
        self._filter = "all"
        self._groups: tuple[str, ...] = ()
        self._listed: tuple[str, str, str] | None = None
        self._build_controls()
        self.model = WindowedRows(self._columns(), self)
        self.model.window_wanted.connect(self._fetch)
        self.table = DataTable("residents_table", self.model)
        self.table.set_widths(108, 52, 84, 0, 128, 84)
        self.card = HouseholdCard(session)
        self.card.setFixedWidth(352)
        self.nobody = EmptyState(
            "residents_nobody", session.text("residents.nobody_title"), session.text("residents.nobody_text")
        )
        self.list = QStackedWidget()
        self.list.addWidget(self.table)
        self.list.addWidget(self.nobody)
        self.empty = EmptyState(
            "residents_empty",
            session.text(f"{title}.empty_title"),
            session.text(f"{title}.empty_text"),
            session.text(f"{title}.empty_action"),
        )
        below = QWidget()
        below.setLayout(row(self.list, self.card, spacing=MEDIUM))
        self.whole = QStackedWidget()
        self.whole.addWidget(below)
        self.whole.addWidget(self.empty)
        self.body.addLayout(self._filters)
        self.body.addWidget(self.whole, 1)
        self._connect()

    def _build_controls(self) -> None:
        say = self._session.text
        self.new_button = PrimaryButton(say("residents.new_household"), "residents_new")
        self.add_action(self.new_button)
        self.search = SearchBox("residents_search", say("residents.search"))
        self.search.setMinimumWidth(360)
        self.group = QComboBox()
        self.group.setObjectName("residents_group")
        self.group.addItem(say("residents.any_group"), "")
        self.buttons = QButtonGroup(self)
        filters: list[QWidget] = []
        for name in _FILTERS:
            button = PlainButton(say(f"residents.{name}"), f"filter_{name}")
            button.setProperty("kind", "filter")
            button.setCheckable(True)
            button.setChecked(name == self._filter)
            self.buttons.addButton(button)
            filters.append(button)
        self._filters = row(self.search, *filters, self.group, None, spacing=8)

    def _connect(self) -> None:
        self.setFocusProxy(self.search)
        self.search.searched.connect(self._search)
        self.search.chosen.connect(self._open_first)
        self.search.moved_down.connect(self.table.enter)
        self.table.left_top.connect(self.search.setFocus)
        self.table.row_chosen.connect(self._open)
        self.table.row_changed.connect(self._cursor_moved)
        self.buttons.buttonClicked.connect(self._filter_clicked)
        self.group.currentIndexChanged.connect(self._group_chosen)
        self.new_button.clicked.connect(self.new_household_wanted)
        self.empty.button.clicked.connect(self._first_step)
        self.card.resident_wanted.connect(self.resident_wanted)
        self.card.new_member_wanted.connect(self.new_member_wanted)
        self.card.edit_wanted.connect(self.edit_household_wanted)
        self.card.folder_wanted.connect(self.folder_wanted)
        self.card.form_wanted.connect(self.form_wanted)

    def _columns(self) -> tuple[Column[ResidentRow], ...]:
        session = self._session
        say = session.text
        today = session.bench.clock.today()
        return (
            Column(say("columns.name"), lambda who: who.name),
            Column(say("columns.sex"), lambda who: sex_words(session, who.sex)),
            Column(say("columns.age"), lambda who: age_words(session, who.birth_date, today), right=True),
            Column(say("columns.address"), lambda who: who.address),
            Column(say("columns.phone"), lambda who: who.phone),
            Column(say("columns.state"), self._state_words, self._state_tone),
        )

    def _state_words(self, who: ResidentRow) -> str:
        if who.status not in ("", ACTIVE):
            return self._session.text("residents.closed")
        return self._session.text("residents.complete" if who.established else "residents.part")

    def _state_tone(self, who: ResidentRow) -> Tone:
        return Tone.PLAIN if who.established or who.status not in ("", ACTIVE) else Tone.DUE

    # What is listed

    def refresh(self) -> None:
        """List again, with the same words and filters."""
        self._ticket += 1
        ticket, text, group = self._ticket, self.search.text().strip(), str(self.group.currentData() or "")

        name = self._filter

        def look(desk: Desk) -> tuple[int, int, int, list[ResidentRow], set[str]]:
            where = _filter(desk, name, group)
            everybody = search.count(desk)
            groups = {house.village_group for house in registry.list_households(desk, limit=2000)}
            if text:
                people = search.find(desk, text, where, limit=FOUND)
                return ticket, everybody, len(people), people, groups
            people = search.find(desk, "", where, limit=WINDOW)
            return ticket, everybody, search.count(desk, where), people, groups

        self._session.ask(self, look, self._show)

    def _show(self, found: tuple[int, int, int, list[ResidentRow], set[str]]) -> None:
        ticket, everybody, total, people, groups = found
        if ticket != self._ticket:
            return  # asked again meanwhile
        asked = (self.search.text().strip(), self._filter, str(self.group.currentData() or ""))
        same = asked == self._listed
        self._listed = asked
        before = self.model.row(self.table.chosen_row()) if same and self.table.chosen_row() >= 0 else None
        self._show_groups(groups)
        self.model.show_list(total, people)
        self.whole.setCurrentIndex(0 if everybody else 1)
        self.list.setCurrentIndex(0 if total else 1)
        searched = bool(self.search.text().strip())
        full = searched and total >= FOUND
        key = "residents.count_first" if full else "residents.count"
        self.subtitle.setText(self._session.text(key, count=f"{total:,}"))
        place = next((n for n, who in enumerate(people) if before is not None and who.id == before.id), 0)
        if people:
            self.table.choose_row(place)
        else:
            self.card.show_nobody()
        self.shown.emit()

    def _show_groups(self, groups: set[str]) -> None:
        names = tuple(sorted((group for group in groups if group), key=address_order))
        if names == self._groups:
            return
        self._groups = names
        chosen = self.group.currentData()
        blocked = self.group.blockSignals(True)
        while self.group.count() > 1:
            self.group.removeItem(1)
        for name in names:
            words = self._session.text("residents.group_words", group=name) if name.isdigit() else name
            self.group.addItem(words, name)
        self.group.setCurrentIndex(max(self.group.findData(chosen), 0))
        self.group.setVisible(bool(names))
        self.group.blockSignals(blocked)

    def _fetch(self, offset: int, ticket: int) -> None:
        name, group, text = self._filter, str(self.group.currentData() or ""), self.search.text().strip()

        def look(desk: Desk) -> tuple[int, int, list[ResidentRow]]:
            where = _filter(desk, name, group)
            return offset, ticket, search.find(desk, text, where, limit=WINDOW, offset=offset)

        self._session.ask(self, look, self._fetched)

    def _fetched(self, window: tuple[int, int, list[ResidentRow]]) -> None:
        offset, ticket, people = window
        self.model.put_window(offset, ticket, people)

    # What one does with it

    def _search(self, _text: str) -> None:
        self.refresh()

    def _filter_clicked(self, button: PlainButton) -> None:
        self._filter = button.objectName().removeprefix("filter_")
        self.refresh()

    def _group_chosen(self, _place: int) -> None:
        self.refresh()

    def _open_first(self, _text: str) -> None:
        self._open(max(self.table.chosen_row(), 0))

    def _open(self, place: int) -> None:
        who = self.model.row(place)
        if who is not None:
            self.resident_wanted.emit(who.id)

    def _cursor_moved(self, place: int) -> None:
        who = self.model.row(place) if place >= 0 else None
        if who is not None and who.household_id:
            self.card.show_household(who.household_id, who.id)


def _filter(desk: Desk, name: str, group: str) -> ResidentFilter:
    above = None
    if name == "unsubmitted":
        from jiandang_desktop.services import submission

        above = submission.pending(desk).first - 1
    return ResidentFilter(
        village_group=group or None,
        established=False if name == "incomplete" else None,
        status=ACTIVE if name == "incomplete" else None,
        above_number=above,
    )
