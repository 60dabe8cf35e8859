"""One run of the command line: the arguments, the vault, what is printed."""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.services import sign_in
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.text_files import text_of
from jiandang_desktop.services.workbench import Workbench

_LINE_LIMIT = 65536
ANSWERS_LIMIT = 4 * 1024 * 1024
"""Bytes of an answers file; a form is a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command has to say: data for ``--json`` and lines of words for people."""

    data: Mapping[str, Any]
    lines: tuple[str, ...]
    exit_code: int = 0
    """That of the refusal where something among several things was refused."""
    written: tuple[Path, ...] = ()
    """Files that were written; the stick they lie on isn't safe to pull until it was ejected (cli.ejecting)."""


class Session:
    """Arguments and the workbench; opens the vault when a command asks for a desk."""

    def __init__(self, bench: Workbench, arguments: argparse.Namespace, default_vault: Path) -> None:
        self.bench = bench
        self.arguments = arguments
        self.vault_folder: Path = arguments.vault or default_vault
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """The signed-in desk (VAULT_…, USER_MISSING)."""
        if self._desk is None:
            self._desk = sign_in.sign_in(self.bench, self.vault_folder, self._user(), self.password())
        return self._desk

    def adopt(self, desk: Desk) -> None:
        """Use a desk that a command opened itself (set-up, recovery)."""
        self._desk = desk

    def close(self) -> None:
        """Lock the vault again."""
        if self._desk is not None:
            sign_in.lock(self._desk)

    def words(self, key: str, /, **values: object) -> str:
        """Words of resources/texts/cli.toml."""
        return self.bench.text("cli", key, **values)

    def refusal(self, problem: Problem) -> str:
        """A refusal as one line: code, what happened, what to do next."""
        words = self.bench.problems.words(problem)
        return f"[{problem.code}] {words.text}{words.next_step}"

    def pair(self, option: str, shape: str, text: str) -> tuple[str, str]:
        """The two halves of an option's ``KEY=VALUE`` (USAGE)."""
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise self.misshapen(option, shape, text)
        return key, value

    def misshapen(self, option: str, shape: str, text: str) -> Problem:
        """USAGE: what stands after ``option`` isn't as docs/cli.md has it."""
        return Problem("USAGE", reason=self.words("usage.shape", option=option, shape=shape, text=text))

    def password(self) -> str:
        """From ``--password-file``, else the first line of standard input (PASSWORD_MISSING); never an argument."""
        path: Path | None = self.arguments.password_file
        if path is not None:
            return self.secret(path)
        if sys.stdin is None:
            raise Problem("PASSWORD_MISSING")
        if sys.stdin.isatty():
            return self._asked()
        line = sys.stdin.buffer.readline(_LINE_LIMIT)
        if not line:
            raise Problem("PASSWORD_MISSING")
        return _first_line(line, "-")

    def secret(self, path: Path) -> str:
        """The first line of a file (FILE_…, TEXT_NOT_UTF8)."""
        return _first_line(self.bench.medium.read_file(path, _LINE_LIMIT), path.name)

    def answers(self, path: Path) -> dict[str, Any]:
        """Answers from a JSON file, ``-`` being standard input (FILE_…, TEXT_NOT_UTF8, ANSWERS_NOT_JSON)."""
        data = self._typed() if str(path) == "-" else self.bench.medium.read_file(path, ANSWERS_LIMIT)
        try:
            return canonical.parse_object(text_of(data, path.name).encode())
        except canonical.NotCanonical as error:
            raise Problem("ANSWERS_NOT_JSON", file=path.name, reason=error) from error

    def _typed(self) -> bytes:
        if sys.stdin is None:
            return b""
        if self.arguments.password_file is None:
            _ = self.desk  # the password is the first line, the answers follow
        return sys.stdin.buffer.read(ANSWERS_LIMIT + 1)

    def _asked(self) -> str:
        import getpass

        try:
            return getpass.getpass(self.words("ask.password"))
        except EOFError as error:
            raise Problem("PASSWORD_MISSING") from error

    def _user(self) -> str:
        if self.arguments.user:
            return str(self.arguments.user)
        people = sign_in.people(self.bench, self.vault_folder)
        if len(people) != 1:
            raise Problem("USER_MISSING", names="、".join(name for _, name in people))
        return people[0][1]


def _first_line(data: bytes, name: str) -> str:
    return text_of(data, name).split("\n")[0].rstrip("\r")


Command = Callable[[Session, argparse.Namespace], Outcome]
