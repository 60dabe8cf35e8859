"""Who is owed what on a day, worked out once more from the plain rules, the slow and obvious way.

Nothing here comes from the product but the shape of a record. For one day it throws away everything dated later, then
asks each rule in turn. Rules and numbers: national specification 2017 as the service schedule and decisions read it;
the clause stands beside each.
"""

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jiandang_desktop.programmes.duties import Filed


@dataclass(frozen=True, order=True)
class Owed:
    """A service that is owed: its window, and whether the window is over."""

    programme: str
    form_id: str
    column: str
    opens: date
    closes: date
    overdue: bool


CHILD = (
    ("child_check_1_8m", "m1", "day", 28, 42),
    ("child_check_1_8m", "m3", "month", 3, 4),
    ("child_check_1_8m", "m6", "month", 6, 7),
    ("child_check_1_8m", "m8", "month", 8, 9),
    ("child_check_12_30m", "m12", "month", 12, 13),
    ("child_check_12_30m", "m18", "month", 18, 20),
    ("child_check_12_30m", "m24", "month", 24, 26),
    ("child_check_12_30m", "m30", "month", 30, 32),
    ("child_check_3_6y", "y3", "month", 36, 38),
    ("child_check_3_6y", "y4", "year", 48, 60),
    ("child_check_3_6y", "y5", "year", 60, 72),
    ("child_check_3_6y", "y6", "year", 72, 84),
)
"""Rules 3.1; D45 (full month from day 28), D46 (a year of age until the day before the next birthday)."""

CHILD_TCM = (
    ("child_tcm_6_18m", "m6", 6, 7),
    ("child_tcm_6_18m", "m12", 12, 13),
    ("child_tcm_6_18m", "m18", 18, 20),
    ("child_tcm_24_36m", "m24", 24, 26),
    ("child_tcm_24_36m", "m30", 30, 32),
    ("child_tcm_24_36m", "m36", 36, 38),
)
"""At the months of the checks, for children up to 36 months: nothing of it is owed at 4 years any more."""

ANTENATAL = (("v2", 112, 146), ("v3", 147, 174), ("v4", 196, 258), ("v5", 259, 286))
"""Weeks 16-20, 21-24, 28-36, 37-40 as days after the last period (rules 3.2)."""


def owed(person: Mapping[str, Any], filed: Sequence[Filed], on: str) -> set[Owed]:
    """Everything that is due or overdue on a day for somebody who lives here."""
    day = date.fromisoformat(on)
    if person.get("status", "1") in {"3", "4", "9"} and person["status_date"] <= on:
        return set()
    known = [each for each in filed if each.event_date <= on]
    found: set[Owed] = set()
    for rule in (_child, _elderly, _pressure, _sugar, _lungs, _mind, _pregnancy):
        found |= rule(person, known, day)
    return found | _tuberculosis(filed, known, day)


