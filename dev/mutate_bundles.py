"""The long mutation run: damaged bundles must all be refused with a BUNDLE_ class.

Usage: PYTHONPATH=src:tests python dev/mutate_bundles.py --count 100000 [--seed 1]
"""

import argparse
import itertools
import json
import random
from collections import Counter
from pathlib import Path

from bundles.mutations import bits, junk, lengths, structural
from jiandang_desktop.bundles import Identity, TrustedSender, open_sealed
from jiandang_desktop.domain.problems import Problem

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "bundles" / "vectors"


def main() -> None:
    """Count refusals by class; stop at the first copy that is accepted or fails otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    chosen = parser.parse_args()
    stations = json.loads((FOLDER / "stations.json").read_text(encoding="utf-8"))
    trust = {row["key_id"]: TrustedSender(row["station"], bytes.fromhex(row["public"])) for row in stations["trust"]}
    own = stations["readers"]["township"]
    identity = Identity.from_secret(own["identity"])
    data = (FOLDER / "three-entries.jdb").read_bytes()
    every = (1, 2, 4, 8, 16, 32, 64, 128)
    endless = (structural(data, chosen.count, chosen.seed),)
    copies = itertools.chain(bits(data, every), lengths(data), junk(data), *endless)
    seen: Counter[str] = Counter()
    for copy in itertools.islice(copies, chosen.count):
        try:
            open_sealed(copy, trust=trust, own=[identity], own_station=own["station"])
        except Problem as problem:
            seen[problem.code] += 1
            if problem.code.startswith("BUNDLE_"):
                continue
        raise SystemExit(f"accepted or refused otherwise (seed {chosen.seed}): {copy!r}")
    print(f"seed {chosen.seed}: {sum(seen.values())} refused", dict(seen.most_common()))


if __name__ == "__main__":
    main()
