"""How a resident stands to the programmes on a day, as forms ask for it."""

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.ports.vault import Reader


def standing_of(reader: Reader, resident_id: SubjectId, day: str) -> dict[str, dict[str, str]]:
    """How somebody stands to each programme on a day, as forms read it (``programmes.<id>.state`` …)."""
    found = reader.care_of(resident_id)
    held = (each for each in found[1].memberships if each.holds(day)) if found else ()
    return {
        each.programme: {
            "state": each.state.value,
            "since": each.since,
            "opened_on": each.opened_on,
            "anchor": each.anchor,
        }
        for each in held
    }
