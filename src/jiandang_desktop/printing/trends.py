"""How an adult's measures change over the years: a chart each, four to a page."""

from collections.abc import Sequence
from datetime import date

from jiandang_desktop.printing.charts import Axis, Chart, Curve, Frame, draw_chart, nice_axis
from jiandang_desktop.printing.display import A4, GREY, Page, Text
from jiandang_desktop.printing.documents import PaperContext, Trend
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.sheet import TITLE, TOP, code_boxes
from jiandang_desktop.printing.words import PaperWords

ORDER = 190
"""Where the page lies in a folder: after the follow-ups, before the encounters."""

_MARGIN = 42.0
_CHARTS = 112.0
_FOOT = 46.0
_GAP = 14.0
_ON_A_PAGE = 4
_SPANS = (1, 2, 3, 6, 12, 24, 60, 120)


def trend_pages(trends: Sequence[Trend], context: PaperContext, fonts: FontBook) -> list[Page]:
    """The charts below one another, without a foot."""
    pages = []
    for start in range(0, len(trends), _ON_A_PAGE):
        part = trends[start : start + _ON_A_PAGE]
        page = _headed(part, context, fonts)
        height = min((A4[1] - _CHARTS - _FOOT - _GAP * (len(part) - 1)) / len(part), 260.0)
        for number, trend in enumerate(part):
            top = _CHARTS + number * (height + _GAP)
            frame = Frame(_MARGIN, top, A4[0] - 2 * _MARGIN, height, left=18, right=26)
            page.ops += draw_chart(trend_chart(trend, fonts.words), frame, fonts)
        pages.append(page)
    return pages


def trend_chart(trend: Trend, words: PaperWords, ticks: int = 7) -> Chart:
    """One trend as a chart over time with at most so many ticks; limits are dashed lines."""
    days = [_number(day) for line in trend.lines for day, _ in line.points]
    values = [value for line in trend.lines for _, value in line.points]
    low, high = min(values), max(values)
    near = max(high - low, high * 0.1)
    limits = [limit for limit in trend.limits if low - near <= limit <= high + near]
    x = _time_axis(min(days), max(days), words, ticks)
    y = nice_axis(min([low, *limits]), max([high, *limits]), 5, span=trend.span)
    curves = [Curve(((x.first, limit), (x.last, limit)), f"{limit:g}", GREY, 0.6, 3.0) for limit in limits]
    for number, line in enumerate(trend.lines):
        points = tuple((_number(day), value) for day, value in line.points)
        label = line.label if len(trend.lines) > 1 else ""
        curves.append(Curve(points, label, width=1.1, marked=True, shape=("round", "square")[number % 2]))
    return Chart(f"{trend.title}（{trend.unit}）" if trend.unit else trend.title, x, y, tuple(curves))


def _number(day: str) -> float:
    return float(date.fromisoformat(day).toordinal())


def _time_axis(first: float, last: float, words: PaperWords, most: int) -> Axis:
    """From one round month to another, with at most some ticks."""
    begin, end = date.fromordinal(int(first)), date.fromordinal(int(last))
    months = (end.year - begin.year) * 12 + end.month - begin.month + 1
    span = next((one for one in _SPANS if months / one < most), _SPANS[-1])
    start = (begin.year * 12 + begin.month - 1) // span * span
    stop = start
    ticks = []
    while True:
        day = float(date(stop // 12, stop % 12 + 1, 1).toordinal())
        year, month = stop // 12, stop % 12 + 1
        told = str(year) if span >= 12 else words.text("trends.month", year=year, month=month)
        ticks.append((day, told))
        if day >= last and len(ticks) > 1:
            return Axis(ticks[0][0], day, tuple(ticks))
        stop += span


def _headed(trends: Sequence[Trend], context: PaperContext, fonts: FontBook) -> Page:
    words, page = fonts.words, Page()
    title = words.text("trends.title")
    page.ops.append(Text((A4[0] - fonts.width(title, TITLE, "bold")) / 2, TOP + TITLE, title, TITLE, "bold"))
    base = TOP + TITLE * 1.9 + 15
    page.ops.append(Text(_MARGIN, base, words.text("trends.name", name=context.name), 10.5))
    page.ops += code_boxes(context.short_code, A4[0] - _MARGIN, base, fonts)
    days = [day for trend in trends for line in trend.lines for day, _ in line.points]
    page.ops.append(Text(_MARGIN, base + 16, words.text("trends.span", first=min(days), last=max(days)), 8))
    return page
