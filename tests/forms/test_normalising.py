"""Typed answers are cleaned, never guessed at."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import FormContext, check, compute, normalise

from .conftest import RESOURCES

FORMS = FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))
EXAM = FORMS.current("physical_exam")
PERSONAL = FORMS.current("personal_info")


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("exam_date", "20261122", "2026-11-22"),
        ("exam_date", "2026.11.2", "2026-11-02"),
        ("exam_date", "２０２６年１１月２２日", "2026-11-22"),
        ("exam_date", "yesterday", "yesterday"),
        ("pulse_rate", "７２", 72),
        ("pulse_rate", "72.5", "72.5"),
        ("pulse_rate", 72.0, 72),
        ("temperature", "36,5", 36.5),
        ("temperature", "３６．５", 36.5),
        ("temperature", "36.5.1", "36.5.1"),
        ("symptoms", "3、2 3", ["2", "3"]),
        ("symptoms", [25, "2"], ["2", "25"]),
        ("lips", 1, "1"),
        ("lips", "２", "2"),
        ("exercise_type", "  散步\n跑步 ", "散步 跑步"),
        ("exercise_type", "=1+1", "=1+1"),
        ("exercise_type", "<b>'; DROP TABLE x;--</b>", "<b>'; DROP TABLE x;--</b>"),
        ("hospital_stays", [{"from": "202601", "reason": ""}, {"to": None}], [{"from": "2026-01"}]),
    ],
)
def test_cleaning(field: str, typed: Any, stored: Any) -> None:
    assert normalise(EXAM, {field: typed}) == {field: stored}


@pytest.mark.parametrize("empty", ["", "  ", None, [], {}])
def test_nothing_empty_is_stored(empty: Any) -> None:
    assert normalise(EXAM, {"exercise_type": empty, "symptoms": empty, "medications": empty}) == {}


def test_rare_characters_of_names_stay_as_they_are() -> None:
    """NFKC would turn compatibility ideographs into other characters."""
    assert normalise(PERSONAL, {"contact_name": "凞\uf91d𬱖·䶮"}) == {"contact_name": "凞\uf91d𬱖·䶮"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([field.id for field in EXAM.fields()]), JSON, max_size=12))
def test_nothing_typed_breaks_the_validator(raw: dict[str, Any]) -> None:
    """Whatever comes: cleaning twice changes nothing more, and the check answers with findings, not with a crash."""
    context = FormContext(today="2026-11-22", resident={"sex": "1", "birth_date": "1950-03-01"})
    cleaned = normalise(EXAM, raw)
    assert repr(normalise(EXAM, cleaned)) == repr(cleaned)
    found = compute(EXAM, cleaned, context)
    for finding in check(EXAM, found, context):
        assert finding.message


@given(st.sampled_from(["bp_left_systolic", "height", "vision_left", "hospital_stays", "symptoms"]), st.data())
def test_sound_answers_survive_storage(field: str, data: Any) -> None:
    """What passes the check has a canonical encoding and reads back equal."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "bp_left_systolic": st.integers(40, 300),
        "height": st.integers(500, 2500).map(lambda tenths: tenths / 10),
        "vision_left": st.integers(0, 53).map(lambda tenths: tenths / 10),
        "symptoms": st.lists(st.sampled_from([str(code) for code in range(2, 25)]), unique=True, min_size=1),
        "hospital_stays": st.lists(
            st.fixed_dictionaries({"from": st.just("2026-01"), "reason": st.just("a"), "institution": st.just("b")}),
            min_size=1,
            max_size=3,
        ),
    }
    answers = normalise(EXAM, {field: data.draw(kinds[field])})
    stored = canonical.decode(canonical.encode(answers))
    assert stored == answers
    place = [item for item in check(EXAM, stored, FormContext(today="2026-11-22")) if item.field_id.startswith(field)]
    assert all(item.severity == "warn" or item.rule_id.startswith("bp") for item in place)
