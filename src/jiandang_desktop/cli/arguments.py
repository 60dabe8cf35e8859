"""The command line's shape: which commands, which arguments. The words are in resources/texts/cli.toml."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from jiandang_desktop.domain.problems import Problem

Words = Callable[[str], str]

if TYPE_CHECKING:
    _Areas: TypeAlias = argparse._SubParsersAction["Parser"]


class Parser(argparse.ArgumentParser):
    """Raises a Problem where argparse would print English and exit."""

    def error(self, message: str) -> NoReturn:
        """USAGE with argparse's reason (it names the argument)."""
        raise Problem("USAGE", reason=message)


def build_parser(words: Words) -> Parser:
    """The whole command line."""
    parser = Parser(prog="jiandang", description=words("about"), add_help=True)
    _add_globals(parser, top=True)
    areas: _Areas = parser.add_subparsers(dest="area", metavar="COMMAND", required=True, parser_class=Parser)
    adders = (
        _demo,
        _station,
        _staff,
        _household,
        _resident,
        _event,
        _form,
        _record,
        _bundle,
        _receipt,
        _conflict,
        _duplicate,
        _handover,
        _shelf,
        _referral,
        _consultation,
        _activity,
        _print,
        _vault,
        _audit,
    )
    for add in adders:
        add(areas, words)
    return parser


def _add_globals(parser: argparse.ArgumentParser, *, top: bool = False) -> None:
    """Global options are taken before and after the command alike."""
    nothing = None if top else argparse.SUPPRESS
    off = False if top else argparse.SUPPRESS
    parser.add_argument("--vault", type=Path, default=nothing)
    parser.add_argument("--user", default=nothing)
    parser.add_argument("--password-file", type=Path, default=nothing)
    parser.add_argument("--json", action="store_true", default=off)
    parser.add_argument("--yes", action="store_true", default=off)
    parser.add_argument("--debug", action="store_true", default=off)


def _area(areas: _Areas, name: str, words: Words) -> _Areas:
    area = areas.add_parser(name, help=words(f"help.{name}"))
    return area.add_subparsers(dest="command", metavar="WHAT", required=True, parser_class=Parser)


def _command(commands: _Areas, name: str, *positional: str) -> Parser:
    command = commands.add_parser(name)
    _add_globals(command)
    for argument in positional:
        optional = argument.endswith("?")
        kind = Path if argument.strip("?") in _PATHS else str
        command.add_argument(argument.strip("?"), type=kind, nargs="?" if optional else None)
    return command


_PATHS = {"FILE", "FOLDER", "ANSWERS"}


def _demo(areas: _Areas, words: Words) -> None:
    demo = areas.add_parser("demo", help=words("help.demo"))
    _add_globals(demo)
    demo.add_argument("--out", type=Path, default=Path("demo-out"))
    demo.add_argument("--residents", type=int, default=320)
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--open", action="store_true")
    demo.set_defaults(command="run")


def _station(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "station", words)
    init = _command(commands, "init")
    init.add_argument("--level", required=True, choices=("village", "township", "banner"))
    init.add_argument("--name", required=True)
    init.add_argument("--division", required=True)
    init.add_argument("--staff", required=True)
    init.add_argument("--scheme", default="17")
    init.add_argument("--village-segment", default="")
    init.add_argument("--recovery-sheet", type=Path)
    _writes(init, "recovery_sheet")
    _command(commands, "show")
    _writes(_command(commands, "request", "FOLDER?"), "FOLDER")
    approve = _writes(_command(commands, "approve", "FILE", "FOLDER?"), "FOLDER")
    approve.add_argument("--fingerprint", default="")
    _command(commands, "accept", "FILE").add_argument("--fingerprint", default="")
    _command(commands, "revoke", "STATION").add_argument("--reason", required=True)
    reenrol = _writes(_command(commands, "reenrol", "STATION", "FILE", "FOLDER?"), "FOLDER")
    reenrol.add_argument("--reason", required=True)
    reenrol.add_argument("--fingerprint", default="")
    _command(commands, "rotate")
    _command(commands, "keys")


