"""The station's own records on the 管理 page: activities it held, to fill in, open and print."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.gui.kit import column, row
from jiandang_desktop.gui.pages.attendance import AttendanceCard
from jiandang_desktop.gui.pages.resident_records import RecordLine, RecordsTab, record_lines
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.services import activities, station_folder
from jiandang_desktop.services.station_folder import StationFolder


class StationTab(QWidget):
    """``entry_wanted(form, station, record)`` and ``print_wanted(form, station, record)``; record None: a new one.

    ``attendance_wanted(record)``: print who came; ``told(sentence, tone)``.
    """

    entry_wanted = Signal(str, str, object)
    print_wanted = Signal(str, str, object)
    attendance_wanted = Signal(object)
    told = Signal(str, object)
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("station_tab")
        self._session = session
        self._station = SubjectId("")
        self.records = RecordsTab("activity", self.words, with_history=False)
        self.records.opened.connect(self._open)
        self.records.printed.connect(self._print)
        self.records.new_wanted.connect(lambda form_id: self.entry_wanted.emit(form_id, self._station, None))
        self.records.blank_wanted.connect(lambda form_id: self.print_wanted.emit(form_id, self._station, None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.attendance = AttendanceCard(session)
        self.attendance.told.connect(self.told)
        self.attendance.print_wanted.connect(self.attendance_wanted)
        self.records.table.set_widths(116, 190, 100, 90, 0)
        beside = column(self.attendance)
        beside.setContentsMargins(0, MEDIUM, 0, 0)
        sides = row(self.records, beside, spacing=MEDIUM)
        sides.setStretch(0, 1)
        layout.addLayout(sides)
        self.records.line_changed.connect(self._changed)

    def words(self, key: str, **values: object) -> str:
        """Words of ``resources/texts/form_window.toml``."""
        return self._session.bench.text("form_window", key, **values)

    def refresh(self) -> None:
        """Read the station's records again."""
        self._session.ask(self, station_folder.open_station, self._show)

    def _show(self, folder: StationFolder) -> None:
        self._station = folder.station_id
        forms = {form.id: form for form in folder.forms}
        self.records.show_lines(record_lines(folder, forms, self.words, self._session.reason), folder.forms)
        self.shown.emit()

    def _open(self, line: RecordLine) -> None:
        self.entry_wanted.emit(line.form_id, self._place(line), line.record_id)

    def _print(self, line: RecordLine) -> None:
        self.print_wanted.emit(line.form_id, self._place(line), line.record_id)

    def _changed(self, line: RecordLine | None) -> None:
        """Who came is shown beside an activity that was filed."""
        is_activity = line is not None and line.form_id == activities.FORM
        self.attendance.show_record(line.record_id if line is not None and is_activity else None)

    def _place(self, line: RecordLine) -> SubjectId:
        """Whose record it is: this station's, or one's that it took over."""
        return line.record.subject_id if line.record is not None else self._station
