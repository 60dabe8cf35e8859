"""Makes, finds and opens vaults. A vault that doesn't open is never made anew, replaced or emptied."""

import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.domain.staff import StaffId, StaffMember
from jiandang_desktop.ports.clock import Clock
from jiandang_desktop.ports.vault import FirstPerson
from jiandang_desktop.programmes.first_record import FirstRecord
from jiandang_desktop.storage import key_file, recovery_code, schema
from jiandang_desktop.storage.atomic_files import disk_problem, disk_problems, sync_folder
from jiandang_desktop.storage.care_rows import CareRules, NoRules
from jiandang_desktop.storage.caring import Caring
from jiandang_desktop.storage.connection import (
    DATABASE,
    Connection,
    create_database,
    is_encrypted,
    open_database,
    storage_problems,
)
from jiandang_desktop.storage.folder_lock import FolderLock
from jiandang_desktop.storage.head_file import HeadFile
from jiandang_desktop.storage.key_slots import KeySlots, checked_password, derived_key, first_slots
from jiandang_desktop.storage.projection_rows import Projector
from jiandang_desktop.storage.tries import Tries
from jiandang_desktop.storage.vault import SqlCipherVault, loss_reason, set_log_aside


def _no_date_field(form_id: FormId, version: int) -> str:  # noqa: ARG001 - the shape of a form lookup
    return ""


