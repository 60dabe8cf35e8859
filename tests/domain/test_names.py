"""Names as people type them (R2.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.names import MIDDLE_DOT, clean_name, clean_text, search_form


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 张 三 ", "张三"),
        ("张\u3000三", "张三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽 ‧ 买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("Ｊｏｈｎ Smith", "John Smith"),
        ("王\u200b\u202e芳", "王芳"),
        ("𬱖䶮", "𬱖䶮"),
        ("𠅤㛃", "𠅤㛃"),
        ("邉\U000e0101子", "邉子"),
    ],
)
def test_a_name_is_cleaned_and_never_respelt(typed: str, stored: str) -> None:
    assert clean_name(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", " ", "王", "王" * 51, "王\x00芳", "王\ud800芳", "王\x1b芳", "王\ue000芳", "王5芳", "王<b>", "王\uffff"],
)
def test_what_can_be_no_name_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"length|character"):
        clean_name(typed)


def test_a_compatibility_ideograph_in_a_name_stays_as_written() -> None:
    """NFC would turn U+F92C into U+90CE."""
    assert clean_name("\uf92c芳") == "\uf92c芳"


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    try:
        once = clean_name(typed)
    except ValueError:
        return
    assert clean_name(once) == once
    assert once.encode("utf-8").decode("utf-8") == once


@given(st.text(), st.integers(0, 80))
def test_a_cleaned_text_fits_and_stays(typed: str, longest: int) -> None:
    try:
        once = clean_text(typed, longest)
    except ValueError:
        return
    assert len(once) <= longest
    assert "\n" not in once
    assert clean_text(once, longest) == once


def test_lines_are_kept_where_asked_for() -> None:
    assert clean_text(" 头痛 \r\n 三天\t余 ", 50, lines=True) == "头痛\n三天 余"
    assert clean_text("头痛\n三天", 50) == "头痛 三天"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("Ｚｈａｎｇ San", "zhangsan"),
        ("lǚ", "lv"),
        ("Lü", "lv"),
        ("xi'an", "xian"),
        ("001-00023", "00100023"),
        ("𬱖䶮", "𬱖䶮"),
    ],
)
def test_search_form_folds_what_people_type_differently(text: str, folded: str) -> None:
    assert search_form(text) == folded


@given(st.text())
def test_search_form_is_stable(text: str) -> None:
    once = search_form(text)
    assert search_form(once) == once
    assert MIDDLE_DOT not in once
