"""Play random histories of a township against a plain model; a failing one is cut down to the shortest.

Usage: PYTHONPATH=src:tests python dev/simulate.py [--histories 1000] [--seed N] [--villages 10] [--length 150]
"""

import argparse
import random
import time
from pprint import pformat

from simulation.histories import failure, history, kind_of, shrink, template


def main() -> None:
    """Play from a seed on; print it, and stop at the first history that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--villages", type=int, default=10)
    parser.add_argument("--length", type=int, default=150)
    parser.add_argument("--keep-going", action="store_true", help="count failures by kind instead of stopping")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    began = time.monotonic()
    kinds: dict[str, list[int]] = {}
    with template(chosen.villages) as made:
        for seed in range(chosen.seed, chosen.seed + chosen.histories):
            steps = history(seed, chosen.length)
            error = failure(made, steps, seed)
            if (done := seed - chosen.seed + 1) % 50 == 0:
                print(f"{done} histories in {time.monotonic() - began:.0f} s", flush=True)
            if error is None:
                continue
            kind = kind_of(error)
            if chosen.keep_going:
                kinds.setdefault(kind, []).append(seed)
                print(f"seed {seed} fails: {error!r}", flush=True)
                continue
            print(f"seed {seed} fails: {error!r}; cutting it down", flush=True)
            shortest = shrink(made, steps, seed, kind)
            print(pformat(shortest))
            print(repr(failure(made, shortest, seed)))
            raise SystemExit(1)
    print(f"{chosen.histories} histories in {time.monotonic() - began:.0f} s", kinds or "")
    raise SystemExit(bool(kinds))


if __name__ == "__main__":
    main()
