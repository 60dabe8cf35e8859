"""Village to township and home again: what a receipt covers is archived, everything else goes again."""

import itertools
from pathlib import Path

import pytest

from jiandang_desktop.demo.people import Village
from jiandang_desktop.demo.records import records_for
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    folders,
    intake,
    receipts,
    records,
    registration,
    registry,
    resident_folder,
    submission,
)
from jiandang_desktop.services.registration import NewMember
from jiandang_desktop.services.workbench import Workbench

from .conftest import Pair, enrol, new_station, register


def archive_of(pair: Pair) -> dict[str, str]:
    """Names by resident id, as the township has them."""
    with pair.township.vault.read() as reader:
        return {row.id: row.name for row in reader.residents(limit=1000)}


def test_a_round_archives_everything_and_the_receipt_moves_the_mark(pair: Pair) -> None:
    resident = register(pair.village, name="阿依古丽·买买提")
    assert submission.pending(pair.village).entries == 2
    archived, applied = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 2}
    assert applied.up_to == 2
    assert submission.pending(pair.village).entries == 0
    assert archive_of(pair) == {resident: "阿依古丽·买买提"}


def test_states_are_never_claimed_early(pair: Pair) -> None:
    register(pair.village)
    assert [row.state for row in submission.history(pair.village)] == []
    data = pair.export()
    assert [row.state for row in submission.history(pair.village)] == ["written"]
    archived = pair.take_in(data)
    assert [row.state for row in submission.history(pair.village)] == ["written"]
    receipts.apply(pair.village, archived.receipt)
    assert [row.state for row in submission.history(pair.village)] == ["archived"]


def test_a_lost_stick_loses_nothing(pair: Pair) -> None:
    first = register(pair.village)
    pair.export()
    second = register(pair.village, name="魏雪梅")
    _, applied = pair.carry()
    assert applied.up_to == 4
    assert set(archive_of(pair)) == {first, second}
    assert [row.state for row in submission.history(pair.village)] == ["archived", "archived"]


def test_the_same_bundle_again_gives_the_same_receipt_and_changes_nothing(pair: Pair) -> None:
    register(pair.village)
    data = pair.export()
    first = pair.take_in(data)
    with pair.township.vault.read() as reader:
        before = {key: value for key, value in reader.counts().items() if "audit" not in key}
    again = pair.take_in(data)
    with pair.township.vault.read() as reader:
        after = {key: value for key, value in reader.counts().items() if "audit" not in key}
    assert again.already
    assert again.receipt == first.receipt
    assert before == after


def test_a_receipt_again_changes_nothing(pair: Pair) -> None:
    register(pair.village)
    archived, _ = pair.carry()
    again = receipts.apply(pair.village, archived.receipt)
    assert again.already
    assert again.up_to == 2


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_receipts_in_any_order_end_the_same(pair: Pair, order: tuple[int, ...]) -> None:
    papers = []
    for name in ("王小满", "魏雪梅", "吴䶮妹"):
        register(pair.village, name=name)
        papers.append(pair.take_in(pair.export()).receipt)
    for number in order:
        receipts.apply(pair.village, papers[number])
    assert submission.pending(pair.village).entries == 0
    assert {row.state for row in submission.history(pair.village)} == {"archived"}


def test_what_was_sent_again_is_not_archived_twice(pair: Pair) -> None:
    register(pair.village)
    first = pair.export()
    pair.take_in(first)
    register(pair.village, name="魏雪梅")
    plan = intake.plan(pair.township, pair.export())
    assert [item.kind for item in plan.items] == [intake.Kind.NEW, intake.Kind.NEW]


def test_a_second_resident_with_the_same_number_is_held_for_a_person(
    pair: Pair, bench: Workbench, tmp_path: Path
) -> None:
    number = registered_number(bench)
    register(pair.village, **number)
    pair.carry()
    other = new_station(bench, tmp_path / "other", "village", "150421204204")
    enrol(other, pair.township)
    register(other, **number)
    data = submission.export(other, pair.stick).path.read_bytes()
    plan = intake.plan(pair.township, data)
    assert [item.kind for item in plan.items] == [intake.Kind.NEW, intake.Kind.DUPLICATE]
    done = intake.archive(pair.township, plan)
    applied = receipts.apply(other, done.receipt)
    assert applied.counts == {Verdict.ARCHIVED: 1, Verdict.HELD: 1}
    assert [row.state for row in submission.history(other)] == ["held"]


