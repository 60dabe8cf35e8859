"""A resident's information card in the folder: where it stands, what happened to it, loss and replacement."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.gui.kit import Badge, Card, PlainButton, SectionTitle, Tone, quiet_label, row
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import cards
from jiandang_desktop.services.cards import CardEvent, CardStatus
from jiandang_desktop.services.desk import Desk

_TONES = {
    CardStatus.NONE: Tone.DUE,
    CardStatus.ISSUED: Tone.PLAIN,
    CardStatus.LOST: Tone.DUE,
    CardStatus.REPLACED: Tone.DUE,
}
_TAKEN_BACK = {"lost": CardEvent.LOST, "damaged": CardEvent.DAMAGED}


class ResidentCard(Card):
    """``print_wanted(resident)`` leads to the printing page; taking a card back is asked twice, here."""

    print_wanted = Signal(str)
    told = Signal(str)
    """A sentence for the page's message bar."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("resident_card", parent)
        self._session = session
        self._resident = SubjectId("")
        self._wish: CardEvent | None = None
        self.badge = Badge("", Tone.PLAIN)
        self.badge.setObjectName("card_status")
        self.history = quiet_label(name="card_history")
        self.make = PlainButton(self.words("card.print"), "card_print")
        self.lost = PlainButton(self.words("card.lost"), "card_lost")
        self.damaged = PlainButton(self.words("card.damaged"), "card_damaged")
        self.question = quiet_label(name="card_question")
        self.yes = PlainButton(self.words("card.yes"), "card_yes")
        self.no = PlainButton(self.words("card.no"), "card_no")
        title = SectionTitle(self.words("card.title"))
        self.body.addLayout(row(title, self.badge, None, self.make, self.lost, self.damaged))
        asked = row(self.question, self.yes, self.no)
        asked.setStretch(0, 1)
        self.body.addLayout(asked)
        self.body.addWidget(self.history)
        self.make.clicked.connect(lambda: self.print_wanted.emit(self._resident))
        self.lost.clicked.connect(lambda: self._ask("lost"))
        self.damaged.clicked.connect(lambda: self._ask("damaged"))
        self.no.clicked.connect(self._ask_nothing)
        self.yes.clicked.connect(self._take_back)
        self._ask_nothing()

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    def show_resident(self, resident: ResidentRow) -> None:
        """Show somebody's card."""
        say = self._session.bench.text
        if resident.id != self._resident:
            self._ask_nothing()
        self._resident = resident.id
        state = cards.state_of(resident)
        self.badge.show_state(say("terms", f"card_status.{state.status.value}"), _TONES[state.status])
        lines = [
            self.words(
                "card.event",
                day=event["day"],
                event=say("terms", f"card_event.{event['event']}"),
                person=event["person"],
            )
            for event in reversed(state.events)
        ]
        self.history.setText("　　".join(lines) or self.words("card.none"))
        has_card = state.status in (CardStatus.ISSUED, CardStatus.NONE)
        for button in (self.lost, self.damaged):
            button.setEnabled(has_card)

    def _ask(self, what: str) -> None:
        self._wish = _TAKEN_BACK[what]
        self.question.setText(self.words(f"card.sure.{what}"))
        for widget in (self.question, self.yes, self.no):
            widget.show()
        self.no.setFocus()

    def _ask_nothing(self) -> None:
        self._wish = None
        for widget in (self.question, self.yes, self.no):
            widget.hide()

    def _take_back(self) -> None:
        resident, wish = self._resident, self._wish
        if wish is None:
            return
        self._ask_nothing()

        def work(desk: Desk) -> object:
            return cards.replace(desk, resident, wish)

        self._session.ask(
            self,
            work,
            lambda _state: self.told.emit(self.words("card.taken_back")),
            changes=Changes(registry=True, submissions=True),
            failed=self._refused,
            holding=(self.lost, self.damaged),
        )

    def _refused(self, problem: Problem) -> None:
        self.told.emit(self._session.sentence(problem))
