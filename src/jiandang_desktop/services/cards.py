"""Information cards: who has one, handing out, loss and replacement (R8.3).

A card carries a random token. What happened to a resident's cards is a table in the registry record, so each event is
a revision with its person. A token that was taken back stays known, so that an old card is refused with its reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import ResidentFilter, ResidentRow, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.known import known_household, known_resident
from jiandang_desktop.services.registry import ACTIVE, TOKEN_DIGITS, new_token, revise_in
from jiandang_desktop.services.work import Progress, silent

CARD_QUESTION = "card_shown"
"""The question of forms about visits whether the card was shown (plan 二(二)1)."""
CARD_SHOWN, CARD_NOT_SHOWN = "1", "2"

_TOKEN = re.compile(rf"[0-9]{{{TOKEN_DIGITS}}}|[0-9a-f]{{20}}")
"""Digits; the first cards had letters, too."""


class CardEvent(StrEnum):
    """What can happen to a card, with the codes of the registry's table ``cards``."""

    ISSUED = "1"
    LOST = "2"
    DAMAGED = "3"
    ENDED = "4"


class CardStatus(StrEnum):
    """Where a resident stands; everybody but ``ISSUED`` needs a card made."""

    NONE = "none"
    ISSUED = "issued"
    LOST = "lost"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class CardState:
    """A resident's card: its token, where it stands, and everything that happened, oldest first."""

    token: str
    status: CardStatus
    day: str
    """Day of the last event, '' where nothing happened yet."""
    person: str
    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CardChoice:
    """Whose cards are wanted; None means no restriction. People whose record is closed get none."""

    household_id: SubjectId | None = None
    village_group: str | None = None
    missing: bool = False
    """Only those without a card in their hands."""


def state_of(row: ResidentRow) -> CardState:
    """How a resident's card stands."""
    token = str(row.answers.get("card_token", ""))
    events = tuple(row.answers.get("cards", ()))
    last = events[-1] if events else {}
    if any(event["event"] == CardEvent.ISSUED and event.get("token") == token for event in events):
        status = CardStatus.ISSUED
    elif not events:
        status = CardStatus.NONE
    else:
        status = CardStatus.LOST if last["event"] == CardEvent.LOST else CardStatus.REPLACED
    return CardState(token, status, str(last.get("day", "")), str(last.get("person", "")), events)


def show(desk: Desk, resident_id: SubjectId) -> CardState:
    """A resident's card (NOT_ALLOWED, NO_SUCH_RESIDENT)."""
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        return state_of(known_resident(reader, resident_id))


def choose(desk: Desk, choice: CardChoice) -> list[ResidentRow]:
    """Whose cards a choice means, by group and address (NOT_ALLOWED, NO_SUCH_HOUSEHOLD)."""
    desk.require(Right.READ_RECORDS)
    where = ResidentFilter(
        household_id=choice.household_id, village_group=choice.village_group, status=ACTIVE, station_id=desk.station.id
    )
    with desk.vault.read() as reader:
        if choice.household_id is not None:
            known_household(reader, choice.household_id)
        rows = reader.residents(where, limit=-1)
    return [row for row in rows if not choice.missing or state_of(row).status is not CardStatus.ISSUED]


def issue(desk: Desk, resident_ids: Sequence[SubjectId], progress: Progress = silent) -> int:
    """Write down that these cards were made and handed out; how many weren't before.

    All or none. Problems: NOT_ALLOWED, NO_SUCH_RESIDENT.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("issue_cards") as work:
        count = 0
        for done, resident_id in enumerate(resident_ids, 1):
            row = known_resident(work, resident_id)
            state = state_of(row)
            if state.status is not CardStatus.ISSUED:
                token = state.token or new_token()
                _add_event(desk, work, row, CardEvent.ISSUED, token, token)
                count += 1
            progress(done, len(resident_ids))
        work.note(cards=count)
        if count:
            work.commit()
    return count


def replace(desk: Desk, resident_id: SubjectId, event: CardEvent) -> CardState:
    """Take a card back, because it was lost, damaged or for another reason, and give the resident a new token.

    The old card opens nothing from now on. One that was handed out before cards were written down may be taken back
    too. Problems: NOT_ALLOWED, NO_SUCH_RESIDENT, CARD_NOT_ISSUED where the next card wasn't handed out yet.
    """
    desk.require(Right.WRITE_RECORDS)
    with desk.vault.work("replace_card") as work:
        row = known_resident(work, resident_id)
        state = state_of(row)
        if state.status in (CardStatus.LOST, CardStatus.REPLACED):
            raise Problem("CARD_NOT_ISSUED")
        _add_event(desk, work, row, event, state.token, new_token())
        work.note(event=event.value)
        work.commit()
    return show(desk, resident_id)


def token_in(text: str) -> str:
    """The token that was scanned or typed, '' where it isn't one; blanks and hyphens between don't matter."""
    bare = re.sub(r"[\s-]", "", text).lower()
    return bare if _TOKEN.fullmatch(bare) else ""


def by_token(desk: Desk, token: str) -> ResidentRow:
    """The resident whose card was scanned.

    Problems: NOT_ALLOWED; CARD_LOST, CARD_REPLACED for a card that was taken back (the attempt is logged);
    CARD_UNKNOWN for one of another station, or what isn't a card.
    """
    desk.require(Right.READ_RECORDS)
    with desk.vault.read() as reader:
        row = reader.resident_by_token(token)
        owner = row or (reader.resident_of_old_token(token) if token else None)
    if row is not None:
        return row
    if owner is None:
        raise Problem("CARD_UNKNOWN")
    desk.vault.log("old_card", subject_id=owner.id)
    state = state_of(owner)
    ended: Mapping[str, Any] = next((each for each in reversed(state.events) if _ends(each, token)), {})
    has_new = "new" if state.status is CardStatus.ISSUED else "none"
    then = desk.bench.text("terms", f"card_then.{has_new}")
    if ended.get("event") == CardEvent.LOST:
        raise Problem("CARD_LOST", day=ended["day"], then=then)
    raise Problem("CARD_REPLACED", then=then)


def _ends(event: Mapping[str, Any], token: str) -> bool:
    return event.get("token") == token and event["event"] != CardEvent.ISSUED


def _add_event(desk: Desk, work: UnitOfWork, row: ResidentRow, event: CardEvent, about: str, token: str) -> None:
    told = {"day": desk.today(), "event": event.value, "person": desk.staff.name, "token": about}
    changes = {"card_token": token, "cards": [*row.answers.get("cards", ()), told]}
    revise_in(desk, work, row, changes)
