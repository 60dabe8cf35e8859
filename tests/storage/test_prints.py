"""The log of prints and the tokens of cards: kept, upgraded, asked."""

from dataclasses import replace

from tests.storage.conftest import PERSON, UP, Place, add_resident, make_old, revision

from jiandang_desktop.domain.records import FormId, RecordId, RevisionId, SubjectId
from jiandang_desktop.ports.vault import PrintedSheet, PrintRow
from jiandang_desktop.storage import schema
from jiandang_desktop.storage.vault import SqlCipherVault

HOME = SubjectId("household-1")


def sheet(name: str, first: int, pages: int = 1, content: str = "a") -> PrintedSheet:
    records = {RecordId("r"): RevisionId("0" * 64)}
    return PrintedSheet(name, SubjectId("s"), FormId("physical_exam"), content, records, first, 1, pages)


def row(mode: str, *sheets: PrintedSheet) -> PrintRow:
    return PrintRow("job", HOME, mode, "2026-11-24T09:30:00+08:00", PERSON.id, PERSON.name, 3, sheets)


def log(vault: SqlCipherVault, *rows: PrintRow) -> None:
    with vault.work("print") as work:
        for each in rows:
            work.add_print(each)
        work.commit()


def test_prints_come_back_newest_first(vault: SqlCipherVault) -> None:
    rows = [row("all", sheet("a", 1), sheet("b", 2)), row("new", sheet("c", 3))]
    log(vault, *rows)
    with vault.read() as reader:
        assert reader.prints(HOME) == rows[::-1]
        assert reader.prints(SubjectId("other")) == []
        assert set(reader.last_prints()) == {HOME}


def test_what_lies_on_paper_is_the_last_print_of_each_sheet_since_the_folder_was_begun(vault: SqlCipherVault) -> None:
    """An ``all`` begins anew; a sheet taken out stays in the list, so that its number isn't used again."""
    log(vault, row("all", sheet("gone", 1)), row("all", sheet("a", 1), sheet("b", 2)))
    log(vault, row("new", sheet("a", 1, content="b"), sheet("b", 2, pages=0), sheet("c", 3)))
    with vault.read() as reader:
        found = {each.sheet: each for each in reader.printed_sheets(HOME)}
    assert set(found) == {"a", "b", "c"}
    assert (found["a"].content, found["b"].pages) == ("b", 0)


def test_prints_outlive_a_rebuild_and_are_part_of_the_content(vault: SqlCipherVault) -> None:
    before = vault.check().content
    log(vault, row("all", sheet("a", 1)))
    after = vault.check().content
    assert after != before
    vault.rebuild()
    assert vault.check().content == after
    assert vault.check().faults == ()


def test_every_token_ever_given_out_leads_to_its_resident(vault: SqlCipherVault) -> None:
    with vault.work("fill") as work:
        made = add_resident(work)
        again = revision(
            "resident", made.subject_id, {**made.answers, "card_token": "new" * 6 + "ab"}, parents=(made.id,)
        )
        work.add_own_revision(again, stream=UP)
        work.commit()
    with vault.read() as reader:
        for token in (made.answers["card_token"], "new" * 6 + "ab"):
            found = reader.resident_of_old_token(token)
            assert found is not None
            assert found.id == made.subject_id
        assert reader.resident_by_token(made.answers["card_token"]) is None
        assert reader.resident_of_old_token("") is None
    assert vault.check().faults == ()


def test_an_old_vault_learns_its_tokens_when_it_is_upgraded(place: Place) -> None:
    """A vault of the first schema: the new tables are made and filled from the revisions, and the check is content."""
    vault = place.create()
    with vault.work("fill") as work:
        made = [add_resident(work, number=number) for number in range(1, 4)]
        first = made[0]
        answers = {**first.answers, "card_token": "second" * 3 + "xy", "former_names": "王" * 300}
        work.add_own_revision(revision("resident", first.subject_id, answers, parents=(first.id,)), stream=UP)
        work.commit()
    make_old(vault, 1)
    vault.close()
    vault = place.open()
    assert schema.version_of(vault._connection) == len(schema.migrations())
    assert (place.folder / "vault.before-1.db").exists()
    assert vault.check().faults == ()
    with vault.read() as reader:
        found = reader.resident_of_old_token(first.answers["card_token"])
        assert found is not None
        assert found.id == first.subject_id
    log(vault, replace(row("all"), household_id=HOME))
    vault.close()
