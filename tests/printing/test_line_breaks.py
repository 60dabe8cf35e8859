"""Where lines of printed pages begin and end (GB/T 15834-2011, 5.1), for any text in any width."""

import re
from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from jiandang_desktop.printing.atoms import Atom, Blank, Boxes, Run, Together, Words
from jiandang_desktop.printing.display import Lines, Op, Rect, Text
from jiandang_desktop.printing.flow import Block, set_runs, set_text
from jiandang_desktop.printing.fonts import FontBook

SIZE = 10.0
NOT_FIRST = "，。、；：？！）》”’/％%·"
NOT_LAST = "（《“‘"

_word = st.one_of(
    st.text("血压控制满意病人随访两周内转诊到卫生院吃药每天一次", min_size=1, max_size=9),
    st.sampled_from(["BMI", "182/114", "mmHg", "7.0", "2026-11-26", "HbA1c", "一", "50%"]),
)
_mark = st.sampled_from(["，", "。", "、", "；", "：", "？", "！", "）", "》", "”", "/", " ", "", "）。", "”，"])
_opening = st.sampled_from(["", "", "（", "《", "“", "（“"])
_clause = st.builds("{}{}{}".format, _opening, _word, _mark)
_text = st.lists(_clause, min_size=1, max_size=12).map("".join)
_blank = st.builds(Blank, st.one_of(st.just(""), _text), st.sampled_from([2.5, 4.0, 6.0]), st.booleans())
_words = st.builds(Words, _text, st.booleans(), st.sampled_from(["regular", "bold"]))
_atom: st.SearchStrategy[Atom] = st.one_of(
    _words,
    _words,
    _blank,
    st.just(Boxes((), 1)),
    st.builds(lambda *atoms: Together(atoms), _words, _blank),
)
_width = st.floats(7.5 * SIZE, 40 * SIZE)


def lines(block: Block) -> list[str]:
    """What can be read on each line; □ is a box or a line without an answer on it."""
    return ["".join(text for _x, text in sorted(_parts(line.ops))) for line in block.lines]


def _parts(ops: Sequence[Op]) -> Iterator[tuple[float, str]]:
    texts = [op for op in ops if isinstance(op, Text)]
    for op in ops:
        if isinstance(op, Text):
            yield op.x, op.text
        elif isinstance(op, Rect):
            yield op.x, "□"
        elif isinstance(op, Lines) and not any(op.segments[0][0] <= on.x < op.segments[0][2] for on in texts):
            yield op.segments[0][0], "□"


def _tidy(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=400, deadline=None)
@given(_text, _width)
def test_no_line_begins_with_a_point_or_ends_with_an_opening_mark(fonts: FontBook, text: str, width: float) -> None:
    found = lines(set_text(text, width, SIZE, fonts))
    assert _tidy("".join(found)) == _tidy(text)
    assert all(line[:1] not in NOT_FIRST or not line for line in found[1:])
    assert all(line.strip()[-1:] not in NOT_LAST or not line for line in found[:-1])


@settings(max_examples=400, deadline=None)
@given(st.lists(_atom, min_size=1, max_size=6), _width)
def test_answers_and_boxes_keep_the_marks_around_them(fonts: FontBook, atoms: Sequence[Atom], width: float) -> None:
    found = lines(set_runs([Run((Words("血压"), *atoms))], width, SIZE, fonts))
    assert _tidy("".join(found)).replace("□", "") == _tidy("血压" + _all_text(atoms))
    assert all(line[:1] not in NOT_FIRST or not line for line in found[1:])
    assert all(line.strip()[-1:] not in NOT_LAST or not line for line in found[:-1])


def _all_text(atoms: Sequence[Atom]) -> str:
    return "".join(_all_text(atom.atoms) if isinstance(atom, Together) else getattr(atom, "text", "") for atom in atoms)


@settings(max_examples=300, deadline=None)
@given(st.lists(_atom, min_size=1, max_size=6), _width)
def test_nothing_but_half_a_mark_stands_outside_of_the_line(
    fonts: FontBook, atoms: Sequence[Atom], width: float
) -> None:
    for line in set_runs([Run(tuple(atoms))], width, SIZE, fonts).lines:
        assert line.width <= width + 0.61 * SIZE


def test_the_point_after_a_full_line_takes_the_last_word_with_it(fonts: FontBook) -> None:
    width = 8.5 * SIZE  # eight signs and half of one, over which a closing mark may hang
    assert lines(set_text("高血压两周内随访）。", width, SIZE, fonts)) == ["高血压两周内随", "访）。"]
    assert lines(set_text("高血压两周内随访，好", width, SIZE, fonts)) == ["高血压两周内随访，", "好"]
    assert lines(set_text("高血压两周内随（访）", width, SIZE, fonts)) == ["高血压两周内随", "（访）"]
    assert lines(set_text("上次的血压182/114", width, SIZE, fonts)) == ["上次的血压", "182/114"]
