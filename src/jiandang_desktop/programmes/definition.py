"""What a programme is: typed, immutable, read from ``resources/programmes/care/<id>.toml``.

A number of days, months or years may be written as the name of a setting; ``Person.number`` looks it up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jiandang_desktop.domain.records import FormId
from jiandang_desktop.programmes.conditions import Condition

Number = int | str
"""A number, or the id of a setting that holds one."""


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to a programme by age alone; without it only records open a stay."""

    from_years: int = 0
    to_years: int | None = None
    """Until the day before this birthday."""
    age_rule: str = ""
    """Setting that says on which day of the year the age is taken: ``year_end`` or ``day_of_service`` (D48)."""
    prompt_months: int = 0
    """So long before it begins it is pointed out."""
    prompt_reason: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A form whose record opens a stay."""

    form_id: FormId
    on: str = ""
    """Field with the day of opening; '' for the record's own day."""
    anchors: Mapping[str, str] = field(default_factory=dict)
    """Name of an anchor → field that holds its day."""
    when: Condition | None = None
    reopens: bool = True
    """Whether it also opens a stay after one was closed."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A form whose record closes the stay."""

    form_id: FormId
    on: str
    """Field with the day of closing; '' for the record's own day."""
    reason: str
    """Key of the words."""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact that makes somebody a likely member."""

    form_id: FormId
    reason: str
    answer: str = ""
    """A choice; or a table, then ``column`` is the choice."""
    column: str = ""
    codes: frozenset[str] = frozenset()
    since: str = ""
    """Column with the day from which it holds; '' for the record's own day."""
    in_words: bool = False
    """The fact is written in free text: the programme's ``written`` is looked for where ``free_text`` says."""
    any_record: bool = False
    """The record itself is the fact."""
    also: tuple[FormId, ...] = ()
    """Further forms whose records count with those of ``form_id``."""
    at_least: Mapping[str, Number | float] = field(default_factory=dict)
    """Values of which one must be reached."""
    times: int = 1
    """On so many days running."""


@dataclass(frozen=True, slots=True)
class Window:
    """One service in a window that an anchor opens."""

    id: str
    form_id: FormId
    anchor: str
    opens: int
    closes: int
    unit: Literal["day", "month"] = "day"
    day_before: bool = False
    """It closes the day before ``closes``."""
    column: str = ""
    row: str = ""
    """Windows of one row follow one another: where the next opens, this one lapses."""
    lapses: int | None = None
    """In ``unit`` from the anchor; without it where the next of the row opens."""
    until: str = ""
    """Anchor that ends it: it lapses on the day from which that is known."""
    done_by: str = ""
    """Anchor that fulfils it as soon as it is known."""
    reason: str = ""
    late_reason: str = ""
    """Owed all the same, with this reason, by somebody of whom one hears only when it has lapsed, until the first
    service of the row."""
    fallback: "Window | None" = None
    """Counts where the day of ``anchor`` isn't known."""


@dataclass(frozen=True, slots=True)
class Appointments:
    """Visits beside the windows, on the days that doctors wrote as the next one: as many as somebody at risk needs."""

    forms: Mapping[FormId, FormId]
    """The form in which the day was written → the form of the visit on it."""
    lead_days: Number
    reason: str


@dataclass(frozen=True, slots=True)
class Yearly:
    """A service of each calendar year."""

    id: str
    form_id: FormId
    reason: str
    evidence: tuple[tuple[FormId, tuple[str, ...]], ...] = ()
    """Forms that count as done, each with the fields of which one must be answered (none: the record itself)."""


@dataclass(frozen=True, slots=True)
class Next:
    """What a visit calls for, where ``when`` holds."""

    id: str
    """Of the duty: ``routine``, ``recall`` …"""
    reason: str
    days: Number = 0
    """Days until it is aimed at, unless the doctor wrote a day."""
    latest_months: Number = 0
    """The latest day, counted from the visit; without it ``days``."""
    lead_days: Number | None = None
    """It opens so long before the day aimed at; None: on the day of the visit (a recall)."""
    when: Condition | None = None
    only_with: str = ""
    """A setting that must be on."""
    at_least: Mapping[str, Number | float] = field(default_factory=dict)
    """Answers and the values from which the rule holds whatever ``when`` says; plain, because quicker than CEL."""
    at_most: Mapping[str, Number | float] = field(default_factory=dict)
    referred: bool = False
    """A referral is owed: what became of it fulfils the duty as well as a visit in any way (D20)."""
    form_id: FormId | None = None
    """The form of the next visit; without it that of the chain."""
    face_to_face: bool = False
    """A telephone call doesn't fulfil it (D20)."""
    after_closing: bool = False
    """It remains when the visit that calls for it closes the stay."""

    @property
    def is_recall(self) -> bool:
        """Whether it is owed from the day of the visit on, rather than some time later."""
        return self.lead_days is None


