"""The steps of a wizard as a table, without Qt: where one is, whether one may go on, which way back leads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

State = dict[str, Any]


def _always(_state: State) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``wanted`` says whether this case needs it, ``ready`` whether one may go on from it.

    A step that is ``final_once_left`` can't be gone back to, nor past: what it did stays done.
    """

    id: str
    ready: Callable[[State], bool] = _always
    wanted: Callable[[State], bool] = _always
    final_once_left: bool = False


@dataclass(slots=True)
class Flow:
    """A walk through the steps; ``state`` is what the steps collected."""

    steps: Sequence[Step]
    state: State = field(default_factory=dict)
    at: int = 0

    @property
    def step(self) -> Step:
        """The step one is at."""
        return self.steps[self.at]

    @property
    def may_go_on(self) -> bool:
        """Whether the step has all it needs."""
        return self.step.ready(self.state)

    @property
    def may_go_back(self) -> bool:
        """Whether a step before this one can be seen again."""
        return self._before() is not None

    @property
    def last(self) -> bool:
        """Whether nothing follows."""
        return self._after() is None

    def place(self) -> tuple[int, int]:
        """(which, of how many) among the steps that this case needs, counted from 1."""
        wanted = [step for step in self.steps if step.wanted(self.state)]
        return wanted.index(self.step) + 1, len(wanted)

    def go_on(self) -> Step:
        """To the next step; stays where the step isn't ready or is the last."""
        after = self._after()
        if self.may_go_on and after is not None:
            self.at = after
        return self.step

    def go_back(self) -> Step:
        """To the step before, where there is a way."""
        before = self._before()
        if before is not None:
            self.at = before
        return self.step

    def _after(self) -> int | None:
        return next((n for n in range(self.at + 1, len(self.steps)) if self.steps[n].wanted(self.state)), None)

    def _before(self) -> int | None:
        for place in range(self.at - 1, -1, -1):
            step = self.steps[place]
            if step.final_once_left:
                return None
            if step.wanted(self.state):
                return place
        return None
