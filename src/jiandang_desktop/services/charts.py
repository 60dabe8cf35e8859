"""What the overview of a resident shows: charts of growth or of trends, vaccinations that are due."""

from dataclasses import dataclass

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.printing.charts import chart_page
from jiandang_desktop.printing.display import Page
from jiandang_desktop.printing.growth_chart import growth_charts
from jiandang_desktop.printing.trends import trend_chart
from jiandang_desktop.programmes.immunization import Plan
from jiandang_desktop.services import growth, immunization, trends
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_resident

WIDTH, HEIGHT = 250.0, 165.0
"""Of one chart, in points; the window scales it."""


def pages(desk: Desk, resident_id: SubjectId) -> tuple[Page, ...]:
    """The charts of one resident, none where there is nothing to draw (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        resident = known_resident(reader, resident_id)
        measured = growth.sheet(desk, reader, resident)
        found = trends.gather(desk, reader, resident_id)
    fonts = desk.bench.paper
    charts = growth_charts(measured, fonts, small=True) if measured else ()
    charts = charts or tuple(trend_chart(one, fonts.words, 4) for one in found)
    return tuple(chart_page(chart, WIDTH, HEIGHT, fonts) for chart in charts)


@dataclass(frozen=True, slots=True)
class Glance:
    """What a resident's overview shows beside the records."""

    resident_id: SubjectId
    pages: tuple[Page, ...]
    vaccinations: Plan


def glance(desk: Desk, resident_id: SubjectId) -> Glance:
    """Charts and vaccinations of one resident (as ``pages``)."""
    return Glance(resident_id, pages(desk, resident_id), immunization.plan(desk, resident_id))
