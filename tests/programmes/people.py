"""Made-up residents and records, as short as a test can say them."""

from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.programmes.duties import Care, Duty, DutyState, Filed, Membership, MembershipState

OPEN = (DutyState.DUE, DutyState.OVERDUE, DutyState.LOST)


def resident(birth_date: str, **more: Any) -> dict[str, Any]:
    """Registry answers of somebody whose file is older than all visits of the tests."""
    known = {"birth_date": birth_date, "filing_date": "2020-01-05", "sex": "1", "status": "1", "consent": "1"}
    return {**known, **more}


MAN = resident("1975-05-20")
"""51 years old in 2026: no programme but what his records open."""
WOMAN = resident("1996-03-08", sex="2")


class Book:
    """Records in the order in which they come."""

    def __init__(self) -> None:
        self.records: list[Filed] = []

    def add(self, form_id: str, day: str, **answers: Any) -> Filed:
        """File one."""
        record = Filed(RecordId(f"{len(self.records) + 1:032x}"), FormId(form_id), day, answers)
        self.records.append(record)
        return record

    def pressure(self, day: str, kind: str = "1", systolic: int = 132, diastolic: int = 84, **answers: Any) -> Filed:
        """A visit for hypertension."""
        known = {"visit_method": "1", "visit_classification": kind, "systolic_bp": systolic, "diastolic_bp": diastolic}
        return self.add("hypertension_followup", day, **{**known, **answers})

    def decide(self, programme: str, decision: str, day: str, **answers: Any) -> Filed:
        """What a person decided about a programme: 1 in, 2 not for now, 3 closed."""
        return self.add("programme_membership", day, programme=programme, decision=decision, **answers)

    def tried(self, day: str, result: str = "1", **answers: Any) -> Filed:
        """An attempt to reach the person; result 5: reached."""
        return self.add("contact_attempt", day, method="2", result=result, **answers)


def duties(care: Care, programme: str, *names: str) -> list[Duty]:
    """The duties of a programme with these ids, oldest first; all of it without any."""
    found = [duty for duty in care.duties if duty.programme == programme and (not names or duty.id in names)]
    return sorted(found, key=lambda duty: (duty.known_from, duty.opens))


def the_duty(care: Care, programme: str, name: str) -> Duty:
    """The only duty with this id."""
    (found,) = duties(care, programme, name)
    return found


def last(care: Care, programme: str) -> Duty:
    """What the last visit of a programme calls for."""
    return duties(care, programme, "first", "routine", "recall", "again", "half_year", "outcome")[-1]


def states(care: Care, programme: str) -> list[tuple[str, str]]:
    """How it stood with a programme over time: state and since when."""
    return [(row.state.value, row.since) for row in care.memberships if row.programme == programme]


def holding(care: Care, programme: str, day: str) -> Membership | None:
    """The row that holds on a day; there is never more than one."""
    found = [row for row in care.memberships if row.programme == programme and row.holds(day)]
    assert len(found) <= 1
    return found[0] if found else None


def is_member(care: Care, programme: str, day: str) -> bool:
    """Whether somebody is in a programme on a day."""
    row = holding(care, programme, day)
    return row is not None and row.state is MembershipState.OPEN


def window(duty: Duty) -> tuple[str, str, str]:
    """First day, day aimed at, last day."""
    return duty.opens, duty.target, duty.closes


def owed(care: Care, programme: str, day: str) -> set[str]:
    """Ids of what is to be done on a day."""
    return {duty.id for duty in care.duties if duty.programme == programme and duty.state(day) in OPEN}
