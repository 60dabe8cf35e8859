"""Submit to the station above: what waits, the export, what became of it (R9.2, R9.3).

A bundle holds the stream since the last entry that a receipt covers. Only a receipt moves that mark, so a lost
stick loses nothing: what is not acknowledged goes again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jiandang_desktop import bundles
from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.medium import Place
from jiandang_desktop.ports.vault import BundleRow, Mark, Reader, ResidentFilter, StationRow
from jiandang_desktop.services import bundle_rows, succession
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.enrolment import parent_of
from jiandang_desktop.services.freshness import maybe_replaced
from jiandang_desktop.services.generations import acknowledgement
from jiandang_desktop.services.keys import own_keys
from jiandang_desktop.services.losses import Missing, missing_above
from jiandang_desktop.services.work import Progress, silent


@dataclass(frozen=True, slots=True)
class Pending:
    """What the next bundle holds."""

    entries: int
    residents: int
    by_form: Mapping[str, int]
    first: int
    last: int
    not_yet_exported: int
    enrolled: bool
    missing_above: Missing | None = None
    """What the station above says it lost; ``losses.send_again`` sends it again."""
    maybe_replaced: bool = False
    """Another copy of this vault may have replaced it (``freshness.maybe_replaced``)."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written, read back and compared."""

    path: Path
    bundle: BundleRow


def pending(desk: Desk) -> Pending:
    """What has no receipt yet (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    stream = desk.station.up_stream
    with desk.vault.read() as reader:
        after = _acknowledged(reader, stream).number
        exported = reader.mark(stream, "exported")
        head = reader.stream_head(stream).number
        by_form = reader.count_by_form(stream, after)
        missing, replaced = missing_above(reader), maybe_replaced(reader)
        residents = reader.count_residents(ResidentFilter(above_number=after))
    return Pending(
        entries=head - after,
        residents=residents,
        by_form={desk.forms.current(form_id).title: count for form_id, count in by_form.items()},
        first=after + 1,
        last=head,
        not_yet_exported=head - max(after, exported.number if exported else 0),
        enrolled=desk.station.enrolled,
        missing_above=missing,
        maybe_replaced=replaced,
    )


def export(desk: Desk, place: Place, progress: Progress = silent) -> Exported:
    """Seal everything unacknowledged and write it to ``place``.

    The bundle counts as exported only after the file was read back and was equal.
    Problems: NOT_ALLOWED, NOT_ENROLLED, NOTHING_TO_SUBMIT, ABOVE_CLOSED, MEDIUM_….
    """
    desk.require(Right.EXPORT)
    with desk.vault.read() as reader:
        sealed = _seal(desk, reader, progress)
    path = desk.bench.medium.write_file(place, bundles.file_name(sealed.header), sealed.data)
    header = sealed.header
    row = bundle_rows.written(sealed, path.name)
    with desk.vault.work("export_bundle") as work:
        work.put_bundle(row)
        work.set_mark(Mark(header.stream, "exported", header.generation, header.last, header.head))
        work.note(bundle=sealed.digest, first=header.first, last=header.last)
        work.commit()
    return Exported(path, row)


def history(desk: Desk) -> list[BundleRow]:
    """Bundles made here, newest first, each with its honest state (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return [row for row in reader.bundles("out") if row.kind == "submission"]


def _seal(desk: Desk, reader: Reader, progress: Progress) -> bundles.Sealed:
    parent: StationRow = parent_of(reader)
    successor = reader.setting(succession.ABOVE, "")
    if successor:
        raise Problem("ABOVE_CLOSED", station=parent.name, successor=successor)
    stream = desk.station.up_stream
    mark = _acknowledged(reader, stream)
    total = reader.stream_head(stream).number - mark.number
    if total <= 0:
        raise Problem("NOTHING_TO_SUBMIT")
    lines = []
    for number, line in reader.stream_lines(stream, mark.number):
        lines.append(line)
        if len(lines) % 200 == 0:
            progress(number - mark.number, total)
    progress(total, total)
    return bundles.seal(
        kind="submission",
        sender=desk.station.id,
        signing=own_keys(reader, stream).signing,
        recipients=[(parent.id, parent.recipient)],
        stream=stream,
        generation=desk.station.generation,
        first=mark.number + 1,
        previous=mark.hash,
        lines=lines,
        made_at=desk.now_label(),
        acknowledges=acknowledgement(reader, _parent_stream(desk)),
    )


def _parent_stream(desk: Desk) -> str:
    return f"{desk.station.parent_id}/down/{desk.station.id}"


def _acknowledged(reader: Reader, stream: str) -> Mark:
    """The last entry that a receipt covers; number 0 where there is none."""
    return reader.mark(stream, "received") or Mark(stream, "received", "", 0, NO_HASH)
