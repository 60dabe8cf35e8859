"""``jiandang`` alone opens the window; with a command it works at the terminal."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""One of these is there where a window can be shown; without any, Qt ends the process in English."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code of docs/cli.md."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    # While modules load nothing is done yet, and the window saves as it goes: Ctrl+C ends both at once. At the
    # terminal it is said what became of the command.
    _interrupt(signal.SIG_DFL)
    from jiandang_desktop.bootstrap import default_vault, make_workbench

    if not arguments or arguments[0] == "--window":
        return _open_window(default_vault(), arguments)
    from jiandang_desktop.cli.main import run

    _interrupt(signal.default_int_handler)
    return run(arguments, make_workbench, default_vault(), _open_window)


def _open_window(vault: Path, arguments: Sequence[str] = ()) -> int:
    from jiandang_desktop.bootstrap import make_workbench

    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in _DISPLAYS):
        from jiandang_desktop.cli.main import refuse
        from jiandang_desktop.domain.problems import Problem

        return refuse(make_workbench(), Problem("NO_DISPLAY"), as_json=False)
    # Qt is loaded only for the window: the terminal must start fast and without a display.
    from jiandang_desktop.gui.application import run_window

    _interrupt(signal.SIG_DFL)
    return run_window(make_workbench, vault, arguments)


def _interrupt(handler: "signal.Handlers | Callable[[int, FrameType | None], object]") -> None:
    """What Ctrl+C does from now on; where it is ignored (nohup) it stays so."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, handler)


if __name__ == "__main__":
    sys.exit(main())
