"""Find our files on a stick that may hold anything: bounded, and nothing is opened that isn't a plain file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import OUR_FOLDER, Listing, PassedOver

_MOST_NAMES = 200_000
"""Directory entries that are looked at; a stick with more of them is no longer a stick of ours."""
_MOST_FILES = 10_000
_MOST_NAMED = 100


class _Search:
    def __init__(self, suffix: str, largest: int) -> None:
        self._suffix = suffix
        self._largest = largest
        self._left = _MOST_NAMES
        self.files: list[Path] = []
        self.passed_over: list[PassedOver] = []
        self.whole = True

    def look(self, folder: Path) -> None:
        """Take the folder's own files (OSError where it can't be listed)."""
        for entry in self._entries(folder):
            if not entry.name.lower().endswith(self._suffix):
                continue
            reason = self._fault(entry)
            if reason:
                self.pass_over(entry.name, reason)
            elif len(self.files) < _MOST_FILES:
                self.files.append(Path(entry.path))
            else:
                self.whole = False
                return

    def pass_over(self, name: str, reason: str) -> None:
        """Name something that isn't opened."""
        if len(self.passed_over) < _MOST_NAMED:
            self.passed_over.append(PassedOver(printable(name), reason))

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not self._left:
                    self.whole = False
                    return
                self._left -= 1
                yield entry

    def _fault(self, entry: os.DirEntry[str]) -> str:
        """Why a file of ours isn't opened, '' where it may be."""
        if entry.is_symlink():
            return "link"
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:
            return "unreadable"
        if not stat.S_ISREG(facts.st_mode):
            return "special"
        if not _is_text(entry.name):
            return "name"
        return "large" if facts.st_size > self._largest else ""


def find_files(folder: Path, suffix: str, largest: int) -> Listing:
    """See ``ports.medium.Medium.find_files``."""
    search = _Search(suffix, largest)
    try:
        search.look(folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Problem("MEDIUM_MISSING", folder=folder) from error
    except OSError as error:
        raise Problem("MEDIUM_VANISHED", folder=folder) from error
    ours = folder / OUR_FOLDER
    try:
        if ours.is_dir() and not ours.is_symlink():
            search.look(ours)
    except OSError:
        search.pass_over(OUR_FOLDER, "unreadable")
    return Listing(tuple(sorted(search.files)), tuple(search.passed_over), search.whole)


def printable(name: str) -> str:
    """A file name that can be shown: bytes that are no text become question marks, control characters dots."""
    text = name.encode("utf-8", "replace").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "." for character in text)[:120]


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return name.isprintable()
