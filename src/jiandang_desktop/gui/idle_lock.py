"""Lock when nobody has touched anything for a while."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from shiboken6 import isValid

IDLE_MINUTES = 10
_ACTIVITY = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel})


class IdleLock(QObject):
    """``too_long`` after ten minutes without a key, click or movement, while watching."""

    too_long = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(IDLE_MINUTES * 60_000)
        self.timer.timeout.connect(self.too_long)

    def watch(self) -> None:
        """Begin, or begin again."""
        app = QCoreApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        self.timer.start()

    def rest(self) -> None:
        """Nobody is signed in."""
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Every key and click starts the ten minutes again; nothing is kept from anybody."""
        if event.type() in _ACTIVITY and isValid(self):
            self.timer.start()
        return False