class SqlCipherKeeper:
    """``ports.vault.VaultKeeper`` over SQLCipher files.

    ``date_field`` tells the id of the field that dates a form's records ('' for none); ``load_rules`` gives the
    programmes and ``rules_mark`` what tells them from others without loading them; ``wait`` sleeps after wrong
    passwords; tests put others in.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        load_pinyin: Callable[[], Pinyin],
        load_first_record: Callable[[], FirstRecord],
        date_field: Callable[[FormId, int], str] = _no_date_field,
        load_rules: Callable[[], CareRules] = NoRules,
        rules_mark: Callable[[], str] = str,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._projector = Projector(load_pinyin, load_first_record, date_field, load_rules, rules_mark)
        self._wait = wait

    def exists(self, folder: Path) -> bool:
        """Whether anything of a vault is there: its database or a copy of its keys."""
        return any((folder / name).exists() for name in (DATABASE, *key_file.NAMES))

    def people(self, folder: Path) -> Sequence[tuple[StaffId, str]]:
        """See ``ports.vault.VaultKeeper.people``."""
        return [(StaffId(slot.id), slot.name) for slot in self._slots(folder).people]

    def create(self, folder: Path, first: FirstPerson) -> tuple[SqlCipherVault, str]:
        """See ``ports.vault.VaultKeeper.create``.

        Everything is made in a folder beside and renamed, so a cut-off creation leaves nothing that looks like a vault.
        """
        checked_password(first.password)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Problem("VAULT_EXISTS")
        key, secret = secrets.token_bytes(32), recovery_code.new_secret()
        made = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        try:
            with disk_problems(), storage_problems():
                folder.parent.mkdir(parents=True, exist_ok=True)
                made.mkdir(mode=0o700)
                self._fill(made, key, secret, first)
                if folder.exists():
                    folder.rmdir()
                made.rename(folder)
                sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        return self._open(folder, key, first.id, "open_vault"), recovery_code.write(secret)

    def open(self, folder: Path, name: str, password: str) -> SqlCipherVault:
        """See ``ports.vault.VaultKeeper.open``."""
        slots = self._slots(folder)
        tries = Tries(folder, self._wait)
        tries.pause()
        found = slots.open_with_password(name, password)
        if found is None:
            tries.count()
            raise Problem("VAULT_PASSWORD")
        key, slot = found
        return self._open(folder, key, StaffId(slot.id), "sign_in", slots)

    def recover(self, folder: Path, recovery: str, name: str, new_password: str) -> SqlCipherVault:
        """See ``ports.vault.VaultKeeper.recover``.

        Problems beyond those of ``open``: RECOVERY_CODE with the bad ``group``, RECOVERY_CODE_OTHER for a code of
        another vault or an older sheet, NO_SUCH_STAFF, PASSWORD_RULE.
        """
        slots = self._slots(folder)
        secret = recovery_code.read(recovery)
        checked_password(new_password)
        tries = Tries(folder, self._wait)
        tries.pause()
        key = slots.open_with_code(secret)
        if key is None:
            tries.count()
            raise Problem("RECOVERY_CODE_OTHER")
        slot = slots.person(name)
        if slot is None:
            raise Problem("NO_SUCH_STAFF", name=name)
        vault = self._open(folder, key, StaffId(slot.id), "recover", slots)
        try:
            with disk_problems():
                key_file.write(folder, slots.with_person(key, StaffId(slot.id), slot.name, new_password))
        except BaseException:
            vault.close()
            raise
        return vault

    def _slots(self, folder: Path) -> KeySlots:
        if not self.exists(folder):
            raise Problem("VAULT_MISSING")
        return key_file.read(folder)

    def _fill(self, folder: Path, key: bytes, secret: bytes, first: FirstPerson) -> None:
        connection = create_database(folder / DATABASE, key)
        schema.bring_up(connection, folder / DATABASE)
        vault = self._vault(folder, key, first.id, connection)
        with vault.work("create_vault") as work:
            work.put_staff(StaffMember(first.id, first.name, first.roles))
            Caring(connection, self._projector).renew_everybody(self._clock.today().isoformat())
            work.note(subject_id=first.id)
            work.commit()
        vault.close()
        if not is_encrypted(folder / DATABASE):
            raise AssertionError("a vault must never be plain")
        key_file.write(folder, first_slots(key, secret).with_person(key, first.id, first.name, first.password))

    def _open(
        self, folder: Path, key: bytes, staff_id: StaffId, action: str, slots: KeySlots | None = None
    ) -> SqlCipherVault:
        try:
            lock = FolderLock(folder)
        except OSError as error:
            problem = disk_problem(error)
            if problem.code != "VAULT_FOLDER_READ_ONLY":
                raise problem from error
            return self._open_unwritable(folder, key, staff_id)
        try:
            connection = open_database(folder / DATABASE, key)
            try:
                return self._opened(folder, key, staff_id, action, connection=connection, lock=lock, slots=slots)
            except BaseException:
                connection.close()
                raise
        except BaseException:
            lock.release()
            raise

    def _opened(
        self,
        folder: Path,
        key: bytes,
        staff_id: StaffId,
        action: str,
        *,
        connection: Connection,
        lock: FolderLock,
        slots: KeySlots | None,
    ) -> SqlCipherVault:
        with storage_problems():
            schema.bring_up(connection, folder / DATABASE)
            head_file = HeadFile(folder, derived_key(key, b"head"))
            reason = loss_reason(connection, head_file)
        if reason:
            set_log_aside(folder)
        vault = self._vault(folder, key, staff_id, connection, lock=lock, read_only_reason=reason)
        tries = Tries(folder, self._wait)
        vault.log(action, subject_id=staff_id, failed=tries.failed())
        vault.renew_care()
        tries.forget()
        if slots is not None and not reason:
            key_file.heal(folder, slots)
        return vault

    def _open_unwritable(self, folder: Path, key: bytes, staff_id: StaffId) -> SqlCipherVault:
        """A folder on a read-only disk: readable as far as the database goes without its log."""
        log = folder / f"{DATABASE}-wal"
        if log.exists() and log.stat().st_size:
            raise Problem("VAULT_FOLDER_READ_ONLY")
        connection = open_database(folder / DATABASE, key, read_only=True)
        if schema.version_of(connection) != len(schema.migrations()):
            connection.close()
            raise Problem("VAULT_FOLDER_READ_ONLY")
        return self._vault(folder, key, staff_id, connection, read_only_reason="VAULT_FOLDER_READ_ONLY")

    def _vault(
        self,
        folder: Path,
        key: bytes,
        staff_id: StaffId,
        connection: Connection,
        *,
        lock: FolderLock | None = None,
        read_only_reason: str = "",
    ) -> SqlCipherVault:
        head_file = HeadFile(folder, derived_key(key, b"head"))
        head_file.read()
        return SqlCipherVault(
            folder=folder,
            staff_id=staff_id,
            key=key,
            connection=connection,
            lock=lock,
            head_file=head_file,
            tries=Tries(folder, self._wait),
            projector=self._projector,
            clock=self._clock,
            read_only_reason=read_only_reason,
        )
