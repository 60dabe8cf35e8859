"""Print household folders: whole, or what is new since the last print, for one household or many in one job (R8.2).

Collecting reads the vault, setting doesn't, and only ``note`` writes: first the paper or the file, then the log. A job
that is stopped before leaves nothing. Many households are set and written one after another, so that a village's
folders take no more memory than one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from jiandang_desktop import printing
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import HouseholdRow, PrintedSheet, PrintRow, Reader
from jiandang_desktop.printing import TRENDS, FolderDocument, LyingSheet, Page, SetFolder
from jiandang_desktop.services import folders, registry
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_household
from jiandang_desktop.services.work import Progress, silent
from jiandang_desktop.services.workbench import Workbench


class Mode(StrEnum):
    """What is printed of a folder."""

    ALL = "all"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Collected:
    """A household's folder as plain data, and what lies in its paper folder; None where everything is printed."""

    document: FolderDocument
    lying: tuple[LyingSheet, ...] | None
    row: PrintRow
    """The log's line, still without sheets."""


@dataclass(frozen=True, slots=True)
class FolderPrint:
    """A household's pages, and the log's line to write once they are on paper."""

    pages: list[Page]
    row: PrintRow


@dataclass(frozen=True, slots=True)
class PrintedJob:
    """A finished document, in memory only, with the log's lines to write once it is on paper or in its file."""

    pdf: bytes
    pages: int
    rows: tuple[PrintRow, ...]
    nothing_new: int
    """Households that had nothing to add."""


def collect(desk: Desk, household_id: SubjectId, mode: Mode, job: str = "") -> Collected:
    """Read a household's folder (NOT_ALLOWED, NO_SUCH_HOUSEHOLD).

    A household that was never printed gets its whole folder in either mode.
    """
    desk.require(Right.PRINT)
    registry.number_households(desk, [household_id])
    document = folders.document(desk, household_id)
    with desk.vault.read() as reader:
        printed = reader.printed_sheets(household_id) if mode is Mode.NEW else []
        lying = tuple(_lying(desk, reader, sheet) for sheet in printed)
    row = PrintRow(
        job=job or new_id(),
        household_id=household_id,
        mode=Mode.NEW.value if lying else Mode.ALL.value,
        at=document.printed_at,
        staff_id=desk.staff.id,
        staff_name=desk.staff.name,
        pages=0,
        sheets=(),
    )
    return Collected(document, lying or None, row)


def lay_out(bench: Workbench, collected: Collected, progress: Progress = silent) -> FolderPrint:
    """Set what was collected; needs no vault (GLYPH_MISSING). No pages where there is nothing new."""
    done = printing.set_folder(collected.document, bench.paper, progress, collected.lying)
    sheets = tuple(_printed(done, sheet) for sheet in done.sheets)
    return FolderPrint(done.pages, replace(collected.row, pages=len(done.pages), sheets=sheets))


def folder(desk: Desk, household_id: SubjectId, mode: Mode = Mode.ALL, progress: Progress = silent) -> FolderPrint:
    """One household's folder for preview and printer (as ``collect``, ``lay_out``; NOTHING_NEW)."""
    found = lay_out(desk.bench, collect(desk, household_id, mode), progress)
    if not found.pages:
        raise Problem("NOTHING_NEW")
    return found


class Job:
    """Many folders as one PDF; households are added one by one, on any one thread."""

    def __init__(self, bench: Workbench) -> None:
        self._pdf = printing.new_pdf(bench.paper, bench.text("paper", "folder.title"))
        self._rows: list[PrintRow] = []
        self._pages = 0
        self._nothing_new = 0

    def add(self, found: FolderPrint) -> None:
        """Write a household's pages (GLYPH_MISSING)."""
        if not found.pages:
            self._nothing_new += 1
            return
        self._pdf.add(found.pages)
        self._pages += len(found.pages)
        self._rows.append(found.row)

    def finish(self) -> PrintedJob:
        """The document (NOTHING_NEW where no household had anything to print)."""
        if not self._pages:
            raise Problem("NOTHING_NEW")
        return PrintedJob(self._pdf.finish(), self._pages, tuple(self._rows), self._nothing_new)


def print_households(
    desk: Desk, household_ids: Sequence[SubjectId], mode: Mode = Mode.ALL, progress: Progress = silent
) -> PrintedJob:
    """Several folders in one document; ``progress`` counts households and may raise. Nothing is logged yet."""
    job, name = Job(desk.bench), new_id()
    progress(0, len(household_ids))
    for done, household_id in enumerate(household_ids, 1):
        job.add(lay_out(desk.bench, collect(desk, household_id, mode, name)))
        progress(done, len(household_ids))
    return job.finish()


def note(desk: Desk, rows: Sequence[PrintRow]) -> None:
    """Write down what is on paper or in its file now (NOT_ALLOWED, VAULT_…)."""
    desk.require(Right.PRINT)
    with desk.vault.work("print") as work:
        for row in rows:
            work.add_print(row)
        subject = rows[0].household_id if len(rows) == 1 else ""
        work.note(
            subject_id=subject,
            what="folder" if subject else "folders",
            households=len(rows),
            pages=sum(row.pages for row in rows),
        )
        work.commit()


def history(desk: Desk, household_id: SubjectId) -> list[PrintRow]:
    """What was printed of a household, newest first (NOT_ALLOWED, NO_SUCH_HOUSEHOLD)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        known_household(reader, household_id)
        return reader.prints(household_id)


def overview(desk: Desk, village_group: str | None = None) -> list[tuple[HouseholdRow, PrintRow | None]]:
    """Households as ``households`` gives them, each with its last print (without sheets)."""
    rows = households(desk, village_group)
    with desk.vault.read() as reader:
        last = reader.last_prints()
    return [(row, last.get(row.id)) for row in rows]


def households(desk: Desk, village_group: str | None = None) -> list[HouseholdRow]:
    """Households of a village group, or all, by group and address (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return [row for row in reader.households(limit=-1) if village_group in (None, row.village_group)]


def _lying(desk: Desk, reader: Reader, sheet: PrintedSheet) -> LyingSheet:
    resident = reader.resident(sheet.subject_id) if sheet.subject_id else None
    return LyingSheet(
        sheet.sheet,
        sheet.content,
        sheet.first,
        sheet.numbers,
        sheet.pages,
        resident.name if resident else "",
        _title(desk, sheet.form_id) if sheet.form_id else "",
    )


def _title(desk: Desk, form_id: FormId) -> str:
    if form_id == TRENDS:
        return desk.bench.text("paper", "trends.title")
    try:
        return desk.forms.current(form_id).title
    except Problem:
        return form_id  # a form of a county that is no longer in use


def _printed(done: SetFolder, sheet: LyingSheet) -> PrintedSheet:
    subject, _, rest = sheet.sheet.partition("/")
    form = rest.partition("/")[0]
    return PrintedSheet(
        sheet.sheet,
        SubjectId(subject if form else ""),
        FormId(form),
        sheet.content,
        done.records.get(sheet.sheet, {}),
        sheet.first,
        sheet.numbers,
        sheet.pages,
    )
