"""Who works at a station and what each role may do (R1.3)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

StaffId = NewType("StaffId", str)


class Role(StrEnum):
    """A staff member's role; one person may hold several."""

    DOCTOR = "doctor"
    ARCHIVIST = "archivist"
    ASSESSOR = "assessor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a service asks for before it does anything."""

    READ_RECORDS = "read_records"
    WRITE_RECORDS = "write_records"
    PRINT = "print"
    EXPORT = "export"
    INTAKE = "intake"
    MANAGE_STAFF = "manage_staff"
    MANAGE_KEYS = "manage_keys"
    BACKUP = "backup"
    READ_AUDIT = "read_audit"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.DOCTOR: frozenset({Right.READ_RECORDS, Right.WRITE_RECORDS, Right.PRINT, Right.EXPORT}),
    Role.ARCHIVIST: frozenset({Right.READ_RECORDS, Right.WRITE_RECORDS, Right.PRINT, Right.EXPORT, Right.INTAKE}),
    Role.ASSESSOR: frozenset({Right.READ_RECORDS}),
    Role.ADMINISTRATOR: frozenset({Right.MANAGE_STAFF, Right.MANAGE_KEYS, Right.BACKUP, Right.READ_AUDIT}),
}


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person of the station's roster. A disabled person can't sign in and stays in the history."""

    id: StaffId
    name: str
    roles: frozenset[Role]
    disabled: bool = False

    def may(self, right: Right) -> bool:
        """Whether any of the person's roles grants ``right``."""
        return not self.disabled and any(right in RIGHTS[role] for role in self.roles)
