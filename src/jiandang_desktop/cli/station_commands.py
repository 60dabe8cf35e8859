"""jiandang station …"""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

from jiandang_desktop.cli import ejecting, shapes
from jiandang_desktop.cli.session import Outcome, Session
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.services import enrolment, keys, stations
from jiandang_desktop.services.enrolment import EnrolmentFile
from jiandang_desktop.services.recovery_sheet import recovery_pdf


def station_init(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Set a station up; the recovery code is printed once, or as a sheet where a file is named."""
    new = stations.NewStation(
        level=arguments.level,
        name=arguments.name,
        division_code=arguments.division,
        staff_name=arguments.staff,
        password=session.password(),
        scheme_id=arguments.scheme,
        village_segment=arguments.village_segment,
    )
    created = stations.create_station(session.bench, session.vault_folder, new)
    session.adopt(created.desk)
    code = _recovery(session, arguments.recovery_sheet, created)
    station = created.desk.station
    lines = (session.words("station.made", name=station.name, id=station.id), *code.lines)
    told = {"station": station.id, "name": station.name, "level": station.level, **code.data}
    return replace(code, data=told, lines=lines)


def _recovery(session: Session, sheet: Path | None, created: stations.StationCreated) -> Outcome:
    """The recovery code on its sheet, or said: nothing else knows it, so it is said too where the sheet fails."""
    code = created.recovery_code
    said = Outcome({"recovery_code": code}, (session.words("station.code", code=code),))
    if sheet is None:
        return said
    try:
        target = sheet.resolve()
        path = session.bench.medium.write_file(target.parent, target.name, recovery_pdf(created.desk, code))
    except Problem as problem:
        data = {**said.data, "error": problem.code}
        exit_code = session.bench.problems.words(problem).exit_code
        return Outcome(data, (session.refusal(problem), *said.lines), exit_code)
    return Outcome({"recovery_sheet": str(path)}, (session.words("station.sheet", file=path),), written=(path,))


def station_show(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """This station and those it knows."""
    known = enrolment.stations(session.desk)
    station = session.desk.station
    lines = tuple(
        session.words(
            f"station.{row.relation}", name=row.name, id=row.id, revoked=session.words(f"revoked.{row.revoked}")
        )
        for row in known
    )
    data = {
        "station": station.id,
        "enrolled": station.enrolled,
        **shapes.listed("known", [shapes.station(r) for r in known]),
    }
    return Outcome(data, lines)


def station_request(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Write the enrolment request into a folder."""
    return written(session, enrolment.request(session.desk), "station.requested")


def station_approve(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take a station in; the fingerprint must be given, or --yes says that it was compared."""
    data = session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT)
    view = enrolment.read_request(session.desk, data)
    compared(session, arguments, view.fingerprint)
    return written(session, enrolment.approve(session.desk, data), "station.approved")


def station_reenrol(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take a station's new keys in place of those that were lost with its computer."""
    data = session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT)
    view = enrolment.read_request(session.desk, data)
    compared(session, arguments, view.fingerprint)
    station = StationId(arguments.STATION)
    return written(session, enrolment.approve(session.desk, data, station, arguments.reason), "station.again")


def station_rotate(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """Make new keys; they are used once the stations around have confirmed them."""
    done = keys.rotate(session.desk)
    words = session.words("station.rotated", fingerprint=" ".join(done.fingerprint), count=done.announced)
    data = {"key": done.card.key_id, "fingerprint": list(done.fingerprint), "waiting": done.announced}
    return Outcome(data, (words,))


def station_keys(session: Session, _arguments: argparse.Namespace) -> Outcome:
    """This station's key and every key that another one has or had."""
    rows = keys.overview(session.desk)
    lines = []
    for row in rows:
        state = session.bench.text("terms", f"key.{row.ended or 'valid'}", reason=row.reason, on=row.ended_on[:10])
        waits = session.words("station.key_waits", count=row.waiting) if row.waiting else ""
        lines.append(session.words("station.key", key=row.key_id, name=row.name, state=state + waits))
    return Outcome(shapes.listed("keys", [asdict(row) for row in rows]), tuple(lines))


def station_accept(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take the answer of the station above."""
    data = session.bench.medium.read_file(arguments.FILE, BUNDLE_LIMIT)
    view = enrolment.read_answer(session.desk, data)
    compared(session, arguments, view.fingerprint)
    row = enrolment.accept(session.desk, data)
    return Outcome({"parent": shapes.station(row)}, (session.words("station.accepted", name=row.name),))


def station_revoke(session: Session, arguments: argparse.Namespace) -> Outcome:
    """Take nothing more from a station's key."""
    row = enrolment.revoke(session.desk, StationId(arguments.STATION), arguments.reason)
    return Outcome({"revoked": shapes.station(row)}, (session.words("station.revoke_done", name=row.name),))


BUNDLE_LIMIT = 512 * 1024 * 1024
"""Bytes of the largest bundle that is read at all (docs/bundle-format.md)."""


def compared(session: Session, arguments: argparse.Namespace, fingerprint: tuple[str, ...]) -> None:
    """Refuse unless the words that the other side read out are these, or --yes says so (FINGERPRINT_…)."""
    given = "".join(arguments.fingerprint.replace("-", " ").split())
    if given == "".join(fingerprint) or (not given and session.arguments.yes):
        return
    if given:
        raise Problem("FINGERPRINT_DIFFERS", fingerprint=" ".join(fingerprint))
    raise Problem("FINGERPRINT_NOT_COMPARED", fingerprint=" ".join(fingerprint))


def written(session: Session, file: EnrolmentFile, key: str) -> Outcome:
    """Write a file that introduces this station into a folder, else to the one stick."""
    path = session.bench.medium.write_file(ejecting.place(session), file.file_name, file.data)
    fingerprint = " ".join(file.fingerprint)
    return Outcome(
        {"file": str(path), "fingerprint": list(file.fingerprint)},
        (session.words(key, file=path, fingerprint=fingerprint),),
        written=(path,),
    )
