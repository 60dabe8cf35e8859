"""The published vectors: every file gives exactly the class that the manifest names."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.bundles import Identity, TrustedSender, open_sealed, read_introduction
from jiandang_desktop.domain.problems import Problem

from .independent_reader import class_of

FOLDER = Path(__file__).parent / "vectors"
VECTORS: list[dict[str, str]] = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))["vector"]
STATIONS: dict[str, Any] = json.loads((FOLDER / "stations.json").read_text(encoding="utf-8"))


def our_class(data: bytes, reader: str) -> str:
    """OK or the code that our reader refuses with."""
    own = STATIONS["readers"][reader]
    identity = Identity.from_secret(own["identity"])
    try:
        if reader == "introduction":
            read_introduction(data, own=[identity], own_station=own["station"])
        else:
            trust = {
                row["key_id"]: TrustedSender(
                    row["station"],
                    bytes.fromhex(row["public"]),
                    "revoked" if row["revoked"] else "",
                    valid_to=(row["valid_to"][0], row["valid_to"][1]),
                )
                for row in STATIONS["trust"]
            }
            open_sealed(data, trust=trust, own=[identity], own_station=own["station"])
    except Problem as problem:
        return problem.code
    return "OK"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["file"])
def test_our_reader_gives_the_class(vector: dict[str, str]) -> None:
    assert our_class((FOLDER / vector["file"]).read_bytes(), vector["reader"]) == vector["expected"]


def test_B33_what_opens_to_very_much_is_refused_within_5_s_and_300_mib() -> None:
    """In a process of its own, so that its memory can be told."""
    script = (
        "import time\n"
        "from pathlib import Path\n"
        "from tests.bundles.test_vectors import FOLDER, our_class\n"
        "data = (FOLDER / 'compression-bomb.jdb').read_bytes()\n"
        "began = time.monotonic()\n"
        "said = our_class(data, 'township')\n"
        # Not getrusage: that begins with what the process had that started this one.
        "status = Path('/proc/self/status').read_text()\n"
        "peak = next(line.split()[1] for line in status.splitlines() if line.startswith('VmHWM'))\n"
        "print(said, time.monotonic() - began, peak)\n"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=root
    )
    said, seconds, kibibytes = done.stdout.split()
    assert said not in ("OK", "")
    assert float(seconds) < 5
    assert int(kibibytes) < 300 * 1024


def test_manifest_and_folder_name_the_same_files() -> None:
    assert {vector["file"] for vector in VECTORS} == {path.name for path in FOLDER.glob("*.jdb")}


def test_there_are_enough_vectors_and_every_class_has_one() -> None:
    assert len(VECTORS) >= 150
    assert len({vector["expected"] for vector in VECTORS}) == 13


@pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("ssh-keygen", "age", "zstd")), reason="needs ssh-keygen, age and zstd"
)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["file"])
def test_independent_reader_gives_the_class(vector: dict[str, str]) -> None:
    data = (FOLDER / vector["file"]).read_bytes()
    assert class_of(data, vector["reader"], STATIONS) == vector["expected"]
