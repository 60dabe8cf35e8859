"""Choose the household that somebody moves into, and what they are to its head."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.gui.kit import DataTable, LabelledRow, SearchBox
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.ports.vault import HouseholdRow
from jiandang_desktop.services import registry

_ROWS_HEIGHT = 210


class HouseholdChooser(QWidget):
    """A search over the households of one station (None: this vault's), without the one they live in now.

    ``changed`` when another household is under the cursor or another relation was chosen; nothing is chosen at first.
    """

    changed = Signal()

    def __init__(self, session: Session, name: str, without: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session = session
        self._without = without
        self._station: StationId | None = None
        say = self._words
        self.search = SearchBox(f"{name}_search", say("household.search"))
        columns = (
            Column[HouseholdRow](say("household.address"), lambda house: house.address),
            Column[HouseholdRow](say("household.head"), lambda house: house.head_name),
            Column[HouseholdRow](say("household.members"), lambda house: str(house.members), right=True),
        )
        self.model = Rows(columns, self)
        self.table = DataTable(f"{name}_table", self.model)
        self.table.set_widths(0, 140, 72)
        self.table.setFixedHeight(_ROWS_HEIGHT)
        self.relations = QComboBox()
        self.relations.setObjectName(f"{name}_relation")
        self.relations.setPlaceholderText(say("household.choose_relation"))
        for entry in session.bench.tables["family_relation"].selectable():
            self.relations.addItem(f"{entry.code} {entry.label}", entry.code)
        self.relations.setCurrentIndex(-1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addWidget(self.search)
        layout.addWidget(self.table)
        layout.addWidget(LabelledRow(say("household.relation"), self.relations))
        self.search.searched.connect(lambda _text: self.reload())
        self.search.moved_down.connect(self.table.setFocus)
        self.table.row_changed.connect(lambda _place: self.changed.emit())
        self.relations.currentIndexChanged.connect(lambda _place: self.changed.emit())

    def show_station(self, station_id: StationId | None) -> None:
        """Offer the households that this station keeps."""
        self._station = station_id
        self.reload()

    def household(self) -> HouseholdRow | None:
        """The household under the cursor."""
        row = self.model.row(self.table.chosen_row())
        return row if isinstance(row, HouseholdRow) else None

    def relation(self) -> str:
        """What they are to its head (codes/family_relation), '' while nothing is chosen."""
        return str(self.relations.currentData() or "")

    def reload(self) -> None:
        """Search again."""
        text, station = self.search.text(), self._station
        self._session.ask(
            self, lambda desk: (text, station, registry.find_households(desk, text, station_id=station)), self._show
        )

    def _show(self, found: tuple[str, StationId | None, list[HouseholdRow]]) -> None:
        text, station, rows = found
        if text == self.search.text() and station == self._station:
            self.model.show_rows([row for row in rows if row.id != SubjectId(self._without)])
            self.changed.emit()

    def _words(self, key: str) -> str:
        return self._session.bench.text("decisions", key)
