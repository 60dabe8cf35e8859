"""Restored villages, restored townships, one vault on two computers: noticed, named, and nobody's work lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.services import (
    decisions,
    dispatch,
    generations,
    intake,
    losses,
    programme_settings,
    receipts,
    receiving,
    records,
    registry,
    resident_folder,
    sign_in,
    submission,
)
from jiandang_desktop.services.desk import Desk

from .conftest import Pair, register
from .stations import copy_of, put_back, reopen


def people(desk: Desk) -> set[str]:
    with desk.vault.read() as reader:
        return {row.name for row in reader.residents(limit=1000)}


def codes(desk: Desk) -> list[str]:
    with desk.vault.read() as reader:
        return [row.record_code for row in reader.residents(limit=1000)]


def sound(*desks: Desk) -> bool:
    return all(desk.vault.check().faults == () for desk in desks)


def refusal(action: object, *arguments: object) -> Problem:
    with pytest.raises(Problem) as refused:
        action(*arguments)  # type: ignore[operator]
    return refused.value


@pytest.fixture
def backed_up(pair: Pair, tmp_path: Path) -> Iterator[Pair]:
    """王小满 is archived; then both folders were copied; then 魏雪梅 was archived, and 吴䶮妹 isn't sent yet."""
    register(pair.village, name="王小满")
    pair.carry()
    pair.village = copy_of(pair.village, tmp_path / "village backup")
    pair.township = copy_of(pair.township, tmp_path / "township backup")
    register(pair.village, name="魏雪梅")
    pair.carry()
    yield pair
    sign_in.lock(pair.village)
    sign_in.lock(pair.township)


def test_a_restored_village_gets_back_what_it_lost(backed_up: Pair, tmp_path: Path) -> None:
    """T22: the records come back with their state, what was written since stays, no code is given twice."""
    pair = backed_up
    before = set(codes(pair.village))
    pair.village = put_back(pair.village, tmp_path / "village backup")
    assert people(pair.village) == {"王小满"}
    begun = generations.begin(pair.village)
    assert pair.village.station.generation == begun.generation != begun.before
    register(pair.village, name="吴䶮妹")
    assert not set(codes(pair.village)) & (before - {min(before)})
    plan = intake.plan(pair.township, pair.export())
    assert plan.generation == "new"
    assert plan.counts() == {intake.Kind.NOTICE: 1, intake.Kind.NEW: 2}
    archived = intake.archive(pair.township, plan)
    applied = receipts.apply(pair.village, archived.receipt)
    assert applied.came == {Verdict.ARCHIVED: 2}
    assert people(pair.village) == people(pair.township) == {"王小满", "魏雪梅", "吴䶮妹"}
    assert len(set(codes(pair.village))) == 3
    assert submission.pending(pair.village).entries == 0
    # The loop goes on as before.
    register(pair.village, name="阿依古丽")
    again, _ = pair.carry()
    assert again.counts == {Verdict.ARCHIVED: 2}
    assert people(pair.village) == people(pair.township)
    assert sound(pair.village, pair.township)


def test_a_village_that_does_not_know_it_was_restored_finds_out(backed_up: Pair, tmp_path: Path) -> None:
    """Both ends name it: the township by the fork, the village by what the township says it has."""
    pair = backed_up
    pair.village = put_back(pair.village, tmp_path / "village backup")
    register(pair.village, name="吴䶮妹")
    assert refusal(intake.plan, pair.township, pair.export()).code == "BUNDLE_FORK"
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    found = refusal(receipts.apply, pair.village, path.read_bytes())
    assert (found.code, found.values_) == ("STATE_OLD", {"number": 4, "have": 4})
    generations.begin(pair.village)
    archived, _ = pair.carry()
    # The code that was given out twice meanwhile waits for a person.
    assert archived.counts == {Verdict.ARCHIVED: 2, Verdict.QUARANTINED: 1}
    assert people(pair.village) == {"王小满", "魏雪梅", "吴䶮妹"}
    assert sound(pair.village, pair.township)


def test_what_lay_on_a_stick_when_the_village_was_restored_is_taken_too(backed_up: Pair, tmp_path: Path) -> None:
    """The old computer's last bundle turns up after the new generation's first: it is taken, and comes home."""
    pair = backed_up
    register(pair.village, name="吴䶮妹")
    last = pair.export()
    pair.village = put_back(pair.village, tmp_path / "village backup")
    generations.begin(pair.village)
    pair.carry()
    assert "吴䶮妹" not in people(pair.village)
    plan = intake.plan(pair.township, last)
    assert plan.generation == "older"
    archived = intake.archive(pair.township, plan)
    receipts.apply(pair.village, archived.receipt)
    assert people(pair.village) == people(pair.township) == {"王小满", "魏雪梅", "吴䶮妹"}
    assert intake.plan(pair.township, last).known_receipt == archived.receipt
    pair.carry() if submission.pending(pair.village).entries else None
    assert sound(pair.village, pair.township)


