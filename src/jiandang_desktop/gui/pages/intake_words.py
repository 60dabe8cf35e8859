"""What 接收 says of a file and of what was done, in words."""

from jiandang_desktop.gui.kit import Tone
from jiandang_desktop.gui.pages.submission import verdict_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services.receiving import Line, Outcome, Reception


def title_words(session: Session, line: Line) -> str:
    """Whose file it is; a refused one only says so itself."""
    if line.claimed:
        return session.text("intake.claimed", village=line.claimed, file=line.name)
    return line.sender_name or line.name


def why_words(session: Session, line: Line) -> str:
    """Why a line can't be looked into now, and what to do."""
    if line.problem is not None:
        return session.sentence(line.problem)
    if line.outcome is Outcome.PARKED and line.missing is not None:
        first, last = line.missing
        ask = session.bench.text("exchange", "telephone.missing", first=first, last=last)
        return session.text("intake.gap", first=first, last=last) + "\n" + ask
    return session.text(f"intake.why.{line.outcome.value}")


def outcome_words(session: Session, done: Reception) -> tuple[str, Tone]:
    """What was archived, what wasn't and why, and how loud to say it."""
    say = session.text
    counts = done.counts()
    parts = []
    if counts.get(Outcome.ARCHIVED):
        total = {verdict: sum(line.counts.get(verdict, 0) for line in done.lines) for verdict in Verdict}
        words = verdict_words(session, total) or say("intake.nothing_new")
        parts.append(say("intake.archived", bundles=counts[Outcome.ARCHIVED], words=words))
        if total[Verdict.HELD] or total[Verdict.QUARANTINED]:
            parts.append(say("intake.held"))
    for outcome in (Outcome.KNOWN, Outcome.PARKED, Outcome.REFUSED):
        if counts.get(outcome):
            parts.append(say(f"intake.done_{outcome.value}", count=counts[outcome]))
    if done.receipts:
        parts.append(say("intake.receipts", count=len(done.receipts)))
    if done.unwritten is not None:
        parts.append(say("intake.unwritten", reason=session.sentence(done.unwritten)))
    if done.maybe_replaced:
        parts.append(session.bench.text("exchange", "maybe_replaced"))
    if done.stopped:
        parts.append(say("intake.stopped_between"))
    wrong = counts.get(Outcome.REFUSED) or done.unwritten is not None or done.maybe_replaced
    fresh = Tone.CONFIRMED if counts.get(Outcome.ARCHIVED) else Tone.PLAIN
    return "".join(parts) or say("intake.found_none"), Tone.DUE if wrong else fresh
