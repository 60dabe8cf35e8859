"""The chain of follow-up visits: each visit calls for the next one, by its class and by the visit before it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.programmes.days import days_after, months_after
from jiandang_desktop.programmes.definition import FollowUps, Next, Programme
from jiandang_desktop.programmes.duties import NEVER, Duty, Filed
from jiandang_desktop.programmes.memberships import Stay
from jiandang_desktop.programmes.person import Person, answered_day

REFERRAL = FormId("two_way_referral")
_RESULT_FIELDS = ("return_date", "tracked_date")
"""Days on which it became known what a referral led to: the answer came back, or somebody asked."""
_NOTHING: Mapping[str, Any] = {}
_PHONE_FULFILS = "recall_by_phone"


@dataclass(frozen=True, slots=True)
class _Called:
    """A duty and what fulfils it."""

    duty: Duty
    rule: Next


def chain_duties(
    programme: Programme, follow_ups: FollowUps, stay: Stay, person: Person, until: str = NEVER
) -> Iterator[Duty]:
    """The duties of a stay's visits, oldest first; the last one stays until a visit or the closing.

    ``until``: the day on which the next stay begins.
    """
    chain = _Chain(programme, follow_ups, stay, person)
    for day, record, is_visit in _events(follow_ups, person):
        if stay.covers(day):
            yield from chain.visit(day, record) if is_visit else chain.returned(day, record)
        elif stay.closed_on < day < until:
            yield from chain.after_closing(day, record)
    if chain.open is not None and chain.open.duty.known_from < chain.open.duty.lapses:
        yield chain.open.duty


def rule_after(
    follow_ups: FollowUps, visit: Mapping[str, Any], before: Mapping[str, Any], person: Person
) -> Next | None:
    """The first rule that holds after a visit."""
    facts = {"visit": visit, "before": before, "resident": person.answers, "settings": person.settings}
    return next((rule for rule in follow_ups.after if _holds(rule, facts, person)), None)


def _holds(rule: Next, facts: Mapping[str, Mapping[str, Any]], person: Person) -> bool:
    visit = facts["visit"]
    if rule.only_with and not person.settings.get(rule.only_with):
        return False
    if person.reaches(visit, rule.at_least) or person.stays_below(visit, rule.at_most):
        return True
    if rule.when is None:
        return not rule.at_least and not rule.at_most
    return rule.when.holds(facts)


class _Chain:
    def __init__(self, programme: Programme, follow_ups: FollowUps, stay: Stay, person: Person) -> None:
        self._programme = programme
        self._rules = follow_ups
        self._stay = stay
        self._person = person
        self._before: Mapping[str, Any] = _NOTHING
        self._form = follow_ups.forms[0]
        self.open: _Called | None = None
        if follow_ups.first_days:
            rule = Next(id="first", reason=follow_ups.first_reason, days=follow_ups.first_days)
            self.open = _Called(self._duty(rule, stay.opened_on, stay.opened_by, ""), rule)

    def visit(self, day: str, record: Filed) -> Iterator[Duty]:
        """A visit: it ends the open duty and calls for the next."""
        facts = {"visit": record.answers}
        self._form = record.form_id if self._rules.same_form else self._form
        if self._rules.missed is not None and self._rules.missed.holds(facts):
            yield from self._missed(day, record)
            return
        rule = rule_after(self._rules, record.answers, self._before, self._person)
        self._before = record.answers
        by_phone = self._rules.by_phone is not None and self._rules.by_phone.holds(facts)
        unseen = self._to_be_seen() if by_phone else None
        if unseen is not None:
            if rule is None or not rule.is_recall or unseen.rule.is_recall:
                return
            # What is heard is worse than what was to come: that is left, not done.
            yield replace(unseen.duty, lapses=min(day, unseen.duty.lapses))
            self.open = None
        yield from self._done(day, record.record_id)
        if rule is not None:
            written = answered_day(record.answers, self._rules.next_date)
            self.open = _Called(self._duty(rule, day, record.record_id, written), rule)

    def _to_be_seen(self) -> _Called | None:
        """The open duty, where a telephone call doesn't do it."""
        called = self.open
        if called is None or not called.rule.face_to_face:
            return None
        return None if called.rule.is_recall and self._person.settings.get(_PHONE_FULFILS) else called

    def returned(self, day: str, record: Filed) -> Iterator[Duty]:
        """What a referral led to became known: that ends a duty of one who was referred."""
        if self.open is None or not self.open.rule.referred or day < self.open.duty.known_from:
            return
        yield from self._done(day, record.record_id)
        rule = self._rules.returned
        if rule is not None:
            self.open = _Called(self._duty(rule, day, record.record_id, ""), rule)

    def after_closing(self, day: str, record: Filed) -> Iterator[Duty]:
        """What is learnt after the stay ended ends the duty that remained."""
        if self.open is not None and self.open.rule.after_closing:
            yield from self._done(day, record.record_id)

    def _missed(self, day: str, record: Filed) -> Iterator[Duty]:
        """Tried in vain: the same is still owed, to be tried again on the day that was written."""
        owed = self.open.rule if self.open is not None else Next(id="recall", reason="missed")
        if self.open is not None and self.open.duty.known_from < day:
            yield replace(self.open.duty, lapses=min(day, self.open.duty.lapses))
        rule = replace(owed, reason="missed", days="recall_days", latest_months=0, lead_days=None)
        written = answered_day(record.answers, self._rules.next_date)
        self.open = _Called(self._duty(rule, day, record.record_id, written), rule)
        self._before = record.answers

    def _done(self, day: str, record_id: RecordId) -> Iterator[Duty]:
        if self.open is not None:
            # What was called for and given on one day is one visit: the one that opened the stay, or a second of a day.
            if day > self.open.duty.known_from:
                yield replace(self.open.duty, done_on=day, done_by=record_id)
            self.open = None

    def _duty(self, rule: Next, day: str, called_by: RecordId | None, written: str) -> Duty:
        number = self._person.number
        months = number(rule.latest_months)
        latest = months_after(day, months) if months else days_after(day, number(rule.days))
        proposed = min(days_after(day, number(rule.days)), latest) if number(rule.days) else latest
        target = min(written, latest) if written > day else proposed
        opens, closes = day, latest
        if rule.lead_days is not None:
            opens = max(days_after(day, 1), days_after(target, -number(rule.lead_days)))
            closes = days_after(latest, number("routine_grace_days"))
        return Duty(
            programme=self._programme.id,
            id=rule.id,
            form_id=rule.form_id or self._form,
            column="",
            known_from=day,
            opens=opens,
            target=target,
            closes=closes,
            lapses=self._person.left[0] if rule.after_closing else self._stay.closed_on,
            reason=rule.reason,
            called_by=called_by,
        )


def _events(follow_ups: FollowUps, person: Person) -> list[tuple[str, Filed, bool]]:
    """Visits and results of referrals by day; of one day the visits come first."""
    found = [(person.day_of(record), record, True) for record in person.records_of(follow_ups.forms)]
    if not any(rule.referred for rule in follow_ups.after):
        return found
    results = [
        (day, record, False)
        for record in person.records(REFERRAL)
        if (day := next(filter(None, (answered_day(record.answers, name) for name in _RESULT_FIELDS)), ""))
    ]
    return sorted(found + results, key=lambda event: (event[0], not event[2])) if results else found
