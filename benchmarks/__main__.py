"""``dev.py bench``: one table of our figures, the bare stack's, their ratio and the bar.

Processor seconds, because wall time on a shared machine says little. Options:
``--people N`` (3,000), ``--floor`` (the bare stack only), ``--folders`` (one long print job).
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Figures

BARS = {
    "start": 1.0,
    "unlock to first list": 0.8,
    "save": 0.008,
    "find by name": 0.020,
    "find by number": 0.005,
    "open a folder": 0.020,
    "worklist": 0.150,
    "export": 2.0,
    "intake": 4.0,
    "folder PDF": 3.0,
    "memory of the window": 220.0,
    "memory of a command": 150.0,
}
"""Seconds or MiB that may not be passed; export and intake of 2,000 changed residents, PDF of 100 pages."""


def main() -> int:
    """Measure and print; 1 if one of our figures is over its bar."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--floor", action="store_true", help="the bare stack only")
    parser.add_argument("--folders", action="store_true", help="100 household folders in one job, and nothing else")
    chosen = parser.parse_args()
    if chosen.folders:
        from benchmarks import folders

        return folders.main()
    changed = min(2000, chosen.people)
    bare, own = Figures(), Figures()
    with tempfile.TemporaryDirectory() as scratch:
        from benchmarks.floor import Floor

        Floor(Path(scratch), chosen.people, changed).run(bare)
    if not chosen.floor:
        with tempfile.TemporaryDirectory() as scratch:
            from benchmarks.ours import Ours

            Ours(Path(scratch), chosen.people, changed).run(own)
    return _report(chosen.people, changed, own, bare)


def _report(count: int, changed: int, own: Figures, bare: Figures) -> int:
    print(f"{count:,} residents, {changed:,} changed for export and intake")
    print(f"{'':22}{'ours':>10}{'bare':>10}{'ratio':>8}{'bar':>10}")
    over = []
    for name, bar in BARS.items():
        ours, floor = own.values.get(name), bare.values[name]
        ratio = f"{ours / floor:.1f}x" if ours is not None and floor > 0 else "-"
        mark = ""
        if ours is not None and ours > bar:
            over.append(name)
            mark = "  OVER"
        print(f"{name:22}{_figure(name, ours):>10}{_figure(name, floor):>10}{ratio:>8}{_figure(name, bar):>10}{mark}")
    return 1 if over else 0


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f} MiB" if name.startswith("memory") else f"{value * 1000:,.2f} ms"


if __name__ == "__main__":
    sys.exit(main())
