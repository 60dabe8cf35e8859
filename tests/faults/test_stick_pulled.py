"""A stick pulled, or the program killed, at each step of an export: never a file that verifies yet differs (U01–U03).

Two ways. On a real file system its driver dies in the middle of its Nth write to the medium, N = 1, 2, 3 … until the
export passes. And the exporting program itself is refused, or killed, at its Nth call on the stick.
``JIANDANG_EVERY=1`` tries every call where otherwise every third one will do.
"""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.devices.sticks import FolderSticks, LoopStick, loop_stick
from tests.journeys.conftest import PASSWORD, Pair, StoppedClock, enrol, new_station, register

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive
from jiandang_desktop.services import intake, sign_in, submission
from jiandang_desktop.services.workbench import Workbench

ROOT = Path(__file__).parents[2]
EXPORTER = Path(__file__).with_name("exporter.py")
CALLS = ("openat", "write", "read", "fsync", "rename", "unlink", "close")
REFUSALS = [
    ("EIO", "write"),
    ("EIO", "fsync"),
    ("EIO", "rename"),
    ("EIO", "read"),
    ("ENOSPC", "openat"),
    ("ENOSPC", "write"),
]
FAULTS = [*(("SIGKILL", call) for call in CALLS), *REFUSALS, ("ENOSPC", "fsync")]


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return make_workbench(clock=StoppedClock())


@pytest.fixture
def pair(bench: Workbench, tmp_path: Path) -> Iterator[Pair]:
    """A village with something to export, and its township."""
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    enrol(village, township)
    register(village)
    both = Pair(village, township, tmp_path)
    yield both
    both.village.vault.close()
    both.township.vault.close()


def whole_ones(pair: Pair, folder: Path) -> list[str]:
    """The files that verify; each holds exactly what the village's journal holds."""
    good = []
    for path in sorted(folder.glob("**/*.jdb")):
        try:
            plan = intake.verify(pair.township, path.read_bytes())
        except (Problem, OSError):
            continue
        with pair.village.vault.read() as reader:
            stream = pair.village.station.up_stream
            own = [reader.stream_hash(stream, item.entry.number) for item in plan.items]
        assert [item.entry.hash for item in plan.items] == own
        good.append(path.name)
    return good


def pulled_at(pair: Pair, stick: LoopStick, write: int) -> bool:
    """One export whose stick is pulled at its Nth write; whether the export said that it was done."""
    stick.format()
    stick.mount_to_be_pulled(write)
    pair.village.bench.medium = stick.medium()
    try:
        exported = submission.export(pair.village, stick.drive())
    except (Problem, StopIteration) as refused:
        exported = None
        code = getattr(refused, "code", "MEDIUM_GONE")  # it didn't even come up
    else:
        code = "MEDIUM_"
    finally:
        stick.pull()
    assert code.startswith("MEDIUM_")
    return exported is not None


def export_again(pair: Pair, stick: LoopStick) -> tuple[submission.Exported, Drive]:
    """The next export and the stick that took it, found as the program's own words advise.

    First the same stick with whatever is left on it. Where that is refused: the same one after the system's repair.
    Where the system couldn't repair it (what was torn happened to look whole to it): another one.
    """
    for remedy in (None, stick.repair, stick.format):
        if remedy:
            stick.unmount()
            remedy()
            stick.mount()
        try:
            return submission.export(pair.village, stick.drive()), stick.drive()
        except Problem as refused:
            code = refused.code
        assert code == "MEDIUM_DAMAGED"
    pytest.fail("a new stick was refused")


def test_U01_pulled_at_each_write_to_the_medium_and_the_next_export_heals(pair: Pair, tmp_path: Path) -> None:
    """A real exFAT whose driver dies within a write; the stick is looked at again afterwards."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    (tmp_path / "stick").mkdir()
    pulled = 0
    with loop_stick(tmp_path / "stick", "exfat") as stick:
        for write in itertools.count(1):
            done = pulled_at(pair, stick, write)
            drive = stick.mount()
            whole_ones(pair, drive.path)
            healed, drive = export_again(pair, stick)
            assert healed.path.name in whole_ones(pair, drive.path)
            stick.medium().eject(drive)
            stick.mount()
            assert healed.path.name in whole_ones(pair, stick.path)
            stick.unmount()
            if done:
                break
            pulled += 1
    assert pulled >= 12


def test_U03_said_to_be_done_but_pulled_without_ejecting(pair: Pair, tmp_path: Path) -> None:
    """Nothing was called safe; what is on the stick is the whole bundle or none, and the village still waits."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    (tmp_path / "stick").mkdir()
    with loop_stick(tmp_path / "stick", "exfat") as stick:
        assert pulled_at(pair, stick, 60_000)
        drive = stick.mount()
        assert len(whole_ones(pair, drive.path)) <= 1
    assert [row.state for row in submission.history(pair.village)] == ["written"]
    assert submission.pending(pair.village).entries == 2


