"""``kill -9`` in the middle of taking a whole stick in, then the same command again: the same end (B41, U02).

The number of kills is small here; ``JIANDANG_KILLS=200`` runs the whole drill.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.services import enrolment, registry, sign_in, stations, submission
from jiandang_desktop.services.desk import Desk

KILLS = int(os.environ.get("JIANDANG_KILLS", "6"))
SEED = int(os.environ.get("JIANDANG_SEED", "1"))
PASSWORD = "correct horse"


def station(folder: Path, level: str, division: str) -> Desk:
    new = stations.NewStation(level, "和平卫生院", division, "王秀兰", PASSWORD)
    return stations.create_station(make_workbench(), folder, new).desk


def command(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    whole = [
        sys.executable,
        "-m",
        "jiandang_desktop",
        *arguments,
        "--password-file",
        str(folder / "password"),
        "--json",
    ]
    return subprocess.Popen(whole, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def end_of(vault: Path) -> tuple[object, ...]:
    """What must be the same: every village's stream and mark, the residents, the bundles' states; and no fault."""
    desk = sign_in.sign_in(make_workbench(), vault, "王秀兰", PASSWORD)
    assert desk.vault.check().faults == ()
    with desk.vault.read() as reader:
        children = sorted(row.id for row in reader.stations() if row.relation == "child")
        streams = tuple((reader.stream_head(f"{child}/up"), reader.mark(f"{child}/up", "taken")) for child in children)
        people = reader.counts()["residents"], reader.counts()["households"]
        states = tuple(sorted((row.digest, row.state) for row in reader.bundles("in")))
    sign_in.lock(desk)
    return streams, people, states


def test_B41_killed_in_the_middle_and_begun_again_ends_the_same(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    stick = tmp_path / "stick"
    stick.mkdir()
    township = station(tmp_path / "t", "township", "150421204")
    for number in range(3):
        village = station(tmp_path / f"v{number}", "village", f"15042120420{number + 1}")
        enrolment.accept(village, enrolment.approve(township, enrolment.request(village).data).data)
        for house in range(4):
            registry.add_household(village, {"address": f"和平村{house}组", "door": "1"})
            submission.export(village, stick)
        sign_in.lock(village)
    sign_in.lock(township)

    straight = tmp_path / "straight"
    shutil.copytree(tmp_path / "t", straight, ignore=shutil.ignore_patterns("*.lock"))
    taking = ("bundle", "intake", str(stick), "--receipts")
    (tmp_path / "r").mkdir()
    began = time.monotonic()
    with command(tmp_path, *taking, str(tmp_path / "r"), "--vault", str(straight)) as whole:
        found = json.loads(whole.communicate()[0])
    assert [line["outcome"] for line in found["lines"]] == ["archived"] * 12
    seconds = time.monotonic() - began
    wanted = end_of(straight)

    for kill in range(KILLS):
        vault, receipts = tmp_path / f"cut{kill}", tmp_path / f"r{kill}"
        shutil.copytree(tmp_path / "t", vault, ignore=shutil.ignore_patterns("*.lock"))
        receipts.mkdir()
        with command(tmp_path, *taking, str(receipts), "--vault", str(vault)) as cut:
            try:
                cut.wait(timeout=seconds * (0.4 + 0.6 * rng.random()))
            except subprocess.TimeoutExpired:
                cut.kill()
        with command(tmp_path, *taking, str(receipts), "--vault", str(vault)) as again:
            found = json.loads(again.communicate()[0])
        assert {line["outcome"] for line in found["lines"]} <= {"archived", "known"}, f"seed {SEED}, kill {kill}"
        assert end_of(vault) == wanted, f"seed {SEED}, kill {kill}"
        # A receipt that was cut off leaves no file that looks like one.
        assert len(list(receipts.glob("*.jdb"))) >= 3
