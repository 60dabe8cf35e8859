"""The command line's shape: which commands, which arguments. The words are in resources/texts/cli.toml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jiandang_desktop.cli import care_arguments
from jiandang_desktop.cli.parsers import (
    Parser,
    Words,
    add_area,
    add_command,
    add_globals,
    confirmable,
    count,
    grouped,
    paged,
    printed,
    writing,
)

if TYPE_CHECKING:
    from jiandang_desktop.cli.parsers import Areas, Commands


def build_parser(words: Words) -> Parser:
    """The whole command line."""
    parser = Parser(prog="jiandang", description=words("about"), words=words)
    add_globals(parser, top=True)
    areas: Areas = parser.add_subparsers(dest="area", metavar="COMMAND", required=True, parser_class=Parser)
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
        *care_arguments.ADDERS,
        _print,
        _vault,
        _audit,
    )
    for add in adders:
        add(areas, words)
    return parser


def _demo(areas: Areas, words: Words) -> None:
    demo = areas.add_parser("demo", help=words("help.demo"), description=words("help.demo"), words=words)
    add_globals(demo)
    demo.add_argument("--out", type=Path, default=Path("demo-out"))
    demo.add_argument("--residents", type=count, default=320)
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--open", action="store_true")
    demo.set_defaults(command="run")


def _station(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "station", words)
    init = add_command(commands, "init")
    init.add_argument("--level", required=True, choices=("village", "township", "banner"))
    init.add_argument("--name", required=True)
    init.add_argument("--division", required=True)
    init.add_argument("--staff", required=True)
    init.add_argument("--scheme", default="17")
    init.add_argument("--village-segment", default="")
    init.add_argument("--recovery-sheet", type=Path)
    writing(init, "recovery_sheet")
    add_command(commands, "show")
    writing(add_command(commands, "request", "FOLDER?"), "FOLDER")
    approve = writing(add_command(commands, "approve", "FILE", "FOLDER?"), "FOLDER")
    approve.add_argument("--fingerprint", default="")
    add_command(commands, "accept", "FILE").add_argument("--fingerprint", default="")
    add_command(commands, "revoke", "STATION").add_argument("--reason", required=True)
    reenrol = writing(add_command(commands, "reenrol", "STATION", "FILE", "FOLDER?"), "FOLDER")
    reenrol.add_argument("--reason", required=True)
    reenrol.add_argument("--fingerprint", default="")
    add_command(commands, "rotate")
    add_command(commands, "keys")


def _staff(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "staff", words)
    add = add_command(commands, "add", "NAME")
    add.add_argument("--role", action="append", required=True)
    add.add_argument("--new-password-file", type=Path, required=True)
    add_command(commands, "list")
    add_command(commands, "role", "NAME").add_argument("--role", action="append", required=True)
    add_command(commands, "disable", "NAME")
    password = add_command(commands, "password", "NAME?")
    password.add_argument("--new-password-file", type=Path, required=True)


def _household(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "household", words)
    add_command(commands, "add", "ANSWERS")
    add_command(commands, "edit", "HOUSEHOLD", "ANSWERS")
    add_command(commands, "show", "HOUSEHOLD")
    paged(add_command(commands, "list"))
    add_command(commands, "transfer", "HOUSEHOLD", "STATION").add_argument("--address", type=Path, default=None)
    _send_away(commands, "HOUSEHOLD")


def _resident(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "resident", words)
    confirmable(add_command(commands, "add", "HOUSEHOLD", "ANSWERS"))
    confirmable(add_command(commands, "edit", "RESIDENT", "ANSWERS"))
    add_command(commands, "show", "RESIDENT")
    paged(add_command(commands, "find", "TEXT?"))
    transfer = add_command(commands, "transfer", "RESIDENT", "STATION")
    transfer.add_argument("--household", default=None)
    transfer.add_argument("--address", type=Path, default=None)
    transfer.add_argument("--relation", default="02")
    _leaving(commands)
    card = add_command(commands, "card", "RESIDENT")
    card.add_argument("--reason", choices=("issued", "lost", "damaged", "other"), default=None)


def _leaving(commands: Commands) -> None:
    """To another area and from there."""
    _send_away(commands, "RESIDENT")
    arrive = confirmable(add_command(commands, "arrive", "FILE"))
    arrive.add_argument("--person", default="", metavar="CODE")
    arrive.add_argument("--household", default=None)
    arrive.add_argument("--address", type=Path, default=None)
    arrive.add_argument("--relation", default="02")
    arrive.add_argument("--fingerprint", default="")


def _send_away(commands: Commands, whom: str) -> None:
    """``--to`` is the card that the receiving station wrote (handover invite)."""
    away = confirmable(add_command(commands, "send-away", whom, "FOLDER"))
    away.add_argument("--to", type=Path, required=True, metavar="FILE")
    away.add_argument("--date", default="")
    away.add_argument("--destination", default="")
    away.add_argument("--fingerprint", default="")


def _event(areas: Areas, words: Words) -> None:
    """What happens in people's lives; every end of a record takes the answers of ``record_closure``."""
    commands = add_area(areas, "event", words)
    confirmable(add_command(commands, "birth", "MOTHER", "ANSWERS"))
    confirmable(add_command(commands, "mother", "CHILD", "MOTHER?"))
    for end in ("death", "moved-away", "lost", "ended"):
        confirmable(add_command(commands, end, "RESIDENT", "ANSWERS"))
    returned = confirmable(add_command(commands, "returned", "RESIDENT"))
    returned.add_argument("--reason", required=True)
    returned.add_argument("--date", required=True)
    move = confirmable(add_command(commands, "move-household", "RESIDENT", "HOUSEHOLD?"))
    move.add_argument("--new", type=Path, default=None, metavar="FILE")
    move.add_argument("--relation", required=True)
    move.add_argument("--date", default="")
    move.add_argument("--reason", default="2")
    add_command(commands, "list", "RESIDENT")


