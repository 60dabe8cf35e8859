"""Build dist/jiandang, put it into a .deb, and try the built program. Called by ``dev.py package``.

``--quick`` compresses the .deb for speed instead of size.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from deb.build import build_deb
from smoke import smoke

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def main() -> int:
    """Build, pack, try; anything that fails ends with its own message."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fast compression")
    chosen = parser.parse_args()
    folder = freeze()
    print(f"{folder.relative_to(ROOT)}: {_megabytes(folder)} MB")
    if sys.platform.startswith("linux") and shutil.which("dpkg-deb"):
        package = build_deb(folder, DIST, version(), quick=chosen.quick)
        print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB")
    return smoke(folder)


def freeze() -> Path:
    """The program as one folder."""
    work = ROOT / "build" / "pyinstaller"
    words = ["--noconfirm", "--log-level", "WARN", "--distpath", str(DIST), "--workpath", str(work)]
    spec = ROOT / "installer" / "jiandang.spec"
    subprocess.run([sys.executable, "-m", "PyInstaller", *words, str(spec)], check=True, cwd=ROOT)
    return DIST / "jiandang"


def version() -> str:
    """The version of the source."""
    line = next(
        line
        for line in (ROOT / "src" / "jiandang_desktop" / "__init__.py").read_text("utf-8").splitlines()
        if line.startswith("__version__")
    )
    return line.split('"')[1]


def _megabytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