def test_generations_that_arrive_in_the_wrong_order(pair: Pair, tmp_path: Path) -> None:
    """The new generation's bundle comes first, the lost computer's only one after it: still the older one."""
    pair.village = copy_of(pair.village, tmp_path / "village backup")
    register(pair.village, name="王小满")
    lost = pair.export()
    pair.village = put_back(pair.village, tmp_path / "village backup")
    generations.begin(pair.village)
    register(pair.village, name="魏雪梅")
    pair.carry()
    plan = intake.plan(pair.township, lost)
    assert plan.generation == "older"
    receipts.apply(pair.village, intake.archive(pair.township, plan).receipt)
    register(pair.village, name="吴䶮妹")
    pair.carry()
    assert people(pair.village) == people(pair.township) == {"王小满", "魏雪梅", "吴䶮妹"}
    assert sound(pair.village, pair.township)


def test_one_vault_on_two_computers_is_healed(backed_up: Pair, tmp_path: Path) -> None:
    """Both registered people under the same numbers: a fork. The second one becomes a new generation."""
    pair = backed_up
    pair.village = copy_of(pair.village, tmp_path / "second computer")
    second = sign_in.sign_in(pair.village.bench, tmp_path / "second computer", "王秀兰", "correct horse")
    register(pair.village, name="吴䶮妹")
    pair.carry()
    register(second, name="阿依古丽")
    data = submission.export(second, pair.stick).path.read_bytes()
    assert refusal(intake.plan, pair.township, data).code == "BUNDLE_FORK"
    generations.begin(second)
    register(second, name="巴特尔")
    plan = intake.plan(pair.township, submission.export(second, pair.stick).path.read_bytes())
    done = intake.archive(pair.township, plan)
    receipts.apply(second, done.receipt)
    # A code that both gave out waits for a person; nobody's work is lost.
    with pair.township.vault.read() as reader:
        waiting = [row.reason for row in reader.held()]
    assert waiting == ["code_taken"]
    assert people(pair.township) == {"王小满", "魏雪梅", "吴䶮妹", "巴特尔"}
    assert people(second) == {"王小满", "魏雪梅", "吴䶮妹", "阿依古丽", "巴特尔"}
    # The first computer, not told yet, sends once more; the second gets it, the first learns that it was replaced.
    register(pair.village, name="李秀英")
    older = intake.plan(pair.township, pair.export())
    assert older.generation == "older"
    receipt = intake.archive(pair.township, older).receipt
    receipts.apply(second, receipt)
    assert "李秀英" in people(second)
    assert refusal(receipts.apply, pair.village, receipt).code == "STATE_REPLACED"
    assert sound(pair.village, second, pair.township)
    sign_in.lock(second)


def opened(pair: Pair, folder: Path) -> Desk:
    return sign_in.sign_in(pair.village.bench, folder, "王秀兰", "correct horse")


def test_a_copy_that_was_never_confirmed_is_told_that_another_one_goes_on(backed_up: Pair, tmp_path: Path) -> None:
    """Both copies went on as new generations; only the other one's reached the township before this one reads on."""
    pair = backed_up
    generations.begin(pair.village)
    pair.village = copy_of(pair.village, tmp_path / "second computer")
    second = opened(pair, tmp_path / "second computer")
    generations.begin(second)
    register(second, name="巴特尔")
    done = intake.archive(
        pair.township, intake.plan(pair.township, submission.export(second, pair.stick).path.read_bytes())
    )
    assert not submission.pending(pair.village).maybe_replaced
    assert receipts.apply(pair.village, done.receipt).maybe_replaced
    assert not receipts.apply(second, done.receipt).maybe_replaced
    # Its work is taken and passed on; it is told again, when it is opened too, until a person decides for it.
    register(pair.village, name="吴䶮妹")
    older = intake.plan(pair.township, pair.export())
    assert older.generation == "older"
    receipt = intake.archive(pair.township, older).receipt
    receipts.apply(second, receipt)
    assert "吴䶮妹" in people(second)
    assert receipts.apply(pair.village, receipt).maybe_replaced
    pair.village = reopen(pair.village)
    assert submission.pending(pair.village).maybe_replaced
    generations.begin(pair.village)
    pair.carry()
    assert not submission.pending(pair.village).maybe_replaced
    assert people(pair.village) == people(pair.township)
    assert sound(pair.village, second, pair.township)
    sign_in.lock(second)


