"""Somebody moves to another area: the folder ends here and begins there, with where it came from (R9.7)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    arriving,
    handover,
    intake,
    leaving,
    life_events,
    local_forms,
    records,
    registry,
    search,
    sign_in,
    submission,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import Pair, enrol, new_station, register
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


def send(pair: Pair, far: Pair, resident: SubjectId) -> bytes:
    card = handover.read_invitation(pair.village, handover.invite(far.village).data).card
    return leaving.send(pair.village, resident, card, GONE, pair.stick).path.read_bytes()


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
    assert (arrival.name, arrival.trusted, arrival.left_on) == ("阿依古丽·买买提", False, "2026-11-24")
    assert (dict(arrival.forms), dict(arrival.left_out)) == ({"encounter_record": 1}, {})
    with pytest.raises(Problem, match="FINGERPRINT_NOT_COMPARED"):
        arriving.take(far.village, arrival, address={"address": "新华路1号"})
    came = arriving.take(far.village, arrival, address={"address": "新华路1号"}, compared=True)
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
    first = arriving.take(far.village, arriving.look(far.village, data), address={"address": "1"}, compared=True)
    before = far.village.vault.check().content
    again = arriving.look(far.village, data)
    assert again.resident == first.id
    assert arriving.take(far.village, again, address={"address": "1"}, compared=True).id == first.id
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
    assert arriving.look(far.village, send(pair, far, resident)).name == "王小满"


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
    assert (dict(arrival.forms), dict(arrival.left_out)) == ({}, {"x152223_echinococcosis": 1})
    arriving.take(far.village, arrival, address={"address": "1"}, compared=True)


def test_whoever_left_may_come_back(pair: Pair, far: Pair) -> None:
    """The folder here was only ended: opened again it is the old one, with its old code."""
    resident = register(pair.village)
    send(pair, far, resident)
    back = life_events.returned(pair.village, resident, "迁回", "2026-11-24")
    assert (back.status, back.id) == ("1", resident)
    assert submission.pending(pair.village).entries > 0
