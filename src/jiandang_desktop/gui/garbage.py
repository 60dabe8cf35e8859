"""Cyclic garbage is collected on the window's thread only.

Python's collector runs in whichever thread allocates, and could destroy a Qt object from a lane. So it is switched
off and this object collects from a timer instead.

Looking through 1,000 objects takes the window about a millisecond, and a bundle on its way in is hundreds of thousands.
While work is under way only what came since the last time is looked through; the rest waits for its end.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 2000


def _never() -> bool:
    return False


class GarbageCollector(QObject):
    """Collects on the thread it lives in, until ``stop``; ``busy`` says whether work is under way in a lane."""

    def __init__(self, parent: QObject | None = None, busy: Callable[[], bool] = _never) -> None:
        super().__init__(parent)
        self._busy = busy
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the generations that are due, the oldest that is; only the youngest while work is under way."""
        counts = gc.get_count()
        for generation in (0,) if self._busy() else (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Give collecting back to Python."""
        self._timer.stop()
        gc.enable()
