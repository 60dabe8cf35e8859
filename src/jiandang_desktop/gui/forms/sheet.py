"""The sheet in the middle: the form's sections and questions as the paper has them, two to a row where they are short.

Labels, units and notes are drawn, not made of widgets: a form of 130 questions opens and scrolls at once.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.gui.forms.editors import LINE_HEIGHT, Editor, Words, make_editor
from jiandang_desktop.gui.forms.entry_line import Wish
from jiandang_desktop.gui.theme import FORM_POINTS, LARGE, MEDIUM, SMALL, TIGHT, colour

_LABEL = 124
_TITLE = 44
_NOTE_POINTS = 12
_ABOVE = 32
_STACKED = 560
"""Narrower than this the sheet has one question to a row."""
_EARLIER_LINES = 3
"""An earlier answer that is longer is cut; the folder has it whole."""


@dataclass(eq=False)
class Cell:
    """One question on the sheet."""

    question: Field
    editor: Editor
    rect: QRect = field(default_factory=QRect)
    beside: QRect = field(default_factory=QRect)
    """Where the earlier visit's answer stands; empty while none is looked at."""
    earlier: str = ""
    alone: bool = False
    """Whether nothing stands beside it in its row, so that what is said of it may be longer than it is."""
    key: str = ""
    """The key that takes the earlier answer over."""
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
    def row(self) -> QRect:
        """The question with what stands beside it."""
        return self.rect.united(self.beside)

    @property
    def open(self) -> bool:
        """Whether the keys visit it."""
        return self.applies and not self.locked


