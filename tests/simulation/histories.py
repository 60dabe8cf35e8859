"""Histories: drawn from a seed, played, and cut down to the shortest that still fails."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import healing, script
from .script import STEPS
from .steps import Step
from .world import ModelError, Template, World, cheap_passwords, drawn, make_template

_MEMORY = Path("/dev/shm")


def history(seed: int, length: int) -> list[Step]:
    """The steps of a seed."""
    source = random.Random(seed)
    names = list(STEPS)
    weights = [STEPS[name][1] for name in names]
    return [(name, *(source.randrange(1 << 16) for _ in range(3))) for name in source.choices(names, weights, k=length)]


@contextmanager
def template(villages: int) -> Iterator[Template]:
    """Stations to copy for each history, in memory where that can be."""
    folder = Path(tempfile.mkdtemp(prefix="jiandang-simulation-", dir=_MEMORY if _MEMORY.is_dir() else None))
    with cheap_passwords():
        try:
            with drawn(0):
                made = make_template(folder / "template", villages)
            yield made
        finally:
            shutil.rmtree(folder)


def play(made: Template, history: list[Step], seed: int = 0) -> None:
    """Play a history to its end and until everything has arrived (ModelError)."""
    with drawn(seed):
        world = World(made.folder.with_name("world"), made)
        try:
            for step in history:
                script.take(world, step)
            healing.settle(world)
            healing.require_whole(world)
        finally:
            world.close()


def failure(made: Template, history: list[Step], seed: int = 0) -> Exception | None:
    """How a history fails, None where it doesn't."""
    try:
        play(made, history, seed)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return error
    return None


def kind_of(error: Exception) -> str:
    """What tells one sort of failure from another."""
    return error.kind if isinstance(error, ModelError) else type(error).__name__


def shrink(made: Template, history: list[Step], seed: int, kind: str) -> list[Step]:
    """The shortest history found that fails in the same way: steps left out, then numbers made small."""

    def fails(candidate: list[Step]) -> bool:
        error = failure(made, candidate, seed)
        return error is not None and kind_of(error) == kind

    size = max(len(history) // 2, 1)
    while size:
        place = 0
        while place < len(history):
            shorter = history[:place] + history[place + size :]
            if fails(shorter):
                history = shorter
            else:
                place += size
        size = size // 2 if size > 1 else 0
    for place in range(len(history)):
        for which in (1, 2, 3):
            history = next(filter(fails, _smaller(history, place, which)), history)
    return history


def _smaller(history: list[Step], place: int, which: int) -> Iterator[list[Step]]:
    """The same history with one number of one step made small."""
    step = history[place]
    for small in range(min(4, int(step[which]))):
        name, *numbers = (*step[:which], small, *step[which + 1 :])
        yield [*history[:place], (str(name), *map(int, numbers)), *history[place + 1 :]]