def test_a_vault_that_forgot_a_generation_is_in_doubt_until_it_was_heard(backed_up: Pair, tmp_path: Path) -> None:
    """Restored twice from the same backup: nobody else is there, and one round ends the doubt."""
    pair = backed_up
    for name in ("吴䶮妹", "阿依古丽"):
        pair.village = put_back(pair.village, tmp_path / "village backup")
        generations.begin(pair.village)
        if name == "阿依古丽":
            path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
            assert receipts.apply(pair.village, path.read_bytes()).maybe_replaced
        register(pair.village, name=name)
        pair.carry()
        assert not submission.pending(pair.village).maybe_replaced
    assert people(pair.village) >= {"吴䶮妹", "阿依古丽"}


def received(pair: Pair) -> receiving.Reception:
    """What the township says of the village's next bundle."""
    folder = pair.stick / str(len(list(pair.stick.iterdir())))
    folder.mkdir()
    submission.export(pair.village, folder)
    return receiving.receive(pair.township, receiving.find(pair.township, [folder]))


def test_a_township_that_forgot_a_generation_is_told_at_intake(backed_up: Pair, tmp_path: Path) -> None:
    """The same above: the village has heard of a generation that this vault never was."""
    pair = backed_up
    pair.township = put_back(pair.township, tmp_path / "township backup")
    generations.begin(pair.township)
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    losses.send_again(pair.village)
    pair.township = put_back(pair.township, tmp_path / "township backup")
    generations.begin(pair.township)
    done = received(pair)
    assert done.maybe_replaced
    receipts.apply(pair.village, done.receipts[0].read_bytes())
    register(pair.village, name="巴特尔")
    assert not received(pair).maybe_replaced
    assert people(pair.township) == people(pair.village)


def test_a_restored_township_is_sent_again_what_it_lost(backed_up: Pair, tmp_path: Path) -> None:
    pair = backed_up
    resident = register(pair.village, name="吴䶮妹")
    pair.carry()
    pair.township = put_back(pair.township, tmp_path / "township backup")
    assert people(pair.township) == {"王小满"}
    register(pair.village, name="阿依古丽")
    # It finds out from the village's bundle that it is behind, and starts a new generation.
    assert refusal(intake.plan, pair.township, pair.export()).code == "STATE_OLD"
    generations.begin(pair.township)
    assert refusal(intake.plan, pair.township, pair.export()).code == "BUNDLE_GAP"
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    applied = receipts.apply(pair.village, path.read_bytes())
    assert applied.missing_above == losses.Missing(3, 6)
    assert submission.pending(pair.village).missing_above == losses.Missing(3, 6)
    assert resident_folder.open_resident(pair.village, resident).resident.name == "吴䶮妹"
    # Until a person decides nothing changes; then everything since goes again.
    assert submission.pending(pair.village).entries == 2
    assert losses.send_again(pair.village) == losses.Missing(3, 6)
    assert submission.pending(pair.village).entries == 6
    assert refusal(losses.send_again, pair.village).code == "NOTHING_ASKED"
    assert [row.state for row in submission.history(pair.village)][-1] == "archived"
    assert "written" in {row.state for row in submission.history(pair.village)}
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 6}
    assert people(pair.township) == people(pair.village) == {"王小满", "魏雪梅", "吴䶮妹", "阿依古丽"}
    assert {row.state for row in submission.history(pair.village)} == {"archived"}
    assert submission.pending(pair.village).missing_above is None
    assert sound(pair.village, pair.township)


def test_what_a_restored_township_wrote_itself_comes_back_for_a_person_to_see(backed_up: Pair, tmp_path: Path) -> None:
    pair = backed_up
    with pair.village.vault.read() as reader:
        resident = next(row.id for row in reader.residents(limit=9) if row.name == "王小满")
    registry.edit_resident(pair.township, resident, {"phone": "13900000077"})
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    pair.township = put_back(pair.township, tmp_path / "township backup")
    generations.begin(pair.township)
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    losses.send_again(pair.village)
    plan = intake.plan(pair.township, pair.export())
    own = next(item for item in plan.items if item.reason == "given_back")
    assert own.kind is intake.Kind.CONFLICT
    assert own.revision is not None
    intake.archive(pair.township, plan, {own.revision.id: Verdict.ARCHIVED})
    assert records.get_record(pair.township, RecordId(resident)).answers["phone"] == "13900000077"
    assert sound(pair.village, pair.township)


