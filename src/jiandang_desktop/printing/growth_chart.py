"""The growth chart of a child: its measures between the lines of the standard, and the measures as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jiandang_desktop.domain.growth import DAYS_OF_MONTH, SPREAD, Indicator
from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.functions import days_after, months_between
from jiandang_desktop.printing.answers import words_of
from jiandang_desktop.printing.charts import Axis, Chart, Curve, Frame, draw_chart, stepped_axis
from jiandang_desktop.printing.display import A4, Colour, Page, Text
from jiandang_desktop.printing.documents import FilledForm, PaperContext
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.grid import PAD, Box, GridRow, draw, fit_heights, paginate
from jiandang_desktop.printing.sheet import TITLE, TOP, code_boxes
from jiandang_desktop.printing.words import PaperWords

_MARGIN = 42.0
_WIDTH = A4[0] - 2 * _MARGIN
_CHARTS = 112.0
"""Where the charts begin."""
_FOOT = 46.0
_SIZE = 9.0
_BLUE: Colour = (0.16, 0.36, 0.62)
_RED: Colour = (0.68, 0.22, 0.36)

_MEASURES = (
    (Indicator.WEIGHT, "weight", (1.0, 5.0), (3.0, 6.0)),
    (Indicator.LENGTH, "length_height", (5.0, 10.0), (3.0, 6.0)),
    (Indicator.HEAD, "head_circumference", (1.0, 5.0), (1.0, 6.0)),
)
"""What is drawn, the table's column that holds it, the steps of the two axes."""


def growth_pages(filled: FilledForm, context: PaperContext, fonts: FontBook) -> list[Page]:
    """Weight and length on the first page, head and the table of measures on the second."""
    answers = filled.answers
    weight, length, head = growth_charts(answers, fonts)
    height = (A4[1] - _CHARTS - _FOOT - 12) / 2
    first = _headed(answers, context, fonts)
    first.ops += draw_chart(weight, Frame(_MARGIN, _CHARTS, _WIDTH, height, left=14, right=26), fonts)
    first.ops += draw_chart(length, Frame(_MARGIN, _CHARTS + height + 12, _WIDTH, height, left=14, right=26), fonts)
    second = _headed(answers, context, fonts)
    second.ops += draw_chart(head, Frame(_MARGIN, _CHARTS, _WIDTH, height, left=14, right=26), fonts)
    return [first, second, *_table(filled.form, answers, second, _CHARTS + height + 20, context, fonts)]


def growth_charts(answers: Answers, fonts: FontBook, *, small: bool = False) -> tuple[Chart, ...]:
    """Weight, length and head over months, from the answers of the form ``child_growth_chart``.

    ``small`` names fewer lines and months.
    """
    return tuple(_chart(answers, fonts, *measure, small=small) for measure in _MEASURES)


