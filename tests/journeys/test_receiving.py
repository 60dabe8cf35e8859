"""Many bundles on one stick, in any order: sorted, archived, parked or refused each by itself (B07–B14, B41)."""

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.services import (
    enrolment,
    generations,
    intake,
    losses,
    parking,
    receipts,
    receiving,
    registry,
    sign_in,
    submission,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.receiving import Outcome, Reception
from jiandang_desktop.services.work import Cancelled
from jiandang_desktop.services.workbench import Workbench

from .conftest import PASSWORD, Pair, enrol, new_station, register


def receive(desk: Desk, *places: Path) -> Reception:
    return receiving.receive(desk, receiving.find(desk, places))


def outcomes(done: Reception) -> list[str]:
    return [line.outcome.value for line in done.lines]


def archive(desk: Desk) -> dict[str, object]:
    """Everything that must be the same whatever the order: records, the villages' streams, marks, verdicts."""
    with desk.vault.read() as reader:
        people = {row.id: (row.name, row.phone) for row in reader.residents(limit=100_000)}
        children = [row.id for row in reader.stations() if row.relation == "child"]
        streams = {station: reader.stream_head(f"{station}/up") for station in children}
        marks = {station: reader.mark(f"{station}/up", "taken") for station in children}
        verdicts = {
            revision: reader.verdict(revision)
            for station in children
            for revision in reader.stream_revision_ids(f"{station}/up", 1, 10_000)
        }
        states = sorted((row.digest, row.state) for row in reader.bundles("in"))
        return {"people": people, "streams": streams, "marks": marks, "verdicts": verdicts, "states": states}


@dataclass
class Older:
    """A township that came back from an old state, and the village's bundles, each holding the next piece only."""

    folder: Path
    bundles: list[bytes]
    bench: Workbench
    place: Path

    def open(self, number: int = 0) -> Desk:
        copy = self.place / f"township-{number}"
        shutil.copytree(self.folder, copy)
        desk = sign_in.sign_in(self.bench, copy, "王秀兰", PASSWORD)
        # As a restore must: else the township finds out from the first bundle that it lost something (STATE_OLD).
        generations.begin(desk)
        return desk

    def stick(self, *numbers: int) -> Path:
        folder = self.place / "-".join(map(str, ("stick", *numbers)))
        folder.mkdir(exist_ok=True)
        for number in numbers:
            (folder / f"{number}.jdb").write_bytes(self.bundles[number - 1])
        return folder


@pytest.fixture
def older(pair: Pair, bench: Workbench, tmp_path: Path) -> Older:
    pair.township.vault.checkpoint()
    shutil.copytree(pair.township.vault.folder, tmp_path / "older", ignore=shutil.ignore_patterns("*.lock"))
    made = []
    people = []
    for name in ("王小满", "魏雪梅", "吴䶮妹", "白玉兰"):
        people.append(register(pair.village, name=name))
        registry.edit_resident(pair.village, people[0], {"phone": f"1390000000{len(people)}"})
        made.append(pair.export())
        receipts.apply(pair.village, pair.take_in(made[-1]).receipt)
    return Older(tmp_path / "older", made, bench, tmp_path)


def test_B10_four_bundles_in_all_orders_end_the_same(older: Older) -> None:
    """Each brought on a stick of its own; only what fits is taken, the rest waits and follows by itself."""
    ends = []
    for number, order in enumerate(itertools.permutations((1, 2, 3, 4))):
        township = older.open(number)
        for bundle in order:
            receive(township, older.stick(bundle))
        ends.append(archive(township))
        assert parking.waiting(township) == []
        assert township.vault.check().faults == ()
        sign_in.lock(township)
    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)
    assert {state for _, state in ends[0]["states"]} == {"archived"}  # type: ignore[attr-defined]


def test_B09_a_bundle_before_its_predecessor_is_parked_and_taken_when_that_comes(older: Older) -> None:
    straight = older.open(1)
    receive(straight, older.stick(1, 2, 3))
    township = older.open(2)
    assert outcomes(receive(township, older.stick(1, 3))) == ["archived", "parked"]
    before = township.vault.check().content
    (line,) = receive(township, older.stick(3)).lines
    assert (line.outcome, line.missing) == (Outcome.PARKED, (4, 6))
    assert township.vault.check().content == before  # parked once, not twice
    done = receive(township, older.stick(2))
    assert outcomes(done) == ["archived", "archived"]
    assert len(done.receipts) == 1
    assert archive(township) == archive(straight)
    for desk in (straight, township):
        sign_in.lock(desk)


