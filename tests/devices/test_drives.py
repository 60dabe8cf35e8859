"""Which drives are sticks: told from what the kernel and Windows say."""

import contextlib
import subprocess
from pathlib import Path

import pytest

from jiandang_desktop.devices.linux_drives import LinuxDrives
from jiandang_desktop.devices.windows_drives import FIXED, REMOVABLE, UNKNOWN_FORMAT, Volume, WindowsDrives
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive, DriveState

from .sticks import loop_stick

CD, NETWORK = 5, 4


class Computer:
    """A computer's files under /proc, /sys and /dev."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = ["proc /proc proc rw 0 0", "/dev/sda1 / ext4 rw 0 0", "tmpfs /tmp tmpfs rw 0 0"]
        self.disk("sda", removable=0)
        self.write()

    def disk(self, name: str, *, removable: int, size: int = 1000, bus: str = "pci0/ata1") -> None:
        device = self.root / "sys/devices" / bus / name
        (device / f"{name}1").mkdir(parents=True)
        (device / "removable").write_text(f"{removable}\n")
        (device / "size").write_text(f"{size}\n")
        (device / f"{name}1" / "partition").write_text("1\n")
        (device / f"{name}1" / "size").write_text(f"{size}\n")
        blocks = self.root / "sys/class/block"
        blocks.mkdir(parents=True, exist_ok=True)
        (blocks / name).symlink_to(device)
        (blocks / f"{name}1").symlink_to(device / f"{name}1")

    def mount(self, device: str, path: Path, kind: str = "vfat", options: str = "rw") -> None:
        path.mkdir(exist_ok=True, parents=True)
        escaped = str(path).replace("\\", "\\134").replace(" ", "\\040")
        self.lines.append(f"{device} {escaped} {kind} {options} 0 0")
        self.write()

    def write(self) -> None:
        mounts = self.root / "proc/self/mounts"
        mounts.parent.mkdir(parents=True, exist_ok=True)
        mounts.write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def link(self, kind: str, name: str, device: str) -> None:
        folder = self.root / "dev/disk" / kind
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(Path("../..", device))

    def drives(self) -> list[Drive]:
        return LinuxDrives(self.root).plugged_in()


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "computer")


def test_U05_no_stick(computer: Computer) -> None:
    assert computer.drives() == []


def test_a_stick_is_known_by_its_label_and_volume(computer: Computer, tmp_path: Path) -> None:
    computer.disk("sdb", removable=1)
    computer.mount("/dev/sdb1", tmp_path / "stick")
    computer.link("by-label", r"\xe5\xbb\xba\xe6\xa1\xa3\x20U", "sdb1")
    computer.link("by-uuid", "A1B2-C3D4", "sdb1")
    (drive,) = computer.drives()
    assert (drive.name, drive.volume, drive.state) == ("建档 U", "A1B2-C3D4", DriveState.READY)
    assert drive.path == tmp_path / "stick"
    assert drive.free > 0


def test_a_disk_on_usb_is_one_even_if_it_says_fixed(computer: Computer, tmp_path: Path) -> None:
    computer.disk("sdc", removable=0, bus="pci0/usb1/1-2")
    computer.mount("/dev/sdc1", tmp_path / "disk")
    assert [drive.path for drive in computer.drives()] == [tmp_path / "disk"]


def test_U05_two_sticks_with_blanks_and_chinese_in_their_paths(computer: Computer, tmp_path: Path) -> None:
    for name, folder in (("sdb", "新 加卷"), ("sdd", "KINGSTON")):
        computer.disk(name, removable=1)
        computer.mount(f"/dev/{name}1", tmp_path / folder)
    assert {drive.path.name for drive in computer.drives()} == {"新 加卷", "KINGSTON"}
    assert len({drive.volume for drive in computer.drives()}) == 2


def test_U05_a_phone_a_disc_and_a_reader_without_a_card_are_none(computer: Computer, tmp_path: Path) -> None:
    computer.disk("sr0", removable=1)
    computer.mount("/dev/sr0", tmp_path / "disc", "iso9660", "ro")
    computer.mount("gvfsd-fuse", tmp_path / "phone", "fuse.gvfsd-fuse")
    computer.disk("sde", removable=1, size=0)
    assert computer.drives() == []


def test_U06_unformatted_is_shown_as_unreadable(computer: Computer) -> None:
    computer.disk("sdb", removable=1)
    (drive,) = computer.drives()
    assert (drive.name, drive.state) == ("sdb", DriveState.UNREADABLE)


def test_U06_read_only_is_said(computer: Computer, tmp_path: Path) -> None:
    computer.disk("sdb", removable=1)
    computer.mount("/dev/sdb1", tmp_path / "stick", options="ro,nosuid")
    assert [drive.state for drive in computer.drives()] == [DriveState.READ_ONLY]


def test_a_stick_that_vanishes_while_one_looks_is_none(computer: Computer, tmp_path: Path) -> None:
    computer.disk("sdb", removable=1)
    computer.mount("/dev/sdb1", tmp_path / "stick")
    (tmp_path / "stick").rmdir()
    assert [drive for drive in computer.drives() if drive.state is DriveState.READY] == []


def test_a_label_is_shown_in_one_short_line(computer: Computer, tmp_path: Path) -> None:
    computer.disk("sdb", removable=1)
    computer.mount("/dev/sdb1", tmp_path / "stick")
    computer.link("by-label", r"\xe2\x80\xaeA\x0a" + "长" * 60, "sdb1")
    (drive,) = computer.drives()
    assert drive.name == "A" + "长" * 31


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs"])
def test_U03_ejecting_a_real_stick_unmounts_it(tmp_path: Path, kind: str) -> None:
    """Only then the words say that it may be pulled out."""
    with loop_stick(tmp_path, kind) as stick:
        drive = stick.mount()
        stick.medium().write_file(drive, "a.jdb", b"whole")
        stick.medium().eject(drive)
        assert not stick.path.is_mount()
        again = stick.mount()
        assert (again.path / "jiandang/a.jdb").read_bytes() == b"whole"


def test_U03_a_stick_in_use_is_not_ejected(tmp_path: Path) -> None:
    with loop_stick(tmp_path, "exfat") as stick:
        drive = stick.mount()
        held = drive.path / "held.txt"
        held.write_bytes(b"x")
        with held.open("rb"), pytest.raises(Problem) as refused:
            stick.medium().eject(drive)
        assert refused.value.code == "MEDIUM_BUSY"
        assert stick.path.is_mount()


def test_U03_a_stick_that_is_gone_is_not_called_safe(tmp_path: Path) -> None:
    with loop_stick(tmp_path, "exfat") as stick:
        drive = stick.mount()
        stick.unmount()
        with pytest.raises(Problem) as refused:
            stick.medium().eject(drive)
        assert refused.value.code == "MEDIUM_GONE"


class TalkingWindows:
    """Answers as Windows does."""

    def __init__(self, **drives: tuple[int, Volume]) -> None:
        self.letters = {f"{letter}:\\": told for letter, told in drives.items()}
        self.usb: set[str] = set()
        self.asked: list[str] = []
        self.outcome = ""

    def roots(self) -> list[str]:
        return list(self.letters)

    def drive_type(self, root: str) -> int:
        return self.letters[root][0]

    def on_usb(self, root: str) -> bool:
        return root in self.usb

    def volume(self, root: str) -> Volume:
        self.asked.append(root)
        return self.letters[root][1]

    def eject(self, root: str) -> str:
        return self.outcome


def test_windows_sticks_by_drive_type() -> None:
    stick = Volume("建档", 0xA1B2C3D4, False, 5_000)
    windows = TalkingWindows(
        C=(FIXED, Volume("Windows")), D=(CD, Volume("disc")), E=(REMOVABLE, stick), Z=(NETWORK, stick)
    )
    (drive,) = WindowsDrives(windows).plugged_in()
    assert (drive.name, drive.volume, drive.free, str(drive.path)) == ("建档 E:", "A1B2C3D4", 5_000, "E:\\")
    assert windows.asked == ["E:\\"]


def test_windows_disks_on_usb_read_only_unformatted_and_empty_readers() -> None:
    windows = TalkingWindows(
        E=(FIXED, Volume("disk")),
        F=(REMOVABLE, Volume(read_only=True)),
        G=(REMOVABLE, Volume(error=UNKNOWN_FORMAT)),
        H=(REMOVABLE, Volume(error=21)),
    )
    windows.usb = {"E:\\"}
    states = {drive.name: drive.state for drive in WindowsDrives(windows).plugged_in()}
    assert states == {"disk E:": DriveState.READY, "F:": DriveState.READ_ONLY, "G:": DriveState.UNREADABLE}


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("", None), ("lock", "MEDIUM_BUSY"), ("dismount", "MEDIUM_NOT_EJECTED"), ("open", "MEDIUM_NOT_EJECTED")],
)
def test_U03_windows_says_safe_only_after_every_step(outcome: str, code: str | None) -> None:
    windows = TalkingWindows(E=(REMOVABLE, Volume("S")))
    windows.outcome = outcome
    drives = WindowsDrives(windows)
    (drive,) = drives.plugged_in()
    with pytest.raises(Problem) if code else contextlib.nullcontext() as refused:
        drives.eject(drive)
    assert code is None or refused.value.code == code


def test_ejecting_runs_only_tools_of_the_system(tmp_path: Path) -> None:
    """A program of the tool's name on the stick is never started."""
    with loop_stick(tmp_path, "exfat") as stick:
        drive = stick.mount()
        for name in ("umount", "udisksctl", "autorun.inf"):
            (drive.path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
        stick.medium().eject(drive)
        assert not (tmp_path / "started").exists()
        assert subprocess.run(["mountpoint", "-q", stick.path], check=False).returncode != 0
