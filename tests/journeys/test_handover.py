"""A station closes: everything goes over to the successor, counted by others than those who wrote it (T21)."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.bundles import packet_reader

from jiandang_desktop import bundles
from jiandang_desktop.bundles import StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    board,
    decisions,
    dispatch,
    enrolment,
    generations,
    handover,
    handover_packet,
    handover_state,
    intake,
    keys,
    local_forms,
    moving,
    receipts,
    records,
    registry,
    sign_in,
    station_folder,
    submission,
    succession,
    takeover,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.keys import own_card
from jiandang_desktop.services.workbench import Workbench

from .conftest import Pair, enrol, new_station, register
from .stations import copy_of, put_back
from .test_local_forms import FORM

REASON = "撤站并入邻村"
ACTIVITY = {
    "activity_time": "2026-11-24",
    "place": "村委会",
    "activity_form": "举办健康知识讲座",
    "theme": "控盐",
    "organizer": "和平村卫生室",
    "speaker": "王秀兰",
    "audience_category": "老年人",
    "audience_count": 30,
    "materials": "无",
    "content": "讲控盐。",
    "summary": "好。",
    "archived_materials": ["5"],
    "filled_by": "王秀兰",
    "person_in_charge": "王秀兰",
    "fill_date": "2026-11-24",
}
ENCOUNTER = {"subjective": "咳", "objective": "红", "assessment": "感冒", "plan": "水", "doctor": "王秀兰"}


@pytest.fixture
def neighbour(bench: Workbench, pair: Pair, tmp_path: Path) -> Iterator[Desk]:
    desk = new_station(bench, tmp_path / "neighbour", "village", "150421204204")
    enrol(desk, pair.township)
    yield desk
    sign_in.lock(desk)


def close(desk: Desk, successor: Desk, stick: Path) -> list[Path]:
    view = handover.read_invitation(desk, handover.invite(successor).data)
    handover.begin(desk, view.card, REASON)
    return list(handover.write(desk, stick).paths)


def revisions(desk: Desk) -> dict[str, str]:
    """Every revision's id and the hash of its bytes, counted here and not by the services."""
    with desk.vault.read() as reader:
        return {id_: hashlib.sha256(body).hexdigest() for id_, body in reader.revision_bodies()}


def names(desk: Desk) -> set[str]:
    with desk.vault.read() as reader:
        return {row.name for row in reader.residents(limit=1000)}


def visit(desk: Desk, resident: str) -> None:
    records.put_record(desk, "encounter_record", SubjectId(resident), {**ENCOUNTER, "encounter_date": "2026-11-24"})


def test_T21_everything_is_at_the_successor_and_the_old_station_only_reads(pair: Pair, neighbour: Desk) -> None:
    resident = register(pair.village, name="阿依古丽·买买提")
    visit(pair.village, resident)
    pair.carry()
    visit(pair.village, resident)  # never submitted
    register(neighbour, name="魏雪梅")
    before = revisions(neighbour)

    parts = close(pair.village, neighbour, pair.stick)
    packet = takeover.verify(neighbour, parts)
    assert not packet.differing
    assert packet.waiting == {}
    assert revisions(neighbour) == before  # verifying changed nothing
    taken = takeover.take(neighbour, parts, compared=True)
    done = handover.confirm(pair.village, taken.receipt)

    assert done.confirmed
    assert done.confirmed_by == "王秀兰"
    assert revisions(neighbour) == {**before, **revisions(pair.village)}
    assert names(neighbour) == {"阿依古丽·买买提", "魏雪梅"}
    assert pair.village.vault.check().faults == neighbour.vault.check().faults == ()
    with pytest.raises(Problem, match="STATION_CLOSED"):
        visit(pair.village, resident)
    assert registry.show_resident(pair.village, resident).name == "阿依古丽·买买提"
    # The successor carries on at once.
    visit(neighbour, resident)
    assert registry.show_resident(neighbour, resident).station_id == neighbour.station.id


def test_T21_the_same_packet_again_changes_nothing_and_gives_the_receipt_again(pair: Pair, neighbour: Desk) -> None:
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    takeover.take(neighbour, parts, compared=True)
    before = neighbour.vault.check().content
    again = takeover.take(neighbour, list(handover.write(pair.village, pair.stick).paths))
    assert again.packet.already
    assert neighbour.vault.check().content == before
    assert handover.confirm(pair.village, again.receipt).confirmed
    assert handover.confirm(pair.village, again.receipt).confirmed


