"""``python -m benchmarks.township``: finding and listing in a township's vault of 100,000 residents.

The residents and their visits are appended as revisions, without registering each: what is measured is reading.
``--residents N``.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.people import people

PASSWORD = "xiangcun-2026-bench"
BATCH = 2000
BARS = {
    "first list": 2.0,
    "two characters": 0.1,
    "initials": 0.1,
    "whole number": 0.005,
    "last six digits": 0.02,
    "worklist": 1.0,
    "worklist of a past day": 1.0,
    "worklist of a village": 1.0,
}
"""Processor seconds at 100,000 residents."""
VISITS = ("2026-02-10", "2026-05-08", "2026-08-20")
"""Follow-ups of every fourth resident."""
MEMORY = 300.0
"""MiB that this process may take at most."""


def main() -> int:
    """Build, measure, print; 1 if a bar is passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.township", description=__doc__)
    parser.add_argument("--residents", type=int, default=100_000)
    count = parser.parse_args().residents
    with tempfile.TemporaryDirectory() as scratch:
        started = time.process_time()
        desk, some = _build(Path(scratch) / "township", count)
        print(f"{count:,} residents built in {time.process_time() - started:.0f} s")
        return _measure(desk, Path(scratch) / "township", some)


def _build(folder: Path, count: int) -> tuple[Any, list[Any]]:
    from jiandang_desktop.bootstrap import make_workbench
    from jiandang_desktop.domain.records import FormId, RecordId, SubjectId, new_id
    from jiandang_desktop.services.stations import NewStation, create_station

    place = NewStation("township", "示范镇卫生院", "152527201", "陈大夫", PASSWORD)
    desk = create_station(make_workbench(), folder, place).desk
    form = desk.forms.current(FormId("resident"))
    some, number, waiting = [], 0, []
    for person in people(count):
        waiting.append(person)
        if person is not None and len(waiting) < BATCH:
            continue
        number = _append(desk, form, waiting, number, SubjectId, RecordId, FormId, new_id)
        some.append(waiting[-1])
        waiting = []
    if waiting:
        _append(desk, form, waiting, number, SubjectId, RecordId, FormId, new_id)
    return desk, some


def _append(
    desk: Any, form: Any, batch: list[Any], number: int, subject: Any, record: Any, form_id: Any, new_id: Any
) -> int:
    with desk.vault.work("fill") as work:
        for person in batch:
            number += 1
            resident = new_id()
            answers = {
                "name": person.name,
                "sex": person.sex,
                "birth_date": person.birth_date,
                "id_type": "01",
                "id_no": person.id_no,
                "phone": person.phone,
                "record_code": f"152527201{number // 10_000 + 201:03}{number % 100_000:05}",
                "relation_to_head": "02",
                "status": "1",
                "household_id": f"{person.household:032x}",
                "village_group": str(person.household % 30),
                "current_address": f"{person.household % 30}-{person.household}",
                "filing_date": "2022-03-01",
            }
            revision = desk.revision(
                form,
                record_id=record(resident),
                subject_id=subject(resident),
                parents=(),
                answers=answers,
                complete=True,
            )
            work.add_own_revision(revision, stream=desk.station.up_stream)
            for day in VISITS if number % 4 == 0 else ():
                visit = desk.revision(
                    desk.forms.current(form_id("hypertension_followup")),
                    record_id=record(new_id()),
                    subject_id=subject(resident),
                    parents=(),
                    answers={"visit_date": day, "visit_classification": "1", "visit_method": "2"},
                    complete=True,
                )
                work.add_own_revision(visit, stream=desk.station.up_stream)
        work.commit()
    return number


def _measure(desk: Any, folder: Path, some: list[Any]) -> int:
    from jiandang_desktop.services import due, search, sign_in

    def unlock() -> None:
        nonlocal desk
        sign_in.lock(desk)
        desk = sign_in.sign_in(desk.bench, folder, "陈大夫", PASSWORD)
        search.find(desk, "", limit=200)

    def find(texts: list[str]) -> Callable[[], None]:
        return lambda: [search.find(desk, text) for text in texts] and None

    def worklist(day: str | None = None, **where: Any) -> Callable[[], None]:
        return lambda: due.worklist(desk, day, due.DueFilter(**where)) and None

    sounds = desk.bench.pinyin
    work = {
        "first list": (unlock, 1),
        "two characters": (find([person.name[:2] for person in some]), len(some)),
        "initials": (find([sounds.initials(person.name)[0] for person in some]), len(some)),
        "whole number": (find([person.id_no for person in some]), len(some)),
        "last six digits": (find([person.id_no[-6:] for person in some]), len(some)),
        "worklist": (worklist(), 1),
        "worklist of a past day": (worklist("2024-06-15"), 1),
        "worklist of a village": (worklist(village_group="7"), 1),
    }
    over = False
    for name, (act, times) in work.items():
        taken = statistics.median(_timed(act) for _ in range(3)) / times
        over |= taken > BARS[name]
        print(f"{name:18}{taken * 1000:10.2f} ms{BARS[name] * 1000:10.0f} ms{'  OVER' if taken > BARS[name] else ''}")
    memory = int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
    print(f"{'memory':18}{memory:10.0f} MiB{MEMORY:10.0f} MiB{'  OVER' if memory > MEMORY else ''}")
    return 1 if over or memory > MEMORY else 0


def _timed(act: Callable[[], None]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
