"""What a form is: typed, immutable, compiled once from ``resources/forms/<id>.toml``.

The same definition drives entry, validation, storage, search, print, exchange and statistics. A record stays
bound to the form version it was filled in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from jiandang_desktop.domain.records import FormId


class FieldType(StrEnum):
    """The kinds of answer a form can ask for."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOL = "bool"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    SIGNATURE = "signature"
    TABLE = "table"


class Severity(StrEnum):
    """``ERROR`` is refused, ``WARN`` asks "are you sure?"."""

    ERROR = "error"
    WARN = "warn"


class Required(StrEnum):
    """Whether a complete form needs the field; ``WHEN`` is decided by ``Field.required_when``."""

    YES = "yes"
    NO = "no"
    WHEN = "when"


class Expression(Protocol):
    """A compiled CEL expression. Reading an empty answer makes the whole value None (``forms.expressions``)."""

    source: str

    def value(self, variables: Mapping[str, object]) -> object:
        """The expression's value, or None where an answer that decides it is empty."""
        ...


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; ``code`` is the official number printed before it on paper."""

    code: str
    label: str
    exclusive: bool = False
    has_text: bool = False
    """A blank follows the option on paper; its words are answered under ``<field>.<code>``."""
    selectable: bool = True
    score: int | None = None


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A table row whose meaning is printed on the form; answers carry its id as ``row``."""

    id: str
    label: str
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form, or one column of a table."""

    id: str
    label: str
    type: FieldType
    paper_label: str = ""
    unit: str = ""
    decimals: int = 0
    required: Required = Required.NO
    required_when: Expression | None = None
    applies_when: Expression | None = None
    """Where this is false the question is skipped and must stay empty."""
    options: tuple[Option, ...] = ()
    code_table: str = ""
    """Name of the code table whose entries are the options (resources/codes)."""
    minimum: float | None = None
    maximum: float | None = None
    warn_minimum: float | None = None
    warn_maximum: float | None = None
    pattern: str = ""
    precision: str = "day"
    """For dates: ``day``, ``month`` (YYYY-MM), ``any`` (day, month or year)."""
    max_selections: int = 0
    """Boxes on paper for several choices: a print limit, not a limit of what is stored."""
    max_length: int = 500
    multiline: bool = False
    printed_codes: bool = True
    starred: bool = False
    note: str = ""
    suggestions: tuple[str, ...] = ()
    default: object = None
    computed: Expression | None = None
    source: str = ""
    """Where a value comes from or is offered from: ``resident.name``, ``personal_info.phone``, ``station.name`` …"""
    derived: bool = False
    """True: always taken from ``source`` by the program and never typed."""
    columns: tuple["Field", ...] = ()
    fixed_rows: tuple[FixedRow, ...] = ()
    printed_rows: int = 0
    practice_addition: bool = False
    confidence: str = ""
    data_element: str = ""

    def option(self, code: str) -> Option | None:
        """The option with this code."""
        return next((option for option in self.options if option.code == code), None)

    def text_key(self, code: str) -> str:
        """Answer key of the words that belong to an option."""
        return f"{self.id}.{code}"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a form, in the paper's order."""

    id: str
    title: str
    fields: tuple[Field, ...]
    page: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A check across fields: where ``check`` is false, ``message`` is found at ``fields``."""

    id: str
    check: Expression
    message: str
    fields: tuple[str, ...]
    severity: Severity = Severity.ERROR
    origin: str = ""
    """``spec`` with its clause, or ``proposal``."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The items one population needs for a form to be complete (completeness_profiles of the reference)."""

    id: str
    title: str
    applies_when: Expression | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form definition. ``subject`` is ``resident``, ``household`` or ``station``."""

    id: FormId
    version: int
    title: str
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()
    profiles: tuple[Profile, ...] = ()
    subject: str = "resident"
    role: str = "record"
    """``record`` (a form of the archive) or ``registry`` (resident and household data themselves)."""
    repeats: bool = False
    """True: one record per visit or event. False: one record per subject, revised."""
    layout: str = "single"
    """``single`` or ``visit_columns`` (a printed sheet holds several visits, one per column)."""
    printed_columns: int = 1
    date_field: str = ""
    """The field that dates a record of a repeating form (visit, examination, encounter date)."""
    order: int = 0
    """Place in the household folder's official order."""
    spec: str = ""
    filled_when: str = ""
    filled_by: str = ""
    confidence: str = ""
    open_questions: tuple[str, ...] = ()
    group: str = ""
    """Tab of the resident's folder: basic, exam, followup, encounter, card."""
    _by_id: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.sections:
            for item in part.fields:
                self._by_id[item.id] = item

    def fields(self) -> Iterator[Field]:
        """All fields in paper order."""
        for part in self.sections:
            yield from part.fields

    def field(self, field_id: str) -> Field | None:
        """The field with this id."""
        return self._by_id.get(field_id)
