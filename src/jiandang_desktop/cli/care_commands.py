"""jiandang due …, programme …, attempt …, setting …: today's work at the terminal."""

import argparse
from typing import Any

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.choosing import doctor, village_group
from jiandang_desktop.cli.confirming import confirming
from jiandang_desktop.cli.print_commands import write_pages
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.ports.care import DuePerson
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.programmes.duties import MembershipState
from jiandang_desktop.services import attempts, due, programme_settings, programmes, round_list
from jiandang_desktop.services.due import DueFilter, DueLine, DutyLine, MembershipLine
from jiandang_desktop.services.due_words import programme_title
from jiandang_desktop.services.programme_settings import SettingLine, allowed_words
from jiandang_desktop.services.records import Filed


def due_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The worklist of a day."""
    found = due.worklist(
        session.desk,
        arguments.date,
        _filter(session, arguments),
        within=arguments.within,
        limit=arguments.limit,
        offset=arguments.offset,
    )
    counts = {band.value: {"lines": each.duties, "people": each.people} for band, each in found.counts.items()}
    data = {
        "day": found.day,
        "until": found.until,
        "lines": [_line(line) for line in found.lines],
        "count": len(found.lines),
        "total": found.total,
        "bands": counts,
        "programmes": dict(found.programmes),
    }
    heads = [
        session.words("due.band", band=_band(session, band), people=each.people, lines=each.duties)
        for band, each in found.counts.items()
    ]
    lines = [_line_words(session, line) for line in found.lines]
    return Outcome(data, (*heads, *(lines or [session.words("due.none")])))


def due_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What is due for one resident, and why."""
    found = due.of_resident(session.desk, SubjectId(arguments.RESIDENT), arguments.date)
    data = {
        "resident": _person(found.person),
        "day": found.day,
        "memberships": [_membership(each) for each in found.memberships],
        "duties": [_duty(each) for each in found.duties],
    }
    members = [
        session.words(
            "due.membership",
            programme=each.programme_title,
            state=session.bench.text("programmes", f"state.{each.state.value}"),
            since=each.since,
            why=each.why,
        )
        for each in found.memberships
    ]
    duties = [
        session.words(
            "due.duty",
            state=session.bench.text("programmes", f"duty_state.{each.state.value}"),
            what=each.what,
            opens=each.opens,
            closes=each.closes,
            done=each.done_on,
            why=each.why,
        )
        for each in found.duties
    ]
    return Outcome(data, (found.person.name, *members, *duties))


