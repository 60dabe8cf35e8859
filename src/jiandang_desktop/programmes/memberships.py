"""Who belongs to a programme since when and until when, from records, age and what people decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from jiandang_desktop.domain.records import RecordId
from jiandang_desktop.programmes.days import birthday, days_after, is_day, months_after, year_after
from jiandang_desktop.programmes.definition import Members, Opening, Programme
from jiandang_desktop.programmes.duties import NEVER, Filed, Membership, MembershipState
from jiandang_desktop.programmes.person import Person, answered_day
from jiandang_desktop.programmes.pregnancy import turns
from jiandang_desktop.programmes.proposals import facts

ASKED_AGAIN = "asked_again"
TOO_OLD = "age"

_ENROLLED, _REFUSED, _CLOSED = "1", "2", "3"
"""Codes of programme_membership.decision."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A day that windows count from, and since when it is known."""

    day: str
    known_on: str


@dataclass(slots=True)
class Stay:
    """One stay: from the opening until the day of closing."""

    opened_on: str
    opened_by: RecordId | None = None
    number: int = 0
    """Stays before it."""
    closed_on: str = NEVER
    anchors: dict[str, Anchor] = field(default_factory=dict)

    def covers(self, day: str) -> bool:
        """Whether what happened on a day happened in this stay."""
        return self.opened_on <= day <= self.closed_on


class _What(IntEnum):
    """What can happen; of one day the lower comes first."""

    GIVES_WAY = 0
    """A stay ends because the next one begins."""
    PROPOSED = 1
    OPENED = 2
    DECIDED_OPEN = 3
    DECIDED_REFUSED = 4
    NO_CONSENT = 5
    CLOSED = 6
    EXPIRED = 7
    """What proposed somebody is too long ago."""
    LEFT = 8


@dataclass(frozen=True, slots=True)
class _Event:
    day: str
    what: _What
    reason: str = ""
    record_id: RecordId | None = None
    anchors: tuple[tuple[str, str], ...] = ()
    reopens: bool = True


def follow(programme: Programme, person: Person) -> tuple[list[Membership], list[Stay]]:
    """How it stood over time, and the stays, oldest first."""
    walk = _Walk(programme, person)
    for event in sorted(_events(programme, person), key=lambda event: (event.day, _turn(event.what))):
        if walk.take(event):
            break
    return walk.end()


def eligible_on(members: Members, person: Person) -> str:
    """The day from which somebody belongs to a programme by age."""
    reached = birthday(person.birth, members.from_years)
    return f"{reached[:4]}-01-01" if person.settings.get(members.age_rule) == "year_end" else reached


def _turn(what: _What) -> int:
    """Decisions of one day stand in the order in which they came."""
    return int(_What.DECIDED_OPEN) if what in (_What.DECIDED_REFUSED, _What.CLOSED) else int(what)


class _Walk:
    """Goes through what happened and notes the spans."""

    def __init__(self, programme: Programme, person: Person) -> None:
        self._programme = programme
        self._person = person
        self._rows: list[Membership] = []
        self._stays: list[Stay] = []
        self._row: Membership | None = None

    def take(self, event: _Event) -> bool:
        """Note one event; True: nothing that comes after it counts."""
        self._ask_again(event.day)
        match event.what:
            case _What.PROPOSED:
                if self._is(None) or (self._is(MembershipState.CLOSED) and self._row and event.day > self._row.since):
                    self._turn_to(event.day, MembershipState.PROPOSED, event.reason, event.record_id)
            case _What.OPENED if event.record_id is None and self._refused_record(event.day):
                # Of age since: whoever wanted no record is asked again, not called in.
                self._turn_to(event.day, MembershipState.PROPOSED, ASKED_AGAIN)
            case _What.OPENED | _What.DECIDED_OPEN:
                self._open(event)
            case _What.DECIDED_REFUSED:
                self._refuse(event)
            case _What.NO_CONSENT:
                if self._is(MembershipState.OPEN) or self._is(MembershipState.PROPOSED):
                    self._refuse(event)
            case _What.CLOSED | _What.GIVES_WAY:
                self._close(event)
            case _What.EXPIRED:
                if self._is(MembershipState.PROPOSED) or self._is(MembershipState.REFUSED):
                    self._end_row(event.day)
            case _What.LEFT:
                self._close(event)
                if not self._is(MembershipState.CLOSED):
                    self._end_row(event.day)
        return event.what is _What.LEFT

    def end(self) -> tuple[list[Membership], list[Stay]]:
        """All spans and stays."""
        self._ask_again(NEVER)
        if self._row is not None:
            self._rows.append(self._row)
        return self._rows, self._stays

    def _refused_record(self, day: str) -> bool:
        return bool(self._person.refused_on) and self._person.refused_on <= day

    def _is(self, state: MembershipState | None) -> bool:
        return (self._row.state if self._row else None) is state

    def _open(self, event: _Event) -> None:
        if self._is(MembershipState.OPEN):
            stay = self._stays[-1]
            for name, day in event.anchors:
                stay.anchors.setdefault(name, Anchor(day, event.day))
            if self._row is not None and not self._row.anchor:
                self._row = replace(self._row, anchor=self._counts_from(stay.anchors))
            return
        if self._is(MembershipState.CLOSED) and not event.reopens:
            return
        anchors = {name: Anchor(day, event.day) for name, day in event.anchors}
        self._stays.append(Stay(event.day, event.record_id, len(self._stays), anchors=anchors))
        counts_from = self._counts_from(anchors)
        self._turn_to(event.day, MembershipState.OPEN, "", event.record_id, event.day, counts_from)

    def _counts_from(self, anchors: Mapping[str, Anchor]) -> str:
        name = self._programme.anchor
        if name == "birth":
            return self._person.birth
        return anchors[name].day if name in anchors else ""

    def _refuse(self, event: _Event) -> None:
        if self._is(MembershipState.OPEN):
            self._stays[-1].closed_on = event.day
        self._turn_to(event.day, MembershipState.REFUSED, event.reason, event.record_id)

    def _close(self, event: _Event) -> None:
        if self._is(MembershipState.OPEN) and self._row is not None:
            stay = self._stays[-1]
            stay.closed_on = max(event.day, stay.opened_on)
            row = self._row
            state = MembershipState.CLOSED
            self._turn_to(stay.closed_on, state, event.reason, event.record_id, row.opened_on, row.anchor)

    def _ask_again(self, day: str) -> None:
        if self._row is not None and self._is(MembershipState.REFUSED):
            asking = year_after(self._row.since)
            if asking < day:
                self._turn_to(asking, MembershipState.PROPOSED, ASKED_AGAIN, self._row.record_id)

    def _turn_to(
        self,
        day: str,
        state: MembershipState,
        reason: str,
        record_id: RecordId | None = None,
        opened_on: str = "",
        anchor: str = "",
    ) -> None:
        self._end_row(day)
        self._row = Membership(
            programme=self._programme.id,
            state=state,
            since=day,
            opened_on=opened_on,
            anchor=anchor,
            reason=reason,
            record_id=record_id,
        )

    def _end_row(self, day: str) -> None:
        if self._row is not None and self._row.since < day:
            self._rows.append(replace(self._row, until=day))
        self._row = None


