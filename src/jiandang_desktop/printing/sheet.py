"""One form on A4: title, head line, code boxes, the official table, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.forms.paper import Cell, PaperLayout, Part, Row, Slot, TableHint, layout_of
from jiandang_desktop.forms.sheets import arrange, column_heads
from jiandang_desktop.printing.atoms import Run, Words
from jiandang_desktop.printing.display import A4, Op, Page, Rect, Text
from jiandang_desktop.printing.documents import FilledForm, PaperContext
from jiandang_desktop.printing.filling import Filler
from jiandang_desktop.printing.flow import set_runs, set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.grid import PAD, Box, GridRow, draw, fit_heights, paginate
from jiandang_desktop.printing.unplaced import unplaced

TITLE = 17.0
"""Size of a form's title."""
TOP = 40.0
BOTTOM = 44.0
SECTION = 22.0
"""Width of the section column."""
STRETCH = 1.3
"""How much taller than needed rows may be to fill a page."""
TALL = 60.0
"""Rows of at least this height are written in from the top."""
PADS = (3.4, 2.6, 1.8, 1.2)
"""Space above and below the text of a row: less of it is tried before a page is left."""


class SheetSetter:
    """Sets one form's table for one filling."""

    def __init__(self, filled: FilledForm, context: PaperContext, fonts: FontBook) -> None:
        self._filled = filled
        self._form: Form = filled.form
        self._layout: PaperLayout = layout_of(filled.form)
        self._context = context
        self._fonts = fonts
        self._filler = Filler(self._form, self._layout, fonts.words)
        self._answers: Answers = filled.answers

    def pages(self) -> list[Page]:
        """All pages, without their foot."""
        columns = self._columns()
        for size in (self._layout.size, self._layout.size - 0.5, self._layout.size - 1.0, self._layout.size - 1.5):
            for pad in PADS:
                made = self._set(columns, size, pad)
                if len(made) <= self._wanted():
                    return self._finish(made, pad)
        return self._finish(self._set(columns, self._layout.size, PADS[1]), PADS[1])

    def _columns(self) -> Sequence[Answers]:
        if self._layout.kind != "visits":
            return (self._answers,)
        visits = self._filled.columns or ((self._answers,) if self._answers else ())
        placed = arrange(self._form, visits, lambda answers: answers)
        columns = placed[0] if placed else [None] * self._form.sheet_width
        return [answers or head for answers, head in zip(columns, column_heads(self._form), strict=True)]

    def _wanted(self) -> int:
        """How many pages the form has when nothing overflows."""
        return len({part.page for part in self._parts()})

    def _parts(self) -> Sequence[Part]:
        return self._layout.parts_for(self._answers)

    @property
    def _width(self) -> float:
        return A4[0] - 2 * self._layout.margin

    # -- setting

    def _set(self, columns: Sequence[Answers], size: float, pad: float) -> list[list[GridRow]]:
        rows: list[GridRow] = []
        for part in self._parts():
            rows += self._part(part, columns, size)
        notes = self._notes(columns)
        if notes:
            left = Box(0, self._width, set_runs([Run((Words(notes),))], self._width - 2 * PAD, size, self._fonts))
            rows.append(GridRow([left], self._layout.height, rows[-1].page if rows else 1))
        fit_heights(rows, pad)
        room = A4[1] - TOP - BOTTOM
        return paginate(rows, room - self._head_height(1), room - self._head_height(0), pad)

    def _part(self, part: Part, columns: Sequence[Answers], size: float) -> list[GridRow]:
        has_section = bool(part.title)
        left = SECTION if has_section else 0.0
        rows = [made for row in part.rows for made in self._row(row, columns, size, left, part.page)]
        if has_section:
            for number, row in enumerate(rows):
                block = None if number else self._vertical(part.title, size)
                row.boxes.insert(0, Box(0, SECTION, block, "centre", continues=number > 0))
        return rows

    def _vertical(self, title: str, size: float) -> Any:
        """A section's title, one character a line, as in the left column of the official tables."""
        upright = "\n".join(title) if len(title) <= 14 else title
        return set_text(upright, SECTION - 4, size, self._fonts)

    def _row(self, row: Row, columns: Sequence[Answers], size: float, left: float, page: int) -> list[GridRow]:
        edges = self._edges(row, left)
        if self._layout.kind == "visits":
            return [self._visit_row(row, columns, size, edges, page)]
        last = row.cells[-1]
        slot = last.paragraphs[0][0] if len(last.paragraphs) == 1 and len(last.paragraphs[0]) == 1 else None
        table = self._filler.table(slot) if isinstance(slot, Slot) else None
        if table:
            return self._table_rows(row, table, size, edges, page)
        boxes = [self._box(cell, self._answers, size, *edge) for cell, edge in zip(row.cells, edges, strict=True)]
        if row.height > TALL:
            boxes = [replace(box, at_top=box.align == "left") for box in boxes]
        return [GridRow(boxes, max(row.height, self._layout.height), page)]

    def _edges(self, row: Row, left: float) -> list[tuple[float, float]]:
        return _shared(row.widths, left, self._width)

    def _visit_row(
        self, row: Row, columns: Sequence[Answers], size: float, edges: list[tuple[float, float]], page: int
    ) -> GridRow:
        """Label cells once, the last cell once for each visit."""
        # Labels stand for every column, so they know none.
        whole = {key: value for key, value in self._answers.items() if key != self._form.column_field}
        boxes = [self._box(cell, whole, size, *edge) for cell, edge in zip(row.cells[:-1], edges[:-1], strict=True)]
        begin, end = edges[-1]
        for answers, edge in zip(columns, _shared((1.0,) * len(columns), begin, end), strict=True):
            boxes.append(self._box(row.cells[-1], answers, size, *edge))
        return GridRow(boxes, max(row.height, self._layout.height), page)

    def _box(self, cell: Cell, answers: Mapping[str, Any], size: float, left: float, right: float) -> Box:
        if cell.continues:
            return Box(left, right, None, continues=True)
        runs = self._filler.runs(cell, answers)
        block = set_runs(runs, right - left - 2 * PAD, size, self._fonts)
        centred = cell.is_label or self._filler.is_dash(cell, answers) or _shows(cell, "chosen")
        return Box(left, right, block, "centre" if centred else "left")

    # -- tables

    def _table_rows(
        self, row: Row, table: tuple[Field, TableHint], size: float, edges: list[tuple[float, float]], page: int
    ) -> list[GridRow]:
        """A table field: its heads and rows beside the labels, which go on over all of them."""
        item, hint = table
        columns = hint.columns or tuple((column.label, Cell(((Slot((column.id,)),),))) for column in item.columns)
        inner = _shared(hint.widths or (1.0,) * len(columns), *edges[-1])
        labels = list(zip(row.cells[:-1], edges[:-1], strict=True))
        first = [self._box(cell, self._answers, size, *edge) for cell, edge in labels]
        first += self._table_heads([head for head, _ in columns], inner, size)
        rows = [GridRow(first, self._layout.height, page)]
        above = ""
        for number, answers in enumerate(self._filler.rows_of(item, self._answers)):
            boxes = [Box(*edge, None, continues=True) for _, edge in labels]
            cells = [cell for _, cell in columns]
            split = self._filler.split_words(cells[0], item, answers)
            edges_left = list(inner)
            if split is not None:
                boxes.append(self._group_box(split, above, size, inner))
                taken = 2 if split[1] is None else 1
                cells, edges_left, above = cells[taken:], edges_left[taken:], split[0]
            boxes += [
                self._table_box(cell, item, answers, number, size, *edge)
                for cell, edge in zip(cells, edges_left, strict=True)
            ]
            rows.append(GridRow(boxes, max(row.height, self._layout.height), page))
        return rows

    def _table_heads(self, heads: Sequence[str], inner: Sequence[tuple[float, float]], size: float) -> list[Box]:
        """The heads of a table's columns; ``<`` widens the head before it."""
        boxes: list[Box] = []
        for place, head in enumerate(heads):
            if head == "<":
                continue
            following = next((n for n in range(place + 1, len(heads)) if heads[n] != "<"), len(heads))
            left, right = inner[place][0], inner[following - 1][1]
            boxes.append(Box(left, right, set_text(head, right - left - 2 * PAD, size, self._fonts), "centre"))
        return boxes

    def _group_box(
        self, split: tuple[str, str | None], above: str, size: float, inner: Sequence[tuple[float, float]]
    ) -> Box:
        """The first cell of a row of a group: goes on from the row above, takes both columns where it has no member."""
        left, right = inner[0][0], inner[1 if split[1] is None else 0][1]
        if split[0] and split[0] == above:
            return Box(left, right, None, continues=True)
        return Box(left, right, set_text(split[0], right - left - 2 * PAD, size, self._fonts), "centre")

    def _table_box(
        self, cell: Cell, table: Field, row: Mapping[str, Any], number: int, size: float, left: float, right: float
    ) -> Box:
        runs = self._filler.row_runs(cell, table, row, number)
        align = "centre" if _shows(cell, "member") else "left"
        return Box(left, right, set_runs(runs, right - left - 2 * PAD, size, self._fonts), align)

    # -- what the table has no place for

    def _notes(self, columns: Sequence[Answers]) -> str:
        """Answers without a place on the official form, written below it so that paper holds all of them."""
        words = self._fonts.words
        told: list[str] = []
        for number, answers in enumerate(columns):
            which = self._which(number) if len(columns) > 1 else ""
            told += [
                words.text("form.note", visit=which, label=label, value=value)
                for label, value in unplaced(self._form, self._layout, answers, words)
            ]
        return words.text("form.notes", notes=words.text("form.note_gap").join(told)) if told else ""

    def _which(self, number: int) -> str:
        words, named = self._fonts.words, self._form.columns
        return (
            words.text("form.column", title=named[number].title)
            if named
            else words.text("form.visit", number=number + 1)
        )

    # -- finishing

    def _head_height(self, page: int) -> float:
        has_line = self._layout.head is not None or bool(self._layout.code)
        return (TITLE * 1.9 if page == 0 else 0.0) + (24.0 if has_line else 6.0)

    def _finish(self, made: Sequence[Sequence[GridRow]], pad: float) -> list[Page]:
        pages = []
        for number, rows in enumerate(made):
            page = Page()
            page.ops += self._head(number)
            _stretch(rows, A4[1] - TOP - BOTTOM - self._head_height(number))
            page.ops += draw(rows, self._layout.margin, TOP + self._head_height(number), self._width, pad)
            pages.append(page)
        return pages

    def _head(self, number: int) -> list[Op]:
        ops: list[Op] = []
        y = TOP
        if number == 0:
            title = self._layout.title or self._form.title
            width = self._fonts.width(title, TITLE, "bold")
            ops.append(Text((A4[0] - width) / 2, y + TITLE, title, TITLE, "bold"))
            y += TITLE * 1.9
        base = y + 15.0
        if self._layout.head is not None:
            runs = self._filler.runs(Cell((self._layout.head,)), self._with_name())
            block = set_runs(runs, self._width * 0.62, 10.5, self._fonts)
            ops += block.draw(self._layout.margin, base - 10.5)
        if self._layout.code:
            ops += code_boxes(self._short_code(), A4[0] - self._layout.margin, base, self._fonts)
        return ops

    def _with_name(self) -> dict[str, Any]:
        name = {"name": self._context.name} if self._context.name else {}
        return {**name, **self._answers}

    def _short_code(self) -> str:
        return str(self._answers.get(self._layout.code, "") or self._context.short_code)


