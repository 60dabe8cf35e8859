"""What a form is: typed, immutable, compiled once from ``resources/forms/<id>.toml``.

The same definition drives entry, validation, storage, search, print, exchange and statistics. A record stays
bound to the form version it was filled in. docs/form-definition.md describes the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.words import NO_WORDS, FormWords


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
    """Whether a complete form needs the field; ``WHEN`` is decided by ``required_when`` and by the profiles."""

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
    """A blank follows the option on paper; its words are answered under ``Field.text_key``."""
    selectable: bool = True
    score: int | None = None
    text_field: str = ""
    """Field (or column of the same row) that takes the words instead of ``<field>.<code>``."""
    text_computed: Expression | None = None
    """Fills the option's words."""
    text_proposed: Expression | None = None
    """Proposes the option's words."""
    number_unit: str = ""
    """Where not empty, a number in this unit follows the option instead of words."""


@dataclass(frozen=True, slots=True)
class FixedRow:
    """A table row whose meaning is printed on the form; answers carry its id as ``row``."""

    id: str
    label: str
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet that holds several visits (a month of age, a trimester); ``id`` is what records answer."""

    id: str
    title: str


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
    """With a code table these are the table's entries; with ``options_by_column`` all options that occur."""
    options_by_column: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    applies_to: tuple[str, ...] = ()
    """Ids of the sheet columns that have the question; empty = every column."""
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
    rows_note: str = ""
    suggestions: tuple[str, ...] = ()
    default: object = None
    computed: Expression | None = None
    """Fills the field whenever the answers it reads are there; what is typed stays only where it has no value."""
    proposed: Expression | None = None
    """A value that the program proposes and a person takes over or not (``validator.proposals``)."""
    source: str = ""
    """Where a value comes from or is offered from: ``resident.name``, ``personal_info.phone``, ``station.name``,
    ``household.phone``, ``previous.<field>`` (the visit before), ``today``."""
    derived: bool = False
    """True: always taken from ``source`` or ``computed`` by the program and never typed."""
    columns: tuple["Field", ...] = ()
    fixed_rows: tuple[FixedRow, ...] = ()
    printed_rows: int = 0
    practice_addition: bool = False
    confidence: str = ""
    data_element: str = ""
    edition_note: str = ""
    """How an older edition of the paper form differed; old codes mustn't be read with today's list."""

    def option(self, code: str) -> Option | None:
        """The option with this code. Where columns of a sheet differ, ask the field of ``Form.of_column``."""
        return next((option for option in self.options if option.code == code), None)

    def options_in(self, column: str) -> tuple[Option, ...]:
        """The options of one column of the sheet; all of them where the column is unknown or makes no difference."""
        return self.options_by_column.get(column, self.options)

    def text_key(self, code: str) -> str:
        """Answer key of the words that belong to an option."""
        option = self.option(code)
        return option.text_field if option and option.text_field else f"{self.id}.{code}"

    def word_keys(self) -> tuple[str, ...]:
        """Answer keys of the words behind its options, but for those that are a field of their own."""
        return tuple(f"{self.id}.{option.code}" for option in self.options if option.has_text and not option.text_field)

    def column(self, column_id: str) -> "Field | None":
        """The table column with this id."""
        return next((column for column in self.columns if column.id == column_id), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a form, in the paper's order."""

    id: str
    title: str
    fields: tuple[Field, ...]
    page: int = 1
    note: str = ""


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
    severity: Severity = Severity.WARN
    origin: str = ""


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
    """``record`` (a form of the archive), ``registry`` (resident and household data themselves) or ``data`` (what the
    program itself keeps or works with, such as a schedule; nobody fills it in)."""
    repeats: bool = False
    """True: one record per visit or event. False: one record per subject, revised."""
    layout: str = "single"
    """``single`` or ``visit_columns`` (a printed sheet holds several visits, one per column)."""
    printed_columns: int = 1
    columns: tuple[SheetColumn, ...] = ()
    column_field: str = ""
    """The field that says which column of the sheet a record is."""
    date_field: str = ""
    """The field that dates a record of a repeating form (visit, examination, encounter date)."""
    order: int = 0
    """Place in the household folder's official order."""
    spec: str = ""
    filled_when: str = ""
    filled_by: str = ""
    confidence: str = ""
    open_questions: tuple[str, ...] = ()
    edition_notes: tuple[str, ...] = ()
    group: str = ""
    """Tab of the resident's folder: basic, exam, followup, special, encounter, card; activity is the station's."""
    paper: Any = None
    """Print hints, a ``forms.paper.PaperLayout``; None: laid out without hints."""
    computing: tuple[str, ...] = field(default=(), repr=False)
    """Ids of the computed fields, each after those that it reads."""
    words: FormWords = field(default=NO_WORDS, repr=False, compare=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """Defaults of what expressions read as ``settings.<id>`` (``domain.settings``)."""
    _by_id: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)
    _by_column: dict[str, "Form"] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.sections:
            for item in part.fields:
                self._by_id[item.id] = item

    @property
    def is_sheet(self) -> bool:
        """Whether a printed sheet holds several visits, one per column."""
        return self.layout == "visit_columns"

    @property
    def sheet_width(self) -> int:
        """How many visits a printed sheet holds."""
        return (len(self.columns) or max(1, self.printed_columns)) if self.is_sheet else 1

    def of_column(self, column: str) -> "Form":
        """The form as one column of its sheet asks it: with that column's options only.

        The form itself where its columns don't differ or the column is unknown.
        """
        if not any(column in item.options_by_column for item in self.fields()):
            return self
        if column not in self._by_column:
            sections = tuple(
                replace(part, fields=tuple(replace(item, options=item.options_in(column)) for item in part.fields))
                for part in self.sections
            )
            self._by_column[column] = replace(self, sections=sections)
        return self._by_column[column]

    def of_answers(self, answers: Mapping[str, Any]) -> "Form":
        """The form as the column that the answers name asks it."""
        return self.of_column(str(answers.get(self.column_field, ""))) if self.column_field else self

    def fields(self) -> Iterator[Field]:
        """All fields in paper order."""
        for part in self.sections:
            yield from part.fields

    def field(self, field_id: str) -> Field | None:
        """The field with this id."""
        return self._by_id.get(field_id)
