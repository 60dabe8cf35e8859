"""A village's year written again for another village: its own people, numbers and keys, the same course of illness.

Filling every form of 90,000 people through the checks of the entry would take most of an hour; one village is filled
so, and what was filed there is filed again under other names. Each copy is a station of its own, and what it writes is
its own: ids, record codes, identity numbers, telephones and signatures.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from jiandang_desktop.demo.artificial import CERTIFICATE_BEGINS, PHONE_BEGINS, ArtificialNumbers
from jiandang_desktop.demo.people import GeneratedResident
from jiandang_desktop.domain.records import RecordId, Revision, RevisionId, SubjectId
from jiandang_desktop.services.desk import Desk

_SHIFTS = 4
"""Copies are born on one of so many days, a week apart, so that no day has more numbers than there are for it."""
_PHONES = 3
"""Telephone numbers that a person of the generated village uses at most: one's own, the household's, the contact's."""


def numbers_beside(people: Collection[GeneratedResident]) -> ArtificialNumbers:
    """Numbers that nobody of these has."""
    numbers = ArtificialNumbers()
    for person in people:
        taken = str(person.answers.get("id_no", ""))
        if taken.startswith(CERTIFICATE_BEGINS):
            numbers.birth_certificate()
        elif taken:
            numbers.id_number(person.born, person.sex)
        for _ in range(_PHONES):
            numbers.phone()
    return numbers


class Copy:
    """One village that copies another: what its people are called and which numbers they have."""

    def __init__(self, number: int, desk: Desk, model: Desk, numbers: ArtificialNumbers) -> None:
        self.desk = desk
        self._number = number
        self._numbers = numbers
        self._earlier = timedelta(days=7 * (number % _SHIFTS))
        self._prefixes = tuple(each.scheme.prefix(each.station.division_code, each.station.village_segment)
                               for each in (model, desk))  # fmt: skip
        self._segments = tuple(f"{each.station.village_segment or each.station.division_code[-3:]}-"
                               for each in (model, desk))  # fmt: skip
        self._revisions: dict[RevisionId, RevisionId] = {}
        self._texts: dict[str, str] = {}
        """Names, numbers and telephones: those of the model's people → those of ours."""

    def write(self, revisions: list[Revision]) -> None:
        """File what was filed at the model, as our own."""
        self._meet(revisions)
        with self.desk.vault.work("file_records") as work:
            for revision in revisions:
                ours = self._own(revision)
                self._revisions[revision.id] = ours.id
                work.add_own_revision(ours, stream=self.desk.station.up_stream)
            work.commit()

    def _own(self, revision: Revision) -> Revision:
        return self.desk.revision(
            self.desk.forms.edition(revision.form_id, revision.form_version),
            record_id=RecordId(self._id(revision.record_id)),
            subject_id=SubjectId(self._id(revision.subject_id)),
            parents=tuple(self._revisions[parent] for parent in revision.parents),
            answers={key: self._answer(key, value) for key, value in revision.answers.items()},
            complete=revision.complete,
        )

    def _meet(self, revisions: list[Revision]) -> None:
        """Give whoever is new a name of somebody of the same sex, and numbers."""
        by_sex: defaultdict[str, list[str]] = defaultdict(list)
        for revision in revisions:
            answers = revision.answers
            if revision.form_id == "resident" and not revision.parents:
                by_sex[answers["sex"]].append(answers["name"])
                number = str(answers.get("id_no", ""))
                if number:
                    self._texts[number] = self._id_number(number, answers["birth_date"], answers["sex"])
        for names in by_sex.values():
            others = list(names)
            random.Random(self._number).shuffle(others)
            self._texts |= dict(zip(names, others, strict=True))

    def _id_number(self, number: str, born: str, sex: str) -> str:
        if number.startswith(CERTIFICATE_BEGINS):
            return self._numbers.birth_certificate()
        return self._numbers.id_number(date.fromisoformat(born) - self._earlier, sex)

    def _answer(self, key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._answer(key, part) for part in value]
        if isinstance(value, dict):
            return {name: self._answer(name, part) for name, part in value.items()}
        return self._text(key, value) if isinstance(value, str) else value

    def _text(self, key: str, text: str) -> str:
        if key == "birth_date":
            return (date.fromisoformat(text) - self._earlier).isoformat()
        if text in self._texts:
            return self._texts[text]
        if key in ("household_id", "card_token"):
            return self._id(text)
        for before, ours in (self._prefixes, self._segments):
            if text.startswith(before) and text[len(before) :].isdigit():
                return ours + text[len(before) :]
        if text.startswith(PHONE_BEGINS) and len(text) == 11:
            self._texts[text] = self._numbers.phone()
            return self._texts[text]
        return text

    def _id(self, of: str) -> str:
        return hashlib.sha256(f"{self._number} {of}".encode()).hexdigest()[: len(of)]
