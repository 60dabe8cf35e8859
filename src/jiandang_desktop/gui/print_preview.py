"""Pages on the screen and on the printer: the same display list that makes the PDF, drawn by QPainter."""

from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QScrollArea, QWidget

from jiandang_desktop.gui.theme import MEDIUM, colour
from jiandang_desktop.printing.display import Colour, Lines, Page, Path, Rect, Text

_WIDEST = 920
_DRAWN = 100
"""Pixels that text is laid out with before it is scaled to its size: at a few pixels Qt rounds each size and with it
every width, and a line that fits on paper would stand over its cell."""


class PageReplay:
    """Draws display lists. ``families`` are the program's fonts; a device unit is a point after ``scale``."""

    def __init__(self, families: tuple[str, ...]) -> None:
        self._families = list(families)
        self._fonts: dict[str, QFont] = {}

    def draw(self, painter: QPainter, page: Page) -> None:
        """Replay one page; the painter's origin is its top left corner and its unit a point."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        for op in page.ops:
            match op:
                case Text():
                    self._text(painter, op)
                case Lines():
                    pen = QPen(_colour(op.colour), op.width)
                    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                    if op.dash:
                        pen.setDashPattern([op.dash / op.width, op.dash / op.width])
                    painter.setPen(pen)
                    for x1, y1, x2, y2 in op.segments:
                        painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
                case Rect():
                    painter.setPen(QPen(_colour(op.colour), op.line) if op.line else Qt.PenStyle.NoPen)
                    painter.setBrush(_colour(op.fill) if op.fill is not None else Qt.BrushStyle.NoBrush)
                    painter.drawRect(QRectF(op.x, op.y, op.width, op.height))
                case Path():
                    self._path(painter, op)
        painter.restore()

    def _text(self, painter: QPainter, op: Text) -> None:
        painter.setPen(_colour(op.colour))
        painter.setFont(self._font(op.weight))
        painter.save()
        painter.translate(op.x, op.y)
        painter.scale(op.size / _DRAWN, op.size / _DRAWN)
        painter.drawText(QPointF(0, 0), op.text)
        painter.restore()

    def _font(self, weight: str) -> QFont:
        if weight not in self._fonts:
            font = QFont()
            if self._families:
                font.setFamilies(self._families)
            font.setPixelSize(_DRAWN)
            font.setBold(weight == "bold")
            font.setKerning(False)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[weight] = font
        return self._fonts[weight]

    def _path(self, painter: QPainter, op: Path) -> None:
        shape = QPainterPath()
        shape.setFillRule(Qt.FillRule.WindingFill)
        for outline in op.outlines:
            shape.addPolygon(QPolygonF([QPointF(x, y) for x, y in outline]))
            shape.closeSubpath()
        painter.fillPath(shape, _colour(op.colour))


def _colour(value: Colour) -> QColor:
    return QColor.fromRgbF(*value)


class PageStack(QWidget):
    """All pages below one another on a grey ground; only those in sight are drawn."""

    def __init__(self, replay: PageReplay, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page_stack")
        self._replay = replay
        self._pages: tuple[Page, ...] = ()
        self._rects: list[QRect] = []

    def show_pages(self, pages: Sequence[Page]) -> None:
        """Show these pages instead."""
        self._pages = tuple(pages)
        self.lay_out()

    def lay_out(self) -> None:
        """Give each page its place: as wide as there is room, at most as wide as a page is read."""
        y = MEDIUM
        self._rects = []
        width = min(max(self.width() - 2 * MEDIUM, 200), _WIDEST)
        for page in self._pages:
            height = round(width * page.height / page.width)
            self._rects.append(QRect((self.width() - width) // 2, y, width, height))
            y += height + MEDIUM
        self.setFixedHeight(max(y, 1))
        self.update()

    def page_top(self, place: int) -> int:
        """Where a page begins."""
        return self._rects[place].top() if 0 <= place < len(self._rects) else 0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A page's width."""
        return QSize(640, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width is another size of page."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the pages in sight."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for page, rect in zip(self._pages, self._rects, strict=True):
            if not rect.intersects(event.rect()):
                continue
            painter.fillRect(rect, QColor(Qt.GlobalColor.white))
            painter.save()
            painter.setClipRect(rect)
            painter.translate(rect.topLeft())
            painter.scale(rect.width() / page.width, rect.height() / page.height)
            self._replay.draw(painter, page)
            painter.restore()
            painter.setPen(QPen(colour("line_strong")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))


class PrintPreview(QScrollArea):
    """The pages that would be printed, scrolled by keys and wheel."""

    def __init__(self, families: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("print_preview")
        self.replay = PageReplay(families)
        self.stack = PageStack(self.replay)
        self.pages: tuple[Page, ...] = ()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.stack)
        self.verticalScrollBar().setSingleStep(48)

    def show_pages(self, pages: Sequence[Page]) -> None:
        """Show these pages, from the first one."""
        self.pages = tuple(pages)
        self.stack.show_pages(self.pages)
        self.verticalScrollBar().setValue(0)


def print_pages(pages: Sequence[Page], printer: QPrinter, replay: PageReplay) -> bool:
    """Send pages to a printer as vectors; False where the printer took nothing."""
    painter = begin_printing(printer) if pages else None
    if painter is None:
        return False
    for place, page in enumerate(pages):
        if not draw_next(page, printer, painter, replay, first=place == 0):
            painter.end()
            return False
    return bool(painter.end())


def begin_printing(printer: QPrinter) -> QPainter | None:
    """A painter on upright A4 pages without margins; None where the printer doesn't take the job."""
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
    painter = QPainter()
    return painter if painter.begin(printer) else None


def draw_next(page: Page, printer: QPrinter, painter: QPainter, replay: PageReplay, *, first: bool) -> bool:
    """Draw a page on the next sheet; False where the printer has stopped."""
    if not first and not printer.newPage():
        return False
    scale = printer.resolution() / 72.0
    painter.save()
    painter.scale(scale, scale)
    replay.draw(painter, page)
    painter.restore()
    return True