def _form(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "form", words)
    add_command(commands, "list")
    add_command(commands, "show", "FORM")
    add_command(commands, "check", "FILE")
    add_command(commands, "add", "FILE")
    add_command(commands, "local")


def _record(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "record", words)
    put = confirmable(add_command(commands, "put", "FORM", "SUBJECT", "ANSWERS"))
    put.add_argument("--record", default=None)
    put.add_argument("--draft", action="store_true")
    add_command(commands, "get", "RECORD")
    add_command(commands, "list", "SUBJECT").add_argument("--form", default=None)
    add_command(commands, "history", "RECORD")
    diff = add_command(commands, "diff", "RECORD")
    diff.add_argument("--from", dest="older", default=None)
    diff.add_argument("--to", dest="newer", default=None)


def _bundle(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "bundle", words)
    writing(add_command(commands, "export", "FOLDER?"), "FOLDER")
    add_command(commands, "verify", "FILE")
    add_command(commands, "inspect", "FILE")
    intake = writing(add_command(commands, "intake"), "receipts", "PLACE")
    intake.add_argument("PLACE", type=Path, nargs="+")
    intake.add_argument("--receipts", type=Path, metavar="FOLDER")
    intake.add_argument("--preview", action="store_true")
    intake.add_argument("--decide", action="append", default=[], metavar="REVISION=VERDICT")
    add_command(commands, "status")
    add_command(commands, "parked")
    add_command(commands, "release", "DIGEST")
    add_command(commands, "board")
    schedule = add_command(commands, "schedule", "STATION?")
    schedule.add_argument("--monthly", type=int, metavar="DAY")
    schedule.add_argument("--quarterly", type=int, metavar="DAY")
    schedule.add_argument("--weeks", type=int)
    schedule.add_argument("--start", default="", metavar="DATE")
    writing(add_command(commands, "send", "STATION", "FOLDER?"), "FOLDER")
    add_command(commands, "again")


def _conflict(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "conflict", words)
    add_command(commands, "list")
    add_command(commands, "show", "CASE")
    resolve = add_command(commands, "resolve", "RECORD")
    resolve.add_argument("--take", action="append", default=[], metavar="FIELD=REVISION")
    resolve.add_argument("--write", action="append", default=[], metavar="FIELD=VALUE")
    add_command(commands, "adopt", "REVISION")
    add_command(commands, "return", "REVISION").add_argument("--words", required=True)
    add_command(commands, "undo", "RECORD").add_argument("--to", required=True)


def _duplicate(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "duplicate", words)
    add_command(commands, "list")
    add_command(commands, "show", "RESIDENT", "OTHER")
    add_command(commands, "same", "RESIDENT", "OTHER").add_argument("--take", action="append", default=[])
    add_command(commands, "two", "RESIDENT", "OTHER")
    add_command(commands, "undo", "RESIDENT")


def _receipt(areas: Areas, words: Words) -> None:
    add_command(add_area(areas, "receipt", words), "apply", "FILE")


