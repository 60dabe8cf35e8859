"""Sticks and cards as the operating system knows them."""

import sys
import unicodedata
from typing import Protocol

from jiandang_desktop.ports.medium import Drive

LONGEST_NAME = 32


class Drives(Protocol):
    """The removable drives of a computer."""

    def plugged_in(self) -> list[Drive]:
        """Those that are there now."""
        ...

    def eject(self, drive: Drive) -> None:
        """Flush, unmount, release; Problems MEDIUM_BUSY, MEDIUM_NOT_EJECTED."""
        ...


def drives_of_this_computer() -> Drives:
    """The real ones."""
    if sys.platform == "win32":
        from jiandang_desktop.devices.windows_drives import Kernel32, WindowsDrives

        return WindowsDrives(Kernel32())
    from jiandang_desktop.devices.linux_drives import LinuxDrives

    return LinuxDrives()


def shown_name(label: str, instead: str) -> str:
    """A label as it may be shown: whatever somebody wrote on a stick, in one short line."""
    plain = "".join(char for char in label if unicodedata.category(char)[0] not in "CZ" or char == " ").strip()
    return plain[:LONGEST_NAME] or instead
