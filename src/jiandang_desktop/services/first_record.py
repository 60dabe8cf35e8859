"""How far a resident's first record is (plan 二(一)4)."""

from dataclasses import dataclass

from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.ports.vault import Reader
from jiandang_desktop.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Part:
    """One form of the first record and how far it is: ``missing``, ``draft`` or ``complete``."""

    form_id: FormId
    title: str
    state: str


def parts(bench: Workbench, reader: Reader, resident_id: SubjectId) -> tuple[Part, ...]:
    """The parts of a resident's first record, in order; empty for an unknown resident."""
    resident = reader.resident(resident_id)
    if resident is None:
        return ()
    drafted = {draft.form_id for draft in reader.drafts() if draft.subject_id == resident_id}
    filed = {row.form_id for row in reader.records_of(resident_id) if row.complete}
    found = []
    for form_id in bench.first_record.needed(resident.answers):
        state = "complete" if form_id in filed else "draft" if form_id in drafted else "missing"
        found.append(Part(form_id, bench.forms.current(form_id).title, state))
    return tuple(found)


def established(bench: Workbench, reader: Reader, resident_id: SubjectId) -> bool:
    """Whether the first record is complete."""
    found = parts(bench, reader, resident_id)
    return bool(found) and all(part.state == "complete" for part in found)
