"""Sticks on Linux: what the kernel says is mounted from a removable device, and what hangs there unmounted."""

import contextlib
import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jiandang_desktop.devices.drives import shown_name
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive, DriveState

_DISCS = {"iso9660", "udf", "squashfs"}
_SYSTEM = {"/", "/boot", "/boot/efi", "/efi", "/home", "/usr", "/var", "/opt", "/srv", "/root"}
_BY_PEOPLE = ("/media/", "/run/media/")
_PATIENCE = 60
"""Seconds for a slow stick to take what the system still holds."""


@dataclass(frozen=True, slots=True)
class _Mount:
    device: str
    path: Path
    kind: str
    options: frozenset[str]


class LinuxDrives:
    """``root`` is where ``proc``, ``sys`` and ``dev`` are looked for; another one in tests."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._mounts = root / "proc/self/mounts"
        self._blocks = root / "sys/class/block"
        self._by_uuid = root / "dev/disk/by-uuid"
        self._by_label = root / "dev/disk/by-label"

    def plugged_in(self) -> list[Drive]:
        """See ``Drives.plugged_in``."""
        mounts = list(self._mounted())
        found: dict[str, Drive] = {}
        for mount in mounts:
            if mount.device not in found and self._is_stick(mount):
                with contextlib.suppress(OSError):
                    found[mount.device] = self._drive(mount)
        used = {Path(mount.device).name for mount in mounts}
        unopened = (
            Drive(name, Path("/dev", name), 0, f"unopened {name}", DriveState.UNREADABLE)
            for name in self._removable_blocks()
            if not any(device.startswith(name) for device in used)
        )
        return sorted([*found.values(), *unopened], key=lambda drive: (drive.name, str(drive.path)))

    def eject(self, drive: Drive) -> None:
        """See ``Drives.eject``."""
        device = self._device_at(drive.path)
        if not device:
            raise Problem("MEDIUM_NOT_EJECTED", name=drive.name)
        _flush(drive)
        said = ""
        for command in _unmounting(device, drive.path):
            done = _run(command)
            said += done
            if not self._device_at(drive.path):
                _power_off(device)
                return
        if "busy" in said:
            raise Problem("MEDIUM_BUSY", name=drive.name)
        raise Problem("MEDIUM_NOT_EJECTED", name=drive.name)

    def _mounted(self) -> Iterator[_Mount]:
        for line in self._mounts.read_bytes().splitlines():
            device, path, kind, options = (_unescaped(field) for field in line.split(b" ")[:4])
            if device.startswith("/dev/"):
                yield _Mount(device, Path(path), kind, frozenset(options.split(",")))

    def _device_at(self, path: Path) -> str:
        return next((mount.device for mount in self._mounted() if mount.path == path), "")

    def _is_stick(self, mount: _Mount) -> bool:
        path = str(mount.path)
        if mount.kind in _DISCS or path in _SYSTEM:
            return False
        return path.startswith(_BY_PEOPLE) or self._removable(Path(mount.device).name)

    def _removable(self, name: str) -> bool:
        """Whether the device, or the disk that it is a partition of, can be taken out."""
        device = (self._blocks / name).resolve()
        if "/usb" in str(device):
            return True
        for place in (device / "removable", device.parent / "removable"):
            with contextlib.suppress(OSError):
                return place.read_bytes().strip() == b"1"
        return False

    def _removable_blocks(self) -> list[str]:
        """Whole devices that can be taken out and have something in them; discs are none."""
        found = []
        with contextlib.suppress(OSError):
            for entry in self._blocks.iterdir():
                with contextlib.suppress(OSError):
                    inside = (entry / "size").read_bytes().strip() != b"0"
                    whole = not (entry / "partition").exists()
                    disc = entry.name.startswith(("sr", "loop", "ram", "fd", "zram"))
                    if inside and whole and not disc and self._removable(entry.name):
                        found.append(entry.name)
        return sorted(found)

    def _drive(self, mount: _Mount) -> Drive:
        room = os.statvfs(mount.path)
        label = _link_to(self._by_label, mount.device) or mount.path.name
        read_only = "ro" in mount.options or bool(room.f_flag & os.ST_RDONLY)
        return Drive(
            shown_name(label, Path(mount.device).name),
            mount.path,
            room.f_bavail * room.f_frsize,
            # Without udev the size must do: it is about a mistaken hand, not about an enemy.
            _link_to(self._by_uuid, mount.device) or f"{mount.device} {room.f_blocks}",
            DriveState.READ_ONLY if read_only else DriveState.READY,
        )


def _link_to(folder: Path, device: str) -> str:
    """The name in ``folder`` that points to ``device``, as udev wrote it; '' where there is none."""
    with contextlib.suppress(OSError):
        for link in folder.iterdir():
            if link.resolve().name == Path(device).name:
                name = re.sub(
                    rb"\\x([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), os.fsencode(link.name)
                )
                return name.decode("utf-8", "replace")
    return ""


def _unescaped(field: bytes) -> str:
    return os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), field))


def _flush(drive: Drive) -> None:
    try:
        handle = os.open(drive.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            failed = ctypes.CDLL(None, use_errno=True).syncfs(handle) != 0
        finally:
            os.close(handle)
    except OSError as error:
        raise Problem("MEDIUM_VANISHED", folder=drive.name) from error
    if failed:
        raise Problem("MEDIUM_NOT_EJECTED", name=drive.name)


def _unmounting(device: str, path: Path) -> Iterator[list[str]]:
    """The ways to unmount, the one for people without special rights first."""
    if shutil.which("udisksctl"):
        yield ["udisksctl", "unmount", "--no-user-interaction", "-b", device]
    if shutil.which("umount"):
        yield ["umount", "--", str(path)]


def _power_off(device: str) -> None:
    """As a courtesy, so that the light goes out; what is unmounted is safe without it."""
    if shutil.which("udisksctl"):
        _run(["udisksctl", "power-off", "--no-user-interaction", "-b", device])


def _run(command: list[str]) -> str:
    """What a system's tool says; never anything from a stick."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands, the device and folder as the kernel names them
            command,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            cwd="/",
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stderr.decode("utf-8", "replace").lower()
