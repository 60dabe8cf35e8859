"""Wrong passwords slow down and never destroy: how many there were is kept beside the vault."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from jiandang_desktop.storage.atomic_files import replace_file

_FREE = 3
_LONGEST_WAIT = 60.0


class Tries:
    """Counts failed attempts of a folder and waits before the next one."""

    def __init__(self, folder: Path, wait: Callable[[float], None]) -> None:
        self._path = folder / "tries.txt"
        self._wait = wait

    def failed(self) -> int:
        """Wrong attempts since the last right one."""
        with contextlib.suppress(OSError, ValueError):
            return max(0, int(self._path.read_text("ascii")[:9]))
        return 0

    def pause(self) -> None:
        """Wait before an attempt: not at all for the first ones, then 1, 2, 4 … at most 60 seconds."""
        over = self.failed() - _FREE
        if over >= 0:
            self._wait(min(_LONGEST_WAIT, 2.0 ** min(over, 10)))

    def count(self) -> None:
        """One more wrong attempt; where it can't be written down the stretching alone slows."""
        with contextlib.suppress(OSError):
            replace_file(self._path, str(self.failed() + 1).encode("ascii"))

    def forget(self) -> None:
        """A right attempt."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
