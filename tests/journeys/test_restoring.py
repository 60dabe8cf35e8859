"""A township put back to an older day: the originals bring back what came, its villages what it had decided itself."""

import shutil
from pathlib import Path

from jiandang_desktop.domain.records import StationId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    decisions,
    dispatch,
    generations,
    handover,
    intake,
    losses,
    receipts,
    receiving,
    registry,
    submission,
    takeover,
)

from .conftest import Pair, register
from .stations import copy_of, put_back


def put_back_with_originals(pair: Pair, backup: Path) -> None:
    """The database of an older day; the archive folder is what it was at the end."""
    originals = backup.parent / "originals"
    shutil.copytree(pair.township.vault.folder / "archive", originals)
    pair.township = put_back(pair.township, backup)
    shutil.copytree(originals, pair.township.vault.folder / "archive", dirs_exist_ok=True)


def test_the_originals_bring_back_what_came_and_the_village_what_was_decided(pair: Pair, tmp_path: Path) -> None:
    pair.township = copy_of(pair.township, tmp_path / "backup")
    resident = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    put_back_with_originals(pair, tmp_path / "backup")
    done = receiving.restore(pair.township)
    assert done.counts() == {receiving.Outcome.ARCHIVED: len(done.lines)}
    assert registry.show_resident(pair.township, resident).phone == ""
    # As the words say: go on from here, send down, and the village brings the township's own decision back.
    generations.begin(pair.township)
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    if submission.pending(pair.village).missing_above is not None:
        losses.send_again(pair.village)
    pair.take_in(pair.export())
    for case in decisions.waiting(pair.township):
        decisions.adopt(pair.township, case.revision_id)
    assert registry.show_resident(pair.township, resident).phone == "13900000077"


def test_a_handover_among_the_originals_is_named_and_may_be_taken_again(pair: Pair, tmp_path: Path) -> None:
    """The packet can't be taken in by the way: it is counted and signed again, and nothing comes twice."""
    pair.township = copy_of(pair.township, tmp_path / "backup")
    resident = register(pair.village)
    handover.begin(pair.village, handover.card_above(pair.village), "撤站")
    parts = handover.write(pair.village, pair.stick).paths
    takeover.take(pair.township, parts)
    put_back_with_originals(pair, tmp_path / "backup")
    (line,) = receiving.restore(pair.township).lines
    assert line.problem is not None
    assert line.problem.code == "ORIGINAL_BY_HAND"
    taken = takeover.take(pair.township, parts)
    assert not taken.packet.already
    assert registry.show_resident(pair.township, resident).station_id == pair.township.station.id
    assert handover.confirm(pair.village, taken.receipt).confirmed
    assert Verdict.HELD not in {row.outcome for row in intake.held(pair.township)}
