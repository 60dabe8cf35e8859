"""A table of the form: rows of small editors, made and removed with the keys."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from jiandang_desktop.forms.definition import Field, FieldType
from jiandang_desktop.gui.forms.editors import LINE_HEIGHT, TOO_MANY, Editor, Words, make_editor
from jiandang_desktop.gui.forms.entry_line import Wish
from jiandang_desktop.gui.kit import LinkButton, quiet_label
from jiandang_desktop.gui.theme import SMALL, TIGHT, colour

_HEAD = 30
_ROW_TITLE = 104
_SHARES = {FieldType.INTEGER: 0.6, FieldType.DECIMAL: 0.6, FieldType.DATE: 0.3, FieldType.BOOL: 1.8}
_LEAST = {FieldType.DATE: 132, FieldType.INTEGER: 72, FieldType.DECIMAL: 72}


class TableEditor(Editor):
    """Rows of answers.

    Enter in the last cell begins a new row, Enter at the beginning of an empty last row leaves the table;
    Ctrl+Delete removes the row one is in.
    """

    wide = True

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        self._rows: list[list[Editor]] = []
        self._kept: list[dict[str, Any]] = []
        """What a row holds beyond its cells: the id of a printed row, keys of a newer edition."""
        self._locked = False
        self._more: LinkButton | None = None
        if field.fixed_rows:
            self._titles = [row.label for row in field.fixed_rows]
            for row in field.fixed_rows:
                self._add({"row": row.id})
        else:
            self._titles = []
            self._more = LinkButton(words("table.more"), f"more_{field.id}", self)
            self._more.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._more.clicked.connect(self._add_by_hand)
            self._keys = quiet_label(words("table.keys"), f"keys_{field.id}")
            self._keys.setParent(self)
            self._keys.setWordWrap(False)
            self._add({})

    # Answers

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        found = []
        for kept, cells in zip(self._kept, self._rows, strict=True):
            row = {key: value for cell in cells for key, value in cell.raw().items()}
            if row:
                found.append({**kept, **row})
        return {self.field.id: found} if found else {}

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here."""
        rows = [row for row in answers.get(self.field.id, []) if isinstance(row, Mapping)]
        if self.field.fixed_rows:
            by_id = {row.get("row"): row for row in rows}
            for place, fixed in enumerate(self.field.fixed_rows):
                self._show_row(place, by_id.get(fixed.id, {}))
            return
        while len(self._rows) > max(len(rows), 1):
            self._drop(len(self._rows) - 1)
        while len(self._rows) < max(len(rows), 1):
            self._add({})
        for place in range(len(self._rows)):
            self._show_row(place, rows[place] if place < len(rows) else {})
        self._changed_height()

    def _show_row(self, place: int, row: Mapping[str, Any]) -> None:
        known = {key for cell in self._rows[place] for key in (cell.field.id, *_text_keys(cell.field))}
        printed = {"row": self.field.fixed_rows[place].id} if self.field.fixed_rows else {}
        self._kept[place] = {**printed, **{key: value for key, value in row.items() if key not in known}}
        for cell in self._rows[place]:
            cell.show_answers(row)

    # Rows

    def _add(self, kept: dict[str, Any]) -> None:
        cells = [make_editor(column, self.words, self) for column in self.field.columns]
        self._rows.append(cells)
        self._kept.append(kept)
        for cell in cells:
            cell.setObjectName(f"cell_{self.field.id}_{len(self._rows)}_{cell.field.id}")
            cell.host = self
            cell.lock(locked=self._locked)
            cell.setVisible(True)

    def _drop(self, place: int) -> None:
        del self._kept[place]
        for cell in self._rows.pop(place):
            cell.hide()
            cell.deleteLater()

    def _remove(self, place: int) -> None:
        if self.field.fixed_rows or len(self._rows) == 1:
            for item in self._rows[place]:
                item.show_answers({})
        else:
            self._rows[place - 1 if place else 1][0].come_in()
            self._drop(place)
        self._changed_height()
        self.tell_changed()

    def _add_by_hand(self) -> None:
        self._add({})
        self._changed_height()
        self._rows[-1][0].come_in()

    def _place_of(self, cell: Editor) -> tuple[int, int]:
        """Row and column of a cell."""
        return next((number, cells.index(cell)) for number, cells in enumerate(self._rows) if cell in cells)

    # What the cells tell

    def editor_changed(self, _cell: Editor) -> None:
        """An answer of the table is an answer of the form."""
        self.tell_changed()

    def editor_moved(self, cell: Editor, step: int) -> None:
        """To the next cell, into a new row, or out of the table."""
        cells = [item for row in self._rows for item in row]
        place = cells.index(cell) + step
        last = self._rows[-1]
        grows = step > 0 and not self.field.fixed_rows
        if grows and cell is last[0] and not _is_filled(last):
            self._leave(step)  # one Enter leaves a table that has no more to say
        elif 0 <= place < len(cells):
            cells[place].come_in(backwards=step < 0)
        elif grows and _is_filled(last):
            self._add_by_hand()
        else:
            self._leave(step)

    def editor_climbed(self, cell: Editor, step: int) -> None:
        """To the same column of another row, or out of the table."""
        row, column = self._place_of(cell)
        if 0 <= row + step < len(self._rows):
            self._rows[row + step][column].come_in(backwards=step < 0)
        else:
            self._leave(step)

    def editor_entered(self, _cell: Editor) -> None:
        """The person is in the table."""
        self.line_entered()

    def editor_left(self, _cell: Editor) -> None:
        """The person went on to another cell, or out."""
        self.line_left()

    def editor_wished(self, cell: Editor, wish: Wish) -> None:
        """Rows are the table's own business."""
        row = self._place_of(cell)[0]
        if wish is Wish.REMOVE_ROW:
            self._remove(row)
        elif wish is Wish.ADD_ROW and not self.field.fixed_rows:
            if _is_filled(self._rows[-1]):
                self._add_by_hand()
            else:
                self._rows[-1][0].come_in()
        elif wish is Wish.LEAVE:
            self._leave(1)
        else:
            self.line_wished(wish)

    def editor_resized(self, _cell: Editor) -> None:
        """A higher cell makes a higher row."""
        self._changed_height()

    def _leave(self, step: int) -> None:
        """Out of the table; a row that was begun for nothing goes."""
        self.host.editor_moved(self, step)
        if not self.field.fixed_rows and len(self._rows) > 1 and not _is_filled(self._rows[-1]):
            self._drop(len(self._rows) - 1)
            self._changed_height()

    def stops(self) -> list[QWidget]:
        """The widgets that the keys visit."""
        return [stop for row in self._rows for cell in row for stop in cell.stops()]

    def lock(self, *, locked: bool) -> None:
        """Show only."""
        self._locked = locked
        for row in self._rows:
            for cell in row:
                cell.lock(locked=locked)
        if self._more is not None:
            self._more.setEnabled(not locked)

    # Where things are

    def height_for(self, width: int) -> int:
        """Height needed at a width."""
        heads = self._head(width) * len(self._lines(width))
        return heads + sum(map(sum, self._row_heights(width))) + (LINE_HEIGHT if self._more else 0)

    def _lines(self, width: int) -> list[range]:
        """The columns that stand beside one another; too many for the width stand in two lines, or more."""
        least = [_least(column) + SMALL for column in self.field.columns]
        room, count = self._room(width) + SMALL, len(least)
        for lines in range(1, count):
            each = -(-count // lines)
            cut = [range(start, min(start + each, count)) for start in range(0, count, each)]
            if all(sum(least[number] for number in line) <= room for line in cut):
                return cut
        return [range(number, number + 1) for number in range(count)]

    def _room(self, width: int) -> int:
        return width - (_ROW_TITLE if self._titles else 0)

    def _places(self, width: int) -> list[tuple[int, int, int]]:
        """Line, left edge and width of each column's cells."""
        found = []
        for line, numbers in enumerate(self._lines(width)):
            columns = [self.field.columns[number] for number in numbers]
            shares = [_share(column) for column in columns]
            spare = self._room(width) - SMALL * (len(columns) - 1) - sum(map(_least, columns))
            x = _ROW_TITLE if self._titles else 0
            for column, share in zip(columns, shares, strict=True):
                wide = _least(column) + int(max(spare, 0) * share / sum(shares))
                found.append((line, x, wide))
                x += wide + SMALL
        return found

    def _head(self, width: int) -> int:
        """The height of the columns' titles: two lines where one of them has no room on one."""
        advance = self.fontMetrics().horizontalAdvance
        titles = zip(self.field.columns, self._places(width), strict=True)
        return _HEAD + (self.fontMetrics().height() if any(advance(_title(c)) > place[2] for c, place in titles) else 0)

    def _row_heights(self, width: int) -> list[list[int]]:
        """The heights of each row's lines."""
        places = self._places(width)
        heights = []
        for cells in self._rows:
            lines = [0] * (places[-1][0] + 1)
            for cell, (line, _, wide) in zip(cells, places, strict=True):
                lines[line] = max(lines[line], cell.height_for(wide) + TIGHT)
            lines[-1] += SMALL if len(lines) > 1 else 0
            heights.append(lines)
        return heights

    def _changed_height(self) -> None:
        self._place()
        self.host.editor_resized(self)

    def _place(self) -> None:
        places = self._places(self.width())
        y = self._head(self.width()) * (places[-1][0] + 1)
        for cells, lines in zip(self._rows, self._row_heights(self.width()), strict=True):
            tops = [y + sum(lines[:line]) for line in range(len(lines))]
            for cell, (line, x, wide) in zip(cells, places, strict=True):
                cell.setGeometry(x, tops[line], wide, cell.height_for(wide))
            y += sum(lines)
        if self._more is not None:
            self._more.setGeometry(0, y, self._more.sizeHint().width(), LINE_HEIGHT - TIGHT)
            self._keys.setGeometry(self._more.width() + SMALL, y, self.width(), LINE_HEIGHT - TIGHT)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place the cells anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the heads of columns and printed rows."""
        painter = QPainter(self)
        painter.setPen(QPen(colour("quiet")))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        head = self._head(self.width())
        for column, (line, x, wide) in zip(self.field.columns, self._places(self.width()), strict=True):
            painter.drawText(QRect(x, line * head, wide, head), flags | Qt.TextFlag.TextWordWrap, _title(column))
        for title, cells in zip(self._titles, self._rows, strict=False):
            rect = QRect(0, cells[0].y(), _ROW_TITLE - SMALL, LINE_HEIGHT)
            painter.drawText(rect, flags | Qt.TextFlag.TextWordWrap, title)


def _title(column: Field) -> str:
    return f"{column.label} {column.unit}".strip() if column.unit not in column.label else column.label


def _least(column: Field) -> int:
    """The least width of a column's cells, in pixels."""
    if not column.options:
        return _LEAST.get(column.type, 64)
    return 250 if len(column.options) <= 3 else 64 if len(column.options) <= TOO_MANY else 150


def _share(column: Field) -> float:
    """How much of the row's width a column gets, beside the others."""
    if column.options:
        return 0.2 if len(column.options) <= 3 else 4.0 if len(column.options) <= TOO_MANY else 1.0
    return _SHARES.get(column.type, 2.2)


def _text_keys(field: Field) -> list[str]:
    return [field.text_key(option.code) for option in field.options if option.has_text]


def _is_filled(row: list[Editor]) -> bool:
    return any(cell.raw() for cell in row)
