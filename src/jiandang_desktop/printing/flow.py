"""Paragraphs (printing.atoms) broken into lines of a given width; boxes stand at the right end of the last line, as on
the official forms."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from jiandang_desktop.printing.atoms import Atom, Blank, Boxes, Cross, Run, Together, Words, marks_from
from jiandang_desktop.printing.display import Lines, Op, Rect, Text, Weight
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.line_breaks import HANGING, forced_break, last_break, leading_marks, trailing_marks

LEADING = 1.38
"""Line height as a multiple of the size."""
_RULE_DROP = 0.18
"""How far under the baseline the line under an answer lies, in sizes."""


@dataclass(slots=True)
class Line:
    """One line: its operations relative to the line's left end and baseline."""

    ops: list[Op] = field(default_factory=list)
    width: float = 0.0
    ascent: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """Text broken for one width."""

    lines: tuple[Line, ...]
    width: float

    @property
    def height(self) -> float:
        """Height of all lines."""
        return sum(line.height for line in self.lines)

    def split(self, height: float) -> tuple["Block", "Block"]:
        """The lines that fit into ``height`` and the rest."""
        used, count = 0.0, 0
        for line in self.lines:
            used += line.height
            if used > height:
                break
            count += 1
        return Block(self.lines[:count], self.width), Block(self.lines[count:], self.width)

    def draw(self, x: float, y: float, align: str = "left") -> list[Op]:
        """Operations with the block's top left corner at (x, y)."""
        ops: list[Op] = []
        for line in self.lines:
            left = x + ((self.width - line.width) / 2 if align == "centre" else 0)
            base = y + line.ascent
            ops += [_moved(op, left, base) for op in line.ops]
            y += line.height
        return ops


def _moved(op: Op, dx: float, dy: float) -> Op:
    match op:
        case Text():
            return Text(op.x + dx, op.y + dy, op.text, op.size, op.weight, op.colour)
        case Rect():
            return Rect(op.x + dx, op.y + dy, op.width, op.height, op.line, op.fill, op.colour)
        case Lines():
            moved = tuple((x1 + dx, y1 + dy, x2 + dx, y2 + dy) for x1, y1, x2, y2 in op.segments)
            return Lines(moved, op.width, op.colour, op.dash)
        case _:
            raise TypeError(op)


def set_runs(runs: Sequence[Run], width: float, size: float, fonts: FontBook, weight: Weight = "regular") -> Block:
    """Break paragraphs into lines of ``width`` points (GLYPH_MISSING)."""
    lines: list[Line] = []
    for run in runs:
        lines += _Setter(width, size, fonts, weight).set(run)
    return Block(tuple(lines), width)


def set_text(text: str, width: float, size: float, fonts: FontBook, weight: Weight = "regular") -> Block:
    """Break plain text; newlines start paragraphs."""
    return set_runs([Run((Words(line),)) for line in text.split("\n")], width, size, fonts, weight)


