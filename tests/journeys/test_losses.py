"""What a restore lost and others still have comes back: nothing is lost, nothing waits for what can be had."""

from pathlib import Path

from jiandang_desktop.domain.records import RecordId, RevisionId, SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    decisions,
    generations,
    intake,
    losses,
    moving,
    registry,
    submission,
)
from jiandang_desktop.services.desk import Desk

from .conftest import Trio, register
from .stations import copy_of, put_back


def ids(desk: Desk) -> set[RevisionId]:
    with desk.vault.read() as reader:
        return {revision_id for revision_id, _ in reader.revision_bodies()}


def head(desk: Desk, resident: SubjectId) -> RevisionId:
    with desk.vault.read() as reader:
        record = reader.record(RecordId(resident))
    assert record is not None
    return record.revision_id


def verdict(desk: Desk, revision_id: RevisionId) -> str:
    with desk.vault.read() as reader:
        return reader.verdict(revision_id)


def waiting(desk: Desk) -> dict[RevisionId, str]:
    return {row.revision_id: row.reason for row in intake.held(desk)}


def home_of(desk: Desk, resident: SubjectId) -> SubjectId:
    with desk.vault.read() as reader:
        row = reader.resident(resident)
    assert row is not None
    return SubjectId(row.household_id)


def test_a_change_that_rests_on_what_the_township_lost_waits_only_for_that(trio: Trio, tmp_path: Path) -> None:
    """The village's change comes before what it rests on: neither ends in quarantine, one decision settles both."""
    resident = register(trio.first)
    trio.up(trio.first)
    trio.township = copy_of(trio.township, tmp_path / "township backup")
    registry.edit_resident(trio.township, resident, {"phone": "13900000077"})
    trio.down(trio.first)
    written_above = head(trio.first, resident)
    registry.edit_resident(trio.first, resident, {"ethnicity": "02"})
    written_below = head(trio.first, resident)
    trio.up(trio.first)
    trio.township = put_back(trio.township, tmp_path / "township backup")
    generations.begin(trio.township)
    trio.down(trio.first)
    assert verdict(trio.first, written_above) == ""
    losses.send_again(trio.first)
    done = trio.up(trio.first)
    assert waiting(trio.township) == {written_above: "given_back", written_below: "given_back"}
    assert done.counts == {Verdict.HELD: 2}
    assert verdict(trio.first, written_below) == Verdict.HELD
    decisions.adopt(trio.township, written_above)
    assert waiting(trio.township) == {}
    assert head(trio.township, resident) == written_below
    trio.down(trio.first)
    assert verdict(trio.first, written_above) == verdict(trio.first, written_below) == Verdict.ARCHIVED
    assert trio.all_sound()


def test_what_a_village_alone_still_has_of_another_comes_back(trio: Trio, tmp_path: Path) -> None:
    """Somebody moved; the old village and the township were restored to before they knew of him."""
    trio.first = copy_of(trio.first, tmp_path / "first backup")
    trio.township = copy_of(trio.township, tmp_path / "township backup")
    resident = register(trio.first)
    trio.up(trio.first)
    moving.move_household(trio.township, home_of(trio.first, resident), trio.second.station.id)
    trio.down(trio.second)
    everything = ids(trio.second)
    trio.first = put_back(trio.first, tmp_path / "first backup")
    generations.begin(trio.first)
    trio.township = put_back(trio.township, tmp_path / "township backup")
    generations.begin(trio.township)
    registry.edit_resident(trio.second, resident, {"phone": "13900000077"})
    trio.down(trio.second)
    trio.up(trio.second)
    assert everything <= set(waiting(trio.township))
    while cases := decisions.waiting(trio.township):
        decisions.adopt(trio.township, cases[0].revision_id)
    assert waiting(trio.township) == {}
    assert everything | {head(trio.second, resident)} <= ids(trio.township)
    with trio.township.vault.read() as reader:
        row = reader.resident(resident)
    assert row is not None
    assert row.station_id == trio.second.station.id
    assert trio.all_sound()


def test_whoever_wrote_it_may_still_send_it_himself(trio: Trio, tmp_path: Path) -> None:
    """What came back by another village waits; its author's own bundle archives it, and both are told."""
    trio.township = copy_of(trio.township, tmp_path / "township backup")
    resident = register(trio.first)
    trio.up(trio.first)
    written = head(trio.first, resident)
    moving.move_household(trio.township, home_of(trio.first, resident), trio.second.station.id)
    trio.down(trio.second)
    trio.down(trio.first)
    move = head(trio.second, resident)
    trio.township = put_back(trio.township, tmp_path / "township backup")
    generations.begin(trio.township)
    for village in (trio.second, trio.first):
        trio.down(village)
    trio.up(trio.second)
    assert waiting(trio.township).keys() >= {written, move}
    losses.send_again(trio.first)
    trio.up(trio.first)
    assert head(trio.township, resident) == written
    # The township's own word was brought by both; a person looks at it once, and both hear of it.
    assert set(waiting(trio.township).values()) == {"given_back"}
    assert verdict(trio.first, move) == verdict(trio.second, move) == Verdict.HELD
    while cases := decisions.waiting(trio.township):
        decisions.adopt(trio.township, cases[0].revision_id)
    for village in (trio.second, trio.first):
        trio.down(village)
        assert {verdict(village, each) for each in (written, move)} == {Verdict.ARCHIVED}
    assert trio.all_sound()


def test_a_lost_move_that_is_taken_at_once_sends_the_new_keeper_everything(trio: Trio, tmp_path: Path) -> None:
    """The old village brings the township's own word back before the new one has heard of it."""
    resident = register(trio.first)
    trio.up(trio.first)
    trio.township = copy_of(trio.township, tmp_path / "township backup")
    moving.move_household(trio.township, home_of(trio.first, resident), trio.second.station.id)
    trio.down(trio.first)
    trio.township = put_back(trio.township, tmp_path / "township backup")
    generations.begin(trio.township)
    trio.down(trio.first)
    plan = intake.plan(trio.township, submission.export(trio.first, trio.stick).path.read_bytes())
    lost = [item.revision.id for item in plan.items if item.revision is not None]
    assert {item.reason for item in plan.items if item.revision is not None} == {"given_back"}
    intake.archive(trio.township, plan, dict.fromkeys(lost, Verdict.ARCHIVED))
    trio.down(trio.second)
    assert ids(trio.second) == ids(trio.township)
    registry.edit_resident(trio.second, resident, {"phone": "13900000077"})
    assert trio.all_sound()
