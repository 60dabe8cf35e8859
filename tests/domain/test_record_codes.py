"""Health record codes: schemes, printing, blocks, conversion (R2.2, rules part 1)."""

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.record_codes import RecordCodeScheme

Schemes = Mapping[str, RecordCodeScheme]
SCHEME_IDS = st.sampled_from(["17", "16-6325", "16-6334"])


def test_the_three_presets(schemes: Schemes) -> None:
    assert {name: (scheme.length, scheme.segments) for name, scheme in schemes.items()} == {
        "17": (17, (6, 3, 3, 5)),
        "16-6325": (16, (6, 3, 2, 5)),
        "16-6334": (16, (6, 3, 3, 4)),
    }


@pytest.mark.parametrize(
    ("scheme", "village", "code", "short", "printed"),
    [
        ("17", "104", "15222310010400007", "104-00007", "152223-100-104-00007"),
        ("16-6325", "04", "1522231000400007", "04-00007", "152223-100-04-00007"),
        ("16-6334", "104", "1522231001040007", "104-0007", "152223-100-104-0007"),
    ],
)
def test_a_code_is_built_and_printed(
    schemes: Schemes, scheme: str, village: str, code: str, short: str, printed: str
) -> None:
    chosen = schemes[scheme]
    assert chosen.code(chosen.prefix("152223100203", village), 7) == code
    assert (chosen.short(code), chosen.printed(code)) == (short, printed)


@given(SCHEME_IDS, st.integers(100_000_000, 999_999_999), st.integers(1, 99), st.integers(1, 9999))
def test_split_undoes_code(schemes: Schemes, scheme: str, township: int, village: int, serial: int) -> None:
    chosen = schemes[scheme]
    segment = f"{village:0{chosen.segments[2]}d}"
    code = chosen.code(chosen.prefix(str(township), segment), serial)
    assert len(code) == chosen.length
    assert "".join(chosen.split(code)) == code
    assert chosen.split(code)[2] == segment
    assert int(chosen.split(code)[3]) == serial


@pytest.mark.parametrize(
    "code", ["", "1522231001040000", "15222310010400000", "15222310000000007", "0522231001040007a"]
)
def test_what_is_no_code_is_refused(schemes: Schemes, code: str) -> None:
    assert not schemes["17"].valid(code)
    with pytest.raises(ValueError, match="not a code"):
        schemes["17"].split(code)


@pytest.mark.parametrize(
    ("division", "village"), [("152223", "104"), ("152223100", "000"), ("152223100", "4"), ("", "104")]
)
def test_no_prefix_without_township_and_village(schemes: Schemes, division: str, village: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        schemes["17"].prefix(division, village)


@pytest.mark.parametrize(
    ("scheme", "share", "block"),
    [
        ("17", (0, 40), (1, 40000)),
        ("17", (80, 100), (80001, 99999)),
        ("16-6334", (0, 40), (1, 4000)),
        ("16-6334", (80, 100), (8001, 9999)),
    ],
)
def test_blocks_are_those_of_the_rules(
    schemes: Schemes, scheme: str, share: tuple[int, int], block: tuple[int, int]
) -> None:
    assert schemes[scheme].block(*share) == block


@given(SCHEME_IDS, st.sets(st.integers(1, 99), max_size=6))
def test_neighbouring_shares_never_overlap_and_leave_nothing_out(schemes: Schemes, scheme: str, cuts: set[int]) -> None:
    chosen = schemes[scheme]
    edges = [0, *sorted(cuts), 100]
    blocks = [chosen.block(low, high) for low, high in itertools.pairwise(edges)]
    assert blocks[0][0] == 1
    assert blocks[-1][1] == 10 ** chosen.segments[-1] - 1
    assert all(right[0] == left[1] + 1 for left, right in itertools.pairwise(blocks))


def test_serials_go_on_from_the_highest_and_gaps_stay(schemes: Schemes) -> None:
    chosen = schemes["17"]
    assert chosen.next_serial(None, (80001, 99999)) == 80001
    assert chosen.next_serial(80017, (80001, 99999)) == 80018


def test_a_used_up_block_issues_nothing(schemes: Schemes) -> None:
    with pytest.raises(Problem) as caught:
        schemes["17"].next_serial(40000, (1, 40000))
    assert caught.value.code == "BLOCK_USED_UP"


def test_ninety_per_cent_is_the_time_to_ask_for_more(schemes: Schemes) -> None:
    chosen = schemes["16-6334"]
    assert not chosen.nearly_used_up(None, (1, 4000))
    assert not chosen.nearly_used_up(3599, (1, 4000))
    assert chosen.nearly_used_up(3600, (1, 4000))


def test_conversion_goes_through_the_mapping_and_back_through_the_stored_value(schemes: Schemes) -> None:
    old, new = schemes["16-6325"], schemes["17"]
    converted = old.converted("1522231000400007", new, {"04": "204"})
    assert converted == "15222310020400007"
    assert old.stored_value([converted, "1522231000400007"]) == "1522231000400007"
    assert old.stored_value([converted]) is None
    with pytest.raises(KeyError):
        old.converted("1522231000500007", new, {"04": "204"})


def test_a_serial_too_long_for_the_other_scheme_is_refused(schemes: Schemes) -> None:
    with pytest.raises(ValueError, match="outside"):
        schemes["17"].converted("15222310010440007", schemes["16-6334"], {"104": "104"})


def test_segments_outside_the_editions_ranges_are_unusual(schemes: Schemes) -> None:
    assert [schemes["17"].segment_usual(segment) for segment in ("001", "104", "203", "901")] == [
        True,
        True,
        False,
        True,
    ]
    assert schemes["16-6325"].segment_usual("77")
