"""Slow things show a count, the time left and a way to stop."""

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from jiandang_desktop.gui.kit.buttons import PlainButton
from jiandang_desktop.gui.theme import MEDIUM, SMALL

_MINUTES = 90
"""Seconds above which the rest is told in minutes."""


class ProgressPanel(QFrame):
    """A bar with its words; hidden while nothing runs. ``stopped`` when the person wants to stop."""

    stopped = Signal()

    def __init__(self, name: str, words: Callable[..., str], parent: QWidget | None = None) -> None:
        """``words(key, **values)`` gives ``progress.count``, ``.left``, ``.left_minutes`` and ``.stop``."""
        from jiandang_desktop.gui.kit.surfaces import row

        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "progress")
        self._words = words
        self._began = 0.0
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.label = QLabel()
        self.stop = PlainButton(words("progress.stop"), f"{name}_stop")
        self.stop.clicked.connect(self.stopped)
        self.setLayout(row(self.label, self.bar, self.stop, spacing=MEDIUM, margins=SMALL))
        self.hide()

    def begin(self, what: str) -> None:
        """Show the panel for a work that has just begun."""
        self._began = time.monotonic()
        self.bar.setRange(0, 0)
        self.label.setText(what)
        self.show()

    def advance(self, done: int, total: int) -> None:
        """How far it is."""
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        sentence = self._words("progress.count", done=done, total=total)
        spent = time.monotonic() - self._began
        if spent > 2 and 0 < done < total:
            left = round(spent * (total - done) / done)
            if left > _MINUTES:
                sentence += self._words("progress.left_minutes", minutes=round(left / 60))
            else:
                sentence += self._words("progress.left", seconds=max(left, 1))
        self.label.setText(sentence)

    def finish(self) -> None:
        """Nothing runs any more."""
        self.hide()
