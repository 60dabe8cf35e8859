"""jiandang vault … and jiandang audit …"""

import argparse
from dataclasses import asdict

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.vault import CheckReport
from jiandang_desktop.services import audit, clock, generations, sign_in, vault_care


def vault_check(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Read everything and compare (VAULT_FAULTS where something is wrong)."""
    return _report(session, vault_care.check(session.desk))


def vault_rebuild(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Make the projections again."""
    return _report(session, vault_care.rebuild(session.desk))


def vault_accept(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Go on from what is here, after a restore or a loss, as a new generation; a person must say so."""
    if not session.arguments.yes:
        raise Problem("ACCEPT_NOT_CONFIRMED")
    done = generations.begin(session.desk)
    return Outcome(asdict(done), (session.words("vault.accepted"),))


def vault_clock(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Whether today's date can be believed; ``--confirm``: a person compared it with a calendar."""
    if arguments.confirm:
        clock.confirm(session.desk)
    found = clock.look(session.desk)
    now = found.now if found else session.desk.now_label()[:16].replace("T", " ")
    latest = found.latest if found else None
    key = "clock.doubtful" if found else "clock.confirmed" if arguments.confirm else "clock.fine"
    words = session.bench.text("exchange", key, now=now, latest=latest)
    return Outcome({"now": now, "doubtful": found is not None, "latest": latest}, (words,))


def vault_recover(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Open with the recovery sheet and set a new password for ``--user``."""
    if not session.arguments.user:
        raise Problem("USER_MISSING", names="")
    desk = sign_in.recover(
        session.bench,
        session.vault_folder,
        session.secret(arguments.code_file),
        session.arguments.user,
        session.secret(arguments.new_password_file),
    )
    session.adopt(desk)
    return Outcome({"user": desk.staff.name}, (session.words("vault.recovered", name=desk.staff.name),))


def audit_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The audit log."""
    rows = audit.rows(session.desk, after=arguments.after, limit=arguments.limit)
    lines = tuple(f"{row.number} {row.at} {row.staff_id[:8]} {row.action} {row.subject_id}" for row in rows)
    return Outcome({"entries": [asdict(row) for row in rows], "count": len(rows)}, lines)


def audit_verify(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Whether the log's chain is whole."""
    faults = audit.faults(session.desk)
    if faults:
        raise Problem("VAULT_FAULTS", faults="；".join(detail for _, detail in faults))
    return Outcome({"ok": True}, (session.words("audit.whole"),))


def _report(session: Session, report: CheckReport) -> Outcome:
    if report.faults:
        words = [session.bench.text("terms", f"fault.{code}", detail=detail) for code, detail in report.faults]
        raise Problem("VAULT_FAULTS", faults="；".join(words))
    line = session.words(
        "vault.sound",
        residents=report.residents,
        revisions=report.revisions,
        entries=report.journal_entries,
        audit=report.audit_entries,
    )
    return Outcome(asdict(report), (line,))
