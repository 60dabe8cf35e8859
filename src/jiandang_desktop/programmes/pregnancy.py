"""Pregnancies: which records belong to one, from when it counts, and when it ends.

The forms name a last period, a gestational age or a day of delivery; records whose days fit one another are of one
pregnancy. Dates typed by people contradict one another now and then: nothing is dropped, a pregnancy of its own is the
worst that comes of it, and ``programme_membership`` closes that.

The registration of a linked child is a delivery, too: ``Filed`` of the form ``resident`` in its mother's records.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.forms.functions import days_between
from jiandang_desktop.programmes.days import days_after
from jiandang_desktop.programmes.definition import Pregnancy, Programme
from jiandang_desktop.programmes.duties import NEVER, Filed
from jiandang_desktop.programmes.person import Person, answered_day

_FIRST = FormId("antenatal_first_visit")
_LATER = FormId("antenatal_visits_2_5")
_CHECK = FormId("postpartum_42d_check")
_FORMS = (_FIRST, _LATER, FormId("postpartum_visit"), _CHECK)

_LONGEST, _SHORTEST = 320, 140
"""Days from the last period to a delivery that belongs to it: 20 to nearly 46 weeks."""
_SAME_DELIVERY = 30

CHILD = FormId("resident")
"""The registry's form: among a woman's records it tells of a child of hers."""
_MISTAKEN = "9"
"""Status of a child whose record ended otherwise than by death or moving: most were registered by mistake."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What one record says of a pregnancy."""

    day: str
    record: Filed
    lmp: str = ""
    sure: int = 0
    """How the last period is known: 3 ultrasound, 2 as told, 1 worked out from the weeks."""
    delivery: str = ""
    discharge: str = ""
    decided: bool = False
    closed: str = ""
    """The day on which a person closed it."""
    birth: bool = False
    """The registration of the child."""


@dataclass(slots=True)
class Course:
    """One pregnancy."""

    signs: list[Sign]
    until: str = NEVER
    """The day of the first sign of the next one."""

    @property
    def dated(self) -> Sign | None:
        """The surest sign of its last period; of equally sure ones the first."""
        return max((sign for sign in self.signs if sign.lmp), key=lambda sign: sign.sure, default=None)

    @property
    def delivered(self) -> Sign | None:
        """The first sign of its delivery."""
        return next((sign for sign in self.signs if sign.delivery), None)


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens in a pregnancy's stay on a day."""

    day: str
    kind: str
    """``opens``, ``goes_on``, ``known`` (an anchor), ``closes`` or ``gives_way`` (to the next pregnancy)."""
    record_id: RecordId | None = None
    anchors: tuple[tuple[str, str], ...] = ()
    reason: str = ""


def turns(programme: Programme, rule: Pregnancy, person: Person) -> Iterator[Turn]:
    """Openings, anchors and ends of all pregnancies."""
    for course in courses(programme, rule, person):
        yield from _of_course(course, rule)


def courses(programme: Programme, rule: Pregnancy, person: Person) -> list[Course]:
    """The pregnancies that the records tell of, oldest first."""
    signs = [*_of_forms(rule, person), *_of_decisions(programme, rule, person), *_of_children(person)]
    found: list[Course] = []
    for sign in sorted(signs, key=lambda sign: sign.day):
        fitting = next((course for course in reversed(found) if _fits(course, sign, rule)), None)
        if fitting is not None:
            fitting.signs.append(sign)
            continue
        if sign.birth and sign.day >= days_after(sign.delivery, rule.end_after_delivery_days):
            continue  # a child that came here when nothing was owed any more
        if found:
            found[-1].until = sign.day
        found.append(Course([sign]))
    return found


def _of_course(course: Course, rule: Pregnancy) -> Iterator[Turn]:
    first, dated, delivered = course.signs[0], course.dated, course.delivered
    opening = (("lmp", dated.lmp),) if dated is first else ()
    yield Turn(first.day, "opens", _record_of(first), opening)
    if dated is not None and dated is not first:
        yield Turn(dated.day, "known", dated.record.record_id, (("lmp", dated.lmp),))
    for sign in course.signs[1:]:
        yield Turn(sign.day, "goes_on", _record_of(sign))
    for sign in course.signs:
        if sign.delivery and sign is delivered:
            yield Turn(max(sign.day, sign.delivery), "known", _record_of(sign), (("delivery", sign.delivery),))
        if sign.discharge and sign.decided:
            yield Turn(max(sign.day, sign.discharge), "known", sign.record.record_id, (("discharge", sign.discharge),))
    yield from _ends(course, rule)