def _staff(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "staff", words)
    add = _command(commands, "add", "NAME")
    add.add_argument("--role", action="append", required=True)
    add.add_argument("--new-password-file", type=Path, required=True)
    _command(commands, "list")
    _command(commands, "role", "NAME").add_argument("--role", action="append", required=True)
    _command(commands, "disable", "NAME")
    password = _command(commands, "password", "NAME?")
    password.add_argument("--new-password-file", type=Path, required=True)


def _household(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "household", words)
    _command(commands, "add", "ANSWERS")
    _command(commands, "edit", "HOUSEHOLD", "ANSWERS")
    _command(commands, "show", "HOUSEHOLD")
    _paged(_command(commands, "list"))
    _command(commands, "transfer", "HOUSEHOLD", "STATION").add_argument("--address", type=Path, default=None)


def _resident(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "resident", words)
    _confirmable(_command(commands, "add", "HOUSEHOLD", "ANSWERS"))
    _confirmable(_command(commands, "edit", "RESIDENT", "ANSWERS"))
    _command(commands, "show", "RESIDENT")
    _paged(_command(commands, "find", "TEXT?"))
    transfer = _command(commands, "transfer", "RESIDENT", "STATION")
    transfer.add_argument("--household", default=None)
    transfer.add_argument("--address", type=Path, default=None)
    transfer.add_argument("--relation", default="02")
    _leaving(commands)
    card = _command(commands, "card", "RESIDENT")
    card.add_argument("--reason", choices=("issued", "lost", "damaged", "other"), default=None)


def _leaving(commands: _Areas) -> None:
    """To another area and from there: ``--to`` is the card that the receiving station wrote (handover invite)."""
    away = _confirmable(_command(commands, "send-away", "RESIDENT", "FOLDER"))
    away.add_argument("--to", type=Path, required=True, metavar="FILE")
    away.add_argument("--date", default="")
    away.add_argument("--destination", default="")
    away.add_argument("--fingerprint", default="")
    arrive = _confirmable(_command(commands, "arrive", "FILE"))
    arrive.add_argument("--household", default=None)
    arrive.add_argument("--address", type=Path, default=None)
    arrive.add_argument("--relation", default="02")
    arrive.add_argument("--fingerprint", default="")


def _event(areas: _Areas, words: Words) -> None:
    """What happens in people's lives; every end of a record takes the answers of ``record_closure``."""
    commands = _area(areas, "event", words)
    _confirmable(_command(commands, "birth", "MOTHER", "ANSWERS"))
    _confirmable(_command(commands, "mother", "CHILD", "MOTHER?"))
    for end in ("death", "moved-away", "lost", "ended"):
        _confirmable(_command(commands, end, "RESIDENT", "ANSWERS"))
    returned = _confirmable(_command(commands, "returned", "RESIDENT"))
    returned.add_argument("--reason", required=True)
    returned.add_argument("--date", required=True)
    move = _confirmable(_command(commands, "move-household", "RESIDENT", "HOUSEHOLD?"))
    move.add_argument("--new", type=Path, default=None, metavar="FILE")
    move.add_argument("--relation", required=True)
    move.add_argument("--date", default="")
    move.add_argument("--reason", default="2")
    _command(commands, "list", "RESIDENT")


def _form(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "form", words)
    _command(commands, "list")
    _command(commands, "show", "FORM")
    _command(commands, "check", "FILE")
    _command(commands, "add", "FILE")
    _command(commands, "local")


def _record(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "record", words)
    put = _confirmable(_command(commands, "put", "FORM", "SUBJECT", "ANSWERS"))
    put.add_argument("--record", default=None)
    put.add_argument("--draft", action="store_true")
    _command(commands, "get", "RECORD")
    _command(commands, "list", "SUBJECT").add_argument("--form", default=None)
    _command(commands, "history", "RECORD")
    diff = _command(commands, "diff", "RECORD")
    diff.add_argument("--from", dest="older", default=None)
    diff.add_argument("--to", dest="newer", default=None)


