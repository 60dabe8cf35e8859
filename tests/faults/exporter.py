"""Exports once onto a folder that acts as a stick and says what came of it; run to be refused or killed.

Arguments: vault folder, stick folder.
"""

import sys
from pathlib import Path

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive
from jiandang_desktop.services import sign_in, submission


class OneStick:
    """The stick that is always there."""

    def __init__(self, drive: Drive) -> None:
        self.drive = drive

    def plugged_in(self) -> list[Drive]:
        return [self.drive]

    def eject(self, drive: Drive) -> None:
        raise NotImplementedError


def main(vault: Path, stick: Path) -> None:
    drive = Drive("STICK", stick, 8_000_000_000, "A001-0001")
    bench = make_workbench(medium=FileMedium(OneStick(drive)))
    desk = sign_in.sign_in(bench, vault, "王秀兰", "correct horse")
    try:
        print("exported", submission.export(desk, drive).path.name)
    except Problem as problem:
        print(problem.code)
    sign_in.lock(desk)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
