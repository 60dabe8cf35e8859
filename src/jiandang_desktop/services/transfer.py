"""The list of papers that goes with a submission, to be signed by both sides (R8.4)."""

from collections import Counter
from collections.abc import Iterable

from jiandang_desktop import printing
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, StationId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import BundleRow, Reader
from jiandang_desktop.printing import Page, PaperContext, TransferLine, TransferList
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.registry import HEAD


def transfer_list(desk: Desk, digest: str = "") -> TransferList:
    """What one submission brings, made here or taken in; without ``digest`` the newest one made here.

    Problems: NOT_ALLOWED, NO_SUCH_BUNDLE.
    """
    desk.require(Right.PRINT)
    with desk.vault.read() as reader:
        row = _bundle(reader, digest)
        stations = {station.id: station.name for station in reader.stations()}
        other = stations.get(StationId(row.peer), "")
        lines = _lines(desk, reader, row)
    ours = desk.station.name
    return TransferList(
        sender=ours if row.direction == "out" else other,
        receiver=other if row.direction == "out" else ours,
        file_name=row.file_name,
        digest=row.digest,
        first=row.first,
        last=row.last,
        made_at=row.made_at,
        lines=lines,
    )


def pages(desk: Desk, digest: str = "") -> list[Page]:
    """``transfer_list`` laid out (GLYPH_MISSING)."""
    context = PaperContext(station=desk.station.name, printed_by=desk.staff.name, printed_at=desk.now_label())
    return printing.layout_transfer_list(transfer_list(desk, digest), context, desk.bench.paper)


def _bundle(reader: Reader, digest: str) -> BundleRow:
    if digest:
        row = reader.bundle(digest)
    else:
        row = next((each for each in reader.bundles("out") if each.kind == "submission"), None)
    if row is None or row.kind != "submission":
        raise Problem("NO_SUCH_BUNDLE")
    return row


def _lines(desk: Desk, reader: Reader, row: BundleRow) -> tuple[TransferLine, ...]:
    """A line for each resident and each household's own papers, in the order of households."""
    papers: dict[SubjectId, dict[RecordId, FormId]] = {}
    for revision_id in reader.stream_revision_ids(row.stream, row.first, row.last):
        revision = reader.revision(revision_id)
        if revision is not None:
            papers.setdefault(revision.subject_id, {})[revision.record_id] = revision.form_id
    placed = [_line(desk, reader, subject, found.values()) for subject, found in papers.items()]
    return tuple(line for _, line in sorted(placed, key=lambda pair: pair[0]))


def _line(
    desk: Desk, reader: Reader, subject_id: SubjectId, forms: Iterable[FormId]
) -> tuple[tuple[str, ...], TransferLine]:
    """The line of a subject and where it stands."""
    orders = {form.id: (form.order, form.title) for form in desk.forms.all()}
    counted = Counter(orders.get(form_id, (9999, str(form_id))) for form_id in forms)
    told = tuple((title, counted[order, title]) for order, title in sorted(counted))
    resident = reader.resident(subject_id)
    home = reader.household(SubjectId(resident.household_id) if resident else subject_id)
    code = str(home.answers.get("household_code", "")) if home else ""
    head = home.head_name if home else ""
    # Households by number; those without one and the station's own papers last.
    place = (code or "~", home.id if home else "~")
    if resident is not None:
        key = (*place, "1", str(resident.relation_to_head != HEAD), resident.record_code)
        return key, TransferLine(code, head, resident.name, resident.record_code, told)
    name = desk.bench.text("paper", "transfer.household" if home else "transfer.station")
    return (*place, "0", "", ""), TransferLine(code, head, name, "", told)
