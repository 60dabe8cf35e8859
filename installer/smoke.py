"""Try a built program where nothing of the source is in reach: the terminal's demonstration, then the window."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def smoke(folder: Path) -> int:
    """0 if the program in ``folder`` runs the demonstration and opens its window; says what didn't."""
    program = folder / ("jiandang.exe" if os.name == "nt" else "jiandang")
    with tempfile.TemporaryDirectory() as scratch:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        environment = {**clean, "HOME": scratch, "QT_QPA_PLATFORM": "offscreen"}
        made = Path(scratch, "demo")
        demo = [str(program), "demo", "--out", str(made), "--residents", "12", "--debug"]
        done = subprocess.run(demo, cwd=scratch, env=environment, check=False, timeout=300)
        kinds = {path.suffix for path in made.rglob("*") if path.is_file()} if made.exists() else set()
        if done.returncode or not {".jdb", ".pdf"} <= kinds:
            print(f"smoke: the demonstration ended with {done.returncode} and left {sorted(kinds)}", file=sys.stderr)
            return 1
        return _window(program, scratch, environment)


def _window(program: Path, scratch: str, environment: dict[str, str]) -> int:
    """The window must still stand after some seconds; it has no other way to say that it is well."""
    window = subprocess.Popen([str(program)], cwd=scratch, env=environment)
    try:
        code = window.wait(timeout=8)
    except subprocess.TimeoutExpired:
        window.kill()
        window.wait()
        print("smoke: demonstration and window are well")
        return 0
    print(f"smoke: the window ended with {code}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(smoke(Path(sys.argv[1])))
