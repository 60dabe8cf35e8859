"""The computer's clock."""

from datetime import date, datetime


class SystemClock:
    """Local time as the computer has it, right or wrong."""

    def now(self) -> datetime:
        """Local time with its zone, to the second."""
        return datetime.now().astimezone().replace(microsecond=0)

    def today(self) -> date:
        """The local date."""
        return self.now().date()
