"""Entries that are no record: what a station says about itself, in either direction."""

from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.ports.vault import UnitOfWork
from jiandang_desktop.services import generations, handover_state, heirs, keys, succession
from jiandang_desktop.services.desk import Desk

KINDS = frozenset({generations.ENTRY, keys.CARD, *succession.KINDS})
"""Kinds of entry with words ``intake_reason.notice_…``."""


def check(desk: Desk, entry: Entry, sender: str) -> None:
    """BUNDLE_ENTRIES unless the entry has the shape of its kind."""
    if entry.kind == keys.CARD:
        keys.read_card(desk, entry, sender)
    elif entry.kind == generations.ENTRY:
        generations.check_entry(entry)
    elif entry.kind in succession.KINDS:
        succession.check(entry, sender)


def take(desk: Desk, work: UnitOfWork, entry: Entry, sender: str) -> None:
    """Act on an entry that was appended to its stream already."""
    if entry.kind == keys.CARD:
        keys.take_card(desk, work, entry, sender)
    elif entry.kind == generations.ENTRY:
        generations.take_entry(work, entry)
    elif entry.kind in succession.KINDS:
        heirs.take(desk, work, entry, sender)
    elif entry.kind == handover_state.RECEIPT and sender == desk.station.parent_id:
        handover_state.learn(work, desk.station.id, entry)
