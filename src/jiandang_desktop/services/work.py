"""Long work: progress that can be stopped between two steps."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total). It may raise Cancelled; the work then leaves nothing half done."""


class Cancelled(Exception):  # noqa: N818 - not an error: a person's wish
    """The person stopped the work."""


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
