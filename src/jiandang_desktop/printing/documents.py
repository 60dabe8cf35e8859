"""What is to be printed, as plain data: filled forms and whole household folders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Form

Progress = Callable[[int, int], None]
"""Called with (done, total); it may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form with its answers ({} = blank). ``columns`` are the visits of a sheet, oldest first."""

    form: Form
    answers: Answers
    columns: tuple[Answers, ...] = ()


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
