"""The repository names no machine, and its lock files bind everything."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
MACHINE = re.compile(r"(?<![\w./])/(?:work|root|home/\w+|opt/\w+|Users/\w+)/|[A-Z]:\\\\?Users\\")
FREE = {"tests/house/test_repository.py"}


def _tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_path_of_a_machine() -> None:
    """No tracked text names a folder that exists on one computer only."""
    found = []
    for name in _tracked():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if name in FREE:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            # The package installs itself there on the user's computer.
            if MACHINE.search(line.replace("/opt/jiandang", "")):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_and_hashes_everything(name: str) -> None:
    """A lock file installs from any index, and only what was locked."""
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_every_dependency_is_locked() -> None:
    """pyproject.toml and the lock files speak of the same things."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    run = _pinned(LOCKS[0])
    assert _names(project["project"]["dependencies"]) <= run.keys()
    assert _names(project["dependency-groups"]["dev"]) <= _pinned(LOCKS[1]).keys()
    assert run.items() <= _pinned(LOCKS[1]).items()


def test_qt_is_not_the_release_that_aborts() -> None:
    """6.12.0 on Linux with Python 3.11 ends the process after some thousand painting calls."""
    assert not _pinned(LOCKS[0])["pyside6-essentials"].startswith("6.12.0")


def _names(requirements: list[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", line)[0]).lower() for line in requirements}


def _pinned(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return {match[1].lower(): match[2] for match in re.finditer(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)}
