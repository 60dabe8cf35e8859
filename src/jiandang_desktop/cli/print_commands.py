"""jiandang print …: PDFs into a file that the caller names. The log is written when the file is there."""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.choosing import village_group
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.printing import Page
from jiandang_desktop.services import cards, folders, prints, records, transfer
from jiandang_desktop.services.cards import CardChoice
from jiandang_desktop.services.prints import Mode


def print_folder(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A household's folder, or with ``--new`` what is to be added to its paper folder."""
    return _folders(session, arguments, [SubjectId(arguments.HOUSEHOLD)])


def print_households(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The folders of a village group or of everybody in one file."""
    rows = prints.households(session.desk, _group(session, arguments))
    return _folders(session, arguments, [row.id for row in rows])


def print_log(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What was printed of a household, newest first."""
    rows = prints.history(session.desk, SubjectId(arguments.HOUSEHOLD))
    lines = tuple(
        session.words(
            "print.line",
            at=row.at[:16].replace("T", " "),
            person=row.staff_name,
            mode=session.bench.text("terms", f"print_mode.{row.mode}"),
            pages=row.pages,
        )
        for row in rows
    )
    return Outcome(shapes.listed("prints", [shapes.printed(row) for row in rows]), lines)


def print_form(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One record's form."""
    record = RecordId(arguments.RECORD)
    pages = folders.record_pages(session.desk, record)
    if arguments.notes:
        pages += folders.note_pages(session.desk, records.get_record(session.desk, record).form_id)
    return write_pages(session, arguments, pages, "form", SubjectId(""))


def print_blank(session: Session, arguments: argparse.Namespace) -> Outcome:
    """An empty form, with a resident's head where one is named."""
    resident = SubjectId(arguments.resident) if arguments.resident else None
    pages = folders.blank_pages(session.desk, arguments.FORM, resident)
    if arguments.notes:
        pages += folders.note_pages(session.desk, arguments.FORM)
    return write_pages(session, arguments, pages, "blank", resident or SubjectId(""))


def print_cards(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Information cards, fronts and backs; that they were made is written down."""
    desk = session.desk
    residents = [SubjectId(item) for item in arguments.resident]
    if not residents:
        household = SubjectId(arguments.household) if arguments.household else None
        if household is None and not (arguments.all or arguments.group or arguments.missing):
            names = "--resident --household --group --missing --all"
            raise Problem("USAGE", reason=session.words("usage.one_of", names=names))
        choice = CardChoice(household, village_group(session, arguments.group), arguments.missing)
        residents = [row.id for row in cards.choose(desk, choice)]
    if not residents:
        raise Problem("NO_CARDS_WANTED")
    pages = folders.card_pages(desk, residents)
    done = write_pages(session, arguments, pages, "cards", SubjectId(""))
    issued = cards.issue(desk, residents)
    return replace(done, data={**done.data, "cards": len(residents), "issued": issued})


def print_labels(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Bag labels of a village group or of everybody, ten to a sheet."""
    rows = prints.households(session.desk, _group(session, arguments))
    pages = folders.label_pages(session.desk, [row.id for row in rows])
    return write_pages(session, arguments, pages, "labels", SubjectId(""))


def print_transfer(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The list that goes with a submission."""
    pages = transfer.pages(session.desk, arguments.bundle)
    return write_pages(session, arguments, pages, "transfer", SubjectId(""))


def _group(session: Session, arguments: argparse.Namespace) -> str | None:
    if bool(arguments.group) == arguments.all:
        raise Problem("USAGE", reason=session.words("usage.one_of", names="--group --all"))
    return village_group(session, arguments.group)


def _folders(session: Session, arguments: argparse.Namespace, households: Sequence[SubjectId]) -> Outcome:
    mode = Mode.NEW if arguments.new else Mode.ALL
    done = prints.print_households(session.desk, households, mode)
    outcome = _written(session, arguments, done.pdf, done.pages)
    prints.note(session.desk, done.rows)
    return replace(outcome, data={**outcome.data, "households": len(done.rows), "nothing_new": done.nothing_new})


def write_pages(
    session: Session, arguments: argparse.Namespace, pages: Sequence[Page], what: str, subject: SubjectId
) -> Outcome:
    """Write pages as a PDF and note that it was done."""
    pdf = folders.write_pdf(session.desk, pages, session.bench.text("paper", "form.title"))
    folders.note_printed(session.desk, what, subject, len(pages))
    return _written(session, arguments, pdf, len(pages))


def _written(session: Session, arguments: argparse.Namespace, pdf: bytes, pages: int) -> Outcome:
    target = arguments.FILE.resolve()
    path = session.bench.medium.write_file(target.parent, target.name, pdf)
    line = session.words("print.done", file=path, pages=pages)
    return Outcome({"file": str(path), "pages": pages}, (line,), written=(path,))