def test_B11_a_hole_is_named_until_it_is_filled(older: Older) -> None:
    township = older.open()
    receive(township, older.stick(1, 3, 4))
    assert [(row.missing, row.bundle.first, row.sender_name) for row in parking.waiting(township)] == [
        ((4, 6), 7, "和平村卫生室"),
        (None, 10, "和平村卫生室"),
    ]
    assert township.vault.check().faults == ()
    assert outcomes(receive(township, older.stick(2))) == ["archived"] * 3
    assert parking.waiting(township) == []
    sign_in.lock(township)


def test_B11_a_parked_original_that_was_damaged_stops_nothing_and_comes_again(older: Older) -> None:
    township = older.open()
    receive(township, older.stick(1, 3))
    (parked,) = parking.waiting(township)
    original = next(path for path in _originals(township) if path.stem == parked.bundle.digest)
    data = original.read_bytes()
    original.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    done = receive(township, older.stick(2))
    assert sorted(outcomes(done)) == ["archived", "refused"]
    assert [line.problem.code for line in done.lines if line.problem] == ["VAULT_DAMAGED"]
    assert outcomes(receive(township, older.stick(3))) == ["archived"]
    assert outcomes(receive(township, older.stick(4))) == ["archived"]
    assert parking.waiting(township) == []
    assert township.vault.check().faults == ()
    sign_in.lock(township)


def test_B13_a_stranger_s_bundle_waits_unopened_until_it_is_registered(
    pair: Pair, bench: Workbench, tmp_path: Path
) -> None:
    """The village took the township for its own; the township has lost the enrolment."""
    pair.township.vault.checkpoint()
    other = new_station(bench, tmp_path / "other", "village", "150421204204")
    older = tmp_path / "older"
    shutil.copytree(pair.township.vault.folder, older, ignore=shutil.ignore_patterns("*.lock"))
    enrol(other, pair.township)
    resident = register(other)
    path = submission.export(other, pair.stick).path
    township = sign_in.sign_in(bench, older, "王秀兰", PASSWORD)
    for _ in range(2):
        assert outcomes(receive(township, path)) == ["parked"]
    (waiting,) = parking.waiting(township)
    assert (waiting.reason, waiting.sender_name) == ("unknown_sender", "")
    with township.vault.read() as reader:
        assert reader.resident(resident) is None
    enrolment.approve(township, enrolment.request(other).data)
    (tmp_path / "empty").mkdir()
    assert outcomes(receive(township, tmp_path / "empty")) == ["archived"]
    with township.vault.read() as reader:
        assert reader.resident(resident) is not None
    sign_in.lock(township)


def test_B14_another_station_s_signature_under_a_known_name_is_refused(pair: Pair) -> None:
    register(pair.village)
    data = bytearray(pair.export())
    place = data.index(b'"sender_key":"') + len('"sender_key":"')
    data[place : place + 16] = b"0123456789abcdef"
    path = pair.stick / "forged.jdb"
    path.write_bytes(data)
    before = pair.township.vault.check().content
    (line,) = receive(pair.township, path).lines
    assert line.problem is not None
    assert line.problem.code in ("BUNDLE_SIGNATURE", "BUNDLE_SENDER")
    assert pair.township.vault.check().content == before


def test_a_damaged_bundle_beyond_a_gap_is_refused_not_parked(older: Older) -> None:
    township = older.open()
    path = older.place / "damaged.jdb"
    path.write_bytes(older.bundles[2][:-1] + bytes([older.bundles[2][-1] ^ 1]))
    (line,) = receive(township, path).lines
    assert line.problem is not None
    assert line.problem.code == "BUNDLE_PAYLOAD"
    assert parking.waiting(township) == []
    sign_in.lock(township)


