"""The one front door for developers: set up, run, test, measure, package. Standard library only.

    python3 dev.py demo      run the whole loop on generated people (with a display, open the window on it)
    python3 dev.py test      every check and every test
    python3 dev.py --help    the rest

What a command needs is set up first and not twice: `.venv` from the hash lock, and on Debian the system packages.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"

WINDOW_PACKAGES = (
    "libgl1 libegl1 libxkbcommon0 libglib2.0-0 libfreetype6 libfontconfig1 libdbus-1-3 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-util1 libxcb-xkb1 "
    "libxkbcommon-x11-0 libcups2 libwayland-cursor0"
).split()
"""What Qt asks of a Debian that has none of it."""
TEST_PACKAGES = [
    *WINDOW_PACKAGES,
    *"git age zstd openssh-client poppler-utils xvfb xauth strace zbar-tools binutils".split(),
    *"dosfstools exfat-fuse exfatprogs ntfs-3g".split(),
]


def main() -> int:
    """Do one command; its exit code is ours."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Set up, run, test, measure, package.")
    parser.add_argument(
        "command", choices=sorted(COMMANDS), help="; ".join(f"{n}: {c.__doc__}" for n, c in COMMANDS.items())
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to the command")
    chosen = parser.parse_args()
    try:
        return COMMANDS[chosen.command](chosen.rest)
    except subprocess.CalledProcessError as error:
        print(f"dev.py: failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode or 1
    except KeyboardInterrupt:
        return 130


def demo(rest: list[str]) -> int:
    """run the whole loop on generated people in demo-out; with a display, open the window on it"""
    display = _has_display()
    _set_up(RUN_LOCK, WINDOW_PACKAGES if display else [])
    opening = ["--open"] if display and "--open" not in rest else []
    return _module("jiandang_desktop", "demo", "--out", "demo-out", *opening, *rest)


def run(rest: list[str]) -> int:
    """start the program from source"""
    _set_up(RUN_LOCK, WINDOW_PACKAGES if _has_display() else [])
    return _module("jiandang_desktop", *rest)


def check(_rest: list[str]) -> int:
    """lint, format, types, layers; no tests"""
    _set_up(DEV_LOCK, TEST_PACKAGES)
    layers = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    steps = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy"],
        "lint-imports": ["-c", layers],
    }
    failed = [name for name, words in steps.items() if _python(*words)]
    if failed:
        print(f"dev.py: not clean: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def test(rest: list[str]) -> int:
    """check, then every test (arguments go to pytest)"""
    unclean = check([])
    workers = str(min(4, os.cpu_count() or 1))
    return _module("pytest", "-n", workers, "--durations=15", *rest) or unclean


def bench(rest: list[str]) -> int:
    """our figures beside the same work done with the libraries alone"""
    _set_up(DEV_LOCK, WINDOW_PACKAGES)
    return _module("benchmarks", *rest)


def screens(rest: list[str]) -> int:
    """take the pictures in docs/screens again"""
    _set_up(DEV_LOCK, WINDOW_PACKAGES)
    return _python(str(ROOT / "dev" / "screens.py"), *rest)


def lock(_rest: list[str]) -> int:
    """write both lock files again from pyproject.toml (needs uv)"""
    uv = shutil.which("uv")
    if uv is None:
        print("dev.py: lock needs uv: pip install uv", file=sys.stderr)
        return 1
    # uv.lock names index hosts; the exported form holds names, versions, markers and hashes only.
    export = [
        uv,
        "export",
        "--quiet",
        "--format",
        "requirements.txt",
        "--no-emit-project",
        "--no-header",
        "--no-annotate",
    ]
    for target, groups in ((RUN_LOCK, ["--no-default-groups"]), (DEV_LOCK, ["--group", "dev"])):
        _call([*export, *groups, "--output-file", str(target)])
    return 0


def package(rest: list[str]) -> int:
    """build dist/jiandang and the .deb, then try the built program"""
    _set_up(DEV_LOCK, [*WINDOW_PACKAGES, "binutils"])
    return _python(str(ROOT / "installer" / "build.py"), *rest)


COMMANDS = {command.__name__: command for command in (demo, run, test, check, bench, screens, lock, package)}


def _set_up(lock_file: Path, packages: list[str]) -> None:
    """Make `.venv` hold what ``lock_file`` names, and the system hold ``packages``."""
    if sys.version_info < (3, 11):
        sys.exit("dev.py: Python 3.11 or newer is needed")
    _system_packages(packages)
    stamp = VENV / f"{lock_file.stem}.installed"
    wanted = hashlib.sha256(lock_file.read_bytes() + sys.version.encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"dev.py: setting up .venv from {lock_file.name}", flush=True)
    if not _venv_stands():
        _call([sys.executable, "-m", "venv", "--clear", str(VENV)])
    _install(lock_file)
    library = subprocess.check_output(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    Path(library.strip(), "jiandang_source.pth").write_text(str(ROOT / "src") + "\n", encoding="utf-8")
    stamp.write_text(wanted)


def _venv_stands() -> bool:
    """An interrupted or refused set-up leaves a Python without pip behind."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-c", "import pip"], check=False, capture_output=True).returncode == 0


def _install(lock_file: Path) -> None:
    wanted = ["--require-hashes", "-r", str(lock_file)]
    uv = shutil.which("uv")
    if uv is not None:
        quick = subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *wanted],
            env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
            check=False,
        )
        if quick.returncode == 0:
            return
        print("dev.py: uv could not, trying pip", flush=True)
    _call([str(PYTHON), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *wanted])


def _system_packages(names: list[str]) -> None:
    """Install missing Debian packages where we may, else say how."""
    if not sys.platform.startswith("linux") or shutil.which("dpkg-query") is None:
        return
    missing = [name for name in names if not _installed(name)]
    no_venv = importlib.util.find_spec("ensurepip") is None and not _venv_stands()
    if no_venv:
        missing.append("python3-venv")
    if not missing:
        return
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        print(
            "dev.py: some system packages are missing; install them with\n  sudo apt-get update && sudo "
            + " ".join(install),
            flush=True,
        )
        if no_venv:
            sys.exit(1)  # nothing else can go on without it
        return
    print(f"dev.py: installing {' '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-q"], install):
        done = subprocess.run(step, env=environment, check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            print(f"dev.py: could not: {' '.join(step)}", file=sys.stderr)


def _installed(name: str) -> bool:
    # Newer releases renamed libraries for 64-bit time; they provide the old name.
    for known in (name, name + "t64"):
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", known], capture_output=True, text=True, check=False
        )
        if asked.stdout.startswith("ii"):
            return True
    return False


def _has_display() -> bool:
    return os.name == "nt" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _module(*words: str) -> int:
    return _python("-m", *words)


def _python(*words: str) -> int:
    sys.stdout.flush()
    return subprocess.run([str(PYTHON), *words], cwd=ROOT, check=False).returncode


def _call(words: list[str]) -> None:
    subprocess.run(words, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
