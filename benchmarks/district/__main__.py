"""``python -m benchmarks.district``: 30 villages of 3,000 residents over 12 months, taken in at their township.

--villages N  --residents N  --months N    a smaller district
--keep FOLDER    keep the stations and bundles there; where they are there already, only take them in again
--window    afterwards take one more village's first bundle in at the real window and time its event loop
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.district import report, township
from benchmarks.district.bare import Bare
from benchmarks.district.processes import Helper
from benchmarks.district.township import Township
from benchmarks.district.villages import Villages
from benchmarks.district.year import DAYS

_MADE = "made.txt"
"""Says of a kept folder what is in it, once all of it is."""
_ORDER = "order.txt"
"""Names a stick's bundles in the order in which the villages come."""


def main(words: Sequence[str] | None = None) -> int:
    """Make the district, take everything in, print; 1 if a bar is passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.district", description=__doc__.splitlines()[0])
    parser.add_argument("--villages", type=int, default=30)
    parser.add_argument("--residents", type=int, default=3000)
    parser.add_argument("--months", type=int, default=len(DAYS))
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--window", action="store_true")
    chosen = parser.parse_args(words)
    size = (chosen.villages, chosen.residents, chosen.months)
    if chosen.keep is None:
        with tempfile.TemporaryDirectory() as scratch:
            return District(Path(scratch), *size).run(window=chosen.window)
    return District(chosen.keep, *size).run(window=chosen.window)


class District:
    """A folder with the stations, and a stick for each month."""

    def __init__(self, folder: Path, villages: int, residents: int, months: int) -> None:
        self.folder = folder
        self.villages, self.residents, self.months = villages, residents, months
        self.sticks = folder / "sticks"
        self.receipts = folder / "receipts"
        self.late = self.sticks / "late"
        """The stick of one village more, which is taken in at the window."""

    def run(self, *, window: bool) -> int:
        """Everything; 1 if a bar is passed."""
        made = self._made()
        villages = None if made else self._enrolled()
        self._fresh_township()
        taking = Helper(Township, self.folder / "township")
        with tempfile.TemporaryDirectory() as scratch:
            bare = Helper(Bare, Path(scratch), taking.call("secrets"))
            months = []
            for month in range(self.months):
                if villages:
                    self._write_month(villages, month)
                months.append(self._take_month(month, taking, bare))
                if villages:
                    villages.call("apply", [row.taken.receipt for row in months[-1]])
                report.say_month(month, months[-1])
            state = taking.call("state")
            checked = taking.call("check")
            taking.call("close")
            if villages:
                report.say_villages(villages.call("counts"))
            for helper in (villages, taking, bare):
                if helper:
                    helper.end()
        (self.folder / _MADE).write_text(self._size())
        over = report.say_all(months, state, checked)
        if window:
            from benchmarks.district import window as real_window

            over |= real_window.measure(self.folder / "township", self.late)
        return int(over)

    def _enrolled(self) -> Helper:
        """Make all stations and register the villages; the township as it is then is kept."""
        enrolling, vaults = self.folder / "enrolling", self.folder / "villages"
        for folder in (enrolling, vaults, self.late):
            folder.mkdir(parents=True)
        # One village more than are taken in: its first bundle is for the window.
        villages = Helper(Villages, vaults, self.villages + 1, self.residents)
        villages.call("ask_to_enrol", enrolling)
        township.create(self.folder / "township-new", enrolling, self.villages + 1)
        villages.call("accept", enrolling)
        return villages

    def _write_month(self, villages: Helper, month: int) -> None:
        stick = self._stick(month)
        stick.mkdir()
        names = villages.call("write_month", month, stick, self.late)
        (stick / _ORDER).write_text("\n".join(names), encoding="utf-8")

    def _take_month(self, month: int, taking: Helper, bare: Helper) -> list[report.Row]:
        """Take a month's stick in, bundle by bundle."""
        stick, receipts = self._stick(month), self.receipts / f"{month + 1:02}"
        receipts.mkdir(parents=True)
        rows = []
        for name in (stick / _ORDER).read_text(encoding="utf-8").split("\n"):
            taken = taking.call("take", stick / name, month, receipts)
            rows.append(report.Row(taken, *bare.call("take", stick / name)))
        return rows

    def _stick(self, month: int) -> Path:
        return self.sticks / f"{month + 1:02}"

    def _fresh_township(self) -> None:
        """The township as it was before the first bundle."""
        shutil.rmtree(self.folder / "township", ignore_errors=True)
        shutil.rmtree(self.receipts, ignore_errors=True)
        shutil.copytree(self.folder / "township-new", self.folder / "township")

    def _made(self) -> bool:
        note = self.folder / _MADE
        if not note.exists():
            if self.folder.exists() and any(self.folder.iterdir()):
                sys.exit(f"{self.folder}: neither empty nor a whole district")
            return False
        if note.read_text() != self._size():
            sys.exit(f"{self.folder}: another district: {note.read_text()}")
        return True

    def _size(self) -> str:
        return f"{self.villages} villages, {self.residents} residents, {self.months} months"


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{(time.monotonic() - started) / 60:.0f} minutes")
    sys.exit(code)
