"""Come to the desk and leave it (R1.4)."""

from collections.abc import Sequence
from pathlib import Path

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import StaffId
from jiandang_desktop.ports.vault import Vault
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.workbench import Workbench


def people(bench: Workbench, folder: Path) -> Sequence[tuple[StaffId, str]]:
    """Who can sign in: ids and names (VAULT_MISSING, VAULT_KEYS_DAMAGED)."""
    return bench.keeper.people(folder)


def sign_in(bench: Workbench, folder: Path, name: str, password: str) -> Desk:
    """Open the vault as ``name``.

    Problems: VAULT_MISSING, VAULT_PASSWORD, VAULT_DAMAGED, VAULT_NEWER, VAULT_IN_USE, VAULT_KEYS_DAMAGED,
    STAFF_DISABLED, VAULT_NO_STATION.
    """
    return _desk(bench, bench.keeper.open(folder, name, password))


def recover(bench: Workbench, folder: Path, recovery_code: str, name: str, new_password: str) -> Desk:
    """Open with the recovery sheet and give ``name`` a new password (RECOVERY_CODE, VAULT_… as for sign_in)."""
    return _desk(bench, bench.keeper.recover(folder, recovery_code, name, new_password))


def change_password(desk: Desk, old: str, new: str) -> None:
    """Change one's own password (VAULT_PASSWORD where the old one is wrong, PASSWORD_RULE)."""
    desk.vault.confirm_password(desk.staff.id, old)
    desk.vault.change_password(desk.staff.id, new)
    desk.vault.log("change_password", subject_id=desk.staff.id)


def lock(desk: Desk) -> None:
    """Close the vault; nothing of a resident stays readable."""
    desk.vault.close()


def _desk(bench: Workbench, vault: Vault) -> Desk:
    try:
        with vault.read() as reader:
            member = reader.staff_member(vault.staff_id)
            station = read_station(reader)
        if member is None or member.disabled:
            raise Problem("STAFF_DISABLED")
    except BaseException:
        vault.close()
        raise
    desk = Desk(bench, vault, member, station)
    desk.read_forms()
    return desk
