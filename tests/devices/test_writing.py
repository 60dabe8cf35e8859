"""What is written to a stick is whole and ours, or it is said why not; nothing else on it is touched."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive, DriveState

from .sticks import FolderSticks, fill_with_hostile_files, folder_stick, loop_stick, make_sparse

NAME = "jd-0a1b2c3d-submission-1-3.jdb"
DATA = b"jiandang-bundle 1\n" + bytes(range(256)) * 40


@pytest.fixture
def stick(tmp_path: Path) -> Drive:
    return folder_stick(tmp_path / "stick")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refused(medium: FileMedium, place: Path | Drive, data: bytes = DATA) -> Problem:
    with pytest.raises(Problem) as caught:
        medium.write_file(place, NAME, data)
    return caught.value


def test_a_bundle_goes_to_our_folder_on_the_stick(stick: Drive) -> None:
    path = FileMedium(FolderSticks(stick)).write_file(stick, NAME, DATA)
    assert path == stick.path / "jiandang" / NAME
    assert path.read_bytes() == DATA
    assert names(path.parent) == [NAME]


def test_a_folder_that_a_person_named_is_taken_as_it_is(tmp_path: Path) -> None:
    assert FileMedium(FolderSticks()).write_file(tmp_path, NAME, DATA) == tmp_path / NAME


def test_U01_a_stick_pulled_before_writing_is_named_and_nothing_is_written_elsewhere(stick: Drive) -> None:
    """The folder that it hung in is still there: the computer's own disk now."""
    assert refused(FileMedium(FolderSticks()), stick).code == "MEDIUM_GONE"
    assert names(stick.path) == []


def test_U04_another_stick_in_the_same_place_is_noticed_and_not_written_to(stick: Drive) -> None:
    other = Drive("OTHER", stick.path, stick.free, "B002-0002")
    problem = refused(FileMedium(FolderSticks(other)), stick)
    assert (problem.code, problem.values_) == ("MEDIUM_CHANGED", {"name": "STICK", "now": "OTHER"})
    assert names(stick.path) == []


def test_U04_a_stick_changed_while_writing_does_not_count(stick: Drive) -> None:
    class Hasty(FolderSticks):
        def plugged_in(self) -> list[Drive]:
            now = super().plugged_in()
            self.drives = [Drive("OTHER", stick.path, stick.free, "B002-0002")]
            return now

    assert refused(FileMedium(Hasty(stick)), stick).code == "MEDIUM_CHANGED"


