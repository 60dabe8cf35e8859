"""Warnings at the terminal: ``--confirm KEY`` says yes to one, ``--yes`` to all; else the command is refused."""

import argparse
from collections.abc import Callable
from typing import TypeVar

from jiandang_desktop.cli.session import Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.forms.validator import Finding

Result = TypeVar("Result")


def confirming(session: Session, arguments: argparse.Namespace, work: Callable[[frozenset[str]], Result]) -> Result:
    """Run ``work`` with the confirmed keys; with ``--yes`` once more with every key it asks for."""
    confirmed = frozenset(arguments.confirm) | ({"twin"} if session.arguments.yes else frozenset())
    try:
        return work(confirmed)
    except Problem as problem:
        if problem.code != "ANSWERS_UNSURE" or not session.arguments.yes:
            raise
        asked = {finding.key for finding in problem.findings if isinstance(finding, Finding)}
        return work(confirmed | asked)
