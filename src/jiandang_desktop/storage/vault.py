"""An open vault: the connection, its key slots, its head file, its lock."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.ports.clock import Clock
from jiandang_desktop.ports.vault import CheckReport, Reader, UnitOfWork
from jiandang_desktop.storage import audit_log, key_file, recovery_code
from jiandang_desktop.storage.archive_folder import ArchiveFolder
from jiandang_desktop.storage.atomic_files import disk_problems
from jiandang_desktop.storage.caring import Caring
from jiandang_desktop.storage.checking import content_sum, find_faults
from jiandang_desktop.storage.connection import DATABASE, Connection, DriverError, storage_problems
from jiandang_desktop.storage.expected import expected_rows
from jiandang_desktop.storage.folder_lock import FolderLock
from jiandang_desktop.storage.head_file import HeadFile
from jiandang_desktop.storage.key_slots import KeySlots, checked_password
from jiandang_desktop.storage.projection_rows import FROM_REVISIONS, Projector, insert_sql
from jiandang_desktop.storage.reading import SqlReader
from jiandang_desktop.storage.tries import Tries
from jiandang_desktop.storage.unit_of_work import SqlUnitOfWork

_BATCH = 1000


class SqlCipherVault:
    """``ports.vault.Vault``. Everything happens on the thread that opened it."""

    def __init__(
        self,
        *,
        folder: Path,
        staff_id: StaffId,
        key: bytes,
        connection: Connection,
        lock: FolderLock | None,
        head_file: HeadFile,
        tries: Tries,
        projector: Projector,
        clock: Clock,
        read_only_reason: str,
    ) -> None:
        self.folder = folder
        self.staff_id = staff_id
        self.read_only_reason = read_only_reason
        self._key = key
        self._connection = connection
        self._lock = lock
        self._head_file = head_file
        self._tries = tries
        self._projector = projector
        self._clock = clock
        self._archive = ArchiveFolder(folder)
        self._thread = threading.get_ident()
        self._work: SqlUnitOfWork | None = None

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """See ``ports.vault.Vault.read``; inside a unit of work it sees what that has written."""
        self._on_thread()
        with storage_problems():
            yield self._work or SqlReader(self._connection)

    @contextmanager
    def work(self, action: str) -> Iterator[UnitOfWork]:
        """See ``ports.vault.Vault.work``."""
        self._on_thread()
        self._require_writable()
        if self._work is not None:
            raise AssertionError("one unit of work at a time")
        with storage_problems():
            self._connection.execute("BEGIN IMMEDIATE")
            self._work = SqlUnitOfWork(
                self._connection,
                self._projector,
                action=action,
                staff_id=self.staff_id,
                now=self._now,
                committed=self._note_head,
            )
            try:
                yield self._work
            finally:
                self._work = None
                self._roll_back()

    def log(self, action: str, *, subject_id: str = "", **detail: Any) -> None:
        """See ``ports.vault.Vault.log``; inside a unit of work it becomes part of that one's entry."""
        if self.read_only_reason:
            return
        if self._work is not None:
            self._work.note(subject_id=subject_id, also=action, **detail)
            return
        with self.work(action) as work:
            work.note(subject_id=subject_id, **detail)
            work.commit()

    def add_slot(self, staff_id: StaffId, name: str, password: str) -> None:
        """A key slot for a new person (PASSWORD_RULE, VAULT_READ_ONLY, VAULT_FULL, VAULT_IO)."""
        self._change_slots(lambda slots: slots.with_person(self._key, staff_id, name, password))

    def change_password(self, staff_id: StaffId, password: str) -> None:
        """See ``ports.vault.Vault.change_password``; a person whose slot was taken away gets one again."""
        checked_password(password)
        with self.read() as reader:
            member = reader.staff_member(staff_id)
        if member is None:
            raise AssertionError("a password belongs to somebody of the roster")
        self._change_slots(lambda slots: slots.with_person(self._key, staff_id, member.name, password))

    def confirm_password(self, staff_id: StaffId, password: str) -> None:
        """See ``ports.vault.Vault.confirm_password``."""
        self._on_thread()
        self._tries.pause()
        if key_file.read(self.folder).open_with_password(staff_id, password) is None:
            self._tries.count()
            raise Problem("VAULT_PASSWORD")
        self._tries.forget()

    def remove_slot(self, staff_id: StaffId) -> None:
        """Take a person's key slot away."""
        self._change_slots(lambda slots: slots.without_person(staff_id))

    def new_recovery_code(self) -> str:
        """See ``ports.vault.Vault.new_recovery_code``."""
        secret = recovery_code.new_secret()
        self._change_slots(lambda slots: slots.with_recovery(self._key, secret))
        return recovery_code.write(secret)

    def check(self) -> CheckReport:
        """See ``ports.vault.Vault.check``; the codes of the faults are those of ``storage.checking``."""
        self.checkpoint()
        with self.read() as reader:
            counts = _counts(reader)
            content = content_sum(self._connection)
            faults = tuple(find_faults(self._connection, self._projector, self._head_file.read(), self._archive))
        if self.read_only_reason:
            faults = (("read_only", self.read_only_reason), *faults)
        return CheckReport(
            revisions=counts["revisions"],
            journal_entries=counts["journal"],
            audit_entries=counts["audit"],
            residents=counts["residents"],
            content=content,
            faults=faults,
        )

    def rebuild(self) -> None:
        """See ``ports.vault.Vault.rebuild`` (VAULT_READ_ONLY)."""
        with self.work("rebuild_projections") as work:
            for table in FROM_REVISIONS:
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in FROM_REVISIONS}
            for table, row in expected_rows(self._connection, self._projector):
                waiting[table].append(row)
                if len(waiting[table]) >= _BATCH:
                    self._connection.executemany(insert_sql(table), waiting[table])
                    waiting[table].clear()
            for table, rows in waiting.items():
                self._connection.executemany(insert_sql(table), rows)
            Caring(self._connection, self._projector).renew_everybody(self._now()[:10])
            work.commit()

    def renew_care(self) -> None:
        """Work duties and memberships out again where other programmes or other settings hold than last time."""
        caring = Caring(self._connection, self._projector)
        if not self.read_only_reason and not caring.is_current(self._now()[:10]):
            with self.work("renew_duties") as work:
                caring.renew_everybody(self._now()[:10])
                work.note(residents=work.count_residents())
                work.commit()

    @contextmanager
    def accept_state(self) -> Iterator[int]:
        """See ``ports.vault.Vault.accept_state``. The lost log was set aside at opening."""
        self._on_thread()
        lost = self._head_file.read()
        reason = self.read_only_reason
        if reason in ("VAULT_BEHIND", "VAULT_HEAD_LOST"):
            self.read_only_reason = ""
        try:
            yield lost.number if lost else 0
        except BaseException:
            self.read_only_reason = reason
            raise

    def store_bundle(self, digest: str, data: bytes) -> None:
        """See ``ports.vault.Vault.store_bundle`` (VAULT_READ_ONLY, VAULT_FULL, VAULT_IO)."""
        self._require_writable()
        self._archive.store(digest, data)

    def read_bundle(self, digest: str) -> bytes | None:
        """An original bundle (VAULT_DAMAGED where the file isn't what it was)."""
        return self._archive.read(digest)

    def read_bundle_start(self, digest: str, size: int) -> bytes:
        """See ``ports.vault.Vault.read_bundle_start``."""
        return self._archive.read_start(digest, size)

    def kept_bundles(self) -> list[str]:
        """See ``ports.vault.Vault.kept_bundles``."""
        return self._archive.digests()

    def checkpoint(self) -> None:
        """See ``ports.vault.Vault.checkpoint``; nothing is moved while something is wrong."""
        self._on_thread()
        if not self.read_only_reason and self._work is None:
            with storage_problems():
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close everything; closing again does nothing."""
        if self._connection is None:
            return
        self._on_thread()
        with suppress(Problem):
            self.checkpoint()
        with suppress(DriverError):
            self._connection.close()
        self._connection = None
        self._key = b""
        self._head_file.close()
        if self._lock is not None:
            self._lock.release()

    def _on_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise AssertionError("a vault belongs to the thread that opened it")
        if self._connection is None:
            raise Problem("VAULT_CLOSED")

    def _require_writable(self) -> None:
        if self.read_only_reason:
            raise Problem("VAULT_READ_ONLY")

    def _roll_back(self) -> None:
        # After a full disk SQLite has rolled back by itself.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")

    def _note_head(self, number: int, entry_hash: str) -> None:
        # The save is durable already: it must not be called lost because the note beside it failed. The next save
        # writes the head again, and a head that lags behind is no fault at the next start.
        with suppress(OSError):
            self._head_file.write(number, entry_hash)

    def _change_slots(self, change: Callable[[KeySlots], KeySlots]) -> None:
        self._on_thread()
        self._require_writable()
        changed = change(key_file.read(self.folder))
        with disk_problems():
            key_file.write(self.folder, changed)


def _counts(reader: Reader) -> dict[str, int]:
    try:
        return reader.counts()
    except DriverError:
        return {"revisions": 0, "journal": 0, "audit": 0, "residents": 0}


def set_log_aside(folder: Path) -> None:
    """Keep a copy of the write-ahead log whose end SQLite doesn't believe: what is in it may still be saved."""
    log = folder / f"{DATABASE}-wal"
    kept = folder / f"{DATABASE}-wal.kept"
    with suppress(OSError):
        if log.is_file() and log.stat().st_size and not kept.exists():
            shutil.copyfile(log, kept)


def loss_reason(connection: Connection, head_file: HeadFile) -> str:
    """'' where the database holds the entry that the head names, else why nothing may be written."""
    head = head_file.read()
    if head is None:
        return "VAULT_HEAD_LOST"
    return "" if audit_log.hash_at(connection, head.number) == head.hash else "VAULT_BEHIND"
