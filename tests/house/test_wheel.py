"""The wheel carries everything that the program reads at run time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_resource_is_inside(names: set[str]) -> None:
    """Forms, words, fonts, tables: whatever lies in resources/ is in the package."""
    there = {
        f"jiandang_desktop/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "resources").rglob("*")
        if path.is_file()
    }
    assert there - names == set()


def test_every_module_is_inside(names: set[str]) -> None:
    """No package is forgotten."""
    there = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert there - names == set()


def test_licences_are_inside(names: set[str]) -> None:
    """The program's licence and those of its fonts travel with it."""
    licences = [name for name in names if ".dist-info/licenses/" in name]
    assert any(name.endswith("/LICENSE") for name in licences)
    assert any("NotoSansSC" in name for name in licences)
    assert any("HanaMin" in name for name in licences)


def test_nothing_else_is_inside(names: set[str]) -> None:
    """Tests, tools and lock files stay at home."""
    roots = {name.split("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"jiandang_desktop"}
