"""The left side of 打印: what is to be printed, and of whom."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from jiandang_desktop.domain.addresses import address_order
from jiandang_desktop.gui.kit import LabelledRow, PlainButton, SearchBox, quiet_label
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.ports.vault import BundleRow, ResidentRow
from jiandang_desktop.services import prints, search, submission
from jiandang_desktop.services.desk import Desk

HOUSEHOLD, HOUSEHOLDS, CARDS, LABELS, TRANSFER = "household", "households", "cards", "labels", "transfer"
KINDS = (HOUSEHOLD, HOUSEHOLDS, CARDS, LABELS, TRANSFER)
"""What can be printed, in the order of the list."""
_FOUND = 30
_DATA = Qt.ItemDataRole.UserRole


class PrintChooser(QWidget):
    """``kind_changed`` with another kind, ``household_chosen(id)`` with somebody found, ``choice_changed`` with another
    group or tick, ``shown_wanted`` with the button, ``bundle_chosen(digest)`` with a submission."""

    kind_changed = Signal()
    household_chosen = Signal(str)
    choice_changed = Signal()
    shown_wanted = Signal()
    bundle_chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.kind_box = QComboBox()
        self.kind_box.setObjectName("printing_what")
        for kind in KINDS:
            self.kind_box.addItem(self.words(f"printing.what.{kind}"), kind)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._build_search())
        self.pages.addWidget(self._build_group())
        self.pages.addWidget(self._build_bundles())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addWidget(self.kind_box)
        layout.addWidget(self.pages, 1)
        self.kind_box.currentIndexChanged.connect(self._kind_chosen)

    def _build_search(self) -> QWidget:
        place = QWidget()
        self.search = SearchBox("printing_search", self.words("printing.search"))
        self.search.setToolTip(self.words("printing.search"))
        self.found = _list("printing_found")
        self.nobody = quiet_label(self.words("printing.nobody"), "printing_nobody")
        self.nobody.hide()
        layout = _column(place)
        layout.addWidget(self.search)
        layout.addWidget(self.nobody)
        layout.addWidget(self.found, 1)
        self.search.searched.connect(self._search)
        self.search.chosen.connect(self._choose_first)
        self.search.moved_down.connect(self._into_list)
        self.found.itemActivated.connect(self._choose)
        self.found.itemClicked.connect(self._choose)
        return place

    def _build_group(self) -> QWidget:
        place = QWidget()
        self.group_box = QComboBox()
        self.group_box.setObjectName("printing_group")
        self.group_box.addItem(self.words("printing.every_group"), "")
        self.only = QCheckBox()
        self.only.setObjectName("printing_only")
        self.hint = quiet_label(name="printing_hint")
        self.count = QLabel()
        self.count.setObjectName("printing_count")
        self.count.setWordWrap(True)
        self.show_button = PlainButton(self.words("printing.show"), "printing_show")
        layout = _column(place)
        layout.addWidget(LabelledRow(self.words("printing.group"), self.group_box))
        for widget in (self.only, self.hint, self.count, self.show_button):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.group_box.currentIndexChanged.connect(self.choice_changed)
        self.only.toggled.connect(self.choice_changed)
        self.show_button.clicked.connect(self.shown_wanted)
        return place

    def _build_bundles(self) -> QWidget:
        place = QWidget()
        self.bundles = _list("printing_bundles")
        self.no_bundles = quiet_label(self.words("printing.no_bundles"), "printing_no_bundles")
        layout = _column(place)
        layout.addWidget(self.no_bundles)
        layout.addWidget(self.bundles, 1)
        for signal in (self.bundles.itemActivated, self.bundles.itemClicked):
            signal.connect(lambda item: self.bundle_chosen.emit(str(item.data(_DATA))))
        return place

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    # What is chosen

    @property
    def kind(self) -> str:
        """One of ``KINDS``."""
        return str(self.kind_box.currentData())

    @property
    def group(self) -> str | None:
        """The village group, None for all."""
        return str(self.group_box.currentData() or "") or None

    def enter(self) -> None:
        """Come in with the keyboard."""
        (self.search if self.search.isVisible() else self.kind_box).setFocus()

    def choose_kind(self, kind: str) -> None:
        """Turn to another kind of print."""
        self.kind_box.setCurrentIndex(self.kind_box.findData(kind))

    def refresh(self) -> None:
        """Read groups and submissions again."""
        self._session.ask(self, _groups_and_bundles, self._know)

    def _know(self, known: tuple[list[str], list[BundleRow]]) -> None:
        groups, made = known
        before = self.group_box.currentData()
        blocked = self.group_box.blockSignals(True)
        while self.group_box.count() > 1:
            self.group_box.removeItem(1)
        for name in groups:
            words = self._session.text("residents.group_words", group=name) if name.isdigit() else name
            self.group_box.addItem(words, name)
        self.group_box.setCurrentIndex(max(self.group_box.findData(before), 0))
        self.group_box.blockSignals(blocked)
        self.bundles.clear()
        for row in made:
            when = row.made_at[:16].replace("T", " ")
            item = QListWidgetItem(self.words("printing.bundle", time=when, first=row.first, last=row.last))
            item.setData(_DATA, row.digest)
            self.bundles.addItem(item)
        self.no_bundles.setVisible(not made)

    def _kind_chosen(self, _place: int) -> None:
        kind = self.kind
        self.pages.setCurrentIndex({HOUSEHOLD: 0, TRANSFER: 2}.get(kind, 1))
        if kind in (HOUSEHOLDS, CARDS, LABELS):
            self.only.setVisible(kind != LABELS)
            self.show_button.setVisible(kind != HOUSEHOLDS)
            self.hint.setText(self.words(f"printing.hint.{kind}"))
            self.count.setText("")
            blocked = self.only.blockSignals(True)
            if kind != LABELS:
                self.only.setText(self.words(f"printing.only.{kind}"))
            self.only.setChecked(kind == CARDS)
            self.only.blockSignals(blocked)
        self.kind_changed.emit()

    # Searching

    def _search(self, text: str) -> None:
        if text:
            self._session.ask(self, lambda desk: search.find(desk, text, limit=_FOUND), self._show_found)
        else:
            self._show_found([])

    def _show_found(self, people: Sequence[ResidentRow]) -> None:
        self.found.clear()
        for person in people:
            if person.household_id:
                item = QListWidgetItem(f"{person.name}\n{person.address}", self.found)
                item.setData(_DATA, person.household_id)
        self.nobody.setVisible(not people and bool(self.search.text().strip()))

    def _choose_first(self, _text: str) -> None:
        if self.found.count():
            self._choose(self.found.item(0))

    def _into_list(self) -> None:
        if self.found.count():
            self.found.setCurrentRow(max(self.found.currentRow(), 0))
            self.found.setFocus()

    def _choose(self, item: QListWidgetItem) -> None:
        self.household_chosen.emit(str(item.data(_DATA)))


def _list(name: str) -> QListWidget:
    found = QListWidget()
    found.setObjectName(name)
    found.setWordWrap(True)
    found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return found


def _column(place: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(place)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SMALL)
    return layout


def _groups_and_bundles(desk: Desk) -> tuple[list[str], list[BundleRow]]:
    groups = {row.village_group for row in prints.households(desk)}
    made = submission.history(desk) if desk.station.level == "village" else []
    return sorted((group for group in groups if group), key=address_order), made
