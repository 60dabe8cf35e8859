"""Somebody moves to another area: the folder ends here and begins there, with where it came from (R9.7)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    arriving,
    dispatch,
    enrolment,
    handover,
    intake,
    leaving,
    life_events,
    local_forms,
    receipts,
    records,
    registry,
    search,
    sign_in,
    submission,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import HOUSEHOLD, Pair, enrol, new_station, person, register
from .test_handover import ENCOUNTER
from .test_local_forms import FORM

GONE = {"move_out_date": "2026-11-24", "destination_address": "呼和浩特市新城区"}


@pytest.fixture
def far(bench: Workbench, tmp_path: Path) -> Iterator[Pair]:
    """A village and its township in another league, which know nothing of ours."""
    village = new_station(bench, tmp_path / "far village", "village", "150102001001")
    township = new_station(bench, tmp_path / "far township", "township", "150102001")
    enrol(village, township)
    stick = tmp_path / "far stick"
    stick.mkdir()
    yield Pair(village, township, stick)
    sign_in.lock(village)
    sign_in.lock(township)


def send(pair: Pair, far: Pair, *residents: SubjectId) -> bytes:
    card = handover.read_invitation(pair.village, handover.invite(far.village).data).card
    return leaving.send(pair.village, residents, card, GONE, pair.stick).path.read_bytes()


def visit(desk: Desk, resident: SubjectId, day: str) -> str:
    answers = {**ENCOUNTER, "encounter_date": day}
    return records.put_record(desk, "encounter_record", resident, answers).record.record_id


def test_the_folder_ends_here_and_begins_there(pair: Pair, far: Pair) -> None:
    resident = register(pair.village, name="阿依古丽·买买提")
    visit(pair.village, resident, "2026-11-24")
    old = registry.show_resident(pair.village, resident)
    data = send(pair, far, resident)
    assert registry.show_resident(pair.village, resident).status == "4"
    assert pair.take_in(pair.export()).counts == {Verdict.ARCHIVED: 5}

    arrival = arriving.look(far.village, data)
    (who,) = arrival.people
    assert (who.name, arrival.trusted, arrival.left_on) == ("阿依古丽·买买提", False, "2026-11-24")
    assert (dict(who.forms), dict(who.left_out)) == ({"encounter_record": 1}, {})
    with pytest.raises(Problem, match="FINGERPRINT_NOT_COMPARED"):
        arriving.take(far.village, arrival, address={"address": "新华路1号"})
    (came,) = arriving.take(far.village, arrival, address={"address": "新华路1号"}, compared=True)
    assert came.status == "1"
    assert came.record_code != old.record_code
    assert came.answers["transferred_from"] == pair.village.station.name
    assert came.answers["transferred_on"] == "2026-11-24"
    assert [row.id for row in search.find(far.village, old.record_code)] == [came.id]
    (filed,) = records.list_records(far.village, came.id)
    assert filed.answers["subjective"] == ENCOUNTER["subjective"]
    assert filed.station_id == far.village.station.id
    # It goes up there like any other, and the old states are kept with it.
    done = far.take_in(far.export())
    assert set(done.counts) == {Verdict.ARCHIVED}
    assert intake.held(far.township) == []
    assert far.village.vault.check().faults == pair.village.vault.check().faults == ()
    with far.village.vault.read() as reader:
        assert [row.kind for row in reader.bundles("in") if row.kind == leaving.TRANSFER] == [leaving.TRANSFER]


def test_the_same_file_again_gives_the_same_folder(pair: Pair, far: Pair) -> None:
    data = send(pair, far, register(pair.village))
    (first,) = arriving.take(far.village, arriving.look(far.village, data), address={"address": "1"}, compared=True)
    before = far.village.vault.check().content
    again = arriving.look(far.village, data)
    assert [who.resident for who in again.people] == [first.id]
    assert [row.id for row in arriving.take(far.village, again, address={"address": "1"}, compared=True)] == [first.id]
    assert far.village.vault.check().content == before


def test_a_file_that_was_lost_is_written_again(pair: Pair, far: Pair) -> None:
    """The record has ended; another file of the same folder finds the person there by the number or the birth date."""
    resident = register(pair.village)
    send(pair, far, resident)
    data = send(pair, far, resident)
    arriving.take(far.village, arriving.look(far.village, data), address={"address": "1"}, compared=True)
    third = arriving.look(far.village, send(pair, far, resident))
    with pytest.raises(Problem, match="RESIDENT_LIKE_ANOTHER"):
        arriving.take(far.village, third, address={"address": "1"}, compared=True)


def test_a_stick_that_fails_costs_nothing(pair: Pair, far: Pair) -> None:
    resident = register(pair.village)
    pair.stick.rmdir()
    with pytest.raises(Problem, match="MEDIUM"):
        send(pair, far, resident)
    pair.stick.mkdir()
    assert arriving.look(far.village, send(pair, far, resident)).people[0].name == "王小满"


def test_only_its_receiver_opens_it(pair: Pair, far: Pair) -> None:
    data = send(pair, far, register(pair.village))
    with pytest.raises(Problem, match="BUNDLE_RECIPIENT"):
        arriving.look(far.township, data)
    with pytest.raises(Problem, match="HANDOVER_TO_SELF"):
        send(pair, pair, register(pair.village, name="魏雪梅"))
    with pytest.raises(Problem, match="BUNDLE_KIND"):
        arriving.look(far.village, handover.invite(pair.village).data)


def test_what_can_not_be_filed_there_is_named(pair: Pair, far: Pair) -> None:
    local_forms.add(pair.village, FORM.encode(), "screening.toml")
    resident = register(pair.village)
    records.put_record(pair.village, "x152223_echinococcosis", resident, {"event_date": "2026-11-24", "result": "2"})
    arrival = arriving.look(far.village, send(pair, far, resident))
    (who,) = arrival.people
    assert (dict(who.forms), dict(who.left_out)) == ({}, {"x152223_echinococcosis": 1})
    arriving.take(far.village, arrival, address={"address": "1"}, compared=True)


def test_whoever_left_may_come_back(pair: Pair, far: Pair) -> None:
    """The folder here was only ended: opened again it is the old one, with its old code."""
    resident = register(pair.village)
    send(pair, far, resident)
    back = life_events.returned(pair.village, resident, "迁回", "2026-11-24")
    assert (back.status, back.id) == ("1", resident)
    assert submission.pending(pair.village).entries > 0


@pytest.fixture
def family(pair: Pair) -> dict[str, SubjectId]:
    """A head, his wife, her daughter, and a grandfather who died last year."""
    home = registry.add_household(pair.village, HOUSEHOLD).id

    def add(**changes: object) -> SubjectId:
        return registry.add_resident(pair.village, home, person(filing_date="2025-01-01", **changes)).id

    found = {
        "head": add(name="白铁柱", sex="1", birth_date="1960-01-02"),
        "wife": add(name="王小满", relation_to_head="10"),
        "daughter": add(name="白雪梅", relation_to_head="30", birth_date="1988-05-06"),
        "dead": add(name="白老根", sex="1", relation_to_head="51", birth_date="1935-01-02"),
    }
    life_events.link_mother(pair.village, found["daughter"], found["wife"])
    life_events.death(pair.village, found["dead"], {"death_date": "2025-12-01", "death_cause": "病故"})
    return {**found, "home": home}


def test_a_household_leaves_in_one_step_and_arrives_as_one(pair: Pair, far: Pair, family: dict[str, SubjectId]) -> None:
    visit(pair.village, family["wife"], "2026-11-20")
    going = [row.id for row in leaving.leaving_together(pair.village, family["home"])]
    assert set(going) == {family["head"], family["wife"], family["daughter"]}
    data = send(pair, far, *going)
    assert {registry.show_resident(pair.village, who).status for who in going} == {"4"}
    assert registry.show_resident(pair.village, family["dead"]).status == "3"
    arrival = arriving.look(far.village, data)
    assert [sum(who.forms.values()) for who in arrival.people if who.name == "王小满"] == [1]
    came = arriving.take(far.village, arrival, address={"address": "新华路1号"}, compared=True)
    there = {row.name: row for row in came}
    assert {row.household_id for row in came} == {came[0].household_id}
    assert {name: row.relation_to_head for name, row in there.items()} == {
        "白铁柱": "02",
        "王小满": "10",
        "白雪梅": "30",
    }
    assert there["白雪梅"].answers["mother_id"] == there["王小满"].id
    assert len(records.list_records(far.village, there["王小满"].id)) == 1
    assert records.list_records(far.village, there["白铁柱"].id) == []
    assert set(far.take_in(far.export()).counts) == {Verdict.ARCHIVED}
    assert far.village.vault.check().faults == pair.village.vault.check().faults == ()


def test_a_household_s_file_is_written_again_for_those_who_left_last(
    pair: Pair, far: Pair, family: dict[str, SubjectId]
) -> None:
    life_events.moved_away(
        pair.village, family["daughter"], {**GONE, "move_out_date": "2026-10-01", "handover_date": "2026-10-01"}
    )
    first = [row.id for row in leaving.leaving_together(pair.village, family["home"])]
    send(pair, far, *first)
    assert [row.id for row in leaving.leaving_together(pair.village, family["home"])] == first
    assert set(first) == {family["head"], family["wife"]}
    assert len(arriving.look(far.village, send(pair, far, *first)).people) == 2


def test_what_stands_in_one_person_s_way_keeps_everybody_here(
    pair: Pair, far: Pair, family: dict[str, SubjectId]
) -> None:
    """All or nobody; who it is about is said."""
    card = handover.read_invitation(pair.village, handover.invite(far.village).data).card
    before = pair.village.vault.check().content
    with pytest.raises(Problem) as caught:
        leaving.send(pair.village, [family["head"], family["wife"]], card, {"move_out_date": "2027-01-01"}, pair.stick)
    told = [finding.message for finding in caught.value.findings]
    assert caught.value.code == "ANSWERS_INVALID"
    assert any(words.startswith("白铁柱：") for words in told)
    assert any(words.startswith("王小满：") for words in told)
    with pytest.raises(Problem, match="ANSWERS_UNSURE") as caught:
        leaving.send(pair.village, [family["head"], family["dead"]], card, GONE, pair.stick)
    assert {finding.message.partition("：")[0] for finding in caught.value.findings} == {"白老根"}
    with pytest.raises(Problem, match="NOBODY_LEAVES"):
        leaving.send(pair.village, [], card, GONE, pair.stick)
    assert pair.village.vault.check().content == before
    assert list(pair.stick.iterdir()) == []


def test_one_of_several_joins_a_household_that_is_there(pair: Pair, far: Pair, family: dict[str, SubjectId]) -> None:
    son = register(far.village, name="白建国", sex="1", birth_date="1985-01-01")
    home = SubjectId(registry.show_resident(far.village, son).household_id)
    arrival = arriving.look(far.village, send(pair, far, family["head"], family["wife"]))
    with pytest.raises(Problem, match="TRANSFER_ONE_BY_ONE"):
        arriving.take(far.village, arrival, household_id=home, compared=True)
    with pytest.raises(Problem, match="NO_SUCH_NEWCOMER"):
        arriving.take(far.village, arrival, person=family["dead"], household_id=home, compared=True)
    for who, relation in ((family["head"], "51"), (family["wife"], "52")):
        (row,) = arriving.take(far.village, arrival, person=who, household_id=home, relation=relation, compared=True)
        assert (row.household_id, row.relation_to_head) == (home, relation)
    assert arriving.look(far.village, arrival.data).waiting == ()


def test_a_township_sends_a_household_away_and_its_village_hears_of_it(
    pair: Pair, far: Pair, family: dict[str, SubjectId]
) -> None:
    pair.carry()
    card = handover.read_invitation(pair.township, handover.invite(far.village).data).card
    going = [row.id for row in leaving.leaving_together(pair.township, family["home"])]
    leaving.send(pair.township, going, card, GONE, pair.stick)
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    assert {registry.show_resident(pair.village, who).status for who in going} == {"4"}


def test_T18_a_revoked_key_neither_brings_anybody_nor_is_sealed_to(pair: Pair, far: Pair) -> None:
    """The township knows that a village's key may be in anybody's hands; its eight words are still the right ones."""
    resident = register(far.village)
    card = handover.read_invitation(far.village, handover.invite(pair.township).data).card
    data = leaving.send(far.village, [resident], card, GONE, far.stick).path.read_bytes()
    enrolment.approve(pair.township, enrolment.request(far.village).data)
    enrolment.revoke(pair.township, StationId(far.village.station.id), "电脑被盗")
    with pytest.raises(Problem, match="BUNDLE_REVOKED"):
        arriving.look(pair.township, data)
    stolen = handover.read_invitation(pair.township, handover.invite(far.village).data).card
    leaver = register(pair.village)
    pair.carry()
    with pytest.raises(Problem, match="HANDOVER_KEY_ENDED"):
        leaving.send(pair.township, [leaver], stolen, GONE, pair.stick)
    assert registry.show_resident(pair.township, leaver).status == "1"
