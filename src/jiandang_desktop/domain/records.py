"""Records and their revisions.

A record is one filled form about a subject. A revision is one immutable saved state of a record; its id is
the SHA-256 of its canonical JSON, so an id names exactly one content and parents can't form a circle.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType

from jiandang_desktop.domain import canonical

RecordId = NewType("RecordId", str)
RevisionId = NewType("RevisionId", str)
SubjectId = NewType("SubjectId", str)
StationId = NewType("StationId", str)
FormId = NewType("FormId", str)

Answers = Mapping[str, Any]
"""Answers by field id. Values: str (text, code, date ISO, choice code), int, float, bool, list of codes
(several choices), list of row objects (table). The words behind an option such as 其他 have the key
``<field>.<code>``. An unanswered field is absent: never null, never an empty string."""


def new_id() -> str:
    """A fresh random identifier: 128 bits as 32 hex digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state. ``made_at`` is a label (local ISO time); order comes from ``parents`` only."""

    record_id: RecordId
    form_id: FormId
    form_version: int
    subject_id: SubjectId
    parents: tuple[RevisionId, ...]
    answers: Answers
    complete: bool
    author_id: str
    author_name: str
    station_id: StationId
    made_at: str
    body: bytes
    id: RevisionId

    @classmethod
    def make(
        cls,
        *,
        record_id: RecordId,
        form_id: FormId,
        form_version: int,
        subject_id: SubjectId,
        parents: tuple[RevisionId, ...],
        answers: Answers,
        complete: bool,
        author_id: str,
        author_name: str,
        station_id: StationId,
        made_at: str,
    ) -> "Revision":
        """A new revision with its canonical body and id (canonical.NotCanonical if it has no encoding)."""
        body = canonical.encode(
            {
                "answers": dict(answers),
                "author": author_id,
                "author_name": author_name,
                "complete": complete,
                "form": form_id,
                "form_version": form_version,
                "made_at": made_at,
                "parents": list(parents),
                "record": record_id,
                "station": station_id,
                "subject": subject_id,
            }
        )
        return cls.read(body)

    @classmethod
    def read(cls, body: bytes) -> "Revision":
        """The revision whose canonical body this is (canonical.NotCanonical, MalformedRevision)."""
        raw = canonical.decode(body)
        return cls.from_parsed(raw, body)

    @classmethod
    def from_parsed(cls, raw: Any, body: bytes) -> "Revision":
        """Like ``read`` for a body that the caller has parsed and proved canonical already."""
        _check_shape(raw)
        return cls(
            record_id=raw["record"],
            form_id=raw["form"],
            form_version=raw["form_version"],
            subject_id=raw["subject"],
            parents=tuple(raw["parents"]),
            answers=raw["answers"],
            complete=raw["complete"],
            author_id=raw["author"],
            author_name=raw["author_name"],
            station_id=raw["station"],
            made_at=raw["made_at"],
            body=body,
            id=RevisionId(hashlib.sha256(body).hexdigest()),
        )


class MalformedRevision(ValueError):  # noqa: N818 - reads as a statement about the object
    """An object that isn't a revision."""


_SHAPE: dict[str, type] = {
    "answers": dict,
    "author": str,
    "author_name": str,
    "complete": bool,
    "form": str,
    "form_version": int,
    "made_at": str,
    "parents": list,
    "record": str,
    "station": str,
    "subject": str,
}


def _check_shape(raw: Any) -> None:
    # Keys a newer program adds are kept (they are in the body); the known ones must be right.
    if not isinstance(raw, dict):
        raise MalformedRevision("not an object")
    for key, kind in _SHAPE.items():
        if type(raw.get(key)) is not kind:
            raise MalformedRevision(f"{key} is missing or of the wrong type")
    if not all(isinstance(parent, str) and len(parent) == 64 for parent in raw["parents"]):
        raise MalformedRevision("parents are not revision ids")
