"""The short form of ``python -m benchmarks.district``: what is measured there is whole; how fast is measured there."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_record_of_every_village_is_archived_and_acknowledged(tmp_path: Path) -> None:
    words = ["-m", "benchmarks.district", "--villages", "2", "--residents", "30", "--months", "3", "--window", "--keep"]
    done = subprocess.run(
        [sys.executable, *words, str(tmp_path / "district")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr  # 1: a bar was passed, which on a busy machine says nothing
    whole = re.search(r"6 bundles, .*, (\d+) records, (\d+) archived at once", done.stdout)
    assert whole is not None, done.stdout
    assert whole[1] == whole[2]
    assert f"revisions {whole[1]}, " in done.stdout
    assert "waiting 0\n" in done.stdout
    assert re.search(r"whole check: .* 0 faults", done.stdout)
    assert "window: take it in" in done.stdout
