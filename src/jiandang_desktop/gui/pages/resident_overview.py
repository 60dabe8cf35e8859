"""The first tab, understood in five seconds: last values; what is due, programmes and family; what happened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from jiandang_desktop.gui.kit import Card, LinkButton, SectionTitle, column, quiet_label
from jiandang_desktop.gui.pages.resident_charts import ChartStrip
from jiandang_desktop.gui.pages.resident_due import DueCard, ProgrammesCard, clear, holding
from jiandang_desktop.gui.pages.resident_records import RecordLine
from jiandang_desktop.gui.pages.resident_timeline import Timeline
from jiandang_desktop.gui.pages.resident_vaccinations import VaccinationCard
from jiandang_desktop.gui.pages.resident_values import ValueStrip
from jiandang_desktop.gui.people_words import age_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, TIGHT, load_families
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.printing.display import Text
from jiandang_desktop.programmes.immunization import Plan
from jiandang_desktop.services.charts import Glance
from jiandang_desktop.services.immunization import CARD
from jiandang_desktop.services.life_events import headless
from jiandang_desktop.services.overview import Overview
from jiandang_desktop.services.registry import ACTIVE, LEFT
from jiandang_desktop.services.resident_folder import ResidentFolder


class OverviewTab(QWidget):
    """``part_chosen(form)`` and ``duty_chosen(DutyLine)`` ask for sheets, ``programme_asked(programme)`` for a
    decision; ``line_chosen(RecordLine)``, ``resident_chosen(id)``."""

    part_chosen = Signal(str)
    duty_chosen = Signal(object)
    programme_asked = Signal(str)
    line_chosen = Signal(object)
    resident_chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tab_overview")
        self._session = session
        self.values = ValueStrip(self._words)
        self.due = DueCard(self._words, self._badges)
        self.programmes = ProgrammesCard(self._words, self._badges)
        self.vaccinations = VaccinationCard(self._words)
        self.timeline = Timeline(self._words, self._terms)
        self.charts = ChartStrip(load_families(session.bench.resources))
        self.family = Card("overview_members")
        self.family.body.addWidget(SectionTitle(self._words("resident.members")))
        self._people = QVBoxLayout()
        self._people.setSpacing(TIGHT)
        self.family.body.addLayout(self._people)
        self._charts_card = Card("overview_charts")
        self._charts_card.body.addWidget(SectionTitle(self._words("resident.charts")))
        self._charts_card.body.addWidget(self.charts)
        self._charts_card.hide()
        self._folder: ResidentFolder | None = None
        self.due.part_wanted.connect(self.part_chosen)
        self.due.wanted.connect(self.duty_chosen)
        self.programmes.asked.connect(self.programme_asked)
        self.timeline.opened.connect(self.line_chosen)
        self.vaccinations.opened.connect(lambda: self.part_chosen.emit(CARD))
        self._lay_out()

    def _lay_out(self) -> None:
        left = column(self.due, self.programmes, self.vaccinations, self.family, spacing=MEDIUM)
        left.addStretch(1)
        right = column(self.timeline, self._charts_card, spacing=MEDIUM)
        right.setStretch(0, 1)
        halves = QHBoxLayout()
        halves.setSpacing(MEDIUM)
        halves.addLayout(left, 2)
        halves.addLayout(right, 3)
        inside = QWidget()
        inside.setObjectName("scrolled")
        layout = column(self.values, halves, spacing=MEDIUM)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.setStretch(1, 1)
        inside.setLayout(layout)
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

    def _words(self, key: str, **values: object) -> str:
        return self._session.bench.text("form_window", key, **values)

    def _badges(self, key: str, **values: object) -> str:
        return self._session.bench.text("programmes", key, **values)

    def _terms(self, key: str, **values: object) -> str:
        return self._session.bench.text("terms", key, **values)

    def forget(self) -> None:
        """Another folder is on its way."""
        self.due.forget()
        self.values.show_measures(())
        for card in (self.programmes, self.vaccinations, self._charts_card):
            card.hide()
        self.timeline.show_lines(())

    def show_folder(self, folder: ResidentFolder, lines: Sequence[RecordLine]) -> None:
        """Show a folder."""
        self._folder = folder
        with self._focus_kept():
            self.due.show_parts(folder.parts, self._ended(folder.resident))
            self.timeline.show_lines(lines)
            self._show_family(folder.members, None, ())

    def show_overview(self, seen: Overview) -> None:
        """Show what is due, the values, the family and what the records say."""
        with self._focus_kept():
            self.due.show_care(seen.care)
            self.programmes.show_care(seen.care, seen.summaries)
            self.values.show_measures(seen.measures)
            self.timeline.show_overview(seen)
            if self._folder is not None:
                self._show_family(self._folder.members, seen.mother, seen.children)

    @contextmanager
    def _focus_kept(self) -> Iterator[None]:
        """What is shown anew takes the keyboard with it otherwise, and then no key is heard any more."""
        before = self.window().focusWidget()
        name = before.objectName() if before is not None and self.isAncestorOf(before) else None
        yield
        if name is None or before is self.window().focusWidget():
            return
        again = self.findChild(QWidget, name)
        if again is not None and not again.isHidden():
            again.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.enter()

    def show_glance(self, found: Glance, today: str) -> None:
        """Show charts and vaccinations; without any their places are gone."""
        titles = [op.text for page in found.pages for op in page.ops if isinstance(op, Text) and op.weight == "bold"]
        self.charts.show_pages(found.pages, self._words("resident.charts_told", titles=" ".join(titles)))
        self._charts_card.setVisible(bool(found.pages))
        ended = self._folder is not None and self._folder.resident.status in LEFT
        self.vaccinations.show_plan(Plan(found.vaccinations.version) if ended else found.vaccinations, today)

    def enter(self) -> None:
        """Come in with the keyboard: at the first thing to do, else in the list."""
        button = self.due.first_button()
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.timeline.table.enter()

    def _ended(self, resident: ResidentRow) -> str:
        if resident.status == ACTIVE:
            return ""
        status = self._session.bench.tables["record_status"].label(resident.status)
        day = str(resident.answers.get("status_date", ""))
        return self._words("resident.due.ended", status=status, day=day)

    def _show_family(
        self, members: Sequence[ResidentRow], mother: ResidentRow | None, children: Sequence[ResidentRow]
    ) -> None:
        clear(self._people)
        own = self._folder.resident.id if self._folder is not None else ""
        relations = self._session.bench.tables["family_relation"]
        roles = {mother.id: self._words("resident.mother")} if mother is not None else {}
        roles |= {child.id: self._words("resident.child") for child in children}
        home = [each for each in members if each.id != own]
        others = [*([mother] if mother is not None else []), *children]
        known = {each.id: each for each in [*home, *others]}
        for person in known.values():
            inside = person in home
            role = roles.get(person.id) or relations.label(person.relation_to_head)
            place = "" if inside else self._words("resident.elsewhere")
            self._people.addWidget(self._person(person, role, place))
        if not known:
            self._people.addWidget(quiet_label(self._words("resident.alone")))
        if headless(members):
            hint = quiet_label(self._words("resident.no_head"), "family_no_head")
            hint.setProperty("kind", "due")
            self._people.addWidget(hint)

    def _person(self, person: ResidentRow, role: str, place: str) -> QWidget:
        button = LinkButton(person.name, f"member_{person.id}")
        button.clicked.connect(lambda _=False: self.resident_chosen.emit(person.id))
        today = self._session.bench.clock.today()
        status = ""
        if person.status != ACTIVE:
            status = self._session.bench.tables["record_status"].label(person.status)
        facts = (role, age_words(self._session, person.birth_date, today), place, status)
        label = quiet_label("\N{IDEOGRAPHIC SPACE}".join(fact for fact in facts if fact))
        label.setWordWrap(False)
        return holding(button, None, label)
