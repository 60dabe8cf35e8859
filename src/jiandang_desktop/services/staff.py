"""The station's roster and who may do what (R1.2, R1.3; certificates and training come with governance)."""

from jiandang_desktop.domain.names import clean_name
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import new_id
from jiandang_desktop.domain.staff import Right, Role, StaffId, StaffMember
from jiandang_desktop.services.desk import Desk


def list_staff(desk: Desk) -> list[StaffMember]:
    """Everybody of the station, disabled ones too."""
    with desk.vault.read() as reader:
        return reader.staff()


def parse_roles(names: list[str]) -> frozenset[Role]:
    """Roles by their English names (ROLE_UNKNOWN; at least one)."""
    known = {role.value for role in Role}
    for name in names:
        if name not in known:
            raise Problem("ROLE_UNKNOWN", role=name, known="、".join(sorted(known)))
    if not names:
        raise Problem("ROLE_UNKNOWN", role="", known="、".join(sorted(known)))
    return frozenset(Role(name) for name in names)


def add_staff(desk: Desk, name: str, roles: frozenset[Role], password: str) -> StaffMember:
    """A new person with a password of their own (NOT_ALLOWED, STAFF_NAME, STAFF_NAME_TAKEN, PASSWORD_RULE)."""
    desk.require(Right.MANAGE_STAFF)
    try:
        cleaned = clean_name(name)
    except ValueError as error:
        raise Problem("STAFF_NAME") from error
    if any(member.name == cleaned for member in list_staff(desk)):
        raise Problem("STAFF_NAME_TAKEN", name=cleaned)
    member = StaffMember(StaffId(new_id()), cleaned, roles)
    # The key slot first: a slot without a roster entry can't sign in, a roster entry without a slot confuses.
    desk.vault.add_slot(member.id, member.name, password)
    with desk.vault.work("add_staff") as work:
        work.put_staff(member)
        work.note(subject_id=member.id, roles=sorted(roles))
        work.commit()
    return member


def set_roles(desk: Desk, name: str, roles: frozenset[Role]) -> StaffMember:
    """Change what a person may do (NOT_ALLOWED, NO_SUCH_STAFF, LAST_ADMINISTRATOR)."""
    desk.require(Right.MANAGE_STAFF)
    member = find_staff(desk, name)
    return _put(desk, StaffMember(member.id, member.name, roles, member.disabled), "set_roles")


def disable_staff(desk: Desk, name: str) -> StaffMember:
    """End a person's access; the history keeps the name (NOT_ALLOWED, NO_SUCH_STAFF, LAST_ADMINISTRATOR)."""
    desk.require(Right.MANAGE_STAFF)
    member = find_staff(desk, name)
    changed = _put(desk, StaffMember(member.id, member.name, member.roles, disabled=True), "disable_staff")
    desk.vault.remove_slot(member.id)
    return changed


def reset_password(desk: Desk, name: str, password: str) -> None:
    """Give a person a new password (NOT_ALLOWED, NO_SUCH_STAFF, PASSWORD_RULE)."""
    desk.require(Right.MANAGE_STAFF)
    member = find_staff(desk, name)
    desk.vault.change_password(member.id, password)
    desk.vault.log("reset_password", subject_id=member.id)


def find_staff(desk: Desk, name: str) -> StaffMember:
    """The person of this name (NO_SUCH_STAFF)."""
    for member in list_staff(desk):
        if name in (member.name, member.id):
            return member
    raise Problem("NO_SUCH_STAFF", name=name)


def _put(desk: Desk, member: StaffMember, action: str) -> StaffMember:
    others = [other for other in list_staff(desk) if other.id != member.id]
    still = [person for person in [*others, member] if person.may(Right.MANAGE_STAFF)]
    if not still:
        raise Problem("LAST_ADMINISTRATOR")
    with desk.vault.work(action) as work:
        work.put_staff(member)
        work.note(subject_id=member.id, roles=sorted(member.roles))
        work.commit()
    return member
