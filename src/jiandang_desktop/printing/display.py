"""The display list: what a page shows, as plain data.

The same list is replayed into the PDF (``printing.pdf``), into the preview and onto the printer. Lengths are
points (1/72 inch), the origin is the page's top left corner and y grows downwards.
"""

from dataclasses import dataclass, field
from typing import Literal

A4 = (595.28, 841.89)
"""Width and height of the only paper size in use."""

Weight = Literal["regular", "bold"]
Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""

INK: Colour = (0.0, 0.0, 0.0)
GREY: Colour = (0.45, 0.45, 0.45)
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text; ``y`` is its baseline. Replay splits it with ``FontBook.runs``."""

    x: float
    y: float
    text: str
    size: float
    weight: Weight = "regular"
    colour: Colour = INK


@dataclass(frozen=True, slots=True)
class Lines:
    """Straight strokes ``(x1, y1, x2, y2)`` of one width; ``dash`` is the length of a dash, 0 for none."""

    segments: tuple[tuple[float, float, float, float], ...]
    width: float = 0.5
    colour: Colour = INK
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle with an outline of ``width`` (0 for none) and a fill, if any."""

    x: float
    y: float
    width: float
    height: float
    line: float = 0.5
    fill: Colour | None = None
    colour: Colour = INK


@dataclass(frozen=True, slots=True)
class Path:
    """Closed outlines filled as one shape, such as the dark squares of a QR code."""

    outlines: tuple[tuple[tuple[float, float], ...], ...]
    colour: Colour = INK


Op = Text | Lines | Rect | Path


@dataclass(slots=True)
class Page:
    """One page. Operations are drawn in their order."""

    width: float = A4[0]
    height: float = A4[1]
    ops: list[Op] = field(default_factory=list)