class _Setter:
    """Breaks one paragraph."""

    def __init__(self, width: float, size: float, fonts: FontBook, weight: Weight) -> None:
        self._width = width
        self._size = size
        self._fonts = fonts
        self._weight = weight
        self._lines: list[Line] = []
        self._start_line()

    def set(self, run: Run) -> list[Line]:
        room = self._boxes_width(run.boxes)
        for position, atom in enumerate(run.atoms):
            marks = marks_from(run.atoms, position + 1)
            self._atom(atom, marks, room if position == len(run.atoms) - 1 else 0.0)
        self._flush()
        if run.boxes:
            self._right_boxes(run.boxes, room)
        return self._lines

    def _atom(self, atom: Atom, marks: str, room: float) -> None:
        """Set an atom; ``marks`` follow it on its line, ``room`` points are kept for the boxes at the line's end."""
        match atom:
            case Words():
                self._words(atom, marks)
            case Blank():
                self._blank(atom, marks, room)
            case Boxes():
                self._inline_boxes(atom, marks)
            case Cross():
                self._cross(atom, marks)
            case Together():
                width = sum(map(self._natural, atom.atoms))
                if self._x > 0 and not self._fits(width + self._wide(marks)) and width <= self._width:
                    self._break()
                parts = (*atom.atoms, Words(marks))
                for place, part in enumerate(atom.atoms):
                    self._atom(part, marks_from(parts, place + 1), room)

    def _natural(self, atom: Words | Blank | Boxes) -> float:
        match atom:
            case Words():
                return self._fonts.width(atom.text.replace("\n", " "), self._size, self._weight)
            case Blank():
                return self._wanted(replace(atom, text=" ".join(atom.text.split())))
            case _:
                return self._group_width(atom)

    # -- lines

    def _start_line(self) -> None:
        self._x = 0.0
        self._pending = ""
        self._pending_x = 0.0
        self._pending_weight: Weight = self._weight
        self._lines.append(Line([], 0.0, self._size * 1.06, self._size * LEADING))

    def _break(self) -> None:
        """Begin a new line; opening marks at this one's end go with it."""
        self._break_off(len(self._pending) - len(trailing_marks(self._pending)))

    def _break_off(self, place: int) -> None:
        """Begin a new line with what was put after ``place`` of the last text, if that isn't the whole line."""
        taken, weight = self._pending[place:].lstrip(), self._pending_weight
        if taken and place == 0 and self._pending_x == 0:
            taken, place = "", len(self._pending)
        if self._pending:
            self._pending = self._pending[:place].rstrip()
            self._x = self._pending_x + self._fonts.width(self._pending, self._size, weight)
        self._flush()
        self._start_line()
        if taken:
            self._put(taken, self._fonts.width(taken, self._size, weight), weight)

    def _flush(self) -> None:
        line = self._lines[-1]
        if self._pending:
            line.ops.append(Text(self._pending_x, 0, self._pending, self._size, self._pending_weight))
            self._pending = ""
        line.width = max(line.width, self._x)

    def _put(self, text: str, width: float, weight: Weight) -> None:
        if self._pending and weight != self._pending_weight:
            self._flush()
        if not self._pending:
            self._pending_x, self._pending_weight = self._x, weight
        self._pending += text
        self._x += width

    def _fits(self, width: float) -> bool:
        return self._x + width <= self._width + 0.01

    # -- words

    def _words(self, atom: Words, marks: str = "") -> None:
        *lines, last = atom.text.replace("\t", " ").split("\n")
        for text in lines:
            self._part(replace(atom, text=text), "")
            self._break_off(len(self._pending))
        self._part(replace(atom, text=last), marks)

    def _part(self, atom: Words, marks: str) -> None:
        weight: Weight = "bold" if "bold" in (atom.weight, self._weight) else "regular"
        if atom.raised:
            self._raised(atom.text)
            return
        total = self._fonts.width(atom.text, self._size, weight)
        wanted = total + self._wide(marks)
        moves = atom.whole and total <= self._width and not leading_marks(atom.text)
        if moves and not self._fits(wanted) and self._x > 0:
            self._break()
        if self._fits(wanted) and (self._x > 0 or atom.whole or not atom.text.startswith(" ")):
            self._put(atom.text, total, weight)
        else:
            self._text(atom.text, marks, weight)

    def _text(self, text: str, marks: str, weight: Weight) -> None:
        """Put text on as many lines as it needs."""
        while (text := text if self._x > 0 else text.lstrip()).strip():
            place = self._place(self._pending, text, marks, weight)
            if place <= 0:
                self._break_off(len(self._pending) + place)
                continue
            part = text[:place] if place == len(text) else text[:place].rstrip()
            self._put(part, self._fonts.width(part, self._size, weight), weight)
            text = text[place:]
            if text.strip():
                self._break_off(len(self._pending))

    def _place(self, before: str, text: str, marks: str, weight: Weight) -> int:
        """How many characters of ``text`` stand on this line behind ``before``; the last ones take ``marks`` with them.

        0 where it begins the next line; -n where it takes the last n characters of ``before`` there.
        """
        known = len(before)
        count = self._count(text + marks, weight)
        if count == len(text) + len(marks):
            return len(text)
        joined, limit = before + text + marks, known + count
        place = last_break(joined, limit)
        if place == 0 and (self._pending_x if before else self._x) > 0:
            return -known  # behind something that isn't text: all of it to the next line
        place = place or forced_break(joined, limit if self._x > 0 else max(limit, 1))
        return min(place - known, len(text))

    def _count(self, text: str, weight: Weight) -> int:
        """How many characters have room on this line; a last point or closing mark may hang over."""
        left = self._width - self._x + 0.01
        for place, width in enumerate(self._fonts.advances(text, self._size, weight)):
            if width > left:
                return place + (text[place] in HANGING and width <= left + self._size * 0.6)
            left -= width
        return len(text)

    def _wide(self, marks: str) -> float:
        return self._fonts.width(marks, self._size, self._weight) if marks else 0.0

    def _raised(self, text: str) -> None:
        self._flush()
        size = self._size * 0.65
        self._lines[-1].ops.append(Text(self._x, -self._size * 0.35, text, size, self._weight))
        self._x += self._fonts.width(text, size, self._weight)

    # -- blanks

    def _blank(self, atom: Blank, marks: str, room: float) -> None:
        atom = replace(atom, text=" ".join(atom.text.split()))
        wanted, after = self._wanted(atom), self._wide(marks)
        least = min(self._size * 2.5, wanted)
        if not self._fits(wanted + after + (room if atom.stretch else 0)) and self._x > 0 and wanted <= self._width:
            enough = atom.stretch and self._fits(least)
            if not (enough and atom.text):
                self._break()
        if not atom.text:
            wanted = min(wanted, self._width - self._x - after)
        if self._fits(wanted + after):
            self._ruled(atom.text, max(wanted, self._width - self._x - room - after if atom.stretch else 0))
            return
        text = atom.text
        while text:
            place = self._place(self._pending, text, marks, self._weight)
            if place <= 0:
                self._break_off(len(self._pending) + place)
                continue
            part = text[:place].rstrip()
            self._ruled(part, self._fonts.width(part, self._size, self._weight))
            text = text[place:].lstrip()
            if text:
                self._break()

    def _wanted(self, atom: Blank) -> float:
        """Natural width of a blank; one that stretches may be short."""
        least = min((2.5 if atom.stretch else atom.width) * self._size, self._width)
        return max(least, self._fonts.width(atom.text, self._size) + 0.5 * self._size) if atom.text else least

    def _ruled(self, text: str, width: float) -> None:
        self._flush()
        line = self._lines[-1]
        if text:
            inset = max(0.0, min(width - self._fonts.width(text, self._size), 0.3 * self._size))
            line.ops.append(Text(self._x + inset, 0, text, self._size, self._weight))
        drop = self._size * _RULE_DROP
        line.ops.append(Lines(((self._x, drop, self._x + width, drop),), 0.4))
        self._x += width
        line.width = max(line.width, self._x)

    # -- boxes

    def _side(self, boxes: Boxes) -> float:
        """Side of a box; many boxes in a narrow cell are drawn smaller."""
        side = self._size * 1.12
        width = boxes.count * side + (boxes.count - 1) * self._joint(boxes)
        return side * min(1.0, max(0.75, (self._width - width + boxes.count * side) / (boxes.count * side)))

    def _joint(self, boxes: Boxes) -> float:
        return self._fonts.width(boxes.joint, self._size) + 0.16 * self._size

    def _boxes_width(self, groups: Sequence[Boxes]) -> float:
        if not groups:
            return 0.0
        return self._group_width(_joined(groups)) + 0.4 * self._size

    def _group_width(self, boxes: Boxes) -> float:
        return boxes.count * self._side(boxes) + (boxes.count - 1) * self._joint(boxes)

    def _inline_boxes(self, boxes: Boxes, marks: str) -> None:
        if not self._fits(self._group_width(boxes) + self._wide(marks)) and self._x > 0:
            self._break()
        self._flush()
        self._draw_boxes(boxes)

    def _right_boxes(self, groups: Sequence[Boxes], room: float) -> None:
        boxes = _joined(groups)
        codes = [code for group in groups for code in group.codes[group.count :]]
        extra = f"({'/'.join(codes)}) " if codes else ""
        width = self._group_width(boxes) + self._fonts.width(extra, self._size)
        if self._x > 0 and not self._fits(width + room - self._boxes_width(groups)):
            self._break()
        self._x = max(0.0, self._width - width)
        if extra:
            self._words(Words(extra, whole=True))
            self._flush()
        self._draw_boxes(boxes)

    def _draw_boxes(self, boxes: Boxes) -> None:
        side, base, joint = self._side(boxes), self._size * 0.2, self._joint(boxes)
        for number in range(boxes.count):
            if number and not self._fits(joint + side):
                self._break()
            line = self._lines[-1]
            if number and self._x > 0:
                line.ops.append(Text(self._x + 0.08 * self._size, 0, boxes.joint, self._size))
                self._x += joint
            line.ops.append(Rect(self._x, base - side, side, side, 0.6))
            if number < len(boxes.codes):
                line.ops.append(self._code(boxes.codes[number], side))
            self._x += side
            line.width = max(line.width, self._x)
            line.height = max(line.height, side + 0.34 * self._size)

    def _code(self, code: str, side: float) -> Text:
        size = self._size * 0.95
        width = self._fonts.width(code, size)
        if width > side - 0.6:
            size *= (side - 0.6) / width
            width = side - 0.6
        return Text(self._x + (side - width) / 2, self._size * 0.2 - side / 2 + size * 0.36, code, size)

    # -- cross

    def _cross(self, atom: Cross, marks: str) -> None:
        size = self._size * 0.72
        left = max(self._fonts.width(atom.texts[0], size), self._fonts.width(atom.texts[2], size), self._size) + 3
        right = max(self._fonts.width(atom.texts[1], size), self._fonts.width(atom.texts[3], size), self._size) + 3
        if not self._fits(left + right + self._wide(marks)) and self._x > 0:
            self._break()
        self._flush()
        line = self._lines[-1]
        middle, x = -self._size * 0.33, self._x
        arm = size * 1.15
        line.ops.append(
            Lines(
                (
                    (x, middle, x + left + right, middle),
                    (x + left, middle - arm, x + left, middle + arm),
                ),
                0.5,
            )
        )
        upper, lower = middle - size * 0.2, middle + size * 0.98
        for text, column, base in zip(
            atom.texts, (x + 1.5, x + left + 1.5, x + 1.5, x + left + 1.5), (upper, upper, lower, lower), strict=True
        ):
            if text:
                line.ops.append(Text(column, base, text, size))
        self._x += left + right + 0.3 * self._size
        line.ascent = max(line.ascent, self._size * 0.33 + arm + 1)
        line.height = max(line.height, 2 * arm + 4)
        line.width = max(line.width, self._x)


def _joined(groups: Sequence[Boxes]) -> Boxes:
    """Several groups at one line's end stand beside each other, as for the two blood groups."""
    if len(groups) == 1:
        return groups[0]
    padded = [
        code for group in groups for code in (*group.codes[: group.count], *[""] * (group.count - len(group.codes)))
    ]
    return Boxes(tuple(padded), len(padded), groups[0].joint)
