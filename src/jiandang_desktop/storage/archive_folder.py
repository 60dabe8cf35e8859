"""Original bundles, kept for ever as files named by their digest: they are encrypted and signed themselves."""

import hashlib
import re
from pathlib import Path

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.storage.atomic_files import disk_problems, replace_file, sync_folder


class ArchiveFolder:
    """The ``archive`` folder of a vault."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "archive"

    def store(self, digest: str, data: bytes) -> None:
        """Write a bundle durably; one that is there and whole stays as it is (VAULT_FULL, VAULT_IO)."""
        path = self._path(digest)
        with disk_problems():
            if path.is_file() and path.read_bytes() == data:
                return
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                sync_folder(self._folder)
            replace_file(path, data)

    def read(self, digest: str) -> bytes | None:
        """A bundle's bytes, None where it isn't there (VAULT_DAMAGED where they aren't what they were)."""
        path = self._path(digest)
        if not path.is_file():
            return None
        with disk_problems():
            data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise Problem("VAULT_DAMAGED")
        return data

    def read_start(self, digest: str, size: int) -> bytes:
        """At most ``size`` bytes of a bundle's beginning, none where it isn't there; nobody checked them (VAULT_IO)."""
        path = self._path(digest)
        with disk_problems():
            if not path.is_file():
                return b""
            with path.open("rb") as file:
                return file.read(size)

    def digests(self) -> list[str]:
        """What is kept, by name; files that aren't ours are passed over (VAULT_IO)."""
        with disk_problems():
            names = [path.stem for path in self._folder.glob("[0-9a-f][0-9a-f]/*.jdb") if path.is_file()]
        return sorted(name for name in names if re.fullmatch(r"[0-9a-f]{64}", name))

    def fault(self, digest: str) -> bool:
        """Whether a bundle that must be here is missing or changed."""
        try:
            return self.read(digest) is None
        except Problem:
            return True

    def _path(self, digest: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError("not a digest")
        # Folders of at most some hundred files each stay quick on old disks.
        return self._folder / digest[:2] / f"{digest}.jdb"
