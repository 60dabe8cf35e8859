"""The layers of pyproject.toml hold, and the check that says so would notice a breach."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, 'src'); {LINT}", "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_source_keeps_its_layers() -> None:
    """Every import contract holds for the program as it is."""
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("domain", "import jiandang_desktop.services.desk"),
        ("services", "import PySide6"),
        ("gui", "import sqlcipher3"),
        ("cli", "import jiandang_desktop.storage"),
    ],
)
def test_a_planted_breach_is_caught(copy: Path, module: str, line: str) -> None:
    """An upward import, Qt below the window, SQL in the window and storage at the terminal each break a contract."""
    Path(copy, "src", "jiandang_desktop", module, "breach.py").write_text(line + "\n", encoding="utf-8")
    result = _lint(copy)
    assert result.returncode == 1
    assert f"jiandang_desktop.{module}.breach" in result.stdout


def test_a_package_without_a_layer_is_caught(copy: Path) -> None:
    """The list of layers is exhaustive: a new package must be given its place."""
    stray = copy / "src" / "jiandang_desktop" / "stray"
    stray.mkdir()
    (stray / "__init__.py").write_text("", encoding="utf-8")
    result = _lint(copy)
    assert result.returncode == 1
    assert "stray" in result.stdout + result.stderr
