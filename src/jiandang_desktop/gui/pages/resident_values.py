"""The strip of last values on a resident's overview: the number, its day, where it goes."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import Card, column, quiet_label, row
from jiandang_desktop.gui.theme import LARGE, MEDIUM, SMALL, TIGHT, colour
from jiandang_desktop.services.overview import Measure

_SPARK = QSize(64, 22)


class ValueStrip(Card):
    """Hidden for whoever was never measured."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__("overview_values", parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._words = words
        self.body.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        self._shown: list[QWidget] = []
        self._tiles = QHBoxLayout()
        self._tiles.setSpacing(LARGE)
        self.body.addLayout(self._tiles)
        self.hide()

    def show_measures(self, measures: Sequence[Measure]) -> None:
        """Show the last values."""
        while (item := self._tiles.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._shown = [self._tile(measure) for measure in measures]
        for tile in self._shown:
            self._tiles.addWidget(tile)
        self._tiles.addStretch(1)
        self.setVisible(bool(measures))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As many values as there is room for, the most important first."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width() - 2 * MEDIUM
        for tile in self._shown:
            wide = tile.sizeHint().width()
            tile.setVisible(wide <= room)
            room = room - wide - LARGE if wide <= room else 0

    def _tile(self, measure: Measure) -> QWidget:
        value = QLabel(measure.value)
        value.setObjectName(f"value_{measure.id}")
        value.setProperty("kind", "section")
        unit = _quiet(measure.unit)
        title = _quiet(measure.label)
        when = _quiet("　".join(filter(None, (measure.day, self._change(measure)))), f"value_when_{measure.id}")
        below = row(when)
        if len(measure.points) > 1:
            below.addWidget(Spark(measure.points))
        below.addStretch(1)
        tile = QWidget()
        tile.setLayout(column(row(title, value, unit, None), below, spacing=TIGHT))
        return tile

    def _change(self, measure: Measure) -> str:
        if measure.change is None:
            return ""
        change = round(measure.change, 1)
        if not change:
            return self._words("resident.value.same")
        return self._words("resident.value.up" if change > 0 else "resident.value.down", change=f"{abs(change):g}")


class Spark(QWidget):
    """The last eight values as a line; the newest is marked."""

    def __init__(self, points: Sequence[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = tuple(points[-8:])
        self.setFixedSize(_SPARK)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = min(self._points), max(self._points)
        span = (high - low) or 1.0
        room = self.height() - 8
        step = (self.width() - 8) / max(len(self._points) - 1, 1)
        places = [QPointF(4 + n * step, 4 + room * (1 - (p - low) / span)) for n, p in enumerate(self._points)]
        painter.setPen(QPen(colour("line_strong"), 1.6))
        painter.drawPolyline(QPolygonF(places))
        painter.setPen(QPen(colour("accent"), 1))
        painter.setBrush(colour("accent"))
        painter.drawEllipse(places[-1], 2.6, 2.6)


def _quiet(text: str, name: str = "") -> QLabel:
    label = quiet_label(text, name)
    label.setWordWrap(False)
    return label