def _child(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    born = date.fromisoformat(person["birth_date"])
    if day < born or day >= months_later(born, 84):
        return set()
    windows = []
    discharges = [_answer_day(each, "hospital_discharge_date") for each in known if each.form_id == "newborn_visit"]
    first = discharges[0] if discharges and discharges[0] else None
    # Within 7 days of discharge; unknown: day 3 to 14 of life (D28).
    windows.append(
        ("newborn_visit", "", first, first + timedelta(7))
        if first
        else ("newborn_visit", "", born + timedelta(3), born + timedelta(14))
    )
    for form_id, column, unit, opens, closes in CHILD:
        if unit == "day":
            windows.append((form_id, column, born + timedelta(opens), born + timedelta(closes)))
        elif unit == "month":
            windows.append((form_id, column, months_later(born, opens), months_later(born, closes)))
        else:
            windows.append((form_id, column, months_later(born, opens), months_later(born, closes) - timedelta(1)))
    tcm = [(form, column, months_later(born, a), months_later(born, b)) for form, column, a, b in CHILD_TCM]
    return _one_after_another(windows, months_later(born, 84), known, day) | _one_after_another(
        tcm, months_later(born, 48), known, day
    )


def _one_after_another(
    windows: Sequence[tuple[str, str, date, date]], ends: date, known: Sequence[Filed], day: date
) -> set[Owed]:
    """Each is owed until it is done or the next one opens."""
    found = set()
    for place, (form_id, column, opens, closes) in enumerate(windows):
        lapses = windows[place + 1][2] if place + 1 < len(windows) else ends
        done = any(each.form_id == form_id and _column(each) == column for each in known)
        if not done and opens <= day < lapses:
            found.add(Owed("child_0_6", form_id, column, opens, closes, day > closes))
    return found


def _elderly(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    # 65 on 31 December of the year (D48); once in the calendar year (D47).
    if day.year - date.fromisoformat(person["birth_date"]).year < 65:
        return set()
    return {
        each
        for form_id in ("physical_exam", "elderly_tcm_constitution")
        for each in _this_year("elderly_65", form_id, known, day, date(day.year, 1, 1))
    }


def _pressure(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    def recalled(visit: Mapping[str, Any]) -> bool:
        # Class 2, 3 or 4, or an emergency whatever the class: within 2 weeks (rules 3.4).
        emergency = visit["systolic_bp"] >= 180 or visit["diastolic_bp"] >= 110 or bool(visit.get("emergency_signs"))
        return visit["visit_classification"] != "1" or emergency

    return _chronic("hypertension", "hypertension_followup", recalled, known, day)


def _sugar(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    def recalled(visit: Mapping[str, Any]) -> bool:
        # Glucose >= 16.7 or <= 3.9 and the pressure limits are emergencies (rules 3.5).
        sugar = visit.get("fasting_glucose")
        emergency = (sugar is not None and (sugar >= 16.7 or sugar <= 3.9)) or (
            visit["systolic_bp"] >= 180 or visit["diastolic_bp"] >= 110 or bool(visit.get("emergency_signs"))
        )
        return visit["visit_classification"] != "1" or emergency

    return _chronic("diabetes2", "type2_diabetes_followup", recalled, known, day)


def _lungs(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    found = _chronic("copd", "copd_followup", lambda visit: visit["visit_classification"] != "1", known, day)
    opened = _opened("copd", "copd_followup", known)
    measured = any(
        each.form_id == "copd_followup" and each.answers.get("fev1") and each.event_date[:4] == f"{day.year:04d}"
        for each in known
    )
    if opened is not None and not measured:
        # Lung function once a year (schedule, spirometry_per_year; unverified).
        found |= _window("copd", "copd_followup", date(day.year, 1, 1), date(day.year, 12, 31), day)
    return found


def _chronic(
    programme: str, form_id: str, recalled: Callable[[Mapping[str, Any]], bool], known: Sequence[Filed], day: date
) -> set[Owed]:
    opened = _opened(programme, form_id, known)
    if opened is None:
        return set()
    found = _this_year(programme, "physical_exam", known, day, date(day.year, 1, 1))
    visits = [each for each in known if each.form_id == form_id]
    if not visits:
        # First visit within 14 days of the enrolment (chronic_due_rule, practice).
        return found | _window(programme, form_id, opened, opened + timedelta(14), day)
    last = visits[-1]
    visited = date.fromisoformat(last.event_date)
    appointment = date.fromisoformat(last.answers["next_visit_date"])
    if recalled(last.answers):
        return found | _window(programme, form_id, visited, visited + timedelta(14), day)
    latest = months_later(visited, 3)
    return found | _window(programme, form_id, _week_before(visited, min(appointment, latest)), latest, day)


def _mind(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    form_id = "psychosis_followup"
    opened = _opened("psychosis", form_id, known)
    if opened is None:
        return set()
    found = _this_year("psychosis", "physical_exam", known, day, date(day.year, 1, 1))
    visits = [each for each in known if each.form_id == form_id]
    if not visits:
        return found | _window("psychosis", form_id, opened, opened + timedelta(14), day)
    visited = date.fromisoformat(visits[-1].event_date)
    grade = visits[-1].answers["visit_classification"]
    again = len(visits) > 1 and visits[-2].answers["visit_classification"] == "2" and grade == "2"
    # Rules 3.6 and D15: unstable 2 weeks; fairly stable 2 weeks, again fairly stable 1 month; stable 3 months.
    if grade == "1" or (grade == "2" and not again):
        return found | _window("psychosis", form_id, visited, visited + timedelta(14), day)
    latest = months_later(visited, 1 if again else 3)
    target = min(date.fromisoformat(visits[-1].answers["next_visit_date"]), latest)
    return found | _window("psychosis", form_id, _week_before(visited, target), latest, day)


def _tuberculosis(filed: Sequence[Filed], known: Sequence[Filed], day: date) -> set[Owed]:
    # A notice counts from its own day, though it may be written down at the visit only.
    firsts = [each for each in known if each.form_id == "tb_first_home_visit"]
    followups = [each for each in known if each.form_id == "tb_followup"]
    stopped = [each for each in followups if each.answers.get("stop_date")]
    if stopped:
        # The care ends; what became of the patient is asked within 2 weeks (rules 3.7, closing evaluation).
        ended = date.fromisoformat(stopped[-1].event_date)
        later = any(each.event_date > stopped[-1].event_date for each in followups)
        return set() if later else _window("tuberculosis", "tb_followup", ended, ended + timedelta(14), day)
    if not firsts:
        notices = [_answer_day(each, "notice_received_at") for each in filed if each.form_id == "tb_first_home_visit"]
        # 72 hours, counted by date: the day of the notice + 3 (D29).
        return {
            owed
            for notice in notices[:1]
            if notice and notice <= day
            for owed in _window("tuberculosis", "tb_first_home_visit", notice, notice + timedelta(3), day)
        }
    last = max([firsts[-1], *followups], key=lambda each: each.event_date)
    visited = date.fromisoformat(last.event_date)
    intensive = last.form_id == "tb_first_home_visit" or last.answers["phase"] != "continuation"
    by_staff = last.answers["supervisor"] == "1"
    if last.form_id == "tb_followup" and "2" in (last.answers["adverse_drug_reaction"], last.answers["complications"]):
        # Referred: within 2 weeks, and the 10 days of the intensive phase hold as well.
        span = 10 if intensive and not by_staff else 14
        return _window("tuberculosis", "tb_followup", visited, visited + timedelta(span), day)
    # By staff: monthly; by family or others: every 10 days in the intensive phase, then monthly (D50).
    latest = visited + timedelta(10) if intensive and not by_staff else months_later(visited, 1)
    target = min(date.fromisoformat(last.answers["next_visit_date"]), latest)
    return _window("tuberculosis", "tb_followup", _week_before(visited, target), latest, day)


def _pregnancy(person: Mapping[str, Any], known: Sequence[Filed], day: date) -> set[Owed]:
    booked = [each for each in known if each.form_id == "antenatal_first_visit"]
    if not booked:
        return set()
    lmp = _last_period(booked[-1])
    after = [each for each in known if each.form_id in {"postpartum_visit", "postpartum_42d_check"}]
    if after:
        delivered = date.fromisoformat(after[-1].answers["delivery_date"])
        if any(each.form_id == "postpartum_42d_check" for each in after) or day >= delivered + timedelta(90):
            return set()
        # Day 42 to 56 (rules 3.2; the 14 days and the end after 90 are practice).
        start = delivered + timedelta(42)
        return _window("maternal", "postpartum_42d_check", start, delivered + timedelta(56), day)
    if day >= lmp + timedelta(384):
        return set()  # nobody is pregnant for so long: 280 days, 90 after delivery, two weeks of grace (practice)
    found = set()
    for place, (column, opens, closes) in enumerate(ANTENATAL):
        lapses = lmp + timedelta(ANTENATAL[place + 1][1]) if place + 1 < len(ANTENATAL) else date.max
        done = any(each.form_id == "antenatal_visits_2_5" and _column(each) == column for each in known)
        start = lmp + timedelta(opens)
        if not done and start <= day < lapses:
            end = lmp + timedelta(closes)
            found.add(Owed("maternal", "antenatal_visits_2_5", column, start, end, day > end))
    # From the expected day on somebody has to ask how it ended (practice).
    expected = lmp + timedelta(280)
    return found | _window("maternal", "postpartum_visit", expected, expected + timedelta(14), day)


def _last_period(each: Filed) -> date:
    """The last period, or 280 days before the day of delivery that ultrasound corrected (schedule, anchor_note)."""
    expected = _answer_day(each, "expected_delivery_date")
    if each.answers.get("edd_corrected_by_ultrasound") and expected:
        return expected - timedelta(280)
    return date.fromisoformat(each.answers.get("last_menstrual_period") or each.answers["lmp_date"])


def _week_before(visited: date, target: date) -> date:
    """A routine visit is shown a week before its day, never on the day of the visit before (project)."""
    return max(visited + timedelta(1), target - timedelta(7))


def months_later(start: date, months: int) -> date:
    """Calendar months later; the last day of a month that lacks the day (D11)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _window(programme: str, form_id: str, opens: date, closes: date, day: date) -> set[Owed]:
    return {Owed(programme, form_id, "", opens, closes, day > closes)} if day >= opens else set()


def _this_year(programme: str, form_id: str, known: Sequence[Filed], day: date, opens: date) -> set[Owed]:
    if any(each.form_id == form_id and each.event_date[:4] == f"{day.year:04d}" for each in known):
        return set()
    return _window(programme, form_id, opens, date(day.year, 12, 31), day)


def _opened(programme: str, form_id: str, known: Sequence[Filed]) -> date | None:
    days = [each.event_date for each in known if each.form_id == form_id]
    days += [
        each.event_date
        for each in known
        if each.form_id == "programme_membership" and each.answers["programme"] == programme
    ]
    return date.fromisoformat(min(days)) if days else None


def _column(each: Filed) -> str:
    return str(each.answers.get("check_age") or each.answers.get("visit_no") or "")


def _answer_day(each: Filed, field: str) -> date | None:
    text = each.answers.get(field)
    return date.fromisoformat(text) if text else None