@pytest.fixture
def villages(bench: Workbench, tmp_path: Path) -> Iterator[tuple[Desk, list[Desk], Path]]:
    """A township, three villages, and a stick on which lie four bundles of each, in our folder and beside it."""
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    stick = tmp_path / "stick"
    (stick / "jiandang").mkdir(parents=True)
    below = []
    for number in range(3):
        village = new_station(bench, tmp_path / f"village{number}", "village", f"15042120420{number + 1}")
        enrol(village, township)
        for name in ("王小满", "魏雪梅", "吴䶮妹", "白玉兰"):
            register(village, name=name)
            submission.export(village, stick if number else stick / "jiandang")
        below.append(village)
    yield township, below, stick
    for desk in (township, *below):
        sign_in.lock(desk)


def test_B41_a_stick_with_many_bundles_of_many_villages(villages: tuple[Desk, list[Desk], Path]) -> None:
    township, below, stick = villages
    (stick / "broken.jdb").write_bytes(b"jiandang-bundle 1\n")
    place = receiving.find(township, [stick])
    looked = receiving.look(township, place)
    assert [line.outcome.value for line in looked] == ["ready"] * 12 + ["refused"]
    steps: list[tuple[int, int]] = []
    done = receiving.receive(township, place, progress=lambda at, total: steps.append((at, total)))
    assert outcomes(done) == ["archived"] * 12 + ["refused"]
    assert steps == sorted(steps)
    # One receipt for each village: the last holds all.
    assert len(done.receipts) == 3
    for village in below:
        for path in done.receipts:
            if f"down/{village.station.id}".encode() in path.read_bytes()[:2000]:
                receipts.apply(village, path.read_bytes())
        assert submission.pending(village).entries == 0
        assert {row.state for row in submission.history(village)} == {"archived"}
    again = receive(township, stick)
    assert outcomes(again) == ["known"] * 12 + ["refused"]
    assert sorted(again.receipts) == sorted(done.receipts)


@pytest.mark.parametrize("stop", [1, 3, 7])
def test_B41_stopped_in_the_middle_and_begun_again_ends_the_same(
    villages: tuple[Desk, list[Desk], Path], bench: Workbench, tmp_path: Path, stop: int
) -> None:
    township, _, stick = villages
    township.vault.checkpoint()
    copy = tmp_path / "copy"
    shutil.copytree(township.vault.folder, copy, ignore=shutil.ignore_patterns("*.lock"))
    receive(township, stick)
    second = sign_in.sign_in(bench, copy, "王秀兰", PASSWORD)
    calls = itertools.count()

    def impatient(_done: int, _total: int) -> None:
        if next(calls) == stop:
            raise Cancelled

    place = receiving.find(second, [stick])
    cut = receiving.receive(second, place, progress=impatient)
    assert cut.stopped
    assert len(cut.lines) == stop
    receive(second, stick)
    assert archive(second) == archive(township)
    sign_in.lock(second)


def test_T19_every_original_is_verified_and_what_is_wrong_with_one_is_named(pair: Pair) -> None:
    register(pair.village)
    pair.carry()
    register(pair.village, name="魏雪梅")
    pair.carry()
    first, second = sorted(_originals(pair.township))
    assert pair.township.vault.check().faults == ()
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    second.rename(second.with_suffix(".away"))
    named = {detail for code, detail in pair.township.vault.check().faults if code == "archive"}
    assert named == {first.stem, second.stem}


def _originals(desk: Desk) -> list[Path]:
    return list((desk.vault.folder / "archive").rglob("*.jdb"))


def test_B11_the_gap_is_named_to_the_village_which_sends_again(older: Older, pair: Pair) -> None:
    """Written, then received (there, but waiting), then archived; the hole heals by what is sent again."""
    register(pair.village, name="艾力")
    late = pair.export()
    township = older.open()
    assert intake.look(township, late).missing == (1, 12)
    (older.place / "late").mkdir()
    (older.place / "late" / "late.jdb").write_bytes(late)
    done = receive(township, older.place / "late")
    assert outcomes(done) == ["parked"]
    newest = submission.history(pair.village)[0]
    assert newest.state == "written"
    applied = receipts.apply(pair.village, done.receipts[0].read_bytes())
    assert submission.history(pair.village)[0].state == "received"
    assert applied.missing_above is not None
    losses.send_again(pair.village)
    path = submission.export(pair.village, older.stick()).path
    again = receive(township, path)
    assert outcomes(again) == ["archived", "archived"]
    assert parking.waiting(township) == []
    receipts.apply(pair.village, again.receipts[0].read_bytes())
    assert submission.pending(pair.village).entries == 0
    assert {row.state for row in submission.history(pair.village)} == {"archived"}
    for desk in (township, pair.village):
        assert desk.vault.check().faults == ()
    sign_in.lock(township)


