"""Which stick is meant where nobody named a folder, and on which stick something was written."""

from collections.abc import Iterable
from pathlib import Path

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive, DriveState
from jiandang_desktop.services.workbench import Workbench


def the_only_stick(bench: Workbench) -> Drive:
    """The one stick that is plugged in.

    Problems: MEDIUM_NONE, MEDIUM_UNREADABLE, MEDIUM_SEVERAL: among several a person says which.
    """
    drives = bench.medium.drives()
    usable = [drive for drive in drives if drive.state is not DriveState.UNREADABLE]
    if len(usable) > 1:
        names = "、".join(f"{drive.name} ({drive.path})" for drive in usable)
        raise Problem("MEDIUM_SEVERAL", count=len(usable), names=names)
    if usable:
        return usable[0]
    if drives:
        raise Problem("MEDIUM_UNREADABLE", name=drives[0].name)
    raise Problem("MEDIUM_NONE")


def stick_of(drives: Iterable[Drive], path: Path) -> Drive | None:
    """The stick on which a file or folder lies, None where it lies on none of ``drives``."""
    where = path.resolve()
    found = [drive for drive in drives if where.is_relative_to(drive.path.resolve())]
    return max(found, key=lambda drive: len(drive.path.parts), default=None)
