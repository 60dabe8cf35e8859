"""Widgets that stay out of use while a work is under way, and the focus that one of them had."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class Held:
    """Puts widgets out of use at once; ``release`` gives them back, ``refocus`` the focus, where nobody took it since.

    Qt would push the focus of a disabled widget on to whatever follows, and the next key would do something else.
    """

    def __init__(self, widgets: tuple[QWidget, ...]) -> None:
        self._widgets = tuple(widget for widget in widgets if widget.isEnabled())
        self._window = self._widgets[0].window() if self._widgets else None
        focus = self._focus()
        inside = focus is not None and any(widget is focus or widget.isAncestorOf(focus) for widget in self._widgets)
        self._had = focus if inside else None
        if self._had is not None:
            self._had.clearFocus()
        for widget in self._widgets:
            widget.setEnabled(False)

    def release(self) -> None:
        """Give the widgets back."""
        for widget in self._widgets:
            if isValid(widget):
                widget.setEnabled(True)

    def refocus(self) -> None:
        """Give the focus back, or to the nearest place around it that takes it now."""
        place, taken = self._had, self._focus() is not None
        self._had = self._window = None
        if place is None or taken or not isValid(place):
            return
        while place is not None and not _takes_focus(place):
            place = place.parentWidget()
        if place is not None:
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus(self) -> QWidget | None:
        if self._window is None or not isValid(self._window):
            return None
        return self._window.focusWidget()


def _takes_focus(widget: QWidget) -> bool:
    wanted = widget.focusProxy() or widget
    return widget.isVisible() and wanted.isEnabled() and wanted.focusPolicy() != Qt.FocusPolicy.NoFocus
