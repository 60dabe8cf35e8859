"""A real village station with one household, opened in a real session, for the window's tests."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.demo.people import Village
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import TaskRunner
from jiandang_desktop.ports.vault import HouseholdRow, ResidentRow
from jiandang_desktop.services import records, registry, stations
from jiandang_desktop.services.desk import Desk

from .form_desk import dress

PASSWORD = "correct horse"
LONG_NAME = "艾力库尔班江·买买提·阿不都热合曼·吐尔逊尼亚孜"


@dataclass
class Station:
    """A session whose desk is signed in, and who lives there."""

    session: Session
    household: HouseholdRow
    people: list[ResidentRow]

    def ask(self, qtbot, work: Callable[[Desk], Any]) -> Any:
        """Do something at the desk, in the vault's lane, and wait for it."""
        return ask(qtbot, self.session, lambda: work(self.session.desk))

    def settle(self, qtbot) -> None:
        """Wait until nothing is under way."""
        qtbot.waitUntil(lambda: not self.session.tasks.busy, timeout=10_000)


def ask(qtbot, session: Session, work: Callable[[], Any]) -> Any:
    found: list[Any] = []
    refused: list[Any] = []
    session.tasks.run(session, lambda _progress: work(), found.append, failed=refused.append)
    qtbot.waitUntil(lambda: bool(found or refused), timeout=20_000)
    if refused:
        raise refused[0]
    return found[0]


def make_station(qtbot, folder: Path) -> Station:
    dress()
    bench = make_workbench()
    session = Session(bench, folder, TaskRunner())
    session.tasks.bug_met.connect(lambda _owner, error: print("BUG", repr(error)))
    new = stations.NewStation("village", "和平村卫生室", "150102001201", "李卫东", PASSWORD)
    session.enter(ask(qtbot, session, lambda: stations.create_station(bench, folder, new)).desk)
    household, people = ask(qtbot, session, lambda: _household(session.desk))
    return Station(session, household, people)


def _household(desk: Desk) -> tuple[HouseholdRow, list[ResidentRow]]:
    village = Village.load(desk.bench.resources, 7, desk.bench.clock.today())
    family = next(item for item in village.generate(60) if any(p.answers["sex"] == "2" for p in item.members))
    household = registry.add_household(desk, family.answers)
    sure = frozenset({"twin"})
    people = []
    for place, member in enumerate(family.members):
        answers = {**member.answers, **({"name": LONG_NAME} if place == 1 else {})}
        people.append(registry.add_resident(desk, household.id, answers, sure))
    return registry.open_household(desk, household.id).household, people


def file(desk: Desk, form_id: str, person: ResidentRow, answers: dict[str, Any]) -> records.Filed:
    """File a form, confirming whatever is rare."""
    from jiandang_desktop.domain.problems import Problem

    try:
        return records.put_record(desk, form_id, person.id, answers)
    except Problem as problem:
        if problem.code != "ANSWERS_UNSURE":
            raise
        sure = frozenset(finding.key for finding in problem.findings)
        return records.put_record(desk, form_id, person.id, answers, confirmed=sure)
