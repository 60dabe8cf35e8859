"""The one validator refuses what can't be and asks about what is unlikely, with a word at the field."""

import time
from typing import Any

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Severity
from jiandang_desktop.forms.loader import read_form
from jiandang_desktop.forms.validator import check, check_values, compute, offers, proposals, require_valid

ENCOUNTER = {
    "subjective": "咳嗽三天",
    "objective": "体温37.2",
    "assessment": "上呼吸道感染",
    "plan": "多喝水",
    "doctor": "王医生",
    "encounter_date": "2026-11-20",
}


def found(form: Any, answers: Any, context: Any, field: str) -> set[str]:
    """Rules that speak at a field."""
    return {item.rule_id for item in check(form, compute(form, answers, context), context) if item.field_id == field}


def test_a_sound_form_is_valid(forms: FormCatalog, make_context: Any) -> None:
    filed = require_valid(forms.current("encounter_record"), ENCOUNTER, make_context())
    assert filed == {**ENCOUNTER, "name": "巴特尔·其其格", "archive_no_short": "201-00001"}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("temperature", "warm", "type_decimal"),
        ("temperature", True, "type_decimal"),
        ("temperature", 36.55, "decimals"),
        ("temperature", 60, "bounds"),
        ("temperature", float("inf"), "bounds"),
        ("temperature", float("nan"), "bounds"),
        ("temperature", 39.5, "unusual"),
        ("pulse_rate", 72.5, "type_integer"),
        ("pulse_rate", 10**30, "bounds"),
        ("lips", "9", "option"),
        ("lips", ["1"], "type_choice"),
        ("symptoms", ["1", "2"], "exclusive"),
        ("symptoms", ["2", "2"], "duplicate"),
        ("symptoms", ["77"], "option"),
        ("symptoms", "2", "type_multi_choice"),
        ("symptoms", ["25"], "text_missing"),
        ("exam_date", "2026-02-30", "date_impossible"),
        ("exam_date", "0026-02-20", "date_impossible"),
        ("exam_date", "2026-2-3", "date_day"),
        ("exam_date", "２０２６-02-03", "date_day"),
        ("exam_date", "2026-11-23", "exam_not_future"),
        ("exercise_type", "a\x00b", "characters"),
        ("exercise_type", "a\ud800", "characters"),
        ("exercise_type", "a\nb", "characters"),
        ("exercise_type", "a\u202eb", "characters"),
        ("exercise_type", "走" * 501, "too_long"),
        ("exercise_type", 5, "type_text"),
        ("medications", "aspirin", "type_table"),
        ("medications", [5], "type_table"),
        ("no_such_field", 1, "unknown_field"),
        ("symptoms.25", "胡言", "text_unwanted"),
        ("symptoms.2", "头痛", "unknown_field"),
    ],
)
def test_refused(field: str, value: Any, rule: str, forms: FormCatalog, make_context: Any) -> None:
    place = field.split(".", maxsplit=1)[0] if rule == "text_unwanted" else field
    answers = {"exercise_frequency": "1", field: value}
    assert rule in found(forms.current("physical_exam"), answers, make_context(), place)


@pytest.mark.parametrize("text", ["'; DROP TABLE x;--", "<b>粗</b>", "=1+1", "{label}", "𬱖䶮㛃𠅤", "..\\..\\x", "%s"])
def test_odd_text_is_just_text(text: str, forms: FormCatalog, make_context: Any) -> None:
    filed = require_valid(forms.current("encounter_record"), {**ENCOUNTER, "plan": text}, make_context())
    assert filed["plan"] == text


