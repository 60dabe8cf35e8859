"""One program per vault: an operating system's lock on a file, which a crash frees."""

import os
import sys
from pathlib import Path

from jiandang_desktop.domain.problems import Problem

_NAME = "vault.lock"


class FolderLock:
    """Held while a vault is open."""

    def __init__(self, folder: Path) -> None:
        """Take the lock (VAULT_IN_USE; OSError where the folder can't be written)."""
        self._handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            raise Problem("VAULT_IN_USE") from error

    def release(self) -> None:
        """Give the lock back; the file stays, because removing it would race with another program."""
        os.close(self._handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
