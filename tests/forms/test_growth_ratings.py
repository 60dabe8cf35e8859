"""Golden cases: what the children's checks propose as rating of growth (child_growth_chart.yaml, D58 to D64)."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.findings import FormContext
from jiandang_desktop.forms.validator import proposals


def proposed(
    forms: FormCatalog,
    form_id: str,
    answers: dict[str, Any],
    *,
    sex: str = "1",
    birth: str = "2026-01-01",
    **records: Any,
) -> dict[str, Any]:
    context = FormContext("2032-12-31", {"sex": sex, "birth_date": birth}, records=records)
    return proposals(forms.current(form_id), answers, context)


@pytest.mark.parametrize(
    ("weight", "length", "levels"),
    [
        # WS/T 423-2022, boy, day 181 (5.95 months) between 5 and 6 months: -2 SD 6.8 kg, +2 SD 10.5 kg; 63.9, 73.4 cm.
        (6.7, 63.8, ("3", "3")),
        (6.8, 63.9, ("2", "2")),
        (8.0, 68.5, ("2", "2")),
        (10.5, 73.4, ("2", "2")),
        (10.6, 73.5, ("1", "1")),
    ],
)
def test_a_boy_of_six_months(forms: FormCatalog, weight: float, length: float, levels: tuple[str, str]) -> None:
    found = proposed(forms, "child_check_1_8m", {"visit_date": "2026-07-01", "weight": weight, "length": length})
    assert (found.get("weight_level"), found.get("length_level")) == levels


def test_a_child_born_early_is_rated_by_its_corrected_age(forms: FormCatalog) -> None:
    """32 weeks: on 1 July it counts 125 days, not 181 (D64); 6.3 kg is then no low weight."""
    answers = {"visit_date": "2026-07-01", "weight": 6.3, "length": 62.0}
    assert proposed(forms, "child_check_1_8m", answers)["weight_level"] == "3"
    early = proposed(forms, "child_check_1_8m", answers, newborn_visit={"gestational_weeks": 32})
    assert (early["weight_level"], early["length_level"]) == ("2", "2")


def test_nothing_is_proposed_where_something_is_missing(forms: FormCatalog) -> None:
    """No weight, no sex, older than the table (81 months), taller than the table (120 cm): the doctor rates."""
    assert "weight_level" not in proposed(forms, "child_check_1_8m", {"visit_date": "2026-07-01"})
    answers = {"visit_date": "2026-07-01", "weight": 8.0}
    assert "weight_level" not in proposed(forms, "child_check_1_8m", answers, sex="0")
    late = {"visit_date": "2032-12-01", "weight": 22.0, "height": 120.5}
    found = proposed(forms, "child_check_3_6y", late)
    assert not {"weight_level", "height_level", "weight_for_height_level"} & found.keys()


@pytest.mark.parametrize(
    ("levels", "evaluation"),
    [
        ("222", ["1"]),
        ("122", ["1"]),
        ("322", ["2"]),
        ("223", ["3"]),
        ("232", ["4"]),
        ("221", ["5"]),
        ("333", ["2", "3", "4"]),
        ("131", ["4", "5"]),
    ],
)
def test_the_evaluation_follows_from_the_levels(forms: FormCatalog, levels: str, evaluation: list[str]) -> None:
    """低体重 by weight, 消瘦 and 超重 by weight for height, 生长迟缓 by height; else 正常."""
    names = ("weight_level", "height_level", "weight_for_height_level")
    found = proposed(forms, "child_check_3_6y", dict(zip(names, levels, strict=True)))
    assert found["growth_evaluation"] == evaluation


def test_a_girl_of_four(forms: FormCatalog) -> None:
    """Day 1461 by WS/T 423-2022 and WHO 2006 (weight for height 103.7 cm, girls: +2 SD 19.79 kg)."""
    answers = {"visit_date": "2030-01-01", "weight": 19.8, "height": 103.7}
    found = proposed(forms, "child_check_3_6y", answers, sex="2")
    assert (found["height_level"], found["weight_for_height_level"]) == ("2", "1")
