"""First start: a station in six steps, without a question that a village doctor can't answer (R1.1)."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.flow import Flow, Step
from jiandang_desktop.gui.kit import Card, MessageBar, PlainButton, PrimaryButton, ProgressPanel, Tone, quiet_label, row
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import LARGE, MEDIUM
from jiandang_desktop.gui.wizards.steps import EnrolStep, PersonStep, PlaceStep, ReadyStep, RecoveryStep, WelcomeStep
from jiandang_desktop.gui.wizards.wizard_step import WizardStep
from jiandang_desktop.services import sign_in, stations
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.stations import NewStation, StationCreated
from jiandang_desktop.services.work import Progress

_MADE_UP = 120
"""Invented residents to look around among; about ten seconds' work."""


def first_start_flow() -> Flow:
    """The steps; nothing can be gone back to once the vault exists."""
    return Flow(
        (
            Step("welcome"),
            Step("place", ready=lambda state: bool(state.get("level") and state.get("code") and state.get("station"))),
            Step(
                "person", ready=lambda state: bool(state.get("person") and state.get("password")), final_once_left=True
            ),
            Step("recovery", ready=lambda state: bool(state.get("typed_back")), final_once_left=True),
            Step("enrol", wanted=lambda state: state.get("level") != "banner"),
            Step("ready"),
        )
    )


class FirstStart(QWidget):
    """The wizard, filling the window. ``finished(page)`` names the page to open first."""

    finished = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("first_start")
        self._session = session
        self.flow = first_start_flow()
        self.place = quiet_label(name="first_start_place")
        self.heading = QLabel()
        self.heading.setObjectName("first_start_heading")
        self.heading.setProperty("kind", "title")
        self.message = MessageBar("first_start_message")
        self.progress = ProgressPanel("first_start_progress", session.text)
        self.progress.stop.hide()
        self.pages = QStackedWidget()
        self.back = PlainButton(session.text("wizard.back"), "first_start_back")
        self.next = PrimaryButton(session.text("wizard.next"), "first_start_next")
        self._steps: dict[str, WizardStep] = {}
        self._lay_out()
        for kind in (WelcomeStep, PlaceStep, PersonStep, RecoveryStep, EnrolStep, ReadyStep):
            step = kind(session, self.flow.state)
            self._steps[step.id] = step
            self.pages.addWidget(step)
            step.wants_on.connect(self.go_on)
            if isinstance(step, WelcomeStep):
                step.look_around.connect(self.look_around)
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self._show()

    def _lay_out(self) -> None:
        card = Card("first_start_card")
        card.setFixedWidth(880)
        card.setFixedHeight(672)
        card.body.setContentsMargins(2 * LARGE, LARGE, 2 * LARGE, LARGE)
        card.body.setSpacing(MEDIUM)
        card.body.addWidget(self.place)
        card.body.addWidget(self.heading)
        card.body.addWidget(self.message)
        card.body.addWidget(self.pages, 1)
        card.body.addWidget(self.progress)
        card.body.addLayout(row(self.back, None, self.next))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        layout.addStretch(1)
        layout.addLayout(row(None, card, None))
        layout.addStretch(1)

    @property
    def step(self) -> WizardStep:
        """The step that is shown."""
        return self._steps[self.flow.step.id]

    def go_on(self) -> None:
        """To the next step, if this one is ready; the first time after the person's step the vault is made."""
        self.message.hide()
        complaint = self.step.complaint()
        if complaint and self.step.complains_itself:
            return
        if complaint or not self.flow.may_go_on:
            self.message.say(complaint or self._session.text("wizard.not_ready"), Tone.WRONG)
        elif self.flow.step.id == "person":
            self._create()
        elif self.flow.last:
            self.finished.emit("residents")
        else:
            self.flow.go_on()
            self._show()

    def go_back(self) -> None:
        """To the step before."""
        self.message.hide()
        self.flow.go_back()
        self._show()

    def look_around(self) -> None:
        """Play the demonstration beside the place of the real vault, and open it."""
        bench, beside = self._session.bench, self._session.folder.parent / "demo"

        def play(_progress: Progress) -> tuple[Path, Desk]:
            from jiandang_desktop.demo.loop import PASSWORD, run_demo

            beside.parent.mkdir(parents=True, exist_ok=True)
            made = run_demo(bench, beside, residents=_MADE_UP, seed=1)
            vault = Path(made.data["village_vault"])
            _, name = sign_in.people(bench, vault)[0]
            return vault, sign_in.sign_in(bench, vault, name, PASSWORD)

        self.progress.begin(self._session.text("first_start.inventing"))
        self._session.tasks.run(
            self, play, self._look, failed=self._refused, holding=(self.next, self.back, self.pages)
        )

    def _look(self, found: tuple[Path, Desk]) -> None:
        self.progress.finish()
        self._session.folder, self._session.desk = found
        self._session.made_up = True
        self.finished.emit("residents")

    def _create(self) -> None:
        state, bench, folder = self.flow.state, self._session.bench, self._session.folder
        new = NewStation(
            level=state["level"],
            name=state["station"],
            division_code=state["code"],
            staff_name=state["person"],
            password=state["password"],
        )
        self.progress.begin(self._session.text("first_start.creating"))
        self._session.tasks.run(
            self,
            lambda _progress: stations.create_station(bench, folder, new),
            self._created,
            failed=self._refused,
            holding=(self.next, self.back, self.pages),
        )

    def _created(self, made: StationCreated) -> None:
        self.progress.finish()
        state = self.flow.state
        del state["password"]
        state["recovery_code"] = made.recovery_code
        self._session.desk = made.desk
        self.flow.at += 1
        self._show()

    def _refused(self, problem: Problem) -> None:
        self.progress.finish()
        self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _show(self) -> None:
        number, of = self.flow.place()
        step = self.step
        self.place.setText(self._session.text("wizard.place", number=number, of=of))
        self.heading.setText(self._session.text(f"first_start.{step.id}.title"))
        self.next.setFocus()  # a step that has something to type takes it
        self.pages.setCurrentWidget(step)
        step.opened()
        self.back.setVisible(self.flow.may_go_back)
        self.next.setText(self._session.text(f"first_start.{step.id}.next"))
        # The sheet's code is not kept longer than its step needs it.
        if step.id not in ("person", "recovery"):
            self.flow.state.pop("recovery_code", None)
