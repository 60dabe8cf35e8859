"""What a resident is found by (R5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.search_terms import fold_query, terms


def found(all_terms: frozenset[str], query: str) -> bool:
    folded = fold_query(query)
    return any(term.startswith(folded) for term in all_terms)


@pytest.fixture(scope="module")
def somebody(pinyin: Pinyin) -> frozenset[str]:
    return terms(
        "阿依古丽·买买提",
        "古丽、单秀英",
        "11010519491231002X",
        "19900001234",
        ["15222310010400007", "1522231000400007"],
        "3K9QZ",
        pinyin,
    )


@pytest.mark.parametrize(
    "query",
    [
        "阿依", "古丽", "买买提", "阿依古丽•买", "单秀", "ayi", "ayigu",
        "guli", "Ayi Guli", "ayglm", "maimai", "sxy", "dxy", "dan xiu",
        "19491231", "002x", "０５１９４９", "11010519491231002X", "0000123", "1234", "990",
        "104-00007", "00007", "1522231000400007", "3k9qz",
    ],
)  # fmt: skip
def test_any_part_finds_the_person(somebody: frozenset[str], query: str) -> None:
    assert found(somebody, query)


@pytest.mark.parametrize("query", ["依依", "zhang", "19501231", "104-00008", "9999"])
def test_other_queries_do_not(somebody: frozenset[str], query: str) -> None:
    assert not found(somebody, query)


def test_nobody_needs_many_terms(pinyin: Pinyin) -> None:
    """About sixty for an ordinary person with everything filled in."""
    usual = terms("王秀兰", "", "152223195001010027", "19900001234", ["15222310010400007"], "3K9QZ", pinyin)
    assert len(usual) <= 60


def test_what_is_empty_gives_no_term(pinyin: Pinyin) -> None:
    assert terms("王芳", "", "", "", "", "", pinyin) == terms("王芳", [], "", "", [], "", pinyin)
    assert "" not in terms("", "", "", "", "", "", pinyin)


@given(st.text(min_size=1), st.data())
def test_any_fragment_of_a_name_is_found(pinyin: Pinyin, name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    fragment = fold_query(name)[start : start + 4]
    if fragment:
        assert found(terms(name, "", "", "", "", "", pinyin), fragment)


@given(st.text("0123456789", min_size=3, max_size=18), st.data())
def test_any_three_digits_of_a_number_are_found(pinyin: Pinyin, number: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(number) - 3))
    assert found(terms("王芳", "", number, "", "", "", pinyin), number[start : start + 3])
