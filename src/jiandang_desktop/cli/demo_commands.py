"""jiandang demo: the whole loop on generated people."""

import argparse
import shlex
import sys
from functools import partial
from pathlib import Path

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.demo.loop import run_demo


def demo_run(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Make a village and a township, carry two bundles and receipts between them, print a folder."""
    # People see each line as it happens; --json prints the summary alone at the end.
    say = None if arguments.json else partial(print, flush=True)
    summary = run_demo(
        session.bench, arguments.out, residents=arguments.residents, seed=arguments.seed, program=_program(), say=say
    )
    return Outcome(summary.data, ())


def _program() -> str:
    """How this program was called, so that the line that opens the window can be typed as it stands."""
    called = Path(sys.argv[0])
    return f"{shlex.quote(sys.executable)} -m jiandang_desktop" if called.name == "__main__.py" else str(called)
