"""A line of text that is never cut without a sign."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class ElidedLabel(QLabel):
    """One line; for what doesn't fit an ellipsis stands, the whole is in its tool tip. ``text()`` is the whole."""

    def __init__(
        self,
        text: str = "",
        name: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole = ""
        self.setText(text)

    def text(self) -> str:
        """All of it, shown or not."""
        return self._whole

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show as much as there is room for."""
        self._whole = text
        self._fit()
        self.updateGeometry()

    def shown(self) -> str:
        """What can be seen of it now."""
        return super().text()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the whole text."""
        hint = super().sizeHint()
        return QSize(self._width_of(self._whole), hint.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the ellipsis."""
        return QSize(
            min(self._width_of("\N{HORIZONTAL ELLIPSIS}"), self._width_of(self._whole)), super().sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """More or less of it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(self._whole, self._mode, room)
        super().setText(shown)
        self.setToolTip("" if shown == self._whole else self._whole)

    def _width_of(self, text: str) -> int:
        margins = self.contentsMargins()
        return self.fontMetrics().horizontalAdvance(text) + margins.left() + margins.right() + 1
