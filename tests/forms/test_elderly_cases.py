"""Self-care and constitution of the elderly: points, grades, constitutions as the two sheets' own criteria say.

Sources: the scoring line of the self-care sheet (0-3, 4-8, 9-18, from 19); the table of criteria of the constitution
sheet (biased types: from 11 是, 9-10 倾向是; balanced: from 17 with all others to 8 是, to 10 基本是).
"""

from itertools import product
from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, proposals

SELF_CARE = ("eating", "grooming", "dressing", "toileting", "mobility")
QUESTIONS = {
    "qi_deficiency": (2, 3, 4, 14),
    "yang_deficiency": (11, 12, 13, 29),
    "yin_deficiency": (10, 21, 26, 31),
    "phlegm_damp": (9, 16, 28, 32),
    "damp_heat": (23, 25, 27, 30),
    "blood_stasis": (19, 22, 24, 33),
    "qi_stagnation": (5, 6, 7, 8),
    "special_diathesis": (15, 17, 18, 20),
}


def answered(value: int = 1, **given: int) -> dict[str, str]:
    """All 33 questions answered with ``value`` but for those given as ``q07=3``."""
    return {
        **{f"q{number:02d}": str(value) for number in range(1, 34)},
        **{key: str(one) for key, one in given.items()},
    }


def with_score(kind: str, score: int, base: dict[str, str] | None = None) -> dict[str, str]:
    """Answers in which a biased type has this score and every other question stays as it is."""
    answers, left = dict(base or answered()), score - 4
    # The last questions of a type first: the shared ones, which change the balanced score, as late as possible.
    for number in sorted(QUESTIONS[kind], key=lambda one: one in (2, 4, 5, 13)):
        step = min(4, left)
        answers[f"q{number:02d}"] = str(1 + step)
        left -= step
    return answers


def results(answers: dict[str, Any]) -> dict[str, str]:
    return {key.removeprefix("result_"): value for key, value in answers.items() if key.startswith("result_")}


