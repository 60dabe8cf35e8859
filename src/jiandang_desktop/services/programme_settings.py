"""Limits and spans that a township or banner sets otherwise, for itself and for everybody below (R6.2).

They are a record about the station that sets them, journalled in a stream of its own and sent down to every station
below, which passes it on. Everybody's duties are worked out again when one comes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, Revision, StationId, SubjectId
from jiandang_desktop.domain.settings import Setting, SettingValue, chosen_rows
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.forms.validator import check_values, refuse
from jiandang_desktop.ports.vault import Reader, UnitOfWork
from jiandang_desktop.services.desk import PROGRAMME_SETTINGS, Desk, form_for
from jiandang_desktop.services.downward import pass_down, send_down
from jiandang_desktop.services.due import checked_day

_LEVELS = frozenset({"township", "banner"})


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting and what holds."""

    setting: Setting
    value: SettingValue
    """What holds today."""
    later: tuple[tuple[str, SettingValue], ...]
    """Day and value of each change that is laid down for later."""


def settings(desk: Desk) -> list[SettingLine]:
    """All settings, in the order of their file (NOT_ALLOWED)."""
    desk.require(Right.READ_RECORDS)
    known, today = desk.bench.forms.settings, desk.today()
    with desk.vault.read() as reader:
        told = reader.programme_settings()
    days = {str(row.get("valid_from", "")) for record in told for row in record.get("values") or ()}
    now = known.in_force(chosen_rows(told, today), today)
    at = {day: known.in_force(chosen_rows(told, day), day) for day in sorted(days) if day > today}
    return [
        SettingLine(setting, now[setting.id], tuple(_changes(setting.id, now, at))) for setting in known.by_id.values()
    ]


def set_setting(desk: Desk, setting_id: str, value: str, valid_from: str | None = None) -> SettingLine:
    """Set one from a day on, today without one; everybody below gets it with the next bundle.

    Problems: NOT_ALLOWED, SETTING_FROM_ABOVE at a village, NO_SUCH_SETTING, SETTING_VALUE, DAY_INVALID.
    """
    if desk.station.level not in _LEVELS:
        raise Problem("SETTING_FROM_ABOVE")
    desk.require(Right.INTAKE)
    setting = desk.bench.forms.settings.by_id.get(setting_id)
    if setting is None:
        raise Problem("NO_SUCH_SETTING", setting=setting_id)
    if setting.read(value) is None:
        raise Problem("SETTING_VALUE", setting=setting.label, value=value, allowed=allowed_words(setting))
    day = checked_day(desk, valid_from)
    with desk.vault.work("set_programme_setting") as work:
        revision = _revision(desk, work, {"setting": setting_id, "value": value.strip(), "valid_from": day})
        work.add_own_revision(revision, stream=desk.station.down_stream(desk.station.id))
        pass_down(desk, work, revision)
        work.note(setting=setting_id)
        work.commit()
    return next(line for line in settings(desk) if line.setting.id == setting_id)


def in_force(desk: Desk, reader: Reader) -> Mapping[str, SettingValue]:
    """What differs from the defaults today."""
    told, today = reader.programme_settings(), desk.today()
    return desk.bench.forms.settings.differing(chosen_rows(told, today), today) if told else {}


def send_to_new(desk: Desk, work: UnitOfWork, station_id: StationId) -> None:
    """Send a station that was just taken in all the settings that hold here."""
    for record_id in work.programme_settings_records():
        for revision in work.history(record_id):
            send_down(desk, work, revision, {station_id})


def allowed_words(setting: Setting) -> str:
    """What values a setting takes, for people."""
    if setting.options:
        return "\N{IDEOGRAPHIC COMMA}".join(f"{code} {label}" for code, label in setting.options.items())
    if setting.type == "bool":
        return "true / false"
    low, high = setting.minimum, setting.maximum
    return f"{'' if low is None else f'{low:g}'}\N{FULLWIDTH TILDE}{'' if high is None else f'{high:g}'}"


def _changes(
    setting_id: str, now: Mapping[str, SettingValue], at: Mapping[str, Mapping[str, SettingValue]]
) -> list[tuple[str, SettingValue]]:
    found, before = [], now[setting_id]
    for day, values in at.items():
        if values[setting_id] != before:
            before = values[setting_id]
            found.append((day, before))
    return found


def _revision(desk: Desk, work: UnitOfWork, row: Mapping[str, Any]) -> Revision:
    """The station's record with one more row; a row of the same setting and day is replaced."""
    form = form_for(desk, PROGRAMME_SETTINGS)
    record_id = RecordId(hashlib.sha256(f"{desk.station.id}/programme_settings".encode()).hexdigest()[:32])
    before = work.record(record_id)
    rows = before.answers.get("values", []) if before else []
    same = (row["setting"], row["valid_from"])
    kept = [each for each in rows if (each.get("setting"), each.get("valid_from")) != same]
    answers = {"level": desk.station.level, "values": [*kept, dict(row)]}
    refuse(check_values(form, answers))
    return desk.revision(
        form,
        record_id=record_id,
        subject_id=SubjectId(desk.station.id),
        parents=before.heads if before else (),
        answers=answers,
        complete=True,
    )
