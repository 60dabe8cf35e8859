"""Passwords, the recovery sheet, the slot file: what opens, what doesn't, and what is said."""

import itertools
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.conftest import PASSWORD, PERSON, Place

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Role, StaffId, StaffMember
from jiandang_desktop.storage import key_slots, recovery_code
from jiandang_desktop.storage.key_slots import first_slots
from jiandang_desktop.storage.vault import SqlCipherVault

SECRETS = st.binary(min_size=20, max_size=20)


def code_of(error: pytest.ExceptionInfo[Problem]) -> str:
    return error.value.code


def test_wrong_password_waits_longer_and_then_the_right_one_opens(place: Place) -> None:
    """Twenty wrong tries slow down and destroy nothing; the audit log counts them (K04)."""
    place.create().close()
    for _ in range(20):
        with pytest.raises(Problem) as error:
            place.open("falsch-falsch")
        assert code_of(error) == "VAULT_PASSWORD"
    assert place.waits[:5] == [1, 2, 4, 8, 16]
    assert place.waits == sorted(place.waits)
    assert place.waits[-1] == 60
    vault = place.open()
    with vault.read() as reader:
        assert reader.audit_rows()[-1].detail == {"failed": 20}
    vault.close()
    place.waits.clear()
    place.open().close()
    assert place.waits == []


def test_unknown_name_says_the_same_as_a_wrong_password(place: Place) -> None:
    """Nobody learns which of the two was wrong."""
    place.create().close()
    with pytest.raises(Problem) as error:
        place.keeper.open(place.folder, "没有这个人", PASSWORD)
    assert code_of(error) == "VAULT_PASSWORD"


@pytest.mark.parametrize("password", ["", " ", "a", "1234567", "\ud800" * 9])
def test_password_rule(place: Place, password: str) -> None:
    """Too short or not text: refused before anything is made (K02)."""
    from dataclasses import replace

    with pytest.raises(Problem) as error:
        place.keeper.create(place.folder, replace(PERSON, password=password))
    assert code_of(error) == "PASSWORD_RULE"
    assert not place.folder.exists()


def test_any_character_may_be_in_a_password(vault: SqlCipherVault) -> None:
    """Quotes, NUL, emoji, 1,000 characters, blanks: each opens again (K02)."""
    for password in [
        "x'00'\";--\0",
        "🐉🐉🐉🐉🐉🐉🐉🐉",
        "长" * 1000,
        " " * 8,
        "e\u0301e\u0301e\u0301e\u0301e\u0301abcde",
    ]:
        vault.change_password(PERSON.id, password)
        vault.confirm_password(PERSON.id, password)
    # Composed and decomposed typing are the same password (K03).
    vault.confirm_password(PERSON.id, unicodedata.normalize("NFC", password))
    with pytest.raises(Problem):
        vault.confirm_password(PERSON.id, PASSWORD)


def test_each_person_has_an_own_slot(place: Place, vault: SqlCipherVault) -> None:
    """A second person signs in; without the slot no more; the first one's password stays."""
    second = StaffMember(StaffId("b" * 32), "张伟", frozenset({Role.ARCHIVIST}))
    with vault.work("add_staff") as work:
        work.put_staff(second)
        work.commit()
    vault.add_slot(second.id, second.name, "another-word")
    assert [name for _, name in place.keeper.people(place.folder)] == [PERSON.name, "张伟"]
    vault.close()
    opened = place.keeper.open(place.folder, "张伟", "another-word")
    assert opened.staff_id == second.id
    opened.remove_slot(second.id)
    opened.close()
    with pytest.raises(Problem):
        place.keeper.open(place.folder, "张伟", "another-word")
    place.open().close()


def test_recovery_sheet_gives_a_new_password(place: Place) -> None:
    """The sheet opens whatever its spelling; a new sheet makes the old one worthless."""
    place.create().close()
    typed = place.recovery.lower().replace("-", "  ")
    vault = place.keeper.recover(place.folder, typed, PERSON.name, "newpassword")
    newer = vault.new_recovery_code()
    vault.close()
    place.open("newpassword").close()
    with pytest.raises(Problem) as error:
        place.keeper.recover(place.folder, place.recovery, PERSON.name, "newpassword")
    assert code_of(error) == "RECOVERY_CODE_OTHER"
    with pytest.raises(Problem) as error:
        place.keeper.recover(place.folder, newer, "没有这个人", "newpassword")
    assert code_of(error) == "NO_SUCH_STAFF"
    with pytest.raises(Problem) as error:
        place.keeper.recover(place.folder, newer, PERSON.name, "short")
    assert code_of(error) == "PASSWORD_RULE"
    place.keeper.recover(place.folder, newer.replace("-", ""), PERSON.name, "newpassword").close()


@given(SECRETS)
def test_recovery_code_round_trip(secret: bytes) -> None:
    """Every secret has one printed form, and it leads back."""
    written = recovery_code.write(secret)
    assert len(written.split("-")) == 8
    assert recovery_code.read(written) == secret
    assert recovery_code.read(written.replace("-", " ").lower()) == secret
    assert not set(written) & set("01OI")


