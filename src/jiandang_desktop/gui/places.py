"""Choose where a file goes to or comes from: a stick that is plugged in, or a folder."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from jiandang_desktop.gui.kit import PlainButton, row
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Lane
from jiandang_desktop.ports.medium import Drive


class PlaceChooser(QWidget):
    """Sticks by their names, other folders by their paths. ``folder_chosen`` on every change."""

    folder_chosen = Signal()

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session = session
        self.box = QComboBox()
        self.box.setObjectName(f"{name}_box")
        self.box.setMinimumWidth(200)
        self.box.setPlaceholderText(session.text("places.none"))
        self.other = PlainButton(session.text("places.other"), f"{name}_other")
        self.again = PlainButton(session.text("places.again"), f"{name}_again")
        layout = row(self.box, self.other, self.again)
        layout.setStretch(0, 1)
        self.box.setMaximumWidth(420)
        layout.addStretch(1)
        self.setLayout(layout)
        self.box.currentIndexChanged.connect(self._changed)
        self.other.clicked.connect(self._browse)
        self.again.clicked.connect(self.look)
        self.look()

    def folder(self) -> Path | None:
        """The chosen place, None while nothing is chosen."""
        found = self.box.currentData()
        return Path(found) if found else None

    def set_folder(self, folder: Path) -> None:
        """Choose a folder that may not be in the list yet."""
        place = self.box.findData(str(folder))
        if place < 0:
            self.box.addItem(str(folder), str(folder))
            place = self.box.count() - 1
        self.box.setCurrentIndex(place)

    def look(self) -> None:
        """Look which sticks are plugged in; slow or hanging sticks don't stop the window."""
        medium = self._session.bench.medium
        self._session.tasks.run(self, lambda _progress: medium.drives(), self._show, lane=Lane.DEVICES)

    def _show(self, drives: list[Drive]) -> None:
        before = self.folder()
        known = {str(drive.path) for drive in drives}
        for place in range(self.box.count() - 1, -1, -1):
            if self.box.itemText(place) != self.box.itemData(place) and self.box.itemData(place) not in known:
                self.box.removeItem(place)
        for place, drive in enumerate(drives):
            if self.box.findData(str(drive.path)) < 0:
                gigabytes = f"{drive.free / 1e9:.1f}"
                words = self._session.text("places.stick", name=drive.name, free=gigabytes)
                self.box.insertItem(place, words, str(drive.path))
        if before is None and drives:
            self.box.setCurrentIndex(0)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._session.text("places.title"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, folder: str) -> None:
        self.set_folder(Path(folder))

    def _changed(self, _place: int) -> None:
        self.folder_chosen.emit()
