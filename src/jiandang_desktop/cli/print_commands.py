"""jiandang print …: PDFs into a file that the caller names."""

import argparse
from collections.abc import Sequence

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.printing import Page
from jiandang_desktop.services import folders


def print_folder(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A household's folder."""
    printed = folders.print_folder(session.desk, SubjectId(arguments.HOUSEHOLD))
    return _written(session, arguments, printed.pdf, printed.pages)


def print_form(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One record's form."""
    pages = folders.record_pages(session.desk, RecordId(arguments.RECORD))
    return _pages(session, arguments, pages, "form", SubjectId(""))


def print_blank(session: Session, arguments: argparse.Namespace) -> Outcome:
    """An empty form, with a resident's head where one is named."""
    resident = SubjectId(arguments.resident) if arguments.resident else None
    pages = folders.blank_pages(session.desk, arguments.FORM, resident)
    return _pages(session, arguments, pages, "blank", resident or SubjectId(""))


def print_cards(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Information cards of some residents."""
    pages = folders.card_pages(session.desk, [SubjectId(item) for item in arguments.resident])
    return _pages(session, arguments, pages, "cards", SubjectId(""))


def _pages(
    session: Session, arguments: argparse.Namespace, pages: Sequence[Page], what: str, subject: SubjectId
) -> Outcome:
    pdf = folders.write_pdf(session.desk, pages, session.bench.text("paper", "form.title"))
    folders.note_printed(session.desk, what, subject, len(pages))
    return _written(session, arguments, pdf, len(pages))


def _written(session: Session, arguments: argparse.Namespace, pdf: bytes, pages: int) -> Outcome:
    target = arguments.FILE.resolve()
    path = session.bench.medium.write_file(target.parent, target.name, pdf)
    return Outcome({"file": str(path), "pages": pages}, (session.words("print.done", file=path, pages=pages),))