def test_table_cells_are_checked_in_their_row(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("personal_info"), make_context()
    rows = [{"disease": "6", "diagnosed_on": "2020-05"}, {"disease": "2"}, {"disease": "99", "x": 1}]
    places = {(item.rule_id, item.field_id, item.row) for item in check(form, {"past_diseases": rows}, context)}
    assert ("required", "past_diseases.disease_text", 0) in places
    assert ("required", "past_diseases.diagnosed_on", 1) in places
    assert ("option", "past_diseases.disease", 2) in places
    assert ("unknown_column", "past_diseases", 2) in places


def test_no_disease_excludes_other_rows(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("personal_info"), make_context()
    rows = [{"disease": "1"}, {"disease": "2", "diagnosed_on": "2020-05"}]
    assert "exclusive" in found(form, {"past_diseases": rows}, context, "past_diseases.disease")
    alone = [{"disease": "1"}]
    assert not [item for item in check(form, {"past_diseases": alone}, context) if "past_diseases" in item.field_id]


def test_skipped_questions_must_stay_empty(forms: FormCatalog, make_context: Any) -> None:
    """Never smoked: amount and ages stay empty; smoker: they are demanded."""
    form, context = forms.current("physical_exam"), make_context()
    assert found(form, {"smoking_status": "1", "cigarettes_per_day": 5}, context, "cigarettes_per_day") == {
        "not_applicable"
    }
    assert found(form, {"smoking_status": "1"}, context, "cigarettes_per_day") == set()
    assert found(form, {"smoking_status": "3"}, context, "cigarettes_per_day") == {"required"}
    assert found(form, {"smoking_status": "3"}, context, "smoking_quit_age") == set()
    assert found(form, {"smoking_status": "2"}, context, "smoking_quit_age") == {"required"}


def test_errors_come_before_warnings(forms: FormCatalog, make_context: Any) -> None:
    """ANSWERS_INVALID names errors only; ANSWERS_UNSURE what isn't confirmed yet; then it is valid."""
    form, context = forms.current("encounter_record"), make_context(filing_date="2026-11-21")
    with pytest.raises(Problem) as invalid:
        require_valid(form, {**ENCOUNTER, "plan": ""}, context)
    assert invalid.value.code == "ANSWERS_INVALID"
    assert [item.severity for item in invalid.value.findings] == [Severity.ERROR]
    with pytest.raises(Problem) as unsure:
        require_valid(form, ENCOUNTER, context)
    assert unsure.value.code == "ANSWERS_UNSURE"
    keys = frozenset(item.key for item in unsure.value.findings)
    assert keys == {"encounter_after_filing:encounter_date"}
    assert require_valid(form, ENCOUNTER, context, keys)["plan"] == "多喝水"


def test_derived_fields_are_never_typed(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("archive_cover"), make_context(phone=None)
    answers = compute(form, {"name": "别人", "phone": "1"}, context)
    assert answers["name"] == "巴特尔·其其格"
    assert "phone" not in answers
    assert "required_derived" in found(form, answers, context, "phone")


def test_words_behind_options_follow_a_derived_choice(forms: FormCatalog, make_context: Any) -> None:
    """An ethnic minority prints 99 and its name; a missing number keeps the reason's words."""
    form = forms.current("personal_info")
    answers = compute(form, {}, make_context(id_no=None, no_id_reason="9", **{"no_id_reason.9": "遗失"}))
    assert (answers["ethnicity"], answers["ethnicity.99"]) == ("99", "维吾尔族")
    assert answers["no_id_reason.9"] == "遗失"
    assert "id_no" not in answers
    assert "ethnicity.99" not in compute(form, {}, make_context(ethnicity="01"))


def test_what_may_be_taken_over_is_offered_not_copied(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("physical_exam")
    context = make_context(previous={"height": 165, "exam_date": "2025-05-01"})
    assert offers(form, context)["height"] == 165
    assert "height" not in compute(form, {}, context)
    card = forms.current("health_record_card")
    records = {"personal_info": {"contact_name": "李四", "blood_type_abo": "3", "past_diseases": [{"disease": "1"}]}}
    known = make_context(records=records)
    assert offers(card, known)["emergency_contact"] == "李四"
    assert offers(card, known)["chronic_diseases"] == ["1"]
    assert compute(card, {}, known)["abo"] == "O"
    assert proposals(card, {}, make_context()) == {}


def test_values_alone_need_no_context(forms: FormCatalog) -> None:
    """Intake looks at what is wrong whatever the circumstances, not at what is missing."""
    form = forms.current("physical_exam")
    assert check_values(form, {"pulse_rate": 72}) == ()
    assert [item.rule_id for item in check_values(form, {"pulse_rate": 9999, "lips": "9"})] == ["bounds", "option"]


def test_every_finding_has_words(forms: FormCatalog, make_context: Any) -> None:
    """No key and no brace is left in a sentence."""
    form = forms.current("physical_exam")
    bad: dict[str, Any] = {field.id: object() for field in form.fields()}
    bad |= {"extra": 1, "symptoms": ["1", "2", "2", "99", "25"], "pulse_rate": 1, "exam_date": "x", "height": 99.99}
    for item in check(form, bad, make_context()):
        assert "{" not in item.message
        assert not item.message.isascii()


def test_checking_the_largest_form_stays_quick(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("physical_exam"), make_context()
    answers = compute(form, full_exam(form), context)
    check(form, answers, context)
    times = []
    for _ in range(15):
        begun = time.process_time()
        check(form, answers, context)
        times.append(time.process_time() - begun)
    # It takes some 4 ms on a quiet machine; what is caught here is a slowdown, not a busy neighbour.
    assert min(times) < 0.05


def full_exam(form: Any) -> dict[str, Any]:
    """An answer to every choice and number of the examination."""
    answers: dict[str, Any] = {"exam_date": "2026-11-20", "responsible_doctor": "王医生"}
    for field in form.fields():
        if field.type == "choice":
            answers[field.id] = field.options[0].code
        elif field.type == "multi_choice":
            answers[field.id] = [field.options[0].code]
        elif field.type in ("integer", "decimal") and not field.derived:
            answers[field.id] = round((field.warn_minimum + field.warn_maximum) / 2)
    return answers


def test_cells_of_a_table_are_worked_out_row_by_row(make_context: Any) -> None:
    """A computed column takes its value as soon as its row has what it reads, and keeps what was typed before."""
    form = read_form(
        'id = "x"\nversion = 1\ntitle = "表"\n[[section]]\nid = "a"\ntitle = "甲"\n[[section.field]]\nid = "drugs"\n'
        'label = "药"\ntype = "table"\n[[section.field.column]]\nid = "times"\nlabel = "次"\ntype = "integer"\n'
        '[[section.field.column]]\nid = "dose"\nlabel = "片"\ntype = "integer"\n[[section.field.column]]\nid = "day"\n'
        'label = "每日"\ntype = "integer"\ncomputed = "times * dose"\n',
        "x.toml",
        {},
    )
    rows = compute(form, {"drugs": [{"times": 3, "dose": 2}, {"times": 3, "day": 5}, {}]}, make_context())["drugs"]
    assert rows == [{"times": 3, "dose": 2, "day": 6}, {"times": 3, "day": 5}, {}]
