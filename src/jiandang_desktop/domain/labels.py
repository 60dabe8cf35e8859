"""Times as labels: shown and asked about, never used to order anything."""

from datetime import datetime, timedelta

SLACK = timedelta(minutes=30)
"""A clock that was put right by less isn't spoken of."""
_NEVER = timedelta.max


def later_by(label: str, other: str) -> timedelta:
    """How much later a label (ISO with its zone) is than another; very much where ``other`` is none."""
    try:
        return datetime.fromisoformat(label) - datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return _NEVER


def went_back(now: str, latest: str) -> bool:
    """Whether a clock that shows ``now`` lies before what was saved under ``latest``."""
    return later_by(now, latest) < -SLACK