def _shows(cell: Cell, mode: str) -> bool:
    """Whether a cell shows nothing but an answer in this way."""
    pieces = cell.paragraphs[0] if len(cell.paragraphs) == 1 else ()
    return len(pieces) == 1 and isinstance(pieces[0], Slot) and pieces[0].mode == mode


def _shared(shares: Sequence[float], left: float, right: float) -> list[tuple[float, float]]:
    """The width between two edges divided by shares."""
    total, edges, at = sum(shares), [], left
    for share in shares:
        end = at + (right - left) * share / total
        edges.append((at, end))
        at = end
    return edges


def _stretch(rows: Sequence[GridRow], room: float) -> None:
    """Spread the rows over the page as far as looks well: taller rows are easier to write in."""
    used = sum(row.height for row in rows)
    if used <= 0 or used >= room:
        return
    factor = min(room / used, STRETCH)
    for row in rows:
        row.height *= factor


def code_boxes(code: str, right: float, base: float, fonts: FontBook, label: str = "form.code") -> list[Op]:
    """``编号□□□-□□□□□`` ending at ``right``; the digits of ``code`` stand in the boxes."""
    size, side, dash = 10.5, 12.5, 8.0
    groups = code.split("-") if code else ["   ", "     "]
    words = fonts.words.text(label)
    width = sum(len(group) * side for group in groups) + dash * (len(groups) - 1)
    x = right - width
    ops: list[Op] = [Text(x - fonts.width(words, size) - 3, base, words, size)]
    for number, group in enumerate(groups):
        if number:
            ops.append(Text(x + 2.2, base, "-", size))
            x += dash
        for digit in group:
            ops.append(Rect(x, base - side + 3.2, side, side, 0.6))
            if digit.strip():
                ops.append(Text(x + (side - fonts.width(digit, size)) / 2, base, digit, size))
            x += side
    return ops
