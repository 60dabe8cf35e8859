"""Duties and memberships as rows and back; the settings that they were worked out with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.domain.settings import Settings
from jiandang_desktop.programmes.bands import is_short
from jiandang_desktop.programmes.duties import NEVER, Care, Duty, Filed, Membership, MembershipState

CARE_COLUMNS = {
    "duties": "ends, resident, programme, id, known_from, form_id, sheet_column, opens, target, closes, lapses, short,"
    " yearly, shared, done_on, done_by, lost_on, found_on, reason, called_by, attempts, last_attempt",
    "memberships": "resident, number, programme, state, since, opened_on, anchor, reason, record_id, until",
}
"""The projection tables that are worked out from the others."""

Row = tuple[Any, ...]


class CareRules(Protocol):
    """The programmes as storage needs them (``programmes.programme.Programmes``): pure, no clock."""

    settings: Settings
    """What they let a banner change."""
    resident_fields: frozenset[str]
    """The registry's answers that they read: where others change, they say the same as before."""

    def care(
        self, resident: Mapping[str, Any], filed: Sequence[Filed], settings: Mapping[str, Any] | None = None
    ) -> Care:
        """What they say of one resident; ``filed`` by event date, then in the order of arrival."""
        ...


class NoRules:
    """No programmes at all."""

    settings = Settings(())
    resident_fields: frozenset[str] = frozenset()

    def care(
        self, resident: Mapping[str, Any], filed: Sequence[Filed], settings: Mapping[str, Any] | None = None
    ) -> Care:
        """Nothing is due for anybody."""
        del resident, filed, settings
        return Care()


def care_rows(resident: int, care: Care) -> Mapping[str, list[Row]]:
    """By table, the rows of a resident."""
    asking: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for duty in care.duties:
        if not is_short(duty):
            asking[duty.form_id, duty.column].add(duty.programme)
    duties = {
        (duty.programme, duty.id, duty.known_from): _duty_row(
            resident, duty, shared=not is_short(duty) and len(asking[duty.form_id, duty.column]) > 1
        )
        for duty in care.duties
    }
    members = [_membership_row(resident, number, each) for number, each in enumerate(care.memberships)]
    return {"duties": list(duties.values()), "memberships": members}


def read_duty(row: Row) -> Duty:
    """A duty from a whole row of ``duties``."""
    _, _, programme, duty_id, known, form_id, column, opens, target, closes, lapses, _, yearly, _, *rest = row
    done_on, done_by, lost_on, found_on, reason, called_by, attempts, last_attempt = rest
    return Duty(
        programme=programme,
        id=duty_id,
        form_id=FormId(form_id),
        column=column,
        known_from=known,
        opens=opens,
        target=target,
        closes=closes,
        lapses=lapses,
        yearly=bool(yearly),
        done_on=done_on,
        done_by=RecordId(done_by) if done_by else None,
        lost_on=lost_on,
        found_on=found_on,
        reason=reason,
        called_by=RecordId(called_by) if called_by else None,
        attempts=attempts,
        last_attempt=last_attempt,
    )


def read_membership(row: Row) -> Membership:
    """A membership from a whole row of ``memberships``."""
    _, _, programme, state, since, opened_on, anchor, reason, record_id, until = row
    return Membership(
        programme=programme,
        state=MembershipState(state),
        since=since,
        opened_on=opened_on,
        anchor=anchor,
        reason=reason,
        record_id=RecordId(record_id) if record_id else None,
        until=until,
    )


def _duty_row(resident: int, duty: Duty, *, shared: bool) -> Row:
    return (
        min(duty.done_on or NEVER, duty.lapses),
        resident,
        duty.programme,
        duty.id,
        duty.known_from,
        duty.form_id,
        duty.column,
        duty.opens,
        duty.target,
        duty.closes,
        duty.lapses,
        int(is_short(duty)),
        int(duty.yearly),
        int(shared),
        duty.done_on,
        duty.done_by or "",
        duty.lost_on,
        duty.found_on,
        duty.reason,
        duty.called_by or "",
        duty.attempts,
        duty.last_attempt,
    )


def _membership_row(resident: int, number: int, each: Membership) -> Row:
    told = (each.programme, each.state.value, each.since, each.opened_on, each.anchor, each.reason)
    return (resident, number, *told, each.record_id or "", each.until)