# -- what happened


def _events(programme: Programme, person: Person) -> Iterator[_Event]:
    found = list(facts(programme, person))
    for fact in found:
        yield _Event(fact.day, _What.PROPOSED, fact.reason, fact.record_id)
        if programme.proposals_last_days:
            over = days_after(fact.day, programme.proposals_last_days)
            if not any(fact.day < other.day <= over for other in found):
                yield _Event(over, _What.EXPIRED)
    for opening in programme.openings:
        yield from _openings(opening, person)
    if programme.pregnancy is not None:
        for turn in turns(programme, programme.pregnancy, person):
            what, reopens = _TURNS[turn.kind]
            yield _Event(turn.day, what, turn.reason, turn.record_id, turn.anchors, reopens)
    for decision in person.decisions(programme.id):
        yield from _decided(decision, person)
    for closing in programme.closings:
        for record in person.records(closing.form_id):
            day = answered_day(record.answers, closing.on) if closing.on else person.day_of(record)
            if day and (closing.when is None or closing.when.holds({"visit": record.answers})):
                yield _Event(day, _What.CLOSED, closing.reason, record.record_id)
    if programme.members is not None and person.birth:
        yield from _by_age(programme, programme.members, person)
    if person.refused_on:
        yield _Event(person.refused_on, _What.NO_CONSENT, "no_consent")
    left, reason = person.left
    if reason:
        yield _Event(left, _What.LEFT, reason)


def _openings(opening: Opening, person: Person) -> Iterator[_Event]:
    for record in person.records(opening.form_id):
        day = (answered_day(record.answers, opening.on) if opening.on else "") or person.day_of(record)
        if day and (opening.when is None or opening.when.holds({"visit": record.answers})):
            days = ((name, answered_day(record.answers, item)) for name, item in opening.anchors.items())
            anchors = tuple((name, known) for name, known in days if known)
            yield _Event(day, _What.OPENED, "", record.record_id, anchors, opening.reopens)


def _decided(record: Filed, person: Person) -> Iterator[_Event]:
    answers, day = record.answers, person.day_of(record)
    anchors = tuple((name, str(answers[item])) for name, item in _ANCHOR_FIELDS.items() if is_day(answers.get(item)))
    match answers.get("decision"):
        case "1":
            yield _Event(day, _What.DECIDED_OPEN, "", record.record_id, anchors)
        case "2":
            yield _Event(day, _What.DECIDED_REFUSED, str(answers.get("refusal_reason", "")), record.record_id)
        case "3":
            opened = answered_day(answers, "enrolled_on")
            if opened:
                yield _Event(opened, _What.DECIDED_OPEN, "", record.record_id, anchors)
            yield _Event(day, _What.CLOSED, str(answers.get("closing_reason", "")), record.record_id)


_ANCHOR_FIELDS = {"notice": "notice_date", "discharge": "discharge_date"}
"""Fields of programme_membership that windows count from; those of a pregnancy are judged together."""

_TURNS = {
    "opens": (_What.OPENED, True),
    "goes_on": (_What.OPENED, False),
    "known": (_What.OPENED, False),
    "closes": (_What.CLOSED, False),
    "gives_way": (_What.GIVES_WAY, False),
}


def _by_age(programme: Programme, members: Members, person: Person) -> Iterator[_Event]:
    begins = eligible_on(members, person)
    ends = birthday(person.birth, members.to_years) if members.to_years is not None else NEVER
    known = min([person.filed_on, *(person.day_of(record) for record in person.records_of(programme.forms)[:1])])
    if max(begins, known) >= ends:
        return
    if members.prompt_months:
        prompt = max(months_after(begins, -members.prompt_months), known)
        if prompt < begins:
            yield _Event(prompt, _What.PROPOSED, members.prompt_reason)
    yield _Event(max(begins, known), _What.OPENED)
    if ends != NEVER:
        yield _Event(ends, _What.LEFT, TOO_OLD)
