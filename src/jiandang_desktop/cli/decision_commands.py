"""jiandang conflict …, jiandang duplicate … and moves between villages."""

import argparse
from collections.abc import Mapping
from typing import Any

from jiandang_desktop.cli import shapes
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.records import RecordId, RevisionId, StationId, SubjectId
from jiandang_desktop.services import decisions, duplicates, moving
from jiandang_desktop.services.decisions import Case, Side
from jiandang_desktop.services.duplicates import Pair
from jiandang_desktop.services.merging import Question
from jiandang_desktop.services.moving import Moved

_WRITE = "FIELD=VALUE"


def conflict_list(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """What waits for a decision."""
    cases = [*decisions.waiting(session.desk), *decisions.unplaced(session.desk)]
    lines = tuple(_case_line(session, case) for case in cases) or (session.words("conflict.none"),)
    return Outcome(shapes.listed("cases", [_case(case) for case in cases]), lines)


def conflict_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One case, question by question."""
    sheet = decisions.show(session.desk, arguments.CASE)
    lines = [_case_line(session, sheet.case)]
    for side in sheet.sides:
        facts = {"station": side.station, "author": side.revision.author_name, "at": side.revision.made_at}
        lines.append(session.words("conflict.side", id=side.revision.id[:12], **facts))
    for each in sheet.questions:
        state = session.words("conflict.open" if each.open else "conflict.by_rule", outcome=each.outcome)
        lines.append(session.words("conflict.line", label=each.label, sides=" | ".join(each.words), state=state))
    data = {
        "case": _case(sheet.case),
        "sides": [_side(side) for side in sheet.sides],
        "questions": [_question(each) for each in sheet.questions],
    }
    return Outcome(data, tuple(lines))


def conflict_resolve(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Join parallel changes."""
    choices: dict[str, RevisionId | Mapping[str, Any]] = {}
    for text in arguments.take:
        field, revision = session.pair("--take", "FIELD=REVISION", text)
        choices[field] = RevisionId(revision)
    for text in arguments.write:
        field, value = session.pair("--write", _WRITE, text)
        choices[field] = {} if value == "" else {field: _value(session, text, value)}
    row = decisions.resolve(session.desk, RecordId(arguments.RECORD), choices)
    return Outcome({"record": shapes.record(row)}, (session.words("conflict.resolved"),))


def conflict_adopt(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take a change that isn't taken by itself."""
    left = decisions.adopt(session.desk, RevisionId(arguments.REVISION))
    key = "conflict.adopted" if left is None else "conflict.adopted_open"
    return Outcome({"conflict": _case(left) if left else None}, (session.words(key),))


def conflict_return(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Send a state back to be corrected."""
    decisions.send_back(session.desk, RevisionId(arguments.REVISION), arguments.words)
    return Outcome({"returned": arguments.REVISION}, (session.words("conflict.returned"),))


def conflict_undo(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Give a record an earlier state again."""
    row = decisions.undo(session.desk, RecordId(arguments.RECORD), RevisionId(arguments.to))
    return Outcome({"record": shapes.record(row)}, (session.words("conflict.undone"),))


def duplicate_list(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Folders that may be one person's."""
    pairs = duplicates.waiting(session.desk)
    lines = tuple(_pair_line(session, pair) for pair in pairs) or (session.words("duplicate.none"),)
    return Outcome(shapes.listed("pairs", [_pair(pair) for pair in pairs]), lines)


def duplicate_show(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Two folders side by side."""
    pair, questions = duplicates.compare(session.desk, SubjectId(arguments.RESIDENT), SubjectId(arguments.OTHER))
    lines = [_pair_line(session, pair)]
    for each in questions:
        lines.append(session.words("conflict.line", label=each.label, sides=" | ".join(each.words), state=""))
    data = {"pair": _pair(pair), "questions": [_question(each) for each in questions]}
    return Outcome(data, tuple(lines))


def duplicate_same(session: Session, arguments: argparse.Namespace) -> Outcome:
    """One person: the later folder is merged into the earlier one."""
    one, other = SubjectId(arguments.RESIDENT), SubjectId(arguments.OTHER)
    row = duplicates.same_person(session.desk, one, other, arguments.take)
    line = session.words("duplicate.merged", name=row.name, code=row.record_code)
    return Outcome({"resident": shapes.resident(row, whole=True)}, (line,))


def duplicate_two(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Two people: not asked again."""
    duplicates.two_people(session.desk, SubjectId(arguments.RESIDENT), SubjectId(arguments.OTHER))
    return Outcome({"apart": [arguments.RESIDENT, arguments.OTHER]}, (session.words("duplicate.apart"),))


def duplicate_undo(session: Session, arguments: argparse.Namespace) -> Outcome:
    """A merged folder stands by itself again."""
    row = duplicates.separate(session.desk, SubjectId(arguments.RESIDENT))
    line = session.words("duplicate.separated", name=row.name, code=row.record_code)
    return Outcome({"resident": shapes.resident(row, whole=True)}, (line,))


def resident_transfer(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Move one person to another village."""
    moved = moving.move_resident(
        session.desk,
        SubjectId(arguments.RESIDENT),
        StationId(arguments.STATION),
        household_id=SubjectId(arguments.household) if arguments.household else None,
        address=session.answers(arguments.address) if arguments.address else None,
        relation=arguments.relation,
    )
    return _moved(session, moved)


def household_transfer(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Move a household to another village."""
    address = session.answers(arguments.address) if arguments.address else None
    moved = moving.move_household(session.desk, SubjectId(arguments.HOUSEHOLD), StationId(arguments.STATION), address)
    return _moved(session, moved)


def _moved(session: Session, moved: Moved) -> Outcome:
    data = {
        "station": moved.station.id,
        "household": moved.household,
        "residents": list(moved.residents),
        "revisions": moved.revisions,
    }
    line = session.words("conflict.moved", station=moved.station.name, count=len(moved.residents))
    return Outcome(data, (line,))


def _case(case: Case) -> dict[str, Any]:
    return {
        "record": case.record_id,
        "revision": case.revision_id,
        "reason": case.reason,
        "fault": case.fault,
        "form": case.form_title,
        "who": case.who,
        "station": case.station,
        "made_at": case.made_at,
    }


def _side(side: Side) -> dict[str, Any]:
    return {**shapes.revision(side.revision), "station_name": side.station}


def _question(each: Question) -> dict[str, Any]:
    return {
        "field": each.field,
        "label": each.label,
        "words": list(each.words),
        "open": each.open,
        "outcome": each.outcome,
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "reason": pair.reason,
        "first": shapes.resident(pair.first),
        "second": shapes.resident(pair.second),
        "keepers": list(pair.keepers),
    }


def _case_line(session: Session, case: Case) -> str:
    case_id = case.record_id if case.reason == "parallel" else case.revision_id
    reason = session.bench.text("terms", f"intake_reason.{case.fault or case.reason}")
    facts = {"who": case.who, "form": case.form_title, "station": case.station, "reason": reason}
    return session.words("conflict.case", id=case_id, **facts)


def _pair_line(session: Session, pair: Pair) -> str:
    reason = session.bench.text("terms", f"intake_reason.{pair.reason}") if pair.reason else ""
    sides = [
        session.words("duplicate.side", id=row.id, name=row.name, code=row.record_code, station=station)
        for row, station in zip((pair.first, pair.second), pair.keepers, strict=True)
    ]
    return session.words("duplicate.line", first=sides[0], second=sides[1], reason=reason)


def _value(session: Session, text: str, value: str) -> Any:
    """JSON where it is JSON (a list, a number in quotes), else the words themselves."""
    if not value.startswith(("[", "{", '"')):
        return value
    try:
        return canonical.parse_object(f'{{"value":{value}}}'.encode())["value"]
    except canonical.NotCanonical as error:
        raise session.misshapen("--write", _WRITE, text) from error
