"""The stick that is meant where nobody named a folder."""

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