def due_print(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The round list as a PDF."""
    pages = round_list.pages(session.desk, arguments.date, _filter(session, arguments), within=arguments.within)
    return write_pages(session, arguments, pages, "round", SubjectId(""))


def programme_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """The programmes and how many people stand how to each."""
    found = programmes.programmes(session.desk, arguments.date, _station(arguments))
    data = [
        {"programme": each.id, "title": each.title, **{state.value: each.people[state] for state in MembershipState}}
        for each in found
    ]
    lines = tuple(
        session.words(
            "programme.line",
            id=each.id,
            title=each.title,
            **{state.value: each.people[state] for state in MembershipState},
        )
        for each in found
    )
    return Outcome(shapes.listed("programmes", data), lines)


def programme_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Who stands so to a programme."""
    found = programmes.members(
        session.desk,
        arguments.PROGRAMME,
        MembershipState(arguments.state),
        arguments.date,
        station_id=_station(arguments),
        limit=arguments.limit,
        offset=arguments.offset,
    )
    data = [
        {"resident": _person(each.person), "since": each.since, "opened_on": each.opened_on, "why": each.why}
        for each in found
    ]
    lines = [
        session.words(
            "programme.member",
            id=each.person.id,
            name=each.person.name,
            address=each.person.address,
            since=each.since,
            why=each.why,
        )
        for each in found
    ]
    return Outcome(shapes.listed("members", data), tuple(lines) or (session.words("programme.none"),))


def programme_enrol(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take somebody into a programme."""
    facts = session.answers(arguments.FILE) if arguments.FILE else {}
    who = SubjectId(arguments.RESIDENT)
    filed = confirming(
        session,
        arguments,
        lambda sure: programmes.enrol(session.desk, who, arguments.PROGRAMME, arguments.date, facts, sure),
    )
    return _decided(session, arguments, filed, "programme.enrolled")


def programme_refuse(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Not for now."""
    who = SubjectId(arguments.RESIDENT)
    filed = confirming(
        session,
        arguments,
        lambda sure: programmes.refuse(
            session.desk, who, arguments.PROGRAMME, arguments.reason, arguments.date, arguments.words, sure
        ),
    )
    return _decided(session, arguments, filed, "programme.refused")


def programme_close(session: Session, arguments: argparse.Namespace) -> Outcome:
    """End a stay."""
    who = SubjectId(arguments.RESIDENT)
    filed = confirming(
        session,
        arguments,
        lambda sure: programmes.close(
            session.desk,
            who,
            arguments.PROGRAMME,
            arguments.reason,
            arguments.date,
            arguments.words,
            confirmed=sure,
        ),
    )
    return _decided(session, arguments, filed, "programme.closed")


def programme_reopen(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take the last closing back."""
    who = SubjectId(arguments.RESIDENT)
    filed = confirming(session, arguments, lambda sure: programmes.reopen(session.desk, who, arguments.PROGRAMME, sure))
    return _decided(session, arguments, filed, "programme.reopened")


def attempt_add(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Tried in vain."""
    found = confirming(
        session,
        arguments,
        lambda sure: attempts.add(
            session.desk,
            SubjectId(arguments.RESIDENT),
            arguments.method,
            arguments.result,
            arguments.date,
            half_day=arguments.half_day,
            programmes=arguments.programme,
            note=arguments.note,
            confirmed=sure,
        ),
    )
    lines = [session.words("attempt.added")]
    if found.lost:
        titles = session.bench.text("due", "line.and").join(programme_title(session.bench, each) for each in found.lost)
        lines.append(session.words("attempt.lost", programmes=titles))
    return Outcome({"record": found.record_id, "lost": list(found.lost)}, tuple(lines))


def attempt_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A resident's attempts, newest first."""
    rows = attempts.history(session.desk, SubjectId(arguments.RESIDENT))
    lines = [
        session.words("attempt.line", day=row.event_date, words=attempts.in_words(session.desk, row)) for row in rows
    ]
    data = shapes.listed("attempts", [shapes.record(row) for row in rows])
    return Outcome(data, tuple(lines) or (session.words("due.none"),))


def setting_list(session: Session, arguments: argparse.Namespace) -> Outcome:
    """What a township or banner may set otherwise, and what holds."""
    del arguments
    found = programme_settings.settings(session.desk)
    return Outcome(
        shapes.listed("settings", [_setting(line) for line in found]),
        tuple(_setting_words(session, line) for line in found),
    )


def setting_set(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Set one from a day on."""
    line = programme_settings.set_setting(session.desk, arguments.SETTING, arguments.VALUE, arguments.valid_from)
    return Outcome({"setting": _setting(line)}, (_setting_words(session, line),))


def _filter(session: Session, arguments: argparse.Namespace) -> DueFilter:
    return DueFilter(
        bands=frozenset(map(Band, arguments.band)),
        programmes=frozenset(arguments.programme),
        village_group=village_group(session, arguments.group),
        doctor=doctor(session, arguments.doctor),
        station_id=_station(arguments),
        resident_id=SubjectId(arguments.resident) if getattr(arguments, "resident", None) else None,
        household_id=getattr(arguments, "household", None),
    )


def _station(arguments: argparse.Namespace) -> StationId | None:
    return StationId(arguments.station) if arguments.station else None


def _band(session: Session, band: Band) -> str:
    return session.bench.text("due", f"band.{band.value}")


def _line_words(session: Session, line: DueLine) -> str:
    return session.words(
        "due.line",
        band=_band(session, line.band),
        name=line.person.name,
        phone=line.person.phone,
        address=line.person.address,
        what=line.what,
        closes=line.closes,
        why=line.why,
    )


def _person(person: DuePerson) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "phone": person.phone,
        "village_group": person.village_group,
        "address": person.address,
        "household": person.household_id,
        "doctor": person.doctor,
        "status": person.status,
        "station": person.station_id,
    }


def _line(line: DueLine) -> dict[str, Any]:
    return {
        "resident": _person(line.person),
        "band": line.band.value,
        "state": line.state.value,
        "programme": line.programme,
        "duty": line.id,
        "proposal": line.proposal,
        "what": line.what,
        "why": line.why,
        "form": line.form_id,
        "column": line.column,
        "known_from": line.known_from,
        "opens": line.opens,
        "target": line.target,
        "closes": line.closes,
        "days": line.days,
        "called_by": line.called_by,
        "attempts": line.attempts,
        "last_attempt": line.last_attempt,
        "also": list(line.also),
    }


def _duty(each: DutyLine) -> dict[str, Any]:
    return {
        "programme": each.programme,
        "duty": each.id,
        "state": each.state.value,
        "band": each.band.value if each.band else None,
        "what": each.what,
        "why": each.why,
        "form": each.form_id,
        "column": each.column,
        "known_from": each.known_from,
        "opens": each.opens,
        "target": each.target,
        "closes": each.closes,
        "lapses": each.lapses,
        "done_on": each.done_on,
        "done_by": each.done_by,
        "called_by": each.called_by,
        "attempts": each.attempts,
        "last_attempt": each.last_attempt,
    }


def _membership(each: MembershipLine) -> dict[str, Any]:
    return {
        "programme": each.programme,
        "state": each.state.value,
        "since": each.since,
        "opened_on": each.opened_on,
        "anchor": each.anchor,
        "why": each.why,
        "record": each.record_id,
    }


def _decided(session: Session, arguments: argparse.Namespace, filed: Filed, key: str) -> Outcome:
    title = programme_title(session.bench, arguments.PROGRAMME)
    name = str(filed.record.answers.get("name", ""))
    return Outcome({"record": shapes.record(filed.record)}, (session.words(key, name=name, programme=title),))


def _setting(line: SettingLine) -> dict[str, Any]:
    return {
        "setting": line.setting.id,
        "label": line.setting.label,
        "unit": line.setting.unit,
        "value": line.value,
        "default": line.setting.default,
        "allowed": allowed_words(line.setting),
        "source": line.setting.source,
        "evidence": line.setting.evidence,
        "later": [{"from": day, "value": value} for day, value in line.later],
    }


def _setting_words(session: Session, line: SettingLine) -> str:
    key = "setting.line" if line.value == line.setting.default else "setting.changed"
    later = "".join(session.words("setting.later", day=day, value=value) for day, value in line.later)
    return session.words(
        key,
        id=line.setting.id,
        label=line.setting.label,
        value=line.value,
        unit=line.setting.unit,
        default=line.setting.default,
        later=later,
    )
