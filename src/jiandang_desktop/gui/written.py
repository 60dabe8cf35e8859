"""What is said after anything was written: on a stick, that it isn't safe to pull yet, with the way to make it so."""

from collections.abc import Iterable
from pathlib import Path

from jiandang_desktop.gui.kit import MessageBar, Tone
from jiandang_desktop.gui.session import Session
from jiandang_desktop.services.sticks import stick_of


def say_written(
    session: Session, bar: MessageBar, sentence: str, paths: Iterable[Path], tone: Tone = Tone.PLAIN
) -> None:
    """Say ``sentence`` about files that were written and read back.

    Written and read back is not yet safe to pull out: where one of them lies on a stick, only ejecting is.
    """
    found = [stick_of(session.sticks.drives, path) for path in paths]
    sticks = list(dict.fromkeys(drive for drive in found if drive is not None))
    if not sticks:
        bar.say(sentence, tone)
        return
    drive = sticks[-1]
    bar.say(
        sentence + session.text("places.eject_first", name=drive.name),
        Tone.DUE if tone is Tone.PLAIN else tone,
        session.text("places.eject"),
        lambda: session.sticks.eject(drive, bar.say, (bar.action,)),
    )
