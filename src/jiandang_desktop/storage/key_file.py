"""The slot file, kept twice: losing it would lose everything. One good copy heals the other."""

import contextlib
from pathlib import Path

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.storage import key_slots
from jiandang_desktop.storage.atomic_files import replace_file
from jiandang_desktop.storage.key_slots import KeySlots

NAMES = ("keys.json", "keys.copy.json")
_LARGEST = 1_000_000


def read(folder: Path) -> KeySlots:
    """The newest intact copy (VAULT_KEYS_DAMAGED, VAULT_NEWER)."""
    good = [slots for slots in (_copy(folder / name) for name in NAMES) if slots is not None]
    if not good:
        raise Problem("VAULT_KEYS_DAMAGED")
    return max(good, key=lambda slots: slots.change)


def heal(folder: Path, slots: KeySlots) -> None:
    """Write each copy again that is missing, damaged or older; where nothing can be written it stays for later."""
    data = key_slots.encode(slots)
    for name in NAMES:
        with contextlib.suppress(OSError):
            if not _same(folder / name, data):
                replace_file(folder / name, data)


def write(folder: Path, slots: KeySlots) -> None:
    """Replace both copies, one after the other (OSError)."""
    data = key_slots.encode(slots)
    for name in NAMES:
        replace_file(folder / name, data)


def _copy(path: Path) -> KeySlots | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return key_slots.decode(path.read_bytes())
    except (OSError, ValueError):
        return None


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
