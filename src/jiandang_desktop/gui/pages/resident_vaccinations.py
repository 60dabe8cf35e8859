"""The vaccinations of a child on its overview: what is overdue, what can be given, when the next one is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import Badge, Card, LinkButton, SectionTitle, Tone, quiet_label, row
from jiandang_desktop.gui.theme import TIGHT
from jiandang_desktop.programmes.immunization import Entry, Plan, State

_SHOWN = 5
"""Doses that are named; the card has the others."""


class VaccinationCard(Card):
    """``opened`` asks for the vaccination card; hidden for whoever has no plan."""

    opened = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__("overview_vaccinations", parent)
        self._words = words
        self._lines = QVBoxLayout()
        self._lines.setSpacing(TIGHT)
        self.next = quiet_label("", "vaccination_next")
        button = LinkButton(self._say("card"), "vaccination_card")
        button.clicked.connect(self.opened)
        self.body.addWidget(SectionTitle(self._say("title")))
        self.body.addLayout(self._lines)
        self.body.addWidget(self.next)
        self.body.addWidget(_holding(button, None))
        self.hide()

    def show_plan(self, plan: Plan, today: str) -> None:
        """Show where a child stands."""
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        entries = [*plan.now(today), *plan.of(State.TOO_EARLY)]
        for entry in entries[:_SHOWN]:
            self._lines.addWidget(self._line(entry))
        if len(entries) > _SHOWN:
            self._lines.addWidget(quiet_label(self._say("more", count=len(entries) - _SHOWN), "vaccination_more"))
        self.next.setText(self._next(plan, today, is_owed=bool(entries)))
        self.next.setVisible(not entries)
        self.setVisible(bool(plan.entries))

    def _next(self, plan: Plan, today: str, *, is_owed: bool) -> str:
        if is_owed:
            return ""
        day = plan.next_day(today)
        return " ".join([self._say("nothing"), self._say("next", day=day)]) if day else self._say("done")

    def _line(self, entry: Entry) -> QWidget:
        name = entry.vaccine.name
        if len(entry.vaccine.doses) > 1:
            name = f"{name} {entry.rule.number}"
        label = quiet_label(name, f"dose_{entry.rule.code}")
        label.setWordWrap(False)
        tone = Tone.DUE if entry.state is State.DUE else Tone.WRONG
        return _holding(label, None, Badge(self._say(entry.state), tone))

    def _say(self, key: str, **values: object) -> str:
        return self._words(f"resident.vaccinations.{key}", **values)


def _holding(*items: QWidget | None) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(*items))
    return holder