def test_nobody_is_moved_to_a_village_that_closed(pair: Pair, neighbour: Desk) -> None:
    resident = register(neighbour)
    bundle = submission.export(neighbour, pair.stick).path.read_bytes()
    intake.archive(pair.township, intake.plan(pair.township, bundle))
    close(pair.village, neighbour, pair.stick)
    pair.carry()
    home = SubjectId(registry.show_resident(neighbour, resident).household_id)
    for move, whom in ((moving.move_household, home), (moving.move_resident, resident)):
        with pytest.raises(Problem, match="MOVE_TO_CLOSED") as refused:
            move(pair.township, whom, StationId(pair.village.station.id))
        assert refused.value.values_["successor"] == neighbour.station.name
    assert registry.show_resident(pair.township, resident).station_id == neighbour.station.id


def test_T21_the_wrong_receiver_can_take_nothing(pair: Pair, neighbour: Desk) -> None:
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    with pytest.raises(Problem, match="BUNDLE_RECIPIENT"):
        takeover.verify(pair.township, parts)


def test_T21_nobody_unknown_is_taken_over_without_comparing(pair: Pair, neighbour: Desk) -> None:
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    before = neighbour.vault.check().content
    with pytest.raises(Problem, match="FINGERPRINT_NOT_COMPARED"):
        takeover.take(neighbour, parts)
    assert neighbour.vault.check().content == before


