"""The list of a handover on paper: what goes over, item by item, for both signatures."""

from functools import partial

from jiandang_desktop import printing
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.printing import Listing, Page, PaperContext
from jiandang_desktop.services import handover
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.handover_packet import label


def pages(desk: Desk) -> list[Page]:
    """The list of the handover on paper, for both signatures (NOT_ALLOWED, HANDOVER_NONE, GLYPH_MISSING)."""
    desk.require(Right.MANAGE_KEYS)
    known = handover.state(desk)
    if known is None:
        raise Problem("HANDOVER_NONE")
    say = partial(desk.bench.text, "handover")
    rows = [
        (str(number), label(desk, item.name), str(item.count), item.sha256[:16], item.remark)
        for number, item in enumerate(known.items, 1)
    ]
    at = known.begun_at[:16].replace("T", " ")
    listing = Listing(
        title=say("list.title"),
        head=say("list.head", sender=desk.station.name, receiver=known.successor.name, reason=known.reason, at=at),
        columns=("", *(say(f"columns.{name}") for name in ("item", "count", "sum", "remark"))),
        shares=(6, 38, 12, 22, 22),
        rows=rows,
        total=say("list.total", count=len(rows)),
        centred=frozenset({0, 2}),
        signatures=("transfer.giver", "transfer.taker"),
    )
    context = PaperContext(station=desk.station.name, printed_by=desk.staff.name, printed_at=desk.now_label())
    return printing.layout_list(listing, context, desk.bench.paper)
