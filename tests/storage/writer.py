"""A program that saves records until it is done or killed, and says each number once it is saved.

``python -m tests.storage.writer FOLDER KEY COUNT FOLD``: it folds the log in after every FOLD saves (0: never).
The key is given raw, because stretching a password costs more than everything else here.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

from jiandang_desktop.domain.records import FormId, RecordId, Revision, StationId, SubjectId, new_id
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.storage import SqlCipherKeeper
from jiandang_desktop.storage.vault import SqlCipherVault

STATION = StationId("00112233445566aa")


class _Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def today(self) -> date:
        return self.now().date()


def _unused() -> NoReturn:
    raise AssertionError("no resident is registered here")


def open_with_key(folder: Path, key: bytes) -> SqlCipherVault:
    """Open without a password."""
    keeper = SqlCipherKeeper(clock=_Clock(), load_pinyin=_unused, load_first_record=_unused)
    return keeper._open(folder, key, StaffId("a" * 32), "sign_in")


def save(vault: SqlCipherVault, number: int) -> None:
    """Save one follow-up record."""
    made = Revision.make(
        record_id=RecordId(new_id()),
        form_id=FormId("hypertension_followup"),
        form_version=1,
        subject_id=SubjectId("s"),
        parents=(),
        answers={"note": "随访" * 300, "number": number},
        complete=True,
        author_id="a" * 32,
        author_name="王秀兰",
        station_id=STATION,
        made_at="2026-11-24T09:30:00+08:00",
    )
    with vault.work("file_record") as work:
        work.add_own_revision(made, stream=f"{STATION}/up")
        work.commit()


def saved(vault: SqlCipherVault) -> int:
    """How many records are there."""
    with vault.read() as reader:
        return reader.counts()["records"]


def main(folder: str, key: str, count: str, fold: str) -> None:
    """Save ``count`` records."""
    vault = open_with_key(Path(folder), bytes.fromhex(key))
    first = saved(vault) + 1
    print("open", flush=True)
    for number in range(first, first + int(count)):
        save(vault, number)
        print(number, flush=True)
        if int(fold) and number % int(fold) == 0:
            vault.checkpoint()
    vault.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
