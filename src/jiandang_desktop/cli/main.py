"""The command line's front: parse, run, print, turn a Problem into words and an exit code (docs/cli.md)."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from jiandang_desktop.cli import commands, ejecting
from jiandang_desktop.cli.arguments import build_parser
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.validator import Finding
from jiandang_desktop.services.workbench import Workbench

_LOST = re.compile("[\ud800-\udfff]")
"""How Python keeps a byte of a command line that isn't in the terminal's encoding."""


def run(
    arguments: Sequence[str],
    make_workbench: Callable[[], Workbench],
    default_vault: Path,
    open_window: Callable[[Path], int],
) -> int:
    """Run one command; returns its exit code. Nothing but --debug shows a traceback.

    ``open_window`` shows a vault; only ``demo --open`` asks for it.
    """
    _speak_utf8()
    bench = make_workbench()
    try:
        return _run(bench, arguments, default_vault, open_window)
    except BrokenPipeError:
        _hush(sys.stdout)
        _hush(sys.stderr)
        return 0
    except KeyboardInterrupt:
        return refuse(bench, Problem("STOPPED"), as_json="--json" in arguments)


def _run(bench: Workbench, arguments: Sequence[str], default_vault: Path, open_window: Callable[[Path], int]) -> int:
    try:
        parsed = build_parser(lambda key, /, **values: bench.text("cli", key, **values)).parse_args(list(arguments))
        _refuse_what_is_no_text(parsed, bench)
    except Problem as problem:
        return refuse(bench, problem, as_json="--json" in arguments)
    session = Session(bench, parsed, default_vault)
    try:
        ejecting.check(session)
        outcome = ejecting.finish(session, commands.find(parsed.area, parsed.command)(session, parsed))
        _say(outcome, as_json=parsed.json)
        if getattr(parsed, "open", False):
            return open_window(Path(outcome.data["village_vault"]))
        return outcome.exit_code
    except Problem as problem:
        if parsed.debug:
            raise
        return refuse(bench, problem, as_json=parsed.json)
    except BrokenPipeError:
        raise
    except Exception as error:
        if parsed.debug:
            raise
        # The class alone: messages of exceptions may hold what a person typed.
        return refuse(bench, Problem("BUG", kind=type(error).__name__), as_json=parsed.json)
    finally:
        session.close()


def _refuse_what_is_no_text(parsed: argparse.Namespace, bench: Workbench) -> None:
    """Words that came in bytes of another encoding can't be stored (USAGE); a file's name may be what it likes."""
    for value in vars(parsed).values():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and _LOST.search(word):
                raise Problem("USAGE", reason=bench.text("cli", "usage.not_text"))


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _hush(stream: TextIO | None) -> None:
    """What is still to be said to ``stream`` goes nowhere, else Python complains of it as it ends."""
    if stream is None:  # closed by whoever started us
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def _say(outcome: Outcome, *, as_json: bool) -> None:
    """Print what came of the command (OUTPUT_FAILED: it was done, but can't be said)."""
    if sys.stdout is None:  # closed by whoever started us: nobody asks
        return
    try:
        if as_json:
            print(json.dumps({"version": 1, **outcome.data}, ensure_ascii=False, indent=1))
        else:
            for line in outcome.lines:
                print(line)
        sys.stdout.flush()
    except OSError as error:
        _hush(sys.stdout)
        if not isinstance(error, BrokenPipeError):  # ``| head -1`` has seen enough, a full disk has lost it
            raise Problem("OUTPUT_FAILED") from error


def refuse(bench: Workbench, problem: Problem, *, as_json: bool) -> int:
    """Say on standard error what was refused and why; returns the exit code."""
    words = bench.problems.words(problem)
    findings = [finding for finding in problem.findings if isinstance(finding, Finding)]
    if as_json:
        print(json.dumps(_as_data(problem, words.text, words.next_step, findings), ensure_ascii=False), file=sys.stderr)
    else:
        print(f"[{problem.code}] {words.text}{words.next_step}", file=sys.stderr)
        for finding in findings:
            row = f"[{finding.row + 1}]" if finding.row is not None else ""
            print(f"  {finding.field_id}{row}: {finding.message} ({finding.key})", file=sys.stderr)
    return words.exit_code


def _as_data(problem: Problem, text: str, next_step: str, findings: list[Finding]) -> dict[str, object]:
    return {
        "version": 1,
        "error": problem.code,
        "text": text,
        "next": next_step,
        "findings": [
            {
                "field": finding.field_id,
                "row": finding.row,
                "severity": finding.severity.value,
                "message": finding.message,
                "key": finding.key,
            }
            for finding in findings
        ],
    }
