"""The one writer and reader of files outside the vault.

Order of a write: temporary name beside the target, flush to the device, read back from the device and compare, rename,
flush the folder, read back again. A stick pulled at any moment leaves the whole file, or a ``.jd-part`` that nobody
takes for a bundle.
"""

import contextlib
import errno
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jiandang_desktop.devices.drives import Drives, drives_of_this_computer
from jiandang_desktop.devices.listing import find_files
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import OUR_FOLDER, Drive, DriveState, Listing, Place

PART = ".jd-part"
"""Ends the name of a file that isn't whole yet; no other program's ending, so a left-over one is ours to remove."""
_SPARE = 65536
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_HELD_BY_OTHERS = {5, 32, 33}
"""Windows: a scanner or another program has the file open."""
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_REPARSE_POINT = 0x400


class FileMedium:
    """Files on disks and sticks of this computer; ``pauses`` before another try at a file that is held (seconds)."""

    def __init__(self, drives: Drives | None = None, pauses: Sequence[float] = _PAUSES) -> None:
        self._drives = drives or drives_of_this_computer()
        self._pauses = pauses

    def drives(self) -> list[Drive]:
        """See ``ports.medium.Medium.drives``."""
        return self._drives.plugged_in()

    def write_file(self, place: Place, name: str, data: bytes) -> Path:
        """See ``ports.medium.Medium.write_file``."""
        folder = place if isinstance(place, Path) else place.path
        try:
            if isinstance(place, Drive):
                self._still_there(place, to_write=True)
            if not folder.is_dir():
                raise Problem("MEDIUM_MISSING", folder=folder)
            free = shutil.disk_usage(folder).free
            if isinstance(place, Drive):
                folder = _our_folder(place, free, len(data))
            target = _free_name(folder, name, data)
            if target.exists():
                return target
            if free < len(data) + _SPARE:
                raise _too_little(len(data), free)
            self._write_checked(target, data)
            if isinstance(place, Drive):
                self._still_there(place)
        except OSError as error:
            problem = _problem(error, folder, len(data))
            if problem.code == "MEDIUM_VANISHED" and isinstance(place, Drive):
                self._still_there(place)
                problem = Problem("MEDIUM_DAMAGED", name=place.name)  # it is there, and yet it can't be written to
            raise problem from error
        return target

    def eject(self, drive: Drive) -> None:
        """See ``ports.medium.Medium.eject``."""
        self._still_there(drive)
        self._drives.eject(drive)

    def read_file(self, path: Path, limit: int) -> bytes:
        """See ``ports.medium.Medium.read_file``."""
        data = self._read(path, limit + 1, limit)
        if len(data) > limit:
            raise Problem("FILE_TOO_LARGE", file=path.name, limit=_megabytes(limit))
        return data

    def read_start(self, path: Path, size: int) -> bytes:
        """See ``ports.medium.Medium.read_start``."""
        return self._read(path, size, None)

    def find_files(self, folder: Path, suffix: str, largest: int) -> Listing:
        """See ``ports.medium.Medium.find_files``."""
        return find_files(folder, suffix, largest)

    def _read(self, path: Path, size: int, limit: int | None) -> bytes:
        try:
            _regular(path.stat(), path, limit)
            # A pipe that took the file's place meanwhile must not hold us up either.
            with os.fdopen(os.open(path, os.O_RDONLY | _NO_WAIT), "rb") as file:
                _regular(os.fstat(file.fileno()), path, limit)
                return file.read(size)
        except FileNotFoundError as error:
            raise Problem("FILE_MISSING", file=path.name) from error
        except OSError as error:
            raise _problem(error, path.parent) from error

    def _still_there(self, wanted: Drive, *, to_write: bool = False) -> None:
        """Refuse where the stick that was chosen isn't the one in that place any more."""
        now = next((drive for drive in self._drives.plugged_in() if drive.path == wanted.path), None)
        if now is None:
            raise Problem("MEDIUM_GONE", name=wanted.name)
        if now.volume != wanted.volume:
            raise Problem("MEDIUM_CHANGED", name=wanted.name, now=now.name)
        if now.state is DriveState.UNREADABLE:
            raise Problem("MEDIUM_UNREADABLE", name=now.name)
        if to_write and now.state is DriveState.READ_ONLY:
            raise Problem("MEDIUM_READ_ONLY", folder=now.name)

    def _write_checked(self, target: Path, data: bytes) -> None:
        part = target.with_name(target.name + PART)
        named = False
        try:
            _write_part(part, data)
            _compare(part, data, target.name)
            self._patiently(lambda: _rename(part, target), target.name)
            named = True
            _sync_folder(target.parent)
            _compare(target, data, target.name)
        except BaseException:
            # What isn't as it should be must not stay and look like something; a pulled stick can't be tidied.
            for mine in (part, target) if named else (part,):
                with contextlib.suppress(OSError):
                    mine.unlink(missing_ok=True)
            raise

    def _patiently(self, action: Callable[[], None], name: str) -> None:
        """Do it again a few times while a virus scanner holds the file."""
        for pause in (*self._pauses, None):
            try:
                action()
            except OSError as error:
                if getattr(error, "winerror", None) not in _HELD_BY_OTHERS:
                    raise
                if pause is None:
                    raise Problem("MEDIUM_IN_USE", file=name) from error
                time.sleep(pause)
            else:
                return


