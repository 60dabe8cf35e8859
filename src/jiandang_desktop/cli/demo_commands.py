"""jiandang demo: the whole loop on generated people."""

import argparse

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.demo.loop import run_demo


def demo_run(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Make a village and a township, carry two bundles and receipts between them, print a folder."""
    # People see each line as it happens; --json prints the summary alone at the end.
    say = None if arguments.json else print
    summary = run_demo(session.bench, arguments.out, residents=arguments.residents, seed=arguments.seed, say=say)
    return Outcome(summary.data, ())