def test_settings_that_a_restored_township_lost_come_back_for_a_person_to_see(backed_up: Pair, tmp_path: Path) -> None:
    """The villages still have them; adopted, they hold again, and the next change builds on them."""

    def days(desk: Desk) -> object:
        return next(each.value for each in programme_settings.settings(desk) if each.setting.id == "recall_days")

    def send_down() -> None:
        path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
        receipts.apply(pair.village, path.read_bytes())

    pair = backed_up
    programme_settings.set_setting(pair.township, "recall_days", "10")
    send_down()
    pair.township = put_back(pair.township, tmp_path / "township backup")
    generations.begin(pair.township)
    assert (days(pair.township), days(pair.village)) == (14, 10)
    send_down()
    losses.send_again(pair.village)
    pair.carry()
    assert days(pair.township) == 14
    (case,) = [each for each in decisions.waiting(pair.township) if each.reason == "given_back"]
    assert decisions.show(pair.township, case.revision_id).case == case
    decisions.adopt(pair.township, case.revision_id)
    assert days(pair.township) == 10
    programme_settings.set_setting(pair.township, "recall_days", "12")
    send_down()
    assert (days(pair.township), days(pair.village)) == (12, 12)
    assert sound(pair.village, pair.township)


def test_a_vault_that_lost_its_last_saves_goes_on_as_a_new_generation(backed_up: Pair, tmp_path: Path) -> None:
    """The database is older than its head: read-only until a person accepts, then a new generation at once."""
    pair = backed_up
    here = pair.village.vault.folder
    sign_in.lock(pair.village)
    (here / "vault.db").write_bytes((tmp_path / "village backup" / "vault.db").read_bytes())
    pair.village = sign_in.sign_in(pair.township.bench, here, "王秀兰", "correct horse")
    assert pair.village.vault.read_only_reason == "VAULT_BEHIND"
    assert refusal(register, pair.village).code == "VAULT_READ_ONLY"
    begun = generations.begin(pair.village)
    assert begun.known > 0
    assert pair.village.vault.read_only_reason == ""
    pair.carry()
    assert people(pair.village) == {"王小满", "魏雪梅"}
    pair.village = reopen(pair.village)
    assert pair.village.vault.read_only_reason == ""
    assert sound(pair.village, pair.township)


def test_who_may_not_manage_keys_may_not_begin_a_generation(pair: Pair) -> None:
    member = pair.village.staff
    keep = frozenset(role for role in member.roles if role.value == "doctor")
    with pair.village.vault.work("roles") as work:
        work.put_staff(type(member)(member.id, member.name, keep))
        work.commit()
    assert not pair.village.staff.may(Right.INTAKE)
    assert refusal(generations.begin, pair.village).code == "NOT_ALLOWED"


def test_several_restores_one_after_another(backed_up: Pair, tmp_path: Path) -> None:
    """A generation goes on from a generation; each round brings everything together again."""
    pair = backed_up
    pair.village = put_back(pair.village, tmp_path / "village backup")
    generations.begin(pair.village)
    register(pair.village, name="吴䶮妹")
    pair.carry()
    pair.village = copy_of(pair.village, tmp_path / "later backup")
    register(pair.village, name="阿依古丽")
    pair.carry()
    expected = people(pair.village)
    for backup, name in (("later backup", "巴特尔"), ("village backup", "李秀英"), ("later backup", "张桂兰")):
        pair.village = put_back(pair.village, tmp_path / backup)
        generations.begin(pair.village)
        register(pair.village, name=name)
        pair.carry()
        expected.add(name)
        assert people(pair.village) == expected
    # The same backup a second time may give a code out again; that waits for a person above.
    with pair.township.vault.read() as reader:
        waiting = len(reader.held())
    assert len(people(pair.township)) + waiting == len(expected) == 7
    assert sound(pair.village, pair.township)


def test_a_replayed_bundle_of_an_older_generation_moves_no_mark(backed_up: Pair, tmp_path: Path) -> None:
    """T14: what an older computer says of the township's stream doesn't make it send less or more."""
    pair = backed_up
    register(pair.village, name="吴䶮妹")
    old = pair.export()
    pair.village = put_back(pair.village, tmp_path / "village backup")
    generations.begin(pair.village)
    pair.carry()
    stream = pair.township.station.down_stream(pair.village.station.id)
    with pair.township.vault.read() as reader:
        before = reader.mark(stream, "received")
    intake.archive(pair.township, intake.plan(pair.township, old))
    with pair.township.vault.read() as reader:
        assert reader.mark(stream, "received") == before
    assert SubjectId("x") not in people(pair.village)
