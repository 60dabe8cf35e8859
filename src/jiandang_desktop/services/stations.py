"""Set a station up: its vault, its keys, its first person, its recovery sheet (R1.1)."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from jiandang_desktop.bundles import Identity, SigningKey
from jiandang_desktop.domain.names import clean_name, clean_text
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId, new_id
from jiandang_desktop.domain.staff import Role, StaffId
from jiandang_desktop.ports.vault import FirstPerson, OwnKeys, StationRow
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.workbench import Workbench

LEVELS = {"village": 12, "township": 9, "banner": 6}
"""Levels of station and how many digits their division code has."""


@dataclass(frozen=True, slots=True)
class NewStation:
    """What set-up asks. ``village_segment`` '' means: the end of the division code."""

    level: str
    name: str
    division_code: str
    staff_name: str
    password: str = field(repr=False)
    scheme_id: str = "17"
    village_segment: str = ""


@dataclass(frozen=True, slots=True)
class StationCreated:
    """An open desk and the code for the recovery sheet, shown this once."""

    desk: Desk
    recovery_code: str = field(repr=False)


def create_station(bench: Workbench, folder: Path, new: NewStation) -> StationCreated:
    """Make a station with its vault in ``folder`` and sign its first person in.

    The first person administers the station and does its work (doctor in a village, archivist above).
    Problems: STATION_INVALID, DIVISION_INVALID, SCHEME_UNKNOWN, VAULT_EXISTS, PASSWORD_RULE, VAULT_IO.
    """
    checked = _checked(bench, new)
    working_role = Role.DOCTOR if new.level == "village" else Role.ARCHIVIST
    roles = frozenset({Role.ADMINISTRATOR, working_role})
    person = FirstPerson(StaffId(new_id()), checked.staff_name, checked.password, roles)
    vault, recovery_code = bench.keeper.create(folder, person)
    station_id = StationId(new_id()[:16])
    signing, identity = SigningKey.generate(), Identity.generate()
    with vault.work("create_station") as work:
        work.set_setting(
            "station",
            {
                "id": station_id,
                "name": checked.name,
                "level": checked.level,
                "division_code": checked.division_code,
                "scheme": checked.scheme_id,
                "village_segment": checked.village_segment,
            },
        )
        work.set_setting("generation", new_id())
        work.add_own_keys(OwnKeys(signing.seed, identity.secret, signing.key_id))
        work.put_station(
            StationRow(
                id=station_id,
                name=checked.name,
                level=checked.level,
                division_code=checked.division_code,
                key_id=signing.key_id,
                signing_public=signing.public,
                recipient=identity.recipient,
                certificate=b"",
                relation="self",
            )
        )
        work.commit()
    with vault.read() as reader:
        member = reader.staff_member(person.id)
        station = read_station(reader)
    if member is None:
        raise AssertionError("the keeper must store the first person")
    desk = Desk(bench, vault, member, station)
    desk.read_forms()
    return StationCreated(desk, recovery_code)


def _checked(bench: Workbench, new: NewStation) -> NewStation:
    if new.level not in LEVELS:
        raise Problem("STATION_INVALID", reason=bench.text("terms", "station.level"))
    if new.scheme_id not in bench.schemes:
        raise Problem("SCHEME_UNKNOWN", scheme=new.scheme_id, known="、".join(bench.schemes))
    digits = LEVELS[new.level]
    if not re.fullmatch(rf"[1-9][0-9]{{{digits - 1}}}", new.division_code):
        raise Problem("DIVISION_INVALID", code=new.division_code, digits=digits)
    if bench.divisions.name(new.division_code[:6]) is None:
        raise Problem("DIVISION_UNKNOWN", code=new.division_code[:6])
    try:
        name = clean_text(new.name, 60)
        staff_name = clean_name(new.staff_name)
    except ValueError as error:
        raise Problem("STATION_INVALID", reason=bench.text("terms", "station.name")) from error
    if len(name) < 2:
        raise Problem("STATION_INVALID", reason=bench.text("terms", "station.name"))
    segment = new.village_segment
    if new.level == "village":
        width = bench.schemes[new.scheme_id].segments[2]
        segment = segment or new.division_code[-width:]
        if not re.fullmatch(rf"[0-9]{{{width}}}", segment) or int(segment) == 0:
            raise Problem("VILLAGE_SEGMENT", segment=segment, digits=width)
    return NewStation(new.level, name, new.division_code, staff_name, new.password, new.scheme_id, segment)


def recovery_groups(recovery_code: str) -> tuple[str, ...]:
    """The printed groups of a recovery code."""
    return tuple(recovery_code.replace(" ", "-").split("-"))


def recovery_typed_back(recovery_code: str, typed: dict[int, str]) -> bool:
    """Whether the groups typed from the sheet (by place, from 0) are those on it; blanks and case don't matter."""
    groups = recovery_groups(recovery_code)
    return bool(typed) and all(
        0 <= place < len(groups) and groups[place] == text.strip().upper() for place, text in typed.items()
    )