@given(SECRETS, st.integers(0, 7), st.integers(0, 4), st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ23456789" + "01OI?"))
def test_one_wrong_character_names_its_group(secret: bytes, group: int, place: int, wrong: str) -> None:
    """Any single wrong character is found, in its group (K05)."""
    groups = recovery_code.write(secret).split("-")
    if groups[group][place] == wrong:
        return
    groups[group] = groups[group][:place] + wrong + groups[group][place + 1 :]
    with pytest.raises(Problem) as error:
        recovery_code.read("-".join(groups))
    assert error.value.values_["group"] == group + 1


@given(SECRETS, st.integers(0, 7), st.integers(0, 3))
def test_exchanged_neighbours_and_groups_are_found(secret: bytes, group: int, place: int) -> None:
    """Two neighbouring characters or two whole groups exchanged never pass."""
    groups = recovery_code.write(secret).split("-")
    text = groups[group]
    if text[place] != text[place + 1]:
        swapped = [*groups]
        swapped[group] = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        with pytest.raises(Problem):
            recovery_code.read("-".join(swapped))
    for other in range(8):
        if other != group:
            moved = [*groups]
            moved[group], moved[other] = groups[other], groups[group]
            with pytest.raises(Problem):
                recovery_code.read("-".join(moved))


@pytest.mark.parametrize("typed", ["", "A", "----", "长城", "A" * 39, "A" * 41, "A" * 1000])
def test_what_is_no_recovery_code(typed: str) -> None:
    """Anything else is refused with a group to look at."""
    with pytest.raises(Problem) as error:
        recovery_code.read(typed)
    assert 1 <= int(str(error.value.values_["group"])) <= 8


def test_every_flipped_bit_of_a_slot_file_is_noticed() -> None:
    """No change of a slot file is taken for another slot file."""
    key = bytes(range(32))
    data = key_slots.encode(first_slots(key, bytes(20)).with_person(key, PERSON.id, PERSON.name, PASSWORD))
    for place, bit in itertools.product(range(len(data)), range(8)):
        changed = bytearray(data)
        changed[place] ^= 1 << bit
        with pytest.raises(ValueError):
            key_slots.decode(bytes(changed))
    assert key_slots.decode(data).open_with_code(bytes(20)) == key


def test_one_good_copy_of_the_keys_heals_the_other(place: Place) -> None:
    """Either copy may be missing, emptied or scribbled on; the next start repairs it."""
    place.create().close()
    whole = (place.folder / "keys.json").read_bytes()
    for name, damage in itertools.product(["keys.json", "keys.copy.json"], [None, b"", b"{}", whole[:-9]]):
        path = place.folder / name
        path.unlink() if damage is None else path.write_bytes(damage)
        place.open().close()
        assert path.read_bytes() == whole


def test_no_good_copy_stops_and_touches_nothing(place: Place) -> None:
    """Without keys: a sentence, no new vault, the database as it was (K01)."""
    place.create().close()
    for name in ("keys.json", "keys.copy.json"):
        (place.folder / name).unlink()
    before = (place.folder / "vault.db").read_bytes()
    with pytest.raises(Problem) as error:
        place.open()
    assert code_of(error) == "VAULT_KEYS_DAMAGED"
    with pytest.raises(Problem) as error:
        place.create()
    assert code_of(error) == "VAULT_EXISTS"
    assert (place.folder / "vault.db").read_bytes() == before


def test_stretching_made_cheaper_by_hand_doesnt_open(place: Place) -> None:
    """Cost and owner of a slot are bound to the wrapped key."""
    place.create().close()
    raw = json.loads((place.folder / "keys.json").read_text("utf-8"))
    from hashlib import sha256

    from jiandang_desktop.domain import canonical

    raw.pop("sum")
    raw["people"][0]["memory"] = 8
    raw["change"] += 1
    raw["sum"] = sha256(canonical.encode(raw)).hexdigest()
    for name in ("keys.json", "keys.copy.json"):
        (place.folder / name).write_bytes(canonical.encode(raw))
    with pytest.raises(Problem) as error:
        place.open()
    assert code_of(error) == "VAULT_PASSWORD"


def test_one_guess_costs_a_tenth_of_a_second(place: Place) -> None:
    """T1: guessing a password is dear."""
    import time

    place.create().close()
    before = time.process_time()
    with pytest.raises(Problem):
        place.open("falsch-falsch")
    assert time.process_time() - before > 0.1


def test_missing_folder(tmp_path: Path) -> None:
    """Nothing there: VAULT_MISSING, and nothing is made."""
    place = Place(tmp_path / "nichts")
    assert not place.keeper.exists(place.folder)
    for ask in (lambda: place.keeper.people(place.folder), place.open):
        with pytest.raises(Problem) as error:
            ask()
        assert code_of(error) == "VAULT_MISSING"
    assert not place.folder.exists()
