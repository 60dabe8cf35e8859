"""``kill -9`` at random moments of saving and exporting (threats T2, D02, U01).

The number of kills is small here; ``JIANDANG_KILLS=200 python -m pytest tests/faults`` runs the whole drill.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.services import enrolment, intake, sign_in, stations, submission, vault_care
from jiandang_desktop.services.desk import Desk

KILLS = int(os.environ.get("JIANDANG_KILLS", "10"))
SEED = int(os.environ.get("JIANDANG_SEED", "1"))
STATION = Path(__file__).with_name("busy_station.py")


def station(folder: Path, level: str, division: str) -> Desk:
    new = stations.NewStation(level, "和平卫生院", division, "王秀兰", "correct horse")
    return stations.create_station(make_workbench(), folder, new).desk


def live_and_die(folder: Path, rng: random.Random) -> list[str]:
    """One life of the busy station; returns what it acknowledged before it was killed."""
    command = [sys.executable, str(STATION), str(folder / "v"), str(folder / "stick"), str(folder / "known")]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    saved: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert first["lost"] == [], f"seed {SEED}"
        for _ in range(rng.randint(1, 12)):
            saved += said(process.stdout.readline())
        try:
            # A moment somewhere inside the next saves or the next export.
            process.wait(timeout=rng.random() / 30)
        except subprocess.TimeoutExpired:
            process.kill()
        for line in process.stdout.read().splitlines(keepends=True):
            if line.endswith(b"\n"):
                saved += said(line)
    return saved


def said(line: bytes) -> list[str]:
    found = json.loads(line)
    return [found["saved"]] if "saved" in found else []


def test_no_acknowledged_save_is_lost_and_the_next_export_is_whole(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    (tmp_path / "stick").mkdir()
    known = tmp_path / "known"
    known.write_text("")
    village, township = (
        station(tmp_path / "v", "village", "150421204203"),
        station(tmp_path / "t", "township", "150421204"),
    )
    enrolment.accept(village, enrolment.approve(township, enrolment.request(village).data).data)
    sign_in.lock(village)
    acknowledged: list[str] = []
    for _ in range(KILLS):
        acknowledged += live_and_die(tmp_path, rng)
        known.write_text("\n".join(acknowledged))
    village = sign_in.sign_in(make_workbench(), tmp_path / "v", "王秀兰", "correct horse")
    assert village.vault.read_only_reason == ""
    assert vault_care.check(village).faults == ()
    data = submission.export(village, tmp_path / "stick").path.read_bytes()
    intake.archive(township, intake.plan(township, data))
    with township.vault.read() as reader:
        archived = {row.id for row in reader.residents(limit=100_000)}
    with village.vault.read() as reader:
        kept = {row.id for row in reader.residents(limit=100_000)}
    assert set(acknowledged) <= kept == archived
    # Every whole file on the stick is a bundle that verifies; a part is never named like one.
    whole = [path for path in (tmp_path / "stick").iterdir() if path.suffix == ".jdb"]
    for path in whole:
        intake.plan(township, path.read_bytes())
    sign_in.lock(village)
    sign_in.lock(township)
