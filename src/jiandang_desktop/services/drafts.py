"""What is typed and not yet filed or saved: kept as it is, valid or not, for whoever typed it (R4.3)."""

from dataclasses import dataclass

from jiandang_desktop.domain.records import Answers, FormId, RecordId, SubjectId, new_id
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import DraftRow, UnitOfWork
from jiandang_desktop.services.desk import Desk


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """What a draft is a draft of.

    Of a registration: a member to come hangs on the household, a household to come on the station.
    """

    form_id: FormId
    subject_id: SubjectId
    record_id: RecordId | None = None
    """None: something new."""


def draft_at(desk: Desk, place: DraftPlace) -> DraftRow | None:
    """One's own draft, if there is one."""
    with desk.vault.read() as reader:
        return reader.draft(desk.staff.id, place.form_id, place.subject_id, place.record_id)


def keep_draft(desk: Desk, place: DraftPlace, answers: Answers, field: str) -> str:
    """Keep what is typed so far; returns the time label (NOT_ALLOWED, ANSWERS_UNSTORABLE).

    ``field`` had the focus.
    """
    desk.require(Right.WRITE_RECORDS)
    saved_at = desk.now_label()
    with desk.vault.work("keep_draft") as work:
        known = work.draft(desk.staff.id, place.form_id, place.subject_id, place.record_id)
        draft = DraftRow(
            id=known.id if known else new_id(),
            staff_id=desk.staff.id,
            form_id=place.form_id,
            subject_id=place.subject_id,
            record_id=place.record_id,
            answers=dict(answers),
            place=field,
            saved_at=saved_at,
        )
        work.save_draft(draft)
        work.commit()
    return saved_at


def drop_draft(desk: Desk, place: DraftPlace) -> None:
    """Throw one's own draft away; nothing where there is none."""
    if draft_at(desk, place) is None:
        return
    with desk.vault.work("drop_draft") as work:
        drop_in(desk, work, place)
        work.note(subject_id=place.subject_id, form=place.form_id)
        work.commit()


def drop_in(desk: Desk, work: UnitOfWork, place: DraftPlace) -> None:
    """``drop_draft`` in a unit of work that the caller commits."""
    known = work.draft(desk.staff.id, place.form_id, place.subject_id, place.record_id)
    if known is not None:
        work.drop_draft(known.id)
