"""``--group`` and ``--doctor``: words that a person types. One that nobody has is a slip, not an empty list."""

from jiandang_desktop.cli.session import Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.services import due, prints


def village_group(session: Session, group: str | None) -> str | None:
    """A village group in which somebody lives or a household is registered (NO_SUCH_GROUP)."""
    if group is None or group in due.choices(session.desk).village_groups:
        return group
    groups = dict.fromkeys(row.village_group for row in prints.households(session.desk))
    if group not in groups:
        raise Problem("NO_SUCH_GROUP", group=group, groups="、".join(filter(None, groups)))
    return group


def doctor(session: Session, name: str | None) -> str | None:
    """A doctor who is responsible for somebody (NO_SUCH_DOCTOR)."""
    if name is not None:
        doctors = due.choices(session.desk).doctors
        if name not in doctors:
            raise Problem("NO_SUCH_DOCTOR", doctor=name, doctors="、".join(doctors))
    return name
