"""What every step of a wizard is: a widget that fills in its part of the state."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jiandang_desktop.gui.flow import State
from jiandang_desktop.gui.kit import quiet_label
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM


class WizardStep(QWidget):
    """A step. ``altered`` when the state changed, ``wants_on`` when Enter in the last input goes on."""

    id = ""
    complains_itself = False
    """Whether the step shows its complaint beside the input; else the wizard says it."""
    altered = Signal()
    wants_on = Signal()

    def __init__(self, session: Session, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"step_{self.id}")
        self.session = session
        self.state = state
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(MEDIUM)
        self.rows.addWidget(quiet_label(self.say("text"), f"step_{self.id}_text"))
        self.build()

    def say(self, key: str, **values: object) -> str:
        """Words of this step."""
        return self.session.text(f"first_start.{self.id}.{key}", **values)

    def build(self) -> None:
        """Put the step's inputs into ``rows``."""

    def opened(self) -> None:
        """The step comes into view."""

    def complaint(self) -> str:
        """A sentence where one can't go on yet, ''."""
        return ""