def _chart(
    answers: Answers,
    fonts: FontBook,
    indicator: Indicator,
    column: str,
    y_steps: tuple[float, float],
    x_steps: tuple[float, float],
    *,
    small: bool,
) -> Chart:
    words, sex = fonts.words, str(answers.get("sex_chart", ""))
    # Where the sex isn't known nobody's curves are drawn, but the axes are those of boys.
    curves = _lines(answers, fonts, indicator, sex if sex in ("1", "2") else "1")
    if small:
        curves = [replace(curve, label=curve.label if number % 2 else "") for number, curve in enumerate(curves)]
        x_steps = (x_steps[1], x_steps[1] * 2)
    own = _own(answers, fonts, column)
    reached = [point for curve in curves for point in curve.points]
    months = max(month for month, _ in reached)
    values = [value for curve in (*curves, *own) for month, value in curve.points if 0 <= month <= months]
    low, high = (edge // y_steps[0] * y_steps[0] for edge in (min(values), max(values) + y_steps[0]))
    x: Axis = stepped_axis(0.0, months, *x_steps, words.text("growth.months"))
    y = stepped_axis(low, high, *y_steps)
    return Chart(words.text(f"growth.{column}"), x, y, (*(curves if sex in ("1", "2") else ()), *own))


def _lines(answers: Answers, fonts: FontBook, indicator: Indicator, sex: str) -> list[Curve]:
    """The standard's seven lines."""
    colour = _BLUE if sex == "1" else _RED
    curves = []
    for deviation in SPREAD:
        name = fonts.words.text("growth.deviations", number=f"{deviation:+d}")
        if deviation == 0:
            name = fonts.words.text("growth.median")
        points = fonts.growth.curve(indicator, sex, deviation, _standard(answers, fonts))
        months = tuple((days / float(DAYS_OF_MONTH), value) for days, value in points)
        width, dash = {0: (1.3, 0.0), 1: (0.5, 2.4), 2: (0.8, 0.0), 3: (0.5, 0.0)}[abs(deviation)]
        curves.append(Curve(months, name, colour, width, dash))
    return curves


def _standard(answers: Answers, fonts: FontBook) -> str:
    return str(answers.get("standard") or fonts.growth.default)


def _own(answers: Answers, fonts: FontBook, column: str) -> list[Curve]:
    """The child's line; of a child born early also rings at its uncorrected age, where that differs."""
    weeks = answers.get("gestational_weeks")
    true, corrected = [], []
    for row in answers.get("points") or ():
        value, days = row.get(column), row.get("age_days")
        if isinstance(value, int | float) and isinstance(days, int | float):
            age = fonts.growth.age(int(days), weeks)
            corrected.append((age / float(DAYS_OF_MONTH), float(value)))
            if age != days:
                true.append((days / float(DAYS_OF_MONTH), float(value)))
    rings = [Curve(tuple(true), width=0.0, marked=True, hollow=True)] if true else []
    return [*rings, Curve(tuple(sorted(corrected)), width=1.1, marked=True)] if corrected else rings


# -- around the charts


def _headed(answers: Answers, context: PaperContext, fonts: FontBook) -> Page:
    words, page = fonts.words, Page()
    sex = str(answers.get("sex_chart", ""))
    title = words.text({"1": "growth.boys", "2": "growth.girls"}.get(sex, "growth.anybody"))
    page.ops.append(Text((A4[0] - fonts.width(title, TITLE, "bold")) / 2, TOP + TITLE, title, TITLE, "bold"))
    base = TOP + TITLE * 1.9 + 15
    page.ops.append(Text(_MARGIN, base, words.text("growth.name", name=context.name), 10.5))
    page.ops += code_boxes(context.short_code, A4[0] - _MARGIN, base, fonts)
    told = words.text("growth.no_sex")
    if sex in ("1", "2"):
        told = words.text("growth.standard", title=fonts.growth.standard(_standard(answers, fonts)).title)
    weeks = answers.get("gestational_weeks")
    if weeks is not None and fonts.growth.age(0, weeks) != 0:
        told += words.text("growth.corrected", weeks=weeks)
    size = min(8.0, 8.0 * _WIDTH / fonts.width(told, 8.0))
    page.ops.append(Text(_MARGIN, base + 16, told, size))
    return page


def _table(form: Form, answers: Answers, page: Page, top: float, context: PaperContext, fonts: FontBook) -> list[Page]:
    """The measures below the last chart, and on further pages where there are many; gives those further pages."""
    words = fonts.words
    points = list(answers.get("points") or ())
    if not points:
        page.ops.append(Text(_MARGIN, top + _SIZE * 1.4, words.text("growth.nothing"), _SIZE))
        return []
    heads = ("day", "age", "weight", "length_height", "head_circumference", "level")
    rows = [_row([words.text(f"growth.{head}") for head in heads], fonts)]
    rows += [_row(_cells(form, row, words), fonts) for row in points]
    fit_heights(rows, 2.5)
    parts = paginate(rows, A4[1] - _CHARTS - _FOOT, A4[1] - top - _FOOT, 2.5)
    page.ops += draw(parts[0], _MARGIN, top, _WIDTH, 2.5)
    further = []
    for part in parts[1:]:
        more = _headed(answers, context, fonts)
        more.ops += draw(part, _MARGIN, _CHARTS, _WIDTH, 2.5)
        further.append(more)
    return further


def _row(cells: Sequence[str], fonts: FontBook) -> GridRow:
    width = _WIDTH / len(cells)
    blocks = [set_text(cell, width - 2 * PAD, _SIZE, fonts) for cell in cells]
    return GridRow([Box(n * width, (n + 1) * width, block, "centre") for n, block in enumerate(blocks)], 17.0)


def _cells(form: Form, row: Mapping[str, Any], words: PaperWords) -> list[str]:
    table = form.field("points")
    columns = {column.id: column for column in table.columns} if table else {}

    def told(name: str) -> str:
        return words_of(columns[name], row.get(name), words) if name in columns else str(row.get(name, ""))

    measures = ("weight", "length_height", "head_circumference", "weight_for_height_level")
    return [told("visit_date"), _age(row, words), *map(told, measures)]


def _age(row: Mapping[str, Any], words: PaperWords) -> str:
    """Completed months, in the first month days."""
    day, days = row.get("visit_date"), row.get("age_days")
    if not isinstance(days, int | float):
        return ""
    months = months_between(days_after(day, -days), day)
    return words.text("growth.age_months", months=int(months)) if months else words.text("growth.age_days", days=days)
