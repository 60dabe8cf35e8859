"""A scanner at the desk: it types a card's token and Enter, faster than any person, into whatever has the focus.

Digits are held back for a moment that nobody notices. What turns out to be typed by hand goes on to the field it was
meant for, in order; a whole token goes to no field at all.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from shiboken6 import isValid

from jiandang_desktop.services.registry import TOKEN_DIGITS

GAP_MS = 60
"""Longest time between two keys of a scanner. A slow one takes 35 ms, a fast typist more than 80."""

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ELSEWHERE = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.FocusOut, QEvent.Type.Close})


class CardScanner(QObject):
    """``scanned(token)`` when a token and Enter came at a scanner's speed."""

    scanned = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._held: list[QKeyEvent] = []
        self._where: QWindow | None = None
        self._replaying = False
        self._just_scanned = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setTimerType(Qt.TimerType.PreciseTimer)
        self._pause.setInterval(GAP_MS)
        self._pause.timeout.connect(self._paused)

    def follow(self, window: QWindow | None) -> None:
        """Hear what is typed in a window; only windows are heard, as for the idle lock (gui.idle_lock)."""
        if window is not None and isValid(self):
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep digits back while they may be a card; let everything else pass, after what was kept back."""
        if not isValid(self) or self._replaying:
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWindow):
            return self._key(watched, event)
        if event.type() in _ELSEWHERE:
            self._let_go()
        return False

    def _key(self, window: QWindow, event: QKeyEvent) -> bool:
        if _is_digit(event):
            if window is not self._where or len(self._held) >= TOKEN_DIGITS:
                self._let_go()
            self._where = window
            self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
            self._pause.start()
            return True
        if event.key() in _ENTER and self._just_scanned:
            return True  # a scanner that ends with two
        if event.key() in _ENTER and len(self._held) == TOKEN_DIGITS:
            token = "".join(each.text() for each in self._held)
            self._held = []
            self._just_scanned = True
            self._pause.start()
            self.scanned.emit(token)
            return True
        self._let_go()
        return False

    def _paused(self) -> None:
        self._just_scanned = False
        self._let_go()

    def _let_go(self) -> None:
        """Typed by hand: on to where it was meant for."""
        self._pause.stop()
        self._just_scanned = False
        held, self._held = self._held, []
        window = self._where
        if not held or window is None or not isValid(window):
            return
        self._replaying = True
        try:
            for event in held:
                QCoreApplication.sendEvent(window, event)
        finally:
            self._replaying = False


def _is_digit(event: QKeyEvent) -> bool:
    text = event.text()
    bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return bare and not event.isAutoRepeat() and len(text) == 1 and text.isascii() and text.isdigit()


def scanner_for(parent: QObject) -> CardScanner:
    """A scanner that hears every window of the program, also those that open later, as long as ``parent`` lives."""
    scanner = CardScanner(parent)
    for window in QGuiApplication.allWindows():
        scanner.follow(window)
    app = QGuiApplication.instance()
    if isinstance(app, QGuiApplication):
        app.focusWindowChanged.connect(scanner.follow)
    return scanner
