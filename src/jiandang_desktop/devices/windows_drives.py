"""Sticks on Windows: drive letters of the removable kind and of disks on USB."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jiandang_desktop.devices.drives import shown_name
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive, DriveState

REMOVABLE, FIXED = 2, 3
UNKNOWN_FORMAT = 1005
"""ERROR_UNRECOGNIZED_VOLUME: something is in it that Windows can't open. A reader without a card says 21 instead."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What Windows says of a drive letter; ``error`` 0 where it could be opened."""

    label: str = ""
    serial: int = 0
    read_only: bool = False
    free: int = 0
    error: int = 0


class Windows(Protocol):
    """The few calls that are needed."""

    def roots(self) -> list[str]:
        """Drive letters in use."""
        ...

    def drive_type(self, root: str) -> int:
        """GetDriveType."""
        ...

    def on_usb(self, root: str) -> bool:
        """Whether a fixed disk hangs on USB."""
        ...

    def volume(self, root: str) -> Volume:
        """GetVolumeInformation and the free bytes."""
        ...

    def eject(self, root: str) -> str:
        """Flush, lock, dismount, release; '' when all of it went well, else the step that didn't."""
        ...


class WindowsDrives:
    """Drive letters as drives."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows

    def plugged_in(self) -> list[Drive]:
        """See ``Drives.plugged_in``."""
        found = []
        for root in self._windows.roots():
            kind = self._windows.drive_type(root)
            if kind == REMOVABLE or (kind == FIXED and self._windows.on_usb(root)):
                drive = _drive(root, self._windows.volume(root))
                if drive is not None:
                    found.append(drive)
        return found

    def eject(self, drive: Drive) -> None:
        """See ``Drives.eject``."""
        failed = self._windows.eject(str(drive.path))
        if failed == "lock":
            raise Problem("MEDIUM_BUSY", name=drive.name)
        if failed:
            raise Problem("MEDIUM_NOT_EJECTED", name=drive.name)


def _drive(root: str, volume: Volume) -> Drive | None:
    letter = root[:2]
    if volume.error == UNKNOWN_FORMAT:
        return Drive(letter, Path(root), 0, f"unopened {letter}", DriveState.UNREADABLE)
    if volume.error:
        return None  # a reader without a card
    name = f"{shown_name(volume.label, '')} {letter}".strip()
    state = DriveState.READ_ONLY if volume.read_only else DriveState.READY
    return Drive(name, Path(root), volume.free, f"{volume.serial:08X}", state)


if sys.platform == "win32":
    import ctypes
    import string
    from ctypes import wintypes

    _READ_ONLY_VOLUME = 0x80000
    _READ_WRITE = 0xC0000000
    _SHARED = 3
    _OPEN_EXISTING = 3
    _LOCK, _DISMOUNT, _ALLOW, _EJECT = 0x90018, 0x90020, 0x2D4804, 0x2D4808
    _QUERY_PROPERTY, _USB = 0x2D1400, 7
    _NO_DIALOGS = 1

    class Kernel32:
        """The real calls. Windows shows no dialog of its own about an empty reader meanwhile."""

        def __init__(self) -> None:
            self._dll = ctypes.WinDLL("kernel32", use_last_error=True)
            self._dll.CreateFileW.restype = wintypes.HANDLE
            self._dll.CreateFileW.argtypes = [
                wintypes.LPCWSTR,
                wintypes.DWORD,
                wintypes.DWORD,
                wintypes.LPVOID,
                wintypes.DWORD,
                wintypes.DWORD,
                wintypes.HANDLE,
            ]
            self._dll.DeviceIoControl.argtypes = [
                wintypes.HANDLE,
                wintypes.DWORD,
                wintypes.LPVOID,
                wintypes.DWORD,
                wintypes.LPVOID,
                wintypes.DWORD,
                ctypes.POINTER(wintypes.DWORD),
                wintypes.LPVOID,
            ]
            for name in ("CloseHandle", "FlushFileBuffers"):
                getattr(self._dll, name).argtypes = [wintypes.HANDLE]
            self._dll.SetThreadErrorMode(_NO_DIALOGS, None)

        def roots(self) -> list[str]:
            """Drive letters in use."""
            mask = self._dll.GetLogicalDrives()
            return [f"{letter}:\\" for bit, letter in enumerate(string.ascii_uppercase) if mask >> bit & 1]

        def drive_type(self, root: str) -> int:
            """GetDriveType."""
            return int(self._dll.GetDriveTypeW(root))

        def volume(self, root: str) -> Volume:
            """GetVolumeInformation and the free bytes."""
            self._dll.SetThreadErrorMode(_NO_DIALOGS, None)
            label = ctypes.create_unicode_buffer(261)
            serial, flags, free = wintypes.DWORD(), wintypes.DWORD(), ctypes.c_ulonglong()
            known = self._dll.GetVolumeInformationW(
                root, label, 261, ctypes.byref(serial), None, ctypes.byref(flags), None, 0
            )
            if not known:
                return Volume(error=ctypes.get_last_error() or 1)
            if not self._dll.GetDiskFreeSpaceExW(root, ctypes.byref(free), None, None):
                return Volume(error=ctypes.get_last_error() or 1)
            return Volume(label.value, serial.value, bool(flags.value & _READ_ONLY_VOLUME), free.value)

        def on_usb(self, root: str) -> bool:
            """Whether a fixed disk hangs on USB (STORAGE_DEVICE_DESCRIPTOR.BusType)."""
            handle = self._open(root, 0)
            if handle is None:
                return False
            try:
                query = (wintypes.DWORD * 3)(0, 0, 0)
                answer = (ctypes.c_ubyte * 1024)()
                told = self._control(handle, _QUERY_PROPERTY, query, answer)
                return told and int.from_bytes(bytes(answer[28:32]), "little") == _USB
            finally:
                self._dll.CloseHandle(handle)

        def eject(self, root: str) -> str:
            """See ``Windows.eject``."""
            handle = self._open(root, _READ_WRITE)
            if handle is None:
                return "open"
            try:
                # Only administrators may flush a whole volume; locking it flushes as well.
                self._dll.FlushFileBuffers(handle)
                for step, code in (("lock", _LOCK), ("dismount", _DISMOUNT)):
                    if not self._control(handle, code):
                        return step
                allow = ctypes.c_ubyte(0)
                self._control(handle, _ALLOW, allow)
                # A disk on USB can't be pushed out by a program; dismounted it is safe all the same.
                self._control(handle, _EJECT)
                return ""
            finally:
                self._dll.CloseHandle(handle)

        def _open(self, root: str, access: int) -> int | None:
            handle = self._dll.CreateFileW(rf"\\.\{root[:2]}", access, _SHARED, None, _OPEN_EXISTING, 0, None)
            return None if handle in (None, wintypes.HANDLE(-1).value) else int(handle)

        def _control(
            self, handle: int, code: int, given: "ctypes._CData | None" = None, answer: "ctypes._CData | None" = None
        ) -> bool:
            returned = wintypes.DWORD()
            sizes = [ctypes.sizeof(buffer) if buffer is not None else 0 for buffer in (given, answer)]
            pointers = [ctypes.byref(buffer) if buffer is not None else None for buffer in (given, answer)]
            return bool(
                self._dll.DeviceIoControl(
                    handle, code, pointers[0], sizes[0], pointers[1], sizes[1], ctypes.byref(returned), None
                )
            )
