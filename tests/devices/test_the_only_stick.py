"""Where nobody named a folder, the one stick is meant; with none or several it is asked for (U05)."""

from dataclasses import replace
from pathlib import Path

import pytest

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive, DriveState
from jiandang_desktop.services.sticks import the_only_stick

from .sticks import FolderSticks, folder_stick


def asked(*drives: Drive) -> Drive | str:
    try:
        return the_only_stick(make_workbench(medium=FileMedium(FolderSticks(*drives))))
    except Problem as problem:
        return problem.code


@pytest.fixture
def stick(tmp_path: Path) -> Drive:
    return folder_stick(tmp_path / "stick")


def test_U05_the_right_stick_is_asked_for(stick: Drive, tmp_path: Path) -> None:
    other = folder_stick(tmp_path / "other", "OTHER", "B002-0002")
    unopened = replace(other, state=DriveState.UNREADABLE)
    assert asked() == "MEDIUM_NONE"
    assert asked(stick, other) == "MEDIUM_SEVERAL"
    assert asked(unopened) == "MEDIUM_UNREADABLE"
    assert asked(stick) == asked(stick, unopened) == stick
