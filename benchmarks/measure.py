"""Processor time and memory, in this process and in one that we start."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SETTLED = 4.0
"""Seconds after which a started window has nothing left to do."""
LAUNCHER = """
import os, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""A small process between us and the program: a child's peak memory counts its parent's size at the start."""


@dataclass(slots=True)
class Figures:
    """Results by the name of the work: processor seconds, or MiB where the name says memory."""

    values: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], object], *, repeat: int = 1) -> None:
        """Median processor seconds (with children) of ``repeat`` runs."""
        taken = []
        for _ in range(repeat):
            before = _spent()
            work()
            taken.append(_spent() - before)
        self.values[name] = statistics.median(taken)


def window(words: list[str], environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Processor seconds and resident MiB of a window program that is started, left to settle and ended."""
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **(environment or {})},
        stdout=subprocess.DEVNULL,
    )
    time.sleep(SETTLED)
    if process.poll() is not None:
        raise RuntimeError(f"the window ended by itself with {process.returncode}")
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    process.kill()
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = -9
    return used.ru_utime + used.ru_stime, int(status.split("VmHWM:")[1].split()[0]) / 1024


def command(words: list[str], environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Processor seconds and peak MiB of a program that ends by itself."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, sys.executable, *words],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory) / 1024


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
