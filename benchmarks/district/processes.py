"""An object in a process of its own, asked by messages: its memory and its processor time are its own."""

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


class Helper:
    """``ask`` and later ``answer``, or ``call`` for both at once."""

    def __init__(self, make: Callable[..., Any], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make, arguments))
        self._process.start()
        theirs.close()

    def ask(self, method: str, *arguments: Any) -> None:
        """Send a message and don't wait."""
        self._pipe.send((method, arguments))

    def answer(self) -> Any:
        """What became of the oldest message without an answer (RuntimeError with the other side's trace)."""
        failed, value = self._pipe.recv()
        if failed:
            raise RuntimeError(value)
        return value

    def call(self, method: str, *arguments: Any) -> Any:
        """Send a message and wait for what becomes of it."""
        self.ask(method, *arguments)
        return self.answer()

    def end(self) -> None:
        """Let it go."""
        self._pipe.close()
        self._process.join()


def memory() -> tuple[float, float]:
    """Resident MiB of this process, now and at most."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    now, most = (int(status.split(name)[1].split()[0]) / 1024 for name in ("VmRSS:", "VmHWM:"))
    return now, most


def _serve(pipe: Connection, make: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    made: Any = None
    while True:
        try:
            method, values = pipe.recv()
        except EOFError:
            return
        try:
            made = made or make(*arguments)
            pipe.send((False, getattr(made, method)(*values)))
        except Exception:  # noqa: BLE001 - told to the one who asked
            pipe.send((True, traceback.format_exc()))