def _record_of(sign: Sign) -> RecordId | None:
    """The record of the woman's that says it; a child's registration is the child's."""
    return None if sign.birth else sign.record.record_id


def _ends(course: Course, rule: Pregnancy) -> Iterator[Turn]:
    delivered, dated = course.delivered, course.dated
    checked = next(
        (sign for sign in course.signs if sign.record.form_id == _CHECK and sign.record.answers.get("handling") != "2"),
        None,
    )
    if checked is not None:
        yield Turn(checked.day, "closes", checked.record.record_id, reason="completed")
    if delivered is not None:
        day, reason = days_after(delivered.delivery, rule.end_after_delivery_days), "postnatal_over"
        day = max(day, delivered.day)
    else:
        day = days_after(dated.lmp if dated else course.signs[0].day, rule.unknown_end_days)
        day, reason = max(day, course.signs[-1].day), "outcome_unknown"
    if day < course.until:
        yield Turn(day, "closes", reason=reason)
    else:
        yield Turn(course.until, "gives_way", reason="next_pregnancy")


def _fits(course: Course, sign: Sign, rule: Pregnancy) -> bool:
    """Whether a record can be of this pregnancy."""
    dated, delivered = course.dated, course.delivered
    lmp, delivery = dated.lmp if dated else "", delivered.delivery if delivered else ""
    if sign.lmp and lmp:
        return _apart(sign.lmp, lmp) <= rule.apart_days
    if sign.delivery and delivery:
        return _apart(sign.delivery, delivery) <= _SAME_DELIVERY
    if sign.delivery and lmp:
        return days_after(lmp, _SHORTEST) <= sign.delivery <= days_after(lmp, _LONGEST)
    if sign.lmp and delivery:
        return days_after(sign.lmp, _SHORTEST) <= delivery <= days_after(sign.lmp, _LONGEST)
    if any(earlier.closed and earlier.closed < sign.day for earlier in course.signs):
        return False
    if sign.delivery and sign.delivery < days_after(course.signs[0].day, -rule.end_after_delivery_days):
        return False  # of an earlier child: nothing of that one would have been owed any more
    return sign.day < days_after(course.signs[0].day, rule.unknown_end_days)


def _apart(first: str, second: str) -> float:
    return abs(days_between(first, second) or 0)


def _of_forms(rule: Pregnancy, person: Person) -> Iterator[Sign]:
    for record in person.records_of(_FORMS):
        answers, day = record.answers, person.day_of(record)
        lmp, sure = _period(record, day, rule)
        yield Sign(day, record, lmp, sure, answered_day(answers, "delivery_date"))


def _of_children(person: Person) -> Iterator[Sign]:
    """A child's registration says when it was born, and is known from the day of its file."""
    for record in person.records(CHILD):
        answers = record.answers
        born = answered_day(answers, "birth_date")
        if born and answers.get("status") != _MISTAKEN:
            known = max(born, answered_day(answers, "filing_date"))
            yield Sign(known, record, delivery=born, birth=True)


def _period(record: Filed, day: str, rule: Pregnancy) -> tuple[str, int]:
    """The day that a record counts from and how sure it is, ('', 0) if it names none."""
    answers = record.answers
    told = answered_day(answers, "last_menstrual_period")
    expected = answered_day(answers, "expected_delivery_date")
    if expected and (answers.get("edd_corrected_by_ultrasound") is True or not told):
        return days_after(expected, -rule.whole_days), 3
    if told and answers.get("lmp_unknown") is not True:
        return told, 2
    weeks, days = answers.get("gestational_weeks"), answers.get("gestational_days")
    if record.form_id in (_FIRST, _LATER) and type(weeks) is int:
        return days_after(day, -(7 * weeks + (days if type(days) is int else 0))), 1
    return "", 0


def _of_decisions(programme: Programme, rule: Pregnancy, person: Person) -> Iterator[Sign]:
    for record in person.decisions(programme.id):
        answers = record.answers
        if answers.get("decision") == "2":
            continue
        day = answered_day(answers, "enrolled_on") or person.day_of(record)
        expected = answered_day(answers, "expected_delivery_date")
        told = answered_day(answers, "lmp_date")
        lmp, sure = (days_after(expected, -rule.whole_days), 3) if expected else (told, 2 if told else 0)
        delivery, discharge = answered_day(answers, "delivery_date"), answered_day(answers, "discharge_date")
        closed = person.day_of(record) if answers.get("decision") == "3" else ""
        yield Sign(day, record, lmp, sure, delivery, discharge, decided=True, closed=closed)
