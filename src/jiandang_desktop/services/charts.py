"""Charts for the screen: a child's growth, else how the measures of an adult change."""

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.printing.charts import chart_page
from jiandang_desktop.printing.display import Page
from jiandang_desktop.printing.growth_chart import growth_charts
from jiandang_desktop.printing.trends import trend_chart
from jiandang_desktop.services import growth, trends
from jiandang_desktop.services.desk import Desk

WIDTH, HEIGHT = 250.0, 165.0
"""Of one chart, in points; the window scales it."""


def pages(desk: Desk, resident_id: SubjectId) -> tuple[Page, ...]:
    """The charts of one resident, none where there is nothing to draw (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        resident = reader.resident(resident_id)
        if resident is None:
            raise Problem("NO_SUCH_RESIDENT", id=resident_id)
        measured = growth.sheet(desk, reader, resident)
        found = trends.gather(desk, reader, resident_id)
    fonts = desk.bench.paper
    charts = growth_charts(measured, fonts) if measured else tuple(trend_chart(one, fonts.words) for one in found)
    return tuple(chart_page(chart, WIDTH, HEIGHT, fonts) for chart in charts)
