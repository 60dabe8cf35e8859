"""A state in words on a soft ground."""

from enum import StrEnum

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Tone(StrEnum):
    """What a colour says: nothing, due, wrong, or confirmed by the township."""

    PLAIN = "plain"
    DUE = "due"
    WRONG = "wrong"
    CONFIRMED = "confirmed"


class Badge(QLabel):
    """A short word with a tone; always words, never a colour alone."""

    def __init__(self, text: str = "", tone: Tone = Tone.PLAIN, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setProperty("tone", tone.value)

    def show_state(self, text: str, tone: Tone) -> None:
        """Say something else."""
        self.setText(text)
        self.setProperty("tone", tone.value)
        self.style().unpolish(self)
        self.style().polish(self)
