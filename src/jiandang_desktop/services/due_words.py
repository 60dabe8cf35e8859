"""What the programmes say, in words: resources/texts/programmes.toml, and due.toml for the worklist's own.

Where a newer program's programme speaks its words may be missing; then its title or id stands there.
"""

from collections.abc import Sequence

from jiandang_desktop.programmes.duties import Duty, Membership, MembershipState
from jiandang_desktop.services.workbench import Workbench

_REASONS = {
    MembershipState.PROPOSED: "reason",
    MembershipState.OPEN: "reason",
    MembershipState.REFUSED: "refused",
    MembershipState.CLOSED: "ended",
}


def programme_title(bench: Workbench, programme: str) -> str:
    """A programme's title."""
    return _words(bench, f"title.{programme}", programme)


def programme_badge(bench: Workbench, programme: str) -> str:
    """A programme in two to four characters."""
    return _words(bench, f"badge.{programme}", programme)


def duty_words(bench: Workbench, duty: Duty) -> str:
    """The service that a duty is."""
    return _words(bench, f"duty.{duty.programme}.{duty.id}", programme_title(bench, duty.programme))


def duty_reason(bench: Workbench, duty: Duty, also: Sequence[str] = ()) -> str:
    """Why it is due; ``also``: other programmes that the same sheet serves."""
    why = _words(bench, f"reason.{duty.reason}", "")
    if not also:
        return why
    names = bench.text("due", "line.and").join(programme_badge(bench, each) for each in also)
    return bench.text("due", "line.also", why=why, programmes=names)


def proposal_words(bench: Workbench, each: Membership) -> str:
    """The question that a proposed membership is."""
    return bench.text("due", "line.proposal", programme=programme_badge(bench, each.programme))


def membership_reason(bench: Workbench, each: Membership) -> str:
    """Why it is proposed, was refused or ended; '' where nothing was said."""
    return _words(bench, f"{_REASONS[each.state]}.{each.reason}", "") if each.reason else ""


def _words(bench: Workbench, key: str, otherwise: str) -> str:
    try:
        return bench.text("programmes", key)
    except KeyError:
        return otherwise
