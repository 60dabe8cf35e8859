"""The one writer and reader of files outside the vault.

Order of a write: temporary name beside the target, flush to the device, read back and compare, rename, flush the
folder. A stick pulled at any moment leaves either the whole file or a ``.part`` that nobody takes for a bundle.
"""

import contextlib
import errno
import os
import shutil
import stat
import sys
from pathlib import Path

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class FileMedium:
    """Files on disks and sticks of this computer."""

    def drives(self) -> list[Drive]:
        """Removable drives with their free bytes; empty where none is plugged in."""
        found = []
        for path in _removable_roots():
            with contextlib.suppress(OSError):
                found.append(Drive(path.name or str(path), path, shutil.disk_usage(path).free))
        return found

    def write_file(self, folder: Path, name: str, data: bytes) -> Path:
        """See ``ports.medium.Medium.write_file``."""
        try:
            if not folder.is_dir():
                raise Problem("MEDIUM_MISSING", folder=folder)
            target = _free_name(folder, name, data)
            if target.exists():
                return target
            free = shutil.disk_usage(folder).free
            if free < len(data) + 65536:
                raise Problem("MEDIUM_FULL", need=_megabytes(len(data)), free=_megabytes(free))
            _write_checked(target, data)
        except OSError as error:
            raise _problem(error, folder) from error
        return target

    def read_file(self, path: Path, limit: int) -> bytes:
        """See ``ports.medium.Medium.read_file``."""
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise Problem("FILE_NOT_REGULAR", file=path.name)
            if facts.st_size > limit:
                raise Problem("FILE_TOO_LARGE", file=path.name, limit=_megabytes(limit))
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except FileNotFoundError as error:
            raise Problem("FILE_MISSING", file=path.name) from error
        except OSError as error:
            raise _problem(error, path.parent) from error
        if len(data) > limit:
            raise Problem("FILE_TOO_LARGE", file=path.name, limit=_megabytes(limit))
        return data

    def list_files(self, folder: Path, suffix: str, limit: int = 10_000) -> list[Path]:
        """See ``ports.medium.Medium.list_files``."""
        found: list[Path] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.lower().endswith(suffix) and entry.is_file(follow_symlinks=False):
                        found.append(Path(entry.path))
                    if len(found) >= limit:
                        break
        except FileNotFoundError as error:
            raise Problem("MEDIUM_MISSING", folder=folder) from error
        except OSError as error:
            raise _problem(error, folder) from error
        return sorted(found)


def _free_name(folder: Path, name: str, data: bytes) -> Path:
    """``name``, or ``name`` with a number where another file has it already."""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 1000):
        target = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        if not os.path.lexists(target):
            return target
        plain = target.is_file() and not target.is_symlink()
        if plain and target.stat().st_size == len(data) and target.read_bytes() == data:
            return target
    raise Problem("MEDIUM_NAME_TAKEN", file=name)


def _write_checked(target: Path, data: bytes) -> None:
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if part.read_bytes() != data:
            raise Problem("MEDIUM_DIFFERS", file=target.name)
        part.replace(target)
        _sync_folder(target.parent)
        if target.read_bytes() != data:
            raise Problem("MEDIUM_DIFFERS", file=target.name)
    except BaseException:
        # What is half written must not stay and look like something; a pulled stick can't be tidied.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Some file systems of sticks can't flush a folder; the read-back after it still decides.
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def _problem(error: OSError, folder: Path) -> Problem:
    if error.errno in _FULL:
        return Problem("MEDIUM_FULL", need="?", free="0")
    if error.errno in _READ_ONLY:
        return Problem("MEDIUM_READ_ONLY", folder=folder)
    return Problem("MEDIUM_VANISHED", folder=folder)


def _megabytes(size: int) -> str:
    return f"{max(size / 1e6, 0.1):.1f}"


def _removable_roots() -> list[Path]:
    if sys.platform == "win32":
        import ctypes
        import string

        drive_type = ctypes.windll.kernel32.GetDriveTypeW
        removable = 2
        letters = [f"{letter}:\\" for letter in string.ascii_uppercase]
        return [Path(root) for root in letters if drive_type(root) == removable]
    user = os.environ.get("USER", "root")
    roots = [Path("/media") / user, Path("/run/media") / user]
    return [drive for root in roots if root.is_dir() for drive in sorted(root.iterdir()) if drive.is_mount()]
