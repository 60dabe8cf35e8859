"""Every character of 通用规范汉字表 (2013) and 2,000 of the extensions, from entry to the township's print and back.

What no font draws is refused at the print by name, and kept in the record all the same.
"""

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.printing import FontBook
from jiandang_desktop.services import folders, records, search

from .conftest import Pair, register

STANDARD = (Path(__file__).parents[1] / "data" / "standard_characters.txt").read_text(encoding="utf-8").strip()
EXTENSIONS = (
    range(0x3400, 0x4DC0), range(0x20000, 0x2A6E0), range(0x2A700, 0x2B73A), range(0x2B740, 0x2B81E),
    range(0x2B820, 0x2CEA2), range(0x2CEB0, 0x2EBE1), range(0x30000, 0x3134B),
)  # fmt: skip
"""Extensions A to G, as GB 18030-2022 level 3 has A to F."""
SAMPLE = 2000
PARTS = ("subjective", "objective", "assessment", "plan")
LENGTH = 400


def sampled() -> str:
    chance = random.Random(20261126)
    every = [code for part in EXTENSIONS for code in part]
    return "".join(map(chr, sorted(chance.sample(every, SAMPLE))))


def encounters(text: str) -> Iterator[dict[str, str]]:
    """A text over as many encounters as it needs."""
    pieces = [text[start : start + LENGTH] for start in range(0, len(text), LENGTH)]
    for start in range(0, len(pieces), len(PARTS)):
        four = [*pieces[start : start + len(PARTS)], *["无"] * len(PARTS)][: len(PARTS)]
        yield {**dict(zip(PARTS, four, strict=True)), "doctor": "王秀兰", "encounter_date": "2026-11-24"}


def carried(pair: Pair, resident: SubjectId, text: str) -> list[RecordId]:
    filed = [
        records.put_record(pair.village, "encounter_record", resident, answers).record for answers in encounters(text)
    ]
    pair.carry()
    for desk in (pair.village, pair.township):
        rows = [records.get_record(desk, record.record_id) for record in filed]
        assert "".join(row.answers[part] for row in rows for part in PARTS).replace("无", "") == text.replace("无", "")
    return [record.record_id for record in filed]


def printed(pair: Pair, ids: Sequence[RecordId], folder: Path) -> str:
    pages = [page for record_id in ids for page in folders.record_pages(pair.township, record_id)]
    path = folder / "pages.pdf"
    path.write_bytes(folders.write_pdf(pair.township, pages, "pages"))
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return re.sub(r"\s", "", done.stdout.decode())


def test_no_standard_character_is_lost(pair: Pair, tmp_path: Path) -> None:
    assert len(set(STANDARD)) == 8105
    ids = carried(pair, SubjectId(register(pair.village)), STANDARD)
    text = printed(pair, ids, tmp_path)
    assert "".join(sorted(set(STANDARD) - set(text))) == ""


def test_extension_characters_are_printed_or_named(pair: Pair, tmp_path: Path) -> None:
    text = sampled()
    with pytest.raises(Problem, match="GLYPH_MISSING") as caught:
        FontBook(pair.township.bench.resources / "fonts").require([text])
    named = re.findall(r"(\S) \(U\+([0-9A-F]{4,5})\)", str(caught.value.values_["characters"]))
    assert [f"{ord(character):04X}" for character, _ in named] == [code for _, code in named]
    missing = {character for character, _ in named}
    drawn = "".join(character for character in text if character not in missing)
    ids = carried(pair, SubjectId(register(pair.village)), text)
    with pytest.raises(Problem, match="GLYPH_MISSING"):
        printed(pair, ids, tmp_path)
    # Also after a refusal: what can be drawn is drawn, never as an empty box.
    ids = carried(pair, SubjectId(register(pair.village, name="赵二")), drawn)
    assert "".join(sorted(set(drawn) - set(printed(pair, ids, tmp_path)))) == ""
    assert len(drawn) >= 0.8 * SAMPLE


def test_names_of_rare_characters_are_found_and_printed(pair: Pair) -> None:
    """Forty names, each of two characters outside the everyday ones; found by either character."""
    rare = [character for character in STANDARD if ord(character) > 0xFFFF][:80]
    for first, second in zip(rare[::2], rare[1::2], strict=True):
        resident = register(pair.village, name=f"王{first}{second}")
        for part in (first, second, first + second):
            assert resident in [row.id for row in search.find(pair.village, part)]
