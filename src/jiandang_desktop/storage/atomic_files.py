"""Small files beside the database: replaced whole or not at all."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jiandang_desktop.domain.problems import Problem

_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def replace_file(path: Path, data: bytes) -> None:
    """Write beside, flush to the device, rename, flush the folder (OSError; the old file is then untouched)."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new and renamed names in a folder durable; Windows has no such call."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def disk_problems() -> Iterator[None]:
    """Turn an operating system's refusal into a Problem (VAULT_FULL, VAULT_FOLDER_READ_ONLY, VAULT_IO)."""
    try:
        yield
    except OSError as error:
        raise disk_problem(error) from error


def disk_problem(error: OSError) -> Problem:
    """The Problem for an operating system's refusal."""
    if error.errno in _FULL:
        return Problem("VAULT_FULL")
    if error.errno in _READ_ONLY:
        return Problem("VAULT_FOLDER_READ_ONLY")
    return Problem("VAULT_IO")
