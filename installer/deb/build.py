"""Make the .deb with dpkg-deb from the packed folder."""

import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PROGRAM = Path("opt/jiandang")


def build_deb(folder: Path, target: Path, version: str, *, quick: bool) -> Path:
    """The package of ``folder`` in ``target``; installs to /opt/jiandang with a menu entry and ``jiandang``."""
    package = target / f"jiandang-desktop_{version}_amd64.deb"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "root")
        shutil.copytree(folder, root / PROGRAM, symlinks=True)
        _place(root, version)
        compress = ["-Zzstd", "-z3"] if quick else ["-Zxz"]
        subprocess.run(["dpkg-deb", "--root-owner-group", *compress, "--build", str(root), str(package)], check=True)
    return package


def _place(root: Path, version: str) -> None:
    """Control file, menu entry, command and licence around the program."""
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file()) // 1024
    control = (HERE / "control").read_text("utf-8").replace("@VERSION@", version).replace("@SIZE@", str(size))
    _write(root / "DEBIAN" / "control", control)
    _write(root / "usr/share/applications/jiandang.desktop", (HERE / "jiandang.desktop").read_text("utf-8"))
    _write(root / "usr/share/doc/jiandang-desktop/copyright", (HERE / "copyright").read_text("utf-8"))
    command = root / "usr/bin/jiandang"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.symlink_to(f"/{PROGRAM}/jiandang")
    for path in root.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