def test_U09_U10_foreign_files_are_passed_over(pair: Pair) -> None:
    """Fifty thousand of them; links, pipes, huge sparse files and names that are no text."""
    register(pair.village)
    pair.export()
    for number in range(50_000):
        os.mknod(pair.stick / f"IMG_{number}.jpg")
    (pair.stick / "link.jdb").symlink_to("/etc/passwd")
    os.mkfifo(pair.stick / "pipe.jdb")
    with (pair.stick / "huge.jdb").open("wb") as huge:
        huge.truncate(100 * 2**30)
    os.close(os.open(os.fsencode(pair.stick) + b"/\xff\xfe.jdb", os.O_CREAT))
    (pair.stick / "folder.jdb").mkdir()
    place = receiving.find(pair.township, [pair.stick])
    assert len(place.files) == 1
    assert place.whole
    found = {item.name: item.reason for item in place.passed_over}
    assert found == {
        "link.jdb": "link",
        "pipe.jdb": "special",
        "huge.jdb": "large",
        "??.jdb": "name",
        "folder.jdb": "special",
    }


def test_the_archive_is_restored_from_its_originals(older: Older, pair: Pair) -> None:
    """The database is put back to the day before the four bundles; the archive folder is there and whole."""
    township = older.open(1)
    for number in (1, 2, 3, 4):
        receive(township, older.stick(number))
    wanted = archive(township)
    originals = township.vault.folder / "archive"
    restored = older.open(2)
    shutil.copytree(originals, restored.vault.folder / "archive")
    done = receiving.restore(restored)
    assert outcomes(done) == ["archived"] * 4
    assert archive(restored) == wanted
    assert restored.vault.check().faults == ()
    assert receiving.restore(restored).lines == ()
    for desk in (township, restored):
        sign_in.lock(desk)


def test_T19_a_changed_original_is_named_and_the_others_are_restored(older: Older) -> None:
    township = older.open(1)
    receive(township, older.stick(1, 2))
    restored = older.open(2)
    shutil.copytree(township.vault.folder / "archive", restored.vault.folder / "archive")
    (restored.vault.folder / "archive" / "00").mkdir(exist_ok=True)
    (restored.vault.folder / "archive" / "00" / "foreign.jdb").write_bytes(b"x")
    second = next(path for path in _originals(restored) if path.read_bytes() == older.bundles[1])
    second.write_bytes(older.bundles[1][:-1])
    refused, taken = receiving.restore(restored).lines
    assert (taken.outcome, refused.name) == (Outcome.ARCHIVED, second.stem)
    assert refused.problem is not None
    assert refused.problem.code == "VAULT_DAMAGED"
    for desk in (township, restored):
        sign_in.lock(desk)


def test_B09_a_person_takes_what_can_be_placed_with_the_gap_named(older: Older) -> None:
    """Bundle 3 holds a new household with its resident, and a change of somebody whose last revision is in bundle 2."""
    straight = older.open(1)
    receive(straight, older.stick(1, 2, 3))
    township = older.open(2)
    receive(township, older.stick(1, 3))
    (waiting,) = parking.waiting(township)
    assert parking.release(township, waiting.bundle.digest) == 2
    with township.vault.read() as reader:
        assert {row.name for row in reader.residents()} == {"王小满", "吴䶮妹"}
    (waiting,) = parking.waiting(township)
    assert (waiting.released, waiting.missing) == (2, (4, 6))
    assert township.vault.check().faults == ()
    receive(township, older.stick(2))
    assert archive(township) == archive(straight)
    with pytest.raises(Problem, match="NOT_PARKED"):
        parking.release(township, waiting.bundle.digest)
    for desk in (straight, township):
        sign_in.lock(desk)


def test_a_place_that_no_disk_can_have_is_refused_by_name(pair: Pair) -> None:
    (line,) = receive(pair.township, Path("x" * 300)).lines
    assert line.outcome is Outcome.REFUSED
    assert line.problem is not None
    assert line.problem.code == "MEDIUM_VANISHED"
