"""CEL with our functions, and the written rule for missing values."""

import pytest

from jiandang_desktop.forms import functions
from jiandang_desktop.forms.expressions import BadExpression, compile_expression
from jiandang_desktop.forms.member_paths import comparisons, member_paths


@pytest.mark.parametrize(
    ("source", "answers", "value"),
    [
        ("weight > 60", {}, None),
        ("weight > 60", {"weight": 61}, True),
        ("!(weight > 60)", {}, None),
        ("weight > 60 && sex == '1'", {"sex": "2"}, False),
        ("weight > 60 || sex == '1'", {"sex": "1"}, True),
        ("weight > 60 || sex == '1'", {"sex": "2"}, None),
        ("sex != '1'", {}, None),
        ("has(this.weight)", {"this": {}}, False),
        ("has(this.weight)", {"this": {"weight": 1}}, True),
        ("records.exam.height > 1", {"records": {}}, None),
        ("records.exam.height > 1", {"records": {"exam": {"height": 2}}}, True),
        ("age_at(birth, '2026-01-01') >= 65", {"birth": "not a day"}, None),
        ("weight / 2.0", {"weight": 61}, 30.5),
        ("rows.exists(row, row.code == '2')", {"rows": [{"code": None}, {"code": "2"}]}, True),
        ("{'1': 'A'}[kind]", {"kind": "1"}, "A"),
        ("{'1': 'A'}[kind]", {"kind": "5"}, None),
        ("[1, 2].filter(one, one > weight)[0]", {"weight": 1}, 2),
        ("[1, 2].filter(one, one > weight)[0]", {"weight": 2}, None),
    ],
)
def test_missing_answers_are_unknown(source: str, answers: dict[str, object], value: object) -> None:
    assert compile_expression(source).value(answers) == value


@pytest.mark.parametrize("source", ["weight >", "1 +* 2", "guess(weight)", "", "eval('1')"])
def test_what_is_not_cel_is_refused(source: str) -> None:
    with pytest.raises(BadExpression):
        compile_expression(source).compiled()


def test_paths_and_comparisons_are_found_in_the_source() -> None:
    """Names in texts, functions and loop variables aren't answers."""
    source = "records.a.b.exists(r, r.code == '2') && 'x.y' != word && round(size(list), 1) > 0 && list.size() > 1"
    assert member_paths(source) == {("records", "a", "b"), ("word",), ("list",)}
    assert {(item.path, item.literal) for item in comparisons("a == '1' && '2' in b && c in ['3', '4']")} == {
        (("a",), "1"),
        (("b",), "2"),
        (("c",), "3"),
        (("c",), "4"),
    }


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1961-11-22", "2026-11-21", 64),
        ("1961-11-22", "2026-11-22", 65),
        ("2000-02-29", "2026-02-27", 25),
        ("2000-02-29", "2026-02-28", 26),
        ("2026-01-01", "2025-01-01", None),
    ],
)
def test_age_is_in_completed_years(birth: str, day: str, age: int | None) -> None:
    """D10: people born on 29 February have their birthday on 28 February of common years."""
    assert functions.age_at(birth, day) == age


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-11-30", 3, "2027-02-28"), ("2028-01-31", 1, "2028-02-29")],
)
def test_a_day_that_a_month_lacks_is_its_last(day: str, months: int, after: str) -> None:
    """D11."""
    assert functions.months_after(day, months) == after


def test_alcohol_is_counted_as_spirits() -> None:
    """Filling notes: beer / 10, red wine / 4, yellow wine / 5."""
    assert [functions.as_spirits(20, drink) for drink in ("1", "2", "3", "4")] == [20, 2, 5, 4]
    assert functions.as_spirits(20, "5") is None


def test_halves_are_rounded_up() -> None:
    assert [functions.round_half_up(value, 1) for value in (0.25, 0.35, 2.675)] == [0.3, 0.4, 2.7]
    assert functions.round_half_up(2.675, 2) == 2.68


def test_less_precise_dates_compare_as_far_as_they_tell() -> None:
    assert functions.not_after("1950", "1950-06-01") is True
    assert functions.not_after("1950-07", "1950-06-01") is False
    assert functions.not_after(None, "1950") is None


def test_check_character_of_an_identity_number() -> None:
    assert functions.checksum_ok("11010519491231002X")
    assert not functions.checksum_ok("110105194912310021")
    assert not functions.checksum_ok("11010519491231002x")
