"""Running text with blanks, answers on lines and code boxes, broken into lines of a given width.

A paragraph is a list of atoms. Boxes stand at the right end of its last line, as on the official forms.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from jiandang_desktop.printing.display import Lines, Op, Rect, Text, Weight
from jiandang_desktop.printing.fonts import FontBook

LEADING = 1.38
"""Line height as a multiple of the size."""
_PIECES = re.compile(r"[（《“(]*[0-9A-Za-z.:%+\-]+|\s+|[（《“(]+.|.", re.DOTALL)
_NOT_FIRST = "，。、；：）》！？,;:)/％%℃"
_RULE_DROP = 0.18
"""How far under the baseline the line under an answer lies, in sizes."""


@dataclass(frozen=True, slots=True)
class Words:
    """Printed text; ``whole``: moved to the next line rather than broken."""

    text: str
    whole: bool = False
    weight: Weight = "regular"
    raised: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """An answer on a line, or the empty line; ``width`` in sizes, ``stretch`` takes what is left of the line."""

    text: str = ""
    width: float = 4.0
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Boxes:
    """Code boxes joined by ``joint``; ``codes`` are written into them."""

    codes: tuple[str, ...]
    count: int = 1
    joint: str = "/"


@dataclass(frozen=True, slots=True)
class Cross:
    """Four short texts around a cross: upper left, upper right, lower left, lower right."""

    texts: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Together:
    """Atoms that stay on one line where they can: a box and its word, an option and its blank."""

    atoms: tuple[Words | Blank | Boxes, ...]


Atom = Words | Blank | Boxes | Cross | Together


@dataclass(frozen=True, slots=True)
class Run:
    """Atoms of one paragraph and the boxes at its right end."""

    atoms: tuple[Atom, ...]
    boxes: tuple[Boxes, ...] = ()


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
            self._atom(atom, room if position == len(run.atoms) - 1 else 0.0)
        self._flush()
        if run.boxes:
            self._right_boxes(run.boxes, room)
        return self._lines

    def _atom(self, atom: Atom, room: float) -> None:
        match atom:
            case Words():
                self._words(atom)
            case Blank():
                self._blank(atom, room)
            case Boxes():
                self._inline_boxes(atom)
            case Cross():
                self._cross(atom)
            case Together():
                width = sum(map(self._natural, atom.atoms))
                if self._x > 0 and not self._fits(width) and width <= self._width:
                    self._break()
                for part in atom.atoms:
                    self._atom(part, room)

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
        self._flush()
        self._start_line()

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

    def _words(self, atom: Words) -> None:
        first, *others = atom.text.replace("\t", " ").split("\n")
        self._part(replace(atom, text=first))
        for text in others:
            self._break()
            self._part(replace(atom, text=text))

    def _part(self, atom: Words) -> None:
        weight: Weight = "bold" if "bold" in (atom.weight, self._weight) else "regular"
        if atom.raised:
            self._raised(atom.text)
            return
        total = self._fonts.width(atom.text, self._size, weight)
        if atom.whole and not self._fits(total) and total <= self._width and self._x > 0:
            self._break()
        if self._fits(total) and (self._x > 0 or atom.whole or not atom.text.startswith(" ")):
            self._put(atom.text, total, weight)
            return
        for piece in _PIECES.findall(atom.text):
            self._piece(piece, weight)

    def _piece(self, piece: str, weight: Weight) -> None:
        width = self._fonts.width(piece, self._size, weight)
        if piece.isspace():
            if self._x > 0 and self._fits(width):
                self._put(piece, width, weight)
            return
        if not self._fits(width) and self._x > 0 and not self._hangs(piece, width):
            self._break()
        if self._fits(width) or len(piece) == 1:
            self._put(piece, width, weight)
            return
        for character in piece:
            self._piece(character, weight)

    def _hangs(self, piece: str, width: float) -> bool:
        return piece in _NOT_FIRST and self._x + width <= self._width + self._size * 0.6

    def _raised(self, text: str) -> None:
        self._flush()
        size = self._size * 0.65
        self._lines[-1].ops.append(Text(self._x, -self._size * 0.35, text, size, self._weight))
        self._x += self._fonts.width(text, size, self._weight)

    # -- blanks

    def _blank(self, atom: Blank, room: float) -> None:
        self._flush()
        atom = replace(atom, text=" ".join(atom.text.split()))
        wanted = self._wanted(atom)
        least = min(self._size * 2.5, wanted)
        if not self._fits(wanted + (room if atom.stretch else 0)) and self._x > 0 and wanted <= self._width:
            enough = atom.stretch and self._fits(least)
            if not (enough and atom.text):
                self._break()
        if self._fits(wanted):
            self._ruled(atom.text, max(wanted, self._width - self._x - room if atom.stretch else 0))
            return
        for part in self._cut(atom.text):
            if self._x > 0 and not self._fits(self._fonts.width(part[:1], self._size)):
                self._break()
            self._ruled(part, self._fonts.width(part, self._size))

    def _wanted(self, atom: Blank) -> float:
        """Natural width of a blank; one that stretches may be short."""
        least = min((2.5 if atom.stretch else atom.width) * self._size, self._width)
        return max(least, self._fonts.width(atom.text, self._size) + 0.5 * self._size) if atom.text else least

    def _cut(self, text: str) -> list[str]:
        """Cut a long answer to what is left of this line and then to whole lines."""
        parts, part, left = [], "", self._width - self._x
        for character, width in zip(text, self._fonts.advances(text, self._size), strict=True):
            if width > left and part:
                parts.append(part)
                part, left = "", self._width
            part += character
            left -= width
        return [*parts, part]

    def _ruled(self, text: str, width: float) -> None:
        if self._x + width > self._width + 0.5 and self._x > 0:
            self._break()
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

    def _inline_boxes(self, boxes: Boxes) -> None:
        self._flush()
        if not self._fits(self._group_width(boxes)) and self._x > 0:
            self._break()
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

    def _cross(self, atom: Cross) -> None:
        self._flush()
        size = self._size * 0.72
        left = max(self._fonts.width(atom.texts[0], size), self._fonts.width(atom.texts[2], size), self._size) + 3
        right = max(self._fonts.width(atom.texts[1], size), self._fonts.width(atom.texts[3], size), self._size) + 3
        if not self._fits(left + right) and self._x > 0:
            self._break()
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
