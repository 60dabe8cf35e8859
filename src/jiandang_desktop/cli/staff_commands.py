"""jiandang staff …"""

import argparse

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.staff import StaffMember
from jiandang_desktop.services import sign_in, staff


def staff_add(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A new person with an own password."""
    roles = staff.parse_roles(arguments.role)
    password = session.secret(arguments.new_password_file)
    member = staff.add_staff(session.desk, arguments.NAME, roles, password)
    return Outcome({"staff": _shape(member)}, (session.words("staff.added", name=member.name),))


def staff_list(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Everybody of the station."""
    members = staff.list_staff(session.desk)
    lines = tuple(
        session.words(
            f"staff.line.{'disabled' if member.disabled else 'active'}",
            name=member.name,
            roles="、".join(session.bench.text("terms", f"role.{role}") for role in sorted(member.roles)),
        )
        for member in members
    )
    return Outcome({"staff": [_shape(member) for member in members], "count": len(members)}, lines)


def staff_role(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Change what a person may do."""
    member = staff.set_roles(session.desk, arguments.NAME, staff.parse_roles(arguments.role))
    return Outcome({"staff": _shape(member)}, (session.words("staff.changed", name=member.name),))


def staff_disable(session: Session, arguments: argparse.Namespace) -> Outcome:
    """End a person's access."""
    member = staff.disable_staff(session.desk, arguments.NAME)
    return Outcome({"staff": _shape(member)}, (session.words("staff.disabled", name=member.name),))


def staff_password(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Change one's own password, or as administrator give somebody a new one."""
    new = session.secret(arguments.new_password_file)
    desk = session.desk
    name = arguments.NAME or desk.staff.name
    if name == desk.staff.name:
        sign_in.change_password(desk, session.password(), new)
    else:
        staff.reset_password(desk, name, new)
    return Outcome({"staff": name}, (session.words("staff.password", name=name),))


def _shape(member: StaffMember) -> dict[str, object]:
    return {
        "id": member.id,
        "name": member.name,
        "roles": sorted(role.value for role in member.roles),
        "disabled": member.disabled,
    }
