"""Keys that change, end, or are lost with the computer: all of it travels by bundle (table K, T18, B19, B53, B54)."""

import dataclasses
from pathlib import Path

import pytest

from jiandang_desktop import bundles
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_line
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.services import (
    dispatch,
    enrolment,
    generations,
    intake,
    keys,
    losses,
    receipts,
    sign_in,
    submission,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import PASSWORD, Pair, enrol, new_station, register
from .stations import copy_of, put_back
from .test_generations import codes, people, refusal, sound


def key_of(data: bytes) -> str:
    return bundles.read_header(data).sender_key


def village_id(pair: Pair) -> StationId:
    return StationId(pair.village.station.id)


def known_keys(desk: Desk, station: str) -> dict[str, str]:
    with desk.vault.read() as reader:
        return {key.key_id: key.ended for key in reader.station_keys() if key.station_id == station}


def newest(desk: Desk) -> str:
    with desk.vault.read() as reader:
        return reader.own_keys()[0].key_id


def test_a_village_rotates_its_keys_with_overlap(pair: Pair) -> None:
    """Signed with the old key until the township confirmed the new one; then the old one ends."""
    register(pair.village)
    pair.carry()
    old = newest(pair.village)
    rotated = keys.rotate(pair.village)
    new = rotated.card.key_id
    assert (rotated.announced, len(rotated.fingerprint)) == (1, 8)
    data = pair.export()
    assert key_of(data) == old
    plan = intake.plan(pair.township, data)
    assert [item.reason for item in plan.items] == ["notice_card"]
    receipt = intake.archive(pair.township, plan).receipt
    assert known_keys(pair.township, village_id(pair)) == {old: "", new: ""}
    receipts.apply(pair.village, receipt)
    register(pair.village, name="魏雪梅")
    data = pair.export()
    assert key_of(data) == new
    pair.take_in(data)
    assert known_keys(pair.township, village_id(pair)) == {old: "rotated", new: ""}
    assert people(pair.township) == {"王小满", "魏雪梅"}
    assert sound(pair.village, pair.township)


def test_T18_what_was_taken_under_a_key_before_it_ended_stays_valid(pair: Pair) -> None:
    register(pair.village)
    before = pair.export()
    receipt = pair.take_in(before).receipt
    receipts.apply(pair.village, receipt)
    keys.rotate(pair.village)
    pair.carry()
    held_back = pair.village
    register(held_back, name="魏雪梅")
    pair.carry()
    assert intake.plan(pair.township, before).known_receipt == receipt
    report = pair.township.vault.check()
    assert report.faults == ()


def test_B19_after_revocation_nothing_new_is_taken(pair: Pair) -> None:
    register(pair.village)
    before = pair.export()
    receipt = pair.take_in(before).receipt
    receipts.apply(pair.village, receipt)
    register(pair.village, name="魏雪梅")
    after = pair.export()
    with pytest.raises(Problem, match="REASON_MISSING"):
        enrolment.revoke(pair.township, village_id(pair), "  ")
    assert enrolment.revoke(pair.township, village_id(pair), "电脑被盗").revoked
    found = refusal(intake.plan, pair.township, after)
    assert found.code == "BUNDLE_REVOKED"
    assert found.values_["key"] == newest(pair.village)
    # Number and hash decide: what was taken before is still known, whatever its label of time says.
    assert intake.plan(pair.township, before).known_receipt == receipt
    assert people(pair.township) == {"王小满"}
    assert refusal(enrolment.approve, pair.township, enrolment.request(pair.village).data).code == "ENROLMENT_REVOKED"
    assert [line.station.id for line in dispatch.waiting(pair.township)] == []
    # Nor is anything sealed to a key that may be in anybody's hands.
    assert refusal(dispatch.send, pair.township, village_id(pair), pair.stick).code == "SEND_KEY_ENDED"


def household_numbers(desk: Desk) -> set[str]:
    with desk.vault.read() as reader:
        return {str(row.answers["household_code"]) for row in reader.households(limit=100)}


def test_B19_a_thief_cannot_hide_behind_an_old_number(pair: Pair) -> None:
    """A revoked key, a number that was taken before, other content or another generation: refused all the same."""
    register(pair.village)
    pair.carry()
    with pair.village.vault.read() as reader:
        signing = keys.own_keys(reader).signing
    with pair.township.vault.read() as reader:
        own = keys.own_keys(reader).identity.recipient
    enrolment.revoke(pair.township, village_id(pair), "电脑被盗")
    station = pair.village.station
    for generation in (station.generation, "f" * 32):
        line = entry_line(
            station.up_stream, 1, NO_HASH, "generation", canonical.encode({"generation": "", "replaces": []})
        )
        forged = bundles.seal(
            kind="submission",
            sender=station.id,
            signing=signing,
            recipients=[(pair.township.station.id, own)],
            stream=station.up_stream,
            generation=generation,
            first=1,
            lines=[line],
            made_at="2020-01-01T00:00:00+08:00",
        )
        found = refusal(intake.plan, pair.township, forged.data)
        assert found.code in ("BUNDLE_FORK", "BUNDLE_REVOKED")


def test_K08_a_township_changes_its_keys_with_overlap(pair: Pair, bench: Workbench, tmp_path: Path) -> None:
    """Receipts under the old and the new key count; nothing under an unknown one; one village after the other."""
    other = new_station(bench, tmp_path / "other", "village", "150421204204")
    enrol(other, pair.township)
    register(pair.village)
    old = newest(pair.township)
    rotated = keys.rotate(pair.township)
    assert rotated.announced == 2
    archived, _ = pair.carry()
    assert key_of(archived.receipt) == old
    assert known_keys(pair.village, pair.township.station.id) == {old: "", rotated.card.key_id: ""}
    register(pair.village, name="魏雪梅")
    archived, _ = pair.carry()
    assert key_of(archived.receipt) == rotated.card.key_id
    assert known_keys(pair.village, pair.township.station.id) == {old: "rotated", rotated.card.key_id: ""}
    # The other village hasn't heard yet: it is written to with the old key, and hears with that bundle.
    path, _ = dispatch.send(pair.township, StationId(other.station.id), pair.stick)
    assert key_of(path.read_bytes()) == old
    receipts.apply(other, path.read_bytes())
    assert known_keys(other, pair.township.station.id) == {old: "", rotated.card.key_id: ""}
    with pair.township.vault.read() as reader:
        assert keys.waiting_for(reader) == 1
    # A village that enrols now knows the new key only.
    late = new_station(bench, tmp_path / "late", "village", "150421204205")
    enrol(late, pair.township)
    register(late, name="吴䶮妹")
    data = submission.export(late, pair.stick).path.read_bytes()
    done = intake.archive(pair.township, intake.plan(pair.township, data))
    assert key_of(done.receipt) == rotated.card.key_id
    receipts.apply(late, done.receipt)
    assert sound(pair.village, pair.township, other, late)
    sign_in.lock(other)
    sign_in.lock(late)


def test_K08_nothing_under_an_unknown_key_of_the_township(pair: Pair) -> None:
    register(pair.village)
    receipt = pair.take_in(pair.export()).receipt
    stranger = bundles.SigningKey.generate()
    header = bundles.read_header(receipt)
    with pair.village.vault.read() as reader:
        recipient = keys.own_keys(reader).identity.recipient
    line = entry_line(header.stream, 1, NO_HASH, "card", b"{}")
    forged = bundles.seal(
        kind="receipt",
        sender=header.sender,
        signing=stranger,
        recipients=[(header.recipients[0], recipient)],
        stream=header.stream,
        generation=header.generation,
        first=1,
        lines=[line],
        made_at=header.made_at,
    )
    assert refusal(receipts.apply, pair.village, forged.data).code == "BUNDLE_SENDER"


def test_K07_a_village_whose_computer_was_lost_goes_on(pair: Pair, bench: Workbench, tmp_path: Path) -> None:
    """New keys in place of the old, all records back, codes without collision; the old computer's key is refused."""
    register(pair.village, name="王小满")
    register(pair.village, name="魏雪梅")
    pair.carry()
    register(pair.village, name="吴䶮妹")
    stolen = pair.export()
    new = new_station(bench, tmp_path / "new computer", "village", "150421204203")
    request = enrolment.request(new)
    station = village_id(pair)
    assert refusal(enrolment.approve, pair.township, request.data, station).code == "REASON_MISSING"
    answer = enrolment.approve(pair.township, request.data, station, "电脑坏了")
    assert enrolment.approve(pair.township, request.data, station, "电脑坏了").fingerprint == answer.fingerprint
    assert enrolment.accept(new, answer.data).id == pair.township.station.id
    assert new.station.id == station
    assert refusal(intake.plan, pair.township, stolen).code == "BUNDLE_REVOKED"
    # All that the township has goes with the answer on the same stick.
    path, _ = dispatch.send(pair.township, station, pair.stick)
    receipts.apply(new, path.read_bytes())
    assert people(new) == {"王小满", "魏雪梅"}
    register(new, name="阿依古丽")
    assert len(set(codes(new))) == 3
    lost = household_numbers(pair.village)
    assert len(lost) == 3
    assert len(lost & household_numbers(new)) == 2
    assert len(household_numbers(new)) == 3
    highest = max(code for code in codes(pair.village))
    assert max(codes(new)) > highest
    data = submission.export(new, pair.stick).path.read_bytes()
    plan = intake.plan(pair.township, data)
    assert plan.generation == "new"
    done = intake.archive(pair.township, plan)
    applied = receipts.apply(new, done.receipt)
    assert not applied.came
    assert people(pair.township) == people(new) == {"王小满", "魏雪梅", "阿依古丽"}
    assert len(set(codes(pair.township))) == 3
    assert sound(new, pair.township)
    sign_in.lock(new)


def test_K07_only_an_empty_vault_becomes_the_old_station(pair: Pair, bench: Workbench, tmp_path: Path) -> None:
    register(pair.village)
    pair.carry()
    new = new_station(bench, tmp_path / "new computer", "village", "150421204203")
    register(new, name="魏雪梅")
    answer = enrolment.approve(pair.township, enrolment.request(new).data, village_id(pair), "电脑坏了")
    before = new.vault.check().content
    assert refusal(enrolment.accept, new, answer.data).code == "ENROLMENT_NOT_EMPTY"
    assert new.vault.check().content == before
    elsewhere = new_station(bench, tmp_path / "elsewhere", "village", "150421204204")
    request = enrolment.request(elsewhere).data
    found = refusal(enrolment.approve, pair.township, request, village_id(pair), "电脑坏了")
    assert found.code == "ENROLMENT_OTHER_PLACE"
    for desk in (new, elsewhere):
        sign_in.lock(desk)


def test_a_village_restored_from_before_its_rotation_enrols_anew(pair: Pair, tmp_path: Path) -> None:
    """Its new key is lost and the old one ended: new keys under the same name, and everything comes back."""
    register(pair.village, name="王小满")
    pair.carry()
    pair.village = copy_of(pair.village, tmp_path / "backup")
    keys.rotate(pair.village)
    pair.carry()
    register(pair.village, name="魏雪梅")
    pair.carry()
    pair.village = put_back(pair.village, tmp_path / "backup")
    generations.begin(pair.village)
    assert refusal(intake.plan, pair.township, pair.export()).code == "BUNDLE_REPLACED"
    assert refusal(enrolment.approve, pair.township, enrolment.request(pair.village).data).code == "ENROLMENT_REVOKED"
    keys.rotate(pair.village)
    request = enrolment.request(pair.village).data
    answer = enrolment.approve(pair.township, request, village_id(pair), "从备份恢复，密钥丢了")
    enrolment.accept(pair.village, answer.data)
    pair.carry()
    assert people(pair.village) == people(pair.township) == {"王小满", "魏雪梅"}
    assert sound(pair.village, pair.township)


def test_a_township_restored_from_before_a_villages_rotation_learns_the_key_again(pair: Pair, tmp_path: Path) -> None:
    register(pair.village, name="王小满")
    pair.carry()
    pair.township = copy_of(pair.township, tmp_path / "backup")
    keys.rotate(pair.village)
    pair.carry()
    register(pair.village, name="魏雪梅")
    pair.carry()
    pair.township = put_back(pair.township, tmp_path / "backup")
    register(pair.village, name="吴䶮妹")
    assert refusal(intake.plan, pair.township, pair.export()).code == "BUNDLE_SENDER"
    generations.begin(pair.township)
    path, _ = dispatch.send(pair.township, village_id(pair), pair.stick)
    receipts.apply(pair.village, path.read_bytes())
    losses.send_again(pair.village)
    pair.carry()
    assert people(pair.township) == {"王小满", "魏雪梅", "吴䶮妹"}
    register(pair.village, name="阿依古丽")
    data = pair.export()
    assert key_of(data) == newest(pair.village)
    pair.take_in(data)
    assert sound(pair.village, pair.township)


def test_B54_trust_never_grows_by_replay(bench: Workbench, tmp_path: Path) -> None:
    """Old requests and old answers, again and in the wrong order: nothing changes that a key's end settled."""
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    stick = tmp_path / "stick"
    stick.mkdir()
    pair = Pair(village, township, stick)
    request = enrolment.request(village).data
    answer = enrolment.approve(township, request).data
    enrolment.accept(village, answer)
    old_village, old_township = newest(village), newest(township)
    for _ in range(2):
        assert bundles.read_header(enrolment.approve(township, request).data).first == 1
        enrolment.accept(village, answer)
    register(village)
    keys.rotate(village)
    keys.rotate(township)
    pair.carry()
    register(village, name="魏雪梅")
    pair.carry()
    register(village, name="吴䶮妹")
    pair.carry()
    assert known_keys(township, village.station.id)[old_village] == "rotated"
    assert known_keys(village, township.station.id)[old_township] == "rotated"
    assert refusal(enrolment.approve, township, request).code == "ENROLMENT_REVOKED"
    found = refusal(enrolment.approve, township, request, StationId(village.station.id), "电脑坏了")
    assert found.code == "ENROLMENT_REVOKED"
    assert refusal(enrolment.accept, village, answer).code in ("ENROLMENT_REVOKED", "ENROLMENT_NOT_OURS")
    register(village, name="阿依古丽")
    archived, _ = pair.carry()
    assert key_of(archived.receipt) == newest(township)
    assert sound(village, township)
    sign_in.lock(village)
    sign_in.lock(township)


@pytest.mark.parametrize("which", ["request", "answer"])
def test_B54_cut_and_flipped_enrolment_files_are_refused(bench: Workbench, tmp_path: Path, which: str) -> None:
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    request = enrolment.request(village).data
    answer = enrolment.approve(township, request).data if which == "answer" else b""
    desk, read, data = (village, enrolment.accept, answer) if answer else (township, enrolment.approve, request)
    before = known_keys(desk, village.station.id) | known_keys(desk, township.station.id)
    for place in range(0, len(data), 41):
        flipped = bytearray(data)
        flipped[place] ^= 4
        for bad in (bytes(flipped), data[:place]):
            assert refusal(read, desk, bad).code.startswith("BUNDLE_")
    assert known_keys(desk, village.station.id) | known_keys(desk, township.station.id) == before
    sign_in.lock(village)
    sign_in.lock(township)


def test_B53_certificates_that_are_not_the_townships_word_about_us(bench: Workbench, tmp_path: Path) -> None:
    """For another station, signed by ourselves, issued in a third station's name."""
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    with village.vault.read() as reader:
        card, own = keys.own_card(village, reader), keys.own_keys(reader)
    with township.vault.read() as reader:
        above, signing = keys.own_card(township, reader), keys.own_keys(reader).signing
    made_at = "2026-11-24T12:00:00+08:00"
    stranger = dataclasses.replace(card, division_code="150421204204")
    certificates = {
        "ENROLMENT_NOT_OURS": [
            bundles.certify(signing, above.station, stranger, made_at),
            bundles.certify(signing, "0123456789abcdef", card, made_at),
        ],
        "CERTIFICATE_INVALID": [
            bundles.certify(own.signing, above.station, card, made_at),
            bundles.certify(signing, above.station, card, made_at)[:-9],
        ],
    }
    for code, several in certificates.items():
        for certificate in several:
            body = canonical.encode({"certificate": certificate.decode(), "serial_share": [0, 40]})
            stream = f"{above.station}/down/{card.station}"
            sealed = bundles.seal(
                kind="enrolment_answer",
                sender=above.station,
                signing=signing,
                recipients=[(card.station, card.recipient)],
                stream=stream,
                generation="a" * 32,
                first=1,
                lines=[entry_line(stream, 1, NO_HASH, "certificate", body)],
                made_at=made_at,
                introduces=above,
            )
            assert refusal(enrolment.accept, village, sealed.data).code == code
    assert not village.station.enrolled
    sign_in.lock(village)
    sign_in.lock(township)


def test_B19_a_late_bundle_under_a_replaced_key_is_known_where_all_of_it_had_arrived(pair: Pair) -> None:
    """Sealed under the old key before its receipt came, carried late: nothing in it is new, and nobody was revoked."""
    register(pair.village)
    pair.carry()
    old = newest(pair.village)
    keys.rotate(pair.village)
    announced = pair.take_in(pair.export()).receipt
    register(pair.village, name="魏雪梅")
    late = pair.export()
    assert key_of(late) == old
    receipts.apply(pair.village, announced)
    assert key_of(pair.export()) == newest(pair.village)
    _, applied = pair.carry()
    assert known_keys(pair.township, village_id(pair))[old] == "rotated"
    before = people(pair.township)
    assert not intake.plan(pair.township, late).items
    receipt = pair.take_in(late).receipt
    assert receipts.apply(pair.village, receipt).up_to == applied.up_to
    assert people(pair.township) == before == {"王小满", "魏雪梅"}
    assert sound(pair.village, pair.township)


def test_B19_something_new_under_a_replaced_key_is_refused_and_called_so(pair: Pair, tmp_path: Path) -> None:
    """A second computer that never learnt of the new key: refused as replaced, not as revoked."""
    register(pair.village)
    pair.carry()
    pair.village = copy_of(pair.village, tmp_path / "second")
    keys.rotate(pair.village)
    pair.carry()
    register(pair.village, name="魏雪梅")
    pair.carry()
    second = sign_in.sign_in(pair.village.bench, tmp_path / "second", "王秀兰", PASSWORD)
    for name in ("吴䶮妹", "阿依古丽", "苏和"):
        register(second, name=name)
    data = submission.export(second, pair.stick).path.read_bytes()
    found = refusal(intake.plan, pair.township, data)
    assert (found.code, found.values_["name"]) == ("BUNDLE_REPLACED", "和平村卫生室")
    assert people(pair.township) == {"王小满", "魏雪梅"}
    sign_in.lock(second)
