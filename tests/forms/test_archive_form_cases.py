"""Rules of the forms about the archive itself: household sheet, closing, access, handing over."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, offers, proposals


def found(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


HEAD = {"name": "朝鲁", "sex": "1", "birth_date": "1955-03-02", "relation_to_head": "02"}
WIFE = {"name": "苏日娜", "sex": "2", "birth_date": "1958-06-12", "relation_to_head": "12"}
SON = {"name": "巴雅尔", "sex": "1", "birth_date": "1984-10-21", "relation_to_head": "20"}
HOUSE = {
    "household_id": "0021",
    "head_name": "朝鲁",
    "address": "一组3号",
    "responsible_doctor": "王医生",
    "total_persons": 3,
    "filing_date": "2026-01-05",
    "filing_institution": "某村卫生室",
    "filing_person": "王医生",
    "members": [HEAD, WIFE, SON],
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"members": [WIFE, SON], "total_persons": 2}, {"one_head", "head_named"}),
        ({"members": [HEAD, {**HEAD, "name": "达来"}], "total_persons": 2}, {"one_head"}),
        ({"head_name": "苏日娜"}, {"head_named"}),
        ({"total_persons": 4}, {"member_count"}),
        ({"present_persons": 3}, set()),
        ({"present_persons": 4}, {"present_le_total"}),
        ({"members": [HEAD, {**WIFE, "sex": "1"}, SON]}, {"relation_sex"}),
        ({"members": [HEAD, {**WIFE, "sex": "9"}, SON]}, set()),
        ({"members": [HEAD, WIFE, {**SON, "birth_date": "1955-03-02"}]}, {"relation_age_children"}),
        ({"members": [HEAD, WIFE, {**SON, "relation_to_head": "51"}]}, {"relation_age_parents"}),
        ({"members": [HEAD, WIFE, {**SON, "relation_to_head": "01"}]}, {"not_selectable"}),
        ({"members": [HEAD, WIFE, {**SON, "birth_date": "2026-11-23"}]}, {"births_not_future"}),
        ({"head_id_no": "11010519491231002X"}, set()),
        ({"head_id_no": "110105194912310021"}, {"head_id_no_check"}),
        ({"filing_date": "2026-11-23"}, {"filing_not_future"}),
    ],
)
def test_household_sheet(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """one_head (ID29), member_count, present_le_total, relations against sex and age (ID30)."""
    assert found(forms.current("household_folder"), {**HOUSE, **more}, make_context()) == expected


def test_household_sheet_takes_over_the_registry(forms: FormCatalog, make_context: Any) -> None:
    """What the registry knows of the household is offered, and the number of people from the list."""
    form, context = forms.current("household_folder"), make_context()
    assert offers(form, context)["fuel_type"] == "2"
    assert proposals(form, {"members": [HEAD, WIFE]}, context)["total_persons"] == 2
