"""What is to be printed, as plain data: filled forms and whole household folders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jiandang_desktop.domain.records import Answers, RecordId, RevisionId
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.printing.display import Page

Progress = Callable[[int, int], None]
"""Called with (done, total); it may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form with its answers ({} = blank). ``columns`` are the visits of a sheet, oldest first."""

    form: Form
    answers: Answers
    columns: tuple[Answers, ...] = ()
    sheet: str = ""
    """Which sheet of the folder this is: the same name at each print."""
    records: Mapping[RecordId, RevisionId] = field(default_factory=dict)
    """What stands on it, for the log of prints."""


@dataclass(frozen=True, slots=True)
class PaperContext:
    """What stands around the answers. Empty words are left out."""

    name: str = ""
    short_code: str = ""
    station: str = ""
    printed_by: str = ""
    printed_at: str = ""
    """Local time, ISO."""

    def of(self, resident: Mapping[str, Any]) -> "PaperContext":
        """The same around one resident's papers."""
        name, code = str(resident.get("name", "")), str(resident.get("record_code_short", ""))
        return replace(self, name=name, short_code=code)


@dataclass(frozen=True, slots=True)
class TrendLine:
    """Values by ISO day, oldest first."""

    label: str
    points: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """One chart of measures over time; ``limits`` are drawn as dashed lines."""

    title: str
    unit: str
    lines: tuple[TrendLine, ...]
    limits: tuple[float, ...] = ()
    span: float = 0.0
    """The least that the axis of values reaches over."""


@dataclass(frozen=True, slots=True)
class MemberPart:
    """A resident's papers in the folder: registry answers with ``record_code_short``, filled forms in order."""

    resident: Mapping[str, Any]
    forms: tuple[FilledForm, ...]
    card_token: str = ""
    trends: tuple[Trend, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class FolderDocument:
    """A household's folder. ``household`` holds the registry answers and ``head_name``."""

    household: Mapping[str, Any]
    members: tuple[MemberPart, ...]
    station: Mapping[str, Any]
    printed_by: str
    printed_at: str
    forms: tuple[FilledForm, ...] = ()
    """What was filed about the household itself."""


@dataclass(frozen=True, slots=True)
class LyingSheet:
    """A sheet as it lies in the paper folder, from earlier prints."""

    sheet: str
    content: str
    """Fingerprint of what was printed."""
    first: int
    """Its page number, 0 for sheets without one."""
    numbers: int
    """How many page numbers belong to it."""
    pages: int
    """0: it was taken out."""
    name: str = ""
    """Whose it is, and what it is called, for the note that tells to take it out."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class SetFolder:
    """A folder, or what is new in it, laid out."""

    pages: list[Page]
    sheets: tuple[LyingSheet, ...]
    """What lies in the paper folder otherwise than before, once these pages are in it."""
    records: Mapping[str, Mapping[RecordId, RevisionId]]
    """What stands on each of those sheets."""
    last: int
    """Highest page number of the paper folder."""
