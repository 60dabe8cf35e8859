"""The worklist of a made-up village of three years, on any day, holds exactly what the plain rules say."""

import os
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.services import due, stations
from jiandang_desktop.services.desk import Desk

from .made_village import BEGINS, ENDS, Person, settle
from .plain_rules import owed

RESIDENTS = int(os.environ.get("JIANDANG_RESIDENTS", "300"))
"""3,000 in the long run: docs/performance.md."""
PROGRAMMES = frozenset(
    {"child_0_6", "elderly_65", "hypertension", "diabetes2", "copd", "psychosis", "tuberculosis", "maternal"}
)
Line = tuple[str, str, str, date, date, bool]
"""Resident, form, column, first day, last day, whether it is over."""


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, list[Person]]:
    folder = tmp_path_factory.mktemp("village") / "vault"
    new = stations.NewStation("village", "和平村卫生室", "150102001201", "李卫东", "correct horse")
    desk = stations.create_station(make_workbench(), folder, new).desk
    return desk, settle(desk, RESIDENTS, seed=5)


def listed(desk: Desk, day: str) -> list[Line]:
    """The lines of the worklist; an examination that several programmes ask for is one."""
    lines = due.worklist(desk, day, limit=1_000_000).lines
    return [
        (
            line.person.id,
            line.form_id,
            line.column,
            date.fromisoformat(line.opens),
            date.fromisoformat(line.closes),
            line.state is DutyState.OVERDUE,
        )
        for line in lines
        if line.programme in PROGRAMMES and line.state in {DutyState.DUE, DutyState.OVERDUE} and not line.proposal
    ]


def by_the_rules(people: Sequence[Person], day: str) -> list[Line]:
    found: set[Line] = set()
    for person in people:
        if person.answers["filing_date"] <= day and person.answers["consent"] != "2":
            for each in owed(person.answers, person.filed, day):
                found.add((person.id, each.form_id, each.column, each.opens, each.closes, each.overdue))
    return sorted(found)


DAYS = [
    *(BEGINS + timedelta(days) for days in range(40, (ENDS - BEGINS).days, 133)),
    date(2024, 2, 29),
    date(2024, 12, 31),
    date(2025, 1, 1),
    ENDS,
    date(2027, 1, 1),
]


@pytest.mark.parametrize("day", [each.isoformat() for each in DAYS])
def test_the_worklist_of_any_day_holds_what_the_plain_rules_say(village, day):
    desk, people = village
    shown, right = listed(desk, day), by_the_rules(people, day)
    assert (sorted(set(shown) - set(right)), sorted(set(right) - set(shown))) == ([], [])
    assert len(shown) == len(right), "nothing stands there twice"
