"""Fonts: rare characters are drawn and read back exactly; what can't be drawn is named; damage is noticed."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.printing import FontBook, Page, Text
from jiandang_desktop.printing.flow import set_text

from .conftest import RESOURCES, ReadBack

RARE = "𬱖䶮㛃𠅤𪚥𬭎𫍯𨱏"


def test_rare_characters_read_back_exactly(fonts: FontBook, read_back: ReadBack) -> None:
    """Characters outside the BMP can be found and copied, whichever font draws them."""
    page = Page(ops=[Text(50, 100, f"张{RARE}丽", 12), Text(50, 140, f"王{RARE}", 12, "bold")])
    text = read_back([page])
    assert f"张{RARE}丽" in text
    assert f"王{RARE}" in text


def test_runs_say_which_font_draws_which_part(fonts: FontBook) -> None:
    runs = fonts.runs("张𪚥丽")
    assert "".join(part for _, part in runs) == "张𪚥丽"
    assert [face for face, _ in runs] == ["regular", "rare", "regular"]


def test_a_character_no_font_has_is_refused_by_name(fonts: FontBook) -> None:
    """The problem names the characters with their code points."""
    with pytest.raises(Problem) as caught:
        fonts.width("张🐎丽", 9)
    assert caught.value.code == "GLYPH_MISSING"
    assert caught.value.values_["characters"] == "🐎 (U+1F40E)"


def test_a_changed_font_file_is_refused(tmp_path: Path) -> None:
    """One flipped byte in a font, or a missing font, is FONT_DAMAGED."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(RESOURCES / "fonts" / "hashes.toml", folder)
    name = "NotoSansSC_400Regular.ttf"
    data = bytearray((RESOURCES / "fonts" / name).read_bytes())
    data[5000] ^= 1
    (folder / name).write_bytes(data)
    for weight in ("regular", "bold"):
        with pytest.raises(Problem) as caught:
            FontBook(folder).face(weight)
        assert caught.value.code == "FONT_DAMAGED"


def test_the_font_of_rare_characters_is_loaded_only_when_needed() -> None:
    fonts = FontBook(RESOURCES / "fonts")
    fonts.width("普通的字 ABC 123", 9)
    assert "rare" not in fonts._faces
    fonts.width("𪚥", 9)
    assert "rare" in fonts._faces


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.sampled_from("头晕，。（）ab12 𪚥"), max_size=120),
    width=st.floats(12, 200),
)
def test_breaking_lines_keeps_every_character_and_the_width(text: str, width: float) -> None:
    """Whatever the text and the width, nothing but blanks is lost and no line sticks out by more than a comma."""
    fonts = FontBook(RESOURCES / "fonts")
    block = set_text(text, width, 9, fonts)
    shown = "".join(op.text for line in block.lines for op in line.ops if isinstance(op, Text))
    assert "".join(shown.split()) == "".join(text.split())
    assert all(line.width <= width + 9 * 0.6 + 0.1 for line in block.lines)


def test_a_refused_text_leaves_no_character_to_the_wrong_font() -> None:
    """After a refusal the rare characters beside the missing one are still drawn by the font that has them."""
    fonts = FontBook(RESOURCES / "fonts")
    with pytest.raises(Problem, match="GLYPH_MISSING"):
        fonts.require(["张𪚥🐎"])
    assert fonts.runs("张𪚥丽") == [("regular", "张"), ("rare", "𪚥"), ("regular", "丽")]
