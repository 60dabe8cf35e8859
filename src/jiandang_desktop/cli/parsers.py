"""The pieces that the command line's shape is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from jiandang_desktop.cli import usage
from jiandang_desktop.domain.problems import Problem

Words = Callable[..., str]
"""The words at a key of resources/texts/cli.toml, with the named values filled in."""

if TYPE_CHECKING:
    Areas: TypeAlias = argparse._SubParsersAction["Parser"]

LARGEST_COUNT = 10**9
"""What a number of lines or an offset may be at most; the database can't count further than 64 bits."""


class Parser(argparse.ArgumentParser):
    """Speaks the program's words, and raises a Problem where argparse would print and exit."""

    def __init__(self, *, words: Words, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=lambda prog: _Help(prog, words), **options)
        self.words = words
        self._positionals.title = words("help.arguments")
        self._optionals.title = words("help.options")
        self.add_argument("-h", "--help", action="help", help=words("option.help"))

    def error(self, message: str) -> NoReturn:
        """USAGE with argparse's reason (it names the argument)."""
        raise Problem("USAGE", reason=usage.reason(self.words, message))


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str, words: Words) -> None:
        super().__init__(prog)
        self._words = words

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, self._words("help.usage") if prefix is None else prefix)


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of one area, to add to."""

    area: str
    parsers: Areas
    words: Words


def count(text: str) -> int:
    """A number of lines, from nothing to LARGEST_COUNT (ValueError)."""
    number = int(text)
    if not 0 <= number <= LARGEST_COUNT:
        raise ValueError
    return number


def add_globals(parser: Parser, *, top: bool = False) -> None:
    """Global options are taken before and after the command alike."""
    nothing = None if top else argparse.SUPPRESS
    off = False if top else argparse.SUPPRESS
    words = parser.words
    parser.add_argument("--vault", type=Path, default=nothing, metavar="DIR", help=words("option.vault"))
    parser.add_argument("--user", default=nothing, metavar="NAME", help=words("option.user"))
    parser.add_argument(
        "--password-file", type=Path, default=nothing, metavar="FILE", help=words("option.password_file")
    )
    parser.add_argument("--json", action="store_true", default=off, help=words("option.json"))
    parser.add_argument("--yes", action="store_true", default=off, help=words("option.yes"))
    parser.add_argument("--debug", action="store_true", default=off, help=words("option.debug"))


def add_area(areas: Areas, name: str, words: Words) -> Commands:
    """A group of commands."""
    about = words(f"help.{name}")
    area = areas.add_parser(name, help=about, description=about, words=words)
    parsers: Areas = area.add_subparsers(dest="command", metavar="WHAT", required=True, parser_class=Parser)
    return Commands(name, parsers, words)


def add_command(commands: Commands, name: str, *positional: str) -> Parser:
    """A command with its arguments; those that end in ``?`` may be left out."""
    about = commands.words(f"what.{commands.area}.{name}")
    command = commands.parsers.add_parser(name, help=about, description=about, words=commands.words)
    add_globals(command)
    for argument in positional:
        optional = argument.endswith("?")
        kind = Path if argument.strip("?") in _PATHS else str
        command.add_argument(argument.strip("?"), type=kind, nargs="?" if optional else None)
    return command


_PATHS = {"FILE", "FOLDER", "ANSWERS"}


def paged(command: Parser) -> Parser:
    """``--limit`` and ``--offset``."""
    command.add_argument("--limit", type=count, default=50, metavar="N", help=command.words("option.limit"))
    command.add_argument("--offset", type=count, default=0, metavar="N", help=command.words("option.offset"))
    return command


def writing(command: Parser, *targets: str) -> Parser:
    """A command that writes a file: ``--eject``. ``targets``: the arguments that may say where, the first that does."""
    command.add_argument("--eject", action="store_true", help=command.words("option.eject"))
    command.set_defaults(writes=targets)
    return command


def printed(commands: Commands, name: str, *positional: str) -> Parser:
    """A command that writes a PDF into FILE."""
    return writing(add_command(commands, name, *positional), "FILE")


def grouped(command: Parser) -> Parser:
    """Which households: ``--group G`` of the village, or ``--all``."""
    command.add_argument("--group", default=None, help=command.words("option.group"))
    command.add_argument("--all", action="store_true", help=command.words("option.all"))
    return command


def confirmable(command: Parser) -> Parser:
    """``--confirm KEY`` answers yes to one warning; ``--yes`` answers yes to all."""
    command.add_argument("--confirm", action="append", default=[], metavar="KEY", help=command.words("option.confirm"))
    return command
