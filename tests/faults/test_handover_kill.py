"""Killed at each step of a handover: done again it ends the same, nothing lost and nothing double (T21, D03, D14).

``JIANDANG_EVERY=1`` kills at every single call where otherwise a few will do.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.conftest import PASSWORD, StoppedClock, enrol, new_station, register
from tests.journeys.test_handover import revisions

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.services import handover, sign_in

ROOT = Path(__file__).parents[2]
EVERY = bool(os.environ.get("JIANDANG_EVERY"))
STEPS = {"make": "old", "take": "new", "confirm": "old"}
CALLS = ("fsync,fdatasync", "rename,renameat2", "pwrite64")
PLACES = range(1, 400) if EVERY else (1, 3, 8)

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two villages of one township, closed; the successor's card lies on the stick."""
    folder = tmp_path_factory.mktemp("handover")
    bench = make_workbench(clock=StoppedClock())
    township = new_station(bench, folder / "above", "township", "150421204")
    old = new_station(bench, folder / "old", "village", "150421204203")
    new = new_station(bench, folder / "new", "village", "150421204204")
    enrol(old, township)
    enrol(new, township)
    for name in ("王小满", "魏雪梅", "吴䶮妹"):
        register(old, name=name)
    register(new, name="赵铁柱")
    (folder / "stick").mkdir()
    card = handover.invite(new)
    (folder / "stick" / card.file_name).write_bytes(card.data)
    for desk in (old, new, township):
        sign_in.lock(desk)
    return folder


def run(step: str, folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    script = [
        sys.executable,
        "-m",
        "tests.faults.handover_steps",
        step,
        str(folder / STEPS[step]),
        str(folder / "stick"),
    ]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    return subprocess.run([*before, *script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def must_be_whole(folder: Path) -> None:
    bench = make_workbench(clock=StoppedClock())
    old, new = (sign_in.sign_in(bench, folder / name, "王秀兰", PASSWORD) for name in ("old", "new"))
    known = handover.state(old)
    assert known is not None
    assert known.confirmed
    mine, theirs = revisions(old), revisions(new)
    assert mine.items() <= theirs.items()
    with new.vault.read() as reader:
        assert sorted(row.name for row in reader.residents(limit=100)) == ["吴䶮妹", "王小满", "赵铁柱", "魏雪梅"]
        assert {row.station_id for row in reader.residents(limit=100)} == {new.station.id}
    assert old.vault.check().faults == new.vault.check().faults == ()
    for desk in (old, new):
        assert desk.vault.read_only_reason == ""
        sign_in.lock(desk)


@needs_strace
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("call", CALLS)
def test_T21_killed_at_the_nth_call_and_done_again(begun: Path, tmp_path: Path, step: str, call: str) -> None:
    ready = tmp_path / "ready"
    shutil.copytree(begun, ready)
    before = list(STEPS)[: list(STEPS).index(step)]
    for earlier in before:
        assert run(earlier, ready).returncode == 0
    killed = 0
    for place in PLACES:
        folder = tmp_path / f"at-{place}"
        shutil.copytree(ready, folder)
        inject = ("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={place}")
        done = run(step, folder, "strace", "-f", "-o", os.devnull, *inject)
        if "ptrace" in done.stderr:
            pytest.skip("strace may not trace here")
        killed += done.returncode != 0
        for again in list(STEPS)[len(before) :]:
            rest = run(again, folder)
            assert rest.returncode == 0, rest.stderr
        must_be_whole(folder)
        shutil.rmtree(folder)
        if done.returncode == 0:
            break
    assert killed or (step, call) == ("confirm", CALLS[1])  # that one renames nothing
