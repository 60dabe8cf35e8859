"""The cover of a resident's record: the whole record code in boxes, a large title, ruled lines."""

from jiandang_desktop.forms.definition import Field
from jiandang_desktop.forms.paper import layout_of
from jiandang_desktop.printing.answers import words_of
from jiandang_desktop.printing.display import A4, Lines, Op, Page, Text
from jiandang_desktop.printing.documents import FilledForm, PaperContext
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.sheet import code_boxes

_SIZE = 14.0
_LABELS = 110.0
"""Left edge of the labels in points."""
_RIGHT = 500.0
_STEP = 38.0


def cover_page(filled: FilledForm, context: PaperContext, fonts: FontBook) -> Page:
    """The cover as one page without a foot. A blank line of the layout's rows leaves room between groups."""
    form, layout = filled.form, layout_of(filled.form)
    page = Page()
    code = segmented(str(filled.answers.get(layout.code, "")), context.short_code)
    page.ops += code_boxes(code or "      -   -   -     ", A4[0] - 50, 92, fonts)
    title = layout.title or form.title
    width = fonts.width(title, 34, "bold")
    page.ops.append(Text((A4[0] - width) / 2, 220, title, 34, "bold"))
    y = 310.0
    for part in layout.parts:
        for row in part.rows:
            item = form.field(row.cells[-1].paragraphs[0][0].path[0])  # type: ignore[union-attr]
            if item is None:
                raise KeyError(form.id)
            y = _line(page.ops, item, _answer(item, filled, context, fonts), y, fonts)
        y += _STEP * 0.9
    return page


def segmented(code: str, short: str) -> str:
    """A record code with hyphens; the short code says how its last two segments are cut (rules.md 1.1)."""
    village, _, serial = short.partition("-")
    if not code.isdigit() or len(code) not in (16, 17):
        return code
    last = len(serial) or 5
    third = len(village) or (len(code) - 9 - last)
    return "-".join((code[:6], code[6:9], code[9 : 9 + third], code[9 + third :]))


def _answer(item: Field, filled: FilledForm, context: PaperContext, fonts: FontBook) -> str:
    if item.id == "name" and "name" not in filled.answers:
        return context.name
    return words_of(item, filled.answers.get(item.id), fonts.words)


def _line(ops: list[Op], item: Field, answer: str, y: float, fonts: FontBook) -> float:
    """A label spread over its column, and the answer on its line; long answers take several lines."""
    label = item.paper_label or item.label
    left = _LABELS + 8 * _SIZE + fonts.width("：", _SIZE) + 4
    _spread(ops, label, y, fonts)
    block = set_text(answer, _RIGHT - left - 6, _SIZE, fonts)
    step = _SIZE * 1.7
    for number, line in enumerate(block.lines):
        base = y + number * step
        ops += [Text(op.x + left + 4, base, op.text, op.size) for op in line.ops if isinstance(op, Text)]
        ops.append(Lines(((left, base + 4, _RIGHT, base + 4),), 0.6))
    return y + _STEP + (len(block.lines) - 1) * step


def _spread(ops: list[Op], label: str, y: float, fonts: FontBook) -> None:
    """Short labels are spaced out to four characters; the colons stand under one another."""
    right = _LABELS + 8 * _SIZE
    width = fonts.width(label, _SIZE)
    room = max(width, 4 * _SIZE if len(label) <= 4 else width)
    gap = (room - width) / (len(label) - 1) if len(label) > 1 else 0.0
    x = right - room
    for character in label if gap > 0.5 else [label]:
        ops.append(Text(x, y, character, _SIZE))
        x += fonts.width(character, _SIZE) + gap
    ops.append(Text(right, y, "：", _SIZE))
