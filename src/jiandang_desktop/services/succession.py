"""Which station took another one over: whose records it may carry on with, and whose name stands for both."""

from jiandang_desktop.domain.records import StationId
from jiandang_desktop.ports.vault import Reader, UnitOfWork

_SETTING = "successors"


def note(work: UnitOfWork, closed: str, successor: str) -> None:
    """Keep in mind who took a station over; a handover that was called off names the station itself."""
    known = dict(work.setting(_SETTING, {}))
    if successor == closed:
        known.pop(closed, None)
    else:
        known[closed] = successor
    work.set_setting(_SETTING, known)


def successor(reader: Reader, station: str) -> StationId | None:
    """Who took a station over, None where nobody did."""
    found = reader.setting(_SETTING, {}).get(station)
    return StationId(found) if found else None


def carries_on(reader: Reader, station: str, sender: str) -> bool:
    """Whether ``sender`` is the station itself, or took it over, directly or through others."""
    known = reader.setting(_SETTING, {})
    seen: set[str] = set()
    while station != sender:
        if station in seen or station not in known:
            return False
        seen.add(station)
        station = known[station]
    return True
