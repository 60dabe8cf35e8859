"""A township is merged into another one: its archive goes over, its villages go on there, nobody loses anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    dispatch,
    enrolment,
    handover,
    intake,
    receipts,
    registry,
    sign_in,
    takeover,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import Pair, new_station, register
from .test_handover import kept_by, revisions, visit

REASON = "撤乡并镇"


@pytest.fixture
def other(bench: Workbench, tmp_path: Path) -> Iterator[Desk]:
    desk = new_station(bench, tmp_path / "other township", "township", "150421205")
    yield desk
    sign_in.lock(desk)


def close(pair: Pair, other: Desk) -> handover.Written:
    card = handover.read_invitation(pair.township, handover.invite(other).data).card
    handover.begin(pair.township, card, REASON)
    return handover.write(pair.township, pair.stick)


def test_H04_the_villages_go_on_with_the_other_township(pair: Pair, other: Desk) -> None:
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})  # never taken by the village
    done = close(pair, other)
    assert done.notices == 1
    taken = takeover.take(other, done.paths, compared=True)
    assert taken.packet.waiting == {}
    assert handover.confirm(pair.township, taken.receipt).confirmed
    # Before the village was told, it takes no other township.
    answer = enrolment.approve(other, enrolment.request(pair.village).data).data
    with pytest.raises(Problem, match="ENROLMENT_OTHER_PARENT"):
        enrolment.accept(pair.village, answer)
    (notice,) = pair.stick.glob("*downward*")
    assert receipts.apply(pair.village, notice.read_bytes()).above_handed_to == other.station.name
    with pytest.raises(Problem, match="ABOVE_CLOSED"):
        pair.export()
    enrolment.accept(pair.village, answer)
    assert pair.village.station.parent_id == other.station.id
    visit(pair.village, resident)
    there = Pair(pair.village, other, pair.stick)
    archived, _ = there.carry()
    assert set(archived.counts) == {Verdict.ARCHIVED}
    assert kept_by(there, resident) == pair.village.station.id
    assert registry.show_resident(pair.village, resident).phone == "13900000077"
    for desk in (pair.village, pair.township):
        assert revisions(desk).items() <= revisions(other).items()
        assert desk.vault.check().faults == ()
    assert intake.held(other) == []
    # From now on the other township's changes reach the village.
    registry.edit_resident(other, resident, {"phone": "13900000078"})
    path, _ = dispatch.send(other, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    assert registry.show_resident(pair.village, resident).phone == "13900000078"


def test_nobody_takes_a_township_over_who_could_not_go_on_with_its_villages(
    pair: Pair, bench: Workbench, tmp_path: Path
) -> None:
    banner = new_station(bench, tmp_path / "banner", "banner", "150421")
    for desk in (banner, pair.village):
        card = handover.read_invitation(pair.township, handover.invite(desk).data).card
        with pytest.raises(Problem, match="HANDOVER_LEVEL"):
            handover.begin(pair.township, card, REASON)
    # Without villages the banner takes the archive.
    resident = register(pair.village)
    handover.begin(pair.village, handover.card_above(pair.village), REASON)
    takeover.take(pair.township, handover.write(pair.village, pair.stick).paths)
    card = handover.read_invitation(pair.township, handover.invite(banner).data).card
    handover.begin(pair.township, card, REASON)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    taken = takeover.take(banner, handover.write(pair.township, elsewhere).paths, compared=True)
    assert handover.confirm(pair.township, taken.receipt).confirmed
    assert revisions(pair.township).items() <= revisions(banner).items()
    assert registry.show_resident(banner, resident).station_id == banner.station.id
    sign_in.lock(banner)
