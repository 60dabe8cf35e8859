"""``dev.py bench --folders``: 100 household folders in one job, in pages per second and memory.

Beside it as many pages by reportlab alone. Pages per second of processor time; memory is what is resident.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import floor
from benchmarks.ours import DOCTOR, PASSWORD

HOUSEHOLDS = 100
SETTLED = 20
"""Households after which fonts and words are loaded and nothing more should grow."""
BAR = 30.0
"""MiB that the other households may take."""


def main() -> int:
    """Measure and print; 1 if memory grows beyond the bar."""
    with tempfile.TemporaryDirectory() as scratch:
        return _measure(Path(scratch))


def _measure(folder: Path) -> int:
    from jiandang_desktop.bootstrap import make_workbench
    from jiandang_desktop.services import prints
    from jiandang_desktop.services.stations import NewStation, create_station

    new = NewStation("village", "示范村卫生室", "152527201203", DOCTOR, PASSWORD)
    desk = create_station(make_workbench(), folder / "village", new).desk
    households = _register(desk)
    resident = {}
    before = time.process_time()
    job = prints.print_households(
        desk, households, prints.Mode.ALL, lambda done, _total: resident.update({done: _resident()})
    )
    spent = time.process_time() - before
    after = _resident()
    before = time.process_time()
    floor.pdf(job.pages)
    bare = time.process_time() - before
    growth = resident[HOUSEHOLDS] - resident[SETTLED]
    print(f"{HOUSEHOLDS} household folders in one job: {job.pages:,} pages, {len(job.pdf) / 1e6:.1f} MB")
    print(f"pages per second: ours {job.pages / spent:.0f}, reportlab alone {job.pages / bare:.0f}")
    print(
        f"resident after {SETTLED} households {resident[SETTLED]:.0f} MiB, after all {resident[HOUSEHOLDS]:.0f} MiB"
        f" (growth {growth:.0f}, bar {BAR:.0f}), with the finished document {after:.0f} MiB"
    )
    return int(growth > BAR)


def _register(desk: Any) -> list[Any]:
    from jiandang_desktop.demo.people import Village
    from jiandang_desktop.demo.records import records_for
    from jiandang_desktop.services import registration
    from jiandang_desktop.services.registration import NewMember

    generated = Village.load(desk.bench.resources, 1, desk.bench.clock.today())
    made = []
    for family in generated.generate(HOUSEHOLDS * 10):
        members = []
        for person in family.members:
            papers = records_for(person, generated.words, generated.today)
            members.append(NewMember(person.answers, [(paper.form_id, paper.answers) for paper in papers]))
        made.append(registration.register_household(desk, family.answers, members).household_id)
        if len(made) == HOUSEHOLDS:
            break
    return made


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
