"""jiandang bundle … and jiandang receipt …"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.cli import ejecting, shapes
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.cli.station_commands import BUNDLE_LIMIT
from jiandang_desktop.domain.records import RevisionId, StationId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import dispatch, intake, losses, parking, receipts, receiving, submission
from jiandang_desktop.services.exchange_words import not_restored_words
from jiandang_desktop.services.intake import IntakePlan
from jiandang_desktop.services.receiving import Found, Line, Reception


def bundle_export(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Seal what has no receipt and write it to a folder, else to the one stick."""
    done = submission.export(session.desk, ejecting.place(session))
    line = session.words("bundle.exported", file=done.path, count=done.bundle.summary["entries"])
    data = {"file": str(done.path), "bundle": shapes.bundle(done.bundle)}
    return Outcome(data, (line,), written=(done.path,))


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
    """Take in files and whole folders, write the receipts; ``--preview`` only shows what it would do.

    A single file that is refused ends the command; among several a refused one is named and the others are taken.
    """
    desk = session.desk
    place = receiving.find(desk, arguments.PLACE)
    alone = len(arguments.PLACE) == 1 and not receiving.is_folder(arguments.PLACE[0])
    if arguments.preview:
        if alone and place.files:
            preview = intake.verify(desk, session.bench.medium.read_file(arguments.PLACE[0], BUNDLE_LIMIT))
            return Outcome(_plan_shape(preview), _plan_lines(session, preview))
        lines: Sequence[Line] = receiving.look(desk, place)
        done = None
    else:
        decisions = dict(_decision(session, text) for text in arguments.decide)
        done = receiving.receive(desk, place, receipts_to=arguments.receipts, decisions=decisions)
        lines = done.lines
    refused = [line.problem for line in lines if line.problem is not None]
    if refused and alone:
        raise refused[0]
    if done is not None and done.unwritten is not None:
        raise done.unwritten
    return _intake_outcome(session, place, lines, done, alone=alone)


