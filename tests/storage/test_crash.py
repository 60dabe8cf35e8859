"""Killed or refused by the disk at any moment: what was acknowledged is there, nothing is half saved.

``JIANDANG_KILLS`` sets how many random kills there are (30); above 100 every single call is tried, too.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.storage.conftest import Place
from tests.storage.writer import open_with_key, save, saved

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("JIANDANG_KILLS", "30"))
STEPS = range(1, 40) if KILLS > 100 else (1, 2, 4, 7)

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.fixture
def key(place: Place, made_once: tuple[Path, bytes]) -> bytes:
    """The key of a new vault in which one record is saved."""
    folder, key = made_once
    shutil.copytree(folder, place.folder)
    vault = open_with_key(place.folder, key)
    save(vault, 1)
    vault.close()
    return key


def writer(folder: Path, key: bytes, count: int, fold: int, *before: str) -> list[str]:
    return [*before, sys.executable, "-m", "tests.storage.writer", str(folder), key.hex(), str(count), str(fold)]


def test_killed_at_random_moments(place: Place, key: bytes) -> None:
    """After each kill -9: at least what was acknowledged, at most one more, chains and projections whole (D02)."""
    chance = random.Random(7)
    for _ in range(KILLS):
        command = writer(place.folder, key, 10_000, 7)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(chance.random() * 0.05)  # the moment of the kill, not a wait for something
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        vault = open_with_key(place.folder, key)
        assert vault.read_only_reason == ""
        if said:
            assert int(said[-1]) <= saved(vault) <= int(said[-1]) + 1
        vault.close()
    vault = open_with_key(place.folder, key)
    assert vault.check().faults == ()
    vault.close()


@needs_strace
def test_one_save_costs_two_flushes(place: Place, key: bytes, tmp_path: Path) -> None:
    """Counted by the system: two flushes to the device per durable save, one of the log and one of the head."""
    counts = []
    for saves in (5, 25):
        trace = tmp_path / f"trace{saves}"
        command = writer(place.folder, key, saves, 0, "strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(trace))
        run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if run.returncode:
            pytest.skip("strace may not trace here")
        counts.append(len(re.findall(r"f(?:data)?sync\(", trace.read_text())))
    assert counts[1] - counts[0] <= 20 * 2


@needs_strace
@pytest.mark.parametrize("call", ["fsync,fdatasync", "pwrite64"])
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_fault_at_the_nth_call(place: Place, key: bytes, call: str, fault: str) -> None:
    """Killed or refused at the Nth flush or write while opening and saving: whatever was said stays (D03, D04)."""
    whole = place.folder.with_name("whole")
    place.folder.rename(whole)
    for step in STEPS:
        shutil.copytree(whole, place.folder)
        inject = ("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={step}")
        command = writer(place.folder, key, 2, 0, "strace", "-f", "-o", os.devnull, *inject)
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if "ptrace" in run.stderr:
            pytest.skip("strace may not trace here")
        assert "Traceback" not in run.stderr or "problems.Problem: VAULT_" in run.stderr
        last = max([1, *(int(word) for word in run.stdout.split() if word != "open")])
        again = open_with_key(place.folder, key)
        assert last <= saved(again) <= last + 1
        assert again.read_only_reason == ""
        assert again.check().faults == ()
        again.close()
        shutil.rmtree(place.folder)
