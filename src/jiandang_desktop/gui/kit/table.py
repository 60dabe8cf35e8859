"""The one table of the program: rows under a quiet header, chosen by keyboard or mouse."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from jiandang_desktop.gui.kit.badges import Tone
from jiandang_desktop.gui.theme import SMALL, colour

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
"""A model answers this with a Tone where the cell is a state."""

ROW_HEIGHT = 38

Index = QModelIndex | QPersistentModelIndex

_TONES = {
    Tone.PLAIN.value: ("quiet", "ground"),
    Tone.DUE.value: ("due", "due_soft"),
    Tone.WRONG.value: ("wrong", "wrong_soft"),
    Tone.CONFIRMED.value: ("confirmed", "accent_soft"),
}


class DataTable(QTableView):
    """A list of rows. ``row_chosen`` by Enter or double click, ``row_changed`` as the cursor moves (-1: none)."""

    row_chosen = Signal(int)
    row_changed = Signal(int)
    left_top = Signal()

    def __init__(self, name: str, model: QAbstractTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setModel(model)
        self.setItemDelegate(_CellPainter(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        # Addresses of one village begin alike: the end tells them apart.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(40)
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.doubleClicked.connect(self._double_clicked)
        model.modelReset.connect(self._fresh_rows)

    def set_widths(self, *widths: int) -> None:
        """Widths in pixels at the body size; 0 takes the free room, the same share each."""
        header = self.horizontalHeader()
        for place, width in enumerate(widths):
            stretch = QHeaderView.ResizeMode.Stretch if width == 0 else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(place, stretch)
            if width:
                self.setColumnWidth(place, width)

    def chosen_row(self) -> int:
        """The row under the cursor, -1 if none."""
        return self.currentIndex().row()

    def choose_row(self, place: int) -> None:
        """Move the cursor."""
        if 0 <= place < self.model().rowCount():
            self.selectRow(place)

    def enter(self) -> None:
        """Come in with the keyboard: focus, and a row under the cursor."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.chosen_row() < 0:
            self.choose_row(0)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Tell where the cursor went."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.row_changed.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter chooses; Home and End lead to the first and the last row; Up in the first row leaves the table."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen_row() >= 0:
            self.row_chosen.emit(self.chosen_row())
        elif key == Qt.Key.Key_Up and self.chosen_row() <= 0:
            self.left_top.emit()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.choose_row(0 if key == Qt.Key.Key_Home else self.model().rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def _double_clicked(self, index: QModelIndex) -> None:
        self.row_chosen.emit(index.row())

    def _fresh_rows(self) -> None:
        self.row_changed.emit(-1)


class _CellPainter(QStyledItemDelegate):
    """Draws states as badges, leaves room around words, and never the dotted focus box of one cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tone = index.data(TONE_ROLE)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.state &= ~QStyle.StateFlag.State_HasFocus
        if tone is None or not text:
            QStyledItemDelegate.paint(self, painter, plain, index)
            return
        plain.text = ""
        plain.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        _paint_badge(painter, plain, str(text), str(tone))

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: Index
    ) -> QSize:
        """A little wider than the words."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + 2 * SMALL, ROW_HEIGHT)


def _paint_badge(painter: QPainter, option: QStyleOptionViewItem, text: str, tone: str) -> None:
    ink, ground = _TONES[tone]
    metrics = option.fontMetrics
    width = min(metrics.horizontalAdvance(text) + 2 * SMALL, option.rect.width() - SMALL)
    height = metrics.height() + 2
    box = QRect(option.rect.left() + SMALL - 2, option.rect.center().y() - height // 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour(ground)))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QPen(colour(ink)))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))
    painter.restore()
