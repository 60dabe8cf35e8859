"""A station closes: everything goes over to the successor, counted by others than those who wrote it (T21)."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.bundles import packet_reader

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    handover,
    records,
    registry,
    sign_in,
    takeover,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import Pair, enrol, new_station, register

REASON = "撤站并入邻村"
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
