"""Addresses sort as one walks from house to house."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.addresses import address_order

_NUMERALS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below a thousand in Chinese."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _NUMERALS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_NUMERALS[ones] if ones or not number else "")


@pytest.mark.parametrize(
    "walk",
    [
        ["1组", "2组", "9组", "10组", "11组"],
        ["一组", "二组", "三组", "五组", "十组", "十一组", "二十组", "二十一组", "一百零三组"],
        ["２组", "三组", "10组"],
        ["和平村2组9号", "和平村2组12号", "和平村十组1号"],
        ["12号1单元", "12号2单元", "13号"],
        ["二道沟", "二道沟东", "三道沟"],
    ],
)
def test_walking_order(walk: list[str]) -> None:
    """Numbers count as numbers, whether in digits, in wide digits or in Chinese."""
    assert sorted(set(walk), key=address_order) == walk


@given(st.integers(0, 999), st.integers(0, 999))
def test_chinese_numbers_sort_as_digits_do(one: int, other: int) -> None:
    """Both ways of writing a group's number give one order."""
    written = address_order(f"{chinese(one)}组") < address_order(f"{chinese(other)}组")
    assert written == (one < other)
    assert address_order(f"{chinese(one)}组") == address_order(f"{one}组")


@given(st.lists(st.text(), max_size=4))
def test_any_text_has_a_place(parts: list[str]) -> None:
    """Whatever stands in an address, it sorts, and alike each time."""
    assert address_order(*parts) == address_order(*parts)
