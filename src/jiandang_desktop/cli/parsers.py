"""The pieces that the command line's shape is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from jiandang_desktop.domain.problems import Problem

Words = Callable[[str], str]

if TYPE_CHECKING:
    Areas: TypeAlias = argparse._SubParsersAction["Parser"]


class Parser(argparse.ArgumentParser):
    """Raises a Problem where argparse would print English and exit."""

    def error(self, message: str) -> NoReturn:
        """USAGE with argparse's reason (it names the argument)."""
        raise Problem("USAGE", reason=message)


def add_globals(parser: argparse.ArgumentParser, *, top: bool = False) -> None:
    """Global options are taken before and after the command alike."""
    nothing = None if top else argparse.SUPPRESS
    off = False if top else argparse.SUPPRESS
    parser.add_argument("--vault", type=Path, default=nothing)
    parser.add_argument("--user", default=nothing)
    parser.add_argument("--password-file", type=Path, default=nothing)
    parser.add_argument("--json", action="store_true", default=off)
    parser.add_argument("--yes", action="store_true", default=off)
    parser.add_argument("--debug", action="store_true", default=off)


def add_area(areas: Areas, name: str, words: Words) -> Areas:
    """A group of commands."""
    area = areas.add_parser(name, help=words(f"help.{name}"))
    return area.add_subparsers(dest="command", metavar="WHAT", required=True, parser_class=Parser)


def add_command(commands: Areas, name: str, *positional: str) -> Parser:
    """A command with its arguments; those that end in ``?`` may be left out."""
    command = commands.add_parser(name)
    add_globals(command)
    for argument in positional:
        optional = argument.endswith("?")
        kind = Path if argument.strip("?") in _PATHS else str
        command.add_argument(argument.strip("?"), type=kind, nargs="?" if optional else None)
    return command


_PATHS = {"FILE", "FOLDER", "ANSWERS"}


def paged(command: Parser) -> Parser:
    """``--limit`` and ``--offset``."""
    command.add_argument("--limit", type=int, default=50)
    command.add_argument("--offset", type=int, default=0)
    return command


def writing(command: Parser, *targets: str) -> Parser:
    """A command that writes a file: ``--eject``. ``targets``: the arguments that may say where, the first that does."""
    command.add_argument("--eject", action="store_true")
    command.set_defaults(writes=targets)
    return command


def printed(commands: Areas, name: str, *positional: str) -> Parser:
    """A command that writes a PDF into FILE."""
    return writing(add_command(commands, name, *positional), "FILE")


def grouped(command: Parser) -> Parser:
    """Which households: ``--group G`` of the village, or ``--all``."""
    command.add_argument("--group", default=None)
    command.add_argument("--all", action="store_true")
    return command


def confirmable(command: Parser) -> Parser:
    """``--confirm KEY`` answers yes to one warning; ``--yes`` answers yes to all."""
    command.add_argument("--confirm", action="append", default=[], metavar="KEY")
    return command
