"""What window and terminal say about schedules, the board and what is missing: words of texts/exchange.toml."""

from collections.abc import Sequence

from jiandang_desktop.domain.schedules import Every, Schedule
from jiandang_desktop.services.board import BoardLine, Period, State
from jiandang_desktop.services.schedule import Outlook
from jiandang_desktop.services.workbench import Workbench


def schedule_words(bench: Workbench, schedule: Schedule) -> str:
    """How often, in words."""
    if schedule.every is Every.WEEKS:
        return bench.text("exchange", "schedule.weeks", weeks=schedule.weeks, start=schedule.start.isoformat())
    key = "schedule.month" if schedule.every is Every.MONTH else "schedule.quarter"
    return bench.text("exchange", key, day=schedule.day)


def outlook_words(bench: Workbench, outlook: Outlook) -> str:
    """The next date, or what is overdue."""
    if outlook.overdue is not None:
        return bench.text("exchange", "outlook.overdue", due=outlook.overdue.isoformat())
    key = "outlook.today" if outlook.days == 0 else "outlook.next"
    return bench.text("exchange", key, due=outlook.next_due.isoformat(), days=outlook.days)


def submission_words(bench: Workbench, outlook: Outlook) -> str:
    """How often, the next date, and what should be known of it."""
    said = [schedule_words(bench, outlook.schedule), outlook_words(bench, outlook)]
    if outlook.unanswered:
        said.append(bench.text("exchange", "outlook.unanswered", day=outlook.unanswered))
    if outlook.doubtful:
        said.append(bench.text("exchange", "outlook.doubtful"))
    return "　".join(said)


def period_words(bench: Workbench, period: Period) -> str:
    """A cell of the board."""
    day = f"{period.day:%m-%d}" if period.day else ""
    return bench.text("exchange", f"period.{period.state.value}", day=day, due=f"{period.due:%m-%d}")


def missing_words(bench: Workbench, missing: tuple[int, int]) -> str:
    """A hole in the numbering."""
    return bench.text("exchange", "missing", first=missing[0], last=missing[1])


def telephone_words(bench: Workbench, line: BoardLine) -> list[str]:
    """What to say to a village on the telephone; nothing where all is well."""
    said = [bench.text("exchange", "telephone.missing", first=first, last=last) for first, last in line.missing]
    if line.late:
        due = line.periods[0].due
        said.append(bench.text("exchange", "telephone.late", month=due.month, day=due.day))
    return said


def not_restored_words(bench: Workbench, holders: Sequence[str], *, accept: str = "", send: str = "") -> str:
    """What the originals of the archive folder can't bring back, and which stations can; the commands that help."""
    words = {"accept": accept and f" ({accept})", "send": send and f" ({send})"}
    return bench.text("exchange", "not_restored", names="\N{IDEOGRAPHIC COMMA}".join(holders), **words)


def board_words(bench: Workbench, line: BoardLine) -> list[str]:
    """A village's line of the board, and what to say to it."""
    cells = "　".join(period_words(bench, period) for period in line.periods if period.state is not State.BEFORE)
    said = [f"  {words}" for words in telephone_words(bench, line)]
    return [bench.text("exchange", "board.line", name=line.station.name, cells=cells), *said]
