"""Pick a place by names, from the province down; the code comes by itself."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from jiandang_desktop.domain.divisions import Divisions
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL

_HOME = "150000"
"""Where the picker starts: Inner Mongolia, the plan's region."""

DEPTHS = {"village": 5, "township": 4, "banner": 3}
"""How many steps down each level of station stands."""


class DivisionPicker(QWidget):
    """Boxes from province to village, as many as the level needs. ``picked(code, name)``; '' while incomplete.

    Where the list ends early (villages outside the region, new villages), the code is typed beside the picker.
    """

    picked = Signal(str, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("division_picker")
        self._divisions: Divisions = session.bench.divisions
        self._depth = DEPTHS["village"]
        self.boxes: list[QComboBox] = []
        self._labels: list[QLabel] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(MEDIUM)
        grid.setVerticalSpacing(SMALL)
        for place, key in enumerate(("province", "prefecture", "county", "township", "village")):
            box = QComboBox()
            box.setObjectName(f"division_{key}")
            box.setMaxVisibleItems(16)
            box.setMinimumContentsLength(8)
            label = QLabel(session.text(f"division.{key}"))
            label.setProperty("kind", "label")
            grid.addWidget(label, place // 3 * 2, place % 3)
            grid.addWidget(box, place // 3 * 2 + 1, place % 3)
            box.currentIndexChanged.connect(self._box_changed)
            self.boxes.append(box)
            self._labels.append(label)
        self._fill(0, "")
        self.choose(_HOME)

    def set_level(self, level: str) -> None:
        """Show as many boxes as this level of station needs."""
        self._depth = DEPTHS[level]
        for place, box in enumerate(self.boxes):
            box.setVisible(place < self._depth)
            self._labels[place].setVisible(place < self._depth)
        self._tell()

    def choose(self, code: str) -> None:
        """Choose the place with this code in the first box that has it."""
        for box in self.boxes:
            place = box.findData(code)
            if place >= 0:
                box.setCurrentIndex(place)
                return

    def enter(self) -> None:
        """Come in with the keyboard: at the first box in which nothing is chosen yet."""
        boxes = self.boxes[: self._depth]
        next((box for box in boxes if not box.currentData() and box.isEnabled()), boxes[-1]).setFocus()

    def code(self) -> str:
        """The chosen place's code, '' while a box above is open."""
        return str(self.boxes[self._depth - 1].currentData() or "")

    def deepest(self) -> str:
        """Code of the deepest place chosen so far."""
        chosen = [str(box.currentData()) for box in self.boxes[: self._depth] if box.currentData()]
        return chosen[-1] if chosen else ""

    def _box_changed(self, _index: int) -> None:
        box = self.sender()
        place = self.boxes.index(box) if isinstance(box, QComboBox) and box in self.boxes else 0
        if place + 1 < len(self.boxes):
            self._fill(place + 1, str(self.boxes[place].currentData() or ""))
        self._tell()

    def _fill(self, place: int, parent: str) -> None:
        box = self.boxes[place]
        children = self._divisions.children(parent) if parent or place == 0 else ()
        blocked = box.blockSignals(True)
        box.clear()
        box.addItem("", "")
        for child in children:
            box.addItem(child.name, child.code)
        box.setEnabled(bool(children))
        box.blockSignals(blocked)
        for deeper in self.boxes[place + 1 :]:
            deeper.clear()
            deeper.setEnabled(False)

    def _tell(self) -> None:
        box = self.boxes[self._depth - 1]
        self.picked.emit(self.code(), box.currentText())
