"""Choose where a file goes to or comes from: a stick that is plugged in, or a folder. And take the stick out safely."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from jiandang_desktop.gui.kit import PlainButton, Tone, row
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.medium import Drive, DriveState, Place


class PlaceChooser(QWidget):
    """Sticks by their names, other folders by their paths.

    ``folder_chosen`` on every change; ``told(sentence, tone)`` when a stick was pulled out, ejected or couldn't be.
    One stick that is plugged in is chosen by itself; among several a person chooses.
    """

    folder_chosen = Signal()
    told = Signal(str, object)

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session = session
        self._drives: dict[str, Drive] = {}
        self._by_itself = False
        self.box = QComboBox()
        self.box.setObjectName(f"{name}_box")
        self.box.setMinimumWidth(200)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setPlaceholderText(session.text("places.none"))
        self.other = PlainButton(session.text("places.other"), f"{name}_other")
        self.eject_button = PlainButton(session.text("places.eject"), f"{name}_eject")
        layout = row(self.box, self.other, self.eject_button)
        self.box.setMaximumWidth(420)
        layout.addStretch(1)
        self.setLayout(layout)
        self.box.currentIndexChanged.connect(self._changed)
        self.box.activated.connect(self._chosen_by_hand)
        self.other.clicked.connect(self._browse)
        self.eject_button.clicked.connect(self.eject)
        session.sticks.changed.connect(self._show)
        session.sticks.ejected.connect(self._ejected)
        self._show()
        session.sticks.watch()

    def place(self) -> Place | None:
        """The chosen stick or folder, None while nothing is chosen."""
        found = self.box.currentData()
        return self._drives.get(found, Path(found)) if found else None

    def folder(self) -> Path | None:
        """Where the chosen place lies, None while nothing is chosen."""
        place = self.place()
        return place.path if isinstance(place, Drive) else place

    def set_folder(self, folder: Path) -> None:
        """Choose a folder that may not be in the list yet."""
        place = self.box.findData(str(folder))
        if place < 0:
            self.box.addItem(str(folder), str(folder))
            place = self.box.count() - 1
        self._by_itself = False
        self.box.setCurrentIndex(place)

    def eject(self) -> None:
        """Take the chosen stick out of the system; only then it is called safe."""
        drive = self.place()
        if isinstance(drive, Drive):
            self._session.sticks.eject(drive, self.told.emit, (self.eject_button,))

    def _ejected(self, drive: Drive) -> None:
        """Taken out here or elsewhere in the window: it isn't missed."""
        self._remove(_key(drive))

    def _show(self) -> None:
        """Bring the list up to what is plugged in; folders stay."""
        now = {_key(drive): drive for drive in self._session.sticks.drives}
        gone = [drive for key, drive in self._drives.items() if key not in now]
        chosen = self.place()
        for drive in gone:
            self._remove(_key(drive))
            if drive == chosen:
                self.told.emit(self._session.text("places.gone", name=drive.name), Tone.DUE)
        self._drives = now
        for number, (key, drive) in enumerate(now.items()):
            place = self.box.findData(key)
            if place < 0:
                self.box.insertItem(number, self._words(drive), key)
                place = number
            self.box.setItemText(place, self._words(drive))
            model = self.box.model()
            if isinstance(model, QStandardItemModel):
                model.item(place).setEnabled(drive.state is not DriveState.UNREADABLE)
        self._choose_the_only_one(now)

    def _choose_the_only_one(self, now: dict[str, Drive]) -> None:
        usable = [key for key, drive in now.items() if drive.state is not DriveState.UNREADABLE]
        several = len(usable) > 1
        self.box.setPlaceholderText(self._session.text("places.several" if several else "places.none"))
        if several and self._by_itself:
            self.box.setCurrentIndex(-1)  # nobody said which
            self._by_itself = False
        elif len(usable) == 1 and self.box.currentIndex() < 0:
            self.box.setCurrentIndex(self.box.findData(usable[0]))
            self._by_itself = True
        self._changed(0)

    def _remove(self, key: str) -> None:
        place = self.box.findData(key)
        if place >= 0:
            if place == self.box.currentIndex():
                self.box.setCurrentIndex(-1)  # not the neighbour, by itself
            self.box.removeItem(place)
        self._drives.pop(key, None)

    def _words(self, drive: Drive) -> str:
        free = f"{drive.free / 1e9:.1f} GB" if drive.free >= 1e9 else f"{drive.free // 1_000_000} MB"
        return self._session.text(f"places.stick_{drive.state.value}", name=drive.name, free=free)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._session.text("places.title"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, folder: str) -> None:
        self.set_folder(Path(folder))

    def _chosen_by_hand(self, _place: int) -> None:
        self._by_itself = False

    def _changed(self, _place: int) -> None:
        self.eject_button.setEnabled(isinstance(self.place(), Drive))
        self.box.setToolTip(self.box.currentText())
        self.folder_chosen.emit()


def _key(drive: Drive) -> str:
    """Names a stick in its place: another one there is another choice. No path can look like it."""
    return f"{drive.path}\0{drive.volume}"
