"""What is due, as a vault is asked for it: the worklist of a day, the care of one resident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.programmes.duties import Care, Duty, Membership, MembershipState


@dataclass(frozen=True, slots=True)
class DueQuery:
    """A worklist: of which day, of whom, of what. None and empty sets mean no restriction."""

    day: str
    until: str
    """The last day that counts as this week."""
    findings: frozenset[str] = frozenset()
    """Programmes that look for people who aren't in one yet."""
    bands: frozenset[Band] = frozenset()
    programmes: frozenset[str] = frozenset()
    village_group: str | None = None
    doctor: str | None = None
    station_id: str | None = None
    resident_id: SubjectId | None = None
    household_id: str | None = None


@dataclass(frozen=True, slots=True)
class DuePerson:
    """Whom a line of the worklist is about, as a list shows one."""

    id: SubjectId
    name: str
    sex: str
    birth_date: str
    phone: str
    village_group: str
    address: str
    household_id: str
    relation_to_head: str
    doctor: str
    status: str
    station_id: StationId

    @property
    def door(self) -> str:
        """The address from the group on: what stands before it is the same for the whole village."""
        before, found, after = self.address.rpartition(self.village_group) if self.village_group else ("", "", "")
        return found + after if before else self.address or self.village_group


@dataclass(frozen=True, slots=True)
class DueRow:
    """A line of the worklist: a duty, or a proposed membership."""

    person: DuePerson
    band: Band
    duty: Duty | None
    proposal: Membership | None = None
    also: tuple[str, ...] = ()
    """Other programmes that the same sheet of the year serves."""


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How much stands in the worklist."""

    lines: Mapping[tuple[Band, str], int]
    """By band and programme; what has none is left out."""
    people: Mapping[Band, int]
    """Of every band."""


@dataclass(frozen=True, slots=True)
class MemberQuery:
    """Who stands how to a programme on a day."""

    day: str
    programme: str
    state: MembershipState
    station_id: str | None = None


class CareReader(Protocol):
    """What can be asked about care; part of ``ports.vault.Reader``."""

    def due(self, query: DueQuery, *, limit: int = ..., offset: int = ...) -> list[DueRow]:
        """By village, address as one walks, household and relation; of one person the most pressing first."""
        ...

    def count_due(self, query: DueQuery) -> DueCounts:
        """How much there is in each band, whatever ``query.bands`` says."""
        ...

    def due_and_counts(self, query: DueQuery, *, limit: int = ..., offset: int = ...) -> tuple[list[DueRow], DueCounts]:
        """Both at once, for half of what they cost one after the other."""
        ...

    def care_of(self, resident_id: SubjectId) -> tuple[DuePerson, Care] | None:
        """All that the programmes say of a resident, and who that is."""
        ...

    def members_of(
        self, query: MemberQuery, *, limit: int = ..., offset: int = ...
    ) -> list[tuple[DuePerson, Membership]]:
        """In the order of ``due``."""
        ...

    def count_members(self, day: str, station_id: str | None = None) -> Mapping[tuple[str, MembershipState], int]:
        """How many people stand how to each programme on a day."""
        ...

    def programme_settings(self) -> list[Mapping[str, Any]]:
        """The answers of the records of ``programme_settings`` that are here, in the order in which they came."""
        ...

    def programme_settings_records(self) -> list[RecordId]:
        """The ids of those records."""
        ...

    def doctors(self) -> Sequence[str]:
        """The responsible doctors that residents have, by name."""
        ...

    def village_groups(self) -> Sequence[str]:
        """The groups that residents live in, in the order in which one walks."""
        ...
