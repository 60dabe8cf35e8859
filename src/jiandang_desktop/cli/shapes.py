"""The JSON shapes that commands print (docs/cli.md keeps them stable)."""

from collections.abc import Mapping
from typing import Any

from jiandang_desktop.domain.records import Revision
from jiandang_desktop.ports.vault import BundleRow, HouseholdRow, PrintRow, RecordRow, ResidentRow, StationRow


def resident(row: ResidentRow, *, whole: bool = False) -> dict[str, Any]:
    """A resident; ``whole`` adds the registry answers."""
    shape = {
        "id": row.id,
        "household": row.household_id,
        "name": row.name,
        "sex": row.sex,
        "birth_date": row.birth_date,
        "id_type": row.id_type,
        "id_no": row.id_no,
        "phone": row.phone,
        "record_code": row.record_code,
        "relation_to_head": row.relation_to_head,
        "village_group": row.village_group,
        "address": row.address,
        "status": row.status,
        "station": row.station_id,
        "first_record_complete": row.established,
    }
    return {**shape, "answers": dict(row.answers)} if whole else shape


def household(row: HouseholdRow) -> dict[str, Any]:
    """A household with its registry answers."""
    return {
        "id": row.id,
        "address": row.address,
        "village_group": row.village_group,
        "door": row.door,
        "phone": row.phone,
        "head": row.head_name,
        "members": row.members,
        "station": row.station_id,
        "answers": dict(row.answers),
    }


def record(row: RecordRow) -> dict[str, Any]:
    """A record's current state."""
    return {
        "record": row.record_id,
        "form": row.form_id,
        "form_version": row.form_version,
        "subject": row.subject_id,
        "revision": row.revision_id,
        "heads": list(row.heads),
        "complete": row.complete,
        "event_date": row.event_date,
        "author": row.author_name,
        "station": row.station_id,
        "made_at": row.made_at,
        "number": row.number,
        "verdict": row.verdict,
        "verdict_reason": row.verdict_reason,
        "verdict_words": row.verdict_words,
        "answers": dict(row.answers),
    }


def revision(item: Revision) -> dict[str, Any]:
    """One revision."""
    return {
        "revision": item.id,
        "record": item.record_id,
        "form": item.form_id,
        "form_version": item.form_version,
        "subject": item.subject_id,
        "parents": list(item.parents),
        "complete": item.complete,
        "author": item.author_name,
        "station": item.station_id,
        "made_at": item.made_at,
        "answers": dict(item.answers),
    }


def bundle(row: BundleRow) -> dict[str, Any]:
    """A bundle made or taken in."""
    return {
        "digest": row.digest,
        "direction": row.direction,
        "kind": row.kind,
        "peer": row.peer,
        "stream": row.stream,
        "generation": row.generation,
        "first": row.first,
        "last": row.last,
        "head": row.head,
        "file": row.file_name,
        "made_at": row.made_at,
        "state": row.state,
        "summary": dict(row.summary),
    }


def station(row: StationRow) -> dict[str, Any]:
    """A known station, without keys."""
    return {
        "id": row.id,
        "name": row.name,
        "level": row.level,
        "division": row.division_code,
        "key": row.key_id,
        "relation": row.relation,
        "revoked": row.revoked,
        "revoked_reason": row.revoked_reason,
    }


def listed(name: str, rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    """A list with its length."""
    return {name: rows, "count": len(rows)}


def printed(row: PrintRow) -> dict[str, Any]:
    """What was printed of a household."""
    return {
        "job": row.job,
        "household": row.household_id,
        "mode": row.mode,
        "at": row.at,
        "staff": row.staff_name,
        "pages": row.pages,
        "sheets": [
            {
                "sheet": sheet.sheet,
                "subject": sheet.subject_id,
                "form": sheet.form_id,
                "records": dict(sheet.records),
                "first": sheet.first,
                "numbers": sheet.numbers,
                "pages": sheet.pages,
            }
            for sheet in row.sheets
        ],
    }
