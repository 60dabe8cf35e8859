"""Keep the projections of one transaction up to date, revision by revision.

What a later revision of the same transaction may change again (search terms, whether the first record is complete,
the highest number) is settled once: before something asks for it, at the latest at the commit.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from jiandang_desktop.storage.bodies import parse
from jiandang_desktop.storage.caring import SETTINGS_FORM, Caring
from jiandang_desktop.storage.connection import Connection
from jiandang_desktop.storage.projection_rows import (
    HOUSEHOLD,
    MERGED_INTO,
    MOTHER,
    RESIDENT,
    Origin,
    Projector,
    Stored,
    choose_current,
    codes_of,
    insert_sql,
    is_established,
    token_of,
)

_PUT_RECORD = insert_sql("records", "INSERT OR REPLACE")
_PUT_RESIDENT = insert_sql("residents", "INSERT OR REPLACE")
_PUT_HOUSEHOLD = insert_sql("households", "INSERT OR REPLACE")
_PUT_TERM = insert_sql("search_terms", "INSERT OR IGNORE")
_PUT_CODE = insert_sql("record_codes", "INSERT OR IGNORE")
_PUT_TOKEN = insert_sql("card_tokens", "INSERT OR IGNORE")


class Projecting:
    """The projections' side of one unit of work."""

    def __init__(self, connection: Connection, projector: Projector, today: Callable[[], str]) -> None:
        self._today = today
        self._connection = connection
        self._projector = projector
        self._stale: dict[str, frozenset[str] | None] = {}
        """Subjects to settle; for residents whose own data changed, the terms they had before."""
        self._known: dict[str, tuple[int, Mapping[str, Any]]] = {}
        """Place and current answers of those residents."""
        self._caring = Caring(connection, projector)
        self._care_for: set[str] = set()
        """Those of the subjects whose duties may be others now."""
        self._care_for_all = False

    def take(self, new: Stored) -> None:
        """Bring the record of a revision that was just stored up to date."""
        record_id = new.raw["record"]
        row = self._connection.execute(
            "SELECT heads, current FROM records WHERE record_id = ?", (record_id,)
        ).fetchone()
        before = self._stored(row[1]) if row else None
        heads = self._heads(new, json.loads(row[0]) if row else [])
        current = self._current(heads, new)
        self._connection.execute(_PUT_RECORD, self._projector.record(current, heads))
        self._registry(new, before, current)

    def settle(self) -> None:
        """Write what was put off of records, people and households."""
        if not self._stale:
            return
        gone: list[tuple[str, int]] = []
        come: list[tuple[str, int]] = []
        done: set[str] = set()
        while self._stale:
            stale, self._stale = self._stale, {}
            for subject_id, terms_before in stale.items():
                survivor = self._settle(subject_id, terms_before, gone, come)
                done.add(subject_id)
                if survivor and survivor not in done:
                    # What this folder holds counts for the one that took it in.
                    self._stale.setdefault(survivor, None)
        self._connection.executemany("DELETE FROM search_terms WHERE term = ? AND resident = ?", sorted(gone))
        # In the order of the table a thousand residents cost half of what they cost one by one.
        self._connection.executemany(_PUT_TERM, sorted(come))

    def settle_care(self) -> None:
        """Write what was put off of duties and memberships too: dearer, and asked for by few."""
        self.settle()
        waiting, self._care_for = self._care_for, set()
        if self._care_for_all:
            self._care_for_all = False
            self._caring.renew_everybody(self._today())
            return
        done: set[str] = set()
        while waiting:
            subject_id = waiting.pop()
            found = self._place_and_answers(subject_id)
            done.add(subject_id)
            if found is not None:
                self._caring.renew(found[0], subject_id, found[1])
                survivor = found[1].get(MERGED_INTO)
                waiting |= {survivor} - done if survivor else set()

    def _heads(self, new: Stored, before: list[str]) -> list[str]:
        heads = [head for head in before if head not in new.raw["parents"]]
        if not before or not self._has_child(new):
            heads.append(new.id)
        return heads

    def _has_child(self, new: Stored) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM revision_parents p JOIN revisions c ON c.place = p.child"
            " WHERE p.parent = ? AND c.record_id = ? LIMIT 1",
            (bytes.fromhex(new.id), new.raw["record"]),
        ).fetchone()
        return found is not None

    def _current(self, heads: list[str], new: Stored) -> Stored:
        chosen = heads[0] if len(heads) == 1 else choose_current(heads, self._body)
        return new if chosen == new.id else self._stored_by_id(chosen)

    def _body(self, revision_id: str) -> Mapping[str, Any] | None:
        row = self._connection.execute(
            "SELECT body FROM revisions WHERE id = ?", (bytes.fromhex(revision_id),)
        ).fetchone()
        return parse(row[0]) if row else None

    def _stored(self, place: int) -> Stored:
        row = self._connection.execute("SELECT place, id, body FROM revisions WHERE place = ?", (place,)).fetchone()
        return Stored(row[0], row[1].hex(), parse(row[2]))

    def _stored_by_id(self, revision_id: str) -> Stored:
        row = self._connection.execute(
            "SELECT place, id, body FROM revisions WHERE id = ?", (bytes.fromhex(revision_id),)
        ).fetchone()
        return Stored(row[0], row[1].hex(), parse(row[2]))

    def _registry(self, new: Stored, before: Stored | None, current: Stored) -> None:
        subject_id = new.raw["subject"]
        if new.raw["record"] == subject_id and new.raw["form"] == RESIDENT:
            self._resident(new, before, current)
        elif new.raw["record"] == subject_id and new.raw["form"] == HOUSEHOLD:
            origin = self._origin(new, before)
            self._connection.execute(_PUT_HOUSEHOLD, self._projector.household(current, origin))
        elif new.raw["form"] == SETTINGS_FORM:
            self._care_for_all = True
        else:
            self._stale.setdefault(subject_id, None)
            self._care_for.add(subject_id)

    def _resident(self, new: Stored, before: Stored | None, current: Stored) -> None:
        origin = self._origin(new, before)
        for code in codes_of(new.raw["answers"]):
            self._connection.execute(_PUT_CODE, (len(code), code, origin.place))
        if token := token_of(new.raw["answers"]):
            self._connection.execute(_PUT_TOKEN, (token, origin.place))
        row = self._projector.resident(current, origin, established=False, last_number=0)
        self._connection.execute(_PUT_RESIDENT, row)
        self._known[new.raw["subject"]] = (origin.place, current.raw["answers"])
        left = before.raw["answers"].get(MERGED_INTO) if before else None
        if left and left != current.raw["answers"].get(MERGED_INTO):
            self._stale.setdefault(left, None)
            self._care_for.add(left)
        if before is None or self._caring.differ(before.raw["answers"], current.raw["answers"]):
            self._care_for.add(new.raw["subject"])
            told = [each.raw["answers"] for each in (before, current) if each is not None]
            # A birth concerns the mother's programmes, too: hers who is named now, and hers who was before.
            self._care_for |= {answers[MOTHER] for answers in told if answers.get(MOTHER)}
        if self._stale.get(new.raw["subject"]) is None:
            had = self._projector.terms(before.raw["answers"]) if before else frozenset()
            self._stale[new.raw["subject"]] = had

    def _origin(self, new: Stored, before: Stored | None) -> Origin:
        if before is None:
            return Origin(new.place, new.raw["station"])
        row = self._connection.execute(
            "SELECT place, station_id FROM revisions WHERE record_id = ? ORDER BY place LIMIT 1", (new.raw["record"],)
        ).fetchone()
        return Origin(*row)

    def _place_and_answers(self, subject_id: str) -> tuple[int, Mapping[str, Any]] | None:
        row = self._connection.execute(
            "SELECT s.place, v.body FROM residents s JOIN records r ON r.record_id = s.id"
            " JOIN revisions v ON v.place = r.current WHERE s.id = ?",
            (subject_id,),
        ).fetchone()
        return (row[0], parse(row[1])["answers"]) if row else None

    def _settle(
        self,
        subject_id: str,
        terms_before: frozenset[str] | None,
        gone: list[tuple[str, int]],
        come: list[tuple[str, int]],
    ) -> str:
        """Write what was put off of one subject; returns the resident that it was merged into, '' for none."""
        found = self._known.pop(subject_id, None) or self._place_and_answers(subject_id)
        if found is None:
            return ""
        place, answers = found
        filed = self._connection.execute(
            "SELECT DISTINCT form_id FROM records WHERE complete = 1"
            " AND subject_id IN (SELECT ? UNION SELECT id FROM residents WHERE merged_into = ?)",
            (subject_id, subject_id),
        )
        established = is_established(self._projector.needed(answers), [form_id for (form_id,) in filed])
        self._connection.execute(
            "UPDATE residents SET established = ?, last_number ="
            " (SELECT max(number) FROM revisions WHERE subject_id = ?) WHERE place = ?",
            (int(established), subject_id, place),
        )
        if terms_before is not None:
            terms_now = self._projector.terms(answers)
            gone += [(term, place) for term in terms_before - terms_now]
            come += [(term, place) for term in terms_now - terms_before]
        return str(answers.get(MERGED_INTO, ""))
