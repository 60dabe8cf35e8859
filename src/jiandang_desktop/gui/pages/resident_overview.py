"""The first tab: what the first record still needs, the last records, the people of the household."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import Badge, Card, DataTable, LinkButton, SectionTitle, Tone, column, quiet_label, row
from jiandang_desktop.gui.models.rows import Rows
from jiandang_desktop.gui.pages.resident_charts import ChartStrip
from jiandang_desktop.gui.pages.resident_records import RecordLine, line_columns
from jiandang_desktop.gui.pages.resident_vaccinations import VaccinationCard
from jiandang_desktop.gui.theme import MEDIUM, TIGHT
from jiandang_desktop.printing.display import Text
from jiandang_desktop.services.charts import Glance
from jiandang_desktop.services.first_record import Part
from jiandang_desktop.services.immunization import CARD
from jiandang_desktop.services.resident_folder import ResidentFolder

_TABLE = 200
"""Least height of the list of records, in pixels."""
_TONES = {"missing": Tone.DUE, "draft": Tone.DUE, "complete": Tone.PLAIN}


class OverviewTab(QWidget):
    """``part_chosen(form)``, ``line_chosen(RecordLine)``, ``resident_chosen(id)``."""

    part_chosen = Signal(str)
    line_chosen = Signal(object)
    resident_chosen = Signal(str)

    def __init__(self, words: Words, families: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tab_overview")
        self._words = words
        self._parts = QVBoxLayout()
        self._parts.setSpacing(TIGHT)
        self._members = QVBoxLayout()
        self._members.setSpacing(TIGHT)
        self.model: Rows = Rows(line_columns(words), self)
        self.table = DataTable("recent_records", self.model)
        self.table.set_widths(120, 0, 110, 100, 120)
        self.table.row_chosen.connect(self._choose)
        left = QVBoxLayout()
        left.setSpacing(MEDIUM)
        left.addWidget(self._card("overview_parts", "resident.parts", self._parts))
        left.addWidget(self._card("overview_members", "resident.members", self._members))
        self.vaccinations = VaccinationCard(words)
        self.vaccinations.opened.connect(lambda: self.part_chosen.emit(CARD))
        left.addWidget(self.vaccinations)
        left.addStretch(1)
        recent = Card("overview_recent")
        recent.body.addWidget(SectionTitle(words("resident.recent")))
        self._none = quiet_label(words("resident.nothing_title"), "overview_none")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        recent.body.addWidget(self._none, 1)
        recent.body.addWidget(self.table, 1)
        self.charts = ChartStrip(families)
        self._charts_card = Card("overview_charts")
        self._charts_card.body.addWidget(SectionTitle(words("resident.charts")))
        self._charts_card.body.addWidget(self.charts)
        self._charts_card.hide()
        inside = QWidget()
        layout = QHBoxLayout(inside)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.setSpacing(MEDIUM)
        layout.addLayout(left, 2)
        layout.addLayout(column(recent, self._charts_card, spacing=MEDIUM), 3)
        self.table.setMinimumHeight(_TABLE)
        scroll = QScrollArea()
        scroll.setObjectName("overview_scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(scroll)

    def _card(self, name: str, title: str, inside: QLayout) -> Card:
        card = Card(name)
        card.body.addWidget(SectionTitle(self._words(title)))
        card.body.addLayout(inside)
        return card

    def show_folder(self, folder: ResidentFolder, lines: Sequence[RecordLine]) -> None:
        """Show a folder."""
        _clear(self._parts)
        for part in folder.parts:
            self._parts.addWidget(self._part(part))
        if folder.parts and all(part.state == "complete" for part in folder.parts):
            self._parts.addWidget(quiet_label(self._words("resident.parts_done"), "parts_done"))
        _clear(self._members)
        for member in folder.members:
            button = LinkButton(member.name, f"member_{member.id}")
            button.setEnabled(member.id != folder.resident.id)
            button.clicked.connect(lambda _=False, resident_id=member.id: self.resident_chosen.emit(resident_id))
            self._members.addWidget(_holding(button, None))
        self.model.show_rows(lines)
        self.table.setVisible(bool(lines))
        self._none.setVisible(not lines)

    def show_glance(self, found: Glance, today: str) -> None:
        """Show charts and vaccinations; without any their places are gone."""
        titles = [op.text for page in found.pages for op in page.ops if isinstance(op, Text) and op.weight == "bold"]
        self.charts.show_pages(found.pages, self._words("resident.charts_told", titles=" ".join(titles)))
        self._charts_card.setVisible(bool(found.pages))
        self.vaccinations.show_plan(found.vaccinations, today)

    def enter(self) -> None:
        """Come in with the keyboard: at the first part that is still open, else in the list."""
        for place in range(self._parts.count()):
            item = self._parts.itemAt(place)
            holder = item.widget() if item is not None else None
            button = holder.findChild(LinkButton) if holder is not None else None
            if button is not None and button.property("part") != "complete":
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.table.enter()

    def _part(self, part: Part) -> QWidget:
        button = LinkButton(part.title, f"part_{part.form_id}")
        button.setProperty("part", part.state)
        button.clicked.connect(lambda _=False, form_id=part.form_id: self.part_chosen.emit(form_id))
        badge = Badge(self._words(f"resident.part.{part.state}"), _TONES[part.state])
        badge.setObjectName(f"part_state_{part.form_id}")
        return _holding(button, None, badge)

    def _choose(self, place: int) -> None:
        line = self.model.row(place)
        if line is not None:
            self.line_chosen.emit(line)


def _holding(*items: QWidget | None) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(*items))
    return holder


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
