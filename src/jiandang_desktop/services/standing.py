"""How a resident stands to the programmes on a day, as forms ask for it."""

from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.ports.vault import Reader


def standing_of(
    reader: Reader, resident_id: SubjectId, day: str, but: RecordId | None = None
) -> dict[str, dict[str, str]]:
    """How somebody stands to each programme on a day, as forms read it (``programmes.<id>.state`` …).

    ``but``: leaves out what this record led to, so that correcting it isn't held against itself.
    """
    found = reader.care_of(resident_id)
    rows = found[1].memberships if found else ()
    held = (each for each in rows if each.holds(day) and (but is None or each.record_id != but))
    return {
        each.programme: {
            "state": each.state.value,
            "since": each.since,
            "opened_on": each.opened_on,
            "anchor": each.anchor,
        }
        for each in held
    }