def test_U04_two_real_sticks_in_turn_in_one_place(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    with loop_stick(tmp_path / "first", "exfat") as one, loop_stick(tmp_path / "second", "exfat", 24 << 20) as two:
        chosen = one.mount()
        one.unmount()
        two.path = one.path
        two.mount()
        assert refused(two.medium(), chosen).code in {"MEDIUM_CHANGED", "MEDIUM_GONE"}
        assert names(two.path) == []
        two.unmount()


def test_U06_an_unreadable_stick_is_named(stick: Drive) -> None:
    broken = Drive(stick.name, stick.path, 0, stick.volume, DriveState.UNREADABLE)
    assert refused(FileMedium(FolderSticks(broken)), stick).code == "MEDIUM_UNREADABLE"


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs"])
def test_U06_each_file_system_carries_a_bundle(tmp_path: Path, kind: str) -> None:
    with loop_stick(tmp_path, kind) as stick:
        drive = stick.mount()
        path = stick.medium().write_file(drive, NAME, DATA)
        stick.unmount()
        stick.mount()
        assert path.read_bytes() == DATA
        assert stick.medium().write_file(stick.drive(), NAME, DATA) == path


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs"])
def test_U06_a_read_only_stick_is_said(tmp_path: Path, kind: str) -> None:
    with loop_stick(tmp_path, kind) as stick:
        drive = stick.mount("-o", "ro")
        assert drive.state is DriveState.READ_ONLY
        assert refused(stick.medium(), drive).code == "MEDIUM_READ_ONLY"
        # Turned read-only by the system while it was chosen: the write itself says so.
        assert refused(stick.medium(), drive.path).code == "MEDIUM_READ_ONLY"


@pytest.mark.parametrize("free", [0, 50_000])
def test_U07_a_full_stick_is_refused_first_with_the_number(tmp_path: Path, free: int) -> None:
    with loop_stick(tmp_path, "exfat", 8 << 20) as stick:
        drive = stick.mount()
        (drive.path / "film.mp4").write_bytes(bytes(stick.drive().free - free))
        before = sorted(drive.path.rglob("*"))
        problem = refused(stick.medium(), drive)
        assert problem.code == "MEDIUM_FULL"
        assert float(problem.values_["need"]) > float(problem.values_["free"])
        assert sorted(drive.path.rglob("*")) == before


def test_U07_space_that_runs_out_while_writing_leaves_nothing(tmp_path: Path) -> None:
    """Another program took it: refused at the write, nothing half written stays, with room it works."""
    limit = ["bash", "-c", 'ulimit -f 4; exec "$@"', "-"]
    script = (
        "import sys, signal; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from jiandang_desktop.devices.files import FileMedium\n"
        "from jiandang_desktop.domain.problems import Problem\n"
        "try: print(FileMedium().write_file(Path(sys.argv[1]), 'a.jdb', bytes(10000)))\n"
        "except Problem as problem: print(problem.code)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run([*limit, *command], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "MEDIUM_FULL\n"
    assert names(tmp_path) == []
    assert FileMedium().write_file(tmp_path, "a.jdb", bytes(10_000)).exists()


def make_file(path: Path) -> None:
    path.write_bytes(b"somebody's photos")


def make_same_size(path: Path) -> None:
    path.write_bytes(bytes(len(DATA)))


def make_link(path: Path) -> None:
    path.symlink_to(path.parent / "victim")


@pytest.mark.parametrize("make", [make_file, make_same_size, make_sparse, make_link, os.mkfifo, os.mkdir])
def test_U08_a_taken_name_is_never_overwritten(stick: Drive, make: object) -> None:
    """Whatever has the name stays; ours gets a number."""
    ours = stick.path / "jiandang"
    ours.mkdir()
    victim = ours / "victim"
    victim.write_bytes(b"untouched")
    make(ours / NAME)  # type: ignore[operator]
    before = (ours / NAME).lstat()
    path = FileMedium(FolderSticks(stick)).write_file(stick, NAME, DATA)
    assert path.name == "jd-0a1b2c3d-submission-1-3-2.jdb"
    assert path.read_bytes() == DATA
    after = (ours / NAME).lstat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert victim.read_bytes() == b"untouched"


def test_U08_an_equal_file_is_left_as_it_is(stick: Drive) -> None:
    medium = FileMedium(FolderSticks(stick))
    path = medium.write_file(stick, NAME, DATA)
    written = path.stat()
    assert medium.write_file(stick, NAME, DATA) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


@pytest.mark.parametrize("make", [make_link, os.mkfifo, os.mkdir])
def test_U08_what_has_the_name_of_our_part_is_not_touched_either(stick: Drive, make: object) -> None:
    ours = stick.path / "jiandang"
    ours.mkdir()
    (ours / "victim").write_bytes(b"untouched")
    make(ours / f"{NAME}.jd-part")  # type: ignore[operator]
    path = FileMedium(FolderSticks(stick)).write_file(stick, NAME, DATA)
    assert path.name == "jd-0a1b2c3d-submission-1-3-2.jdb"
    assert (ours / "victim").read_bytes() == b"untouched"


def test_U01_a_part_left_from_a_pulled_stick_is_replaced(stick: Drive) -> None:
    ours = stick.path / "jiandang"
    ours.mkdir()
    (ours / f"{NAME}.jd-part").write_bytes(DATA[:100])
    FileMedium(FolderSticks(stick)).write_file(stick, NAME, DATA)
    assert names(ours) == [NAME]


@pytest.mark.parametrize("make", [make_file, make_link, os.mkfifo])
def test_U08_our_folders_name_taken_by_something_else_is_said(stick: Drive, tmp_path: Path, make: object) -> None:
    """A link of that name would lead our files out of the stick."""
    (stick.path / "victim").mkdir()
    make(stick.path / "jiandang")  # type: ignore[operator]
    assert refused(FileMedium(FolderSticks(stick)), stick).code == "MEDIUM_FOLDER_TAKEN"
    assert names(stick.path / "victim") == []


def test_U11_a_stick_that_lies_is_called_broken(tmp_path: Path) -> None:
    """What comes back differs from what was written: not exported, and no file of that name stays."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    script = (
        "import sys; from pathlib import Path\n"
        "from jiandang_desktop.devices.files import FileMedium\n"
        "from jiandang_desktop.domain.problems import Problem\n"
        "try: print(FileMedium().write_file(Path(sys.argv[1]), 'a.jdb', b'x' * 5000))\n"
        "except Problem as problem: print(problem.code)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    outcomes = []
    for target in ("a.jdb.jd-part", "a.jdb"):
        folder = tmp_path / target
        folder.mkdir()
        strace = ["strace", "-f", "-o", os.devnull, "-P", str(folder / target), "-e", "trace=read"]
        inject = ["-e", "inject=read:poke_exit=@arg2=2121:when=1"]
        command = [*strace, *inject, sys.executable, "-c", script, str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if "ptrace" in done.stderr:
            pytest.skip("strace may not trace here")
        outcomes.append((done.stdout.strip(), names(folder)))
    assert outcomes == [("MEDIUM_DIFFERS", []), ("MEDIUM_DIFFERS", [])]


def held(winerror: int) -> PermissionError:
    error = PermissionError(13, "held")
    error.winerror = winerror  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize("times", [1, 3])
def test_U13_a_file_held_by_a_scanner_is_tried_again(stick: Drive, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    refusals = [held(32)] * times
    rename = Path.rename

    def busy(self: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", busy)
    assert FileMedium(FolderSticks(stick), pauses=(0, 0, 0)).write_file(stick, NAME, DATA).read_bytes() == DATA


def test_U13_a_file_held_for_ever_is_said_and_nothing_stays(stick: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(self: Path, target: Path) -> Path:
        raise held(32)

    monkeypatch.setattr(Path, "rename", busy)
    assert refused(FileMedium(FolderSticks(stick), pauses=(0, 0)), stick).code == "MEDIUM_IN_USE"
    assert names(stick.path / "jiandang") == []


@pytest.mark.parametrize("when", [315532800, 4070908800])
def test_U14_times_on_the_stick_are_used_for_nothing(stick: Drive, when: int) -> None:
    """1980 and 2099: the same file is known by its bytes, another one by its bytes, too."""
    medium = FileMedium(FolderSticks(stick))
    path = medium.write_file(stick, NAME, DATA)
    os.utime(path, (when, when))
    assert medium.write_file(stick, NAME, DATA) == path
    assert medium.write_file(stick, NAME, DATA + b"!") != path


@pytest.fixture
def hostile(stick: Drive) -> Drive:
    fill_with_hostile_files(stick.path)
    return stick


def everything(folder: Path) -> set[tuple[bytes, int, int]]:
    return {
        (entry.name, entry.stat(follow_symlinks=False).st_size, entry.stat(follow_symlinks=False).st_mtime_ns)
        for entry in os.scandir(os.fsencode(folder))
        if entry.name != b"jiandang"
    }


def test_U09_hostile_sticks_are_written_to_quickly_and_left_as_they_were(hostile: Drive) -> None:
    """50,000 foreign files, deep folders, links, pipes, 100 GB of nothing, any name: within 2 s, all untouched."""
    ours = hostile.path / "jiandang"
    before = everything(hostile.path), everything(ours)
    medium = FileMedium(FolderSticks(hostile))
    began = time.monotonic()
    path = medium.write_file(hostile, NAME, DATA)
    found = medium.find_files(hostile.path, ".jdb", 1 << 29).files
    assert time.monotonic() - began < 2
    assert path in found
    assert not {"pipe.jdb", "passwd.jdb"} & {item.name for item in found}
    assert before[0] == everything(hostile.path)
    assert {item for item in everything(ours) if item[0] != NAME.encode()} == before[1]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("pipe.jdb", "FILE_NOT_REGULAR"),
        ("loop", "FILE_NOT_REGULAR"),
        ("sparse.jdb", "FILE_TOO_LARGE"),
        ("gone.jdb", "FILE_MISSING"),
        ("circle.jdb", "MEDIUM_VANISHED"),
        ("zero.jdb", "FILE_NOT_REGULAR"),
    ],
)
def test_U09_hostile_files_are_refused_within_two_seconds(stick: Drive, name: str, code: str) -> None:
    """Nothing waits at a pipe, nothing reads 100 GB, nothing follows a circle."""
    os.mkfifo(stick.path / "pipe.jdb")
    (stick.path / "loop").symlink_to(stick.path)
    (stick.path / "circle.jdb").symlink_to("circle.jdb")
    (stick.path / "zero.jdb").symlink_to("/dev/zero")
    make_sparse(stick.path / "sparse.jdb")
    began = time.monotonic()
    with pytest.raises(Problem) as caught:
        FileMedium(FolderSticks(stick)).read_file(stick.path / name, 1 << 20)
    assert time.monotonic() - began < 2
    assert caught.value.code == code
