"""Lock when nobody has touched anything for a while."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
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
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._focused)

    def watch(self) -> None:
        """Begin, or begin again."""
        for window in QGuiApplication.allWindows():
            self._follow(window)
        self.timer.start()

    def rest(self) -> None:
        """Nobody is signed in."""
        for window in QGuiApplication.allWindows():
            window.removeEventFilter(self)
        self.timer.stop()

    def _follow(self, window: QWindow | None) -> None:
        # Windows hear keys and clicks before their widgets do. Listening to the application would run Python for
        # each of the ten thousand events that opening a form takes.
        if window is not None and isValid(self):
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def _focused(self, window: QWindow | None) -> None:
        if isValid(self) and self.timer.isActive():
            self._follow(window)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Every key and click starts the ten minutes again; nothing is kept from anybody."""
        if event.type() in _ACTIVITY and isValid(self):
            self.timer.start()
        return False
