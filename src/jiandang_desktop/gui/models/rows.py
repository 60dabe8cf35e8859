"""A table model over rows that a service returned; nothing is sorted or filtered here.

``Rows`` holds a whole short list. ``WindowedRows`` knows only how many rows there are and asks for the windows that
are looked at, so that a list of 3,000 or 100,000 people costs what is on the screen.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from jiandang_desktop.gui.kit.badges import Tone
from jiandang_desktop.gui.kit.table import TONE_ROLE

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

WINDOW = 100
"""Rows asked for at a time."""
_KEPT = 30


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its title, the words of a row, perhaps a tone; ``right`` for numbers."""

    title: str
    words: Callable[[Row], str]
    tone: Callable[[Row], Tone | None] | None = None
    right: bool = False


class _TableOfRows(QAbstractTableModel):
    def __init__(self, columns: Sequence[Column[Any]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)

    def row(self, place: int) -> Any:
        """The row at a place, or None."""
        raise NotImplementedError

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Column titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, tone and alignment of one cell."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, TONE_ROLE):
            return None
        found = self.row(index.row())
        if found is None:
            return None
        if role == TONE_ROLE:
            tone = column.tone(found) if column.tone else None
            return tone.value if tone else None
        return column.words(found)


class Rows(_TableOfRows):
    """A whole list at once."""

    def __init__(self, columns: Sequence[Column[Any]], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._rows: tuple[Any, ...] = ()

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows instead."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def row(self, place: int) -> Any:
        """The row at a place, or None."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        """How many rows."""
        return 0 if parent.isValid() else len(self._rows)


class WindowedRows(_TableOfRows):
    """A long list of which windows are fetched. ``window_wanted(offset, ticket)`` asks the page for one."""

    window_wanted = Signal(int, int)

    def __init__(self, columns: Sequence[Column[Any]], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._total = 0
        self._windows: OrderedDict[int, tuple[Any, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._ticket = 0

    def show_list(self, total: int, first_window: Sequence[Any]) -> None:
        """Show another list of ``total`` rows, of which the first window is here already."""
        self.beginResetModel()
        self._ticket += 1
        self._total = total
        self._windows.clear()
        self._asked.clear()
        self._windows[0] = tuple(first_window)
        self.endResetModel()

    def put_window(self, offset: int, ticket: int, rows: Sequence[Any]) -> None:
        """A window has arrived; one asked for before the list changed is dropped."""
        if ticket != self._ticket:
            return
        self._windows[offset // WINDOW] = tuple(rows)
        self._asked.discard(offset // WINDOW)
        while len(self._windows) > _KEPT:
            self._windows.popitem(last=False)
        if rows:
            self.dataChanged.emit(self.index(offset, 0), self.index(offset + len(rows) - 1, len(self.columns) - 1))

    def row(self, place: int) -> Any:
        """The row at a place; None while its window is on the way."""
        number, inside = divmod(place, WINDOW)
        window = self._windows.get(number)
        if window is None:
            if number not in self._asked and 0 <= place < self._total:
                self._asked.add(number)
                self.window_wanted.emit(number * WINDOW, self._ticket)
            return None
        return window[inside] if inside < len(window) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        """How many rows the list has."""
        return 0 if parent.isValid() else self._total
