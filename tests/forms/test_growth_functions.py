"""Ratings of growth in expressions: golden values of both standards, and unknown where a table ends."""

from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.domain.growth import GrowthStandards
from jiandang_desktop.forms.expressions import compile_expression

from .conftest import RESOURCES

GROWTH = GrowthStandards(RESOURCES / "growth")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        # WS/T 423-2022, boy at birth: 2.7 and 4.3 kg are the lines of 2 SD; girl at birth 46.6 and 54.1 cm.
        ("growth_level('weight_for_age', '1', 0, 2.6)", "3"),
        ("growth_level('weight_for_age', '1', 0, 4.3)", "2"),
        ("growth_level('weight_for_age', '1', 0, 4.4)", "1"),
        ("growth_level('length_height_for_age', '2', 0, 46.5)", "3"),
        ("growth_level('length_height_for_age', '2', 0, 54.2)", "1"),
        ("growth_z('weight_for_age', '1', 0, 3.5)", 0.0),
        ("growth_z('weight_for_age', '1', 0, 4.1)", 1.5),
        ("growth_age('2026-01-01', '2026-04-11', 32)", 44.0),
        ("growth_age('2026-01-01', '2026-04-11', 39)", 100.0),
        # WHO 2006, weight for length 65.0 cm, boys: M 7.2666; for height 100.0 cm from day 731.
        ("weight_for_size_level('1', 200, 9.9, 65.0)", "1"),
        ("weight_for_size_level('1', 200, 7.3, 65.0)", "2"),
        ("weight_for_size_level('1', 1200, 11.0, 100.0)", "3"),
        ("growth_level('weight_for_age', '9', 0, 3.0)", None),
        ("growth_level('weight_for_age', '1', 2600, 25.0)", None),
        ("growth_level('weight', '1', 0, 3.0)", None),
        ("growth_level('weight_for_age', sex, 0, 3.0)", None),
        ("weight_for_size_z('1', 200, 7.3, 30.0)", None),
    ],
)
def test_golden(source: str, value: Any) -> None:
    assert compile_expression(source, growth=GROWTH).value({}) == value


def test_without_standards_nothing_is_rated() -> None:
    assert compile_expression("growth_level('weight_for_age', '1', 0, 3.0)").value({}) is None


def test_the_county_chooses_the_standard(tmp_path: Path) -> None:
    """The default is data: with WHO 2006 a newborn boy of 4.4 kg is in the middle."""
    for path in (RESOURCES / "growth").iterdir():
        text = path.read_text("utf-8").replace('default = "wst423_2022"', 'default = "who2006"')
        (tmp_path / path.name).write_text(text, "utf-8")
    source = "growth_level('weight_for_age', '1', 0, 4.4)"
    assert compile_expression(source, growth=GrowthStandards(tmp_path)).value({}) == "2"


def test_a_child_without_a_newborn_visit() -> None:
    """How a child check asks for the age that counts, whether or not the weeks of gestation are known."""
    source = (
        "growth_age('2026-01-01', '2026-04-11', has(records.newborn_visit) && "
        "has(records.newborn_visit.gestational_weeks) ? records.newborn_visit.gestational_weeks : 40.0)"
    )
    asked = compile_expression(source, growth=GROWTH)
    assert asked.value({"records": {}}) == 100
    assert asked.value({"records": {"newborn_visit": {"name": "x"}}}) == 100
    assert asked.value({"records": {"newborn_visit": {"gestational_weeks": 32}}}) == 44
