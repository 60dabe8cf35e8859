"""How names sound."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.pinyin import MOST_COMBINATIONS, Pinyin


def test_every_surname_of_the_reference_is_read_right(pinyin: Pinyin, reference: Path) -> None:
    """The table gives the reading of the first character of each name."""
    names = yaml.safe_load((reference / "characters" / "surname_readings.yaml").read_text(encoding="utf-8"))["names"]
    assert len(names) > 80
    for name, first in names.items():
        assert pinyin.syllables(name)[0][0] == first, name


def test_other_readings_stay_searchable(pinyin: Pinyin) -> None:
    assert pinyin.readings("单雄信")[0] == "shanxiongxin"
    assert "danxiongxin" in pinyin.readings("单雄信")
    assert "zengguofan" in pinyin.readings("曾国藩")


@pytest.mark.parametrize(
    ("name", "reading", "initials"),
    [
        ("张三", "zhangsan", "zs"),
        ("吕布", "lvbu", "lb"),
        ("万俟卨", "moqixie", "mqx"),
        ("欧阳娜娜", "ouyangnana", "oynn"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("𬱖明", "diming", "dm"),
    ],
)
def test_a_name_has_its_usual_reading_first(pinyin: Pinyin, name: str, reading: str, initials: str) -> None:
    assert pinyin.initials(name)[0] == initials
    assert pinyin.readings(name)[0] == reading


def test_every_standard_character_has_a_reading(pinyin: Pinyin, reference: Path) -> None:
    standard = (reference / "characters" / "tongyong_8105.txt").read_text(encoding="utf-8").strip()
    assert len(standard) == 8105
    assert [character for character in standard if not pinyin.of_character(character)] == []


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=50))
def test_readings_are_few_and_plain(pinyin: Pinyin, name: str) -> None:
    found = pinyin.readings(name)
    assert len(found) <= MOST_COMBINATIONS
    assert all(reading.isascii() and reading.isalpha() and reading.islower() for reading in found)


@given(st.text())
def test_any_text_can_be_read(pinyin: Pinyin, name: str) -> None:
    assert len(pinyin.syllables(name)) <= MOST_COMBINATIONS
