"""Two stations whose folders can be copied, put back and opened on a second computer."""

import shutil
from pathlib import Path

from jiandang_desktop.services import sign_in
from jiandang_desktop.services.desk import Desk

from .conftest import PASSWORD


def reopen(desk: Desk, folder: Path | None = None) -> Desk:
    """Close a station's vault and open it again, or the copy of it in ``folder``."""
    here = desk.vault.folder
    sign_in.lock(desk)
    return sign_in.sign_in(desk.bench, folder or here, "王秀兰", PASSWORD)


def copy_of(desk: Desk, target: Path) -> Desk:
    """Copy a station's folder while it is closed, as a backup would; the station goes on."""
    here = desk.vault.folder
    sign_in.lock(desk)
    shutil.copytree(here, target)
    return sign_in.sign_in(desk.bench, here, "王秀兰", PASSWORD)


def put_back(desk: Desk, backup: Path) -> Desk:
    """Put an older copy of a station's folder in its place."""
    here = desk.vault.folder
    sign_in.lock(desk)
    shutil.rmtree(here)
    shutil.copytree(backup, here)
    return sign_in.sign_in(desk.bench, here, "王秀兰", PASSWORD)
