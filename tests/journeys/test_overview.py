"""A resident at a glance: last values, what records say in short, the family, what happened."""

import re
import tomllib

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.services import life_events, overview, records
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import register


def file_as_it_is(desk: Desk, who: SubjectId, day: str, systolic: int, diastolic: int) -> None:
    """A visit with as few answers as the test needs."""
    known = {"visit_date": day, "systolic_bp": systolic, "diastolic_bp": diastolic, "visit_classification": "2"}
    with desk.vault.work("file_record") as work:
        entry = records.entry_in(desk, work, "hypertension_followup", who)
        records.file_in(desk, work, entry, {**entry.answers, **known})
        work.commit()


def test_the_file_names_forms_and_questions_that_exist(bench: Workbench) -> None:
    raw = tomllib.loads((bench.resources / "overview.toml").read_text("utf-8"))
    for measure in raw["measure"]:
        for name in (each for part in measure["parts"] for each in part):
            form_id, _, field = name.partition(".")
            assert bench.forms.current(form_id).field(field) is not None, name
    for record in raw["record"]:
        form = bench.forms.current(record["form"])
        for sentence in record.get("say", ()):
            assert [name for name in re.findall(r"\{(\w+)\}", sentence) if form.field(name) is None] == []
    assert all(bench.forms.current(form_id).repeats for form_id in raw["offer"]["forms"])
    told = {record["form"] for record in raw["record"]}
    forms = [form for form in bench.forms.all() if form.subject == "resident" and form.role == "record"]
    assert {form.id for form in forms} - told <= {"archive_access_request"}


def test_last_values_come_with_their_day_and_where_they_go(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    for day, systolic in (("2026-03-05", 150), ("2026-06-01", 138)):
        file_as_it_is(village, who, day, systolic, 88)
    (pressure,) = overview.look(village, who).measures
    assert (pressure.value, pressure.day, pressure.change) == ("138/88", "2026-06-01", -12)
    assert pressure.points == (150.0, 138.0)


def test_a_record_is_told_in_few_words_and_only_with_what_is_answered(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    file_as_it_is(village, who, "2026-03-05", 150, 88)
    seen = overview.look(village, who)
    assert list(seen.summaries.values()) == ["150/88　控制不满意"]


def test_nobody_has_nothing_and_nothing_is_due_for_the_dead(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    empty = overview.look(village, who)
    assert (empty.measures, empty.summaries, empty.mother, empty.children) == ((), {}, None, ())
    assert [each.kind for each in empty.events] == ["registered"]
    file_as_it_is(village, who, "2026-10-05", 150, 88)
    assert [each for each in overview.look(village, who).care.duties if each.state is DutyState.OVERDUE]
    life_events.death(village, who, {"death_date": "2026-11-20", "death_cause": "脑出血"})
    dead = overview.look(village, who)
    pressing = {DutyState.DUE, DutyState.OVERDUE, DutyState.UPCOMING, DutyState.LOST}
    assert [each for each in dead.care.duties if each.state in pressing] == []
    assert [each.kind for each in dead.events] == ["registered"]
    with pytest.raises(Problem):
        overview.look(village, SubjectId("0" * 32))


def test_who_comes_back_is_asked_for_again(village: Desk) -> None:
    who = register(village, filing_date="2026-01-05")
    file_as_it_is(village, who, "2026-10-05", 150, 88)
    before = {each.id for each in overview.look(village, who).care.duties if each.state is DutyState.OVERDUE}
    life_events.death(village, who, {"death_date": "2026-11-20", "death_cause": "脑出血"})
    life_events.returned(village, who, "误报", "2026-11-24", frozenset({"was_dead:status_date"}))
    seen = overview.look(village, who)
    assert {each.id for each in seen.care.duties if each.state is DutyState.OVERDUE} == before
    assert [each.kind for each in seen.events] == ["returned", "registered"]
