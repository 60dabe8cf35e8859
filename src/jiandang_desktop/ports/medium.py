"""Where bundles and prints are carried: folders and sticks. Never the only copy, never trusted."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

OUR_FOLDER = "jiandang"
"""The folder on a stick that we write to; plain ASCII, so that every system and file system can show it."""


class DriveState(StrEnum):
    """What can be done with a drive."""

    READY = "ready"
    READ_ONLY = "read_only"
    UNREADABLE = "unreadable"
    """Plugged in, but not opened by the system (yet), not formatted, or of a format unknown here."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A removable drive that is plugged in; ``free`` in bytes.

    ``volume`` names the medium itself, so that another stick in the same place is noticed.
    """

    name: str
    path: Path
    free: int
    volume: str = ""
    state: DriveState = DriveState.READY


Place = Path | Drive
"""Where a file is to go: exactly this folder, or our folder on this very stick."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A name that was not opened. ``reason``: ``link``, ``special``, ``large``, ``name`` or ``unreadable``."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found in a folder and on the same level of our folder in it."""

    files: tuple[Path, ...]
    passed_over: tuple[PassedOver, ...]
    """The first hundred; foreign files of other kinds aren't spoken of."""
    whole: bool
    """False where there was too much to look at."""


class Medium(Protocol):
    """Writes and reads files that leave or enter the house."""

    def drives(self) -> list[Drive]:
        """Sticks and cards that are plugged in; phones, discs and readers without a card are none."""
        ...

    def write_file(self, place: Place, name: str, data: bytes) -> Path:
        """Write, flush to the device, read back and compare; only then does the name exist.

        An equal file of that name is left as it is; another one is never overwritten: a number is added to
        the name. On a stick the file goes to ``OUR_FOLDER``, and only if it is still the stick that was chosen.
        Problems: MEDIUM_MISSING, MEDIUM_GONE, MEDIUM_CHANGED, MEDIUM_UNREADABLE, MEDIUM_FOLDER_TAKEN, MEDIUM_FULL,
        MEDIUM_READ_ONLY, MEDIUM_VANISHED, MEDIUM_DAMAGED, MEDIUM_DIFFERS, MEDIUM_IN_USE, MEDIUM_NAME_TAKEN.
        """
        ...

    def eject(self, drive: Drive) -> None:
        """Flush everything to the stick and take it out of the system; after this it may be pulled out.

        Problems, after each of which it must not be called safe: MEDIUM_GONE, MEDIUM_CHANGED, MEDIUM_BUSY,
        MEDIUM_NOT_EJECTED.
        """
        ...

    def read_file(self, path: Path, limit: int) -> bytes:
        """Read a regular file of at most ``limit`` bytes.

        Problems: FILE_MISSING, FILE_NOT_REGULAR, FILE_TOO_LARGE, MEDIUM_VANISHED.
        """
        ...

    def read_start(self, path: Path, size: int) -> bytes:
        """At most the first ``size`` bytes of a regular file (problems as ``read_file``)."""
        ...

    def find_files(self, folder: Path, suffix: str, largest: int) -> Listing:
        """Regular files with this suffix in ``folder`` and in our folder there, by name; nothing deeper.

        Links, pipes, files over ``largest`` bytes and names that can't be read are passed over and named.
        Problems: MEDIUM_MISSING, MEDIUM_VANISHED.
        """
        ...