class Sheet(QWidget):
    """All cells of a form. ``cell_entered``, ``cell_leaving`` (with the keys, before it is decided where to) and
    ``cell_left`` name the field; ``take_over_wanted`` too, with whether the earlier visit's answer is meant;
    ``walked_out`` past the end (+1, -1).
    """

    cell_entered = Signal(str)
    cell_leaving = Signal(str)
    cell_left = Signal(str)
    cell_changed = Signal(str)
    take_over_wanted = Signal(str, bool)
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
        self._section_notes: list[tuple[str, QRect]] = []
        self._label_heights: dict[str, int] = {}
        self._comparing = False
        self._held = True
        self._due = False
        for item in form.fields():
            self.cells[item.id] = self._make_cell(item, words)
        self._held = False

    def _make_cell(self, item: Field, words: Words) -> Cell:
        editor = make_editor(item, words, self)
        editor.host = self
        cell = Cell(item, editor)
        if item.derived:
            cell.locked = True
            editor.lock(locked=True)
        return cell

    # What the editors tell

    def editor_changed(self, editor: Editor) -> None:
        """An answer changed."""
        self.cell_changed.emit(editor.field.id)

    def editor_moved(self, editor: Editor, step: int) -> None:
        """To the next open question, or past the end."""
        names = list(self.cells)
        self.cell_leaving.emit(editor.field.id)
        place = names.index(editor.field.id) + step
        while 0 <= place < len(names):
            cell = self.cells[names[place]]
            if cell.open:
                cell.editor.come_in(backwards=step < 0)
                return
            place += step
        self.walked_out.emit(step)

    def editor_climbed(self, editor: Editor, step: int) -> None:
        """The arrows walk too."""
        self.editor_moved(editor, step)

    def editor_entered(self, editor: Editor) -> None:
        """The person is at a question."""
        name = editor.field.id
        before, self.current = self.current, name
        for changed in (before, name):
            if changed:
                self.update(self.cells[changed].row)
        self.cell_entered.emit(name)

    def editor_left(self, editor: Editor) -> None:
        """The person went on."""
        self.cell_left.emit(editor.field.id)

    def editor_wished(self, editor: Editor, wish: Wish) -> None:
        """Values taken over; keys of a table do nothing elsewhere."""
        if wish is Wish.LEAVE:
            self.editor_moved(editor, 1)
        elif wish in (Wish.TAKE_OVER, Wish.TAKE_EARLIER):
            self.take_over_wanted.emit(editor.field.id, wish is Wish.TAKE_EARLIER)

    def editor_resized(self, _editor: Editor) -> None:
        """An editor needs another height."""
        self.lay_out()

    # Saying things

    def say(self, name: str, note: str, tone: str) -> bool:
        """Write a note under a question; True where the sheet must be laid out anew."""
        cell = self.cells[name]
        if (cell.note, cell.tone) == (note, tone):
            return False
        width = cell.rect.width()
        other_height = self._note_height(note, cell, width) != self._note_height(cell.note, cell, width)
        cell.note, cell.tone = note, tone
        self.update(cell.row)
        return other_height

    def set_state(self, name: str, *, applies: bool, locked: bool) -> None:
        """Whether a question is asked, and whether the program answers it."""
        cell = self.cells[name]
        if (cell.applies, cell.locked) != (applies, locked):
            cell.applies, cell.locked = applies, locked
            cell.editor.lock(locked=not cell.open)
            self.update(cell.row)

    # An earlier visit beside this one

    def show_earlier(self, words: Mapping[str, str] | None) -> None:
        """An earlier visit's answers in words, by question, in a column of their own; None takes the column away."""
        if words is None and not self._comparing:
            return
        self._comparing = words is not None
        for name, cell in self.cells.items():
            cell.earlier = (words or {}).get(name, "")
        self.lay_out()

    def title_above(self, name: str) -> int:
        """Where the title of a question's section stands."""
        tops = [rect.y() for _title, rect in self._titles if rect.y() <= self.cells[name].rect.y()]
        return max(0, tops[-1] - TIGHT) if tops else 0

    def earlier_width(self) -> int:
        """Width of the earlier visit's column at the sheet's right; 0 where there is none."""
        return max(120, min(220, self.width() // 4)) if self._comparing else 0

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
        if self._held or not self.isVisible():
            self._due = True
            return
        whole = self.width() - 2 * MEDIUM
        beside = self.earlier_width()
        width = whole - beside - (MEDIUM if beside else 0)
        self._titles, self._section_notes = [], []
        y = SMALL
        for section in self.form.sections:
            self._titles.append((section.title, QRect(MEDIUM, y, whole, _TITLE)))
            y += _TITLE
            if section.note:
                y = self._place_note(section.note, QRect(MEDIUM, y, width, 0))
            waiting: list[Cell] = []
            for item, following in zip(section.fields, (*section.fields[1:], None), strict=True):
                cell = self.cells[item.id]
                if waiting and _begins_pair(waiting[0].question, item, following):
                    y = self._place_row(waiting, y, width)
                    waiting = []
                if cell.editor.wide or beside or width < _STACKED:
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
        for cell in cells:
            cell.alone = len(cells) == 1 and not wide
        height = max(self._cell_height(cell, room) for cell in cells)
        for place, cell in enumerate(cells):
            cell.rect = QRect(MEDIUM + place * (room + MEDIUM), y, room, height)
            beside = self.earlier_width()
            cell.beside = QRect(self.width() - MEDIUM - beside, y, beside, height) if beside else QRect()
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
        return max(self._own_height(cell, width), self._earlier_height(cell) + 2 * TIGHT)

    def _earlier_height(self, cell: Cell) -> int:
        if not cell.earlier or not self._comparing:
            return 0
        metrics = QFontMetrics(self._small)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
        box = QRect(0, 0, self.earlier_width() - MEDIUM, 4000)
        needed = metrics.boundingRect(box, flags, cell.earlier).height()
        return min(needed, _EARLIER_LINES * metrics.lineSpacing())

    def _own_height(self, cell: Cell, width: int) -> int:
        editor = cell.editor.height_for(self._editor_width(cell, width))
        if _stacked(cell):
            return _ABOVE + editor + TIGHT + self._note_height(cell.note, cell, width)
        label = self._label_height(cell.label) + SMALL
        return max(editor, label, LINE_HEIGHT) + 2 * TIGHT + self._note_height(cell.note, cell, width)

    def _label_height(self, label: str) -> int:
        if label not in self._label_heights:
            box = QRect(0, 0, _LABEL - SMALL, 400)
            rect = self.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), label)
            self._label_heights[label] = rect.height()
        return self._label_heights[label]

    def _note_width(self, cell: Cell, width: int) -> int:
        return max((2 * width + MEDIUM if cell.alone else width) - _LABEL, 80)

    def _note_height(self, note: str, cell: Cell, width: int) -> int:
        if not note:
            return 0
        box = QRect(0, 0, self._note_width(cell, width), 400)
        return QFontMetrics(self._small).boundingRect(box, int(Qt.TextFlag.TextWordWrap), note).height() + 2

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for two questions in a row."""
        return QSize(820, max(self.height(), 200))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Laid out once, when it is seen, and not for every step of the making."""
        super().showEvent(event)
        self.lay_out()

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
        if self._comparing:
            left = self.width() - MEDIUM - self.earlier_width()
            painter.fillRect(QRect(left, 0, self.width() - left, self.height()), colour("row_odd"))
            painter.setPen(QPen(colour("line")))
            painter.drawLine(left, 0, left, self.height())
        for title, rect in self._titles:
            if rect.intersects(event.rect()):
                self._paint_title(painter, title, rect)
        for note, rect in self._section_notes:
            if rect.intersects(event.rect()):
                self._paint_note(painter, note, rect)
        for cell in self.cells.values():
            if cell.row.intersects(event.rect()):
                self._paint_cell(painter, cell)

    def _place_note(self, note: str, at: QRect) -> int:
        """What the paper says about a whole section stands under its title; returns where the next thing begins."""
        room = QRect(0, 0, at.width(), 2000)
        height = QFontMetrics(self._small).boundingRect(room, int(Qt.TextFlag.TextWordWrap), note).height()
        self._section_notes.append((note, QRect(at.x(), at.y(), at.width(), height)))
        return at.y() + height + SMALL

    def _paint_note(self, painter: QPainter, note: str, rect: QRect) -> None:
        painter.setFont(self._small)
        painter.setPen(QPen(colour("quiet")))
        painter.drawText(rect, int(Qt.TextFlag.TextWordWrap), note)

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
            painter.drawRoundedRect(cell.row.adjusted(-SMALL, 0, SMALL, 0), 6, 6)
        painter.setFont(self.font())
        painter.setPen(QPen(colour("text" if cell.open else "faint" if not cell.applies else "quiet")))
        first_line = TIGHT + (LINE_HEIGHT - painter.fontMetrics().height()) // 2
        wrapped = _stacked(cell) or self._label_height(cell.label) > painter.fontMetrics().height() + 2
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
            room = self._note_width(cell, rect.width())
            below = QRect(box.x(), box.bottom() + 1, room, rect.bottom() - box.bottom())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, cell.note)
        if cell.earlier and self._comparing:
            self._paint_earlier(painter, cell)

    def _paint_earlier(self, painter: QPainter, cell: Cell) -> None:
        painter.setFont(self._small)
        painter.setPen(QPen(colour("quiet")))
        line = painter.fontMetrics().lineSpacing()
        height = self._earlier_height(cell)
        top = cell.beside.y() + TIGHT + (max(0, (LINE_HEIGHT - height) // 2) if height < 2 * line else 0)
        box = QRect(cell.beside.x() + MEDIUM, top, cell.beside.width() - MEDIUM, height)
        painter.save()
        painter.setClipRect(box)
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        painter.drawText(box.adjusted(0, 0, 0, 4000), flags, cell.earlier)
        painter.restore()
        if cell.key and cell.question.id == self.current:
            painter.setPen(QPen(colour("accent_dark")))
            first = QRect(box.x(), top, box.width() + TIGHT, max(height, painter.fontMetrics().height()))
            painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, cell.key)


def _begins_pair(before: Field, item: Field, following: Field | None) -> bool:
    """Whether two questions that the paper prints side by side begin here (systolic and diastolic, left and right)."""
    group = item.label.rpartition(" ")[0]
    together = following is not None and following.label.rpartition(" ")[0] == group
    return bool(group) and together and before.label.rpartition(" ")[0] != group


def _stacked(cell: Cell) -> bool:
    """Tables stand below their label and have the whole width."""
    return bool(cell.question.columns)
