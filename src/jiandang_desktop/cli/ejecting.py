"""``--eject`` of every command that writes: the stick it wrote to is flushed and taken out, only then it is safe."""

from dataclasses import replace
from pathlib import Path

from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.medium import Place
from jiandang_desktop.services.sticks import stick_of, the_only_stick


def place(session: Session) -> Place:
    """The folder that was named, else the one stick that is plugged in (MEDIUM_NONE, MEDIUM_SEVERAL)."""
    folder: Path | None = session.arguments.FOLDER
    return folder or the_only_stick(session.bench)


def check(session: Session) -> None:
    """Before anything is written: with ``--eject`` the target that was named must lie on a stick (USAGE)."""
    named = [getattr(session.arguments, name) for name in getattr(session.arguments, "writes", ())]
    target = next((each for each in named if each), None)
    if not getattr(session.arguments, "eject", False) or target is None:
        return
    paths = target if isinstance(target, list) else [target]
    drives = session.bench.medium.drives()
    for path in paths:
        if stick_of(drives, path) is None:
            raise Problem("USAGE", reason=session.words("usage.no_stick", path=path))


def finish(session: Session, outcome: Outcome) -> Outcome:
    """After a command: eject the sticks it wrote to, or say that they aren't safe to pull yet.

    What was written stays said where a stick can't be ejected; the exit code is then that of the refusal.
    """
    if not outcome.written:
        return outcome
    drives = session.bench.medium.drives()
    found = [stick_of(drives, path) for path in outcome.written]
    sticks = list(dict.fromkeys(drive for drive in found if drive is not None))
    if not session.arguments.eject:
        lines = [session.words("eject.not_yet", name=drive.name) for drive in sticks]
        return replace(outcome, data={**outcome.data, "ejected": False}, lines=(*outcome.lines, *lines))
    try:
        for drive in sticks:
            session.bench.medium.eject(drive)
    except Problem as problem:
        data = {**outcome.data, "ejected": False, "error": problem.code}
        exit_code = session.bench.problems.words(problem).exit_code
        return replace(outcome, data=data, lines=(*outcome.lines, session.refusal(problem)), exit_code=exit_code)
    lines = [session.words("eject.done", name=drive.name) for drive in sticks]
    return replace(outcome, data={**outcome.data, "ejected": bool(sticks)}, lines=(*outcome.lines, *lines))
