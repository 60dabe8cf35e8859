"""A child at a village clinic: vaccinations that are due."""

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.programmes.immunization import State
from jiandang_desktop.services import immunization, records
from jiandang_desktop.services.desk import Desk

from .conftest import register


def child(village: Desk, **changes: object) -> SubjectId:
    answers = {"name": "巴特尔", "birth_date": "2025-03-18", "sex": "1", "consent_by": "2", "guardian_name": "其其格"}
    return register(village, **{**answers, "filing_date": "2025-04-02", **changes})


def test_the_card_is_held_against_the_programme(village: Desk) -> None:
    """The example's card: everything to 20 months is there, the next dose comes at two years."""
    resident = child(village)
    assert immunization.plan(village, resident).of(State.GIVEN) == []
    example = load_example(village.bench.resources, "vaccination_card")
    assert example
    records.put_record(village, "vaccination_card", resident, example.visits[0])
    plan = immunization.plan(village, resident)
    assert len(plan.of(State.GIVEN)) == 17
    assert plan.now(village.today()) == []
    assert plan.next_day(village.today()) == "2027-03-18"


def test_adults_have_no_plan(village: Desk) -> None:
    assert immunization.plan(village, register(village)).entries == ()


def test_the_programme_is_shown_and_never_filled_in(village: Desk) -> None:
    assert village.bench.forms.current("immunization_schedule").sections == ()
    with pytest.raises(Problem) as refused:
        records.open_entry(village, "immunization_schedule", child(village))
    assert refused.value.code == "FORM_IS_DATA"
