"""Charts: what lies outside the axes is cut, labels keep apart, growth curves and points are where they belong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.printing import FilledForm, FontBook, PaperContext, layout_form
from jiandang_desktop.printing.charts import Axis, Chart, Curve, Frame, draw_chart, nice_axis, stepped_axis
from jiandang_desktop.printing.display import Lines, Path, Text
from jiandang_desktop.printing.documents import Trend, TrendLine
from jiandang_desktop.printing.trends import trend_chart, trend_pages

from .conftest import ReadBack

FRAME = Frame(10, 20, 300, 200)


def chart(*curves: Curve) -> Chart:
    return Chart("体重", stepped_axis(0, 10, 1, 5), stepped_axis(0, 100, 10, 50), curves)


def test_a_stroke_is_cut_at_the_axes(fonts: FontBook) -> None:
    """From (-5, 50) to (15, 50) only what lies between 0 and 10 is drawn; a line far outside not at all."""
    red = (1.0, 0.0, 0.0)
    inside = Curve(((-5, 50), (15, 50)), colour=red)
    outside = Curve(((0, 200), (10, 300)), colour=red)
    (drawn,) = [
        op for op in draw_chart(chart(inside, outside), FRAME, fonts) if isinstance(op, Lines) and op.colour == red
    ]
    ((x1, y1, x2, y2),) = drawn.segments
    middle = [op for op in draw_chart(chart(), FRAME, fonts) if isinstance(op, Lines)][-1].segments
    assert min(x for x, *_ in middle) == pytest.approx(x1)
    assert max(x for _, _, x, _ in middle) == pytest.approx(x2)
    assert y1 == y2


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-500, 500)), max_size=12))
def test_nothing_leaves_the_frame(fonts: FontBook, points: list[tuple[float, float]]) -> None:
    """Whatever the points, every stroke and mark lies in the frame."""
    ops = draw_chart(chart(Curve(tuple(points), "终点", marked=True)), FRAME, fonts)
    spots = [(x, y) for op in ops if isinstance(op, Lines) for a, b, c, d in op.segments for x, y in ((a, b), (c, d))]
    spots += [spot for op in ops if isinstance(op, Path) for outline in op.outlines for spot in outline]
    assert all(FRAME.x - 3 <= x <= FRAME.x + FRAME.width + 3 for x, _ in spots)
    assert all(FRAME.y - 3 <= y <= FRAME.y + FRAME.height + 3 for _, y in spots)


def test_labels_at_the_ends_keep_apart(fonts: FontBook) -> None:
    """Three lines that end at nearly the same value have their words below one another."""
    ops = draw_chart(chart(*(Curve(((0, 10), (10, 50 + n)), f"线{n}") for n in range(3))), FRAME, fonts)
    bases = sorted(op.y for op in ops if isinstance(op, Text) and op.text.startswith("线"))
    assert bases[1] - bases[0] >= FRAME.size
    assert bases[2] - bases[1] >= FRAME.size


@pytest.mark.parametrize(
    ("low", "high", "first", "last", "step"),
    [(112, 168, 110, 170, 10), (5.2, 9.1, 5, 10, 1), (60, 60, 59, 61, 0.5), (0, 1000, 0, 1000, 200)],
)
def test_round_axes(low: float, high: float, first: float, last: float, step: float) -> None:
    axis: Axis = nice_axis(low, high)
    assert (axis.first, axis.last) == (pytest.approx(first), pytest.approx(last))
    assert axis.ticks[1][0] - axis.ticks[0][0] == pytest.approx(step)


POINT = {"visit_date": "2026-07-01", "age_days": 181, "weight": 8.0, "length_height": 68.5, "head_circumference": 43.2}


def growth(**answers: Any) -> dict[str, Any]:
    return {"sex_chart": "1", "standard": "wst423_2022", "points": [POINT], **answers}


def test_the_growth_chart_names_child_and_standard(
    catalog: FormCatalog, fonts: FontBook, context: PaperContext, read_back: ReadBack
) -> None:
    form = catalog.current("child_growth_chart")
    text = read_back(layout_form(FilledForm(form, growth()), context, fonts))
    assert "男童生长发育监测图" in text
    assert "评价标准：WS/T423-2022" in text
    assert "乌云其木格" in text
    assert "2026年7月1日6个月8.0068.543.2" in text
    assert "早产儿" not in text
    girls = read_back(layout_form(FilledForm(form, growth(sex_chart="2", standard="who2006")), context, fonts))
    assert "女童生长发育监测图" in girls
    assert "WHO2006" in girls


def test_a_child_born_early_has_a_dot_and_a_ring(catalog: FormCatalog, fonts: FontBook, context: PaperContext) -> None:
    """D64: both ages are shown until 24 months; afterwards, and for children born in time, only one."""
    form = catalog.current("child_growth_chart")

    def marks(**answers: Any) -> int:
        return sum(
            isinstance(op, Path)
            for page in layout_form(FilledForm(form, growth(**answers)), context, fonts)
            for op in page.ops
        )

    assert marks() == 3
    assert marks(gestational_weeks=38) == 3
    assert marks(gestational_weeks=32) == 3 * 3
    late = {**POINT, "visit_date": "2029-01-01", "age_days": 1096, "weight": 14.0, "length_height": 96.0}
    assert marks(gestational_weeks=32, points=[late | {"head_circumference": None}]) == 2


def test_many_measures_take_more_pages(catalog: FormCatalog, fonts: FontBook, context: PaperContext) -> None:
    """Forty measures go on over a third page, each with the child's name at its head."""
    form = catalog.current("child_growth_chart")
    points = [{**POINT, "weight": 5 + n / 100} for n in range(40)]
    pages = layout_form(FilledForm(form, growth(points=points)), context, fonts)
    assert len(pages) == 3
    assert all(any(isinstance(op, Text) and "乌云其木格" in op.text for op in page.ops) for page in pages)


def trend(*days: str, limits: tuple[float, ...] = ()) -> Trend:
    return Trend("血压", "mmHg", (TrendLine("收缩压", tuple((day, 130.0 + n) for n, day in enumerate(days))),), limits)


@pytest.mark.parametrize(
    ("days", "ticks"),
    [
        (("2026-11-02", "2026-11-30"), ["2026.11", "2026.12"]),
        (("2026-01-10", "2026-11-20"), ["2026.1", "2026.3", "2026.5", "2026.7", "2026.9", "2026.11", "2027.1"]),
        (("2016-05-01", "2026-11-20"), ["2016", "2018", "2020", "2022", "2024", "2026", "2028"]),
    ],
)
def test_time_is_told_in_round_months(fonts: FontBook, days: tuple[str, ...], ticks: list[str]) -> None:
    axis = trend_chart(trend(*days), fonts.words).x
    assert [words for _, words in axis.ticks] == ticks


def test_limits_are_drawn_where_they_are_near(fonts: FontBook) -> None:
    """140 beside 130 is; 90 is not."""
    drawn = trend_chart(trend("2026-01-01", "2026-06-01", limits=(140, 90)), fonts.words)
    assert [curve.label for curve in drawn.curves if curve.dash] == ["140"]


def test_four_trends_to_a_page(fonts: FontBook, context: PaperContext) -> None:
    some = trend("2026-01-01", "2026-06-01")
    assert [len(trend_pages([some] * count, context, fonts)) for count in (1, 4, 5)] == [1, 1, 2]
