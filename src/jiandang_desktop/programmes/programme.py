"""All programmes, and what they say of one resident.

Read from ``resources/programmes/care/*.toml`` and ``resources/programmes/settings.toml``. An examination that several
programmes ask for is a duty of each: whoever lists them shows duties of one form and year as one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.settings import Settings
from jiandang_desktop.programmes.chains import chain_duties
from jiandang_desktop.programmes.days import birthday, days_after, year_after
from jiandang_desktop.programmes.definition import Programme
from jiandang_desktop.programmes.duties import NEVER, RESIDENT_FIELDS, Care, Duty, Filed, Membership
from jiandang_desktop.programmes.lost import reaching, with_attempts
from jiandang_desktop.programmes.memberships import Stay, eligible_on, follow
from jiandang_desktop.programmes.person import ATTEMPT, MEMBERSHIP, Person
from jiandang_desktop.programmes.pregnancy import CHILD
from jiandang_desktop.programmes.processes import process_duties
from jiandang_desktop.programmes.reading import read_free_text, read_programme
from jiandang_desktop.programmes.windows import appointment_duties, window_duties
from jiandang_desktop.programmes.yearly import yearly_duties


class Programmes:
    """The programmes by id, in the order in which they are shown."""

    resident_fields = RESIDENT_FIELDS

    def __init__(self, programmes: Iterable[Programme], settings: Settings) -> None:
        self._programmes = {item.id: item for item in sorted(programmes, key=lambda item: (item.order, item.id))}
        self.settings = settings
        self._touching = {item.id: _touching(item) for item in self._programmes.values()}
        self._meeting = tuple({form_id: None for item in self._programmes.values() for form_id in item.forms})

    @classmethod
    def load(cls, folder: Path) -> "Programmes":
        """The programmes of ``resources/programmes`` (ValueError where a file isn't right)."""
        words = read_free_text(folder / "free_text.toml")
        files = sorted((folder / "care").glob("*.toml"))
        return cls([read_programme(path, words) for path in files], Settings.load(folder / "settings.toml"))

    def __iter__(self) -> Iterator[Programme]:
        return iter(self._programmes.values())

    def get(self, programme_id: str) -> Programme | None:
        """The programme with this id."""
        return self._programmes.get(programme_id)

    def care(
        self, resident: Mapping[str, Any], filed: Sequence[Filed], settings: Mapping[str, Any] | None = None
    ) -> Care:
        """All that the programmes say of a resident.

        ``resident``: the registry's answers. ``filed``: complete current records, in the order in which they came;
        of folders merged into the resident's too, and for each child that is linked with the resident as its mother
        that child's own registration. ``settings``: what differs from the defaults.
        """
        person = Person(resident, filed, {**self.settings.defaults, **(settings or {})})
        if not person.filed_on:
            return Care()
        memberships: list[Membership] = []
        duties: list[Duty] = []
        stays: dict[str, list[Stay]] = {}
        for programme in self._programmes.values():
            if programme.kind != "population" or not self._may_concern(programme, person):
                continue
            rows, found = follow(programme, person)
            memberships += rows
            stays[programme.id] = found
            begins = [*(stay.opened_on for stay in found[1:]), NEVER]
            for stay, until in zip(found, begins, strict=False):
                duties += self._of_stay(programme, stay, person, until)
        for programme in self._programmes.values():
            if programme.kind == "screening":
                for stay in _unscreened(programme, person, stays):
                    duties += self._of_stay(programme, stay, person)
            for process in programme.processes:
                duties += self._with_attempts(programme, list(process_duties(programme, process, person)), person)
        return Care(memberships, duties)

    def _may_concern(self, programme: Programme, person: Person) -> bool:
        """Whether any record or the age can put somebody into it; asked before anything is worked out."""
        if programme.sex and programme.sex != person.answers.get("sex"):
            return False
        if not self._touching[programme.id].isdisjoint(person.forms):
            return True
        if programme.members is None or not person.birth:
            return False
        ends = programme.members.to_years
        return ends is None or person.filed_on < birthday(person.birth, ends)

    def _of_stay(self, programme: Programme, stay: Stay, person: Person, until: str = NEVER) -> list[Duty]:
        found = list(window_duties(programme, stay, person)) if programme.windows else []
        starts = eligible_on(programme.members, person) if programme.members and person.birth else ""
        for item in programme.yearly:
            found += yearly_duties(programme, item, stay, person, starts)
        if programme.follow_ups is not None:
            found += chain_duties(programme, programme.follow_ups, stay, person, until)
        if programme.appointments is not None:
            found += appointment_duties(programme, programme.appointments, stay, person, found)
        lasting = [duty for duty in found if duty.done_on or duty.known_from < duty.lapses]
        if stay.number:
            # What was done before a stay is told by the one before it.
            lasting = [duty for duty in lasting if not duty.done_on or duty.done_on >= stay.opened_on]
        return self._with_attempts(programme, lasting, person)

    def _with_attempts(self, programme: Programme, duties: list[Duty], person: Person) -> list[Duty]:
        missed = programme.follow_ups.missed if programme.follow_ups else None
        given_up = [
            person.day_of(record)
            for record in (person.records_of(programme.follow_ups.forms) if missed and programme.follow_ups else ())
            if missed and missed.holds({"visit": record.answers})
        ]
        if not given_up and not person.lost_on and ATTEMPT not in person.forms:
            return duties
        met = [
            day
            for form_id in self._meeting
            for record in person.records(form_id)
            if (day := person.day_of(record)) not in given_up
        ]
        found = reaching(programme, person, met, given_up)
        return [with_attempts(duty, found) for duty in duties]


def _touching(programme: Programme) -> frozenset[str]:
    """Forms whose records can put somebody into a programme."""
    found = {item.form_id for item in programme.openings}
    for proposal in programme.proposals:
        found |= {proposal.form_id, *proposal.also}
    return frozenset(found | {MEMBERSHIP} | ({CHILD, *programme.forms} if programme.pregnancy else set()))


def _unscreened(programme: Programme, person: Person, stays: Mapping[str, Sequence[Stay]]) -> Iterator[Stay]:
    """The spans in which somebody of the right age is to be screened: in no programme that looks after the same.

    Put off by a person's decision, it is asked for again from 1 January (rules 3.9). Where somebody decided that one of
    those programmes isn't needed, what was found before that is settled.
    """
    members = programme.members
    if members is None or not person.birth:
        return
    begins = max(eligible_on(members, person), person.filed_on)
    ends = min(
        person.left[0],
        person.refused_on or NEVER,
        birthday(person.birth, members.to_years) if members.to_years else NEVER,
    )
    inside = [(stay.opened_on, stay.closed_on) for item in programme.outside_of for stay in stays.get(item, ())]
    inside += [(day, year_after(day)) for day in person.refusals(programme.id)]
    inside += [(day, days_after(day, 1)) for item in programme.outside_of for day in person.refusals(item)]
    number = 0
    for opened, closed in [*sorted(inside), (NEVER, NEVER)]:
        if begins < min(opened, ends):
            yield Stay(begins, number=number, closed_on=min(opened, ends))
            number += 1
        begins = max(begins, closed)
