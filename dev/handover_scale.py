"""Hand a village of 3,000 residents over and compare every revision by its hash at the successor.

    PYTHONPATH=src python dev/handover_scale.py [--residents 3000] [--out FOLDER]

Generated people with their records, part of them never submitted; a new computer of the same village takes them over.
Says what each step cost and fails where one revision differs or is missing.
"""

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.demo.loop import PASSWORD, run_demo
from jiandang_desktop.services import enrolment, handover, sign_in, stations, takeover
from jiandang_desktop.services.desk import Desk

Found = TypeVar("Found")


def main() -> int:
    """Do it once and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=3000)
    parser.add_argument("--out", type=Path, default=None)
    arguments = parser.parse_args()
    if arguments.out is not None:
        return hand_over(arguments.out, arguments.residents)
    with tempfile.TemporaryDirectory() as folder:
        return hand_over(Path(folder), arguments.residents)


def hand_over(folder: Path, residents: int) -> int:
    """Make the stations, hand over, compare."""
    bench = make_workbench()
    made = timed("people", lambda: run_demo(bench, folder / "demo", residents=residents, seed=1).data)
    village = sign_in.sign_in(bench, Path(made["village_vault"]), bench.text("demo", "staff.village"), PASSWORD)
    township = sign_in.sign_in(bench, Path(made["township_vault"]), bench.text("demo", "staff.township"), PASSWORD)
    place = village.station
    new = stations.NewStation("village", "新卫生室", place.division_code, "乌云", PASSWORD, place.scheme_id)
    successor = stations.create_station(bench, folder / "successor", new).desk
    enrolment.accept(successor, enrolment.approve(township, enrolment.request(successor).data).data)
    stick = folder / "stick"
    stick.mkdir()
    card = handover.read_invitation(village, handover.invite(successor).data).card
    timed("close", lambda: handover.begin(village, card, "换电脑"))
    parts = timed("write", lambda: handover.write(village, stick).paths)
    packet = timed("verify", lambda: takeover.verify(successor, parts))
    taken = timed("take", lambda: takeover.take(successor, parts, compared=True))
    timed("confirm", lambda: handover.confirm(village, taken.receipt))
    before, after = bodies(village), bodies(successor)
    wrong = [name for name, found in before.items() if after.get(name) != found]
    faults = [*village.vault.check().faults, *successor.vault.check().faults]
    say(
        residents=residents,
        revisions=len(before),
        items=len(packet.items),
        files=len(parts),
        megabytes=round(sum(path.stat().st_size for path in parts) / 1e6, 1),
        differing=len(wrong),
        waiting=sum(packet.waiting.values()),
        faults=len(faults),
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
    for desk in (village, township, successor):
        sign_in.lock(desk)
    return 1 if wrong or faults or packet.waiting else 0


def bodies(desk: Desk) -> dict[str, str]:
    """Every revision's id and the hash of its bytes."""
    with desk.vault.read() as reader:
        return {name: hashlib.sha256(body).hexdigest() for name, body in reader.revision_bodies()}


def timed(step: str, work: Callable[[], Found]) -> Found:
    """Do a step and say how long it took."""
    wall, busy = time.perf_counter(), time.process_time()
    found = work()
    say(step=step, seconds=round(time.perf_counter() - wall, 1), processor=round(time.process_time() - busy, 1))
    return found


def say(**figures: object) -> None:
    """A line of JSON."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
