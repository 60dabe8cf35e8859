"""The command line's shape for today's work: due, programme, attempt, setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jiandang_desktop.cli.parsers import Parser, Words, add_area, add_command, confirmable, paged, printed

if TYPE_CHECKING:
    from jiandang_desktop.cli.parsers import Areas


def _due(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "due", words)
    rows = _filtered(paged(add_command(commands, "list")))
    rows.add_argument("--resident", default=None)
    rows.add_argument("--household", default=None)
    add_command(commands, "show", "RESIDENT").add_argument("--date", default=None)
    _filtered(printed(commands, "print", "FILE"))


def _filtered(command: Parser) -> Parser:
    """Of which day, how far ahead, which lines."""
    command.add_argument("--date", default=None)
    command.add_argument("--within", type=int, default=6, metavar="DAYS")
    command.add_argument("--band", action="append", default=[], choices=("overdue", "week", "lost", "year", "found"))
    command.add_argument("--programme", action="append", default=[])
    command.add_argument("--group", default=None)
    command.add_argument("--doctor", default=None)
    command.add_argument("--station", default=None)
    return command


def _programme(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "programme", words)
    rows = add_command(commands, "list")
    rows.add_argument("--date", default=None)
    rows.add_argument("--station", default=None)
    members = paged(add_command(commands, "show", "PROGRAMME"))
    members.add_argument("--state", default="open", choices=("proposed", "open", "refused", "closed"))
    members.add_argument("--date", default=None)
    members.add_argument("--station", default=None)
    enrol = confirmable(add_command(commands, "enrol", "RESIDENT", "PROGRAMME", "FILE?"))
    enrol.add_argument("--date", default=None)
    for name in ("refuse", "close"):
        decide = confirmable(add_command(commands, name, "RESIDENT", "PROGRAMME"))
        decide.add_argument("--reason", required=True)
        decide.add_argument("--words", default="")
        decide.add_argument("--date", default=None)
    confirmable(add_command(commands, "reopen", "RESIDENT", "PROGRAMME"))


def _attempt(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "attempt", words)
    add = confirmable(add_command(commands, "add", "RESIDENT"))
    add.add_argument("--method", required=True)
    add.add_argument("--result", required=True)
    add.add_argument("--date", default=None)
    add.add_argument("--half-day", default="", choices=("", "am", "pm"))
    add.add_argument("--programme", action="append", default=[])
    add.add_argument("--note", default="")
    add_command(commands, "list", "RESIDENT")


def _setting(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "setting", words)
    add_command(commands, "list")
    add_command(commands, "set", "SETTING", "VALUE").add_argument("--from", dest="valid_from", default=None)


ADDERS = (_due, _programme, _attempt, _setting)
