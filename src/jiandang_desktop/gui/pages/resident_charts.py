"""Charts on the overview: small pages beside one another, drawn as the print preview draws large ones."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from jiandang_desktop.gui.print_preview import PageReplay
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.printing.display import Page

_NARROWEST, _WIDEST = 280, 420
"""Of one chart, in pixels."""


class ChartStrip(QWidget):
    """Charts beside one another, in as many rows as there is need of."""

    def __init__(self, families: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart_strip")
        self._replay = PageReplay(families)
        self.pages: tuple[Page, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pages(self, pages: Sequence[Page], told: str) -> None:
        """Show these charts; ``told`` says in words what they are, for who can't see them."""
        self.pages = tuple(pages)
        self.setAccessibleName(told)
        self._lay_out()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width is another height."""
        super().resizeEvent(event)
        self._lay_out()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the charts are at this width."""
        rows = -(-len(self.pages) // self._columns())
        return QSize(320, round(rows * self._step()[1] - MEDIUM) if rows else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the charts."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, columns, (across, down) = self._scale(), self._columns(), self._step()
        for number, page in enumerate(self.pages):
            painter.save()
            painter.translate(number % columns * across, number // columns * down)
            painter.scale(scale, scale)
            self._replay.draw(painter, page)
            painter.restore()

    def _columns(self) -> int:
        return max(1, (self.width() + MEDIUM) // (_NARROWEST + MEDIUM))

    def _scale(self) -> float:
        room = (self.width() + MEDIUM) / self._columns() - MEDIUM
        return min(room, _WIDEST) / max((page.width for page in self.pages), default=1.0)

    def _step(self) -> tuple[float, float]:
        """From one chart to the next, across and down."""
        wide, high = (max((getattr(page, side) for page in self.pages), default=0.0) for side in ("width", "height"))
        return wide * self._scale() + MEDIUM, high * self._scale() + MEDIUM

    def _lay_out(self) -> None:
        self.setFixedHeight(max(self.sizeHint().height(), 1))
        self.setVisible(bool(self.pages))