def test_T21_parts_missing_or_mixed_are_named(
    pair: Pair, neighbour: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(pair.village)
    monkeypatch.setattr(handover, "_PART_ENTRIES", 3)
    parts = close(pair.village, neighbour, pair.stick)
    assert len(parts) > 3
    for left_out in range(len(parts)):
        with pytest.raises(Problem, match="HANDOVER_PART_MISSING"):
            takeover.verify(neighbour, [part for number, part in enumerate(parts) if number != left_out])
    assert not takeover.verify(neighbour, list(reversed(parts))).differing
    damaged = bytearray(parts[1].read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "bad.jdb").write_bytes(damaged)
    with pytest.raises(Problem, match="BUNDLE_PAYLOAD"):
        takeover.verify(neighbour, [parts[0], tmp_path / "bad.jdb", *parts[2:]])


def test_T21_the_township_itself_may_be_the_successor(pair: Pair) -> None:
    resident = register(pair.village)
    pair.carry()
    visit(pair.village, resident)
    handover.begin(pair.village, handover.card_above(pair.village), REASON)
    parts = handover.write(pair.village, pair.stick).paths
    taken = takeover.take(pair.township, parts)
    assert taken.packet.trusted
    assert revisions(pair.village).items() <= revisions(pair.township).items()
    assert registry.show_resident(pair.township, resident).station_id == pair.township.station.id
    assert handover.confirm(pair.village, taken.receipt).confirmed
    assert pair.township.vault.check().faults == ()


@pytest.mark.skipif(not all(map(shutil.which, ("age", "zstd"))), reason="needs age and zstd")
def test_T21_a_stranger_counts_the_same(pair: Pair, neighbour: Desk) -> None:
    """A reader that shares no code with ours opens the packet and agrees with the list and with the old vault."""
    visit(pair.village, register(pair.village))
    pair.carry()
    visit(pair.village, register(pair.village, name="魏雪梅"))
    parts = close(pair.village, neighbour, pair.stick)
    with neighbour.vault.read() as reader:
        identity = reader.own_keys()[0].identity_secret
    listed, found = packet_reader.count(packet_reader.lines(parts, identity))
    assert listed == found
    with pair.village.vault.read() as reader:
        assert sum(count for name, (count, _) in found.items() if name.startswith("form.")) == len(
            list(reader.revision_bodies())
        )
        head = reader.stream_head(pair.village.station.up_stream)
        audit = reader.counts()["audit"]
    assert found[f"stream.{pair.village.station.up_stream}"] == (head.number, head.hash)
    assert found["audit"][0] == audit - 2  # the closing itself and the writing came after
    assert found["paper"][0] == 2


def test_an_item_that_isnt_confirmed_says_why(pair: Pair, neighbour: Desk) -> None:
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    with pytest.raises(Problem, match="NO_SUCH_ITEM"):
        takeover.take(neighbour, parts, {"bags": "?"}, compared=True)
    taken = takeover.take(neighbour, parts, {"paper": "少一袋"}, compared=True)
    done = handover.confirm(pair.village, taken.receipt)
    assert {item.name: item.remark for item in done.items if item.remark} == {"paper": "少一袋"}


def test_a_handover_may_be_called_off_before_it_is_confirmed(pair: Pair, neighbour: Desk) -> None:
    resident = register(pair.village)
    close(pair.village, neighbour, pair.stick)
    handover.call_off(pair.village)
    visit(pair.village, resident)
    parts = close(pair.village, neighbour, pair.stick)
    taken = takeover.take(neighbour, parts, compared=True)
    assert revisions(pair.village).items() <= revisions(neighbour).items()
    handover.confirm(pair.village, taken.receipt)
    with pytest.raises(Problem, match="HANDOVER_CONFIRMED"):
        handover.call_off(pair.village)


def test_drafts_verdicts_and_prints_go_over(pair: Pair, neighbour: Desk) -> None:
    resident = register(pair.village)
    pair.carry()
    entry = records.open_entry(pair.village, "encounter_record", resident)
    records.keep_draft(pair.village, entry, {"subjective": "头晕"}, "")
    parts = close(pair.village, neighbour, pair.stick)
    takeover.take(neighbour, parts, compared=True)
    with neighbour.vault.read() as reader:
        assert [draft.answers for draft in reader.drafts(neighbour.staff.id)] == [{"subjective": "头晕"}]
        record = reader.record(resident)  # type: ignore[arg-type]
        assert record is not None
        said = [reader.verdict(revision.id) for revision in reader.history(record.record_id)]
    assert said == [Verdict.ARCHIVED, ""]


def test_a_receipt_of_another_station_confirms_nothing(
    pair: Pair, neighbour: Desk, bench: Workbench, tmp_path: Path
) -> None:
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    receipt = takeover.take(neighbour, parts, compared=True).receipt
    other = new_station(bench, tmp_path / "other", "village", "150421204205")
    enrol(other, pair.township)
    register(other)
    handover.begin(other, handover.read_invitation(other, handover.invite(neighbour).data).card, REASON)
    with pytest.raises(Problem, match="BUNDLE_RECIPIENT"):
        handover.confirm(other, receipt)
    sign_in.lock(other)


def card_of(desk: Desk, stranger: Desk) -> StationCard:
    """The card that ``stranger`` shows now, as ``desk`` reads it."""
    return handover.read_invitation(desk, handover.invite(stranger).data).card


@pytest.mark.parametrize("when", ["before it takes over", "after it took over", "with a new card"])
def test_H01_the_successor_may_change_its_keys_meanwhile(pair: Pair, neighbour: Desk, when: str) -> None:
    """It signs with the keys that the closing station knows; a new card of it takes the place of the old."""
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    if when == "after it took over":
        takeover.take(neighbour, parts, compared=True)
    rotated = keys.rotate(neighbour).card
    if when == "with a new card":
        assert handover.begin(pair.village, card_of(pair.village, neighbour), REASON).successor == rotated
        parts = list(handover.write(pair.village, pair.stick).paths)
    receipt = takeover.take(neighbour, parts, compared=True).receipt
    used = bundles.read_header(receipt).sender_key
    assert (used == rotated.key_id) is (when == "with a new card")
    assert handover.confirm(pair.village, receipt).confirmed


@pytest.mark.parametrize("learnt", ["before the packet", "after the receipt"])
def test_H01_a_receipt_counts_under_every_key_that_the_successor_is_known_to_have(pair: Pair, learnt: str) -> None:
    register(pair.village)
    keys.rotate(pair.township)
    if learnt == "before the packet":
        pair.carry()
    handover.begin(pair.village, handover.card_above(pair.village), REASON)
    receipt = takeover.take(pair.township, handover.write(pair.village, pair.stick).paths).receipt
    if learnt == "after the receipt":
        pair.carry()  # the new key is announced here and used there
        path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
        receipts.apply(pair.village, path.read_bytes())
    assert handover.confirm(pair.village, receipt).confirmed


def test_H01_a_receipt_under_a_revoked_key_is_refused_and_nothing_is_sealed_to_it(pair: Pair) -> None:
    """The township lost its computer and introduced itself anew: its old key counts no more, the new one does."""
    register(pair.village)
    handover.begin(pair.village, handover.card_above(pair.village), REASON)
    stale = takeover.take(pair.township, handover.write(pair.village, pair.stick).paths).receipt
    old = handover.card_above(pair.village)
    keys.rotate(pair.township)
    enrolment.accept(pair.village, enrolment.approve(pair.township, enrolment.request(pair.village).data).data)
    with pytest.raises(Problem, match="BUNDLE_REVOKED"):
        handover.confirm(pair.village, stale)
    with pytest.raises(Problem, match="HANDOVER_KEY_ENDED"):
        handover.begin(pair.village, old, REASON)
    again = takeover.take(pair.township, handover.write(pair.village, pair.stick).paths)
    assert again.packet.already
    assert handover.confirm(pair.village, again.receipt).confirmed


def test_H01_a_receipt_under_a_key_that_nobody_showed_is_refused(pair: Pair, neighbour: Desk) -> None:
    register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    takeover.take(neighbour, parts, compared=True)
    keys.rotate(neighbour)
    handover.begin(pair.village, card_of(pair.village, neighbour), REASON)
    newer = takeover.take(neighbour, handover.write(pair.village, pair.stick).paths, compared=True).receipt
    with pair.village.vault.work("test") as work:  # as if the new card had never been read
        known = dict(work.setting("handover"))
        work.set_setting("handover", known | {"successor": known["successor"] | {"signing_public": "11" * 32}})
        work.commit()
    with pytest.raises(Problem, match="HANDOVER_OTHER_KEY"):
        handover.confirm(pair.village, newer)


def test_a_station_that_changed_its_keys_is_known_to_its_successor_all_the_same(pair: Pair) -> None:
    """Its new key wasn't confirmed yet: the packet is signed with the one that the township knows."""
    register(pair.village)
    keys.rotate(pair.village)
    handover.begin(pair.village, handover.card_above(pair.village), REASON)
    taken = takeover.take(pair.township, handover.write(pair.village, pair.stick).paths)
    assert taken.packet.trusted
    assert handover.confirm(pair.village, taken.receipt).confirmed


def test_records_of_a_local_form_go_over_with_the_form(pair: Pair, neighbour: Desk) -> None:
    """The successor learns the form from the packet before the records that were filled in by it."""
    local_forms.add(pair.village, FORM.encode(), "screening.toml")
    resident = register(pair.village)
    answers = {"event_date": "2026-11-24", "result": "2"}
    filed = records.put_record(pair.village, "x152223_echinococcosis", resident, answers).record
    parts = close(pair.village, neighbour, pair.stick)
    assert takeover.verify(neighbour, parts).waiting == {}
    assert "x152223_echinococcosis" not in {form.id for form in neighbour.forms.all()}  # verifying leaves nothing
    takeover.take(neighbour, parts, compared=True)
    assert records.get_record(neighbour, filed.record_id).answers == filed.answers


def test_activities_of_the_closed_station_stay_in_sight_and_can_be_corrected(pair: Pair, neighbour: Desk) -> None:
    station = SubjectId(pair.village.station.id)
    filed = records.put_record(pair.village, "health_education_activity", station, ACTIVITY).record
    takeover.take(neighbour, close(pair.village, neighbour, pair.stick), compared=True)
    assert [row.record_id for row in station_folder.open_station(neighbour).records] == [filed.record_id]
    changed = {**filed.answers, "audience_count": 31}
    records.put_record(neighbour, "health_education_activity", station, changed, record_id=filed.record_id)
    assert set(send_up(neighbour, pair).counts) == {Verdict.ARCHIVED}


def test_a_list_that_says_something_else_is_refused(
    pair: Pair, neighbour: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The successor believes its own count: a closing station that leaves something out is found out."""
    register(pair.village)
    honest = handover_packet.Tally.items
    monkeypatch.setattr(
        handover_packet.Tally,
        "items",
        lambda self: tuple(
            replace(item, count=item.count + (item.name == "paper"), sha256=item.sha256[::-1])
            if item.name in ("paper", "audit")
            else item
            for item in honest(self)
        ),
    )
    parts = close(pair.village, neighbour, pair.stick)
    monkeypatch.setattr(handover_packet.Tally, "items", honest)
    before = neighbour.vault.check().content
    assert takeover.verify(neighbour, parts).differing == ("audit", "paper")
    with pytest.raises(Problem, match="HANDOVER_DIFFERS"):
        takeover.take(neighbour, parts, compared=True)
    assert neighbour.vault.check().content == before


def test_a_station_handed_over_twice_carries_everything_on(
    pair: Pair, neighbour: Desk, bench: Workbench, tmp_path: Path
) -> None:
    """The old village to its neighbour, and that one to the township: the first packet is in the second."""
    register(pair.village)
    takeover.take(neighbour, close(pair.village, neighbour, pair.stick), compared=True)
    handover.begin(neighbour, handover.card_above(neighbour), REASON)
    second = tmp_path / "second"
    second.mkdir()
    taken = takeover.take(pair.township, handover.write(neighbour, second).paths)
    assert not taken.packet.waiting
    assert revisions(pair.village).items() <= revisions(pair.township).items()
    names_ = {item.name for item in taken.packet.items}
    assert any(f"{pair.village.station.id}/over/{neighbour.station.id}" in name for name in names_)
    assert handover.confirm(neighbour, taken.receipt).confirmed


def test_record_codes_and_household_numbers_go_on_without_collision(
    pair: Pair, bench: Workbench, tmp_path: Path
) -> None:
    """A new computer of the same village: what the old one gave out isn't given out again."""
    register(pair.village)
    new = new_station(bench, tmp_path / "new", "village", "150421204203")
    enrol(new, pair.township)
    takeover.take(new, close(pair.village, new, pair.stick), compared=True)
    register(new, name="魏雪梅")
    with new.vault.read() as reader:
        codes = [row.record_code for row in reader.residents(limit=10)]
        numbers = [row.answers["household_code"] for row in reader.households(limit=10)]
    assert len(set(codes)) == len(set(numbers)) == 2
    sign_in.lock(new)


def send_up(desk: Desk, pair: Pair) -> intake.Archived:
    data = submission.export(desk, pair.stick).path.read_bytes()
    archived = intake.archive(pair.township, intake.plan(pair.township, data))
    receipts.apply(desk, archived.receipt)
    return archived


def kept_by(pair: Pair, resident: str) -> str:
    return registry.show_resident(pair.township, SubjectId(resident)).station_id


@pytest.mark.parametrize("who_first", ["closing", "successor", "successor_only"])
def test_the_township_learns_of_it_from_either_side(pair: Pair, neighbour: Desk, who_first: str) -> None:
    """Whoever's bundle comes first, and even where the closed station's last one never comes: the same end."""
    resident = register(pair.village)
    pair.carry()
    visit(pair.village, resident)  # not submitted
    newcomer = register(pair.village, name="魏雪梅")
    parts = close(pair.village, neighbour, pair.stick)
    takeover.take(neighbour, parts, compared=True)
    visit(neighbour, resident)
    everyone = [pair.village, neighbour] if who_first == "closing" else [neighbour, pair.village]
    for desk in everyone if who_first != "successor_only" else [neighbour]:
        archived = send_up(desk, pair)
        assert set(archived.counts) == {Verdict.ARCHIVED}
    assert kept_by(pair, resident) == kept_by(pair, newcomer) == neighbour.station.id
    assert revisions(neighbour).items() <= revisions(pair.township).items()
    assert pair.township.vault.check().faults == ()
    # The closed village owes no submission any more.
    assert [line.station.id for line in board.board(pair.township).lines] == [neighbour.station.id]
    # From now on a change made above goes to the successor.
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    waiting = {line.station.id: line.entries for line in dispatch.waiting(pair.township)}
    path, _ = dispatch.send(pair.township, neighbour.station.id, pair.stick)
    receipts.apply(neighbour, path.read_bytes())
    assert waiting[neighbour.station.id] >= 1
    assert registry.show_resident(neighbour, resident).phone == "13900000077"


def test_what_the_closed_station_never_took_goes_to_its_successor(pair: Pair, neighbour: Desk) -> None:
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    parts = close(pair.village, neighbour, pair.stick)
    takeover.take(neighbour, parts, compared=True)
    send_up(neighbour, pair)
    path, _ = dispatch.send(pair.township, neighbour.station.id, pair.stick)
    receipts.apply(neighbour, path.read_bytes())
    phones = [each.answers.get("phone") for each in records.history(neighbour, RecordId(resident))]
    assert "13900000077" in phones


def test_nobody_takes_over_without_the_closing_stations_signature(pair: Pair, neighbour: Desk) -> None:
    """A village that says that it took another over must show what that one signed for it; else it goes on without."""
    resident = register(pair.village)
    pair.carry()
    with neighbour.vault.read() as reader:
        card = own_card(neighbour, reader)
    signed = handover.invite(neighbour).data.decode()
    receipt = handover_state.Receipt(f"{pair.village.station.id}/over/{card.station}", 1, "0" * 64, "王", "", ())
    body = {
        "card": card.as_object(),
        "proof": signed,
        "receipt": receipt.as_object(),
        "station": pair.village.station.id,
    }
    with neighbour.vault.work("forge") as work:
        work.append_entry(neighbour.station.up_stream, succession.TOOK_OVER, canonical.encode(body))
        work.commit()
    data = submission.export(neighbour, pair.stick).path.read_bytes()
    plan = intake.plan(pair.township, data)
    assert [(item.verdict, item.reason) for item in plan.items] == [(Verdict.QUARANTINED, "takeover_unproven")]
    receipts.apply(neighbour, intake.archive(pair.township, plan).receipt)
    assert kept_by(pair, resident) == pair.village.station.id
    register(neighbour)
    send_up(neighbour, pair)


@pytest.mark.parametrize("announced", [True, False])
def test_T18_a_revoked_key_gives_nobody_away(pair: Pair, neighbour: Desk, announced: bool) -> None:
    """Who has the key of a village may write a packet for a neighbour; only what the village said before counts."""
    resident = register(pair.village)
    pair.carry()
    parts = close(pair.village, neighbour, pair.stick)
    if announced:
        pair.carry()
    takeover.take(neighbour, parts, compared=True)
    enrolment.revoke(pair.township, StationId(pair.village.station.id), "电脑被盗")
    send_up(neighbour, pair)
    keeper = neighbour if announced else pair.village
    assert kept_by(pair, resident) == keeper.station.id
    register(neighbour, name="魏雪梅")
    send_up(neighbour, pair)
    assert "魏雪梅" in names(pair.township)


def test_a_village_cannot_give_away_whom_it_does_not_keep(pair: Pair, neighbour: Desk) -> None:
    resident = register(pair.village)
    pair.carry()
    with pair.township.vault.read() as reader:
        record = reader.record(RecordId(resident))
    assert record is not None
    with neighbour.vault.work("forge") as work:
        revision = neighbour.revision(
            neighbour.forms.current(record.form_id),
            record_id=record.record_id,
            subject_id=SubjectId(resident),
            parents=(),
            answers={**record.answers, "keeping_station": neighbour.station.id},
            complete=True,
        )
        work.add_own_revision(revision, stream=neighbour.station.up_stream)
        work.commit()
    archived = send_up(neighbour, pair)
    assert Verdict.ARCHIVED not in archived.counts
    assert kept_by(pair, resident) == pair.village.station.id


def edit(desk: Desk, resident: str, phone: str) -> None:
    registry.edit_resident(desk, SubjectId(resident), {"phone": phone})


def send_down(pair: Pair, desk: Desk) -> receipts.ReceiptApplied:
    path, _ = dispatch.send(pair.township, StationId(desk.station.id), pair.stick)
    return receipts.apply(desk, path.read_bytes())


def writers(pair: Pair, neighbour: Desk, resident: str) -> list[str]:
    """Which of the two stations lets a person write about a resident."""
    found = []
    for name, desk in (("old", pair.village), ("new", neighbour)):
        with suppress(Problem):
            edit(desk, resident, f"139{secrets.randbelow(10**8):08}")
            found.append(name)
    return found


@pytest.mark.parametrize("exported", [False, True])
def test_a_handover_called_off_in_time_is_as_if_nothing_had_been(pair: Pair, neighbour: Desk, exported: bool) -> None:
    """Whether the township heard of the handover in between or not: everybody is kept by the old station."""
    resident = register(pair.village)
    pair.carry()
    close(pair.village, neighbour, pair.stick)
    if exported:
        send_up(pair.village, pair)
        assert kept_by(pair, resident) == neighbour.station.id
    handover.call_off(pair.village)
    visit(pair.village, resident)
    assert set(send_up(pair.village, pair).counts) == {Verdict.ARCHIVED}
    assert kept_by(pair, resident) == pair.village.station.id
    assert intake.held(pair.township) == []


@pytest.mark.parametrize("heard_first", ["the successor", "the call-off", "the handover, the call-off"])
def test_H02_called_off_after_the_successor_took_it(pair: Pair, neighbour: Desk, heard_first: str) -> None:
    """Whoever's word comes first at the township: the successor keeps everybody, the old station closes again."""
    resident = register(pair.village)
    pair.carry()
    parts = close(pair.village, neighbour, pair.stick)
    takeover.take(neighbour, parts, compared=True)
    if heard_first == "the handover, the call-off":
        send_up(pair.village, pair)
    handover.call_off(pair.village)
    visit(pair.village, resident)
    newcomer = register(pair.village, name="魏雪梅")
    edit(neighbour, resident, "13900000077")
    both = [neighbour, pair.village] if heard_first == "the successor" else [pair.village, neighbour]
    for desk in both:
        assert set(send_up(desk, pair).counts) == {Verdict.ARCHIVED}
    assert kept_by(pair, resident) == neighbour.station.id
    assert intake.held(pair.township) == []
    # The old station hears of it: closed, with what it wrote meanwhile still to go over.
    applied = send_down(pair, pair.village) if both[0] is pair.village else None
    known = handover.state(pair.village)
    assert known is not None
    assert (known.supplement, known.confirmed) == (True, False)
    assert applied is None or applied.handed_to == neighbour.station.name
    with pytest.raises(Problem, match="HANDOVER_CONFIRMED"):
        handover.call_off(pair.village)
    assert writers(pair, neighbour, resident) == ["new"]
    # The further packet ends it.
    second = takeover.take(neighbour, handover.write(pair.village, pair.stick).paths)
    assert not second.packet.differing
    assert second.packet.waiting == {}
    assert handover.confirm(pair.village, second.receipt).confirmed
    for desk in both:
        send_up(desk, pair)
    send_down(pair, neighbour)
    assert kept_by(pair, resident) == kept_by(pair, newcomer) == neighbour.station.id
    assert revisions(pair.village).items() <= revisions(neighbour).items()
    assert revisions(pair.village).items() <= revisions(pair.township).items()
    assert writers(pair, neighbour, newcomer) == ["new"]
    assert registry.show_resident(neighbour, SubjectId(resident)).phone
    for desk in (pair.village, neighbour, pair.township):
        assert desk.vault.check().faults == ()


def test_H02_the_successors_receipt_closes_the_old_station_again(pair: Pair, neighbour: Desk) -> None:
    """No township in between: the receipt itself says that the call-off came too late."""
    resident = register(pair.village)
    parts = close(pair.village, neighbour, pair.stick)
    receipt = takeover.take(neighbour, parts, compared=True).receipt
    handover.call_off(pair.village)
    visit(pair.village, resident)
    edit(neighbour, resident, "13900000077")
    assert handover.confirm(pair.village, receipt).supplement
    assert handover.confirm(pair.village, receipt).supplement
    assert writers(pair, neighbour, resident) == ["new"]
    second = takeover.take(neighbour, handover.write(pair.village, pair.stick).paths)
    assert second.packet.waiting == {}
    with pytest.raises(Problem, match="HANDOVER_NOT_THIS"):
        handover.confirm(pair.village, receipt)
    assert handover.confirm(pair.village, second.receipt).confirmed
    assert revisions(pair.village).items() <= revisions(neighbour).items()


def test_H02_the_first_of_two_successors_stays_it(
    pair: Pair, neighbour: Desk, bench: Workbench, tmp_path: Path
) -> None:
    """Called off, handed to another, and both took it: who is heard of first at the township keeps everybody."""
    resident = register(pair.village)
    pair.carry()
    first = takeover.take(neighbour, close(pair.village, neighbour, pair.stick), compared=True)
    handover.call_off(pair.village)
    other = new_station(bench, tmp_path / "other", "village", "150421204205")
    enrol(other, pair.township)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    takeover.take(other, close(pair.village, other, elsewhere), compared=True)
    with pytest.raises(Problem, match="HANDOVER_TWICE"):
        handover.confirm(pair.village, first.receipt)
    send_up(neighbour, pair)
    visit(other, resident)
    assert set(send_up(other, pair).counts) <= {Verdict.ARCHIVED, Verdict.HELD, Verdict.QUARANTINED}
    send_up(pair.village, pair)
    assert kept_by(pair, resident) == neighbour.station.id
    send_down(pair, other)
    send_down(pair, pair.village)
    assert writers(pair, neighbour, resident) == ["new"]
    with pytest.raises(Problem, match="KEPT_ELSEWHERE"):
        edit(other, resident, "13900000077")
    known = handover.state(pair.village)
    assert known is not None
    assert (known.successor.station, known.supplement) == (neighbour.station.id, True)
    sign_in.lock(other)


@pytest.mark.parametrize("told", ["by both", "by the successor only"])
def test_H03_the_old_backup_of_a_closed_station_writes_again(
    pair: Pair, neighbour: Desk, tmp_path: Path, told: str
) -> None:
    """Noticed and named at the township, nothing of it takes effect by itself, and all of it reaches the successor."""
    resident = register(pair.village)
    pair.carry()
    pair.village = copy_of(pair.village, tmp_path / "backup")
    takeover.take(neighbour, close(pair.village, neighbour, pair.stick), compared=True)
    for desk in [neighbour] if told == "by the successor only" else [pair.village, neighbour]:
        send_up(desk, pair)
    pair.village = put_back(pair.village, tmp_path / "backup")
    visit(pair.village, resident)
    newcomer = register(pair.village, name="魏雪梅")
    visit(pair.village, newcomer)
    if told == "by both":
        with pytest.raises(Problem, match="BUNDLE_FORK"):
            send_up(pair.village, pair)
        generations.begin(pair.village)
    archived = intake.archive(pair.township, intake.plan(pair.township, pair.export()))
    assert archived.counts[Verdict.HELD] == 4
    assert {case.reason for case in decisions.waiting(pair.township)} == {"closed_station"}
    assert names(pair.township) == {"王小满"}
    assert "魏雪梅" in {case.who for case in decisions.waiting(pair.township)}
    for case in decisions.waiting(pair.township):
        assert decisions.show(pair.township, case.revision_id).case == case
    # The receipt closes the old station again; what it wrote goes over as a further packet.
    assert receipts.apply(pair.village, archived.receipt).handed_to == neighbour.station.name
    with pytest.raises(Problem, match="STATION_CLOSED"):
        visit(pair.village, resident)
    second = tmp_path / "second"
    second.mkdir()
    taken = takeover.take(neighbour, handover.write(pair.village, second).paths)
    assert taken.packet.waiting == {}
    assert handover.confirm(pair.village, taken.receipt).confirmed
    send_up(neighbour, pair)
    assert decisions.waiting(pair.township) == []
    assert kept_by(pair, resident) == kept_by(pair, newcomer) == neighbour.station.id
    for desk in (neighbour, pair.township):
        assert revisions(pair.village).items() <= revisions(desk).items()
        assert desk.vault.check().faults == ()


def test_H03_what_a_closed_station_wrote_may_be_adopted_with_whom_it_is_about(
    pair: Pair, neighbour: Desk, tmp_path: Path
) -> None:
    register(pair.village)
    pair.carry()
    pair.village = copy_of(pair.village, tmp_path / "backup")
    takeover.take(neighbour, close(pair.village, neighbour, pair.stick), compared=True)
    send_up(neighbour, pair)
    pair.village = put_back(pair.village, tmp_path / "backup")
    newcomer = register(pair.village, name="魏雪梅")
    visit(pair.village, newcomer)
    pair.take_in(pair.export())
    with pair.village.vault.read() as reader:
        (visited,) = [row.record_id for row in reader.records_of(newcomer) if row.form_id == "encounter_record"]
    case = next(case for case in decisions.waiting(pair.township) if case.record_id == visited)
    assert decisions.adopt(pair.township, case.revision_id) is None
    assert decisions.waiting(pair.township) == []
    assert names(pair.township) == {"王小满", "魏雪梅"}
    assert records.get_record(pair.township, visited).subject_id == newcomer


def test_H02_called_off_after_the_township_itself_took_it(pair: Pair) -> None:
    """The successor is the station above: the call-off arrives where it was countersigned."""
    resident = register(pair.village)
    pair.carry()
    handover.begin(pair.village, handover.card_above(pair.village), REASON)
    takeover.take(pair.township, handover.write(pair.village, pair.stick).paths)
    handover.call_off(pair.village)
    visit(pair.village, resident)
    newcomer = register(pair.village, name="魏雪梅")
    assert set(send_up(pair.village, pair).counts) == {Verdict.ARCHIVED}
    assert kept_by(pair, resident) == pair.township.station.id
    known = handover.state(pair.village)
    assert known is not None
    assert known.supplement
    second = takeover.take(pair.township, handover.write(pair.village, pair.stick).paths)
    assert second.packet.waiting == {}
    assert handover.confirm(pair.village, second.receipt).confirmed
    assert kept_by(pair, newcomer) == pair.township.station.id
    assert revisions(pair.village).items() <= revisions(pair.township).items()
    assert pair.township.vault.check().faults == ()
