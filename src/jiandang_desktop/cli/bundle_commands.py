"""jiandang bundle … and jiandang receipt …"""

import argparse
from dataclasses import asdict
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.cli.station_commands import BUNDLE_LIMIT
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RevisionId, StationId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import dispatch, intake, receipts, submission
from jiandang_desktop.services.intake import IntakePlan


def bundle_export(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Seal what has no receipt and write it to a folder."""
    done = submission.export(session.desk, arguments.FOLDER)
    line = session.words("bundle.exported", file=done.path, count=done.bundle.summary["entries"])
    return Outcome({"file": str(done.path), "bundle": shapes.bundle(done.bundle)}, (line,))


def bundle_verify(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Verify a bundle as intake does, changing nothing."""
    prepared = intake.verify(session.desk, _read(session, arguments))
    return Outcome(
        _plan_shape(prepared),
        (session.words("bundle.genuine", name=prepared.sender_name), *_plan_lines(session, prepared)),
    )


def bundle_inspect(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Show a bundle's header; says nothing of its being genuine."""
    header = bundles.read_header(session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT))
    data = _header_shape(header)
    return Outcome({"header": data}, tuple(f"{key}: {value}" for key, value in data.items()))


def bundle_intake(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Archive a bundle and write the receipt; ``--preview`` only shows what it would do."""
    data = _read(session, arguments)
    if arguments.preview:
        preview = intake.verify(session.desk, data)
        return Outcome(_plan_shape(preview), _plan_lines(session, preview))
    prepared = intake.plan(session.desk, data)
    done = intake.archive(session.desk, prepared, dict(_decision(text) for text in arguments.decide))
    folder = arguments.FOLDER or arguments.FILE.resolve().parent
    path = session.bench.medium.write_file(folder, done.receipt_name, done.receipt)
    counts = {verdict.value: number for verdict, number in done.counts.items()}
    key = "bundle.known" if done.already else "bundle.archived"
    line = session.words(key, count=sum(done.counts.values()), file=path)
    shown = {"bundle": shapes.bundle(done.bundle), "receipt": str(path), "counts": counts, "already": done.already}
    return Outcome(shown, (line, *_count_lines(session, counts)))


def bundle_status(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """What waits and what became of earlier bundles."""
    desk = session.desk
    waiting = submission.pending(desk)
    rows = submission.history(desk)
    lines = [session.words("bundle.waiting", entries=waiting.entries, residents=waiting.residents)]
    lines += [
        session.words(
            "bundle.line",
            file=row.file_name,
            first=row.first,
            last=row.last,
            state=session.bench.text("terms", f"bundle_state.{row.state}"),
        )
        for row in rows
    ]
    data = {"pending": asdict(waiting), **shapes.listed("bundles", [shapes.bundle(row) for row in rows])}
    return Outcome(data, tuple(lines))


def bundle_send(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Send to a station below what it hasn't taken."""
    path, row = dispatch.send(session.desk, StationId(arguments.STATION), arguments.FOLDER)
    line = session.words("bundle.sent", file=path, count=row.summary["entries"])
    return Outcome({"file": str(path), "bundle": shapes.bundle(row)}, (line,))


def receipt_apply(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Bring a receipt home."""
    done = receipts.apply(session.desk, session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT))
    counts = {verdict.value: number for verdict, number in done.counts.items()}
    line = session.words("receipt.already" if done.already else "receipt.applied", up_to=done.up_to)
    came = {verdict.value: number for verdict, number in done.came.items()}
    lines = [line, *_count_lines(session, counts)]
    if came:
        lines.append(session.words("receipt.came", count=sum(came.values())))
    return Outcome({"counts": counts, "up_to": done.up_to, "already": done.already, "came": came}, tuple(lines))


def _read(session: Session, arguments: argparse.Namespace) -> bytes:
    return session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT)


def _decision(text: str) -> tuple[RevisionId, Verdict]:
    revision, _, verdict = text.partition("=")
    try:
        return RevisionId(revision), Verdict(verdict)
    except ValueError as error:
        raise Problem("USAGE", reason=f"--decide {text}") from error


def _plan_shape(prepared: IntakePlan) -> dict[str, Any]:
    return {
        "header": _header_shape(prepared.header),
        "digest": prepared.digest,
        "sender": prepared.sender_name,
        "already": prepared.known_receipt is not None,
        "counts": {kind.value: number for kind, number in prepared.counts().items()},
        "items": [
            {
                "number": item.entry.number,
                "revision": item.revision.id if item.revision else None,
                "kind": item.kind.value,
                "verdict": item.verdict.value,
                "form": item.form_title,
                "subject": item.subject,
                "reason": item.reason,
            }
            for item in prepared.items
        ],
    }


def _plan_lines(session: Session, prepared: IntakePlan) -> tuple[str, ...]:
    if prepared.known_receipt is not None:
        return (session.words("bundle.known_before"),)
    return tuple(
        session.words("bundle.count", kind=session.bench.text("terms", f"intake_kind.{kind.value}"), count=number)
        for kind, number in prepared.counts().items()
    )


def _count_lines(session: Session, counts: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        session.words("bundle.count", kind=session.bench.text("terms", f"verdict.{verdict}"), count=number)
        for verdict, number in counts.items()
    )


def _header_shape(header: bundles.Header) -> dict[str, Any]:
    return {
        "kind": header.kind,
        "sender": header.sender,
        "sender_key": header.sender_key,
        "recipients": list(header.recipients),
        "stream": header.stream,
        "generation": header.generation,
        "first": header.first,
        "last": header.last,
        "previous": header.previous,
        "head": header.head,
        "entries": header.entries,
        "made_at": header.made_at,
        "payload_size": header.payload_size,
        "plain_size": header.plain_size,
    }