def _our_folder(drive: Drive, free: int, size: int) -> Path:
    """The folder of ours on a stick, made where it isn't yet; never through a link that somebody put there."""
    folder = drive.path / OUR_FOLDER
    if not os.path.lexists(folder):
        if free < size + _SPARE:
            raise _too_little(size, free)
        folder.mkdir()
        _sync_folder(drive.path)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or getattr(facts, "st_file_attributes", 0) & _REPARSE_POINT:
        raise Problem("MEDIUM_FOLDER_TAKEN", folder=OUR_FOLDER, name=drive.name)
    return folder


def _free_name(folder: Path, name: str, data: bytes) -> Path:
    """``name``, or ``name`` with a number where another file has it already."""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 1000):
        target = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        if not os.path.lexists(target):
            part = target.with_name(target.name + PART)
            if not os.path.lexists(part) or _plain(part):
                return target
        elif _plain(target) and target.stat().st_size == len(data) and target.read_bytes() == data:
            return target
    raise Problem("MEDIUM_NAME_TAKEN", file=name)


def _plain(path: Path) -> bool:
    """A file, and no link to one."""
    return stat.S_ISREG(path.lstat().st_mode)


def _write_part(part: Path, data: bytes) -> None:
    part.unlink(missing_ok=True)  # left over from a stick that was pulled out
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _compare(path: Path, data: bytes, name: str) -> None:
    """Read back from the device, as far as the system lets us past its memory of what we wrote."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        same = file.read(len(data) + 1) == data
    if not same:
        raise Problem("MEDIUM_DIFFERS", file=name)


def _rename(part: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise Problem("MEDIUM_NAME_TAKEN", file=target.name)
    part.rename(target)


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


def _regular(facts: os.stat_result, path: Path, limit: int | None) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Problem("FILE_NOT_REGULAR", file=path.name)
    if limit is not None and facts.st_size > limit:
        raise Problem("FILE_TOO_LARGE", file=path.name, limit=_megabytes(limit))


def _problem(error: OSError, folder: Path, size: int = 0) -> Problem:
    if error.errno in _FULL:
        with contextlib.suppress(OSError):
            return _too_little(size, shutil.disk_usage(folder).free)
    if error.errno in _READ_ONLY:
        return Problem("MEDIUM_READ_ONLY", folder=folder)
    return Problem("MEDIUM_VANISHED", folder=folder)


def _too_little(size: int, free: int) -> Problem:
    """Rounded so that the figures never contradict the refusal."""
    return Problem("MEDIUM_FULL", need=_megabytes(size + _SPARE), free=f"{free // 100_000 / 10:.1f}")


def _megabytes(size: int) -> str:
    """Rounded up."""
    return f"{-(-size // 100_000) / 10:.1f}"
