"""A child at a village clinic: vaccinations that are due, growth on paper and screen; an adult's trends."""

from typing import Any

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.printing import Text
from jiandang_desktop.programmes.immunization import State
from jiandang_desktop.services import charts, folders, growth, immunization, prints, records
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


def measured_child(village: Desk) -> SubjectId:
    """A boy with the checks of the first eight months."""
    example = load_example(village.bench.resources, "child_check_1_8m")
    assert example
    resident = child(village, name="那日苏", birth_date="2025-03-10")
    for visit in example.visits:
        records.put_record(village, "child_check_1_8m", resident, visit, confirmed=example.confirmed)
    return resident


def sheet(village: Desk, resident_id: SubjectId) -> dict[str, Any] | None:
    with village.vault.read() as reader:
        resident = reader.resident(resident_id)
        assert resident
        return growth.sheet(village, reader, resident)


def test_the_checks_make_the_growth_chart(village: Desk) -> None:
    """One point for each check; weight for length is rated where nobody did; typed points join in by day."""
    resident = measured_child(village)
    found = sheet(village, resident)
    assert found
    assert (found["sex_chart"], found["standard"]) == ("1", "wst423_2022")
    assert [(point["age_days"], point["weight"]) for point in found["points"]] == [
        (30, 4.5), (93, 6.4), (186, 7.9), (247, 8.6),
    ]  # fmt: skip
    assert {point["weight_for_height_level"] for point in found["points"]} == {"2"}
    typed = [
        {"visit_date": "2025-03-10", "age_days": 0, "weight": 3.4, "length_height": 50.5},
        {"visit_date": "2025-06-11", "age_days": 93, "weight": 6.6, "length_height": 61.0},
    ]
    records.put_record(village, "child_growth_chart", resident, {"standard": "who2006", "points": typed})
    found = sheet(village, resident)
    assert found
    assert found["standard"] == "who2006"
    assert [(point["age_days"], point["weight"]) for point in found["points"]][:3] == [(0, 3.4), (30, 4.5), (93, 6.4)]


def test_the_growth_chart_is_in_the_folder_and_on_the_screen(village: Desk) -> None:
    """Two pages after the checks; three small charts on the screen; the blank form shows what was measured."""
    resident = measured_child(village)
    pages = prints.folder(village, folders.household_of(village, resident).id).pages
    titles = ["".join(op.text for op in page.ops if isinstance(op, Text) and op.size >= 17) for page in pages]
    place = titles.index("男童生长发育监测图")
    assert "儿童健康检查记录表" in titles[place - 1]
    assert titles[place + 1] == "男童生长发育监测图"
    assert len(charts.pages(village, resident)) == 3
    assert len(folders.blank_pages(village, "child_growth_chart", resident)) == 2


def test_nothing_measured_no_chart(village: Desk) -> None:
    resident = child(village)
    assert sheet(village, resident) is None
    assert charts.pages(village, resident) == ()


def visit(day: str, systolic: int, diastolic: int, **more: object) -> dict[str, object]:
    return {
        "visit_date": day,
        "visit_method": "1",
        "symptoms": ["1"],
        "systolic_bp": systolic,
        "diastolic_bp": diastolic,
        "heart_rate": 72,
        "smoking_current": 0,
        "drinking_current": 0.0,
        "exercise_times_current": 5,
        "exercise_minutes_current": 30,
        "salt_current": "1",
        "psychological_adjustment": "1",
        "compliance_behavior": "1",
        "medication_adherence": "1",
        "adverse_drug_reaction": "1",
        "visit_classification": "1",
        "next_visit_date": "2026-12-01",
        "doctor_signature": "白玉梅",
        **more,
    }


def test_two_readings_make_a_trend(village: Desk) -> None:
    """Blood pressure from two visits; a weight measured once is none."""
    resident = register(village, name="苏日娜")
    answers = visit("2026-09-02", 138, 86, weight=60.0, bmi=23.4)
    sure = frozenset({"known_illness:visit_date"})
    first = records.put_record(village, "hypertension_followup", resident, answers, confirmed=sure)
    assert first.record.event_date == "2026-09-02"
    assert charts.pages(village, resident) == ()
    records.put_record(village, "hypertension_followup", resident, visit("2026-11-20", 132, 84))
    (page,) = charts.pages(village, resident)
    assert "血压（mmHg）" in {op.text for op in page.ops if isinstance(op, Text)}
    pages = prints.folder(village, folders.household_of(village, resident).id).pages
    titles = ["".join(op.text for op in page.ops if isinstance(op, Text) and op.size >= 17) for page in pages]
    assert titles.index("健康指标变化图") == titles.index("高血压患者随访服务记录表") + 1