def bundle_parked(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Bundles that wait for what is missing before them, or for their sender's enrolment."""
    rows = parking.waiting(session.desk)
    lines = [
        _parked_words(session, row.sender_name or row.bundle.peer, row.bundle.file_name, row.missing) for row in rows
    ]
    data = [
        {
            "bundle": shapes.bundle(row.bundle),
            "sender": row.sender_name,
            "reason": row.reason,
            "missing": list(row.missing) if row.missing else None,
        }
        for row in rows
    ]
    return Outcome(shapes.listed("parked", data), tuple(lines) or (session.words("bundle.none_parked"),))


def bundle_release(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Put what can be placed of a parked bundle into the archive; the gap stays named."""
    count = parking.release(session.desk, arguments.DIGEST)
    return Outcome({"bundle": arguments.DIGEST, "released": count}, (session.words("bundle.released", count=count),))


def vault_restore_archive(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Take in again, from the originals, what the database doesn't know.

    The originals are what others sent. Decisions of our own went out sealed to others: no copy here could be opened.
    """
    done = receiving.restore(session.desk)
    lines = [session.words("bundle.restored", count=done.counts().get(receiving.Outcome.ARCHIVED, 0))]
    lines += [_line_words(session, line) for line in done.lines]
    names = [item.station.name for item in dispatch.waiting(session.desk)]
    lines.append(not_restored_words(session.bench, names, accept="vault accept", send="bundle send"))
    refused = next((line.problem for line in done.lines if line.problem is not None), None)
    exit_code = session.bench.problems.words(refused).exit_code if refused else 0
    data = {"lines": [_line_shape(line) for line in done.lines], "holders": names}
    return Outcome(data, tuple(lines), exit_code)


def bundle_status(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """What waits and what became of earlier bundles."""
    desk = session.desk
    waiting = submission.pending(desk)
    rows = submission.history(desk)
    lines = [session.words("bundle.waiting", entries=waiting.entries, residents=waiting.residents)]
    if waiting.maybe_replaced:
        lines.append(session.bench.text("exchange", "maybe_replaced"))
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
    path, row = dispatch.send(session.desk, StationId(arguments.STATION), ejecting.place(session))
    line = session.words("bundle.sent", file=path, count=row.summary["entries"])
    return Outcome({"file": str(path), "bundle": shapes.bundle(row)}, (line,), written=(path,))


def receipt_apply(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Bring a receipt home."""
    done = receipts.apply(session.desk, session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT))
    counts = {verdict.value: number for verdict, number in done.counts.items()}
    line = session.words("receipt.already" if done.already else "receipt.applied", up_to=done.up_to)
    came = {verdict.value: number for verdict, number in done.came.items()}
    lines = [line, *_count_lines(session, counts)]
    if came:
        lines.append(session.words("receipt.came", count=sum(came.values())))
    if done.above_handed_to:
        lines.append(session.words("receipt.above_handed_to", station=done.above_handed_to))
    if done.handed_to:
        lines.append(session.words("receipt.handed_to", station=done.handed_to))
    missing = asdict(done.missing_above) if done.missing_above else None
    if missing:
        lines.append(session.words("receipt.missing_above", **missing))
    if done.maybe_replaced:
        lines.append(session.bench.text("exchange", "maybe_replaced"))
    data = {"counts": counts, "up_to": done.up_to, "already": done.already, "came": came}
    data |= {
        "handed_to": done.handed_to,
        "above_handed_to": done.above_handed_to,
        "missing_above": missing,
        "maybe_replaced": done.maybe_replaced,
    }
    return Outcome(data, tuple(lines))


def bundle_again(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Send again what the station above lost; it goes with the next export."""
    done = losses.send_again(session.desk)
    return Outcome(asdict(done), (session.words("bundle.again", first=done.first, last=done.last),))


def _intake_outcome(
    session: Session, place: Found, lines: Sequence[Line], done: Reception | None, *, alone: bool
) -> Outcome:
    receipts = [str(path) for path in done.receipts] if done else []
    words = [_line_words(session, line) for line in lines]
    words += [session.words("bundle.passed_over", file=item.name) for item in place.passed_over]
    words += [session.words("bundle.receipt", file=path) for path in receipts]
    replaced = done is not None and done.maybe_replaced
    if replaced:
        words.append(session.bench.text("exchange", "maybe_replaced"))
    data: dict[str, Any] = {
        "lines": [_line_shape(line) for line in lines],
        "receipts": receipts,
        "passed_over": [asdict(item) for item in place.passed_over],
        "whole": place.whole,
        "maybe_replaced": replaced,
    }
    if alone and lines and done is not None:
        first = lines[0]
        data |= {
            "bundle": shapes.bundle(first.bundle) if first.bundle else None,
            "receipt": receipts[0] if receipts else None,
            "counts": {verdict.value: number for verdict, number in first.counts.items()},
            "already": first.outcome is receiving.Outcome.KNOWN,
        }
    refused = next((line.problem for line in lines if line.problem is not None), None)
    exit_code = session.bench.problems.words(refused).exit_code if refused else 0
    return Outcome(data, tuple(words), exit_code, done.receipts if done else ())


def _line_shape(line: Line) -> dict[str, Any]:
    header = line.header
    return {
        "file": line.name,
        "outcome": line.outcome.value,
        "sender": header.sender if header else None,
        "sender_name": line.sender_name,
        "first": header.first if header else None,
        "last": header.last if header else None,
        "error": line.problem.code if line.problem else None,
        "missing": list(line.missing) if line.missing else None,
        "counts": {verdict.value: number for verdict, number in line.counts.items()},
    }


def _line_words(session: Session, line: Line) -> str:
    if line.problem is not None:
        words = session.bench.problems.words(line.problem)
        return session.words("bundle.intake.refused", file=line.name, code=line.problem.code, reason=words.text)
    sender = line.sender_name or (line.header.sender if line.header else "")
    if line.outcome is receiving.Outcome.PARKED:
        return _parked_words(session, sender, line.name, line.missing)
    counts = " ".join(words.strip() for words in _count_lines(session, {v.value: n for v, n in line.counts.items()}))
    return session.words(f"bundle.intake.{line.outcome.value}", file=line.name, name=sender, counts=counts)


def _parked_words(session: Session, sender: str, file: str, missing: tuple[int, int] | None) -> str:
    if missing is None:
        return session.words("bundle.intake.parked", file=file, name=sender)
    first, last = missing
    ask = session.bench.text("exchange", "telephone.missing", first=first, last=last)
    return session.words("bundle.intake.gap", file=file, name=sender, first=first, last=last, ask=ask)


def _read(session: Session, arguments: argparse.Namespace) -> bytes:
    return session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT)


def _decision(session: Session, text: str) -> tuple[RevisionId, Verdict]:
    shape = "REVISION=" + "|".join(Verdict)
    revision, verdict = session.pair("--decide", shape, text)
    try:
        return RevisionId(revision), Verdict(verdict)
    except ValueError as error:
        raise session.misshapen("--decide", shape, text) from error


def _plan_shape(prepared: IntakePlan) -> dict[str, Any]:
    return {
        "header": _header_shape(prepared.header),
        "digest": prepared.digest,
        "sender": prepared.sender_name,
        "already": prepared.known_receipt is not None,
        "generation": prepared.generation,
        "date_doubtful": prepared.date_doubtful,
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
    named: tuple[str, ...] = ()
    if prepared.generation:
        named = (session.bench.text("terms", f"generation.{prepared.generation}"),)
    if prepared.date_doubtful:
        made = prepared.header.made_at[:16].replace("T", " ")
        named += (session.bench.text("exchange", "clock.bundle", at=made),)
    return named + tuple(
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
