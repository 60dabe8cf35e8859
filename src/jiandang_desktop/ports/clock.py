"""The wall clock. A label only: nothing is ordered by it."""

from datetime import date, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the local time; tests and doubtful machines put another one in."""

    def now(self) -> datetime:
        """Local time with its zone, to the second."""
        ...

    def today(self) -> date:
        """The local date."""
        ...
