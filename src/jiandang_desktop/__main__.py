"""``jiandang`` alone opens the window; with a command it works at the terminal."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code of docs/cli.md."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # While modules load nothing is done yet, and the window saves as it goes: Ctrl+C ends both at once. At the
    # terminal it is said what became of the command. Where it is ignored (nohup) it stays so.
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from jiandang_desktop.bootstrap import default_vault, make_workbench

    if not arguments or arguments[0] == "--window":
        # Qt is loaded only for the window: the terminal must start fast and without a display.
        from jiandang_desktop.gui.application import run_window

        return run_window(make_workbench, default_vault(), arguments)
    from jiandang_desktop.cli.main import run

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run(arguments, make_workbench, default_vault(), _open_window)


def _open_window(vault: Path) -> int:
    from jiandang_desktop.bootstrap import make_workbench
    from jiandang_desktop.gui.application import run_window

    return run_window(make_workbench, vault, [])


if __name__ == "__main__":
    sys.exit(main())
