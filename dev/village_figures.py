"""What the programmes say of a made-up village over three years: members and services by programme, on any days.

    PYTHONPATH=src:. python dev/village_figures.py [--residents 3000] [--seed 5] [DAY …]

The same village as tests/programmes/test_made_village.py, which holds each line against the plain rules.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.programmes.made_village import ENDS, settle  # noqa: E402

from jiandang_desktop.bootstrap import make_workbench  # noqa: E402
from jiandang_desktop.programmes.bands import Band  # noqa: E402
from jiandang_desktop.programmes.duties import MembershipState  # noqa: E402
from jiandang_desktop.services import due, stations  # noqa: E402

_BANDS = (Band.OVERDUE, Band.WEEK, Band.YEAR, Band.FOUND)


def main() -> int:
    """Print a table for each day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("days", nargs="*", default=[ENDS.isoformat()])
    parser.add_argument("--residents", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        new = stations.NewStation("village", "made up", "150102001201", "made up", "made-up-village")
        desk = stations.create_station(make_workbench(), Path(folder) / "vault", new).desk
        people = settle(desk, arguments.residents, arguments.seed)
        records = sum(len(person.filed) for person in people)
        print(f"{len(people)} residents, {records} records")
        for day in arguments.days:
            lines = due.worklist(desk, day, limit=1_000_000).lines
            listed = Counter((line.programme, line.band) for line in lines)
            inside: Counter[str] = Counter()
            with desk.vault.read() as reader:
                for person in people:
                    found = reader.care_of(person.id)
                    for each in found[1].memberships if found else ():
                        inside[each.programme] += each.state is MembershipState.OPEN and each.holds(day)
            print(f"\n{day}\n| programme | members | {' | '.join(_BANDS)} |\n|---|{'---|' * (len(_BANDS) + 1)}")
            for programme in desk.bench.programmes:
                figures = [inside[programme.id], *(listed[programme.id, band] for band in _BANDS)]
                print(f"| {programme.id} | {' | '.join(f'{each:,}' for each in figures)} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
