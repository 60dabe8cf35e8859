"""Everything that may happen in a township, and how a step is taken."""

from collections.abc import Callable
from typing import Any

from . import handing_over, steps
from .steps import Step
from .world import World

STEPS: dict[str, tuple[Callable[[World, int, int, int], Any], float]] = {
    "register": (steps.register, 14),
    "edit": (steps.edit, 12),
    "visit": (steps.visit, 8),
    "correct": (steps.correct, 6),
    "export": (steps.export, 14),
    "lose": (steps.lose, 4),
    "carry": (steps.carry, 14),
    "carry_all": (steps.carry_all, 4),
    "send_down": (steps.send_down, 4),
    "bring_home": (steps.bring_home, 14),
    "move_household": (steps.move_household, 3),
    "move_resident": (steps.move_resident, 3),
    "judge_pair": (steps.judge_pair, 3),
    "separate": (steps.separate, 1),
    "decide": (steps.decide, 5),
    "undo": (steps.undo, 1),
    "send_back": (steps.send_back, 1),
    "crash": (steps.crash, 6),
    "jump": (steps.jump, 3),
    "back_up": (steps.back_up, 4),
    "restore": (steps.restore, 3),
    "rotate": (steps.rotate, 0.6),
    "lose_computer": (steps.lose_computer, 0.4),
    "revoke": (steps.revoke, 0.2),
    "close": (handing_over.close, 0.5),
    "take_over": (handing_over.take_over, 1.5),
}
"""What may happen, and how often beside the others."""


_UNSTOPPABLE = {"jump", "lose", "back_up", "restore", "rotate", "lose_computer", "revoke"}


def take(world: World, step: Step) -> None:
    """One step, and what must hold after it."""
    name, first, second, third = step
    armed = world.clock.stop_in
    if name in _UNSTOPPABLE:
        world.clock.stop_in = 0
    STEPS[name][0](world, first, second, third)
    if armed:
        world.clock.stop_in = 0
    for place in world.villages:
        steps.honest(place)