def registered_number(bench: Workbench) -> dict[str, object]:
    """Answers with an artificial identity number, from which sex and birth date are read."""
    first = "46030219900101999"
    number = first + bench.id_documents.check_character(first)
    return {"id_type": "01", "id_no": number, "no_id_reason": None, "sex": None, "birth_date": None}


def test_an_archivist_may_say_two_persons(pair: Pair, bench: Workbench, tmp_path: Path) -> None:
    number = registered_number(bench)
    register(pair.village, **number)
    pair.carry()
    other = new_station(bench, tmp_path / "other", "village", "150421204204")
    enrol(other, pair.township)
    resident = register(other, **number)
    plan = intake.plan(pair.township, submission.export(other, pair.stick).path.read_bytes())
    duplicate = plan.items[1].revision
    assert duplicate is not None
    intake.archive(pair.township, plan, {duplicate.id: Verdict.ARCHIVED})
    assert resident in archive_of(pair)


def test_the_folder_shows_the_honest_state(pair: Pair) -> None:
    resident = register(pair.village)
    answers = {
        "subjective": "咳嗽三天",
        "objective": "咽红",
        "assessment": "上感",
        "plan": "多饮水",
        "doctor": "王秀兰",
    }
    answers["encounter_date"] = "2026-11-24"
    records.put_record(pair.village, "encounter_record", resident, answers)
    seen = [resident_folder.open_resident(pair.village, resident).states]
    pair.export()
    seen.append(resident_folder.open_resident(pair.village, resident).states)
    pair.carry()
    seen.append(resident_folder.open_resident(pair.village, resident).states)
    assert seen == [("filed",), ("exported",), ("archived",)]


def test_a_revision_of_the_archived_record_is_an_update(pair: Pair) -> None:
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.village, resident, {"phone": "14000000001"})
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 1}
    with pair.township.vault.read() as reader:
        row = reader.resident(resident)
    assert row is not None
    assert row.phone == "14000000001"


def test_a_sheet_about_the_household_goes_up_with_its_head_named(pair: Pair) -> None:
    """The archivist sees whose it is; the township prints it in the folder."""
    register(pair.village)
    household = registry.list_households(pair.village)[0]
    entry = records.open_entry(pair.village, "household_folder", household.id)
    own = {"household_id": "0001", "total_persons": 1, "filing_date": "2026-11-24"}
    answers = {**entry.offers, **own}
    records.file_record(pair.village, entry, answers)
    plan = intake.plan(pair.township, pair.export())
    assert {item.form_title: item.subject for item in plan.items}["家庭基本情况"] == "王小满"
    pair.take_in(pair.export())
    printed = folders.document(pair.township, household.id)
    assert [sheet.answers["members"][0]["name"] for sheet in printed.forms] == ["王小满"]


def test_nothing_to_submit_uses_no_number(pair: Pair) -> None:
    with pytest.raises(Problem) as refused:
        submission.export(pair.village, pair.stick)
    assert refused.value.code == "NOTHING_TO_SUBMIT"


def test_a_flipped_byte_is_refused_and_the_archive_untouched(pair: Pair) -> None:
    register(pair.village)
    data = pair.export()
    with pair.township.vault.read() as reader:
        before = reader.counts()["revisions"]
    for place in range(0, len(data), 97):
        damaged = bytearray(data)
        damaged[place] ^= 1
        with pytest.raises(Problem) as refused:
            intake.plan(pair.township, bytes(damaged))
        assert refused.value.code.startswith("BUNDLE_")
    with pair.township.vault.read() as reader:
        assert reader.counts()["revisions"] == before


def test_generated_records_of_every_form_are_taken_in_without_a_fault(pair: Pair, bench: Workbench) -> None:
    """Tables, several choices and words behind options pass the township's own check."""
    today = bench.clock.today()
    village = Village.load(bench.resources, 3, today)
    filed = set()
    for household in village.generate(12):
        members = []
        for someone in household.members:
            papers = records_for(someone, village.words, today, 3)
            filed |= {paper.form_id for paper in papers}
            members.append(NewMember(someone.answers, [(paper.form_id, paper.answers) for paper in papers]))
        registration.register_household(pair.village, household.answers, members)
    assert {"personal_info", "physical_exam", "health_record_card"} <= filed
    archived, _ = pair.carry()
    assert set(archived.counts) == {Verdict.ARCHIVED}
