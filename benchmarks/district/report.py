"""The district's figures: what each bundle cost, beside the bare stack, early and late."""

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.district.township import Taken

GROWTH = 1.25
"""What a record of the last bundles may cost, of what one of the first did."""
ENOUGH = 10_000
"""Records from which on the growth says anything."""
MEMORY = 300.0
"""MiB that the township's process may take at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bundle."""

    taken: Taken
    opened: float
    """Processor seconds in which the libraries alone verify, decrypt, read and pack it."""
    inserted: float
    """Processor seconds in which they put its rows into an encrypted table."""


def say_month(month: int, rows: Sequence[Row]) -> None:
    """One line for a month's stick."""
    records, ours, bare = _sum(rows)
    walls = [row.taken.wall for row in rows]
    print(
        f"month {month + 1:2}: {len(rows)} bundles, {records:7,} records, ours {ours:6.1f} s ({records / ours:5.0f}/s,"
        f" wall {sum(walls):6.1f} s), bare {bare:5.1f} s, ratio {ours / bare:4.1f}; a bundle"
        f" {statistics.median(walls):5.2f} s, at most {max(walls):5.2f}; memory {rows[-1].taken.resident:4.0f} MiB;"
        f" load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def say_villages(counts: Mapping[str, int]) -> None:
    """What the villages hold; nothing may be without a receipt."""
    print("villages:", ", ".join(f"{name} {value:,}" for name, value in counts.items()))


def say_all(months: Sequence[Sequence[Row]], state: Mapping[str, float], checked: tuple[float, int]) -> bool:
    """The whole; True if a bar is passed."""
    rows = [row for month in months for row in month]
    records, ours, bare = _sum(rows)
    archived = sum(row.taken.archived for row in rows)
    inserted = sum(row.inserted for row in rows)
    megabytes = sum(row.taken.megabytes for row in rows)
    print(f"{len(rows)} bundles, {megabytes:,.0f} MB, {records:,} records, {archived:,} archived at once")
    print(f"processor: ours {ours:,.0f} s, {records / ours:,.0f} records a second")
    print(f"bare: {bare:,.0f} s, {records / bare:,.0f} records a second (ratio {ours / bare:.1f})")
    print(f"rows alone: {inserted:,.0f} s, {records / inserted:,.0f} records a second (ratio {ours / inserted:.1f})")
    print("township:", ", ".join(f"{name} {value:,.0f}" for name, value in state.items()))
    print(f"whole check: {checked[0]:.0f} s of processor time, {checked[1]} faults")
    over = _say_growth("first bundles, last villages to first ones", months[0])
    if len(months) > 2:
        over |= _say_growth("changes, last month to second", [*months[1], *months[-1]])
    over |= state["peak"] > MEMORY
    print(f"memory at most {state['peak']:.0f} MiB, bar {MEMORY:.0f}{'  OVER' if state['peak'] > MEMORY else ''}")
    return over or bool(checked[1]) or archived < records


def _say_growth(name: str, rows: Sequence[Row]) -> bool:
    """What a record cost in the last third of bundles, of what it cost in the first one."""
    if _sum(rows)[0] < ENOUGH:
        return False
    third = max(1, len(rows) // 3)
    early, late = (statistics.median(each.taken.processor / each.taken.records for each in part)
                   for part in (rows[:third], rows[-third:]))  # fmt: skip
    growth = late / early
    mark = "  OVER" if growth > GROWTH else ""
    print(f"{name}: {early * 1000:.2f} ms a record, then {late * 1000:.2f}: {growth:.2f}, bar {GROWTH}{mark}")
    return growth > GROWTH


def _sum(rows: Sequence[Row]) -> tuple[int, float, float]:
    """Records, our processor seconds, the bare stack's."""
    return (
        sum(row.taken.records for row in rows),
        sum(row.taken.processor for row in rows),
        sum(row.opened + row.inserted for row in rows),
    )