def _handover(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "handover", words)
    writing(add_command(commands, "invite", "FOLDER?"), "FOLDER")
    make = writing(add_command(commands, "make", "FOLDER?"), "FOLDER")
    make.add_argument("--to", type=Path, default=None, metavar="FILE")
    make.add_argument("--above", action="store_true")
    make.add_argument("--reason", default="")
    make.add_argument("--fingerprint", default="")
    add_command(commands, "show")
    add_command(commands, "verify", "FOLDER")
    take = writing(add_command(commands, "take", "FOLDER"), "FOLDER")
    take.add_argument("--fingerprint", default="")
    take.add_argument("--remark", action="append", default=[], metavar="ITEM=WORDS")
    add_command(commands, "confirm", "FILE")
    add_command(commands, "withdraw")
    writing(add_command(commands, "print", "FILE"), "FILE")


def _shelf(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "shelf", words)
    place = add_command(commands, "place", "HOUSEHOLD")
    place.add_argument("--cabinet", required=True)
    place.add_argument("--shelf", required=True)
    place.add_argument("--number", default="")
    lend = add_command(commands, "lend", "HOUSEHOLD")
    lend.add_argument("--to", required=True)
    lend.add_argument("--until", required=True)
    lend.add_argument("--reason", default="")
    add_command(commands, "return", "HOUSEHOLD")
    add_command(commands, "lost", "HOUSEHOLD").add_argument("--note", required=True)
    add_command(commands, "history", "HOUSEHOLD")
    rows = paged(add_command(commands, "list", "TEXT?"))
    rows.add_argument("--out", action="store_true")
    writing(add_command(commands, "print", "FILE"), "FILE").add_argument("--group", default=None)


def _referral(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "referral", words)
    _slips(commands)
    add_command(commands, "propose", "VISIT")
    confirmable(add_command(commands, "new", "VISIT", "ANSWERS?"))
    accept = add_command(commands, "accept", "RECORD")
    accept.add_argument("--date", default="")
    accept.add_argument("--by", default="")
    track = add_command(commands, "track", "RECORD")
    track.add_argument("--result", required=True)
    track.add_argument("--date", default="")


def _consultation(areas: Areas, words: Words) -> None:
    _slips(add_area(areas, "consultation", words))


def _activity(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "activity", words)
    add_command(commands, "list")
    add_command(commands, "show", "RECORD")
    sign = add_command(commands, "sign", "RECORD")
    sign.add_argument("--resident", action="append", default=[])
    sign.add_argument("--name", action="append", default=[])
    add_command(commands, "strike", "RECORD").add_argument("--line", type=int, required=True)
    printed(commands, "print", "RECORD", "FILE")


def _slips(commands: Commands) -> None:
    """What a referral and a request for a consultation have in common."""
    rows = add_command(commands, "list")
    only = rows.add_mutually_exclusive_group()
    only.add_argument("--waiting", action="store_true")
    only.add_argument("--overdue", action="store_true")
    only.add_argument("--answered", action="store_true")
    rows.add_argument("--everything", action="store_true")
    add_command(commands, "show", "RECORD")
    confirmable(add_command(commands, "answer", "RECORD", "ANSWERS"))


def _print(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "print", words)
    printed(commands, "folder", "HOUSEHOLD", "FILE").add_argument("--new", action="store_true")
    many = grouped(printed(commands, "households", "FILE"))
    many.add_argument("--new", action="store_true")
    add_command(commands, "log", "HOUSEHOLD")
    form = printed(commands, "form", "RECORD", "FILE")
    form.set_defaults(resident=None)
    form.add_argument("--notes", action="store_true")
    blank = printed(commands, "blank", "FORM", "FILE")
    blank.add_argument("--resident", default=None)
    blank.add_argument("--notes", action="store_true")
    grouped(printed(commands, "labels", "FILE"))
    printed(commands, "transfer", "FILE").add_argument("--bundle", default="")
    cards = grouped(printed(commands, "cards", "FILE"))
    cards.add_argument("--resident", action="append", default=[])
    cards.add_argument("--household", default=None)
    cards.add_argument("--missing", action="store_true")


def _vault(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "vault", words)
    add_command(commands, "check")
    add_command(commands, "rebuild")
    add_command(commands, "restore-archive")
    add_command(commands, "clock").add_argument("--confirm", action="store_true")
    add_command(commands, "accept")
    recover = add_command(commands, "recover")
    recover.add_argument("--code-file", type=Path, required=True)
    recover.add_argument("--new-password-file", type=Path, required=True)


def _audit(areas: Areas, words: Words) -> None:
    commands = add_area(areas, "audit", words)
    rows = add_command(commands, "list")
    rows.add_argument("--after", type=count, default=0, metavar="N")
    rows.add_argument("--limit", type=count, default=200, metavar="N", help=words("option.limit"))
    add_command(commands, "verify")
