"""Everything that can be asked of an open vault, on its one connection."""

from jiandang_desktop.storage.care_queries import CareQueries
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.print_queries import PrintQueries
from jiandang_desktop.storage.record_queries import RecordQueries
from jiandang_desktop.storage.resident_queries import ResidentQueries
from jiandang_desktop.storage.station_queries import StationQueries


class SqlReader(ResidentQueries, RecordQueries, CareQueries, StationQueries, PrintQueries):
    """``ports.vault.Reader``. Nobody else can write meanwhile, so any two answers belong together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._followed: dict[str, str] = {}
