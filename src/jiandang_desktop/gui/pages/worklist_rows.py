"""How a line of today's work reads in its list."""

from typing import Any

from jiandang_desktop.gui.kit import Tone
from jiandang_desktop.gui.models.rows import Column
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.services.due import DueLine


def due_columns(session: Session, *, one_village: bool) -> tuple[Column[DueLine], ...]:
    """Who, where, what, until when, the telephone."""
    say = session.text
    return (
        Column(say("columns.name"), lambda line: line.person.name),
        Column(say("columns.age"), lambda line: age_and_sex(session, line.person.sex, line.person.birth_date)),
        Column(say("columns.address"), lambda line: line.person.door if one_village else line.person.address),
        Column(say("worklist.what"), lambda line: line.what),
        Column(say("worklist.until"), lambda line: until_words(session, line), until_tone),
        Column(say("columns.phone"), lambda line: line.person.phone),
    )


def returned_columns(session: Session) -> tuple[Column[Any], ...]:
    """Whose record came back, which one, why."""
    say, bench = session.text, session.bench
    return (
        Column(say("columns.name"), lambda line: line.who),
        Column(say("columns.form"), lambda line: line.form_title),
        Column(
            say("columns.reason"),
            lambda line: (
                line.record.verdict_words
                or bench.text("terms", f"intake_reason.{line.record.verdict_reason or 'answers'}")
            ),
            lambda _line: Tone.WRONG,
        ),
    )


def draft_columns(session: Session) -> tuple[Column[Any], ...]:
    """Whose form was begun, which one, when."""
    say = session.text
    return (
        Column(say("columns.name"), lambda line: line.who),
        Column(say("columns.form"), lambda line: line.form_title),
        Column(say("columns.saved_at"), lambda line: line.draft.saved_at[5:16].replace("T", " ")),
    )


def incomplete_columns(session: Session) -> tuple[Column[Any], ...]:
    """Whose first record isn't complete."""
    say = session.text
    return (
        Column(say("columns.name"), lambda who: who.name),
        Column(say("columns.age"), lambda who: age_and_sex(session, who.sex, who.birth_date)),
        Column(say("columns.address"), lambda who: who.address),
        Column(say("columns.phone"), lambda who: who.phone),
    )


def age_and_sex(session: Session, sex: str, birth_date: str) -> str:
    """Sex and age in a few characters."""
    return f"{sex_words(session, sex)} {age_words(session, birth_date, session.bench.clock.today())}".strip()


def until_words(session: Session, line: DueLine) -> str:
    """Until when, seen from today: how many days over, or the day."""
    say = session.text
    if line.proposal:
        return say("worklist.to_confirm")
    if line.days < 0:
        return say("worklist.days_over", days=f"{-line.days:,}")
    if line.days == 0 and line.state is DutyState.DUE:
        return say("worklist.last_day")
    key = "worklist.from_day" if line.state is DutyState.UPCOMING else "worklist.until_day"
    day = line.opens if line.state is DutyState.UPCOMING else line.closes
    this_year = day[:4] == f"{session.bench.clock.today().year:04d}"
    return say(key, day=day[5:] if this_year else day)


def until_tone(line: DueLine) -> Tone | None:
    """Amber for what is over or ends today, else plain words."""
    return Tone.DUE if not line.proposal and line.days <= 0 else None
