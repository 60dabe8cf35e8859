"""Golden cases of the vaccination card (rules of forms/vaccination_card.yaml and their borders)."""

from typing import Any

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute

from .conftest import RESOURCES


def found(forms: FormCatalog, **changes: Any) -> set[str]:
    """Keys of the findings about the example card with changed answers; None takes one away."""
    form, example = forms.current("vaccination_card"), load_example(RESOURCES, "vaccination_card")
    assert example
    answers = {**example.visits[0], **changes}
    context = example.contexts()[0]
    kept = {key: value for key, value in answers.items() if value is not None}
    return {finding.rule_id for finding in check(form, compute(form, kept, context), context)}


def dose(code: str = "hepb_1", **changes: str) -> dict[str, str]:
    row = {
        "vaccine_and_dose": code,
        "vaccination_date": "2025-03-18",
        "site": "右上臂",
        "batch_no": "A1",
        "expiry_date": "2026-03-18",
        "manufacturer": "示例",
        "vaccinator": "白玉梅",
    }
    return {**row, **changes}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([dose()], ""),
        ([dose(expiry_date="2025-03-18")], ""),
        ([dose(expiry_date="2025-03-17")], "not_expired"),
        ([dose(vaccination_date="2025-03-17")], "after_birth"),
        ([dose(vaccination_date="2026-11-22", expiry_date="2027-01-01")], ""),
        ([dose(vaccination_date="2026-11-23", expiry_date="2027-01-01")], "dose_not_future"),
        ([dose(), dose("hepb_2")], ""),
        ([dose(), dose()], "dose_once"),
        ([dose("hpv2_1")], "hpv_girls"),
        ([dose("mmr_1"), dose("jel_1")], ""),
        ([dose("mmr_1"), dose("jel_1", vaccination_date="2025-04-15")], ""),
        ([dose("mmr_1"), dose("jel_1", vaccination_date="2025-04-14")], "live_interval"),
        ([dose("mmr_1"), dose("hepb_1", vaccination_date="2025-03-20")], ""),
        ([], "required"),
    ],
)
def test_doses(forms: FormCatalog, rows: list[dict[str, str]], rule: str) -> None:
    """Rules not_expired and after_birth; a dose on the last day of validity or on the day of birth is right."""
    assert found(forms, doses=rows or None) == ({rule} if rule else set())


def test_two_other_vaccines_are_no_repetition(forms: FormCatalog) -> None:
    """其他疫苗 may be there more than once; its name stands in the remark."""
    row = dose("other", remark="水痘疫苗，自费")
    assert found(forms, doses=[row, row]) == set()
    assert found(forms, doses=[dose("other")]) == {"text_missing"}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"card_date": "2025-04-17", "move_in_date": None}, set()),
        ({"card_date": "2025-04-18", "move_in_date": None}, {"card_within_a_month"}),
        ({"card_date": "2025-04-18"}, set()),
        ({"card_date": "2025-03-17"}, {"card_not_future"}),
        ({"card_date": "2026-11-23"}, {"card_not_future"}),
        ({"move_out_date": "2025-03-24", "move_out_reason": "随父母务工"}, {"move_order"}),
        ({"move_out_date": "2025-03-25", "move_out_reason": "随父母务工"}, set()),
        ({"move_out_date": "2026-03-25"}, {"required"}),
        ({"move_in_date": "2025-03-01"}, {"moves_after_birth"}),
    ],
)
def test_dates(forms: FormCatalog, changes: dict[str, Any], rules: set[str]) -> None:
    """The card is due within 30 days of birth; moves are in order, after birth and not in the future."""
    assert found(forms, **changes) == rules


def test_registered_address(forms: FormCatalog) -> None:
    """The same as the home: no parts of it; another: all of them."""
    parts = {f"registered_address_{part}": None for part in ("province", "city", "county", "town")}
    assert found(forms, registered_address_same="1", **parts) == set()
    assert found(forms, registered_address_same="1") == {"not_applicable"}
    assert found(forms, registered_address_town=None) == {"required"}