def _bundle(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "bundle", words)
    _writes(_command(commands, "export", "FOLDER?"), "FOLDER")
    _command(commands, "verify", "FILE")
    _command(commands, "inspect", "FILE")
    intake = _writes(_command(commands, "intake"), "receipts", "PLACE")
    intake.add_argument("PLACE", type=Path, nargs="+")
    intake.add_argument("--receipts", type=Path, metavar="FOLDER")
    intake.add_argument("--preview", action="store_true")
    intake.add_argument("--decide", action="append", default=[], metavar="REVISION=VERDICT")
    _command(commands, "status")
    _command(commands, "parked")
    _command(commands, "release", "DIGEST")
    _command(commands, "board")
    schedule = _command(commands, "schedule", "STATION?")
    schedule.add_argument("--monthly", type=int, metavar="DAY")
    schedule.add_argument("--quarterly", type=int, metavar="DAY")
    schedule.add_argument("--weeks", type=int)
    schedule.add_argument("--start", default="", metavar="DATE")
    _writes(_command(commands, "send", "STATION", "FOLDER?"), "FOLDER")
    _command(commands, "again")


def _conflict(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "conflict", words)
    _command(commands, "list")
    _command(commands, "show", "CASE")
    resolve = _command(commands, "resolve", "RECORD")
    resolve.add_argument("--take", action="append", default=[], metavar="FIELD=REVISION")
    resolve.add_argument("--write", action="append", default=[], metavar="FIELD=VALUE")
    _command(commands, "adopt", "REVISION")
    _command(commands, "return", "REVISION").add_argument("--words", required=True)
    _command(commands, "undo", "RECORD").add_argument("--to", required=True)


def _duplicate(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "duplicate", words)
    _command(commands, "list")
    _command(commands, "show", "RESIDENT", "OTHER")
    _command(commands, "same", "RESIDENT", "OTHER").add_argument("--take", action="append", default=[])
    _command(commands, "two", "RESIDENT", "OTHER")
    _command(commands, "undo", "RESIDENT")


def _receipt(areas: _Areas, words: Words) -> None:
    _command(_area(areas, "receipt", words), "apply", "FILE")


def _handover(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "handover", words)
    _writes(_command(commands, "invite", "FOLDER?"), "FOLDER")
    make = _writes(_command(commands, "make", "FOLDER?"), "FOLDER")
    make.add_argument("--to", type=Path, default=None, metavar="FILE")
    make.add_argument("--above", action="store_true")
    make.add_argument("--reason", default="")
    make.add_argument("--fingerprint", default="")
    _command(commands, "show")
    _command(commands, "verify", "FOLDER")
    take = _writes(_command(commands, "take", "FOLDER"), "FOLDER")
    take.add_argument("--fingerprint", default="")
    take.add_argument("--remark", action="append", default=[], metavar="ITEM=WORDS")
    _command(commands, "confirm", "FILE")
    _command(commands, "withdraw")
    _writes(_command(commands, "print", "FILE"), "FILE")


def _shelf(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "shelf", words)
    place = _command(commands, "place", "HOUSEHOLD")
    place.add_argument("--cabinet", required=True)
    place.add_argument("--shelf", required=True)
    place.add_argument("--number", default="")
    lend = _command(commands, "lend", "HOUSEHOLD")
    lend.add_argument("--to", required=True)
    lend.add_argument("--until", required=True)
    lend.add_argument("--reason", default="")
    _command(commands, "return", "HOUSEHOLD")
    _command(commands, "lost", "HOUSEHOLD").add_argument("--note", required=True)
    _command(commands, "history", "HOUSEHOLD")
    rows = _paged(_command(commands, "list", "TEXT?"))
    rows.add_argument("--out", action="store_true")
    _writes(_command(commands, "print", "FILE"), "FILE").add_argument("--group", default=None)


