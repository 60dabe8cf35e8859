"""Line charts as display lists: growth curves and trends, on paper and on the screen alike."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jiandang_desktop.printing.display import GREY, INK, WHITE, Colour, Lines, Op, Page, Path, Rect, Text
from jiandang_desktop.printing.fonts import FontBook

FINE: Colour = (0.88, 0.88, 0.88)
GRID: Colour = (0.74, 0.74, 0.74)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``first`` to ``last``; ``ticks`` have a line and words (or none), ``fine`` a faint line."""

    first: float
    last: float
    ticks: tuple[tuple[float, str], ...]
    fine: tuple[float, ...] = ()
    title: str = ""

    def share(self, value: float) -> float:
        """Where a value lies between first (0) and last (1)."""
        return (value - self.first) / (self.last - self.first)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points; ``label`` stands at its end, ``marked`` sets a dot on each point, ``hollow`` a ring."""

    points: tuple[Point, ...]
    label: str = ""
    colour: Colour = INK
    width: float = 0.8
    dash: float = 0.0
    marked: bool = False
    hollow: bool = False
    shape: str = "round"
    """Of the marks: ``round`` or ``square``, for two lines that are told apart in black and white."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; curves are drawn in their order."""

    title: str
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart is drawn, in points."""

    x: float
    y: float
    width: float
    height: float
    size: float = 8.0
    """Of the words."""
    left: float = 0.0
    right: float = 0.0
    """Least room for the words beside the axes, so that charts below one another are in line."""


def draw_chart(chart: Chart, frame: Frame, fonts: FontBook) -> list[Op]:
    """The chart with title, axes and labels inside its frame."""
    return list(_Drawing(chart, frame, fonts).ops())


def chart_page(chart: Chart, width: float, height: float, fonts: FontBook, size: float = 8.0) -> Page:
    """One chart as a page of its own size, for the screen."""
    return Page(width, height, draw_chart(chart, Frame(0, 0, width, height, size, right=size * 2), fonts))


def nice_axis(low: float, high: float, lines: int = 6, title: str = "", span: float = 0.0) -> Axis:
    """An axis of round numbers around values, at least ``span`` long: a small change is to look small."""
    lacking = max(span - (high - low), 0.0) / 2
    low, high = low - lacking, high + lacking
    low, high = (low - 1, high + 1) if high - low < 1e-9 else (low, high)
    rough = (high - low) / lines
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough - 1e-12)
    first, last = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return stepped_axis(first, last, step, step, title)


def stepped_axis(first: float, last: float, fine: float, labelled: float, title: str = "") -> Axis:
    """An axis with a faint line at each ``fine`` and words at each ``labelled`` step, counted from nought."""
    ticks = tuple((value, _figure(value)) for value in _steps(first, last, labelled))
    return Axis(first, last, ticks, tuple(_steps(first, last, fine)), title)


def _steps(first: float, last: float, step: float) -> Iterator[float]:
    number = math.ceil(first / step - 1e-9)
    while number * step <= last + 1e-9:
        yield round(number * step, 6)
        number += 1


def _figure(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


class _Drawing:
    def __init__(self, chart: Chart, frame: Frame, fonts: FontBook) -> None:
        self._chart = chart
        self._fonts = fonts
        self._size = size = frame.size
        labels = [fonts.width(words, size) for _, words in chart.y.ticks]
        ends = [fonts.width(curve.label, size) for curve in chart.curves]
        self._left = frame.x + max(*labels, frame.left, 0.0) + size * 0.8
        self._right = frame.x + frame.width - max(*ends, frame.right, 0.0) - size * 0.6
        self._title = frame.y + size * 1.2
        self._top = frame.y + size * 2.2
        self._bottom = frame.y + frame.height - size * (3.0 if chart.x.title else 1.8)

    def ops(self) -> Iterator[Op]:
        yield from self._words()
        yield from self._grid()
        for curve in self._chart.curves:
            yield from self._curve(curve)
        yield from self._ends()

    def _at(self, point: Point) -> Point:
        x = self._left + self._chart.x.share(point[0]) * (self._right - self._left)
        return x, self._bottom - self._chart.y.share(point[1]) * (self._bottom - self._top)

    def _words(self) -> Iterator[Op]:
        chart, size = self._chart, self._size
        yield Text(self._left, self._title, chart.title, size + 1.5, "bold")
        if chart.y.title:
            width = self._fonts.width(chart.y.title, size)
            yield Text(self._right - width, self._title, chart.y.title, size, colour=GREY)
        if chart.x.title:
            width = self._fonts.width(chart.x.title, size)
            base = self._bottom + size * 2.7
            yield Text((self._left + self._right - width) / 2, base, chart.x.title, size, colour=GREY)

    def _grid(self) -> Iterator[Op]:
        x, y = self._chart.x, self._chart.y
        yield Rect(self._left, self._top, self._right - self._left, self._bottom - self._top, 0.0, WHITE)
        fine = [self._across(value) for value in y.fine] + [self._upright(value) for value in x.fine]
        if fine:
            yield Lines(tuple(fine), 0.35, FINE)
        ticks = [self._across(value) for value, _ in y.ticks] + [self._upright(value) for value, _ in x.ticks]
        yield Lines(tuple(ticks), 0.4, GRID)
        yield Rect(self._left, self._top, self._right - self._left, self._bottom - self._top, 0.6, None, GREY)
        for value, words in y.ticks:
            base = self._at((x.first, value))[1] + self._size * 0.35
            yield Text(self._left - self._fonts.width(words, self._size) - 3, base, words, self._size)
        for value, words in x.ticks:
            middle = self._at((value, y.first))[0]
            left = middle - self._fonts.width(words, self._size) / 2
            yield Text(left, self._bottom + self._size * 1.4, words, self._size)

    def _across(self, value: float) -> tuple[float, float, float, float]:
        height = self._at((self._chart.x.first, value))[1]
        return self._left, height, self._right, height

    def _upright(self, value: float) -> tuple[float, float, float, float]:
        place = self._at((value, self._chart.y.first))[0]
        return place, self._top, place, self._bottom

    def _curve(self, curve: Curve) -> Iterator[Op]:
        cut = [part for pair in zip(curve.points, curve.points[1:], strict=False) if (part := self._inside(*pair))]
        segments = tuple((*self._at(start), *self._at(end)) for start, end in cut)
        if segments and curve.width:
            yield Lines(segments, curve.width, curve.colour, curve.dash)
        if curve.marked:
            for point in curve.points:
                if self._is_inside(point):
                    yield from _mark(self._at(point), curve)

    def _is_inside(self, point: Point) -> bool:
        x, y = self._chart.x, self._chart.y
        return x.first <= point[0] <= x.last and y.first <= point[1] <= y.last

    def _inside(self, start: Point, end: Point) -> tuple[Point, Point] | None:
        """The part of a stroke between the axes' ends."""
        x, y = self._chart.x, self._chart.y
        begin, stop = 0.0, 1.0
        for axis, a, b in ((x, start[0], end[0]), (y, start[1], end[1])):
            if a == b:
                if not axis.first <= a <= axis.last:
                    return None
                continue
            near, far = sorted(((axis.first - a) / (b - a), (axis.last - a) / (b - a)))
            begin, stop = max(begin, near), min(stop, far)
        if begin >= stop:
            return None

        def between(share: float) -> Point:
            return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share

        return between(begin), between(stop)

    def _ends(self) -> Iterator[Op]:
        """Labels beside the chart, as high as their curves end, moved apart where they would touch."""
        ends = []
        for curve in self._chart.curves:
            reached = [
                end for pair in zip(curve.points, curve.points[1:], strict=False) if (end := self._inside(*pair))
            ]
            if curve.label and (reached or curve.points):
                last = reached[-1][1] if reached else curve.points[-1]
                ends.append((self._at(last)[1], curve))
        room = self._size * 1.05
        below = math.inf
        for height, curve in sorted(ends, key=lambda end: -end[0]):
            base = min(height + self._size * 0.35, below - room)
            below = base
            yield Text(self._right + 3, base, curve.label, self._size, colour=curve.colour)


def _mark(at: Point, curve: Curve) -> Iterator[Op]:
    radius = 1.9
    sides = 4 if curve.shape == "square" else 14
    turn = math.pi / 4 if sides == 4 else 0.0
    reach = radius * (1.25 if sides == 4 else 1.0)
    yield Path((_ring(at, reach, sides, turn),), curve.colour)
    if curve.hollow:
        yield Path((_ring(at, reach - 0.7, sides, turn),), WHITE)


def _ring(at: Point, radius: float, sides: int, turn: float) -> tuple[Point, ...]:
    angles: Sequence[float] = [turn + 2 * math.pi * number / sides for number in range(sides)]
    return tuple((at[0] + radius * math.cos(angle), at[1] + radius * math.sin(angle)) for angle in angles)
