"""A ruled table: rows of cells with shares of the width, cells that go on over several rows, breaks between pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jiandang_desktop.printing.display import Lines, Op
from jiandang_desktop.printing.flow import Block

PAD = 3.0
"""Space between a cell's line and its text, left and right."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cell with set text: its left and right edges in points from the table's left edge."""

    left: float
    right: float
    block: Block | None
    align: str = "left"
    continues: bool = False
    """The cell above with the same edges goes on here."""
    at_top: bool = False
    """Text stands at the cell's top and not in its middle."""

    @property
    def needed(self) -> float:
        """Least height."""
        return self.block.height if self.block else 0.0


@dataclass(slots=True)
class GridRow:
    """A row; ``height`` is its least height and, after ``fit_heights``, its height. A new ``page`` starts a page."""

    boxes: list[Box]
    height: float
    page: int = 1


def fit_heights(rows: Sequence[GridRow], pad: float) -> None:
    """Give each row the height that its own cells need, and the last row of a spanning cell what is missing."""
    for position, row in enumerate(rows):
        own = [box.needed for box, spans in _with_spans(rows, position) if not box.continues and spans == 1]
        row.height = max(row.height, *(need + 2 * pad for need in own), 0.0)
    for position in range(len(rows)):
        for box, spans in _with_spans(rows, position):
            if box.continues or spans == 1:
                continue
            covered = rows[position : position + spans]
            missing = box.needed + 2 * pad - sum(item.height for item in covered)
            if missing > 0:
                for item in covered:
                    item.height += missing / spans


def _with_spans(rows: Sequence[GridRow], position: int) -> Iterator[tuple[Box, int]]:
    for box in rows[position].boxes:
        spans = 1
        while position + spans < len(rows) and _continued(rows[position + spans], box):
            spans += 1
        yield box, spans


def _continued(row: GridRow, box: Box) -> bool:
    return any(
        other.continues and abs(other.left - box.left) < 0.5 and abs(other.right - box.right) < 0.5
        for other in row.boxes
    )


def paginate(
    rows: Sequence[GridRow], room: float, first_room: float, pad: float, *, together: bool = False
) -> list[list[GridRow]]:
    """Rows as pages of ``room`` points, the first of ``first_room``; a row higher than a page goes on over the next.

    ``together``: rows that a cell goes on over aren't torn apart where they fit on a page.
    """
    pages: list[list[GridRow]] = [[]]
    left, page = first_room, rows[0].page if rows else 1
    for position, row in enumerate(rows):
        rest: GridRow | None = row
        whole = _height_together(rows, position) if together else 0.0
        while rest is not None:
            torn = rest is row and left + 0.01 < whole <= room
            if pages[-1] and (rest.page != page or rest.height > left + 0.01 or torn):
                pages.append([])
                left = room
                rest = _reopened(rest, pages[-2])
            page = rest.page
            part, rest = _sliced(rest, left, pad)
            pages[-1].append(part)
            left -= part.height
    return pages


def _height_together(rows: Sequence[GridRow], position: int) -> float:
    """The height of the rows that cells of this one go on over, its own where none does or it isn't the first."""
    if any(box.continues for box in rows[position].boxes):
        return rows[position].height
    spans = max(spans for _, spans in _with_spans(rows, position))
    return sum(row.height for row in rows[position : position + spans])


def _sliced(row: GridRow, room: float, pad: float) -> tuple[GridRow, GridRow | None]:
    """The part of a row that fits into ``room`` points and what is left of it, if anything."""
    if row.height <= room + 0.01:
        return row, None
    pieces = [box.block.split(room - 2 * pad - 2) if box.block else (None, None) for box in row.boxes]
    rest = _with_blocks(row.boxes, [piece[1] for piece in pieces])
    if all(not box.needed for box in rest):
        return GridRow(row.boxes, room, row.page), None
    first = _with_blocks(row.boxes, [piece[0] for piece in pieces])
    return GridRow(first, room, row.page), GridRow(rest, max(20.0, *(box.needed + 2 * pad for box in rest)), row.page)


def _with_blocks(boxes: Sequence[Box], blocks: Sequence[Block | None]) -> list[Box]:
    return [
        Box(box.left, box.right, block, box.align, at_top=box.at_top) for box, block in zip(boxes, blocks, strict=True)
    ]


def _reopened(row: GridRow, above: Sequence[GridRow]) -> GridRow:
    """The row at a page's top: a cell that goes on from the page before shows its words again."""
    boxes = []
    for box in row.boxes:
        if box.continues:
            origin = next(
                (
                    other
                    for past in reversed(above)
                    for other in past.boxes
                    if not other.continues and abs(other.left - box.left) < 0.5 and abs(other.right - box.right) < 0.5
                ),
                box,
            )
            boxes.append(Box(box.left, box.right, origin.block, origin.align))
        else:
            boxes.append(box)
    return GridRow(boxes, row.height, row.page)


def draw(rows: Sequence[GridRow], x: float, y: float, width: float, pad: float) -> list[Op]:
    """The table with its top left corner at (x, y)."""
    ops: list[Op] = []
    edges: set[tuple[float, float, float, float]] = set()
    for position, row in enumerate(rows):
        for box, spans in _with_spans(rows, position):
            if box.continues and position > 0 and _has_origin(rows, position, box):
                continue
            height = sum(item.height for item in rows[position : position + spans])
            edges |= _edges(x + box.left, y, x + box.right, y + height)
            if box.block:
                ops += _draw_box(box, x, y, height, pad)
        y += row.height
    total = sum(row.height for row in rows)
    if rows:
        frame = _edges(x, y - total, x + width, y)
        ops.append(Lines(tuple(sorted(edges - frame)), 0.5))
        ops.append(Lines(tuple(sorted(frame)), 0.9))
    return ops


def _has_origin(rows: Sequence[GridRow], position: int, box: Box) -> bool:
    return any(
        abs(other.left - box.left) < 0.5 and abs(other.right - box.right) < 0.5 for other in rows[position - 1].boxes
    )


def _draw_box(box: Box, x: float, y: float, height: float, pad: float) -> list[Op]:
    block = box.block
    if block is None:
        return []
    top = y + (pad + 2 if box.at_top else max(pad, (height - block.height) / 2))
    return block.draw(x + box.left + (box.right - box.left - block.width) / 2, top, box.align)


def _edges(left: float, top: float, right: float, bottom: float) -> set[tuple[float, float, float, float]]:
    left, top, right, bottom = (round(value, 2) for value in (left, top, right, bottom))
    return {
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
    }
