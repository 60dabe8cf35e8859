"""The sheet in the middle: the form's sections and questions as the paper has them, two to a row where they are short.

Labels, units and notes are drawn, not made of widgets: a form of 130 questions opens and scrolls at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.gui.forms.editors import LINE_HEIGHT, Editor, Words, make_editor
from jiandang_desktop.gui.theme import FORM_POINTS, LARGE, MEDIUM, SMALL, TIGHT, colour

_LABEL = 124
_TITLE = 44
_NOTE_POINTS = 11
_ABOVE = 32
_STACKED = 560
"""Narrower than this the sheet has one question to a row."""


@dataclass(eq=False)
class Cell:
    """One question on the sheet."""

    question: Field
    editor: Editor
    rect: QRect = field(default_factory=QRect)
    note: str = ""
    tone: str = "quiet"
    applies: bool = True
    locked: bool = False

    @property
    def label(self) -> str:
        """The paper's words."""
        star = "*" if self.question.starred and "*" not in self.question.label else ""
        return self.question.label + star

    @property
    def by_column(self) -> bool:
        """Whether its options depend on the column of the sheet."""
        return bool(self.question.options_by_column)

    @property
    def open(self) -> bool:
        """Whether the keys visit it."""
        return self.applies and not self.locked


class Sheet(QWidget):
    """All cells of a form. ``cell_entered`` and ``cell_left`` name the field; ``walked_out`` past the end (+1, -1)."""

    cell_entered = Signal(str)
    cell_left = Signal(str)
    cell_changed = Signal(str)
    take_over_wanted = Signal(str)
    walked_out = Signal(int)
    laid_out = Signal()

    def __init__(self, form: Form, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        font = QFont(self.font())
        font.setPointSize(FORM_POINTS)
        self.setFont(font)
        self._small = QFont(font)
        self._small.setPointSize(_NOTE_POINTS)
        self._bold = QFont(font)
        self._bold.setBold(True)
        self.form = form
        self.current = ""
        self.cells: dict[str, Cell] = {}
        self._titles: list[tuple[str, QRect]] = []
        self._held = True
        self._due = False
        for item in form.fields():
            self.cells[item.id] = self._make_cell(item, words)
        self._held = False

    def _make_cell(self, item: Field, words: Words) -> Cell:
        editor = make_editor(item, words, self)
        name = item.id
        editor.changed.connect(lambda: self.cell_changed.emit(name))
        editor.entered.connect(lambda: self._entered(name))
        editor.left.connect(lambda: self.cell_left.emit(name))
        editor.moved.connect(lambda step: self._walk(name, step))
        editor.took_over.connect(lambda: self.take_over_wanted.emit(name))
        editor.resized.connect(self.lay_out)
        cell = Cell(item, editor)
        if item.derived:
            cell.locked = True
            editor.lock(locked=True)
        return cell

    # Walking

    def _walk(self, name: str, step: int) -> None:
        names = list(self.cells)
        place = names.index(name) + step
        while 0 <= place < len(names):
            cell = self.cells[names[place]]
            if cell.open:
                cell.editor.come_in(backwards=step < 0)
                return
            place += step
        self.walked_out.emit(step)

    def _entered(self, name: str) -> None:
        before, self.current = self.current, name
        for changed in (before, name):
            if changed:
                self.update(self.cells[changed].rect)
        self.cell_entered.emit(name)

    # Saying things

    def say(self, name: str, note: str, tone: str) -> bool:
        """Write a note under a question; True where the sheet must be laid out anew."""
        cell = self.cells[name]
        if (cell.note, cell.tone) == (note, tone):
            return False
        other_height = self._note_height(note, cell.rect.width()) != self._note_height(cell.note, cell.rect.width())
        cell.note, cell.tone = note, tone
        self.update(cell.rect)
        return other_height

    def set_state(self, name: str, *, applies: bool, locked: bool) -> None:
        """Whether a question is asked, and whether the program answers it."""
        cell = self.cells[name]
        if (cell.applies, cell.locked) != (applies, locked):
            cell.applies, cell.locked = applies, locked
            cell.editor.lock(locked=not cell.open)
            self.update(cell.rect)

    # Where things are

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Many editors change: laid out once at the end, and only where one needs another height."""
        if self._held:
            yield
            return
        self._held, self._due = True, False
        try:
            yield
        finally:
            self._held = False
        if self._due:
            self.lay_out()

    def lay_out(self) -> None:
        """Give everything its place and the sheet its height."""
        if self._held:
            self._due = True
            return
        width = self.width() - 2 * MEDIUM
        self._titles = []
        y = SMALL
        for section in self.form.sections:
            self._titles.append((section.title, QRect(MEDIUM, y, width, _TITLE)))
            y += _TITLE
            waiting: list[Cell] = []
            for item in section.fields:
                cell = self.cells[item.id]
                if cell.editor.wide or width < _STACKED:
                    y = self._place_row(waiting, y, width)
                    y = self._place_row([cell], y, width, wide=True)
                    waiting = []
                else:
                    waiting.append(cell)
                    if len(waiting) == 2:
                        y = self._place_row(waiting, y, width)
                        waiting = []
            y = self._place_row(waiting, y, width) + SMALL
        if y != self.height():
            self.setFixedHeight(y)
        self.update()
        self.laid_out.emit()

    def _place_row(self, cells: list[Cell], y: int, width: int, *, wide: bool = False) -> int:
        if not cells:
            return y
        room = width if wide else (width - MEDIUM) // 2
        height = max(self._cell_height(cell, room) for cell in cells)
        for place, cell in enumerate(cells):
            cell.rect = QRect(MEDIUM + place * (room + MEDIUM), y, room, height)
            self._place_editor(cell)
        return y + height

    def _place_editor(self, cell: Cell) -> None:
        room = self._editor_width(cell, cell.rect.width())
        x, y = (0, _ABOVE) if _stacked(cell) else (_LABEL, TIGHT)
        box = QRect(cell.rect.x() + x, cell.rect.y() + y, room, cell.editor.height_for(room))
        if cell.editor.geometry() != box:
            cell.editor.setGeometry(box)

    def _editor_width(self, cell: Cell, width: int) -> int:
        if _stacked(cell):
            return width
        room = width - _LABEL - self._unit_width(cell)
        natural = cell.editor.natural_width
        return min(room, natural) if natural and not cell.editor.wide else room

    def _unit_width(self, cell: Cell) -> int:
        return self.fontMetrics().horizontalAdvance(cell.question.unit) + SMALL if cell.question.unit else 0

    def _cell_height(self, cell: Cell, width: int) -> int:
        editor = cell.editor.height_for(self._editor_width(cell, width))
        if _stacked(cell):
            return _ABOVE + editor + TIGHT + self._note_height(cell.note, width)
        label = self._label_rect(cell.label).height() + SMALL
        return max(editor, label, LINE_HEIGHT) + 2 * TIGHT + self._note_height(cell.note, width)

    def _label_rect(self, label: str) -> QRect:
        box = QRect(0, 0, _LABEL - SMALL, 400)
        return self.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), label)

    def _note_height(self, note: str, width: int) -> int:
        if not note:
            return 0
        box = QRect(0, 0, max(width - _LABEL, 80), 400)
        return QFontMetrics(self._small).boundingRect(box, int(Qt.TextFlag.TextWordWrap), note).height() + 2

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for two questions in a row."""
        return QSize(820, max(self.height(), 200))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width is another layout."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what lies in the part to be painted."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), colour("surface"))
        for title, rect in self._titles:
            if rect.intersects(event.rect()):
                self._paint_title(painter, title, rect)
        for cell in self.cells.values():
            if cell.rect.intersects(event.rect()):
                self._paint_cell(painter, cell)

    def _paint_title(self, painter: QPainter, title: str, rect: QRect) -> None:
        painter.setFont(self._bold)
        painter.setPen(QPen(colour("accent_dark")))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, SMALL, 0, 0), flags, title)
        painter.setPen(QPen(colour("line")))
        left = rect.x() + painter.fontMetrics().horizontalAdvance(title) + MEDIUM
        painter.drawLine(left, rect.center().y() + TIGHT, rect.right(), rect.center().y() + TIGHT)

    def _paint_cell(self, painter: QPainter, cell: Cell) -> None:
        rect = cell.rect
        if cell.question.id == self.current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("ground"))
            painter.drawRoundedRect(rect.adjusted(-SMALL, 0, SMALL // 2, 0), 6, 6)
        painter.setFont(self.font())
        painter.setPen(QPen(colour("text" if cell.open else "faint" if not cell.applies else "quiet")))
        first_line = TIGHT + (LINE_HEIGHT - painter.fontMetrics().height()) // 2
        wrapped = _stacked(cell) or self._label_rect(cell.label).height() > painter.fontMetrics().height() + 2
        top = rect.y() + (TIGHT if wrapped else first_line)
        width = rect.width() if _stacked(cell) else _LABEL - SMALL
        painter.drawText(QRect(rect.x(), top, width, rect.height()), Qt.TextFlag.TextWordWrap, cell.label)
        box = cell.editor.geometry()
        if cell.question.unit:
            painter.setPen(QPen(colour("quiet" if cell.open else "faint")))
            unit = QRect(box.right() + SMALL, box.y(), LARGE * 6, LINE_HEIGHT)
            painter.drawText(unit, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cell.question.unit)
        if cell.note:
            painter.setFont(self._small)
            painter.setPen(QPen(colour(cell.tone)))
            below = QRect(box.x(), box.bottom() + 1, rect.right() - box.x(), rect.bottom() - box.bottom())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, cell.note)


def _stacked(cell: Cell) -> bool:
    """Tables stand below their label and have the whole width."""
    return bool(cell.question.columns)
