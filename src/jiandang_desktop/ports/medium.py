"""Where bundles and prints are carried: folders and sticks. Never the only copy, never trusted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Drive:
    """A removable drive that is plugged in; ``free`` in bytes."""

    name: str
    path: Path
    free: int


class Medium(Protocol):
    """Writes and reads files that leave or enter the house."""

    def drives(self) -> list[Drive]: ...

    def write_file(self, folder: Path, name: str, data: bytes) -> Path:
        """Write, flush to the device, read back and compare; only then does the name exist.

        An equal file of that name is left as it is; another one is never overwritten: a number is added to
        the name. Problems: MEDIUM_MISSING, MEDIUM_FULL, MEDIUM_READ_ONLY, MEDIUM_VANISHED, MEDIUM_DIFFERS.
        """
        ...

    def read_file(self, path: Path, limit: int) -> bytes:
        """Read a regular file of at most ``limit`` bytes.

        Problems: FILE_MISSING, FILE_NOT_REGULAR, FILE_TOO_LARGE, MEDIUM_VANISHED.
        """
        ...

    def list_files(self, folder: Path, suffix: str, limit: int = 10_000) -> list[Path]:
        """Regular files with this suffix in ``folder`` itself (links and folders are passed over), by name."""
        ...
