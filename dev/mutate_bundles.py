"""The long mutation run: damaged bundles, receipts, enrolment files and key statements must all be refused.

    python dev/mutate_bundles.py [--count 100000] [--seed 1]

One copy in twenty goes to the doors of real stations instead of the bundle reader. Fails at the first copy that is
accepted, refused otherwise than by its class, fails with a trace, or takes longer than two seconds.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.bundles.doors import Doors  # noqa: E402
from tests.bundles.subjects import Subject, subjects  # noqa: E402

from jiandang_desktop.domain.problems import Problem  # noqa: E402

SLOWEST = 2.0
"""Seconds of processor time that a refusal may take."""
_AT_DOORS = 20


@dataclass
class Tally:
    """What became of the copies."""

    refused: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_name: str = ""

    def refuse_all(self, subject: Subject, count: int, seed: int) -> None:
        """Read ``count`` damaged copies (AssertionError at the first that isn't refused as it must be)."""
        for number, copy in enumerate(subject.copies(count, seed)):
            before = time.thread_time()
            try:
                subject.read(copy)
            except Problem as problem:
                code = problem.code
            else:
                raise AssertionError(f"{subject.name}, copy {number} of seed {seed}: accepted")
            taken = time.thread_time() - before
            assert code.startswith(subject.refusal), f"{subject.name}, copy {number} of seed {seed}: {code}"
            assert taken < SLOWEST, f"{subject.name}, copy {number} of seed {seed}: {taken:.1f} s"
            self.refused[subject.name] += 1
            self.classes[code] += 1
            if taken > self.slowest:
                self.slowest, self.slowest_name = taken, subject.name


def mutate(count: int, seed: int) -> Tally:
    """At least ``count`` copies of everything that is carried."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        doors = Doors(Path(folder))
        at_doors = max(1, count // _AT_DOORS // len(doors.subjects()))
        for subject in doors.subjects():
            tally.refuse_all(subject, at_doors, seed)
        assert doors.unchanged(), "a refused file changed something"
        for subject in doors.subjects():
            subject.read(subject.data)  # the genuine file still gets in
        doors.close()
    every = sorted(subjects(), key=lambda subject: len(subject.data), reverse=True)
    for place, subject in enumerate(every):
        # The large one takes fewer; the others share what is left.
        left = count - tally.refused.total()
        tally.refuse_all(subject, max(1, -(-left // (len(every) - place))), seed)
        subject.read(subject.data)
    return tally


def main() -> int:
    """Do it and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    tally = mutate(chosen.count, chosen.seed)
    for name, number in tally.refused.items():
        print(f"{name:34}{number:8,}")
    print(dict(tally.classes.most_common()))
    total, slowest = tally.refused.total(), tally.slowest * 1000
    print(f"{total:,} refused, 0 accepted; the slowest {slowest:.0f} ms ({tally.slowest_name})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
