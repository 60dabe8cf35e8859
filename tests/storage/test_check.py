"""The full check names what was changed behind the program's back; projections are made again from revisions."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.conftest import OTHER_STATION, UP, Place, add_resident, resident_answers, revision

from jiandang_desktop.domain.chain import NO_HASH, follow, read_entry
from jiandang_desktop.domain.records import Revision, SubjectId, new_id
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.storage.projection_rows import COLUMNS
from jiandang_desktop.storage.vault import SqlCipherVault

FORMS = ["resident", "household", "personal_info", "hypertension_followup"]


def fill(vault: SqlCipherVault) -> None:
    """Three units of work with residents, a household, records and another kind of entry."""
    for number in range(1, 4):
        with vault.work("fill") as work:
            household = revision("household", new_id(), {"address": f"{number}号", "village_group": "1组"})
            work.add_own_revision(household, stream=UP)
            made = add_resident(work, "李桂芳", number, household_id=household.subject_id)
            changed = {**made.answers, "phone": f"138{number:08d}"}
            work.add_own_revision(revision("resident", made.subject_id, changed, parents=(made.id,)), stream=UP)
            work.add_own_revision(revision("personal_info", made.subject_id, {"x": "1"}), stream=UP)
            work.append_entry(UP, "acknowledgement", b'{"upto":1}')
            work.note(count=number)
            work.commit()


TAMPERING = {
    "revision body": (
        "UPDATE revisions SET body = (SELECT body FROM revisions WHERE place = 2) WHERE place = 3",
        "revision",
    ),
    "revision subject": ("UPDATE revisions SET subject_id = 'x' WHERE place = 2", "revision"),
    "revision number": ("UPDATE revisions SET number = 7 WHERE place = 1", "journal"),
    "parent gone": ("DELETE FROM revision_parents", "revision"),
    "parent too many": ("INSERT INTO revision_parents VALUES (x'00', 1)", "revision"),
    "journal entry gone": ("DELETE FROM journal WHERE number = 2", "journal"),
    "journal end gone": ("DELETE FROM journal WHERE number = (SELECT max(number) FROM journal)", "audit"),
    "journal hash": ("UPDATE journal SET hash = zeroblob(32) WHERE number = 2", "journal"),
    "journal kind": ("UPDATE journal SET kind = 'other' WHERE number = 2", "journal"),
    "journal body": ("UPDATE journal SET body = x'007b7d' WHERE body IS NOT NULL", "journal"),
    "journal body unreadable": ("UPDATE journal SET body = x'09' WHERE body IS NOT NULL", "journal"),
    "stream gone": ("UPDATE streams SET name = 'ffffffffffffffff/up'", "journal"),
    "audit time": ("UPDATE audit SET at = '2020-01-01' WHERE number = 2", "audit"),
    "audit person": ("UPDATE audit SET staff_id = 'x' WHERE number = 4", "audit"),
    "audit action": ("UPDATE audit SET action = 'x' WHERE number = 4", "audit"),
    "audit subject": ("UPDATE audit SET subject_id = 'x' WHERE number = 4", "audit"),
    "audit detail": ("UPDATE audit SET detail = '{}' WHERE number = 4", "audit"),
    "audit heads": ("UPDATE audit SET heads = '{}' WHERE number = 4", "audit"),
    "audit entry gone": ("DELETE FROM audit WHERE number = 2", "audit"),
    "audit end gone": ("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)", "head"),
    "audit exchanged": ("UPDATE audit SET number = CASE number WHEN 2 THEN 30 ELSE number END", "audit"),
    "resident's name": ("UPDATE residents SET name = 'x' WHERE place = 2", "projection"),
    "resident gone": ("DELETE FROM residents WHERE place = 2", "projection"),
    "household": ("UPDATE households SET address = 'x'", "projection"),
    "search term": ("DELETE FROM search_terms WHERE term = 'lgf'", "projection"),
    "record": ("UPDATE records SET complete = 0", "projection"),
    "record code": ("DELETE FROM record_codes WHERE code LIKE '%2'", "projection"),
    "bundle not in the archive": (
        "INSERT INTO bundles VALUES (1, '"
        + "a" * 64
        + "', 'in', 'k', 'p', 's', 'g', 1, 1, 'h', 'f', 'm', 's', '{}', NULL)",
        "archive",
    ),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_check_names_what_was_changed(vault: SqlCipherVault, case: str) -> None:
    """Each kind of change by somebody who has the key is named by its part (T20)."""
    fill(vault)
    assert vault.check().faults == ()
    sql, code = TAMPERING[case]
    vault._connection.execute("PRAGMA foreign_keys = OFF")
    vault._connection.execute(sql)
    assert code in {fault for fault, _ in vault.check().faults}


def test_every_single_audit_row_counts(vault: SqlCipherVault) -> None:
    """Any one entry changed, removed or copied over another is noticed."""
    for number in range(30):
        vault.log("view", subject_id=f"s{number}")
    last = vault.check().audit_entries
    for number in range(1, last + 1):
        for sql in (
            f"UPDATE audit SET detail = '{{\"n\":1}}' WHERE number = {number}",
            f"DELETE FROM audit WHERE number = {number}",
            f"UPDATE audit SET subject_id = 'other' WHERE number = {number}",
        ):
            vault._connection.execute("BEGIN")
            vault._connection.execute(sql)
            from jiandang_desktop.storage.checking import _audit, _head

            found = [*_audit(vault._connection), *_head(vault._connection, vault._head_file.read())]
            assert found
            vault._connection.execute("ROLLBACK")
    assert vault.check().faults == ()


def test_report_counts_what_was_read(vault: SqlCipherVault) -> None:
    """The report says how much was looked at."""
    fill(vault)
    report = vault.check()
    assert (report.revisions, report.journal_entries, report.residents) == (12, 15, 3)
    assert report.audit_entries == 6


def test_rebuild_makes_the_same_projections(vault: SqlCipherVault) -> None:
    """Projections thrown away or scribbled on are the same as before after a rebuild."""
    fill(vault)
    before = _projections(vault)
    for sql in (
        "DELETE FROM search_terms",
        "UPDATE residents SET name = 'x'",
        "DELETE FROM records",
        "DELETE FROM households",
    ):
        vault._connection.execute(sql)
    assert vault.check().faults
    vault.rebuild()
    assert _projections(vault) == before
    assert vault.check().faults == ()


def _projections(vault: SqlCipherVault) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(vault._connection.execute(f"SELECT {columns} FROM {table}")) for table, columns in COLUMNS.items()
    }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(FORMS),
        st.integers(0, 3),  # which subject
        st.lists(st.integers(0, 11), max_size=3),  # which earlier revisions are parents
        st.booleans(),  # complete
        st.booleans(),  # made here
        st.sampled_from(["李桂芳", "古丽·买买提", "㐂𠀀", "单于", "王"]),
        st.booleans(),  # a unit of work ends here
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SqlCipherVault:
    return Place(tmp_path_factory.mktemp("shared") / "vault").create()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_any_history_has_a_whole_chain_and_the_same_projections_as_a_rebuild(
    shared: SqlCipherVault, steps: list[tuple[str, int, list[int], bool, bool, str, bool]]
) -> None:
    """Whatever is saved in whichever order: the check finds nothing, and each stream is one chain."""
    base = new_id()[:-1]
    made: dict[str, list[Revision]] = {}
    work_open = shared.work("history")
    work = work_open.__enter__()
    for number, (form, subject, parents, complete, own, name, ends) in enumerate(steps):
        subject_id = f"{base}{subject}"
        record_id = subject_id if form in FORMS[:2] else f"{subject_id}-{form}"
        if form == "household":
            record_id = subject_id = f"{base}h{subject}"
        earlier = made.setdefault(record_id, [])
        chosen = tuple(dict.fromkeys(earlier[place % len(earlier)].id for place in parents)) if earlier else ()
        answers = resident_answers(name, subject, visit_date=f"2026-01-0{subject + 1}", n=number)
        each = revision(form, subject_id, answers, record_id=record_id, parents=chosen, complete=complete)
        earlier.append(each)
        if own:
            work.add_own_revision(each, stream=UP)
        else:
            work.add_foreign_revision(each, bundle_digest="d" * 64, stream=f"{OTHER_STATION}/up")
        if ends:
            work.commit()
            work_open.__exit__(None, None, None)
            work_open = shared.work("history")
            work = work_open.__enter__()
    work.commit()
    work_open.__exit__(None, None, None)
    assert shared.check().faults == ()
    with shared.read() as reader:
        for stream in (UP, f"{OTHER_STATION}/up"):
            previous = NO_HASH
            for number, line in reader.stream_lines(stream):
                entry = read_entry(line)
                follow(entry, stream, number, previous)
                previous = entry.hash
        for subject in range(4):
            row = reader.resident(SubjectId(f"{base}{subject}"))
            assert row is None or isinstance(row, ResidentRow)


def test_moving_the_folder_keeps_it_working(place: Place, tmp_path: Path) -> None:
    """Another PC, another drive letter: the folder works wherever it lies (D17)."""
    vault = place.create()
    fill(vault)
    vault.close()
    moved = Place(tmp_path / "elsewhere" / "vault")
    moved.folder.parent.mkdir()
    place.folder.rename(moved.folder)
    opened = moved.open()
    assert opened.check().faults == ()
    opened.close()