@dataclass(frozen=True, slots=True)
class FollowUps:
    """The chain of visits of a programme: each calls for the next."""

    forms: tuple[FormId, ...]
    """The first one is filled in for the next visit."""
    after: tuple[Next, ...]
    first_days: Number = 0
    """From the opening to the first visit; 0: the stay begins with one."""
    first_reason: str = ""
    same_form: bool = False
    """The next visit goes on with the form of the one before: forms that stand for one another."""
    next_date: str = "next_visit_date"
    by_phone: Condition | None = None
    missed: Condition | None = None
    """The visit was tried in vain."""
    returned: Next | None = None
    """What a returned referral calls for."""


@dataclass(frozen=True, slots=True)
class Lost:
    """When somebody counts as lost: so many failed attempts on different days within so many days."""

    attempts: int
    within_days: int
    half_days: bool = False
    """Two half-days of one day count as two."""


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """What a stay needs that counts from a pregnancy; see ``pregnancy``."""

    apart_days: int
    """Last periods so far apart are two pregnancies."""
    whole_days: int
    """From the last period to the day of delivery that is expected (D52)."""
    unknown_end_days: int
    """From the last period: then a stay ends of which no delivery became known."""
    end_after_delivery_days: int


@dataclass(frozen=True, slots=True)
class Process:
    """Something begun that awaits its end: a referral its answer."""

    form_id: FormId
    starts: str
    ends: tuple[str, ...]
    """Fields with the day of the end; the first one that is answered counts."""
    opens_days: Number
    closes_days: Number
    id: str
    reason: str
    soon: re.Pattern[str] | None = None
    """Texts among which it closes after ``soon_days``."""
    soon_texts: tuple[str, ...] = ()
    soon_days: Number = 0
    soon_reason: str = ""


@dataclass(frozen=True, slots=True)
class FreeText:
    """Where diagnoses are written in words, and how they are denied; the same for all programmes."""

    fields: Mapping[FormId, tuple[str, ...]]
    """By form: a field, ``<table>.<column>``, or the words behind an option, ``<field>.<code>``."""
    denied: re.Pattern[str]
    """Words that deny what follows them in the same clause, or say it of a relative."""


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme: who belongs to it, and what is to be done when."""

    id: str
    kind: Literal["population", "screening", "process"]
    order: int
    anchor: str = ""
    """The anchor that a stay is told by: ``birth``, ``lmp``, ``notice``; '' where it counts from visits."""
    sex: str = ""
    min_age: int = 0
    """Completed years from which somebody is proposed."""
    members: Members | None = None
    openings: tuple[Opening, ...] = ()
    closings: tuple[Closing, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    windows: tuple[Window, ...] = ()
    appointments: Appointments | None = None
    columns: Mapping[FormId, str] = field(default_factory=dict)
    """The field of a sheet that names the column."""
    yearly: tuple[Yearly, ...] = ()
    follow_ups: FollowUps | None = None
    lost: Lost | None = None
    pregnancy: Pregnancy | None = None
    processes: tuple[Process, ...] = ()
    proposals_last_days: int = 0
    """What the records say proposes for so long; 0: until somebody decides."""
    written: re.Pattern[str] | None = None
    """How free text names what proposes somebody."""
    free_text: FreeText | None = None
    outside_of: tuple[str, ...] = ()
    """A screening isn't for open members of these programmes."""

    forms: tuple[FormId, ...] = field(init=False, default=())
    """Forms with which somebody of the programme is met."""

    def __post_init__(self) -> None:
        found = [window.form_id for window in self.windows]
        for item in self.yearly:
            found += [form_id for form_id, _ in item.evidence] or [item.form_id]
        found += self.follow_ups.forms if self.follow_ups else ()
        object.__setattr__(self, "forms", tuple(dict.fromkeys(found)))
