"""What a unit of work touched, so that screens know whether to refresh."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Kinds of thing that changed."""

    registry: bool = False
    records: bool = False
    drafts: bool = False
    submissions: bool = False
    staff: bool = False
    settings: bool = False