def _referral(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "referral", words)
    _slips(commands)
    _command(commands, "propose", "VISIT")
    _confirmable(_command(commands, "new", "VISIT", "ANSWERS?"))
    accept = _command(commands, "accept", "RECORD")
    accept.add_argument("--date", default="")
    accept.add_argument("--by", default="")


def _consultation(areas: _Areas, words: Words) -> None:
    _slips(_area(areas, "consultation", words))


def _activity(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "activity", words)
    _command(commands, "list")
    _command(commands, "show", "RECORD")
    sign = _command(commands, "sign", "RECORD")
    sign.add_argument("--resident", action="append", default=[])
    sign.add_argument("--name", action="append", default=[])
    _command(commands, "strike", "RECORD").add_argument("--line", type=int, required=True)
    _command(commands, "print", "RECORD", "FILE")


def _slips(commands: _Areas) -> None:
    """What a referral and a request for a consultation have in common."""
    rows = _command(commands, "list")
    only = rows.add_mutually_exclusive_group()
    only.add_argument("--waiting", action="store_true")
    only.add_argument("--overdue", action="store_true")
    only.add_argument("--answered", action="store_true")
    rows.add_argument("--everything", action="store_true")
    _command(commands, "show", "RECORD")
    _confirmable(_command(commands, "answer", "RECORD", "ANSWERS"))


def _print(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "print", words)
    _printed(commands, "folder", "HOUSEHOLD", "FILE").add_argument("--new", action="store_true")
    many = _grouped(_printed(commands, "households", "FILE"))
    many.add_argument("--new", action="store_true")
    _command(commands, "log", "HOUSEHOLD")
    form = _printed(commands, "form", "RECORD", "FILE")
    form.set_defaults(resident=None)
    form.add_argument("--notes", action="store_true")
    blank = _printed(commands, "blank", "FORM", "FILE")
    blank.add_argument("--resident", default=None)
    blank.add_argument("--notes", action="store_true")
    _grouped(_printed(commands, "labels", "FILE"))
    _printed(commands, "transfer", "FILE").add_argument("--bundle", default="")
    cards = _grouped(_printed(commands, "cards", "FILE"))
    cards.add_argument("--resident", action="append", default=[])
    cards.add_argument("--household", default=None)
    cards.add_argument("--missing", action="store_true")


def _vault(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "vault", words)
    _command(commands, "check")
    _command(commands, "rebuild")
    _command(commands, "restore-archive")
    _command(commands, "clock").add_argument("--confirm", action="store_true")
    _command(commands, "accept")
    recover = _command(commands, "recover")
    recover.add_argument("--code-file", type=Path, required=True)
    recover.add_argument("--new-password-file", type=Path, required=True)


def _audit(areas: _Areas, words: Words) -> None:
    commands = _area(areas, "audit", words)
    rows = _command(commands, "list")
    rows.add_argument("--after", type=int, default=0)
    rows.add_argument("--limit", type=int, default=200)
    _command(commands, "verify")


def _paged(command: Parser) -> Parser:
    command.add_argument("--limit", type=int, default=50)
    command.add_argument("--offset", type=int, default=0)
    return command


def _writes(command: Parser, *targets: str) -> Parser:
    """A command that writes a file: ``--eject``. ``targets``: the arguments that may say where, the first that does."""
    command.add_argument("--eject", action="store_true")
    command.set_defaults(writes=targets)
    return command


def _printed(commands: _Areas, name: str, *positional: str) -> Parser:
    return _writes(_command(commands, name, *positional), "FILE")


def _grouped(command: Parser) -> Parser:
    """Which households: ``--group G`` of the village, or ``--all``."""
    command.add_argument("--group", default=None)
    command.add_argument("--all", action="store_true")
    return command


def _confirmable(command: Parser) -> Parser:
    """``--confirm KEY`` answers yes to one warning; ``--yes`` answers yes to all."""
    command.add_argument("--confirm", action="append", default=[], metavar="KEY")
    return command