def findings(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


# -- self-care


def self_care(*codes: str | None) -> dict[str, str]:
    return {item: code for item, code in zip(SELF_CARE, codes, strict=True) if code}


@pytest.mark.parametrize(
    ("codes", "total", "grade"),
    [
        ("11111", 0, "1"),
        ("13111", 3, "1"),
        ("12122", 3, "1"),
        ("31121", 4, "2"),
        ("13141", 13, "3"),
        ("32131", 9, "3"),
        ("33121", 7, "2"),
        ("33122", 8, "2"),
        ("33312", 10, "3"),
        ("43322", 13, "3"),
        ("31133", 13, "3"),
        ("34132", 16, "3"),
        ("33332", 15, "3"),
        ("43133", 18, "3"),
        ("33333", 19, "4"),
        ("44444", 37, "4"),
    ],
)
def test_self_care_points_and_grade(codes: str, total: int, grade: str, forms: FormCatalog, make_context: Any) -> None:
    """0-3 independent, 4-8 light, 9-18 moderate, from 19 dependent; the borders from both sides."""
    form = forms.current("elderly_self_care_assessment")
    found = compute(form, self_care(*codes), make_context())
    assert (found["total_score"], found["grade"]) == (total, grade)


def test_every_reachable_total_has_its_grade(forms: FormCatalog, make_context: Any) -> None:
    """All 576 fillings: the total is the sum of the points, the grade follows from the total alone."""
    form, context = forms.current("elderly_self_care_assessment"), make_context()
    points = [
        {"1": 0, "3": 3, "4": 5},
        {"1": 0, "2": 1, "3": 3, "4": 7},
        {"1": 0, "3": 3, "4": 5},
        {"1": 0, "2": 1, "3": 5, "4": 10},
        {"1": 0, "2": 1, "3": 5, "4": 10},
    ]
    for codes in product(*points):
        found = compute(form, self_care(*codes), context)
        total = sum(table[code] for table, code in zip(points, codes, strict=True))
        assert found["total_score"] == total
        assert found["grade"] == next(
            grade for most, grade in ((3, "1"), (8, "2"), (18, "3"), (37, "4")) if total <= most
        )
        assert [found[f"{item}_score"] for item in SELF_CARE] == [
            table[code] for table, code in zip(points, codes, strict=True)
        ]


@pytest.mark.parametrize("missing", range(5))
def test_self_care_with_a_gap_has_no_result(missing: int, forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("elderly_self_care_assessment"), make_context()
    codes: list[str | None] = ["4"] * 5
    codes[missing] = None
    found = compute(form, self_care(*codes), context)
    assert not {"total_score", "grade"} & found.keys()
    required = {item.field_id for item in check(form, found, context) if item.rule_id == "required"}
    assert {SELF_CARE[missing], "total_score", "grade"} <= required


def test_a_dash_on_the_sheet_can_not_be_chosen(forms: FormCatalog, make_context: Any) -> None:
    """Eating and dressing have no light degree."""
    form, context = forms.current("elderly_self_care_assessment"), make_context()
    found = check(form, compute(form, self_care("2", "1", "2", "1", "1"), context), context)
    assert {"eating", "dressing"} <= {item.field_id for item in found if item.rule_id != "required"}


def test_self_care_goes_with_the_examination_of_the_year(forms: FormCatalog, make_context: Any) -> None:
    """PE22, from the side of the assessment: only the examination of the same year is compared."""
    form = forms.current("elderly_self_care_assessment")
    answers = {**self_care("1", "1", "1", "1", "1"), "assessment_date": "2026-11-20"}

    def with_exam(day: str, rating: str) -> set[str]:
        exam = {"physical_exam": {"exam_date": day, "elderly_self_care_rating": rating}}
        return findings(form, answers, make_context(records=exam))

    assert "exam_rating" in with_exam("2026-03-01", "2")
    assert "exam_rating" not in with_exam("2026-03-01", "1")
    assert "exam_rating" not in with_exam("2025-03-01", "2")
    assert "exam_rating" not in findings(form, answers, make_context())


@pytest.mark.parametrize("form_id", ["elderly_self_care_assessment", "elderly_tcm_constitution"])
def test_once_a_year_from_the_year_of_the_65th_birthday(form_id: str, forms: FormCatalog, make_context: Any) -> None:
    """D47 and D48: a calendar year; 65 on 31 December of it."""
    form = forms.current(form_id)
    day = form.date_field
    answers = {day: "2026-03-01"}
    assert "age" not in findings(form, answers, make_context(birth_date="1961-12-31"))
    assert "age" in findings(form, answers, make_context(birth_date="1962-01-01"))
    assert "cycle" in findings(form, answers, make_context(previous={day: "2026-01-02"}))
    assert "cycle" not in findings(form, answers, make_context(previous={day: "2025-12-31"}))
    future = findings(form, {day: "2026-11-23"}, make_context())
    assert any(rule.endswith("_not_future") for rule in future)
    assert any(rule.endswith("_after_birth") for rule in findings(form, {day: "1949-01-01"}, make_context()))


# -- constitution


def test_all_lowest_is_balanced(forms: FormCatalog, make_context: Any) -> None:
    """Every answer 1: the eight have 4 points; balanced 1 + 4 x 5 = 21, so 是."""
    found = compute(forms.current("elderly_tcm_constitution"), answered(1), make_context())
    assert [found[f"score_{kind}"] for kind in QUESTIONS] == [4] * 8
    assert found["score_balanced"] == 21
    assert results(found) == dict.fromkeys(QUESTIONS, "0") | {"balanced": "2"}


def test_all_highest_is_every_biased_type(forms: FormCatalog, make_context: Any) -> None:
    """Every answer 5: the eight have 20; balanced 5 + 4 x 1 = 9, so 否; yang against yin is asked about."""
    form, context = forms.current("elderly_tcm_constitution"), make_context()
    found = compute(form, answered(5), context)
    assert [found[f"score_{kind}"] for kind in QUESTIONS] == [20] * 8
    assert found["score_balanced"] == 9
    assert results(found) == dict.fromkeys(QUESTIONS, "2") | {"balanced": "0"}
    assert {"contradiction", "equal_scores"} <= findings(form, answered(5), context)


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize(("score", "result"), [(8, "0"), (9, "3"), (10, "3"), (11, "2"), (20, "2")])
def test_each_constitution_alone(kind: str, score: int, result: str, forms: FormCatalog, make_context: Any) -> None:
    """8 否, 9 and 10 倾向是, from 11 是; the other seven aren't touched."""
    found = compute(forms.current("elderly_tcm_constitution"), with_score(kind, score), make_context())
    assert found[f"score_{kind}"] == score
    others = {other: value for other, value in results(found).items() if other not in (kind, "balanced")}
    assert found[f"result_{kind}"] == result
    assert set(others.values()) == {"0"}


@pytest.mark.parametrize("number", range(1, 34))
def test_each_question_counts_where_it_belongs(number: int, forms: FormCatalog, make_context: Any) -> None:
    """Four points more in one question raise its own type by four; 2, 4, 5, 13 lower the balanced type, 1 raises it."""
    found = compute(forms.current("elderly_tcm_constitution"), answered(**{f"q{number:02d}": 5}), make_context())
    for kind, asked in QUESTIONS.items():
        assert found[f"score_{kind}"] == (8 if number in asked else 4)
    assert found["score_balanced"] == 21 + (4 if number == 1 else -4 if number in (2, 4, 5, 13) else 0)


@pytest.mark.parametrize(
    ("first", "reverse", "highest", "balanced", "result"),
    [
        # (answer to 1, answers to 2 4 5 13, score of special_diathesis, balanced score, balanced result)
        (1, (2, 2, 2, 2), 8, 17, "2"),
        (1, (2, 2, 2, 3), 8, 16, "0"),
        (5, (1, 1, 1, 1), 8, 25, "2"),
        (5, (1, 1, 1, 1), 9, 25, "3"),
        (5, (1, 1, 1, 1), 10, 25, "3"),
        (5, (1, 1, 1, 1), 11, 25, "0"),
        (1, (2, 2, 2, 2), 9, 17, "3"),
        (1, (2, 2, 2, 2), 10, 17, "3"),
        (1, (2, 2, 2, 3), 10, 16, "0"),
        (1, (2, 2, 2, 2), 11, 17, "0"),
    ],
)
def test_borders_of_the_balanced_type(
    first: int,
    reverse: tuple[int, ...],
    highest: int,
    balanced: int,
    result: str,
    forms: FormCatalog,
    make_context: Any,
) -> None:
    """17 and all others to 8: 是; 17 and all others to 10: 基本是; else 否."""
    shared = {f"q{number:02d}": value for number, value in zip((2, 4, 5, 13), reverse, strict=True)}
    answers = with_score("special_diathesis", highest, answered(q01=first, **shared))
    found = compute(forms.current("elderly_tcm_constitution"), answers, make_context())
    assert (found["score_balanced"], found["result_balanced"]) == (balanced, result)


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize(("score", "result"), [(8, "2"), (9, "3"), (10, "3"), (11, "0")])
def test_any_other_type_bounds_the_balanced_one(
    kind: str, score: int, result: str, forms: FormCatalog, make_context: Any
) -> None:
    found = compute(forms.current("elderly_tcm_constitution"), with_score(kind, score, answered(q01=5)), make_context())
    assert found["score_balanced"] >= 17
    assert found["result_balanced"] == result


@pytest.mark.parametrize("number", range(1, 34))
def test_a_gap_gives_no_result(number: int, forms: FormCatalog, make_context: Any) -> None:
    """EL03: no score of a type with an empty question, and never a balanced result; the others stay."""
    form, context = forms.current("elderly_tcm_constitution"), make_context()
    for value in (1, 3, 5):
        answers = answered(value)
        del answers[f"q{number:02d}"]
        found = compute(form, answers, context)
        touched = {kind for kind, asked in QUESTIONS.items() if number in asked}
        gone = {kind for kind in QUESTIONS if f"score_{kind}" not in found}
        assert gone == touched == {kind for kind in QUESTIONS if f"result_{kind}" not in found}
        assert ("score_balanced" in found) is (number not in (1, 2, 4, 5, 13))
        assert "result_balanced" not in found
        missing = {item.field_id for item in check(form, found, context) if item.rule_id == "required"}
        assert f"q{number:02d}" in missing


def test_several_types_may_apply_together(forms: FormCatalog, make_context: Any) -> None:
    """D65: all are recorded; only equal highest scores of biased types are asked about."""
    form, context = forms.current("elderly_tcm_constitution"), make_context()
    both = with_score("damp_heat", 12, with_score("blood_stasis", 11))
    assert results(compute(form, both, context)) == dict.fromkeys(QUESTIONS, "0") | {
        "damp_heat": "2",
        "blood_stasis": "2",
        "balanced": "0",
    }
    assert "equal_scores" not in findings(form, both, context)


@pytest.mark.parametrize(
    ("first", "second", "tied"),
    [(12, 12, True), (9, 9, True), (10, 9, False), (8, 8, False), (20, 20, True), (12, 11, False)],
)
def test_equal_highest_scores_are_for_a_tcm_doctor(
    first: int, second: int, tied: bool, forms: FormCatalog, make_context: Any
) -> None:
    """A tie counts only where the types apply at all; the balanced type, whose scale is longer, doesn't compete."""
    form = forms.current("elderly_tcm_constitution")
    answers = with_score("damp_heat", first, with_score("special_diathesis", second))
    assert ("equal_scores" in findings(form, answers, make_context())) is tied


@pytest.mark.parametrize(
    ("yang", "yin", "contradicts"), [(11, 11, True), (12, 20, True), (11, 10, False), (10, 11, False), (9, 9, False)]
)
def test_only_yang_against_yin_contradicts(
    yang: int, yin: int, contradicts: bool, forms: FormCatalog, make_context: Any
) -> None:
    """D65: both 是; 倾向是 isn't enough, and no other pair is one."""
    form, context = forms.current("elderly_tcm_constitution"), make_context()
    answers = with_score("yang_deficiency", yang, with_score("yin_deficiency", yin))
    assert ("contradiction" in findings(form, answers, context)) is contradicts
    wet = with_score("damp_heat", 20, with_score("yang_deficiency", 20))
    assert "contradiction" not in findings(form, wet, context)


def test_no_type_at_all_is_asked_about(forms: FormCatalog, make_context: Any) -> None:
    """Balanced 16, all others to 8: find the reason or ask again in two weeks."""
    form, context = forms.current("elderly_tcm_constitution"), make_context()
    nobody = answered(q01=1, q02=2, q04=2, q05=2, q13=3)
    assert set(results(compute(form, nobody, context)).values()) == {"0"}
    assert "none_applies" in findings(form, nobody, context)
    assert "none_applies" not in findings(form, answered(1), context)


@pytest.mark.parametrize(
    ("bmi", "waist", "q09", "q28"),
    [
        (23.99, 79.9, "1", "1"),
        (24, 80, "2", "2"),
        (24.99, 85, "2", "2"),
        (25, 85.5, "3", "3"),
        (25.99, 90, "3", "3"),
        (26, 90.5, "4", "4"),
        (27.99, 105, "4", "4"),
        (28, 105.1, "5", "5"),
    ],
)
def test_bmi_and_girth_of_the_examination_propose_two_answers(
    bmi: float, waist: float, q09: str, q28: str, forms: FormCatalog, make_context: Any
) -> None:
    """Question 9 by BMI; question 28 by girth, where the paper leaves 85-86 and 90-91 cm open (proposal)."""
    form = forms.current("elderly_tcm_constitution")
    exam = {"exam_date": "2026-03-01", "bmi": bmi, "waist": waist}
    context = make_context(records={"physical_exam": exam})
    offered = proposals(form, {}, context)
    assert (offered["q09"], offered["q28"]) == (q09, q28)
    typed = {"fill_date": "2026-11-20", "q09": q09, "q28": q28}
    assert not {"bmi_item", "waist_item"} & findings(form, typed, context)
    other = {"fill_date": "2026-11-20", "q09": str(6 - int(q09)), "q28": str(6 - int(q28))}
    expected = set() if q09 == "3" else {"bmi_item", "waist_item"}
    assert {"bmi_item", "waist_item"} & findings(form, other, context) == expected
    assert not {"bmi_item", "waist_item"} & findings(form, {**other, "fill_date": "2025-11-20"}, context)


def test_guidance_is_asked_for_each_type_that_applies(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("elderly_tcm_constitution"), make_context()
    answers = compute(form, with_score("damp_heat", 9), context)
    missing = {item.field_id for item in check(form, answers, context) if item.rule_id == "required"}
    assert {name for name in missing if name.startswith("guidance_")} == {"guidance_damp_heat", "guidance_balanced"}