@pytest.mark.parametrize(("fault", "call"), FAULTS)
def test_U01_refused_or_killed_at_each_call_on_the_stick(pair: Pair, tmp_path: Path, fault: str, call: str) -> None:
    """Killed or refused at the Nth such call on the stick, N = 1, 2, 3 … until it passes; the next export heals."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    stick = tmp_path / "stick"
    inject = f"{call}:{'signal' if fault == 'SIGKILL' else 'error'}={fault}"
    for step in itertools.count(1):
        shutil.rmtree(stick, ignore_errors=True)
        (stick / "jiandang").mkdir(parents=True)
        pair.village.vault.close()
        hit, said = export_with_fault(pair, stick, f"{inject}:when={step}")
        pair.village = sign_in.sign_in(pair.village.bench, pair.village.vault.folder, "王秀兰", PASSWORD)
        assert pair.village.vault.read_only_reason == ""
        good = whole_ones(pair, stick)
        assert said or fault == "SIGKILL"
        if said and said[0] == "exported":
            assert said[1] in good
        elif said:
            assert said[0].startswith("MEDIUM_")
        drive = Drive("STICK", stick, 8_000_000_000, "A001-0001")
        pair.village.bench.medium = FileMedium(FolderSticks(drive))
        assert submission.export(pair.village, drive).path.name in whole_ones(pair, stick)
        if not hit:
            break
    assert step > 1


def export_with_fault(pair: Pair, stick: Path, inject: str) -> tuple[bool, list[str]]:
    """One export by a program of its own; whether the fault came to pass, and what the program said."""
    paths = [stick, stick / "jiandang", *(stick / "jiandang" / name for name in file_names(pair))]
    watched = [word for path in paths for word in ("-P", str(path))]
    trace = stick.parent / "trace"
    strace = ["strace", "-f", "-o", str(trace), *watched]
    program = [sys.executable, str(EXPORTER), str(pair.village.vault.folder), str(stick)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [*strace, "-e", f"trace={','.join(CALLS)}", "-e", f"inject={inject}", *program],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if "ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert "Traceback" not in done.stderr
    seen = trace.read_text()
    return "(INJECTED)" in seen or "+++ killed" in seen, done.stdout.split()


def file_names(pair: Pair) -> list[str]:
    name = f"jd-{pair.village.station.id[:8]}-submission-1-2.jdb"
    return [name, f"{name}.jd-part"]


def test_U02_pulled_while_a_bundle_is_read_changes_nothing(pair: Pair, tmp_path: Path) -> None:
    """The file is read whole before anything is verified, and verified whole before anything changes."""
    (tmp_path / "stick").mkdir()
    with loop_stick(tmp_path / "stick", "exfat") as stick:
        drive = stick.mount()
        pair.village.bench.medium = stick.medium()
        exported = submission.export(pair.village, drive)
        data = exported.path.read_bytes()
        with pair.township.vault.read() as reader:
            before = reader.counts()["revisions"]
        stick.unmount()
        with pytest.raises(Problem) as refused:
            pair.township.bench.medium.read_file(exported.path, 1 << 20)
        assert refused.value.code in {"FILE_MISSING", "MEDIUM_VANISHED"}
    for cut in (0, 1, len(data) // 2, len(data) - 1):
        with pytest.raises(Problem):
            intake.plan(pair.township, data[:cut])
    with pair.township.vault.read() as reader:
        assert reader.counts()["revisions"] == before


def test_U12_receipts_of_another_village_on_the_same_stick_are_left_alone(pair: Pair, tmp_path: Path) -> None:
    """Both villages' files lie in our folder side by side; an export touches neither the other's bundle nor receipt."""
    (tmp_path / "stick").mkdir()
    with loop_stick(tmp_path / "stick", "exfat") as stick:
        drive = stick.mount()
        pair.village.bench.medium = stick.medium()
        ours = drive.path / "jiandang"
        ours.mkdir()
        theirs = {
            ours / name: name.encode() for name in ("jd-ffffffff-receipt-1-9.jdb", "jd-ffffffff-submission-1-9.jdb")
        }
        for path, data in theirs.items():
            path.write_bytes(data)
        exported = submission.export(pair.village, Drive(drive.name, drive.path, drive.free, drive.volume))
        assert exported.path.parent == ours
        assert {path: path.read_bytes() for path in theirs} == theirs
