"""A child's vaccinations: what its card says, held against the programme."""

from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.programmes.immunization import Given, Plan
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_resident

CARD = FormId("vaccination_card")


def plan(desk: Desk, resident_id: SubjectId) -> Plan:
    """What a child has had, owes and will need (NOT_ALLOWED, NO_SUCH_RESIDENT); nobody but children has entries."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return plan_in(desk, reader, resident_id)


def plan_in(desk: Desk, reader: Reader, resident_id: SubjectId) -> Plan:
    """``plan`` on a view that the caller has open; the caller asked for the right."""
    resident = known_resident(reader, resident_id)
    schedule, today = desk.bench.immunization, desk.today()
    birth = str(resident.answers.get("birth_date", ""))
    made = schedule.plan(birth, str(resident.answers.get("sex", "")), given(reader, resident_id), today)
    return made if made.concerns(birth, today) else Plan(made.version)


def given(reader: Reader, resident_id: SubjectId) -> list[Given]:
    """The doses on the child's card."""
    found = []
    for row in reader.records_of(resident_id, CARD):
        for dose in row.answers.get("doses") or ():
            code, day = dose.get("vaccine_and_dose"), dose.get("vaccination_date")
            if isinstance(code, str) and isinstance(day, str):
                found.append(Given(code, day))
    return found
