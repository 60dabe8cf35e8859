"""What the township changes comes down to the village that keeps the record, and lies beside what was done there."""

from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import dispatch, receipts, records, registry, submission

from .conftest import Pair, register


def phone(desk, resident: str) -> str:
    return str(registry.show_resident(desk, SubjectId(resident)).answers.get("phone", ""))


def come_down(pair: Pair) -> receipts.ReceiptApplied:
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    return receipts.apply(pair.village, Path(path).read_bytes())


def test_a_change_made_above_arrives_below(pair: Pair) -> None:
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    assert [line.entries for line in dispatch.waiting(pair.township)] == [2]  # the receipt and the change
    applied = come_down(pair)
    assert applied.came == {Verdict.ARCHIVED: 1}
    assert phone(pair.village, resident) == "13900000077"
    # The village says what it took with its next bundle; then nothing waits any more.
    registry.edit_resident(pair.village, resident, {"phone": "13900000078"})
    pair.carry()
    assert phone(pair.township, resident) == "13900000078"
    assert pair.village.vault.check().faults == pair.township.vault.check().faults == ()


def test_the_same_bundle_again_changes_nothing(pair: Pair) -> None:
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    before = pair.village.vault.check().content
    assert receipts.apply(pair.village, path.read_bytes()).already
    assert pair.village.vault.check().content == before


def test_parallel_changes_both_stay(pair: Pair) -> None:
    """Neither side's work is lost, and both know that a person has to look."""
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    registry.edit_resident(pair.village, resident, {"phone": "13900000088"})
    applied = come_down(pair)
    assert applied.came == {Verdict.HELD: 1}
    record = records.get_record(pair.village, RecordId(resident))
    assert len(record.heads) == 2
    phones = {revision.answers.get("phone") for revision in records.history(pair.village, RecordId(resident))}
    assert {"13900000077", "13900000088"} <= phones


def test_a_form_filled_in_above_arrives_below(pair: Pair) -> None:
    resident = register(pair.village)
    pair.carry()
    answers = {"subjective": "咳", "objective": "红", "assessment": "感冒", "plan": "水", "doctor": "王秀兰"}
    filed = records.put_record(
        pair.township, "encounter_record", resident, {**answers, "encounter_date": "2026-11-24"}
    ).record
    come_down(pair)
    assert records.get_record(pair.village, filed.record_id).answers == filed.answers
    # It isn't sent back up: nothing of it was made in the village.
    assert submission.pending(pair.village).entries == 0


def test_only_stations_below_are_sent_to(pair: Pair) -> None:
    with pytest.raises(Problem, match="NO_SUCH_STATION"):
        dispatch.send(pair.township, StationId("0" * 16), pair.stick)
