"""The next day that a form proposes is the day that the programme aims at: two places, one rule."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import FormContext, proposals
from jiandang_desktop.programmes.duties import Duty
from jiandang_desktop.programmes.programme import Programmes

from .conftest import RESOURCES
from .people import WOMAN, Book, duties, last, resident

PERSON = resident("1955-02-28")
DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31)).map(date.isoformat)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "recall_days": st.sampled_from([7, 10]),
        "routine_proposed_days": st.sampled_from([60, 92]),
        "routine_latest_months": st.sampled_from([1, 2]),
        "emergency_systolic": st.just(170),
        "glucose_emergency_low": st.just(3.5),
    },
)


@pytest.fixture(scope="session")
def forms() -> FormCatalog:
    return FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))


def proposed(
    forms: FormCatalog,
    form_id: str,
    answers: Mapping[str, Any],
    previous: Mapping[str, Any],
    person: Mapping[str, Any] = PERSON,
    settings: Mapping[str, Any] | None = None,
) -> str:
    """The next day that the form offers."""
    context = FormContext("2026-12-31", person, previous=previous, settings=settings or {})
    return str(proposals(forms.current(form_id), answers, context).get("next_visit_date", ""))


def earlier(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


def called_for(
    programmes: Programmes,
    programme: str,
    form_id: str,
    visit: Mapping[str, Any],
    before: Mapping[str, Any],
    settings: Mapping[str, Any],
) -> Duty:
    """What the programme says after the two visits."""
    book = Book()
    if before:
        book.add(form_id, before["visit_date"], **before)
    book.add(form_id, visit["visit_date"], **visit)
    return last(programmes.care(PERSON, book.records, settings), programme)


@given(
    day=DAYS,
    kind=st.sampled_from("1234"),
    kind_before=st.sampled_from(["", "1", "2", "3", "4"]),
    systolic=st.sampled_from([132, 169, 170, 179, 180]),
    diastolic=st.sampled_from([84, 109, 110]),
    signs=st.sampled_from([None, ["chest"]]),
    referred=st.booleans(),
    settings=SETTINGS,
)
def test_hypertension(
    forms: FormCatalog,
    programmes: Programmes,
    day: str,
    kind: str,
    kind_before: str,
    systolic: int,
    diastolic: int,
    signs: list[str] | None,
    referred: bool,
    settings: dict[str, Any],
) -> None:
    visit: dict[str, Any] = {"visit_date": day, "visit_method": "1", "visit_classification": kind}
    visit |= {"systolic_bp": systolic, "diastolic_bp": diastolic}
    visit |= {"emergency_signs": signs} if signs else {}
    visit |= {"referral_reason": "胸痛"} if referred else {}
    before = (
        {"visit_date": earlier(day, 40), "visit_method": "1", "visit_classification": kind_before}
        if kind_before
        else {}
    )
    duty = called_for(programmes, "hypertension", "hypertension_followup", visit, before, settings)
    assert duty.target == proposed(forms, "hypertension_followup", visit, before, settings=settings)


@given(
    day=DAYS,
    kind=st.sampled_from("1234"),
    kind_before=st.sampled_from(["", "1", "2", "3", "4"]),
    glucose=st.sampled_from([3.5, 3.8, 3.9, 6.2, 16.6, 16.7]),
    systolic=st.sampled_from([132, 179, 180]),
    referred=st.booleans(),
    settings=SETTINGS,
)
def test_diabetes(
    forms: FormCatalog,
    programmes: Programmes,
    day: str,
    kind: str,
    kind_before: str,
    glucose: float,
    systolic: int,
    referred: bool,
    settings: dict[str, Any],
) -> None:
    visit: dict[str, Any] = {"visit_date": day, "visit_method": "1", "visit_classification": kind}
    visit |= {"fasting_glucose": glucose, "systolic_bp": systolic, "diastolic_bp": 80}
    visit |= {"referral_reason": "胸痛"} if referred else {}
    before = (
        {"visit_date": earlier(day, 40), "visit_method": "1", "visit_classification": kind_before}
        if kind_before
        else {}
    )
    duty = called_for(programmes, "diabetes2", "type2_diabetes_followup", visit, before, settings)
    assert duty.target == proposed(forms, "type2_diabetes_followup", visit, before, settings=settings)


@given(day=DAYS, kind=st.sampled_from("1234"), settings=SETTINGS)
def test_copd(forms: FormCatalog, programmes: Programmes, day: str, kind: str, settings: dict[str, Any]) -> None:
    visit = {"visit_date": day, "visit_method": "1", "visit_classification": kind}
    duty = called_for(programmes, "copd", "copd_followup", visit, {}, settings)
    assert duty.target == proposed(forms, "copd_followup", visit, {}, settings=settings)


@given(
    day=DAYS,
    kind=st.sampled_from(["1", "2", "3", "lost"]),
    kind_before=st.sampled_from(["", "1", "2", "3", "lost"]),
    form_id=st.sampled_from(["psychosis_followup", "psychosis_followup_2018"]),
)
def test_psychosis(
    forms: FormCatalog, programmes: Programmes, day: str, kind: str, kind_before: str, form_id: str
) -> None:
    def answers(when: str, graded: str) -> dict[str, Any]:
        return {"visit_date": when, **({"loss_reason": "1"} if graded == "lost" else {"visit_classification": graded})}

    visit = answers(day, kind)
    before = answers(earlier(day, 40), kind_before) if kind_before else {}
    duty = called_for(programmes, "psychosis", form_id, visit, before, {})
    assert duty.target == proposed(forms, form_id, visit, before)


@given(
    day=DAYS,
    supervisor=st.sampled_from("1234"),
    phase=st.sampled_from(["intensive", "continuation"]),
    reaction=st.sampled_from("12"),
    complications=st.sampled_from("12"),
    referred=st.booleans(),
)
def test_tuberculosis(
    forms: FormCatalog,
    programmes: Programmes,
    day: str,
    supervisor: str,
    phase: str,
    reaction: str,
    complications: str,
    referred: bool,
) -> None:
    visit = {"visit_date": day, "supervisor": supervisor, "phase": phase, "adverse_drug_reaction": reaction}
    visit |= {"complications": complications} | ({"referral_reason": "漏服"} if referred else {})
    duty = called_for(programmes, "tuberculosis", "tb_followup", visit, {}, {})
    assert duty.target == proposed(forms, "tb_followup", visit, {})


@given(day=DAYS, supervisor=st.sampled_from("1234"))
def test_first_visit_for_tuberculosis(forms: FormCatalog, programmes: Programmes, day: str, supervisor: str) -> None:
    visit = {"visit_date": day, "notice_received_at": earlier(day, 2), "supervisor": supervisor}
    duty = called_for(programmes, "tuberculosis", "tb_first_home_visit", visit, {}, {})
    assert duty.target == proposed(forms, "tb_first_home_visit", visit, {})


@given(days=st.integers(35, 258), referred=st.booleans(), first=st.booleans())
def test_pregnancy(forms: FormCatalog, programmes: Programmes, days: int, referred: bool, first: bool) -> None:
    """A referral within two weeks; else a day in the window of a check that isn't done yet."""
    first = first or days < 112
    lmp = "2025-11-01"
    day = (date.fromisoformat(lmp) + timedelta(days)).isoformat()
    column = "v2" if days < 147 else "v3" if days < 196 else "v4"
    if first:
        form_id = "antenatal_first_visit"
        visit: dict[str, Any] = {"record_date": day, "last_menstrual_period": lmp, "referral": "2" if referred else "1"}
    else:
        form_id = "antenatal_visits_2_5"
        visit = {"visit_date": day, "gestational_weeks": days // 7, "gestational_days": days % 7, "visit_no": column}
        visit |= {"referral": "2" if referred else "1"}
    book = Book()
    book.add(form_id, day, **visit)
    care = programmes.care(WOMAN, book.records)
    offered = proposed(forms, form_id, visit, {}, WOMAN)
    if referred:
        assert last(care, "maternal").target == offered
    else:
        open_then = [duty for duty in duties(care, "maternal") if not duty.done_on and duty.id.startswith("anc")]
        assert any(duty.opens <= offered <= duty.closes for duty in open_then)


@pytest.mark.parametrize(
    ("form_id", "column", "following"),
    [
        ("newborn_visit", "", "full_month"),
        ("child_check_1_8m", "m1", "m3"),
        ("child_check_1_8m", "m8", "m12"),
        ("child_check_12_30m", "m12", "m18"),
        ("child_check_12_30m", "m30", "m36"),
        ("child_check_3_6y", "y3", "y4"),
        ("child_check_3_6y", "y5", "y6"),
        ("child_tcm_6_18m", "m6", "tcm_m12"),
        ("child_tcm_6_18m", "m18", "tcm_m24"),
        ("child_tcm_24_36m", "m30", "tcm_m36"),
    ],
)
def test_children(forms: FormCatalog, programmes: Programmes, form_id: str, column: str, following: str) -> None:
    """The day on which the next window opens."""
    child = resident("2020-02-29", filing_date="2020-03-01")
    care = programmes.care(child, [])
    by_id = {duty.id: duty for duty in duties(care, "child_0_6")}
    visit: dict[str, Any] = {"visit_date": "2020-03-08", "birth_date": "2020-02-29", "birth_weight": 3.2}
    visit |= {"gestational_weeks": 39, "birth_mode": ["1"], "malformation": "1"}
    if column:
        of_column = next(duty for duty in by_id.values() if (duty.form_id, duty.column) == (FormId(form_id), column))
        visit = {"visit_date": of_column.opens, "check_age": column}
    assert proposed(forms, form_id, visit, {}, child) == by_id[following].opens
