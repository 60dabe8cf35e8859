"""A table of the form: rows of small editors, made and removed with the keys."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from jiandang_desktop.forms.definition import Field, FieldType
from jiandang_desktop.gui.forms.editors import LINE_HEIGHT, Editor, Words, make_editor
from jiandang_desktop.gui.kit import LinkButton
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
            cell.changed.connect(self.changed)
            cell.entered.connect(self.entered)
            cell.left.connect(self.left)
            cell.took_over.connect(self.took_over)
            cell.resized.connect(self._changed_height)
            cell.moved.connect(lambda step, cell=cell: self._walk(cell, step))
            cell.row_removed = lambda cell=cell: self._remove(cell)
            cell.lock(locked=self._locked)
            cell.setVisible(True)

    def _drop(self, place: int) -> None:
        del self._kept[place]
        for cell in self._rows.pop(place):
            cell.hide()
            cell.deleteLater()

    def _remove(self, cell: Editor) -> None:
        place = next(number for number, cells in enumerate(self._rows) if cell in cells)
        if self.field.fixed_rows or len(self._rows) == 1:
            for item in self._rows[place]:
                item.show_answers({})
        else:
            self._rows[place - 1 if place else 1][0].come_in()
            self._drop(place)
        self._changed_height()
        self.changed.emit()

    def _add_by_hand(self) -> None:
        self._add({})
        self._changed_height()
        self._rows[-1][0].come_in()

    def _walk(self, cell: Editor, step: int) -> None:
        cells = [item for row in self._rows for item in row]
        place = cells.index(cell) + step
        last = self._rows[-1]
        if step > 0 and cell is last[0] and not self.field.fixed_rows and not any(item.raw() for item in last):
            self.moved.emit(step)  # one Enter leaves a table that has no more to say
        elif 0 <= place < len(cells):
            cells[place].come_in(backwards=step < 0)
        elif step > 0 and not self.field.fixed_rows and any(item.raw() for item in last):
            self._add_by_hand()
        else:
            self.moved.emit(step)

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
        return _HEAD + sum(self._row_heights(width)) + (LINE_HEIGHT if self._more else 0)

    def _widths(self, width: int) -> list[int]:
        shares = [_share(column) for column in self.field.columns]
        least = [250 if 0 < len(column.options) <= 3 else _LEAST.get(column.type, 64) for column in self.field.columns]
        room = width - (_ROW_TITLE if self._titles else 0) - SMALL * (len(shares) - 1) - sum(least)
        return [low + int(max(room, 0) * share / sum(shares)) for low, share in zip(least, shares, strict=True)]

    def _row_heights(self, width: int) -> list[int]:
        widths = self._widths(width)
        return [
            max(cell.height_for(wide) for cell, wide in zip(cells, widths, strict=True)) + TIGHT for cells in self._rows
        ]

    def _changed_height(self) -> None:
        self._place()
        self.resized.emit()

    def _place(self) -> None:
        widths, y = self._widths(self.width()), _HEAD
        for cells, height in zip(self._rows, self._row_heights(self.width()), strict=True):
            x = _ROW_TITLE if self._titles else 0
            for cell, wide in zip(cells, widths, strict=True):
                cell.setGeometry(x, y, wide, height - TIGHT)
                x += wide + SMALL
            y += height
        if self._more is not None:
            self._more.setGeometry(0, y, self._more.sizeHint().width(), LINE_HEIGHT - TIGHT)
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
        x = _ROW_TITLE if self._titles else 0
        for column, wide in zip(self.field.columns, self._widths(self.width()), strict=True):
            title = f"{column.label} {column.unit}".strip() if column.unit not in column.label else column.label
            painter.drawText(
                QRect(x, 0, wide, _HEAD),
                flags,
                painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, wide),
            )
            x += wide + SMALL
        for title, cells in zip(self._titles, self._rows, strict=False):
            rect = QRect(0, cells[0].y(), _ROW_TITLE - SMALL, LINE_HEIGHT)
            painter.drawText(rect, flags | Qt.TextFlag.TextWordWrap, title)


def _share(column: Field) -> float:
    """How much of the row's width a column gets, beside the others."""
    if column.options:
        return 0.2 if len(column.options) <= 3 else 4.0
    return _SHARES.get(column.type, 2.2)


def _text_keys(field: Field) -> list[str]:
    return [field.text_key(option.code) for option in field.options if option.has_text]
