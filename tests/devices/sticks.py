"""Sticks for tests: folders that act as sticks, and real file systems on a loop device.

A loop device carries exFAT, NTFS and, where the kernel knows it, FAT32. exFAT stands in for FAT32 elsewhere: the same
family, no journal, clusters and folder entries; its driver is a program, so that it can be killed in the middle of any
write to the medium, which is what pulling a stick does.
"""

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import pytest

from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.devices.linux_drives import LinuxDrives
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Drive

MAKERS = {
    "exfat": ["mkfs.exfat", "-L", "STICK"],
    "ntfs": ["mkfs.ntfs", "-F", "-Q", "-L", "STICK"],
    "vfat": ["mkfs.vfat", "-F", "32", "-n", "STICK"],
}
MOUNTERS = {"exfat": ["mount.exfat-fuse"], "ntfs": ["ntfs-3g"], "vfat": ["mount", "-t", "vfat"]}


class FolderSticks:
    """Folders that act as sticks, for what doesn't depend on a file system. What is in ``drives`` is plugged in."""

    def __init__(self, *drives: Drive) -> None:
        self.drives = list(drives)
        self.ejected: list[Drive] = []
        self.refusal = ""

    def plugged_in(self) -> list[Drive]:
        return list(self.drives)

    def eject(self, drive: Drive) -> None:
        if self.refusal:
            raise Problem(self.refusal, name=drive.name)
        self.drives.remove(drive)
        self.ejected.append(drive)


def folder_stick(path: Path, name: str = "STICK", volume: str = "A001-0001") -> Drive:
    path.mkdir(exist_ok=True)
    return Drive(name, path, 8_000_000_000, volume)


@dataclass
class LoopStick:
    """A real file system on a loop device."""

    kind: str
    device: str
    path: Path
    root: Path
    drivers: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def format(self) -> None:
        subprocess.run([*MAKERS[self.kind], self.device], check=True, capture_output=True)

    def mount(self, *options: str) -> Drive:
        if self.kind == "exfat":
            self.drivers.append(self._start_driver([], *options))
        else:
            subprocess.run([*MOUNTERS[self.kind], *options, self.device, self.path], check=True, capture_output=True)
        return self.drive()

    def drive(self) -> Drive:
        return next(drive for drive in self.drives().plugged_in() if drive.path == self.path)

    def drives(self) -> LinuxDrives:
        return LinuxDrives(self.root)

    def medium(self) -> FileMedium:
        return FileMedium(self.drives())

    def repair(self) -> None:
        """What the system offers when a stick was pulled out while it was written to."""
        subprocess.run(["fsck.exfat", "-y", self.device], check=False, capture_output=True)

    def unmount(self) -> None:
        if subprocess.run(["umount", self.path], check=False, capture_output=True).returncode:
            subprocess.run(["umount", "-l", self.path], check=False, capture_output=True)
        while self.drivers:
            driver = self.drivers.pop()
            driver.wait(timeout=20)  # it may still write after the mount has gone

    def mount_to_be_pulled(self, write: int) -> None:
        """Mount with a driver that dies in the middle of its Nth write to the medium."""
        trace = ["strace", "-f", "-o", os.devnull, "-e", "trace=pwrite64"]
        inject = ["-e", f"inject=pwrite64:signal=SIGKILL:when={write}"]
        self.drivers.append(self._start_driver([*trace, *inject]))

    def pull(self) -> None:
        """Out with it, if it isn't out already; whatever its driver held in memory is lost."""
        driver = self.drivers[-1]
        if driver.poll() is None:
            children = Path(f"/proc/{driver.pid}/task/{driver.pid}/children").read_text().split()
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), 9)
        self.unmount()

    def _start_driver(self, before: list[str], *options: str) -> "subprocess.Popen[str]":
        driver = subprocess.Popen(
            [*before, "mount.exfat-fuse", "-d", *options, self.device, self.path],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert driver.stderr is not None
        for line in driver.stderr:
            if "INIT" in line:  # it answers from here on
                break
        threading.Thread(target=_read_to_the_end, args=(driver.stderr,), daemon=True).start()
        return driver


def _read_to_the_end(talk: TextIO) -> None:
    """What the driver says interests nobody, but it must not wait for a reader."""
    with talk:
        talk.read()


def why_not(kind: str) -> str:
    """Why no stick of this kind can be made here; '' where it can."""
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists():
        return "needs root and loop devices"
    if kind == "vfat" and "\tvfat\n" not in Path("/proc/filesystems").read_text():
        return "this kernel has no vfat; exFAT stands in"
    if kind != "vfat" and not Path("/dev/fuse").exists():
        return "needs /dev/fuse"
    missing = [tool for tool in (MAKERS[kind][0], MOUNTERS[kind][0], "losetup") if shutil.which(tool) is None]
    return f"needs {' '.join(missing)}" if missing else ""


@contextlib.contextmanager
def loop_stick(folder: Path, kind: str, size: int = 16 << 20) -> Iterator[LoopStick]:
    """A formatted stick that isn't mounted yet; the computer that it is in says that it can be taken out."""
    reason = why_not(kind)
    if reason:
        pytest.skip(reason)
    image, path, root = folder / f"{kind}.img", folder / "mounted", folder / "computer"
    with image.open("wb") as file:
        file.truncate(size)
    path.mkdir()
    device = subprocess.run(
        ["losetup", "-f", "--show", image], check=True, capture_output=True, text=True
    ).stdout.strip()
    block = root / "sys/class/block" / Path(device).name
    block.mkdir(parents=True)
    (block / "removable").write_text("1\n")
    (root / "proc").symlink_to("/proc")
    (root / "dev").symlink_to("/dev")
    stick = LoopStick(kind, device, path, root)
    try:
        stick.format()
        yield stick
    finally:
        stick.unmount()
        subprocess.run(["losetup", "-d", device], check=False, capture_output=True)


NAMES = [
    "autorun.inf",
    "AutoRun.exe",
    "Recycler",
    "System Volume Information",
    "文件夹.exe",
    "新建文件夹.lnk",
    "工资表.xls.scr",
    "jd-0a1b2c3d-submission-1-3.jdb.exe",
    "документы",
    "ᠮᠣᠩᠭᠣᠯ",
    "بەت",
    "བོད་ཡིག",
    "a\u202egpj.exe",
    "😀" * 60,
    " leading and trailing ",
    "-rf",
    "$(touch started)",
    "%n%s",
]


def make_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 * 2**30)


def fill_with_hostile_files(path: Path) -> None:
    """A stick full of what is found on sticks: also inside our own folder."""
    for folder in (path, path / "jiandang"):
        folder.mkdir(exist_ok=True)
        for name in NAMES:
            (folder / name).write_bytes(b"MZ")
        (folder / os.fsdecode(b"\xff\xfe\xb3.jdb")).write_bytes(b"?")
        (folder / "loop").symlink_to(folder)
        (folder / "passwd.jdb").symlink_to("/etc/passwd")
        os.mkfifo(folder / "pipe.jdb")
        make_sparse(folder / "sparse.jdb")
        for number in range(25_000):
            (folder / f"f{number}").touch()
    deep = path
    for _ in range(200):
        deep = deep / "deep"
        deep.mkdir()
